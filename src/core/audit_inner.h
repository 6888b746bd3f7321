/*
 * The trail's inside: rows on their way into the chain (audit.c), what is
 * gathered (audit_gather.c), and how it gets there (audit_flush.c).
 */
#ifndef CORE_AUDIT_INNER_H
#define CORE_AUDIT_INNER_H

#include "core/audit.h"
#include "core/gate_inner.h"
#include "core/traffic.h"
#include "crypt/digest.h"
#include "db/db.h"

#include <pthread.h>

/* A row before it has its place in the chain. */
struct audit_line {
	int64_t at, count;
	struct str outcome, verb, account, identity, cred, thing, addr, detail;
};
/* Where rows are appended, one after the other, to this node's chain: in one write,
 * in which nobody else appends one between audit_begin and audit_end. What the lines
 * borrow they borrow until then. */
struct audit_chain {
	struct str node;
	int64_t seq; /* of the last row */
	uint8_t hash[SHA256_LEN];
	struct traffic_sums sums;
};
MUST int audit_begin(struct db_at *, const struct core *, struct audit_chain *);
MUST int audit_append(struct db_at *, struct audit_chain *,
    const struct audit_line *);
MUST int audit_end(struct db_at *, struct audit_chain *);

struct gathered; /* see gather.h */

struct audit {
	pthread_mutex_t lock;
	pthread_cond_t wake;
	struct gathered *now, *leaving; /* leaving: being written; may be NULL */
	bool works, stop, running;
	uint64_t uses, refusals; /* since the start, however they are gathered */
	pthread_mutex_t flushing; /* one flush at a time */
	pthread_t thread;
};

/* hash of a row: see audit.h. */
void audit_hash(const struct audit_line *, struct str node, int64_t seq,
    struct str prev, uint8_t ret[SHA256_LEN]);

#endif
