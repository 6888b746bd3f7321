/*
 * Whether the statements fit the tables. To prepare all of them takes longer than
 * the rest of a start, so the file remembers, in its user_version, which program
 * found that they do, in which tables; the engine counts each change of these.
 */
#ifndef DB_FIT_H
#define DB_FIT_H

#include "db/conn.h"

/* at: the writer's, outside of a transaction. 0: they fit, as is known or was found
 * out now; else as conn_check(). A full disk is no failure: the next one finds out
 * again. */
MUST int fit_check(struct db_at *at, struct note *);

#endif
