/*
 * Keys for bytes to come. They are made in ranges: a row that names the range
 * is durable before the empty files of its keys are made, so every file of the
 * store can be found from the database, and an upload waits neither for a row
 * of its own nor for its folder. Keys of a range lie together in a folder and
 * in the tables' indexes.
 *
 * A key is in hand from key_take until key_settle. After that it is in a row of
 * blob, upload or trash, or nobody's: key_tidy removes nobody's files, and the
 * range's row once all its keys are settled. Keys that no living process took
 * are settled. Pool threads and the janitor's only.
 */
#ifndef CORE_KEY_H
#define CORE_KEY_H

#include "blob/blob.h"
#include "core/core.h"

#define KEY_RANGE_MIN 16  /* the first after a start; then twice as many */
#define KEY_RANGE_MAX 256 /* files made at once */

MUST int key_open(struct core *);
void key_close(struct core *);

/* A key never used before, with an empty file. OUT_BUSY no space. */
MUST int key_take(struct core *, char ret[BLOB_KEY_LEN + 1]);
/* By now a committed row says whose it is, or it is nobody's. Twice is no
 * matter. */
void key_settle(struct core *, const char *key);

/* One bounded round. Not by two threads at once. */
MUST int key_tidy(struct core *);

#endif
