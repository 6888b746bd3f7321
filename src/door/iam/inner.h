/* What the files of this door share with each other and with nobody else. */
#ifndef DOOR_IAM_INNER_H
#define DOOR_IAM_INNER_H

#include "core/user.h"
#include "door/iam/iam.h"

static inline const struct iam_host *
iam_host(const struct call *call)
{
	return &((const struct iam *)(const void *)call->door)->host;
}

/* Error codes of the token service that clients look at. */
#define CODE_INVALID	 "BXNIM0106E"
#define CODE_MISSING	 "BXNIM0109E"
#define CODE_REFRESH	 "BXNIM0407E"
#define CODE_REFRESH_END "BXNIM0408E"
#define CODE_INACTIVE	 "BXNIM0439E"
#define CODE_API_KEY	 "BXNIM0415E"
#define CODE_PASSWORD	 "BXNIM0602E"

/* call->own of the token service: what a refusal is called. */
struct token_words {
	const char *invalid;  /* for OUT_MALFORMED; NULL: CODE_INVALID */
	const char *unproven; /* for OUT_UNPROVEN; NULL: no grant was tried */
	const char *message;  /* with unproven */
};

/* words.c */
extern const struct iam_word {
	int status;
	const char *code, *message_code;
} iam_words[OUT_MAX];
void iam_say(struct call *, int outcome, struct http_reply *);
void iam_say_status(struct call *, int status, const char *why,
		    struct http_reply *);

/* client.c: what forms and clients say. */
#define CLIENT_ID_MAX 64
int iam_missing(struct call *, const char *name);
int iam_invalid(struct call *, const char *name);
int iam_unsupported(struct call *, struct str what);
bool iam_client_ok(struct str id);
/* The client that a Basic field names, or "". */
MUST int iam_client(struct call *, struct str *ret);
MUST int iam_once(struct call *, const char *const *names, size_t n);
/* How a refusal is said from here on. */
MUST int iam_words_take(struct call *, const struct token_words *);
struct str iam_agent(const struct call *);

/* passcode.c: {"name": secret} */
int iam_secret_reply(struct http_reply *, const char *name, struct str secret);

handler_fn token_post, passcode_post, passcode_get, session_patch;
handler_fn keys_get, discovery_get, userinfo_get, introspect_post;

#endif
