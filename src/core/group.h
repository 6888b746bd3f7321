/*
 * Access groups: identities that are granted the same. Who leaves a group loses at
 * once what it was granted.
 */
#ifndef CORE_GROUP_H
#define CORE_GROUP_H

#include "core/gate.h"

#define GROUP_NAME_MAX 100
#define GROUPS_MAX 500        /* of an account */
#define GROUP_MEMBERS_MAX 2500
#define GROUPS_OF_MAX 50      /* that one identity is in */

struct group {
	struct str id, account, name, description, created_by, modified_by;
	int64_t version, created_at, modified_at;
};
struct group_member {
	struct str identity, added_by;
	int64_t added_at;
};
/* OUT_CONFLICT the name is taken (without case), OUT_MALFORMED, OUT_TOO_MANY. */
MUST int group_create(const struct visit *, struct str name,
    struct str description, struct arena *, struct group *ret, struct note *);
/* p NULL: as it is. version 0: whatever it is; else OUT_STALE. */
MUST int group_update(const struct visit *, struct str id, int64_t version,
    struct str name, struct str description, struct arena *, struct group *ret,
    struct note *);
/* With its policies. force false: OUT_CONFLICT when it has members. */
MUST int group_delete(const struct visit *, struct str id, bool force);
MUST int group_get(struct core *, struct str account, struct str id,
    struct arena *, struct group *ret);
/* Those of an account, or (iam id given) that somebody is in; by name. */
MUST int group_list(struct core *, struct str account, struct str identity,
    int64_t offset, int64_t limit, struct arena *, struct group **ret,
    size_t *n, int64_t *ret_total);
/* An identity of the account. Twice is no matter. The visitor must be one who may
 * give all that the group was granted: policy_may_give_group(). */
MUST int group_member_add(const struct visit *, struct str group,
    struct str identity);
MUST int group_member_remove(const struct visit *, struct str group,
    struct str identity); /* OUT_ABSENT */
MUST int group_member_get(struct core *, struct str group, struct str identity,
    struct arena *, struct group_member *ret);
MUST int group_member_list(struct core *, struct str group, int64_t offset,
    int64_t limit, struct arena *, struct group_member **ret, size_t *n,
    int64_t *ret_total);

#endif
