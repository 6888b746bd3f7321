/*
 * API keys: long-lived secrets of an identity, a user's or a service ID's. The
 * value leaves once, when it is made; a keyed digest of it is what is stored.
 */
#ifndef CORE_API_KEY_H
#define CORE_API_KEY_H

#include "core/account.h"
#include "core/sort.h"

#define API_KEYS_MAX 20 /* per identity */
/* How long one stays after its end, and after its last change. */
#define API_KEY_KEPT_MS (90 * 24 * 3600 * 1000LL)

struct api_key {
	struct str id, account, identity, name, description, created_by;
	struct str action_when_leaked;
	bool locked, disabled, support_sessions;
	int64_t expires_at; /* 0: never */
	struct str replaces; /* the key that ends with this one's first use */
	int64_t version, created_at, modified_at;
};

struct api_key_ask {
	struct str identity, account, name, description, action_when_leaked;
	bool locked, disabled, support_sessions;
	int64_t expires_at; /* 0: never */
	struct str value;   /* the caller's own, >= 32 bytes; p NULL: make one */
	/* Rotation: the key of the same identity that this one takes the place of.
	 * It ends at until, or (0) with this one's first use. */
	struct str replaces;
	int64_t until;
};
/*
 * OUT_TOO_MANY over API_KEYS_MAX, OUT_CONFLICT value in use, or its owner is locked
 * or has not come yet (with a note), OUT_MALFORMED, OUT_ABSENT no such owner or
 * replaced key. A visit that came with the key it replaces needs no right for that,
 * as long as until is 0 and the new key ends no later than the old one (its end, if
 * none is asked for); OUT_DENIED with a note else.
 */
MUST int api_key_create(const struct visit *, const struct api_key_ask *,
    struct arena *, struct api_key *ret, struct secret *ret_value,
    struct note *);
MUST int api_key_get(struct core *, struct str id, struct arena *,
    struct api_key *ret);
/* By value, for "details of this key". 0, OUT_ABSENT. */
MUST int api_key_find(struct core *, struct str value, struct arena *,
    struct api_key *ret);
enum api_key_owners { OWNERS_ALL, OWNERS_USERS, OWNERS_SERVICES };
struct api_key_filter {
	struct str account, identity; /* identity empty: all of the account */
	enum api_key_owners owners;
	struct sort sort;
	int64_t limit;
};
MUST int api_key_list(struct core *, const struct api_key_filter *,
    struct arena *, struct api_key **ret, size_t *n);
/* What a list that is sorted so goes on from. */
struct str api_key_sort_text(const struct api_key *, enum sort_by);
int64_t api_key_sort_number(const struct api_key *, enum sort_by);
/* OUT_CONFLICT when it is locked. Ends sessions and tokens made from it. */
MUST int api_key_delete(const struct visit *, struct str id);
struct api_key_change { /* p NULL or NULL: as it is */
	struct str name, description, action_when_leaked;
	const bool *support_sessions;
	const int64_t *expires_at; /* 0: never */
};
/* version 0: whatever it is; else OUT_STALE. OUT_CONFLICT locked. */
MUST int api_key_update(const struct visit *, struct str id, int64_t version,
    const struct api_key_change *, struct arena *, struct api_key *ret,
    struct note *);
/* Both as often as one likes; what is locked can be disabled all the same. */
MUST int api_key_lock(const struct visit *, struct str id, bool locked);
MUST int api_key_disable(const struct visit *, struct str id, bool disabled);

#endif
