/*
 * What is known of quota in memory: a table from account and region to limits
 * and to what was pulled (quota.c), and how the latter gets into the database
 * (quota_flush.c).
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
	uint64_t counted, written; /* counted: goes up with each pull */
	struct quota_entry *next;
};

struct quotas {
	pthread_mutex_t lock;	 /* around the table: short */
	pthread_mutex_t setting; /* one change of limits at a time */
	struct quota_entry *bucket[QUOTA_BUCKETS];
};

#endif
