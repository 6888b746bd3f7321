/*
 * A grant under way, from what was presented to what is handed out. session.c
 * has the grants, refresh.c what is done with refresh tokens.
 */
#ifndef CORE_SESSION_INNER_H
#define CORE_SESSION_INNER_H

#include "core/account_inner.h"
#include "core/session.h"

#define WORK_ARENA_MAX (64 * KIB)
struct work {
	struct core *core;
	const struct grant_ask *ask;
	struct subject who;
	struct visit by; /* for the trail */
	struct arena arena;
	struct user user;
	char account[ACCOUNT_ID_LEN + 1]; /* the one that is asked for */
	char session[CRED_ID_MAX + 1];	  /* new, or the refreshed one */
	bool wants_account, has_session, makes_session, delegates;
	struct secret refresh; /* SECRET_INIT: none is handed out */
	uint8_t digest[VAULT_DIGEST_LEN], old_digest[VAULT_DIGEST_LEN];
	int64_t now, access_end, session_end;
	int outcome; /* of a write that ends in a refusal, and is kept */
};
void work_clear(struct work *);
/* Who it is, into what the trail is told. */
void work_by(struct work *);
/* Is the account that was asked for theirs? 0, OUT_DENIED. */
MUST int work_account(const struct work *);
/* A row in the trail; why may be NULL. */
MUST int work_trail(struct db_at *, const struct work *, enum verb,
    const char *why);
/* After the answer r: counts, throttles, tells the trail. */
void work_settle(struct work *, struct str name, int r);

/* A new refresh token, and when it ends. */
MUST int refresh_make(struct work *);
/* In a write: the new one, into its session. */
MUST int refresh_put(struct db_at *, const struct work *, bool delegated);
/* Replace the one presented by a new one. */
MUST int refresh_run(struct work *);

#endif
