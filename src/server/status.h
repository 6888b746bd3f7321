/* latchkeyd status, and what a running latchkeyd answers to it: itself in short,
 * and each of its processes with the walls around it. */
#ifndef SERVER_STATUS_H
#define SERVER_STATUS_H

#include "server/control.h"

struct vault_side;
struct status {
	struct core *core;
	struct vault_side *vault;
	const char *http, *ssh; /* where they are served */
	int landlock;		/* around this process; 0: none */
	int64_t began, since;	/* of clock_mono, clock_now */
};
/* The word "status" of server/control.h. */
MUST int status_answer(struct control_ask *, const struct status *);

#define STATUS_PROCESSES_MAX 256 /* lines; what is more is counted */
/* What the kernel says of a process; -1: nothing. */
struct status_process {
	int pid, parent, uid;
	int no_new_privs, seccomp;
	int dumpable; /* of root's own it says nothing */
	char name[16];
};
/* text: of /proc/PID/status. OUT_MALFORMED. */
MUST int status_parse(struct str text, struct status_process *ret);

#endif
