/*
 * What the trail gathers between two flushes: records with counts, found again
 * by a digest of what makes them one. Not locked; audit.h's rooms do that.
 */
#ifndef CORE_GATHER_H
#define CORE_GATHER_H

#include "core/audit.h"
#include "core/cache.h"

#define GATHER_MAX   16384 /* records between two flushes */
#define GATHER_SPARE 256   /* for what is counted together beyond that */
#define GATHER_INDEX (2 * (GATHER_MAX + GATHER_SPARE))

enum mark { MARK_USED, MARK_REFUSED, MARK_TOUCHED, MARKS };
struct str gather_word(enum mark); /* "used", "refused", "done" */

struct event {
	enum mark mark;
	enum verb verb;
	struct str cred, account, identity, thing, addr, why;
	bool settles; /* a use that ends the credential before this one */
};
struct record {
	uint8_t key[CACHE_KEY_LEN];
	struct event event; /* its texts lie behind */
	int64_t first, last, count;
	char text[];
};
struct gathered {
	size_t n;
	struct record *records[GATHER_MAX + GATHER_SPARE];
	uint32_t index[GATHER_INDEX]; /* 1 + position; 0: free */
};

void gather_free(struct gathered *);
/* Counts it; a flood is blurred into few records, and e with it. false: no
 * memory. */
bool gather_add(struct gathered *, const struct cache *, struct event *e,
    int64_t at);
/* What from holds from position on is counted in to again. */
void gather_put_back(struct gathered *to, struct gathered *from,
    size_t position);
/* Adds what was gathered of this credential; texts borrow from the records.
 * g may be NULL. */
void gather_last_use(const struct gathered *g, struct str cred,
    struct last_use *);

#endif
