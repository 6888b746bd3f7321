/*
 * Roles: the fixed ones of core/verb.h, and those that an account makes for itself
 * out of the actions of one service.
 */
#ifndef CORE_ROLE_H
#define CORE_ROLE_H

#include "core/gate.h"

#define ROLE_NAME_MAX 30   /* [A-Za-z0-9], the first a capital, as the original */
#define ROLES_MAX 100      /* custom ones of an account */
#define ROLE_ACTIONS_MAX VERB_MAX
#define VERB_WORDS ((VERB_MAX + 63) / 64)

/* Verbs as a set. */
struct verb_set {
	uint64_t bits[VERB_WORDS];
};
static inline void
verb_set_add(struct verb_set *s, enum verb v)
{
	s->bits[v / 64] |= (uint64_t)1 << (v % 64);
}
static inline bool
verb_set_has(const struct verb_set *s, enum verb v)
{
	return (s->bits[v / 64] >> (v % 64) & 1) != 0;
}

/* crn:v1:bluemix:public:SERVICE::a/ACCOUNT::customRole:NAME */
#define ROLE_CUSTOM_CRN "crn:v1:bluemix:public:%.*s::a/%.*s::customRole:%.*s"
struct custom_role {
	struct str id, account, service, name, display_name, description, crn;
	struct str actions; /* JSON array as it was sent */
	struct str created_by, modified_by;
	int64_t version, created_at, modified_at;
};
struct custom_role_ask { /* p NULL when changing: as it was */
	struct str service, name, display_name, description;
	const struct str *actions;
	size_t n_actions;
};
/* "container-registry.image.pull" of the one service; only what RULE_ROLES, SELF,
 * OWN and GIVE verbs are can be in a role. OUT_MALFORMED with a note. */
MUST int role_actions(struct str service, const struct str *actions, size_t n,
    struct verb_set *ret, struct note *);
MUST int role_create(const struct visit *, const struct custom_role_ask *,
    struct arena *, struct custom_role *ret, struct note *);
MUST int role_update(const struct visit *, struct str id, int64_t version,
    const struct custom_role_ask *, struct arena *, struct custom_role *ret,
    struct note *);
/* OUT_CONFLICT while an active policy uses it. */
MUST int role_delete(const struct visit *, struct str id, struct note *);
MUST int role_get(struct core *, struct str account, struct str id,
    struct arena *, struct custom_role *ret);
MUST int role_list(struct core *, struct str account, struct str service,
    struct arena *, struct custom_role **ret, size_t *n);
/* In a view: what a CRN of a policy amounts to: a mask of enum role, or the verbs
 * of a custom role of this account. OUT_ABSENT: nothing that is known. */
MUST int role_resolve(struct db_at *, struct str account, struct str crn,
    unsigned *ret_roles, struct verb_set *ret_verbs);

#endif
