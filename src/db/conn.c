#include "db/conn.h"

#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#define BUSY_MS 5000 /* only a stranger's process can hold a lock */

/* No map of the file: a reader drops it whenever somebody committed, and every
 * other thread is stopped for a moment to forget it too. Under writes that
 * costs more than reading the few pages of a lookup again, and in a large store
 * a map that is kept saved nothing to be seen: doc/adr/0021.
 *
 * What stands above the leaves of the indexes of a large store, so that a
 * lookup in it reads little more than one page of each; a small one never fills
 * it. Each thread that reads has one. */
#define CACHE_READER "-2048"
#define CACHE_WRITER "-2048"

static const char pragmas[] = "PRAGMA synchronous=FULL;"
			      "PRAGMA foreign_keys=ON;"
			      "PRAGMA temp_store=MEMORY;"
			      "PRAGMA mmap_size=0;";
static const char reader_pragmas[] = "PRAGMA cache_size=" CACHE_READER ";"
				     "PRAGMA query_only=ON;";
static const char writer_pragmas[] = "PRAGMA cache_size=" CACHE_WRITER ";"
				     "PRAGMA wal_autocheckpoint=0;";

static const struct {
	int what, value;
} limits[] = {
    {SQLITE_LIMIT_LENGTH, 16 * 1024 * 1024},
    {SQLITE_LIMIT_SQL_LENGTH, 256 * 1024},
    {SQLITE_LIMIT_ATTACHED, 0},
    {SQLITE_LIMIT_VARIABLE_NUMBER, PARAMS_MAX},
    {SQLITE_LIMIT_TRIGGER_DEPTH, 100},
    {SQLITE_LIMIT_WORKER_THREADS, 0},
};

static const struct {
	int what, value;
} switches[] = {
    {SQLITE_DBCONFIG_DEFENSIVE, 1},
    {SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0},
    {SQLITE_DBCONFIG_DQS_DML, 0},
    {SQLITE_DBCONFIG_DQS_DDL, 0},
    /* A log that could not be synced must outlive us: see writer.c. */
    {SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1},
};

static const char *const words[] = {
#define X(name, text) text,
    CONN_WORDS(X)
#undef X
};
static_assert(nitems(words) == WORD_MAX, "each word has its text");

static const struct {
	int code, error;
} errors[] = {
    {SQLITE_NOMEM, ENOMEM},    {SQLITE_FULL, ENOSPC},
    {SQLITE_BUSY, EBUSY},      {SQLITE_LOCKED, EBUSY},
    {SQLITE_CORRUPT, EUCLEAN}, {SQLITE_NOTADB, EUCLEAN},
    {SQLITE_READONLY, EROFS},  {SQLITE_PERM, EPERM},
    {SQLITE_TOOBIG, EMSGSIZE}, {SQLITE_IOERR, EIO},
    {SQLITE_CANTOPEN, EIO},
};

/* I/O errors after which nothing was lost: reading, locking, and the shared
 * index of the log, which is made anew at each start. */
static const int harmless[] = {SQLITE_IOERR_READ,
			       SQLITE_IOERR_SHORT_READ,
			       SQLITE_IOERR_NOMEM,
			       SQLITE_IOERR_LOCK,
			       SQLITE_IOERR_RDLOCK,
			       SQLITE_IOERR_UNLOCK,
			       SQLITE_IOERR_CHECKRESERVEDLOCK,
			       SQLITE_IOERR_ACCESS,
			       SQLITE_IOERR_FSTAT,
			       SQLITE_IOERR_MMAP,
			       SQLITE_IOERR_SHMOPEN,
			       SQLITE_IOERR_SHMSIZE,
			       SQLITE_IOERR_SHMLOCK,
			       SQLITE_IOERR_SHMMAP};

static int
file_errno(sqlite3_file *file)
{
	int e = 0;

	if (file != NULL && file->pMethods != NULL)
		(void)file->pMethods->xFileControl(file,
						   SQLITE_FCNTL_LAST_ERRNO, &e);
	return e;
}

/* A full disk has a result code of its own; a used-up quota has none, nor has a
 * limit on the size of files. */
