/*
 * What an identity was granted in an account, compiled from the policies of its
 * own and of its groups. Policies add up and never take away. What cannot be
 * understood - an unknown attribute, operator or role, an attribute given twice, a
 * tag, a condition of another pattern - grants nothing; nor do policies, in the
 * order of their ids, above GRANTS_ROOM.
 */
#ifndef CORE_GRANTS_H
#define CORE_GRANTS_H

#include "core/gate.h"
#include "core/role.h"

#define GRANTS_ROOM (2 * MIB) /* compiled; 10 000 policies with a name each fit */

struct grants; /* a struct cached first; immutable */

/* Remembered ones count when they were true at least at that generation, which
 * those are that nothing was granted since. at: NULL, or where to look else; of a
 * write, least is the present generation. keep: remember what is read now; only
 * without at and outside of any view of the caller, whose snapshot may be older
 * than the generation. */
MUST int grants_load(struct core *, struct db_at *at, const struct subject *,
    uint64_t least, bool keep, struct grants **ret);
/* As this place of the database has them, without any memory. */
MUST int grants_read(const struct core *, struct db_at *, const struct subject *,
    struct grants **ret);
void grants_unrefp(struct grants **);

/* What a policy says, for people; only of grants that were read to be explained.
 * One that grants nothing at all says why in flaw. */
struct grant_role {
	struct str crn;
	unsigned roles;
	struct verb_set verbs; /* of a custom role */
};
struct grant_said {
	struct str id, subject, group; /* group: empty, or the subject */
	struct str service, region, type, resource, pattern, rule;
	struct grant_role *roles;
	size_t n_roles;
	const char *flaw;
};
/* As grants_read(); identity p NULL: of everybody in the account. */
MUST int grants_read_said(const struct core *, struct db_at *,
    struct str identity, struct str account, struct grants **ret);
const struct grant_said *grants_said(const struct grants *, size_t *n);

/* What keeps a policy from granting something, the nearest miss first. */
enum grant_miss {
	MISS_NOTHING, MISS_TIME, MISS_RESOURCE, MISS_TYPE, MISS_REGION, MISS_ROLE,
	MISS_SERVICE, MISS_FLAW, GRANT_MISSES
};
struct found;
struct grants_ask {
	const struct core *core;
	enum verb verb;
	const struct thing *thing; /* its account is the grants' own */
	const struct found *found; /* what a thing with a name is */
	bool made_it;              /* who asks made it: Writer is enough */
	/* NULL, or told of each policy what it misses, of grants that were read
	 * to be explained. */
	void (*each)(void *arg, const struct grant_said *, enum grant_miss);
	void *arg;
	bool timed; /* out, of a yes: only for now, by a condition on the time */
};
/*
 * Does a grant hold one of the verb's roles on this thing, now? A grant of
 * container-registry may name a namespace; of git, a "repository" or "project"
 * by its slug, without case; of key-pair and server a "project"; of the platform
 * services a "serviceid" (ServiceId-...) or "access-group" (AccessGroupId-...).
 * What holds for a project holds for what is in it. Only the registry has regions.
 * A verb of RULE_GIVE is held by who has its role on anything.
 */
bool grants_allow(const struct grants *, struct grants_ask *);

/* stringMatch: '*' any run, '?' one character. */
bool grants_match(struct str pattern, struct str value);

#endif
