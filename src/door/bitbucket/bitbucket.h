/*
 * Bitbucket Cloud's REST 2.0 below /2.0/: repositories, projects, workspaces,
 * deploy keys (access keys), users' SSH keys; and /site/ssh, the host keys as
 * lines for known_hosts. Field names and statuses are Bitbucket's; what is ours
 * beyond it (expires_on, allowed_cidrs, fingerprints, last use, rotation) is
 * told apart in the reference of doc/REST-2.0.md.
 */
#ifndef DOOR_BITBUCKET_BITBUCKET_H
#define DOOR_BITBUCKET_BITBUCKET_H

#include "door/frame/frame.h"
#include "git/git.h"

struct bitbucket_host {
	struct git_store *git;
	/* known_hosts(5) lines of the host keys in use and announced, host part
	 * included. 0 or OUT_ABSENT (no SSH here). */
	int (*known_hosts)(void *arg, struct buf *);
	void *arg;
};
struct bitbucket {
	struct door door;
	struct bitbucket_host host;
};
void bitbucket_init(struct bitbucket *, const struct bitbucket_host *);

#endif
