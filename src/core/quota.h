/*
 * Quota: what an account may hold and pull in a region, as IBM Cloud Container
 * Registry counts it: bytes of unique blobs that its images link, and bytes of
 * blobs pulled in a month (UTC). A push is refused while the account holds more
 * than it may, a pull while more was pulled. Limits: QUOTA_NONE, or bytes.
 *
 * Bytes of uploads that are not finished are not used, but they take room: no
 * upload gets a further piece while they and what is used are more than the limit.
 * So both together are never more than the limit and one piece.
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
/* Before a piece of an upload is written: it takes room until quota_let(), which
 * is called when the bytes are in a row, or gone. OUT_QUOTA: nothing was taken.
 * Pool threads; it may wait for writes of other uploads. */
MUST int quota_hold(struct core *, struct str account, struct str region,
    uint64_t bytes);
void quota_let(struct core *, struct str account, struct str region,
    uint64_t bytes);
/* Around a write that brings bytes in hand into rows, and the quota_let() after it:
 * between the two they are seen twice, and nobody is refused for that. */
void quota_move_begin(struct core *, struct str account, struct str region);
void quota_move_end(struct core *, struct str account, struct str region);
/* What unfinished uploads take now, in rows and in hand. */
MUST int quota_open_bytes(struct core *, struct str account, struct str region,
    int64_t *ret);
/* What an account holds there became less, so that its bin may hold more: if that
 * has a bound, somebody is to look (core/bin.h). Also of all when the core is
 * opened, and when a limit is set. */
void quota_binned(struct core *, struct str account, struct str region);
size_t quota_binned_count(struct core *);
/* One of those, with its bound in bytes, or QUOTA_NONE when it has none any more: it
 * is none of them from now on, and each write that it was told of before is over.
 * OUT_ABSENT: there is none. */
MUST int quota_binned_take(struct core *, char ret_account[ACCOUNT_ID_LEN + 1],
    char ret_region[REGION_NAME_MAX + 1], int64_t *ret_bound);
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
