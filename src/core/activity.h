/*
 * What nobody uses: identities and credentials of an account that were there before
 * a moment and opened nothing since. For people who tidy up.
 */
#ifndef CORE_ACTIVITY_H
#define CORE_ACTIVITY_H

#include "core/find_cred.h"

#define ACTIVITY_HOURS_MAX (10 * 366 * 24)
#define ACTIVITY_ROWS_MAX 2000 /* of each kind, in one report */

struct idle {
	struct str id, name, email; /* email: of people */
	struct str identity;	    /* whose, of a key */
	bool service;
	int64_t last; /* 0: never, or nobody remembers */
};
/* By id, behind after; limit as everywhere. */
MUST int activity_idle_keys(struct core *, struct str account, int64_t before,
    struct str after, int64_t limit, struct arena *, struct idle **ret,
    size_t *n);
MUST int activity_idle_identities(struct core *, struct str account,
    int64_t before, struct str after, int64_t limit, struct arena *,
    struct idle **ret, size_t *n);

struct unused {
	struct found_cred cred; /* API_KEY, REGISTRY_TOKEN, USER_KEY, ACCESS_KEY */
	int64_t created_at;
	int64_t last_used; /* 0: never */
};
/* Long-lived credentials that open something now, but were not used since before;
 * and those that never were, once they are older than fresh. Those that never were
 * come first, then the longest unused. limit as everywhere. */
MUST int activity_unused(struct core *, struct str account, int64_t before,
    int64_t fresh, int64_t limit, struct arena *, struct unused **ret, size_t *n);

#endif
