/*
 * Retention's inside: what of a repository is to go (retention_plan.c), how it
 * goes (retention_run.c), and who says so (retention.c).
 */
#ifndef CORE_RETENTION_INNER_H
#define CORE_RETENTION_INNER_H

#include "core/repo.h"
#include "core/retention.h"

#define RETENTION_NOW_MAX 1000	 /* removals before retention_set returns */
#define RETENTION_ROUND_MAX 5000 /* and in one round of the daily ones */
#define RETENTION_BATCH 64	 /* in one write */

/* An image that is to go; the next index comes before its entries. */
struct retention_item {
	int64_t id;
	int64_t created_s, pushed_at, depth;
	int64_t tagged_at; /* when its latest tag came; -1: it has none */
	bool entry;	   /* of an index of this repository */
	bool refers;	   /* to a manifest of this repository */
	bool kept;
};
struct retention_plan {
	struct retention_item *items;
	size_t n; /* once it is made: those that are to go, in order */
};
/* What a repository would lose; the caller clears. */
MUST int retention_plan(struct db_at *, int64_t repo, const struct retention *,
			int64_t now, struct retention_plan *ret);
void retention_plan_clear(struct retention_plan *);

/* The repository after this one; OUT_ABSENT: there is none. name gets its name.
 */
MUST int retention_next_repo(struct db_at *, struct str region,
			     struct str namespace, struct buf *name,
			     int64_t *ret);

/* Carries out a policy as it was set then; *left removals at most, which become
 * less. */
struct retention_work {
	struct core *core;
	struct str region;
	struct retention policy;
	int64_t set_at;
};
MUST int retention_run(const struct retention_work *, int64_t *left);
/* It failed: it is due again after a pause, and others before. */
#define RETENTION_PAUSE_MS (3600 * (int64_t)1000)
MUST int retention_put_off(const struct retention_work *);

#endif
