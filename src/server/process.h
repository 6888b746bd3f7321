/*
 * The process as the rest expects it, whatever it was started with: no file
 * readable by others, nothing where descriptors 0-2 should be, no stray
 * descriptors, no core file with keys in it, small threads.
 */
#ifndef SERVER_PROCESS_H
#define SERVER_PROCESS_H

#include "base/out.h"

/* What the exit status says; sysexits.h where it has a word. */
enum exit_status {
	EXIT_USAGE = 2,
	EXIT_CANTCREAT = 73,
	EXIT_OUTPUT = 74,
	EXIT_BUSY = 75,
	EXIT_CONF = 78
};

/* First of all, before anything is opened and any thread exists; inherited:
 * descriptors from 3 on that are kept. 0 or -errno. */
MUST int process_normalise(int inherited);

/* How many descriptors systemd passes (socket activation), 0 for none; takes
 * the variables out of the environment. */
int process_inherited(void);
/* Which of them is the socket of a door: the one with this name
 * (FileDescriptorName= of systemd) when any of them is called "http" or "ssh",
 * else the one at this place, counted from 0; -1: none. */
int process_inherited_fd(int inherited, const char *name, int place);

/* Tell systemd: "READY=1", "STOPPING=1", ... Nothing happens without it. */
void process_notify(const char *state);

/* Block TERM, INT and HUP in this thread and those it makes; ret_fd reads them
 * as they come. */
MUST int process_signals(int *ret_fd);
/* The next signal, or 0 when it was something else; waits. */
int process_signal(int fd);

#endif
