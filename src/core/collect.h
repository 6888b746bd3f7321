/*
 * Collection: what nothing links any more goes, while everything goes on. Bounded
 * rounds, each of short writes; no list of the blob store, no mark, no sweep over
 * what is there. What might have become garbage has a time at which somebody looks
 * (blob.review_at). A link that no manifest needs has its time from when that
 * began (repo_blob.unneeded_at); to say that a blob is there, when half of its
 * link's time or more is gone, begins it again.
 *
 * Looking is one write: links that no manifest needs and whose grace is over go;
 * a blob without links that the bin does not need either is deleted, its key goes
 * to the trash. A reference that came meanwhile makes the deletion fail
 * (RESTRICT), never the reference. Bytes go after the row: whoever has the file
 * open reads it to its end.
 *
 * Also: what is left of namespaces that ended, stale uploads, places of the bin
 * whose time is over, and repositories that are empty for longer than the grace.
 * Untagged manifests are no garbage: only a retention policy removes them.
 */
#ifndef CORE_COLLECT_H
#define CORE_COLLECT_H

#include "core/core.h"

/* How long after a row its bytes go. */
#define TRASH_DELAY_MS 0

/* What went, so far. */
struct collected {
	uint64_t looked;    /* blobs that were looked at */
	uint64_t links;     /* links that nothing needed */
	uint64_t blobs, bytes;
	uint64_t files;     /* keys of the trash whose bytes went */
	uint64_t uploads;   /* stale ones that were ended */
	uint64_t binned;    /* deleted images that cannot be restored any more */
	uint64_t early;     /* of those: before their time, for the bin was full */
	uint64_t repos;     /* empty repositories */
	uint64_t due;       /* blobs still to be looked at, in the last count */
};
/* Of this process: what went so far. */
void collect_total(struct core *, struct collected *ret);
MUST int collect_due_count(struct core *, uint64_t *ret);
/* A link that nothing needs, half of whose time is over, was shown to somebody:
 * its time begins again, before the next look at it. Fit for event threads; what
 * is remembered is written by collect_flush and by each round. */
void collect_seen(struct core *, int64_t repo, int64_t blob);
MUST int collect_flush(struct core *);

/* For core_open/core_free. */
MUST int collect_open(struct core *);
void collect_close(struct core *);

/* One bounded round of each, adding to sum; *ret_more: there is more that is due
 * now. */
MUST int collect_round(struct core *, struct collected *sum, bool *ret_more);
/* Rounds until nothing is due; say() after each of them; it may return nonzero to
 * stop (that is returned). */
MUST int collect_all(struct core *, struct collected *sum,
    int (*say)(void *, const struct collected *), void *arg);

#endif
