/*
 * A grant under way, from what was presented to what is handed out. session.c
 * has the grants, session_put.c the rows, refresh.c what is done with refresh
 * tokens, passcode.c with passcodes, session_console.c with a browser's cookie.
 */
#ifndef CORE_SESSION_INNER_H
#define CORE_SESSION_INNER_H

#include "core/account_inner.h"
#include "core/rules.h"
#include "core/session.h"

#define WORK_ARENA_MAX (64 * KIB)
struct work {
	struct core *core;
	const struct grant_ask *ask;
	struct subject who;
	struct visit by; /* for the trail */
	struct arena arena;
	struct user user;
	struct rules rules; /* of who's account, once it is known */
	char account[ACCOUNT_ID_LEN + 1]; /* the one that is asked for */
	char session[CRED_ID_MAX + 1];	  /* new, or the refreshed one */
	char fresh[CRED_ID_MAX + 1];	  /* the id of a new one, if it needs one */
	char key[CRED_ID_MAX + 1]; /* the API key that the session hangs on */
	char parent[CRED_ID_MAX + 1]; /* the session that begets a new one; or "" */
	bool wants_account, has_session, delegates;
	bool browser; /* its session has a cookie, and no refresh token */
	struct secret refresh; /* SECRET_INIT: none is handed out */
	uint8_t digest[VAULT_DIGEST_LEN], old_digest[VAULT_DIGEST_LEN];
	int64_t now, session_end, life_s;
	int64_t ends_at; /* of the session; before: no later than this */
	int outcome; /* of a write that ends in a refusal, and is kept */
	struct subject now_as; /* a browser: as the gate knows it from now on */
};
typedef int work_fn(struct work *);
/* One way in: not while the trail cannot be written, not while somebody guesses,
 * and counted when it fails. */
MUST int grant_work_begin(struct core *, const struct grant_ask *, work_fn *,
    struct work *, int64_t *ret_wait_s);
/* Keeps life_s and browser. */
void work_init(struct work *, struct core *, const struct grant_ask *);
void work_clear(struct work *);
/* Any of the grants, as a way in; and what each needs before its write: the id
 * and the secret of a new session, and which account is wanted. */
work_fn grant_run, grant_plan;
/* A grant that was handed out: the trail hears that it was used. */
void grant_used(struct work *);
/* Who it is, into what the trail is told. */
void work_by(struct work *);
/* In a write: into the account that was asked for. 0, OUT_DENIED. */
MUST int work_select(struct db_at *, struct work *);
/* A row in the trail about that session; why may be NULL. */
MUST int work_trail(struct db_at *, const struct work *, enum verb,
    const char *session, const char *why);

/* In a write: the new session w->fresh with its row in the trail; what is over
 * the account's number goes. OUT_TOO_MANY where only what it comes from could, or
 * at the end of a line. */
MUST int session_put(struct db_at *, struct work *, const char *why);
/* In a view or a write: the rules of who's account. */
MUST int session_rules(struct db_at *, struct work *);
/* How long without a refresh, from now on; how long at most. */
int64_t session_idle(const struct work *);
int64_t session_life(const struct work *);
/* A name for a grant, as clients say it. */
struct str session_grant_name(enum grant_kind);

/* A new refresh token. */
MUST int refresh_make(struct work *);
/* In a write: the new one, into its session. */
MUST int refresh_put(struct db_at *, const struct work *, bool delegated);
/* The session of the one presented, alive, in w; else w->outcome says. */
MUST int refresh_check(struct db_at *, struct work *);
/* Is it one, and its digest. */
MUST int refresh_look(struct work *);
/* A new cookie; in a write: of the session that there is now. */
MUST int session_cookie_make(struct work *);
MUST int session_cookie_put(struct db_at *, struct work *);
/* Replace the one presented by a new one. */
work_fn refresh_run;
/* Begin a session with the passcode that was presented. */
work_fn passcode_run;

static inline struct str
digest_str(const uint8_t digest[VAULT_DIGEST_LEN])
{
	return (struct str){(const char *)digest, VAULT_DIGEST_LEN};
}

#endif
