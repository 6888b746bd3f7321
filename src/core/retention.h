/*
 * Retention: how many images each repository of a namespace keeps. The newest by
 * build date stay (of two built at once, the one pushed later); an image with many
 * tags counts once; untagged ones count unless they are retained anyway. An index
 * is built when the last of its entries is; entries without a tag of their own do
 * not count, and stay or go with it: what an index that stays needs, stays. Nor
 * does count, without a tag, what refers to a manifest that is there, as signatures
 * do: it stays, and is an image of its own once that has gone. Images without a
 * real build date (before RETENTION_DATED_S) are never removed; nothing built or
 * pushed within threshold_days is. What goes, goes to the bin.
 */
#ifndef CORE_RETENTION_H
#define CORE_RETENTION_H

#include "core/image.h"

#define RETENTION_ALL (-1)
#define RETENTION_IMAGES_MAX 1000000
#define RETENTION_DAYS_MAX 3650
#define RETENTION_DATED_S INT64_C(1358554419) /* 2013-01-19T00:13:39Z */

struct retention {
	struct str namespace;
	int64_t images_per_repo; /* RETENTION_ALL, or 0..RETENTION_IMAGES_MAX */
	int64_t threshold_days;
	bool retain_untagged;
};
/* Runs at once, and then daily: before it returns as far as some hundred images
 * go, what is left in the next rounds of tidying. ALL and retained untagged: there
 * is no policy any more. OUT_RANGE; OUT_ABSENT no such namespace. */
MUST int retention_set(const struct visit *, struct str region,
    const struct retention *);
/* A namespace without a policy has ALL, retained. OUT_ABSENT. */
MUST int retention_get(struct core *, struct str region, struct str namespace,
    struct arena *, struct retention *ret);
/* Of the account's namespaces that have one. */
MUST int retention_list(struct core *, struct str account, struct str region,
    struct arena *, struct retention **ret, size_t *n);
/* What it would remove now, in the order in which it would. */
typedef int retention_each_fn(void *arg, struct str repo, struct str digest);
MUST int retention_analyze(struct core *, struct str region,
    const struct retention *, retention_each_fn *, void *arg);
/* Those that are due; called about once a minute. */
MUST int retention_tidy(struct core *);

#endif
