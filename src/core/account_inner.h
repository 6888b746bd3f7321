/*
 * Accounts, users and API keys: what their files share. Everything random or
 * slow is made in a plan before the write, so that a write can be run again.
 */
#ifndef CORE_ACCOUNT_INNER_H
#define CORE_ACCOUNT_INNER_H

#include "core/api_key.h"
#include "core/user.h"
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
/* OUT_MALFORMED with a note. */
MUST int password_make(struct str password, char ret[PASSWD_HASH_LEN],
    struct note *);
/* Do they own the account, or run the server? OUT_ABSENT also for somebody of
 * another account. */
MUST int user_rank(struct db_at *, const struct visit *by, struct str id,
    bool *ret_top);
#define USER_ARENA_MAX (16 * KIB) /* one user */
/* Of a row that begins with the columns of identity_by_id. */
#define USER_COLS 12
MUST int user_row_read(struct db_rows *, struct arena *, struct user *ret);
/* Of a row as service_id_get and the lists have it. */
struct service_id;
MUST int service_id_of_row(struct db_rows *, struct arena *,
    struct service_id *ret);
/* In a write: an identity ends altogether, with its keys, sessions, memberships,
 * and what it was granted. account p NULL: it may belong to several. */
MUST int identity_end(struct db_at *, struct str account, struct str id);
/* In a write: out of one account, with keys, sessions, policies, groups and an
 * invitation that is open there. */
MUST int account_leave(struct db_at *, struct str account, struct str id);
/* In a write: may this visitor hand out any right in the account, or act in
 * another user's name? Who may not do everything must not be able to become
 * somebody who may. 0; OUT_DENIED, with what the note says then. */
#define USER_ROLES_DENIED "roles can be given by who holds all of them"
MUST int user_may_give(struct db_at *, const struct visit *, const char *denied,
    struct note *);

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
/* With its row in the trail, and what it takes the place of. OUT_CONFLICT,
 * OUT_TOO_MANY, OUT_ABSENT, OUT_MALFORMED against the account's rules. */
MUST int key_put(struct db_at *, const struct visit *, const struct key_plan *,
    struct note *);
MUST int key_trail(struct db_at *, const struct visit *, enum verb,
    struct str id, struct str identity, struct str name);
bool key_action_ok(struct str); /* of a key that leaked; "" is fine */
/* In a write: may this visitor administer identities of the whole account? 0,
 * OUT_DENIED, -errno. */
MUST int user_administers(struct db_at *, const struct visit *);

/* Columns of api_key_by_id and the lists that others than row_read() look at. */
enum {
	API_KEY_COL_ACCOUNT = 1,
	API_KEY_COL_IDENTITY,
	API_KEY_COL_NAME,
	API_KEY_COL_DESCRIPTION,
	API_KEY_COL_ACTION = 6,
	API_KEY_COL_LOCKED,
	API_KEY_COL_SESSIONS = 9,
	API_KEY_COL_EXPIRES,
	API_KEY_COL_VERSION,
	API_KEY_COL_CREATED
};

/* What a change says, or (p NULL) what the row says already. */
static inline struct str
text_or_row(struct str s, struct db_rows *rows, int col)
{
	return s.p != NULL ? s : db_str(rows, col);
}

/* 1 to max bytes of proper text (or none, when empty is fine). */
bool text_ok(struct str, size_t max, bool may_be_empty);
/* ASCII lower case, for matching. to has room for s.n + 1. */
void text_lower(struct str, char *to);

#endif
