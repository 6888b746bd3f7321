#include "db/fixture_test.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <sys/stat.h>
#include <sys/wait.h>

static int
kinds_add(struct db_at *at, void *arg)
{
	static const int64_t number = INT64_MAX;

	(void)arg;
	return db_exec(at, SQL_kinds_add, NULL, "isbnSI", INT64_MIN,
		       STR("a\0'b"), (struct str){"\0\xff", 2}, STR_NONE,
		       &number);
}

static int
nothings_add(struct db_at *at, void *arg)
{
	(void)arg;
	return db_exec(at, SQL_kinds_add, NULL, "isbnSI", (int64_t)0, STR_NONE,
		       STR_NONE, STR(""), (const int64_t *)NULL);
}

static void
test_binds(void)
{
	CLEAN(db_freep) struct db *db = open_or_die(":memory:");
	CLEAN(db_view_endp) struct db_at *at = NULL;
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;

	is_int(db_write(db, kinds_add, NULL), 0, "every kind is written");
	is_int(db_write(db, nothings_add, NULL), 0, "and empty ones");
	is_int(db_view_begin(db, &at), 0, "a view begins");
	is_int(db_query(at, SQL_kinds_get, &rows, ""), 0, "a query begins");
	is_int(db_next(&rows), 0, "the first row");
	ok(db_int(&rows, 0) == INT64_MIN, "the least number");
	is_str(db_str(&rows, 1), STR("a\0'b"), "text");
	is_str(db_blob(&rows, 2), STR("\0\xff"), "bytes");
	ok(db_null(&rows, 3) && !db_null(&rows, 1), "n is NULL");
	ok(db_null(&rows, 4), "S with NULL is NULL");
	ok(db_int(&rows, 5) == INT64_MAX, "the greatest number");
	is_int(db_next(&rows), 0, "the second row");
	ok(!db_null(&rows, 1) && db_str(&rows, 1).n == 0, "s is never NULL");
	ok(!db_null(&rows, 2) && db_blob(&rows, 2).n == 0, "b is never NULL");
	ok(!db_null(&rows, 4), "S with empty text is empty text");
	ok(db_null(&rows, 5) && db_int(&rows, 5) == 0, "I with NULL is NULL");
	is_int(db_next(&rows), OUT_ABSENT, "no third row");
	is_int(db_next(&rows), OUT_ABSENT, "nor later");
	db_rows_clear(&rows);
	is_int(db_one(at, SQL_order_mixed, &rows, "is", (int64_t)7, STR("x")),
	       0, "parameters in another order, one twice");
	is_str(db_str(&rows, 0), STR("x"), "$2 came first");
	is_int(db_int(&rows, 1), 7, "then $1");
	is_str(db_str(&rows, 2), STR("x"), "then $2 again");
	is_str(db_str(&rows, 1), STR("7"), "a number as text");
}

static int
breaks_a_rule(struct db_at *at, void *arg)
{
	int64_t changed = -1;

	switch (*(char *)arg) {
	case 'u':
		return db_exec(at, SQL_bird_add, NULL, "is", (int64_t)9,
			       STR("owl"));
	case 'c':
		return db_exec(at, SQL_bird_add, NULL, "is", (int64_t)9,
			       STR_NONE);
	case 'f':
		return db_exec(at, SQL_egg_add, NULL, "ii", (int64_t)1,
			       (int64_t)404);
	case 'd':
		return db_exec(at, SQL_nest_add, NULL, "i", (int64_t)404);
	case '0':
		return db_exec(at, SQL_bird_rename, &changed, "is",
			       (int64_t)404, STR("x")) == 0 &&
			       changed == 0
			   ? OUT_ABSENT
			   : -1;
	default:
		return db_exec(at, SQL_bird_rename, &changed, "is", (int64_t)1,
			       STR("owlet")) == 0 &&
			       changed == 1
			   ? 0
			   : -1;
	}
}

