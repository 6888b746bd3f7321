/*
 * How much goes on: what the trail counts, by equal steps of time, for a picture.
 * It is counted as rows are written, by quarters of an hour, so that what a picture
 * costs is bound by its length, however long the trail is. What is gathered in
 * memory (core/audit.h) is not yet in it.
 */
#ifndef CORE_TRAFFIC_H
#define CORE_TRAFFIC_H

#include "core/gate.h"

#define TRAFFIC_STEPS_MAX  400
#define TRAFFIC_QUARTER_MS (15 * 60 * 1000)

/* Each event is counted once, however it went: a login is no other use. */
struct traffic {
	int64_t at; /* when the step begins */
	int64_t logins, refused_logins;
	int64_t uses, refusals, changes;
	int64_t unconfirmed; /* AUDIT_UNCONFIRMED */
};

/* Rows of the trail, in the write that appends them: many of one account and quarter
 * are added up before they are counted in. What is gathered is put in the same write;
 * until then the accounts are borrowed. */
#define TRAFFIC_SUMS_MAX 16
struct traffic_sums {
	size_t n;
	struct {
		struct str account;
		struct traffic t;
	} sums[TRAFFIC_SUMS_MAX];
};
/* at, outcome, verb and count are the row's, account is its thing's or empty. */
MUST int traffic_gather(struct db_at *, struct traffic_sums *, struct str account,
    int64_t at, struct str outcome, struct str verb, int64_t count);
MUST int traffic_put(struct db_at *, struct traffic_sums *);

/* Of an account, or (empty) of the whole server. From since to before until, which
 * are moved to the beginning and the end of their quarters; until may cut the last
 * step short. step: milliseconds, whole quarters. OUT_TOO_LARGE more than
 * TRAFFIC_STEPS_MAX of them; until not after since is no step. */
MUST int traffic_count(struct core *, struct str account, int64_t *since,
    int64_t *until, int64_t step, struct arena *, struct traffic **ret,
    size_t *n);

#endif
