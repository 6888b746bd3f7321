/*
 * A program in a process of its own, with an environment, a folder, descriptors
 * and walls that are said here and nothing that was anybody's before: no
 * descriptor, no signal disposition, no mask, no session. The child shares
 * memory with its parent until it executes, so that a large server starts one
 * as fast as a small one.
 */
#ifndef GIT_LAUNCH_H
#define GIT_LAUNCH_H

#include "base/clean.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#define LAUNCH_FDS 5 /* in, out, err, the desk, the repository's lock */

struct launch {
	const char *program; /* absolute */
	const char *const *argv, *const *envp;
	int dir;             /* current folder */
	int fd[LAUNCH_FDS];  /* become 0, 1, ...; -1: /dev/null up to 2, closed
				above */
	int rules;           /* of jail_files, or -1 */
	uint64_t cpu_s, memory;
	bool low;            /* gives way to everybody else */
};
/* 0 once the program runs, -errno of whatever could not be done before. */
MUST int launch_start(const struct launch *, pid_t *ret_pid, int *ret_pidfd);
/* The leader's end is waited for, then all that it left behind is killed. Exit
 * status, 128 + n for signal n. */
int launch_wait(pid_t);

#endif
