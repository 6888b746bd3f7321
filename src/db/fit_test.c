#include "db/fit.h"

#include "db/fixture_test.h"
#include "db/write_fault_test.h"

#include <errno.h>

static int64_t
mark(struct db_at *at)
{
	int64_t n = -1;

	ok(conn_number(at, "PRAGMA user_version", &n) == SQLITE_OK,
	   "the mark is read");
	return n;
}

static void
run(const char *path, const char *sql)
{
	sqlite3 *h = NULL;

	ok(sqlite3_open(path, &h) == SQLITE_OK &&
	       sqlite3_exec(h, sql, NULL, NULL, NULL) == SQLITE_OK,
	   "%s", sql);
	(void)sqlite3_close(h);
}

static int
look(const char *path, const struct db_schema *of, int64_t *ret_mark)
{
	CLEAN(conn_freep) struct db_at *at = NULL;
	int r = conn_open(path, of, true, &at, NULL);

	if (r == 0)
		r = fit_check(at, NULL);
	if (at != NULL)
		*ret_mark = mark(at);
	return r;
}

static int
full(const char *path)
{
	CLEAN(conn_freep) struct db_at *at = NULL;
	int r = conn_open(path, &schema, true, &at, NULL);

	return r == 0 ? conn_check(at, NULL) : r;
}

static void
test_known(const char *path)
{
	int64_t first = 0, again = 0;

	db_free(open_or_die(path));
	is_int(look(path, &schema, &first), 0, "the statements fit");
	ok(first > 0, "and that is remembered");
	is_int(look(path, &schema, &again), 0, "they still do");
	is_int(again, first, "by the same mark");

	/* The engine does not count what is done behind its back: this shows
	 * that nothing was prepared again. */
	run(path, "PRAGMA writable_schema=ON; UPDATE sqlite_schema"
		  " SET sql = replace(sql, 'os TEXT', 'so TEXT')"
		  " WHERE name = 'kinds'");
	is_int(look(path, &schema, &again), 0, "and are not looked at again");
	is_int(full(path), OUT_MISMATCH, "where they would be found out");
	run(path, "PRAGMA writable_schema=ON; UPDATE sqlite_schema"
		  " SET sql = replace(sql, 'so TEXT', 'os TEXT')"
		  " WHERE name = 'kinds'");
}

static void
test_other_tables(const char *path)
{
	int64_t first = 0, mark = 0;

	is_int(look(path, &schema, &first), 0, "as before");
	run(path, "ALTER TABLE bird ADD COLUMN wings BIGINT");
	is_int(look(path, &schema, &mark), 0, "tables with one more column");
	ok(mark > 0 && mark != first, "have another mark");
	run(path, "ALTER TABLE bird RENAME COLUMN n TO m");
	is_int(look(path, &schema, &first), OUT_MISMATCH,
	       "tables that were changed are looked at");
	is_int(first, mark, "and get no mark");
	run(path, "ALTER TABLE bird RENAME COLUMN m TO n");
	is_int(look(path, &schema, &mark), 0, "and when they fit again, one");
	ok(mark != first, "of their own");
}

static void
test_other_statements(const char *path)
{
	static const struct db_sql more[] = {
	    {"bird_name", "SELECT name FROM bird WHERE id = $1"},
	    {"bird_song", "SELECT song FROM bird WHERE id = $1"},
	};
	struct db_schema other = schema;
	int64_t mark = 0, again = 0;

	other.statements = more;
	other.n_statements = 1;
	is_int(look(path, &other, &mark), 0, "a program with fewer statements");
	other.n_statements = 2;
	is_int(look(path, &other, &again), OUT_MISMATCH,
	       "one with a statement that does not fit");
	is_int(again, mark, "leaves the mark alone");
	is_int(look(path, &schema, &again), 0, "the first program");
	ok(again != mark, "marks them anew");
}

static int
look_while(const char *path, int error)
{
	CLEAN(conn_freep) struct db_at *at = NULL;
	int r = conn_open(path, &schema, true, &at, NULL);

	write_error = error;
	if (r == 0)
		r = fit_check(at, NULL);
	write_error = 0;
	return r;
}

static void
test_no_mark(const char *path)
{
	int64_t before = 0, after = 0;

	run(path, "ALTER TABLE bird ADD COLUMN tail BIGINT;"
		  "PRAGMA user_version=7");
	is_int(look_while(path, ENOSPC), 0, "a full disk keeps nobody out");
	ok(look_while(path, EIO) < 0, "one that fails does");
	is_int(look(path, &schema, &before), 0, "when it can be, it is marked");
	ok(before != 7, "anew");
	is_int(look_while(path, EIO), 0, "and then nothing is written");
	is_int(look(path, &schema, &after), 0, "nor later");
	is_int(after, before, "the mark stays");
}

int
main(void)
{
	const char *folder = folder_make(), *path = file_in(folder, "db");

	hooks_set();
	test_known(path);
	test_other_tables(path);
	test_other_statements(path);
	test_no_mark(path);
	folder_remove(folder);
	return done_testing();
}
