/* What latchkeyd verify says of the repositories on disk, beside core_verify. */
#ifndef SERVER_VERIFY_GIT_H
#define SERVER_VERIFY_GIT_H

#include "core/core.h"

/* A folder without a row is no mistake for so long: whoever makes a repository
 * makes its folder first. House-keeping removes it then. */
#define GIT_FOLDER_YOUNG_MS DAY_MS

/* Every repository has its folder, every folder that is not young its
 * repository; deep: every reference leads to whole objects. A line each through
 * say. 0, OUT_MISMATCH, -errno. program: of the settings; may be NULL. */
MUST int verify_git(struct core *, const char *program, bool deep,
		    void (*say)(void *, const char *line), void *arg);
/* Has the folder of this id, below DATA/git, changed since? */
bool git_folder_young(const char *dir, struct str id, int64_t now);

#endif
