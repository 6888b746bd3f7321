/*
 * Accounts, users and API keys: what their files share. Everything random or
 * slow is made in a plan before the write, so that a write can be run again.
 */
#ifndef CORE_ACCOUNT_INNER_H
#define CORE_ACCOUNT_INNER_H

#include "core/account.h"
#include "core/gate_inner.h"
#include "crypt/passwd.h"
#include "crypt/vault.h"
#include "db/db.h"

#define API_KEY_VALUE_MIN 32

struct user_plan {
	char id[IDENTITY_ID_MAX + 1], policy[CRED_ID_MAX + 1];
	char email_key[EMAIL_MAX + 1];
	char password[PASSWD_HASH_LEN];
	struct str email, name;
	bool has_password, server;
	unsigned roles;
};
/* OUT_MALFORMED with a note. The plan borrows from the ask. */
MUST int user_plan_make(const struct user_ask *, struct user_plan *ret,
    struct note *);
/* Into the visit's account, without a row in the trail. OUT_CONFLICT. */
MUST int user_put(struct db_at *, const struct visit *,
    const struct user_plan *);
/* May this visitor hand out any right in the account, or act in another
 * user's name? Who may not do everything must not be able to become somebody
 * who may. A no is in the trail then. */
bool user_may_give(const struct visit *);

struct key_plan {
	const struct api_key_ask *ask;
	char id[CRED_ID_MAX + 1];
	uint8_t digest[VAULT_DIGEST_LEN];
	struct secret value;
};
#define KEY_PLAN_INIT { .value = SECRET_INIT }
void key_plan_clear(struct key_plan *);
MUST int key_plan_make(struct core *, const struct api_key_ask *,
    struct key_plan *ret, struct note *);
/* With its row in the trail. OUT_CONFLICT, OUT_TOO_MANY. */
MUST int key_put(struct db_at *, const struct visit *, const struct key_plan *);

/* 1 to max bytes of proper text (or none, when empty is fine). */
bool text_ok(struct str, size_t max, bool may_be_empty);
/* ASCII lower case, for matching. to has room for s.n + 1. */
void text_lower(struct str, char *to);

#endif
