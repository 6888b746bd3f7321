/*
 * Opening files beneath a folder: never through a link of any kind, never out
 * of it. Old kernels and strict containers have no openat2; then every step of
 * the path is opened by itself.
 */
#ifndef BLOB_BENEATH_H
#define BLOB_BENEATH_H

#include "base/clean.h"

#include <stdbool.h>

/* path is "name" or "folder/name". Returns the file descriptor or -errno;
 * a link on the way is -ELOOP. O_CLOEXEC is added. */
MUST int beneath_open(int root, const char *path, int flags, unsigned mode);

/* For tests: as if the kernel had no openat2. */
void beneath_step_by_step(bool always);

#endif
