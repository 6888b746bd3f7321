/*
 * What ends soon: long-lived credentials whose end is near, has come, or is against
 * the account's rules. For lists, the log, and a metric.
 */
#ifndef CORE_EXPIRY_H
#define CORE_EXPIRY_H

#include "core/find_cred.h"

#define EXPIRY_SOON_MS (7 * 24 * 3600 * 1000LL)

struct expiring {
	struct found_cred cred; /* API_KEY, REGISTRY_TOKEN, USER_KEY, ACCESS_KEY */
	int64_t last_used;      /* 0: never */
	bool against;           /* longer than the account's rules let a new one
				   live */
};
/* Of an account, or (empty) of all; that end before the moment, soonest first.
 * Disabled keys are left out: nobody will miss them. */
MUST int expiry_list(struct core *, struct str account, int64_t before,
    int64_t limit, struct arena *, struct expiring **ret, size_t *n);
/* Those of an account that its rules would not allow now. */
MUST int expiry_against(struct core *, struct str account, int64_t limit,
    struct arena *, struct expiring **ret, size_t *n);
/* How many end within EXPIRY_SOON_MS, and how many of them were used in the last
 * week: those that somebody will miss. A registry token that lives for a day, as
 * they do when nothing is asked for, is not counted. */
struct expiry_sum {
	int64_t soon, soon_used;
};
MUST int expiry_sum(struct core *, struct expiry_sum *ret);
/* The same by account, the soonest first, for the log. */
#define EXPIRY_ACCOUNTS_MAX 100
struct expiry_account {
	struct str id, slug;
	struct expiry_sum sum;
	int64_t first; /* when the first of them ends */
};
MUST int expiry_accounts(struct core *, struct arena *,
    struct expiry_account **ret, size_t *n);

#endif
