/* What the files of this door share with each other and with nobody else. */
#ifndef DOOR_IAM_INNER_H
#define DOOR_IAM_INNER_H

#include "core/account.h"
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
void iam_stamp(const struct call *, struct http_reply *);

/* page.c: where a list of API keys stands. The token carries the whole
 * question, since clients send nothing else back. */
#define PAGE_SIZE_DEFAULT 20
#define PAGE_SIZE_MAX	  100
struct page {
	struct str account, identity, type, after; /* may be empty */
	bool whole; /* scope=account: all of the account's */
	uint64_t size;
};
MUST int page_read(struct call *, struct page *ret);
/* "next": an absolute address, of what comes after the id. */
void page_next(const struct call *, const struct page *, struct str after,
	       struct jw *);
void page_first(const struct call *, const struct page *, struct jw *);

/* apikey.c */
void apikey_write(struct call *, struct jw *, const struct api_key *,
		  const struct secret *value);
MUST int apikey_reply(struct call *, struct http_reply *, int status,
		      const struct api_key *, const struct secret *value);

handler_fn token_post, keys_get, discovery_get, userinfo_get;
handler_fn apikeys_list, apikey_add, apikey_details, apikey_show, apikey_remove;

#endif
