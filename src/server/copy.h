/* Copying files and folders, for backups. What goes away meanwhile is passed
 * over; links and other things that are no files are never followed or made. */
#ifndef SERVER_COPY_H
#define SERVER_COPY_H

#include "base/out.h"

#include <stdbool.h>

/* New in to_dir, 0600. */
MUST int copy_file(int from_dir, int to_dir, const char *name);
/* An entry of a folder so deep below where the copy began; true: not that. */
typedef bool copy_leave_fn(const char *name, int depth);
/* What from_dir holds, with the folders in it. -ELOOP beyond depth_max. */
MUST int copy_tree(int from_dir, int to_dir, int depth_max, copy_leave_fn *);
/* The folder name of from_dir, made in to_dir (0700); both opened. OUT_ABSENT:
 * it is not there. */
MUST int copy_folder(int from_dir, int to_dir, const char *name, int *ret_from,
		     int *ret_to);
/* Calls fn for each name in a folder but "." and "..". */
MUST int copy_each(int dir, int (*fn)(void *, const char *name), void *arg);

#endif
