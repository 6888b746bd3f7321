/*
 * Quota: what an account may hold and pull in a region, as IBM Cloud Container
 * Registry counts it: bytes of unique blobs that its images link, and bytes of
 * blobs pulled in a month (UTC). A push is refused while the account holds more
 * than it may, a pull while more was pulled. Limits: QUOTA_NONE, or bytes.
 *
 * Storage is exact, in the commit of each change (core/link.h). Traffic is
 * counted in memory and written within seconds: a kill may forget those.
 */
#ifndef CORE_QUOTA_H
#define CORE_QUOTA_H

#include "core/gate.h"

#define QUOTA_NONE (-1)
#define QUOTA_MAX (INT64_C(1) << 60)

struct quota {
	int64_t storage, traffic; /* bytes */
};
MUST int quota_get(struct core *, struct str account, struct str region,
    struct quota *ret_limit, struct quota *ret_used);
/* What is NULL stays. OUT_RANGE: not QUOTA_NONE and not 0..QUOTA_MAX. */
MUST int quota_set(const struct visit *, struct str region,
    const int64_t *storage, const int64_t *traffic);

/* false: over it. Both look into memory; who has a limit of storage is looked up
 * once more, by one point read. Fit for event threads. */
bool quota_may_push(struct core *, struct str account, struct str region);
bool quota_may_pull(struct core *, struct str account, struct str region);
/* OUT_QUOTA, with a note that names quota, limit and use. */
enum quota_kind { QUOTA_STORAGE, QUOTA_TRAFFIC };
MUST int quota_refuse(struct core *, struct str account, struct str region,
    enum quota_kind, struct note *);
/* So many bytes of a blob are on their way out. */
void quota_pulled(struct core *, struct str account, struct str region,
    uint64_t bytes);
/* Write what was counted; called each few seconds, and at the end. */
MUST int quota_flush(struct core *);
/* In a write: the account's storage there grew or shrank. */
struct db_at;
MUST int quota_stored(struct db_at *, struct str account, struct str region,
    int64_t bytes);

MUST int quota_open(struct core *);
void quota_close(struct core *);

#endif