static bool
quota_used_up(struct db_at *at)
{
	static const int which[] = {SQLITE_FCNTL_FILE_POINTER,
				    SQLITE_FCNTL_JOURNAL_POINTER};
	bool found = false;

	for (size_t i = 0; i < nitems(which); i++) {
		sqlite3_file *file = NULL;
		int e;

		(void)sqlite3_file_control(at->h, "main", which[i], &file);
		e = file_errno(file);
		if (e != 0 && e != EDQUOT && e != EFBIG)
			return false;
		found |= e != 0;
	}
	return found;
}

static enum trouble
trouble_of(struct db_at *at, int code)
{
	int primary = code & 0xff;

	if (primary == SQLITE_FULL || primary == SQLITE_BUSY ||
	    code == SQLITE_IOERR_SHMSIZE)
		return TROUBLE_NO_ROOM;
	if (primary != SQLITE_IOERR)
		return TROUBLE_NONE;
	for (size_t i = 0; i < nitems(harmless); i++)
		if (code == harmless[i])
			return TROUBLE_NONE;
	/* A failed fsync is grave whatever reason it gives. */
	return code == SQLITE_IOERR_WRITE && quota_used_up(at) ? TROUBLE_NO_ROOM
							       : TROUBLE_GRAVE;
}

int
conn_result(struct db_at *at, int code)
{
	int primary = code & 0xff;
	enum trouble trouble;

	if (code == SQLITE_OK || code == SQLITE_ROW || code == SQLITE_DONE)
		return 0;
	if (primary == SQLITE_CONSTRAINT)
		return OUT_CONFLICT;
	trouble = trouble_of(at, code);
	if (trouble > at->trouble)
		at->trouble = trouble;
	for (size_t i = 0; i < nitems(errors); i++)
		if (primary == errors[i].code)
			return FAIL(-errors[i].error);
	return FAIL(-ENOTRECOVERABLE);
}

int
conn_note(struct db_at *at, int code, const char *what, struct note *note)
{
	int r = conn_result(at, code);

	return note_set(note, r, "%s: %s", what,
			at->h == NULL ? sqlite3_errstr(code)
				      : sqlite3_errmsg(at->h));
}

/* Before the first use of the engine: no shared counters and no page pool,
 * which would only cost locks and memory. Too late is no harm. */
static void
engine_start(void)
{
	(void)sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
	(void)sqlite3_config(SQLITE_CONFIG_PAGECACHE, NULL, 0, 0);
	(void)sqlite3_initialize();
}

static int
log_grew(void *arg, sqlite3 *h, const char *schema, int frames)
{
	struct db_at *at = arg;

	(void)h;
	(void)schema;
	at->wal_frames = frames;
	return SQLITE_OK;
}

/* The log is what lets readers and the writer pass each other. */
static int
log_switch_on(struct db_at *at)
{
	sqlite3_stmt *stmt = NULL;
	int code = sqlite3_prepare_v2(at->h, "PRAGMA journal_mode=WAL", -1,
				      &stmt, NULL);
	const unsigned char *mode;

	if (code == SQLITE_OK)
		code = sqlite3_step(stmt);
	if (code == SQLITE_ROW) {
		mode = sqlite3_column_text(stmt, 0);
		code = mode != NULL && strcmp((const char *)mode, "wal") == 0
			   ? SQLITE_OK
			   : SQLITE_CANTOPEN;
	}
	(void)sqlite3_finalize(stmt);
	return code;
}

static int
set_up(struct db_at *at)
{
	int code = SQLITE_OK;

	(void)sqlite3_busy_timeout(at->h, BUSY_MS);
	for (size_t i = 0; i < nitems(limits); i++)
		(void)sqlite3_limit(at->h, limits[i].what, limits[i].value);
	for (size_t i = 0; i < nitems(switches) && code == SQLITE_OK; i++)
		code = sqlite3_db_config(at->h, switches[i].what,
					 switches[i].value, NULL);
	if (code == SQLITE_OK && at->write)
		code = log_switch_on(at);
	if (code == SQLITE_OK)
		code = sqlite3_exec(at->h, pragmas, NULL, NULL, NULL);
	if (code == SQLITE_OK)
		code = sqlite3_exec(at->h,
				    at->write ? writer_pragmas : reader_pragmas,
				    NULL, NULL, NULL);
	if (code == SQLITE_OK && at->write)
		(void)sqlite3_wal_hook(at->h, log_grew, at);
	return code;
}

