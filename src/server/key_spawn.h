/* Starts latchkeyd-keymaker, and sees its end. Used by key_side.c only. */
#ifndef SERVER_KEY_SPAWN_H
#define SERVER_KEY_SPAWN_H

#include "base/out.h"

#include <sys/types.h>

struct key_child {
	pid_t pid;
	int pidfd, socket; /* socket does not block */
};
#define KEY_CHILD_NONE                                                         \
	{                                                                      \
		.pidfd = -1, .socket = -1                                      \
	}
/* 0; -errno. */
MUST int key_spawn(const char *program, const char *user,
		   struct key_child *ret);
/* Returns when it takes orders. If it does not, it has been ended and is
 * KEY_CHILD_NONE; ret_status: how it ended. 0; OUT_DENIED it ended with 78;
 * OUT_BUSY it ended otherwise or took too long. */
MUST int key_spawn_ready(struct key_child *, int *ret_status);
/* Closes its socket, which ends it, and waits; by force after ms. Returns the
 * exit status, or 128 + n for signal n. */
int key_spawn_end(struct key_child *, int ms);

#endif
