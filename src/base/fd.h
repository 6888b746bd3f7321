/* Descriptors: what the system's calls leave to their callers. */
#ifndef BASE_FD_H
#define BASE_FD_H

#include "base/clean.h"
#include "base/out.h"
#include "base/str.h"

#include <unistd.h>

/* All of it, however many writes that takes; for descriptors that block. 0, or
 * -errno, which errno has as well. */
MUST int fd_write_all(int fd, struct str);

/* For CLEAN(): close it, if there is one; it is -1 afterwards. */
static inline void
fd_closep(int *fd)
{
	if (*fd >= 0)
		(void)close(*fd);
	*fd = -1;
}

#endif