int
conn_open(const char *file, const struct db_schema *schema, bool write,
	  struct db_at **ret, struct note *note)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	CLEAN(conn_freep) struct db_at *at = calloc(1, sizeof(*at));
	int code;

	(void)pthread_once(&once, engine_start);
	if (at == NULL)
		return FAIL(-ENOMEM);
	at->schema = schema;
	at->write = write;
	at->stmts = calloc(schema->n_statements + 1, sizeof(*at->stmts));
	if (at->stmts == NULL)
		return FAIL(-ENOMEM);
	code = sqlite3_open_v2(file, &at->h,
			       SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX |
				   SQLITE_OPEN_EXRESCODE,
			       NULL);
	if (code == SQLITE_OK)
		code = set_up(at);
	if (code != SQLITE_OK)
		return conn_note(at, code, file, note);
	*ret = TAKE(at);
	return 0;
}

void
conn_free(struct db_at *at)
{
	if (at == NULL)
		return;
	for (size_t i = 0; i < WORD_MAX; i++)
		(void)sqlite3_finalize(at->words[i]);
	for (size_t i = 0; at->stmts != NULL && i < at->schema->n_statements;
	     i++)
		(void)sqlite3_finalize(at->stmts[i].h);
	(void)sqlite3_close(at->h);
	free(at->stmts);
	free(at);
}

int
conn_word(struct db_at *at, enum conn_word word)
{
	sqlite3_stmt **stmt = &at->words[word];
	int code;

	if (*stmt == NULL) {
		code =
		    sqlite3_prepare_v3(at->h, words[word], -1,
				       SQLITE_PREPARE_PERSISTENT, stmt, NULL);
		if (code != SQLITE_OK)
			return code;
	}
	code = sqlite3_step(*stmt);
	(void)sqlite3_reset(*stmt);
	return code == SQLITE_DONE ? SQLITE_OK : code;
}

/* To the engine "$2" is a name: it counts them in order of appearance. */
static bool
params_find(struct conn_stmt *stmt)
{
	int n = sqlite3_bind_parameter_count(stmt->h);

	if (n > PARAMS_MAX)
		return false;
	for (int i = 1; i <= n; i++) {
		const char *name = sqlite3_bind_parameter_name(stmt->h, i);
		uint64_t k;

		if (name == NULL || name[0] != '$' ||
		    str_u64(str_c(name + 1), (uint64_t)n, &k) != 0 || k == 0)
			return false;
		stmt->index[k - 1] = (uint8_t)i;
	}
	stmt->n = (uint8_t)n;
	return true;
}

int
conn_prepare(struct db_at *at, int sql, struct conn_stmt *ret)
{
	struct conn_stmt stmt = {0};
	int code =
	    sqlite3_prepare_v3(at->h, at->schema->statements[sql].text, -1,
			       SQLITE_PREPARE_PERSISTENT, &stmt.h, NULL);

	if (code != SQLITE_OK)
		return FOLD(conn_result(at, code));
	if (stmt.h == NULL || !params_find(&stmt)) {
		(void)sqlite3_finalize(stmt.h);
		return FAIL(-ENOTRECOVERABLE);
	}
	*ret = stmt;
	return 0;
}

int
conn_check(struct db_at *at, struct note *note)
{
	for (size_t i = 0; i < at->schema->n_statements; i++) {
		struct conn_stmt stmt = {0};
		int r = conn_prepare(at, (int)i, &stmt);
		int code = sqlite3_errcode(at->h);

		(void)sqlite3_finalize(stmt.h);
		if (r == 0)
			continue;
		if (code == SQLITE_ERROR || code == SQLITE_OK)
			r = OUT_MISMATCH;
		return note_set(
		    note, r, "statement %s: %s", at->schema->statements[i].name,
		    code == SQLITE_OK ? "its parameters are not $1 to $n"
				      : sqlite3_errmsg(at->h));
	}
	return 0;
}

int
conn_number(struct db_at *at, const char *text, int64_t *ret)
{
	sqlite3_stmt *stmt = NULL;
	int code = sqlite3_prepare_v2(at->h, text, -1, &stmt, NULL);

	if (code == SQLITE_OK)
		code = sqlite3_step(stmt);
	if (code == SQLITE_ROW) {
		*ret = sqlite3_column_int64(stmt, 0);
		code = SQLITE_OK;
	}
	(void)sqlite3_finalize(stmt);
	return code;
}
