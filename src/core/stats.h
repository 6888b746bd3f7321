/*
 * What a running core says of itself, for whoever watches it: numbers that are at
 * hand, whatever the size of the store.
 */
#ifndef CORE_STATS_H
#define CORE_STATS_H

#include "core/core.h"

struct core_stats {
	uint64_t uploads;       /* open ones with a row */
	uint64_t stored;        /* bytes that accounts hold in their regions */
	uint64_t binned;        /* deleted images that can be restored */
	uint64_t trail;         /* the last row's number */
	uint64_t trail_waiting; /* uses and refusals that are not written yet */
	uint64_t uses, refusals; /* since the start */
	bool trail_works;
	uint64_t disk_free, disk_size; /* of the data's filesystem, bytes */
};
MUST int core_stats(struct core *, struct core_stats *ret);

#endif
