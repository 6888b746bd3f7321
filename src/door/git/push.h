/*
 * A push, as its hooks see it: they run inside git receive-pack, inherit a
 * socket, and ask at its other end what may be done (wire/desk.h). What they do
 * not ask about is not done. One push, one thread.
 */
#ifndef DOOR_GIT_PUSH_H
#define DOOR_GIT_PUSH_H

#include "core/gate.h"
#include "core/gitrepo.h"
#include "git/git.h"
#include "wire/gitcmd.h"


#define REF_PART_MAX 250 /* a file's name, with ".lock" behind it */

/* A visit that outlives what it was made from. Does not move. */
struct visitor {
	struct visit visit;
	char name[2 * GITCMD_NAME_MAX + 2];
};
/* The thing's name must fit: it is account/repo. */
void visitor_set(struct visitor *, const struct visit *);

struct push_ask {
	struct core *core;
	struct git_store *git;
	const struct visit *visit; /* for GIT_PUSH */
	int fd;			   /* the hooks' peer; closed at the end */
};
/* Answers the hooks until the last of them has gone, then writes down how large
 * the repository is now. */
void push_serve(const struct push_ask *);
/* A pair of sockets: one to git_ask.desk, one to push_ask.fd. */
MUST int push_pair(int ret[2]);
/* For git_ask.deny_rewind: nothing may be rewound or removed. 0, OUT_ABSENT. */
MUST int push_rule(struct core *, struct str id, bool *ret_deny_rewind);

/* May anybody push to this name at all? NULL, or what is wrong with it. Below
 * refs/, well formed (git-check-ref-format), not one of git's own places. */
const char *refname_flaw(struct str);

#endif
