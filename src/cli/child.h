/*
 * Other programs of this machine: git, ssh-keygen, ssh-add. Never through a
 * shell; found in PATH; waited for. An interrupt ends the child first, so that
 * whoever asked for it can clean up.
 */
#ifndef CLI_CHILD_H
#define CLI_CHILD_H

#include "base/buf.h"
#include "base/out.h"

#include <stdbool.h>

struct child {
	const char *const *argv; /* NULL behind the last one */
	char *const *env;	 /* NULL: ours */
	struct buf *out;	 /* standard output goes here; NULL: to ours */
	bool asks;		 /* standard input is ours, not empty */
	bool quiet;		 /* standard error goes nowhere */
};
/* 0 with the exit status (128 and the signal when one ended it), OUT_ABSENT
 * when there is no such program, OUT_TOO_LARGE when out is full. */
MUST int child_run(const struct child *, int *ret_status, struct note *);

/* From now on SIGINT, SIGTERM and SIGHUP do not end us; they end the child. */
void child_catch(void);
/* The signal that came, or 0. */
int child_caught(void);

/* Our environment without what would point git elsewhere, and with more at its
 * end ("NAME=value", NULL behind the last); the list is freed by the caller,
 * the texts are borrowed. NULL: no memory. */
char **child_env(const char *const *more);

#endif
