/* What the files of this door share with each other and with nobody else. */
#ifndef DOOR_API_INNER_H
#define DOOR_API_INNER_H

#include "core/account.h"
#include "door/api/api.h"

static inline const struct api_host *
api_host(const struct call *call)
{
	return &((const struct api *)(const void *)call->door)->host;
}


/* words.c */
extern const struct api_word {
	int status;
	const char *code;
} api_words[OUT_MAX];
void api_say(struct call *, int outcome, struct http_reply *);
void api_say_status(struct call *, int status, const char *why,
		    struct http_reply *);

/* body.c */
struct field {
	const char *name;
	enum json_kind kind; /* STR, BOOL or ARRAY */
	bool must;
	void *to;    /* struct str, bool, const struct json * */
	bool *given; /* may be NULL */
};
/* 0, or OUT_MALFORMED with a note that names the member. */
MUST int body_read(struct call *, const struct field *, size_t n);
/* A moment in the three forms of dec_time, or milliseconds. */
MUST int time_read(struct call *, const char *name, struct str, int64_t *ret);
void time_write(struct jw *, const char *name, int64_t ms);
/* Both of one call: reply->body ends with a line feed. */
MUST int json_done(struct call *, struct http_reply *, int status);

aim_fn api_aim_account; /* ?account=, else the caller's own */
aim_fn api_aim_named_account; /* {id}: id or slug */
aim_fn api_aim_user;	/* {id}: an identity */

handler_fn account_add, account_show, accounts_show, account_put;
handler_fn user_add, user_show, users_show, user_patch, user_password;
handler_fn key_add, key_show, keys_show, key_remove;
handler_fn audit_show, audit_check;
handler_fn status_show, whoami_show, regions_show, session_remove;
handler_fn health_show, ready_show, metrics_show;

#endif
