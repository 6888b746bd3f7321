/*
 * Why: may somebody do something, and which policy says so; what may a credential
 * do; who may do this here. Asked of the same code that decides, without a trace
 * in the trail.
 */
#ifndef CORE_EXPLAIN_H
#define CORE_EXPLAIN_H

#include "core/find_cred.h"
#include "core/gate.h"

#define EXPLAIN_WHO_MAX 1000 /* identities that one answer names */
#define EXPLAIN_WHO_MS 1000  /* and how long they are looked for */

enum explain_by {
	EXPLAIN_NOTHING,   /* no policy grants it */
	EXPLAIN_OWNER,     /* owns the account */
	EXPLAIN_OPERATOR,  /* runs this server */
	EXPLAIN_SELF,      /* it is their own */
	EXPLAIN_POLICY,
	EXPLAIN_TOKEN,     /* a registry token's right */
	EXPLAIN_ACCESS_KEY,/* it stands on the repository or its project */
	EXPLAIN_ANYBODY,   /* every identity may */
	EXPLAIN_CREDENTIAL,/* this kind of credential does not open it */
	EXPLAIN_ENDED,     /* disabled, expired, locked out, gone */
};
const char *explain_by_name(enum explain_by); /* "owner", ... */
/* A policy that grants, or would but for one thing. */
struct explain_policy {
	struct str id, group; /* group: by which the subject has it, or empty */
	struct str role;      /* CRN of the role that holds the verb */
	struct str missing;   /* "": it grants; else "region", "resource", "role",
				 "time", ...: what does not fit */
};
#define EXPLAIN_POLICIES_MAX 100 /* of each: that grant, that would */
struct explained {
	bool may;
	enum explain_by by;
	struct explain_policy *policies; /* granting ones first */
	size_t n;
};
/* Of a subject in an account. An absent thing is explained as it would be. */
MUST int explain_may(struct core *, const struct subject *, enum verb,
    const struct thing *, struct arena *, struct explained *ret);
/* A subject to ask about: an identity of the account as if with an API key. */
MUST int explain_subject(struct core *, struct str account, struct str identity,
    struct subject *ret);
/* What was found; an ended one as somebody who ended. OUT_UNSUPPORTED: what opens
 * nothing by itself (a key pair, a policy, ...). */
MUST int explain_found(struct core *, const struct found_cred *,
    struct subject *ret);

/* All that a subject may: verbs of one service on one kind of resource a line. */
struct explain_right {
	struct str service, region, type, resource; /* empty: any */
	struct str roles;     /* "Reader, Writer" or a custom role's name */
	struct str policy, group;
	struct str condition; /* in words, or empty */
	bool now;             /* the condition holds now */
};
MUST int explain_rights(struct core *, const struct subject *, struct arena *,
    struct explain_right **ret, size_t *n);

/* Who may do this, now: users, service IDs, registry tokens, access keys. more:
 * not all of them, there are too many or it took too long. */
struct explain_who {
	enum explain_by by;
	struct str kind;  /* "user", "service", "registry-token", "access-key" */
	struct str id, name;
	struct explain_policy policy; /* with EXPLAIN_POLICY */
};
MUST int explain_who(struct core *, struct str account, enum verb,
    const struct thing *, struct arena *, struct explain_who **ret, size_t *n,
    bool *ret_more);

#endif
