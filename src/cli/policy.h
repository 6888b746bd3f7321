/*
 * Policies as options or a file say them, and as people read them; in both forms
 * that the server speaks.
 */
#ifndef CLI_POLICY_H
#define CLI_POLICY_H

#include "cli/iam.h"

/* --- policy_body.c --- */
/* Roles and resource of a policy, as the options or a file say it. */
enum {
	POLICY_FILE,
	POLICY_ROLES,
	POLICY_SERVICE_NAME,
	POLICY_SERVICE_INSTANCE,
	POLICY_REGION,
	POLICY_RESOURCE_TYPE,
	POLICY_RESOURCE,
	POLICY_RESOURCE_GROUP,
	POLICY_ATTRIBUTES,
	POLICY_API_VERSION,
	POLICY_QUIET,
	POLICY_FORCE,
	POLICY_OPTS
};
extern const struct opt policy_opts[POLICY_OPTS];
/* "iam_id" or "access_group_id", and its value. */
struct policy_subject {
	const char *attribute;
	struct str value;
};
/* now: the policy that is changed, in v2; NULL: a new one. ret_v2: which of
 * both forms was written. */
MUST int policy_body(struct cli *, const struct opt_value *,
		     const struct policy_subject *, const struct json *now,
		     struct buf *ret, bool *ret_v2);
/* "Reader, writer" as CRNs of the account's roles, for a service or (NULL) for
 * all. OUT_ABSENT with a note of those that there are. */
MUST int policy_roles(struct cli *, const char *service, const char *roles,
		      struct buf *ret_crns);
/* The same out of the answer of policy_roles_get(). */
MUST int policy_roles_pick(const struct json *all, const char *roles,
			   struct buf *ret_crns, struct note *);
/* "n=v,m=w" into w, as attributes of the form v2 or not. usage_set(). */
MUST int policy_attributes(struct cli *, struct jw *, const char *text,
			   bool v2);
/* "/v2/roles" of the account, for a service or (NULL) for all. */
MUST int policy_roles_get(struct cli *, const char *service, struct json **ret);

/* --- policy_print.c --- */
/* Everything one policy says, as pairs; of either form. */
void policy_print(const struct json *policy);
void policy_roles_text(const struct json *policy, struct buf *ret);
void policy_resource_text(const struct json *policy, struct buf *ret);
/* What it says of one attribute of the resource; nothing where it says none. */
void policy_attribute_text(const struct json *policy, const char *name,
			   struct buf *ret);
struct str policy_subject_value(const struct json *policy);

#endif
