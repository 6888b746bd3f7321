#include "db/conn.h"

#include <assert.h>
#include <errno.h>
#include <stdarg.h>
#include <string.h>

/*
 * The cached statement, or a fresh one while its rows are still being read:
 * a function may look something up inside a loop over the same query.
 */
static int
stmt_get(struct db_at *at, int sql, struct conn_stmt *spare,
	 struct conn_stmt **ret)
{
	struct conn_stmt *stmt;

	assert(sql >= 0 && (size_t)sql < at->schema->n_statements);
	stmt = &at->stmts[sql];
	if (stmt->busy)
		stmt = spare;
	if (stmt->h == NULL) {
		int r = conn_prepare(at, sql, stmt);

		if (r != 0)
			return r;
	}
	/* A view must not be a way around the writer. */
	assert(at->write || sqlite3_stmt_readonly(stmt->h));
	*ret = stmt;
	return 0;
}

/* A view takes its snapshot when it first looks. */
static int
snapshot_take(struct db_at *at)
{
	int code;

	if (at->begun || at->write)
		return 0;
	assert(at->depth > 0);
	code = conn_word(at, WORD_VIEW);
	if (code == SQLITE_OK)
		at->begun = true;
	return FOLD(conn_result(at, code));
}

static int
bind_text(sqlite3_stmt *h, int i, struct str s)
{
	return sqlite3_bind_text64(h, i, s.p == NULL ? "" : s.p, s.n,
				   SQLITE_STATIC, SQLITE_UTF8);
}

static int
bind_optional(sqlite3_stmt *h, int i, const int64_t *number)
{
	return number == NULL ? sqlite3_bind_null(h, i)
			      : sqlite3_bind_int64(h, i, *number);
}

static int
bind_one(sqlite3_stmt *h, int i, char type, va_list *ap)
{
	struct str s;

	switch (type) {
	case 'i':
		return sqlite3_bind_int64(h, i, va_arg(*ap, int64_t));
	case 'I':
		return bind_optional(h, i, va_arg(*ap, const int64_t *));
	case 's':
		return bind_text(h, i, va_arg(*ap, struct str));
	case 'S':
		s = va_arg(*ap, struct str);
		return s.p == NULL ? sqlite3_bind_null(h, i)
				   : bind_text(h, i, s);
	case 'b':
		s = va_arg(*ap, struct str);
		return sqlite3_bind_blob64(h, i, s.p == NULL ? "" : s.p, s.n,
					   SQLITE_STATIC);
	default:
		assert(type == 'n');
		return sqlite3_bind_null(h, i);
	}
}

static int
bind_all(struct db_at *at, struct conn_stmt *stmt, const char *types,
	 va_list *ap)
{
	int code = SQLITE_OK;

	assert(strlen(types) == stmt->n);
	for (size_t i = 0; i < stmt->n && code == SQLITE_OK; i++)
		code = bind_one(stmt->h, stmt->index[i], types[i], ap);
	return FOLD(conn_result(at, code));
}

static int
query(struct db_at *at, int sql, struct db_rows *ret, const char *types,
      va_list *ap)
{
	struct conn_stmt spare = {0}, *stmt = NULL;
	int r = stmt_get(at, sql, &spare, &stmt);

	if (r == 0)
		r = bind_all(at, stmt, types, ap);
	if (r == 0)
		r = snapshot_take(at);
	if (r != 0) {
		(void)sqlite3_finalize(spare.h);
		return r;
	}
	stmt->busy = true;
	at->live++;
	*ret = (struct db_rows){.at = at, .stmt = stmt->h, .sql = sql};
	return 0;
}

int
db_query(struct db_at *at, int sql, struct db_rows *ret, const char *types, ...)
{
	va_list ap;
	int r;

	va_start(ap, types);
	r = query(at, sql, ret, types, &ap);
	va_end(ap);
	return r;
}

int
db_next(struct db_rows *rows)
{
	int code;

	if (rows->stmt == NULL)
		return OUT_ABSENT;
	code = sqlite3_step(rows->stmt);
	if (code == SQLITE_ROW)
		return 0;
	/* Another step would run it again from the start. */
	if (code == SQLITE_DONE) {
		db_rows_clear(rows);
		return OUT_ABSENT;
	}
	code = conn_result(rows->at, code);
	db_rows_clear(rows);
	return code;
}

int
db_one(struct db_at *at, int sql, struct db_rows *ret, const char *types, ...)
{
	struct db_rows rows = DB_ROWS_INIT;
	va_list ap;
	int r;

	va_start(ap, types);
	r = query(at, sql, &rows, types, &ap);
	va_end(ap);
	if (r == 0)
		r = db_next(&rows);
	if (r == 0)
		*ret = rows;
	return r;
}

int
db_exec(struct db_at *at, int sql, int64_t *changed, const char *types, ...)
{
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	va_list ap;
	int r;

	va_start(ap, types);
	r = query(at, sql, &rows, types, &ap);
	va_end(ap);
	if (r != 0)
		return r;
	assert(sqlite3_column_count(rows.stmt) == 0);
	r = db_next(&rows);
	if (r != OUT_ABSENT)
		return r;
	if (changed != NULL)
		*changed = sqlite3_changes64(at->h);
	return 0;
}

void
db_rows_clear(struct db_rows *rows)
{
	struct conn_stmt *cached;

	if (rows->stmt == NULL)
		return;
	cached = &rows->at->stmts[rows->sql];
	if (cached->h == rows->stmt) {
		(void)sqlite3_reset(rows->stmt);
		cached->busy = false;
	} else
		(void)sqlite3_finalize(rows->stmt);
	rows->at->live--;
	*rows = (struct db_rows)DB_ROWS_INIT;
}

int64_t
db_int(struct db_rows *rows, int col)
{
	return sqlite3_column_int64(rows->stmt, col);
}

/* As bytes whatever it is, so that the engine need not copy it to add a NUL;
 * such a copy could fail, and the column would then seem to be empty. */
static struct str
bytes(sqlite3_stmt *h, int col)
{
	const char *p = sqlite3_column_blob(h, col);

	return (struct str){p, (size_t)sqlite3_column_bytes(h, col)};
}

struct str
db_str(struct db_rows *rows, int col)
{
	return bytes(rows->stmt, col);
}

struct str
db_blob(struct db_rows *rows, int col)
{
	return bytes(rows->stmt, col);
}

bool
db_null(struct db_rows *rows, int col)
{
	return sqlite3_column_type(rows->stmt, col) == SQLITE_NULL;
}
