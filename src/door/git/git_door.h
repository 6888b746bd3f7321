/*
 * The doors for git: the desk that answers for SSH (wire/desk.h), and smart
 * HTTP below /git/ (gitprotocol-http(5)). Both ask the same gate and start the
 * same programs; a push's hooks ask back here.
 */
#ifndef DOOR_GIT_GIT_DOOR_H
#define DOOR_GIT_GIT_DOOR_H

#include "core/core.h"
#include "door/frame/frame.h"
#include "git/git.h"

#define DESK_SESSIONS_MAX 1100 /* a little more than listeners let in */
#define DESK_WATCH_MS 500      /* how often running programs are looked after */

struct desk;
struct desk_conf {
	struct core *core;
	struct git_store *git;
	const char *local; /* path of the local socket for sshd's helpers */
};
/* Starts its thread. 0, -errno; OUT_CONFLICT the local path is in use. */
MUST int desk_new(const struct desk_conf *, struct desk **ret, struct note *);
/* A listener process speaks over fd from now on; fd is the desk's. */
MUST int desk_listener(struct desk *, int fd);
/* No new programs; those that run get ms to end, then they are killed. */
void desk_drain(struct desk *, int64_t ms);
void desk_free(struct desk *);
struct desk_stats {
	uint64_t sessions, sessions_total, proofs_failed, runs_total, refused_total,
	    cut_total, running;
};
void desk_stats(struct desk *, struct desk_stats *ret);

/* Smart HTTP. routes: GET info/refs, POST git-upload-pack, git-receive-pack. */
struct git_http {
	struct door door;
	struct git_store *git;
	struct desk *desk;
	_Atomic unsigned running; /* exchanges with programs */
};
void git_http_init(struct git_http *, struct git_store *, struct desk *);

#endif
