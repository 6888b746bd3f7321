/*
 * Keeps latchkeyd-ssh alive: starts it with the listening socket and a socket
 * to the desk, and starts a successor when one dies, wants to retire, or is to
 * read its host keys again. A process that is replaced goes on with the
 * connections it has; the socket stays open all the time, so that whoever
 * connects meanwhile waits a moment and is not refused.
 *
 * Those that die soon after they began are replaced more and more slowly, and
 * one that finds its host keys unusable only once a while.
 */
#ifndef SERVER_KEEPER_H
#define SERVER_KEEPER_H

#include "base/out.h"

#include <stdbool.h>
#include <stdint.h>

#define KEEPER_PROCESSES_MAX 16	 /* one that accepts, others that retire */
#define KEEPER_START_MS	     (30 * SECOND_MS) /* until it says "ready" */
#define KEEPER_QUICK_MS	     (10 * SECOND_MS) /* who lives shorter died soon */
#define KEEPER_PAUSE_MIN_MS  100
#define KEEPER_PAUSE_MAX_MS  (30 * SECOND_MS)

struct keeper_conf {
	char *const *argv; /* argv[0]: the program's path */
	int listen_fd;	   /* stays the caller's */
	/* Hand the desk its end of a new process's socket. The desk owns it. */
	int (*desk)(void *arg, int fd);
	void *arg;
	void (*begun)(void); /* a process accepts now: for tests; or NULL */
};
#define KEEPER_EXIT_CONF 78 /* what the program says of unusable host keys */

struct keeper;
/* Returns when the first process accepts. 0; OUT_DENIED it ended with 78 (and
 * has said why on standard error); OUT_BUSY it ended otherwise, or did not get
 * ready in time, with a note; -errno. All of conf is borrowed. */
MUST int keeper_start(const struct keeper_conf *, struct keeper **ret,
		      struct note *);
/* A successor with the host keys as they are now; when it cannot use them, the
 * one at work stays. */
void keeper_reload(struct keeper *);
/* No more connections, no successors; the connections there are go on. */
void keeper_stop(struct keeper *);
/* Ends what is left, by its id. NULL is fine. */
void keeper_free(struct keeper *);

struct keeper_stats {
	bool up; /* somebody accepts */
	uint64_t started, died;
	unsigned processes;
};
void keeper_stats(struct keeper *, struct keeper_stats *ret);
/* How long to wait before the successor of one that lived so long; *quick
 * counts those that died soon, one after the other. */
int64_t keeper_pause(int64_t lived_ms, unsigned *quick);

#endif
