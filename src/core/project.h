/*
 * Projects: divisions of an account. Repositories belong to one, and an access
 * key on a project opens all of them. Every account has "default", whose id is
 * the account's own and which cannot be removed.
 */
#ifndef CORE_PROJECT_H
#define CORE_PROJECT_H

#include "core/gate.h"

#define PROJECT_ID_LEN 32
#define PROJECT_SLUG_MAX 62 /* [A-Za-z][A-Za-z0-9_-]*, matched without case */
#define PROJECTS_MAX 1000   /* per account */

struct project {
	struct str id, account, account_slug, slug, name, description;
	int64_t created_at, modified_at;
};
struct project_ask {
	struct str slug, name, description; /* name empty: the slug */
};
/* OUT_MALFORMED with a note, OUT_CONFLICT the slug is taken, OUT_TOO_MANY. */
MUST int project_create(const struct visit *, const struct project_ask *,
    struct arena *, struct project *ret, struct note *);
/* By slug, or by id as 32 hex digits. 0, OUT_ABSENT. */
MUST int project_get(struct core *, struct str account, struct str slug_or_id,
    struct arena *, struct project *ret);
/* In order of slug; after: keyset, a slug. */
MUST int project_list(struct core *, struct str account, struct str after,
    int64_t limit, struct arena *, struct project **ret, size_t *n);
/* p NULL in name and description: unchanged. */
MUST int project_update(const struct visit *, struct str id,
    const struct project_ask *, struct note *);
/* OUT_CONFLICT with a note: repositories, key pairs or servers are in it, or it
 * is "default". */
MUST int project_delete(const struct visit *, struct str id, struct note *);

#endif
