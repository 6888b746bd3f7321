/*
 * House-keeping of repositories: those whose grace period is over go, folders
 * of nobody go, those that were pushed to often are maintained. Its thread
 * looks once a minute, does one thing at a time, and nothing while a backup is
 * under way; what it has begun it leaves off when it is told to stop.
 */
#ifndef SERVER_GIT_TIDY_H
#define SERVER_GIT_TIDY_H

#include "core/core.h"
#include "git/git.h"

#define GIT_TIDY_EVERY_S   60
#define GIT_TIDY_SWEEP	   60 /* rounds between two looks at all folders */
#define GIT_TIDY_PUSHES	   50 /* since the last maintenance: the next is due */
#define GIT_TIDY_REMOVES   100 /* repositories of one round */
#define GIT_TIDY_MAINTAINS 8

struct git_tidy;
MUST int git_tidy_start(struct core *, struct git_store *,
			struct git_tidy **ret);
void git_tidy_free(struct git_tidy *); /* soon; NULL is fine */

struct git_tidy_round {
	struct core *core;
	struct git_store *git;
	bool sweep; /* look at all folders, too */
	int64_t pushes_min;
	bool (*stop)(void *);
	void *arg;
	unsigned removed, swept, maintained; /* filled in */
};
/* 0; OUT_BUSY a backup is under way, or it was told to stop; -errno. */
MUST int git_tidy_round(struct git_tidy_round *);

#endif
