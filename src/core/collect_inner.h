/*
 * The parts of a round of collection, for the files of this room. Each does a
 * bounded part of its work, adds to sum what went, and sets *more when there was
 * more than that and it got on. They are called one at a time.
 */
#ifndef CORE_COLLECT_INNER_H
#define CORE_COLLECT_INNER_H

#include "core/collect.h"
#include "core/link.h"

#include <pthread.h>

#define COLLECT_ROUND 256 /* of each: blobs, links, keys, rows */
#define COLLECT_SEEN_MAX 1024
/* What cannot be done now is not tried again before this. */
#define COLLECT_PAUSE_MS MINUTE_MS
/* Between two looks at what bins hold: so many times what the last took. */
#define COLLECT_FIT_PART 20

struct collector {
	pthread_mutex_t rounds; /* who has it does a round */
	char key_after[33];     /* of the trash, where the next round begins */
	size_t swept;           /* since the one that began at its start */
	int64_t repo_after;
	int64_t fit_after; /* clock_mono: bins are looked at again */

	pthread_mutex_t lock; /* of what follows */
	struct collected total;
	struct seen {
		int64_t repo, blob;
	} seen[COLLECT_SEEN_MAX];
	size_t n_seen;
};

MUST int collect_uploads(struct core *, struct collected *sum, bool *more);
MUST int collect_bin(struct core *, struct collected *sum, bool *more);
MUST int collect_namespaces(struct core *, struct collected *sum, bool *more);
MUST int collect_blobs(struct core *, struct collected *sum, bool *more);
MUST int collect_trash(struct core *, struct collected *sum, bool *more);
/* Repositories from where the last call ended; *more: these were not all. */
MUST int collect_repos(struct core *, struct collected *sum, bool *more);

/* In a write: what is in an ended namespace, some of it, and at last the
 * namespace. */
struct ended {
	struct str region, name, account;
	int64_t now, review_at;
};
MUST int namespace_drop_some(struct db_at *, const struct ended *,
    int64_t *ret_repos, bool *ret_done);

#endif
