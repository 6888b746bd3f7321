#include "db/db_sqlite.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

/* The engine's complaint without the heading that it puts above. */
static const char *
first_words(sqlite3_stmt *stmt)
{
	const char *text = (const char *)sqlite3_column_text(stmt, 0);
	const char *line = text == NULL ? NULL : strchr(text, '\n');

	if (line != NULL)
		return line + 1;
	return text == NULL ? "?" : text;
}

/* A pragma that complains in rows; a row of the word "ok" is no complaint. */
static int
complaint(struct db_at *at, const char *pragma, struct note *note)
{
	sqlite3_stmt *stmt = NULL;
	int code = sqlite3_prepare_v2(at->h, pragma, -1, &stmt, NULL);
	int r = 0;

	if (code == SQLITE_OK)
		code = sqlite3_step(stmt);
	if (code == SQLITE_ROW) {
		const char *text = first_words(stmt);

		if (strcmp(text, "ok") != 0)
			r = note_set(note, OUT_MISMATCH, "%s: %s", pragma,
				     text);
	} else if ((code & 0xff) == SQLITE_CORRUPT)
		r = note_set(note, OUT_MISMATCH, "%s: %s", pragma,
			     sqlite3_errmsg(at->h));
	else if (code != SQLITE_DONE)
		r = FOLD(conn_note(at, code, pragma, note));
	(void)sqlite3_finalize(stmt);
	return r;
}

int
db_verify(struct db *db, struct note *note)
{
	CLEAN(conn_freep) struct db_at *at = NULL;
	int r = conn_open(db->place.file, db->schema, false, &at, note);

	if (r == 0)
		r = complaint(at, "PRAGMA integrity_check(1)", note);
	if (r == 0)
		r = complaint(at, "PRAGMA foreign_key_check", note);
	if (r == 0)
		r = conn_check(at, note);
	return r;
}

/* All pages in one step: one snapshot, which no writer disturbs. The copy is
 * synced as a whole at its end, and thrown away when it has none. */
static int
copy(struct db_at *from, const char *path, struct note *note)
{
	sqlite3 *to = NULL;
	sqlite3_backup *backup = NULL;
	int code = sqlite3_open_v2(path, &to,
				   SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX |
				       SQLITE_OPEN_EXRESCODE,
				   NULL);
	int r;

	if (code == SQLITE_OK)
		code = sqlite3_exec(
		    to, "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF;",
		    NULL, NULL, NULL);
	if (code == SQLITE_OK) {
		backup = sqlite3_backup_init(to, "main", from->h, "main");
		code = sqlite3_extended_errcode(to);
	}
	if (backup != NULL) {
		(void)sqlite3_backup_step(backup, -1);
		code = sqlite3_backup_finish(backup);
	}
	(void)sqlite3_close(to);
	r = note_set(note, FOLD(conn_result(from, code)), "%s: %s", path,
		     sqlite3_errstr(code));
	return from->trouble == TROUBLE_NO_ROOM ? OUT_BUSY : r;
}

static int
file_new(const struct place *place, int *ret, struct note *note)
{
	int fd =
	    openat(place->dir, place->name,
		   O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);

	if (fd < 0 && errno == EEXIST)
		return note_set(note, OUT_CONFLICT, "%s exists", place->file);
	if (fd < 0)
		return note_set(note, FAIL(-errno), "%s: %s", place->file,
				strerror(errno));
	*ret = fd;
	return 0;
}

/* fd stays open meanwhile: closing it would take the engine's locks on the
 * same file with it. */
static int
copy_sync(const struct place *from, const struct place *to, int fd,
	  struct note *note)
{
	static const struct db_schema none;
	CLEAN(conn_freep) struct db_at *at = NULL;
	int r = conn_open(from->file, &none, false, &at, note);

	if (r == 0)
		r = copy(at, to->file, note);
	if (r == 0 && fsync(fd) != 0)
		r = note_set(note, FAIL(-errno), "%s: %s", to->file,
			     strerror(errno));
	return r == 0 ? place_sync(to) : r;
}

int
db_backup(const char *from_path, const char *to_path, struct note *note)
{
	CLEAN(place_clear) struct place from = PLACE_INIT;
	CLEAN(place_clear) struct place to = PLACE_INIT;
	int fd = -1, r;

	if (access(from_path, F_OK) != 0)
		return note_set(note, OUT_ABSENT, "%s: %s", from_path,
				strerror(errno));
	r = place_find(from_path, &from, note);
	if (r == 0)
		r = place_find(to_path, &to, note);
	if (r == 0)
		r = file_new(&to, &fd, note);
	if (r != 0)
		return r;
	r = copy_sync(&from, &to, fd, note);
	if (r != 0)
		(void)unlinkat(to.dir, to.name, 0);
	close(fd);
	return r;
}
