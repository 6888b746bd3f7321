/*
 * Git repositories on disk, by id, and the system's git at work on them. Text
 * of a client never becomes a path, an option or a variable: a program is
 * started with one of three fixed lists of arguments, an environment built from
 * nothing, the repository as its current folder, and walls around it. A reader
 * cannot write below the repository, whatever happens to it.
 *
 * What a push acknowledges is on disk: objects, references and the directory
 * entries that lead there (doc/adr/0013).
 */
#ifndef GIT_GIT_H
#define GIT_GIT_H

#include "base/out.h"
#include "base/str.h"
#include "jail/jail.h"
#include "wire/gitcmd.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#define GIT_ID_LEN 32

struct git_conf {
	const char *dir;     /* DATA/git: made when missing */
	const char *program; /* git; NULL: the one in PATH's usual places */
	const char *hooks;   /* folder with our hooks; NULL: found beside us */
	unsigned running_max;      /* programs at once; 0: 64 */
	uint64_t push_max;         /* bytes of one push; 0: 4 GiB */
	uint64_t cpu_s, memory;    /* of one program; 0: 1 h, 8 GiB */
};
struct git_store;
/* 0; OUT_ABSENT no git or no hooks; OUT_UNSUPPORTED git older than 2.37 (it
 * cannot be told to sync references); with a note. Sweeps up what a removal that
 * was cut short has left. */
MUST int git_open(const struct git_conf *, struct git_store **ret,
    struct note *);
/* The same in two steps. The first takes nothing of conf.dir; the outcomes are its.
 * The second is all that may be done with such a store, but git_free(). */
MUST int git_find(const struct git_conf *, struct git_store **ret,
    struct note *);
MUST int git_settle(struct git_store *, const char *dir, struct note *);
void git_free(struct git_store *);
/* What whoever stands around the store has to leave open for git to be started,
 * beside conf.dir; the strings are the store's. Returns how many. */
#define GIT_WALLS_MAX 24
size_t git_walls_outer(const struct git_store *,
    struct jail_path ret[GIT_WALLS_MAX]);

/* An empty bare repository whose HEAD is refs/heads/<branch>, on disk with all
 * that leads there when this returns. OUT_CONFLICT: the id is in use. */
MUST int git_make(struct git_store *, struct str id, struct str branch);
/* Out of every door's reach at once, then its files one by one. */
MUST int git_remove(struct git_store *, struct str id);
/* 0; OUT_ABSENT; OUT_MISMATCH: something else stands there (a link, a file,
 * another owner's, a configuration or alternates that we did not write): to be
 * looked at, never followed; the door logs it. */
MUST int git_check(struct git_store *, struct str id);
/* Outcomes as git_check, and OUT_BUSY: a push holds HEAD. */
/* OUT_BUSY: somebody else is moving it. */
MUST int git_set_head(struct git_store *, struct str id, struct str branch);
MUST int git_size(struct git_store *, struct str id, int64_t *ret);
/* Ids of all folders, one a call of fn; not sorted. fn's non-zero ends it. */
MUST int git_each(struct git_store *, int (*fn)(void *, struct str id),
    void *arg);
/* Every reference points to an object that is whole: 0 or OUT_MISMATCH with
 * git's first complaint. Slow. For latchkeyd verify. */
MUST int git_fsck(struct git_store *, struct str id, struct note *);

struct git_ask {
	enum git_service service;
	struct str id;
	struct str protocol;  /* GIT_PROTOCOL; empty: none. Checked again */
	bool stateless;       /* --stateless-rpc: one request of smart HTTP */
	bool advertise;       /* --http-backend-info-refs: its first answer */
	bool deny_rewind;     /* receive.denyNonFastForwards and denyDeletes */
	int in, out, err;     /* of the program; stay the caller's */
	int desk;             /* RECEIVE_PACK: where its hooks ask (fd 3); or -1 */
};
struct git_child {
	pid_t pid;
	int pidfd; /* readable when it has ended; closed by git_wait */
};
/* OUT_ABSENT no such folder; OUT_MISMATCH as git_check; OUT_BUSY running_max
 * are running; OUT_MALFORMED protocol. A push sweeps first what a killed one has
 * left (lock files, half a pack), as soon as nobody else pushes there. */
MUST int git_start(struct git_store *, const struct git_ask *,
    struct git_child *ret);
/* It and all it started, at once; git_wait is still owed. */
void git_kill(const struct git_child *);
/* Waits, kills what it left behind, reaps, gives the place back. The exit
 * status, 128 + n for signal n. */
int git_wait(struct git_store *, struct git_child *);
unsigned git_running(struct git_store *);
unsigned git_running_max(const struct git_store *);
/* How long it has been at work on a processor, in ns: stays as it is while it
 * waits for its client. OUT_ABSENT: the kernel does not say. */
MUST int git_worked(const struct git_child *, uint64_t *ret_ns);

/* Maintenance of one repository: packs joined, the commit graph and packed
 * references written, loose ends older than two weeks gone; never in the way of
 * readers or pushes, one program at a time at low priority. stop: asked often,
 * or NULL. 0, OUT_BUSY stopped early; outcomes as git_check; -errno with git's
 * complaint in the note. */
MUST int git_maintain(struct git_store *, struct str id, bool (*stop)(void *),
    void *arg, struct note *);

#endif
