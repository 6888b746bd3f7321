#include "db/conn.h"
#include "db/fixture_test.h"

#include <errno.h>

static const struct db_sql steps[] = {
    {"0001_start", "CREATE TABLE bird (id BIGINT PRIMARY KEY);"
		   "INSERT INTO bird VALUES (1)"},
    {"0002_names", "ALTER TABLE bird ADD COLUMN name TEXT;"
		   "UPDATE bird SET name = 'owl'"},
    {"0003_bad", "UPDATE bird SET name = 'half done'; CREATE TABLE bird (x)"},
};
static const struct db_sql count[] = {{"count", "SELECT count(*) FROM bird"}};
static const struct db_sql names[] = {{"name", "SELECT name FROM bird"}};
static const struct db_sql history[] = {
    {"history", "SELECT version, name, applied_at FROM schema_version"
		" ORDER BY version"}};

/* The schema has to outlive the database. */
static struct db_schema of;

static int
try(const char *path, const struct db_sql *statement, size_t n_steps,
    struct db **ret, struct note *note)
{
	struct db *db = NULL;
	int r;

	of = (struct db_schema){.statements = statement,
				.n_statements = 1,
				.migrations = steps,
				.n_migrations = n_steps};
	r = db_open(&(struct db_conf){.path = path, .schema = &of}, &db, note);

	if (r == 0 && ret != NULL)
		*ret = db;
	else
		db_free(db);
	return r;
}

static void
is_only(const char *path, const struct db_sql *statement, size_t n_steps,
	struct str want)
{
	CLEAN(db_freep) struct db *db = NULL;
	CLEAN(db_view_endp) struct db_at *at = NULL;
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;

	is_int(try(path, statement, n_steps, &db, NULL), 0, "opens at %zu",
	       n_steps);
	if (db == NULL || db_view_begin(db, &at) != 0 ||
	    db_one(at, 0, &rows, "") != 0)
		ok(false, "its statement gives a row");
	else
		is_str(db_str(&rows, 0), want, "%s", statement->name);
}

static void
test_forward(void)
{
	const char *folder = folder_make(), *path = file_in(folder, "db");
	struct note note = {""};
	struct db_stats stats;
	struct db *db = NULL;

	is_only(path, count, 1, STR("1"));
	is_only(path, count, 1, STR("1"));
	ok(try(path, names, 1, NULL, &note) < 0, "a statement does not fit");
	ok(strstr(note.text, "statement name: no such column") != NULL,
	   "and is named: %s", note.text);
	is_only(path, names, 2, STR("owl"));
	is_int(try(path, count, 1, NULL, &note), OUT_UNSUPPORTED,
	       "an older program is refused: %s", note.text);
	ok(try(path, names, 3, NULL, &note) < 0, "a step that fails");
	ok(strstr(note.text, "0003_bad") != NULL, "is named: %s", note.text);
	is_only(path, names, 2, STR("owl"));
	is_only(path, history, 2, STR("1"));
	is_int(try(path, names, 2, &db, &note), 0, "and again");
	db_stats(db, &stats);
	is_int(stats.schema_version, 2, "the version is told");
	db_free(db);
	folder_remove(folder);
}

static const struct db_sql misnumbered[] = {
    {"gap", "SELECT $1, $3"},  {"zero", "SELECT $0"},
    {"named", "SELECT :now"},  {"plain", "SELECT ?"},
    {"padded", "SELECT $01"},  {"many", "SELECT $33"},
    {"nothing", "-- nothing"}, {"wrong", "SELEKT 1"},
};

static void
test_statements(void)
{
	for (size_t i = 0; i < nitems(misnumbered); i++) {
		struct note note = {""};

		is_int(try(":memory:", &misnumbered[i], 2, NULL, &note),
		       -ENOTRECOVERABLE, "%s is refused", misnumbered[i].text);
		ok(strstr(note.text, misnumbered[i].name) != NULL, "named: %s",
		   note.text);
	}
}

int
main(void)
{
	test_forward();
	test_statements();
	return done_testing();
}
