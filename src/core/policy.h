/*
 * Policies as people write them: who (an identity or an access group) is granted
 * which roles on which resources, and when. One store for both versions of IBM's
 * API (/v1/policies, /v2/policies); what is given back is what was sent. What they
 * amount to is core/grants.h's business.
 *
 * Nobody grants more than they administer: see policy_may_give(). A policy that is
 * deleted stays, deleted, for POLICY_KEPT_MS, and can be made active again; of more
 * than POLICIES_KEPT_MAX the oldest go at once.
 */
#ifndef CORE_POLICY_H
#define CORE_POLICY_H

#include "core/gate.h"

#define POLICY_ROLES_MAX 16
#define POLICY_ATTRS_MAX 32
#define POLICY_VALUE_MAX 1000 /* bytes of a value, as the original has it */
#define POLICY_VALUES_MAX 100 /* of a list */
#define POLICY_RULE_MAX 4096
#define POLICIES_MAX 10000 /* active ones of an account */
#define POLICIES_SUBJECT_MAX 1000 /* active ones of one subject */
/* For one write: of those that somebody administers by, and of those that are given
 * at once; the rest gives nothing and is not given. */
#define POLICIES_GIVE_MAX 2000
#define POLICY_GIVE_WORK_MAX 20000000 /* comparisons of values in one write */
#define POLICY_KEPT_MS (30 * 24 * 3600 * 1000LL)
#define POLICIES_KEPT_MAX 1000 /* deleted ones of an account */

enum policy_form { POLICY_TEXT, POLICY_FLAG, POLICY_LIST };
struct policy_attr {
	struct str name;
	struct str op;   /* "stringEquals" when none was sent */
	bool said;       /* an operator was sent */
	enum policy_form form;
	struct str value; /* FLAG: "true", "false"; LIST: a JSON array of texts */
};
enum policy_subject { POLICY_IDENTITY, POLICY_GROUP };
/* What a policy says; the same is asked for and stored. */
struct policy_text {
	struct str type; /* "access" or "authorization" (stored, grants nothing) */
	enum policy_subject subject_kind;
	struct str subject, subject_op; /* subject_op "": none was sent */
	struct str description;         /* p NULL: none */
	struct str pattern, rule;       /* v2 conditions; rule is JSON; p NULL */
	const struct str *roles;        /* CRNs as they were sent */
	size_t n_roles;
	const struct policy_attr *resources, *tags;
	size_t n_resources, n_tags;
};
struct policy {
	struct policy_text text;
	struct str id, account, created_by, modified_by;
	bool deleted;
	int64_t version, created_at, modified_at;
};

/*
 * Into the visit's account, which the resource's accountId must be. OUT_MALFORMED
 * with a note; OUT_ABSENT no such subject or role; OUT_DENIED the visitor may not
 * give this; OUT_CONFLICT an active policy says the same (its id in ret->id); also
 * a locked subject (ret->id empty), with a note; OUT_TOO_MANY.
 */
MUST int policy_create(const struct visit *, const struct policy_text *,
    struct arena *, struct policy *ret, struct note *);
/* version 0: whatever it is ("*"); else OUT_STALE. The type stays as it was:
 * OUT_MALFORMED. */
MUST int policy_replace(const struct visit *, struct str id, int64_t version,
    const struct policy_text *, struct arena *, struct policy *ret,
    struct note *);
/* Undelete. */
MUST int policy_restore(const struct visit *, struct str id, int64_t version,
    struct arena *, struct policy *ret, struct note *);
MUST int policy_delete(const struct visit *, struct str id, struct note *);
MUST int policy_get(struct core *, struct str account, struct str id,
    struct arena *, struct policy *ret); /* deleted ones, too */

/* Those that are alike follow their ids. */
enum policy_order {
	POLICY_BY_ID, POLICY_BY_CREATED, POLICY_BY_MODIFIED, POLICY_BY_TYPE
};
struct policy_filter {
	struct str account, subject; /* subject: iam id or group id; may be empty */
	bool groups_too;    /* of an iam id: those of its groups as well */
	struct str service; /* serviceName, exact; may be empty */
	struct str type;
	bool deleted;       /* the deleted ones instead */
	bool plain;         /* without those that only v2 can say */
	enum policy_order order;
	bool descending;
	bool further;       /* behind this place: */
	struct str after;   /* its id */
	int64_t after_key;  /* its policy_key() */
	int64_t limit;
};
/* What an order goes by, beside the id. */
int64_t policy_key(const struct policy *, enum policy_order);
/* more: there are others after the last one. A page may end before its limit, when
 * it has become large. */
MUST int policy_list(struct core *, const struct policy_filter *,
    struct arena *, struct policy **ret, size_t *n, bool *ret_more);

/*
 * In a write: may the visitor hand out this? The owner may everything. Anybody
 * else must hold Administrator, by a policy without conditions, on no less than
 * what the policy is about: each attribute that theirs names is named alike here.
 * The same is asked of a policy that is changed or taken away, and, for a group's
 * members, of each policy of the group. 0, OUT_DENIED, -errno.
 */
MUST int policy_may_give(struct db_at *, const struct visit *,
    const struct policy_text *);
MUST int policy_may_give_group(struct db_at *, const struct visit *,
    struct str group);
/* As the same about everything there is in the account. */
MUST int policy_may_give_account(struct db_at *, const struct visit *);
/* And of each policy that an identity has, itself or by a group: may the visitor
 * act in its place? */
MUST int policy_may_give_held(struct db_at *, const struct visit *,
    struct str identity);
/* In a write: roles on everything of the visit's account, as one policy with this
 * id; without asking whether the visitor may. */
MUST int policy_give_account(struct db_at *, const struct visit *,
    struct str identity, unsigned roles, const char *id);
/* In a write: end what was granted to a subject that goes. */
MUST int policy_end_subject(struct db_at *, struct str account,
    struct str subject);

/* Conditions (pattern and rule of v2): 0; OUT_MALFORMED with a note. What they
 * amount to at a moment: core/when.h. */
#endif
