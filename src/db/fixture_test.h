/* The small schema that the tests of this room share. */
#ifndef DB_FIXTURE_TEST_H
#define DB_FIXTURE_TEST_H

#include "base/test.h"
#include "db/db.h"

#include <stdlib.h>
#include <unistd.h>

#define STATEMENTS(X)                                                          \
	X(bird_add, "INSERT INTO bird (id, name) VALUES ($1, $2)")             \
	X(bird_name, "SELECT name FROM bird WHERE id = $1")                    \
	X(bird_list, "SELECT id, name FROM bird ORDER BY id")                  \
	X(bird_count, "SELECT count(*) FROM bird")                             \
	X(bird_rename, "UPDATE bird SET name = $2 WHERE id = $1")              \
	X(bird_bump, "UPDATE bird SET n = n + 1 WHERE id = $1 RETURNING n")    \
	X(egg_add, "INSERT INTO egg (id, bird_id) VALUES ($1, $2)")            \
	X(nest_add, "INSERT INTO nest (bird_id) VALUES ($1)")                  \
	X(kinds_add, "INSERT INTO kinds VALUES ($1, $2, $3, $4, $5, $6)")      \
	X(kinds_get, "SELECT i, s, b, n, os, oi FROM kinds")                   \
	X(order_mixed, "SELECT $2, $1, $2")

enum {
#define X(name, text) SQL_##name,
	STATEMENTS(X)
#undef X
	    SQL_COUNT
};

static const struct db_sql statements[] = {
#define X(name, text) {#name, text},
    STATEMENTS(X)
#undef X
};

static const struct db_sql migrations[] = {
    {"0001_start",
     "CREATE TABLE bird (id BIGINT PRIMARY KEY, name TEXT NOT NULL UNIQUE,"
     " n BIGINT NOT NULL DEFAULT 0, CHECK (name <> ''));"
     "CREATE TABLE egg (id BIGINT PRIMARY KEY,"
     " bird_id BIGINT NOT NULL REFERENCES bird (id));"
     "CREATE TABLE nest (bird_id BIGINT REFERENCES bird (id)"
     " DEFERRABLE INITIALLY DEFERRED);"
     "CREATE TABLE kinds (i BIGINT, s TEXT, b BYTEA, n TEXT, os TEXT,"
     " oi BIGINT);"},
};

static const struct db_schema schema = {
    .statements = statements,
    .n_statements = nitems(statements),
    .migrations = migrations,
    .n_migrations = nitems(migrations),
};

__attribute__((unused)) static struct db *
open_or_die(const char *path)
{
	struct db *db = NULL;
	struct note note = {""};

	if (db_open(&(struct db_conf){.path = path, .schema = &schema}, &db,
		    &note) == 0)
		return db;
	printf("Bail out! %s: %s\n", path, note.text);
	exit(EXIT_FAILURE);
}

struct bird {
	int64_t id;
	struct str name;
};

__attribute__((unused)) static int
bird_add(struct db_at *at, void *arg)
{
	struct bird *b = arg;

	return db_exec(at, SQL_bird_add, NULL, "is", b->id, b->name);
}

__attribute__((unused)) static int64_t
bird_count(struct db *db)
{
	CLEAN(db_view_endp) struct db_at *at = NULL;
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;

	if (db_view_begin(db, &at) != 0 ||
	    db_one(at, SQL_bird_count, &rows, "") != 0)
		return -1;
	return db_int(&rows, 0);
}

/* A folder that the test removes with folder_remove. */
__attribute__((unused)) static char *
folder_make(void)
{
	static char folder[64];

	(void)snprintf(folder, sizeof(folder), "/tmp/latchkey-db-XXXXXX");
	if (mkdtemp(folder) == NULL) {
		printf("Bail out! no folder\n");
		exit(EXIT_FAILURE);
	}
	return folder;
}

__attribute__((unused)) static const char *
file_in(const char *folder, const char *name)
{
	static char path[4][128];
	static int turn;

	turn = (turn + 1) % 4;
	(void)snprintf(path[turn], sizeof(path[turn]), "%s/%s", folder, name);
	return path[turn];
}

__attribute__((unused)) static void
folder_remove(const char *folder)
{
	static const char *const names[] = {"db",	"db-wal",   "db-shm",
					    "db.lock",	"copy",	    "copy-wal",
					    "copy-shm", "copy.lock"};

	for (size_t i = 0; i < nitems(names); i++)
		(void)unlink(file_in(folder, names[i]));
	ok(rmdir(folder) == 0, "nothing else was left behind");
}

#endif
