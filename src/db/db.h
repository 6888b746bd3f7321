/*
 * The database: tables behind numbered statements. SQL text stands in .sql
 * files that are compiled in; nobody builds SQL at run time. Two ways in:
 *
 *  - a view: this thread's read connection, one consistent snapshot between
 *    db_view_begin and db_view_end. Readers never wait for writers.
 *  - a write: db_write() hands a function to the one writer thread. Functions
 *    that arrive together run in one transaction, each in a savepoint of its
 *    own, and share one durable commit. db_write returns after that commit: a
 *    0 means on disk (WAL, synchronous=FULL).
 *
 * A write function must be quick, touch only the database and its argument,
 * and be ready to run again from the start (it may be repeated when a commit
 * has to be retried).
 */
#ifndef DB_DB_H
#define DB_DB_H

#include "base/clean.h"
#include "base/histo.h"
#include "base/out.h"
#include "base/str.h"

#include <stdint.h>

struct db;
struct db_at; /* a place where statements run: a view or a write */

struct db_sql {
	const char *name, *text;
};
struct db_schema {
	const struct db_sql *statements; /* index = statement number */
	size_t n_statements;
	const struct db_sql *migrations; /* in order; version = index + 1 */
	size_t n_migrations;
};

struct db_conf {
	const char *path; /* ":memory:" for tests: a file that goes with it */
	const struct db_schema *schema; /* outlives the database */
	size_t batch_max; /* functions in one commit; 0: 256 */
};

/* Opens, migrates forward, prepares every statement once unless a program with the
 * same ones has done so with the same tables (db/fit.h), starts the writer.
 * 0; OUT_UNSUPPORTED when the file was written by a newer program; OUT_BUSY
 * when another process holds it; -errno, when a statement does not fit the
 * tables as well: the note says which. */
MUST int db_open(const struct db_conf *, struct db **ret, struct note *);
/* Finishes queued writes first. Threads that used it must not use it again. */
void db_free(struct db *);
DEFINE_FREEP(db)

/* This thread's view: a second begin gives the same one again, and the last end
 * ends it. The snapshot is taken by the first statement. Rows are cleared
 * before their view ends. */
MUST int db_view_begin(struct db *, struct db_at **ret);
void db_view_end(struct db_at *);
static inline void
db_view_endp(struct db_at **at)
{
	if (*at != NULL)
		db_view_end(*at);
}

/* What fn returns decides: 0 keeps its changes; anything else undoes them and
 * is returned by db_write. OUT_BUSY when the disk is full, whatever fn made of
 * it; this passes. A failed commit returns -errno to all who shared it, and
 * after a failed write or fsync the database refuses every later write with
 * OUT_BUSY until it is opened again. OUT_CONFLICT as well when a deferred
 * FOREIGN KEY rule says no at the commit. Not from within fn or a touch. */
typedef int db_write_fn(struct db_at *, void *arg);
MUST int db_write(struct db *, db_write_fn *fn, void *arg);
/* True once that happened, before any of the calls that shared it returns. What
 * they wrote may come to light at the next start: until then nothing that they
 * refer to may be taken away. */
bool db_refuses(struct db *);
/* Called on the writer thread after each commit that asked for it with
 * db_touch(), before any of its db_write calls return. One per db. what: bits,
 * not 0, of the caller's own meaning; those of one commit come together. */
void db_on_touch(struct db *, void (*fn)(void *arg, uint64_t what), void *arg);
void db_touch(struct db_at *, uint64_t what);
/* What in this transaction was touched already: by this write, or by those
 * before it that share its commit. */
uint64_t db_touched(const struct db_at *);
bool db_is_write(const struct db_at *);

/*
 * Running a statement. types has one letter per bound value, in order:
 *   i int64_t   s struct str as TEXT   b struct str as BLOB   n nothing (NULL)
 *   S struct str as TEXT, or NULL when its p is NULL
 *   I const int64_t *, NULL pointer binds NULL
 * In the SQL they are $1, $2, ... and may stand in any order, more than once.
 * Strings are borrowed until the rows are cleared. int64_t values must be
 * passed as exactly that: cast constants.
 */
struct db_rows {
	struct db_at *at;
	void *stmt;
	int sql;
};
#define DB_ROWS_INIT { 0 }

/* For INSERT, UPDATE, DELETE without RETURNING. changed may be NULL.
 * 0; OUT_CONFLICT when a UNIQUE, CHECK or FOREIGN KEY rule says no; -errno. */
MUST int db_exec(struct db_at *, int sql, int64_t *changed, const char *types,
    ...);
/* Rows follow with db_next: 0 a row, OUT_ABSENT none left, OUT_CONFLICT, -errno.
 * Column borrows last until the next db_next or clear. */
MUST int db_query(struct db_at *, int sql, struct db_rows *ret,
    const char *types, ...);
MUST int db_next(struct db_rows *);
/* db_query and the first db_next in one. */
MUST int db_one(struct db_at *, int sql, struct db_rows *ret,
    const char *types, ...);
void db_rows_clear(struct db_rows *);

int64_t db_int(struct db_rows *, int col);     /* 0 for NULL */
struct str db_str(struct db_rows *, int col);  /* empty for NULL */
struct str db_blob(struct db_rows *, int col);
bool db_null(struct db_rows *, int col);

/* Counters for /metrics. */
struct db_stats {
	int64_t writes, commits, failed_commits;
	struct histo_sum commit; /* how long those took that were kept */
	int64_t schema_version;
};
void db_stats(struct db *, struct db_stats *ret);

/* Prepare every statement and run the engine's integrity and foreign-key
 * checks; 0, or OUT_MISMATCH with the first complaint. */
MUST int db_verify(struct db *, struct note *);
/* A consistent copy of the database file from, which this or another process
 * may have open and write to: no lock is asked for. On disk after 0. OUT_ABSENT
 * when there is no from, OUT_CONFLICT when to exists, OUT_BUSY when there is no
 * room for it; then nothing is left. */
MUST int db_backup(const char *from, const char *to, struct note *);
/* The same of one that nobody has open (else OUT_BUSY), not even this process.
 * It is only read, so it may lie where nothing can be written. */
MUST int db_copy(const char *from, const char *to, struct note *);

#endif
