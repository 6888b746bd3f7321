/*
 * What is known of quota in memory: a table from account and region to limits and
 * to what was pulled (quota.c), how the latter gets into the database
 * (quota_flush.c), what uploads have in hand, and whose bin is to be looked at
 * (quota_stored.c).
 */
#ifndef CORE_QUOTA_INNER_H
#define CORE_QUOTA_INNER_H

#include "core/quota.h"

#include <pthread.h>

#define QUOTA_BUCKETS 4096

/* An account in a region: what is asked at each pull and push. */
struct quota_entry {
	char account[ACCOUNT_ID_LEN + 1], region[REGION_NAME_MAX + 1];
	struct quota limit;
	int64_t traffic, month;	   /* traffic is of that month */
	int64_t held;		   /* by uploads that are being written */
	unsigned moving;	   /* writes that bring such into rows, now */
	uint64_t moves;		   /* and how many have begun */
	bool binned;		   /* somebody is to look at its bin */
	uint64_t counted, written; /* counted: goes up with each pull */
	struct quota_entry *next;
};

struct quotas {
	pthread_mutex_t lock;	 /* around the table: short */
	pthread_cond_t moved;	 /* some entry's moving became 0 */
	pthread_mutex_t setting; /* one change of limits at a time */
	struct quota_entry *bucket[QUOTA_BUCKETS];
	size_t n_binned; /* entries that are */
};

/* Under the lock. Finds or makes; NULL without memory, or for names that cannot
 * be. */
struct quota_entry *quota_entry_get(struct quotas *, struct str account,
    struct str region);
/* Under the lock: mark it, if its bin has a bound. */
void quota_entry_mark(struct core *, struct quota_entry *);

#endif
