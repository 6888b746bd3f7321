/*
 * Folders that are ours: opened beneath another folder and never through a
 * link, walked without following anything, put on disk. Results of folder_open
 * are descriptors or -errno; all others are 0 or -errno.
 */
#ifndef GIT_FOLDER_H
#define GIT_FOLDER_H

#include "base/clean.h"
#include "base/str.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>

#define FOLDER_DEPTH_MAX 1024 /* of a walk: beyond any reference's name */

/* path: relative, of plain names. O_CLOEXEC is added. A link anywhere on it is
 * -ELOOP. */
MUST int folder_open(int dir, const char *path, int flags);
/* For tests: as if the kernel had no openat2. */
void folder_step_by_step(bool always);
/* An open file by the name that the kernel gives it. */
#define FOLDER_FD_NAME 32
void folder_fd_name(int fd, char ret[FOLDER_FD_NAME]);

/* Calls fn for everything below dir, what a folder holds before the folder
 * itself; what goes away meanwhile is passed over. fn's non-zero ends it. */
typedef int folder_fn(void *, int dir, const char *name, const struct stat *);
MUST int folder_walk(int dir, folder_fn *, void *arg);
/* Calls fn for each entry of dir alone, which may remove it. */
MUST int folder_each(int dir, int (*fn)(void *, int dir, const char *name),
    void *arg);
/* Bytes that files below take on disk. */
MUST int folder_size(int dir, int64_t *ret);
/* Removes name and all below; its absence is fine. */
MUST int folder_clear(int dir, const char *name);
/* The entries of dir and of every folder below are on disk. */
MUST int folder_sync(int dir);

/* The content of a regular file of ours, at most max - 1 bytes and a NUL.
 * -EFBIG when it is longer, -EUCLEAN when something else stands there. */
MUST int folder_read(int dir, const char *path, char *ret, size_t max);
/* A file that was not there, and its bytes, are on disk; its entry is not. */
MUST int folder_write(int dir, const char *path, struct str text);

#endif
