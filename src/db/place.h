/*
 * Where the database lies: its directory, held open; its file, made 0600; and
 * a lock file beside it, so that one process at a time owns the database. The
 * lock belongs to the open file and goes with the process, however it ends.
 */
#ifndef DB_PLACE_H
#define DB_PLACE_H

#include "base/out.h"

#include <stdbool.h>

struct place {
	char *folder;	  /* absolute: the working directory may change */
	char *file;	  /* absolute */
	const char *name; /* the file's, in its folder */
	int dir, lock;
	bool temporary; /* made for ":memory:"; place_clear removes it */
};
#define PLACE_INIT                                                             \
	{                                                                      \
		.dir = -1, .lock = -1                                          \
	}

/* Where path would be: the folder must exist, the file need not. */
MUST int place_find(const char *path, struct place *ret, struct note *);
/* 0; OUT_BUSY when another process (or another struct place) holds it, a second
 * from now still. */
MUST int place_open(const char *path, struct place *ret, struct note *);
void place_clear(struct place *);
/* Directory entries made so far are on disk after 0. */
MUST int place_sync(const struct place *);

#endif
