/*
 * A run of memory for a secret that is too long for a slot of base/secret.h: of
 * its own pages, locked, in no core dump, empty in a forked child, wiped when it
 * is cleared. Its size never changes, so no copy of it is left behind.
 */
#ifndef BASE_LOCKED_H
#define BASE_LOCKED_H

#include "base/clean.h"
#include "base/str.h"

#include <stdbool.h>

struct locked {
	char *p;
	size_t n, cap; /* n is the caller's to move */
	bool held;     /* false: a container may refuse to lock memory, so that it
			* could be swapped out; all else holds */
};
#define LOCKED_INIT                                                            \
	{                                                                      \
		.p = NULL                                                      \
	}
/* cap > 0. 0 or -errno. */
MUST int locked_new(size_t cap, struct locked *ret);
void locked_clear(struct locked *); /* wipes; fine on LOCKED_INIT */

#endif
