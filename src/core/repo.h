/*
 * Repositories, for the files of this room: the rows that everything pushed
 * hangs on. A repository comes into being with the first thing pushed to it, in
 * a namespace that exists; nobody makes one by hand.
 */
#ifndef CORE_REPO_H
#define CORE_REPO_H

#include "core/image.h"
#include "db/db.h"

#define PRINCIPAL_MAX	  (IDENTITY_ID_MAX + CRED_ID_MAX + 32)
#define NAMESPACE_LEN_MAX 30

/* 0, OUT_ABSENT. */
MUST int repo_find(struct db_at *, const struct place *, int64_t *ret);
/* The same, for changes: the namespace must still be the visit's account's. */
MUST int repo_own(struct db_at *, const struct visit *, const struct place *,
		  int64_t *ret);
/* Finds or makes. OUT_ABSENT: no such namespace, or no longer this account's.
 */
MUST int repo_make(struct db_at *, const struct visit *, const struct place *,
		   int64_t *ret);

/* A manifest came: from then on lists have the repository. manifest_end() takes
 * it out of them again. */
MUST int repo_fill(struct db_at *, int64_t repo);

/* The identity, or "registry-token:<id>" for those who have none. */
void repo_principal(const struct subject *, char ret[PRINCIPAL_MAX]);
/* The trail's row for a change in a repository; detail is a JSON object. */
MUST int repo_trail(struct db_at *, const struct visit *, const struct place *,
		    const struct buf *detail);

/* The account's namespaces in a region, in the order in which their
 * repositories sort by name: each with the '/' that follows it there. */
struct repo_roots {
	char name[NAMESPACES_MAX][NAMESPACE_LEN_MAX + 2];
	size_t n;
};
MUST int repo_roots(struct db_at *, struct str account, struct str region,
		    struct repo_roots *ret);
/* May the subject do this in the namespace? root as above. */
bool repo_root_may(struct core *, const struct subject *, enum verb,
		   struct str account, struct str region, const char *root);

/* Point a tag at a manifest; old gets the digest that it named before, or is
 * left empty. The caller writes the trail. OUT_CONFLICT: it names another, and
 * the namespace's tags are immutable. */
MUST int tag_move(struct db_at *, int64_t repo, struct str tag,
		  int64_t manifest, int64_t now, struct buf *old);

#endif