static void
test_rules(void)
{
	CLEAN(db_freep) struct db *db = open_or_die(":memory:");
	struct bird owl = {1, STR("owl")};

	is_int(db_write(db, bird_add, &owl), 0, "a bird");
	is_int(db_write(db, bird_add, &owl), OUT_CONFLICT, "not twice");
	is_int(db_write(db, breaks_a_rule, "u"), OUT_CONFLICT, "UNIQUE");
	is_int(db_write(db, breaks_a_rule, "c"), OUT_CONFLICT, "CHECK");
	is_int(db_write(db, breaks_a_rule, "f"), OUT_CONFLICT, "FOREIGN KEY");
	is_int(db_write(db, breaks_a_rule, "d"), OUT_CONFLICT,
	       "a deferred one");
	is_int(db_write(db, breaks_a_rule, "0"), OUT_ABSENT, "no row changed");
	is_int(db_write(db, breaks_a_rule, "1"), 0, "one row changed");
	is_int(bird_count(db), 1, "and nothing of the rest is there");
}

static int
bump(struct db_at *at, void *arg)
{
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	int r = db_one(at, SQL_bird_bump, &rows, "i", (int64_t)1);

	if (r == 0)
		*(int64_t *)arg = db_int(&rows, 0);
	return db_is_write(at) ? r : -1;
}

static struct str
name_of(struct db_at *at, int64_t id, struct db_rows *rows)
{
	db_rows_clear(rows);
	return db_one(at, SQL_bird_name, rows, "i", id) == 0 ? db_str(rows, 0)
							     : STR("(none)");
}

static void
test_views(void)
{
	CLEAN(db_freep) struct db *db = open_or_die(":memory:");
	CLEAN(db_view_endp) struct db_at *at = NULL;
	CLEAN(db_rows_clear) struct db_rows all = DB_ROWS_INIT;
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	struct db_at *inner = NULL;
	struct bird owl = {1, STR("owl")}, tit = {2, STR("tit")};
	int64_t n = 0;

	is_int(db_write(db, bird_add, &owl), 0, "a bird");
	is_int(db_write(db, bump, &n), 0, "a RETURNING statement");
	is_int(n, 1, "and what it returned");
	is_int(db_view_begin(db, &at), 0, "a view");
	ok(!db_is_write(at), "is no write");
	is_str(name_of(at, 1, &rows), STR("owl"), "it sees the bird");
	is_int(db_write(db, bird_add, &tit), 0, "another bird meanwhile");
	is_str(name_of(at, 2, &rows), STR("(none)"), "not seen in this view");
	is_int(db_view_begin(db, &inner), 0, "a view in the view");
	ok(inner == at, "is the same");
	is_str(name_of(inner, 2, &rows), STR("(none)"), "sees the same");
	db_rows_clear(&rows);
	db_view_end(inner);
	is_str(name_of(at, 2, &rows), STR("(none)"), "the outer goes on");
	db_rows_clear(&rows);
	db_view_end(TAKE(at));
	is_int(db_view_begin(db, &at), 0, "the next view");
	is_str(name_of(at, 2, &rows), STR("tit"), "sees it");

	is_int(db_query(at, SQL_bird_list, &all, ""), 0, "a list");
	is_int(db_next(&all), 0, "its first row");
	db_rows_clear(&rows);
	is_int(db_one(at, SQL_bird_list, &rows, ""), 0, "the same in it");
	is_int(db_int(&rows, 0), 1, "starts from the beginning");
	db_rows_clear(&rows);
	is_int(db_next(&all), 0, "and does not disturb the first");
	is_int(db_int(&all, 0), 2, "which is at its second row");
}

static void *
one_view(void *arg)
{
	return bird_count(arg) == 0 ? arg : NULL;
}

static int
files_open(void)
{
	int n = 0;

	for (int fd = 0; fd < 1024; fd++)
		n += fcntl(fd, F_GETFD) >= 0;
	return n;
}

