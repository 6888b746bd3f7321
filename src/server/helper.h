/* The programs that latchkeyd starts beside git: found where latchkeyd itself
 * lies, or in ../libexec/latchkey of there, and nowhere else. */
#ifndef SERVER_HELPER_H
#define SERVER_HELPER_H

#include "base/out.h"

#include <limits.h>
#include <spawn.h>

/* OUT_ABSENT with a note that names both places. */
MUST int helper_find(const char *name, char ret[PATH_MAX], struct note *);
/* Run it to its end, with what we have for standard error and nothing else of
 * ours: the exit status, 128 + n for signal n, or -errno. */
MUST int helper_run(char *const argv[]);
/* Signals as a program expects them, whatever this thread does with them, and a
 * group of its own: ^C is for latchkeyd, which ends the others in order. 0 or
 * -errno. */
MUST int helper_attr(posix_spawnattr_t *ret);
/* The environment of such a program: what sanitizers read, and whether standard
 * error is the journal. */
char *const *helper_env(void);

#endif
