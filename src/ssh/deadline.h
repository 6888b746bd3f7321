/* Every wait of a session ends. Times are clock_mono(). */
#ifndef SSH_DEADLINE_H
#define SSH_DEADLINE_H

#include "ssh/ssh.h"

enum deadline {
	DEADLINE_GRACE,   /* no proof in time */
	DEADLINE_COMMAND, /* nothing asked for, or nothing more */
	DEADLINE_IDLE,    /* no byte moved while something runs */
	DEADLINE_SESSION  /* a connection altogether */
};
struct deadlines {
	int64_t grace_ms, command_ms, idle_ms;
	int64_t began;
	int64_t proved; /* 0: not yet */
	int64_t moved;  /* the latest byte, start or end of what runs */
	bool running;
};
/* The one that comes next, and when. */
enum deadline deadline_next(const struct deadlines *, int64_t *ret_at);
const char *deadline_word(enum deadline);

#endif
