/*
 * Accounts, users and API keys: the tenant, the people, and the long-lived
 * secrets that machines use in their name.
 */
#ifndef CORE_ACCOUNT_H
#define CORE_ACCOUNT_H

#include "base/secret.h"
#include "core/gate.h"

#define SLUG_MAX 62 /* [A-Za-z0-9_-], first a letter or digit */
#define NAME_MAX_BYTES 255
#define TEXT_MAX_BYTES 1024 /* descriptions */
#define EMAIL_MAX 254
#define API_KEYS_MAX 20 /* per identity */

struct account {
	struct str id, slug, name, owner;
	int64_t created_at;
	bool git_http; /* git over smart HTTP is open, not only over SSH */
};
struct user {
	struct str id, account, kind, name, email, description;
	bool server, disabled, locked;
	int64_t version, created_at, modified_at;
};
struct api_key {
	struct str id, account, identity, name, description, created_by;
	struct str action_when_leaked;
	bool locked, disabled, support_sessions;
	int64_t expires_at; /* 0: never */
	int64_t version, created_at, modified_at;
};

/*
 * The first account with its owner, who also operates this server, and the
 * first API key, in one write. OUT_CONFLICT when an account exists already.
 */
struct first {
	struct str slug, email, key_name;
};
MUST int account_first(struct core *, const struct first *,
    struct secret *ret_key);
bool account_any(struct core *);

struct account_ask {
	struct str slug, name, owner_email, owner_name;
	struct str owner_password; /* p == NULL: none, an API key only */
};
/* Makes the account, its owner, its default project and the owner's first API
 * key. OUT_CONFLICT slug or e-mail in use; OUT_MALFORMED with a note. */
MUST int account_create(const struct visit *, const struct account_ask *,
    struct arena *, struct account *ret, struct secret *ret_key, struct note *);
MUST int account_get(struct core *, struct str id_or_slug, struct arena *,
    struct account *ret);
/* The visit's account; for VERB_ACCOUNT_UPDATE. */
MUST int account_set_git_http(const struct visit *, bool git_http);
/* All of them for the operator, else those the subject belongs to. */
MUST int account_list(struct core *, const struct subject *, struct arena *,
    struct account **ret, size_t *n);

struct user_ask {
	struct str email, name, password; /* password.p NULL: none */
	unsigned roles; /* granted on the whole account by one policy; 0: none */
};
MUST int user_create(const struct visit *, const struct user_ask *,
    struct arena *, struct user *ret, struct note *);
MUST int user_get(struct core *, struct str id, struct arena *,
    struct user *ret); /* users and service IDs by iam id */
MUST int user_by_email(struct core *, struct str email, struct arena *,
    struct user *ret);
MUST int user_list(struct core *, struct str account, struct str after,
    int64_t limit, struct arena *, struct user **ret, size_t *n);
MUST int user_disable(const struct visit *, struct str id, bool disabled);
MUST int user_set_password(const struct visit *, struct str id,
    struct str password, struct note *);
/* For the password grant: OUT_UNPROVEN for unknown, disabled, without a
 * password and wrong alike, in like time. Waits: pool threads only. */
MUST int user_check_password(struct core *, struct str email,
    struct str password, struct arena *, struct user *ret);

struct api_key_ask {
	struct str identity, account, name, description, action_when_leaked;
	bool locked, disabled, support_sessions;
	int64_t expires_at; /* 0: never */
	struct str value;   /* the caller's own, >= 32 bytes; p NULL: make one */
};
/* OUT_TOO_MANY over API_KEYS_MAX, OUT_CONFLICT value in use, OUT_MALFORMED. */
MUST int api_key_create(const struct visit *, const struct api_key_ask *,
    struct arena *, struct api_key *ret, struct secret *ret_value,
    struct note *);
MUST int api_key_get(struct core *, struct str id, struct arena *,
    struct api_key *ret);
/* By value, for "details of this key". 0, OUT_ABSENT. */
MUST int api_key_find(struct core *, struct str value, struct arena *,
    struct api_key *ret);
struct api_key_filter {
	struct str account, identity; /* identity empty: all of the account */
	struct str after;             /* keyset: ids above this */
	int64_t limit;
};
MUST int api_key_list(struct core *, const struct api_key_filter *,
    struct arena *, struct api_key **ret, size_t *n);
/* OUT_CONFLICT when it is locked. Ends sessions and tokens made from it. */
MUST int api_key_delete(const struct visit *, struct str id);

#endif