static void
test_threads(void)
{
	CLEAN(db_freep) struct db *db = open_or_die(":memory:");
	int before = 0, good = 0;

	for (int i = 0; i < 50; i++) {
		pthread_t t;
		void *ret = NULL;

		if (pthread_create(&t, NULL, one_view, db) != 0)
			break;
		pthread_join(t, &ret);
		good += ret != NULL;
		if (i == 0)
			before = files_open();
	}
	is_int(good, 50, "50 threads have had their view");
	is_int(files_open(), before, "over one connection");
}

static void
test_reopen(void)
{
	const char *folder = folder_make(), *path = file_in(folder, "db");
	struct db *db = open_or_die(path), *other = NULL;
	struct bird owl = {1, STR("owl")};
	struct note note = {""};
	struct stat st;
	pid_t child;
	int status = -1;

	is_int(db_write(db, bird_add, &owl), 0, "a bird");
	is_int(db_open(&(struct db_conf){.path = path, .schema = &schema},
		       &other, &note),
	       OUT_BUSY, "a second opener is refused");
	ok(note.text[0] != '\0', "and told: %s", note.text);
	child = fork();
	if (child == 0)
		_exit(
		    db_open(&(struct db_conf){.path = path, .schema = &schema},
			    &other, NULL));
	ok(waitpid(child, &status, 0) == child && WIFEXITED(status) &&
	       WEXITSTATUS(status) == OUT_BUSY,
	   "so is another process");
	ok(stat(path, &st) == 0 && (st.st_mode & 077) == 0, "private");
	ok(stat(file_in(folder, "db-wal"), &st) == 0 && (st.st_mode & 077) == 0,
	   "its log as well");
	db_free(db);
	db = open_or_die(path);
	is_int(bird_count(db), 1, "the bird is there after closing");
	db_free(db);
	folder_remove(folder);
}

static void
test_backup(void)
{
	const char *folder = folder_make();
	char from[256], to[256];
	struct db *db;
	struct bird owl = {1, STR("owl")};
	struct note note = {""};

	(void)snprintf(from, sizeof(from), "%s", file_in(folder, "db"));
	(void)snprintf(to, sizeof(to), "%s", file_in(folder, "copy"));
	is_int(db_backup(from, to, &note), OUT_ABSENT, "nothing to copy: %s",
	       note.text);
	ok(access(to, F_OK) != 0, "makes nothing");
	db = open_or_die(from);
	is_int(db_write(db, bird_add, &owl), 0, "a bird");
	is_int(db_backup(from, to, &note), 0, "a copy beside its writer %s",
	       note.text);
	is_int(db_backup(from, to, &note), OUT_CONFLICT, "not over a file");
	ok(db_backup(from, file_in(folder, "no/copy"), &note) < 0,
	   "not into the void: %s", note.text);
	is_int(db_verify(db, &note), 0, "the database holds together");
	db_free(db);
	db = open_or_die(file_in(folder, "copy"));
	is_int(bird_count(db), 1, "the bird is in the copy");
	is_int(db_verify(db, &note), 0, "which holds together");
	db_free(db);
	folder_remove(folder);
}

static int64_t
birds_in(const char *path)
{
	struct db *db = open_or_die(path);
	int64_t n = bird_count(db);

	db_free(db);
	return n;
}

/* As a process leaves it that is killed: with its log. */
static void
birds_left(const char *path)
{
	struct bird wren = {2, STR("wren")};
	int status = 0;
	pid_t child = fork();

	if (child == 0) {
		struct db *db = open_or_die(path);

		_exit(db_write(db, bird_add, &wren) != 0);
	}
	ok(waitpid(child, &status, 0) == child && status == 0,
	   "somebody wrote and was killed");
}

