#include "db/migrate.h"

#include "base/clock.h"

#include <assert.h>

static const char table_make[] =
    "CREATE TABLE IF NOT EXISTS schema_version ("
    "version BIGINT PRIMARY KEY, name TEXT NOT NULL,"
    "applied_at BIGINT NOT NULL)";
static const char version_look[] =
    "SELECT coalesce(max(version), 0) FROM schema_version";
static const char version_note[] =
    "INSERT INTO schema_version (version, name, applied_at) VALUES (?, ?, ?)";

static int
version_read(struct db_at *at, int64_t *ret)
{
	int code = sqlite3_exec(at->h, table_make, NULL, NULL, NULL);

	return code == SQLITE_OK ? conn_number(at, version_look, ret) : code;
}

static int
version_write(struct db_at *at, int64_t version, const char *name)
{
	sqlite3_stmt *stmt = NULL;
	int code = sqlite3_prepare_v2(at->h, version_note, -1, &stmt, NULL);

	if (code != SQLITE_OK)
		return code;
	(void)sqlite3_bind_int64(stmt, 1, version);
	(void)sqlite3_bind_text(stmt, 2, name, -1, SQLITE_STATIC);
	(void)sqlite3_bind_int64(stmt, 3, clock_now());
	code = sqlite3_step(stmt);
	(void)sqlite3_finalize(stmt);
	return code == SQLITE_DONE ? SQLITE_OK : code;
}

static int
step(struct db_at *at, int64_t version, const struct db_sql *migration,
     struct note *note)
{
	int code = conn_word(at, WORD_WRITE);
	int r;

	if (code == SQLITE_OK)
		code = sqlite3_exec(at->h, migration->text, NULL, NULL, NULL);
	if (code == SQLITE_OK) {
		/* Its COMMIT would end our transaction. */
		assert(!sqlite3_get_autocommit(at->h));
		code = version_write(at, version, migration->name);
	}
	if (code == SQLITE_OK)
		code = conn_word(at, WORD_COMMIT);
	if (code == SQLITE_OK)
		return 0;
	r = conn_note(at, code, migration->name, note);
	if (!sqlite3_get_autocommit(at->h))
		(void)conn_word(at, WORD_ROLLBACK);
	return FOLD(r);
}

int
migrate_run(struct db_at *at, int64_t *ret_version, struct note *note)
{
	const struct db_schema *schema = at->schema;
	int64_t known = (int64_t)schema->n_migrations, version = 0;
	int code = version_read(at, &version);

	if (code != SQLITE_OK)
		return FOLD(conn_note(at, code, "schema_version", note));
	if (version > known)
		return note_set(
		    note, OUT_UNSUPPORTED,
		    "the database is at version %lld, this program knows %lld",
		    (long long)version, (long long)known);
	for (; version < known; version++) {
		int r =
		    step(at, version + 1, &schema->migrations[version], note);

		if (r != 0)
			return r;
	}
	*ret_version = version;
	return 0;
}
