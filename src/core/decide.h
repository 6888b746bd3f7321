/*
 * Yes or no: may this subject do this verb to this thing? Knows who owns what
 * and which roles were granted, and nothing of how anybody proved anything.
 */
#ifndef CORE_DECIDE_H
#define CORE_DECIDE_H

#include "core/explain.h"
#include "core/gate_inner.h"

struct ask;
/* Who asks why gets the same answer and hears how it came about; what is not there
 * is taken for what it would be. load: the grants to ask, and whom to tell of them. */
struct why {
	enum explain_by by;
	int (*load)(struct ask *, struct grants **ret, struct grants_ask *);
	void *arg;
};
/* One question under way. */
struct ask {
	struct core *core;
	const struct subject *who;
	const struct proven *proven; /* NULL: nothing narrows */
	struct db_at *at; /* NULL: what is remembered, or a view of its own */
	enum verb verb;
	struct thing thing; /* account filled in on the way */
	char account[ACCOUNT_ID_LEN + 1];
	struct found found; /* by name; with an id already: that one again */
	struct subject as;  /* who points here when an SSH key became definite */
	bool settle;
	bool timed;         /* only a condition on the time let it pass */
	struct why *why;    /* NULL: nobody asks */
	uint64_t least; /* what is remembered must have been true then */
	bool keep;	/* remember what is read now */
};
/*
 * trusted: the account that thing names is believed, else it is compared with
 * the namespace's. Fills in the account, what was found, and whom an SSH key is
 * at that place (on DENIED, too, as far as it is known). 0, OUT_DENIED, -errno.
 */
MUST int decide(struct ask *, bool trusted);

/* Between the files of this: a thing that has a place in an account, where its
 * name says; and all of it for RULE_MACHINE. The same outcomes. */
MUST int decide_place(struct ask *);
MUST int decide_machine(struct ask *);
/* The CRN of the role by which a policy that grants it does. */
struct str explain_role(const struct grant_said *, enum verb, bool made_it);

#endif