static void
test_copy(void)
{
	const char *folder = folder_make();
	char from[256], to[256], log[256];
	struct bird owl = {1, STR("owl")};
	struct note note = {""};
	struct stat before, after;
	struct db *db;

	(void)snprintf(from, sizeof(from), "%s", file_in(folder, "db"));
	(void)snprintf(to, sizeof(to), "%s", file_in(folder, "copy"));
	(void)snprintf(log, sizeof(log), "%s", file_in(folder, "db-wal"));
	is_int(db_copy(from, to, &note), OUT_ABSENT, "nothing to copy: %s",
	       note.text);
	db = open_or_die(from);
	is_int(db_write(db, bird_add, &owl), 0, "a bird");
	is_int(db_copy(from, to, &note), OUT_BUSY, "it is open: %s", note.text);
	ok(access(to, F_OK) != 0, "makes nothing");
	db_free(db);
	birds_left(from);
	ok(stat(log, &before) == 0 && before.st_size > 0, "there is a log");
	is_int(db_copy(from, to, &note), 0, "a copy %s", note.text);
	ok(stat(log, &after) == 0 && after.st_size == before.st_size,
	   "the original is as it was");
	is_int(db_copy(from, to, &note), OUT_CONFLICT, "not over a file");
	is_int(birds_in(to), 2, "the copy has what was in the log");
	is_int(birds_in(from), 2, "as has the original");
	folder_remove(folder);
}

/* Damage: a page in the middle of the file is overwritten. */
static void
test_verify(void)
{
	const char *folder = folder_make(), *path = file_in(folder, "db");
	struct db *db = open_or_die(path);
	struct note note = {""};
	char rubbish[4096];
	int fd;

	for (int64_t i = 0; i < 200; i++) {
		char name[128];
		struct bird b = {i, {name, 0}};

		b.name.n = (size_t)snprintf(name, sizeof(name),
					    "a rather long name %060d", (int)i);
		if (db_write(db, bird_add, &b) != 0)
			ok(false, "bird %d", (int)i);
	}
	db_free(db);
	memset(rubbish, 'x', sizeof(rubbish));
	fd = open(path, O_WRONLY);
	ok(fd >= 0 && pwrite(fd, rubbish, sizeof(rubbish), 10 * 4096) == 4096,
	   "a page is damaged");
	close(fd);
	db = open_or_die(path);
	is_int(db_verify(db, &note), OUT_MISMATCH, "and found: %s", note.text);
	db_free(db);
	fd = open(path, O_WRONLY | O_TRUNC);
	ok(fd >= 0 && write(fd, rubbish, sizeof(rubbish)) == 4096, "all of it");
	close(fd);
	db = NULL;
	ok(db_open(&(struct db_conf){.path = path, .schema = &schema}, &db,
		   &note) < 0,
	   "no database: %s", note.text);
	folder_remove(folder);
}

static void
test_paths(void)
{
	const char *folder = folder_make();
	struct db_conf conf = {.schema = &schema};
	struct db *db = NULL;
	struct note note = {""};

	conf.path = "";
	ok(db_open(&conf, &db, &note) < 0, "no name");
	conf.path = "/";
	ok(db_open(&conf, &db, &note) < 0, "a folder");
	conf.path = file_in(folder, "no/db");
	ok(db_open(&conf, &db, &note) < 0, "no folder: %s", note.text);
	conf.path = file_in(folder, "db");
	ok(symlink("/etc/passwd", conf.path) == 0, "a link is planted");
	ok(db_open(&conf, &db, &note) < 0, "and not followed: %s", note.text);
	ok(unlink(conf.path) == 0 && mkfifo(conf.path, 0600) == 0, "a pipe");
	ok(db_open(&conf, &db, &note) < 0, "and not used: %s", note.text);
	ok(db == NULL, "nothing was returned");
	folder_remove(folder);
}

int
main(void)
{
	test_binds();
	test_rules();
	test_views();
	test_threads();
	test_reopen();
	test_backup();
	test_copy();
	test_verify();
	test_paths();
	return done_testing();
}
