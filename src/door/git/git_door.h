/*
 * The doors for git: the desk that answers for SSH (wire/desk.h), and smart
 * HTTP below /git/ (gitprotocol-http(5)). Both ask the same gate and start the
 * same programs; a push's hooks ask back here.
 */
#ifndef DOOR_GIT_GIT_DOOR_H
#define DOOR_GIT_GIT_DOOR_H

#include "base/clock.h"
#include "core/core.h"
#include "door/frame/frame.h"
#include "door/git/share.h"
#include "git/git.h"

#define DESK_SESSIONS_MAX 1100 /* a little more than listeners let in */
#define DESK_WATCH_MS 500      /* how often running programs are looked after */
/* A program that reads for a client and does nothing but wait for it so long is
 * ended: its place is for others. (git's own --timeout is for protocol v0.) */
#define DESK_SILENCE_MS (120 * SECOND_MS)

struct desk;
struct desk_conf {
	struct core *core;
	struct git_store *git;
	const char *local; /* path of the local socket for sshd's helpers */
	int64_t silence_ms; /* 0: DESK_SILENCE_MS */
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
/* Programs of git, of whoever starts them for clients. */
struct share *desk_programs(struct desk *);

/* Smart HTTP. routes: GET info/refs, POST git-upload-pack, git-receive-pack.
 * desk NULL: none, and the programs are all its own. */
struct git_http {
	struct door door;
	struct git_store *git;
	struct share exchanges, own;
	struct share *programs; /* the desk's, or own */
};
void git_http_init(struct git_http *, struct git_store *, struct desk *);
void git_http_clear(struct git_http *); /* before the desk's end */

#endif
