/*
 * Walls around a process that reads hostile bytes: no new privileges, limits on
 * resources, no files beyond those named (Landlock), no system calls beyond
 * those named (seccomp). Walls only ever go up.
 */
#ifndef JAIL_JAIL_H
#define JAIL_JAIL_H

#include "base/out.h"

#include <stdbool.h>
#include <stdint.h>

/* What the kernel has: 0 without Landlock, else its ABI. Asked once. */
int jail_landlock(void);

/* RUN and WRITE have READ too; nothing is to be written and run. LIST: names are
 * read, and no file. SOCKETS: WRITE, and sockets may be bound there. */
enum jail_may { JAIL_READ, JAIL_RUN, JAIL_WRITE, JAIL_LIST, JAIL_SOCKETS };
struct jail_path {
	const char *path;
	enum jail_may may;
};
/* A rule set for jail_files_enter: what lies beneath the paths, nothing else,
 * and no TCP, no abstract sockets and no signals to others where the kernel
 * knows how; a path that does not exist is left out. *ret is a close-on-exec
 * descriptor, or -1 where the kernel has no Landlock, or one (ABI 1) that would
 * let nobody move a file and a folder is to be written. */
MUST int jail_files(const struct jail_path *, size_t n, int *ret);
/* The same for a server: it may bind to TCP ports, and has no connection made. */
MUST int jail_files_front(const struct jail_path *, size_t n, int *ret);
/* Enter it: raw system calls only, so fit for a child that shares memory with
 * its parent (vfork). fd -1: only no_new_privs. 0 or an errno. */
int jail_files_enter(int fd);

/* For a process that speaks SSH with a stranger over one socket and asks at the
 * desk over another: no files, no new sockets, no programs, no children, no
 * core dump, memory and processor time bounded. Everything that needs opening
 * is open already. cpu_s: seconds of processor time; memory: bytes of address
 * space beyond what is mapped now. */
struct jail_session {
	uint64_t cpu_s, memory;
};
MUST int jail_session(const struct jail_session *);
/* What takes time of that, ahead: for the parent of many sessions, when it has
 * mapped all that it is going to. */
MUST int jail_session_prepare(void);
/* For the program that makes key pairs, and for what it forks: no files, no
 * sockets but those that are open, no programs, no core dump. Children, signals
 * to them and locked memory are allowed. For good, so that a fork inherits it
 * and pays nothing for it. */
MUST int jail_keymaker(void);
/* For latchkeyd itself, before it makes a thread: nothing beneath other paths than
 * these, no core dump, no tracing, no connection to anybody, none of the system
 * calls that a server has no business with (modules, mounts, other processes'
 * memory, kernel keys, ...), none of root's powers but those that it needs.
 * What it starts (git, SSH, key makers) lives within the same walls and raises its
 * own. *ret_files: false where the kernel has no Landlock. */
MUST int jail_front(const struct jail_path *, size_t n, bool *ret_files);
/* For the process that holds the keys, when it has read them: no files, no
 * sockets but those that are open, no programs, no children, no core dump. */
MUST int jail_vault(void);
/* Become this user for good, with its group and no others; nothing happens when
 * we are not root. user NULL: "nobody". OUT_ABSENT: no such user. */
MUST int jail_user(const char *user, struct note *);

#endif
