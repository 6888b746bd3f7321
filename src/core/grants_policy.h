/*
 * One policy on its way into grants: its rows, understood.
 */
#ifndef CORE_GRANTS_POLICY_H
#define CORE_GRANTS_POLICY_H

#include "core/grants_inner.h"
#include "core/policy.h"
#include "db/db.h"

#define GRANTS_SAID_ROOM (256 * MIB) /* policies in words, of a whole account */
#define ROLES_SEEN 32 /* roles that are looked up once for all policies */

enum grants_attribute {
	ATTR_ACCOUNT, ATTR_SERVICE, ATTR_SERVICE_TYPE, ATTR_SERVICE_GROUP,
	ATTR_GROUP, ATTR_REGION, ATTR_RESOURCE_TYPE, ATTR_RESOURCE, ATTRS
};
/* Not there: any value will do. Else one of the list. */
struct grants_value {
	bool set, pattern;
	struct str *list;
	size_t n;
};
struct grants_policy {
	char id[CRED_ID_MAX + 1]; /* "": none yet */
	struct str subject, group, pattern, rule;
	struct grants_value on[ATTRS];
	struct grant_role roles[POLICY_ROLES_MAX];
	size_t n_roles;
	const char *flaw;   /* why it grants nothing */
	struct arena arena; /* of this policy */
	struct grant_role seen[ROLES_SEEN];
	size_t n_seen;
	struct arena names; /* of seen */
	struct granted_kind made; /* the latest of our own roles alone, and them */
	unsigned made_of;
};
void grants_policy_init(struct grants_policy *);
void grants_policy_clear(struct grants_policy *);
MUST int grants_policy_begin(struct grants_policy *, struct db_rows *);
MUST int grants_policy_role(struct grants_policy *, struct db_at *,
    struct str account, struct str crn);
MUST int grants_policy_attribute(struct grants_policy *, struct db_rows *);
/* OUT_UNSUPPORTED: it grants nothing, and flaw says why. ret->when is the
 * caller's. */
MUST int grants_policy_kind(struct grants_policy *, const struct core *,
    struct str account, struct granted_kind *ret, struct when *ret_when);
MUST int grants_policy_say(const struct grants_policy *, struct arena *,
    struct grant_said *ret);

#endif
