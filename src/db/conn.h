/*
 * One connection to the file, used by one thread at a time, with its prepared
 * statements by number. struct db_at is what other rooms see of it: the writer
 * has one for all writes, a reading thread has one for its views.
 */
#ifndef DB_CONN_H
#define DB_CONN_H

#include "db/db.h"

#include <sqlite3.h>

#define PARAMS_MAX 32 /* bound values of one statement */

struct conn_stmt {
	sqlite3_stmt *h; /* NULL: not prepared yet */
	bool busy;	 /* its rows are not cleared yet */
	uint8_t n;
	uint8_t index[PARAMS_MAX]; /* where $1, $2, ... are bound */
};

/* What stands between transactions, prepared like the rest. */
#define CONN_WORDS(X)                                                          \
	X(VIEW, "BEGIN")                                                       \
	X(WRITE, "BEGIN IMMEDIATE")                                            \
	X(COMMIT, "COMMIT")                                                    \
	X(ROLLBACK, "ROLLBACK")                                                \
	X(SAVE, "SAVEPOINT call")                                              \
	X(KEEP, "RELEASE call")                                                \
	X(UNDO, "ROLLBACK TO call")

enum conn_word {
#define X(name, text) WORD_##name,
	CONN_WORDS(X)
#undef X
	    WORD_MAX
};

/*
 * The worst that befell a connection since somebody looked. NO_ROOM passes:
 * the disk is full, or a stranger's process holds a lock. After GRAVE, a write
 * or fsync that failed, what the kernel keeps and what the disk holds may
 * differ, and a second fsync would lie.
 */
enum trouble { TROUBLE_NONE, TROUBLE_NO_ROOM, TROUBLE_GRAVE };

struct db_at {
	struct db *db;
	sqlite3 *h;
	const struct db_schema *schema;
	struct conn_stmt *stmts;
	sqlite3_stmt *words[WORD_MAX];
	unsigned depth; /* nested views */
	unsigned live;	/* rows not cleared yet */
	bool begun;	/* the view has its snapshot */
	bool write;
	uint64_t touched;
	uint64_t shares_touched; /* by calls before, in the same commit */
	enum trouble trouble;
	int wal_frames; /* in the log after the latest commit */
	struct db_at *next_all, *next_idle;
};

/* The file must exist. */
MUST int conn_open(const char *file, const struct db_schema *, bool write,
		   struct db_at **ret, struct note *);
void conn_free(struct db_at *);
static inline void
conn_freep(struct db_at **at)
{
	conn_free(*at);
}

/* Returns SQLite's result code, as the caller needs to know more. */
int conn_word(struct db_at *, enum conn_word);
/* A result code as an outcome or -errno; remembers trouble. */
int conn_result(struct db_at *, int code);
/* The same for code that has a note to write. */
int conn_note(struct db_at *, int code, const char *what, struct note *);

MUST int conn_prepare(struct db_at *, int sql, struct conn_stmt *ret);
/* Prepare every statement once and let it go again. 0; OUT_MISMATCH when one
 * does not fit the tables. */
MUST int conn_check(struct db_at *, struct note *);
/* The first column of the first row of a text of ours; a code of the engine's. */
MUST int conn_number(struct db_at *, const char *text, int64_t *ret);

#endif
