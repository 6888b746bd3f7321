/*
 * What the files of this room share with each other and with nobody else.
 *
 * The desk is one thread that waits for everything at once: sessions, the
 * listeners that send them, the local socket, and the ends of programs. It asks
 * the gate (point reads) and starts programs, and never waits for the writer of
 * the database: what writes runs on threads of its own (job.c).
 */
#ifndef DOOR_GIT_INNER_H
#define DOOR_GIT_INNER_H

#include "base/packet.h"
#include "door/git/git_door.h"
#include "door/git/push.h"
#include "wire/desk.h"
#include "wire/sshkey.h"

#include <pthread.h>
#include <stdatomic.h>
#include <sys/queue.h>

#define DESK_CHANNELS_MAX 10  /* programs of one session at once */
#define DESK_OFFERS_MAX	  64  /* keys that one session may show */
#define DESK_PROOFS_MAX	  6   /* signatures that did not help */
#define DESK_GRACE_MS	  300 /* a program whose client has gone */
#define DESK_LINGER_MS	  5000 /* a drained session's last words */
#define DESK_ADDR_MAX	  55
#define RUN_NAME_MAX	  (2 * GITCMD_NAME_MAX + 1) /* "account/repo" */

/* Something that the desk's thread waits for. What has been closed is freed
 * when all that was reported along with it has been looked at. */
struct source {
	void (*on)(struct source *);
	void (*free)(struct source *);
	STAILQ_ENTRY(source) gone;
};

enum desk_phase {
	DESK_RUNS,
	DESK_DRAINS, /* no new programs; idle sessions end */
	DESK_CUTS,   /* all is killed and closed */
	DESK_STOPS   /* the thread ends */
};

struct desk {
	struct core *core;
	struct git_store *git;
	int epoll_fd, wake_fd, local_fd;
	struct source wake, local;
	char *local_path;
	pthread_t thread;
	bool started;
	int64_t now_ms, watch_at_ms, silence_ms;
	struct buf packet, answer;
	LIST_HEAD(, seat) seats;
	LIST_HEAD(, listener) listeners;
	LIST_HEAD(, run) runs;
	STAILQ_HEAD(, source) gone;
	size_t n_seats, n_runs;
	struct share programs;
	_Atomic int phase;
	pthread_mutex_t lock; /* of what follows */
	pthread_cond_t changed;
	STAILQ_HEAD(, hired) hired; /* listeners that wait to be looked after */
	STAILQ_HEAD(, run) told;    /* run_begun() or run_over() is owed */
	unsigned workers;
	pthread_t last; /* of them to end, not joined yet */
	bool has_last;
	bool empty; /* no session, no run */
	_Atomic uint64_t sessions_now, sessions_total, proofs_failed,
	    runs_total, refused_total, cut_total, running;
};

static inline enum desk_phase
desk_phase(struct desk *d)
{
	return (enum desk_phase)atomic_load(&d->phase);
}

/* desk.c */
MUST int desk_watch(struct desk *, int fd, struct source *);
/* on() is not called again. */
void desk_unwatch(struct desk *, int fd, struct source *);
/* free() is called, soon. */
void desk_bury(struct desk *, struct source *);
void desk_wake(struct desk *);

/* A session: one connection of SSH, or a forced command of sshd. */
struct seat {
	struct source source; /* first: the two are cast into each other */
	LIST_ENTRY(seat) link;
	struct desk *desk;
	int fd; /* -1: has ended, its programs have not yet */
	char addr[DESK_ADDR_MAX + 1];
	bool named;  /* addr is known */
	bool proven; /* for good: blob and who stay as they are */
	struct subject who;
	struct buf blob; /* the key that signed: shown to the gate each time */
	unsigned offers, proofs;
	unsigned n_runs, runs; /* programs now; ever */
	unsigned refused; /* keys that open nothing */
	char print[SSHKEY_SHA256_LEN + 1]; /* of the last of those */
	int64_t began_ms;
	int64_t idle_ms; /* since when nothing runs */
};
/* Takes fd. addr empty: the peer has to say it first (HELLO). */
void seat_begin(struct desk *, int fd, struct str addr);
/* Closes it; its programs are killed after DESK_GRACE_MS, or at once. */
void seat_end(struct seat *, bool at_once);
/* Sends one packet; ends the session when it does not take it. */
void seat_tell(struct seat *, enum desk_word, uint32_t number,
		  const struct str *parts, size_t n);
void seat_text(struct seat *, enum desk_word, uint32_t number,
		  struct str text);
struct proof seat_proof(const struct seat *);

/* greet.c: a few lines for people, printable. OUT_UNPROVEN, OUT_EXPIRED: not
 * any more. */
MUST int greet_write(struct core *, const struct subject *, struct buf *);

/* One program at work for a session. */
struct run {
	struct source source;
	LIST_ENTRY(run) link;
	struct desk *desk;
	struct seat *seat; /* NULL: has ended */
	uint32_t channel;
	struct git_child child;
	struct visitor visitor;
	enum git_service service;
	char name[RUN_NAME_MAX + 1]; /* as it was asked for */
	int64_t began_ms;
	int64_t kill_at_ms; /* 0: not */
	bool push, killed, cut, silent;
	struct share_hold place;
	uint64_t worked_ns; /* as git_worked() last said */
	int64_t worked_ms;  /* when that was new */
	bool starting; /* by a job, which tells run_begun() */
	int error;     /* of the start */
	int fds[3];    /* of a push, until it has been started */
	char protocol[GITCMD_PROTOCOL_MAX + 1];
	bool ended; /* its number may be another's: not to be killed */
	int status;
	STAILQ_ENTRY(run) told;
};
/* The session has ended: its programs have until the time given. */
void run_orphan(struct seat *, int64_t kill_at_ms);
/* Looks after all of them: who may no longer, whose time has come. */
void run_look(struct desk *);
/* When that is to be done next. */
int64_t run_look_at(const struct desk *);
void run_kill_all(struct desk *);
/* Waited for: tells the session and is gone. */
void run_over(struct run *);
void run_add(struct run *);
void run_remove(struct run *);
/* Its end will be heard of; on failure it has ended. */
MUST int run_watch(struct run *);

/* run_begin.c: fds: 0, 1, 2 of the program; stay the caller's. Answers the
 * session. 0, or OUT_MALFORMED: the session has to end. */
MUST int run_begin(struct seat *, const struct desk_msg *, const int *fds);
MUST int run_start_push(struct run *, int *ret_hooks);
void run_begun(struct run *);

/* line.c: the operator's log. */
void line_run(const struct run *);
void line_refused(enum git_service, const char *name, const char *id,
		     const struct subject *, int r);
void line_seat(const struct seat *);

/* job.c: threads for what waits. */
/* Starts a push and answers its hooks. */
MUST int job_push(struct run *);
void job_settle(struct desk *, int64_t access_key);
/* git_wait may clean up behind a push that was killed. */
void job_reap(struct run *);
void job_wait(struct desk *); /* until all have ended */

/* local.c: the socket for programs of this machine. */
MUST int local_open(const char *path, int *ret_fd, struct note *);
void local_close(const char *path, int fd);
/* A peer that is us or root, or -1 when there is none. */
int local_accept(int fd);

#endif
