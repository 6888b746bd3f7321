/*
 * Forward, one numbered step after the other, each in a transaction of its own
 * with the row of schema_version that says so. Never back: a file that a newer
 * program wrote is refused untouched.
 */
#ifndef DB_MIGRATE_H
#define DB_MIGRATE_H

#include "db/conn.h"

/* at: the writer's. 0; OUT_UNSUPPORTED the file is newer; -errno, and the file
 * is at the last version that could be reached. */
MUST int migrate_run(struct db_at *at, int64_t *ret_version, struct note *);

#endif
