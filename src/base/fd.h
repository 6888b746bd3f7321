/* Descriptors: what the system's calls leave to their callers. */
#ifndef BASE_FD_H
#define BASE_FD_H

#include "base/out.h"
#include "base/str.h"

/* All of it, however many writes that takes; for descriptors that block. 0, or
 * -errno, which errno has as well. */
MUST int fd_write_all(int fd, struct str);

#endif
