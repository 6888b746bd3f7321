/*
 * Projects, git repositories and public keys: what their files share. Functions
 * that take a place of the database run in the write of a visit, or in a view.
 */
#ifndef CORE_GIT_INNER_H
#define CORE_GIT_INNER_H

#include "core/account_inner.h"
#include "core/gitrepo.h"
#include "core/project.h"
#include "core/pubkey.h"
#include "db/db.h"

/* "Team/repo", "Team/project" */
#define PLACE_MAX (SLUG_MAX + 1 + GITREPO_SLUG_MAX)

/* The default project of the visit's account, which is being made. */
MUST int project_put_default(struct db_at *, const struct visit *);
/* The id of a project of the account: key is its id or slug; empty: "default".
 * OUT_ABSENT. */
MUST int project_find(struct db_at *, struct str account, struct str key,
    char ret[PROJECT_ID_LEN + 1]);

/* Is this what the gate was asked about? A visit for a whole account may touch
 * everything in it, one for a repository, project or person only that. */
bool visit_is_for(const struct visit *, struct str account,
    enum thing_kind, struct str id);

/* The columns of gitrepo_by_id and its like; borrows from the row. */
#define GITREPO_COL_SLUG_KEY 16
MUST int gitrepo_look(struct db_rows *, struct gitrepo *ret);
MUST int gitrepo_keep(struct arena *, const struct gitrepo *,
    struct gitrepo *ret);
/* The visit's repository, into rows and, borrowed, into ret. OUT_ABSENT: gone,
 * of another account, or not in this state. */
MUST int gitrepo_of_visit(struct db_at *, const struct visit *, struct str id,
    bool removed, struct db_rows *, struct gitrepo *ret);
/* gate_may() by ids: no name can be taken for another's. */
bool gitrepo_may(struct core *, const struct subject *, enum verb,
    const struct gitrepo *);
/* The visit's verb on "git:Team/repo". */
MUST int gitrepo_trail(struct db_at *, const struct visit *,
    const struct gitrepo *, struct str detail);

/* Keep key for this use ("user" or "access") while rows refer to it.
 * OUT_CONFLICT with a note. */
MUST int pubkey_claim(struct db_at *, const struct sshkey *, const char *usage,
    int64_t at, struct note *);
/* Away with it if nothing refers to it any more. */
MUST int pubkey_drop(struct db_at *, struct str digest);
/* As ssh-keygen -l prints it. */
void pubkey_print(struct str digest, char ret[SSHKEY_SHA256_LEN + 1]);
/* An end that is given lies ahead. */
MUST int key_end(int64_t expires_at, struct note *);
MUST int key_comment(struct str comment, struct note *);

/* The columns of access_key_by_id and its like. */
#define ACCESS_KEY_COL_ACCOUNT 0
#define ACCESS_KEY_COL_REPO 1
#define ACCESS_KEY_COL_PROJECT 2
#define ACCESS_KEY_COL_LABEL 5
#define ACCESS_KEY_COL_COMMENT 6
#define ACCESS_KEY_COL_CIDRS 8
#define ACCESS_KEY_COL_EXPIRES 14
#define ACCESS_KEY_COL_REPLACES 15
#define ACCESS_KEY_COL_DIGEST 17
/* The row, its key if that was the last, and a row in the trail. Raises the
 * generation. */
MUST int access_key_drop(struct db_at *, const struct visit *, int64_t id);
/* All on a repository or project: sql is access_key_of_repo, or _of_project. */
MUST int access_keys_drop(struct db_at *, const struct visit *, int sql,
    struct str id);
MUST int user_key_drop(struct db_at *, const struct visit *, struct str id);

/* A bounded round of house-keeping: keys that ended long ago, keys that nothing
 * refers to. */
#define KEYS_KEEP_MS (30 * 24 * 3600 * INT64_C(1000))
MUST int pubkey_tidy(struct core *);

#endif
