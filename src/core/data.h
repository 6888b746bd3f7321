/* The data directory, for core_open: what is in it before any room opens. */
#ifndef CORE_DATA_H
#define CORE_DATA_H

#include "base/out.h"

#include <stdbool.h>

/* The directory itself, 0700. OUT_ABSENT when it is missing and make is false;
 * OUT_DENIED (note) when it is no directory of ours, or open to others. */
MUST int data_dir(const char *path, bool make, struct note *);
/* A sub-directory of it, made when missing. */
MUST int data_sub_dir(const char *dir, const char *name, struct note *);
/* This installation's id, 32 hex digits in DIR/node; made when make is true.
 * OUT_ABSENT, OUT_MALFORMED (note). */
MUST int data_node(const char *dir, bool make, char ret[33], struct note *);
/* The kernel's boot id. */
MUST int data_boot(char ret[37]);

#endif
