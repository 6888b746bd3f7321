/*
 * A copy of a database that nobody has open, byte by byte: the original may lie
 * where nobody can write, and may be damaged. What its last process had not put
 * into the file yet lies in the log beside it, and is put into the copy.
 */
#include "db/db_sqlite.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/sendfile.h>
#include <unistd.h>

#define PIECE ((size_t)1 << 30)

struct pair {
	const char *from, *to;
	struct note *note;
};

static int
failed(const struct pair *p, const char *path)
{
	int e = errno;

	if (e == ENOSPC || e == EDQUOT)
		return note_set(p->note, OUT_BUSY, "%s: %s", path, strerror(e));
	return note_set(p->note, FAIL(-e), "%s: %s", path, strerror(e));
}

static void
fd_end(int *fd)
{
	if (*fd >= 0)
		(void)close(*fd);
}

static int
file_copy(const struct pair *p, const char *tail)
{
	CLEAN(fd_end) int from = -1;
	CLEAN(fd_end) int to = -1;
	char from_path[PATH_MAX], to_path[PATH_MAX];
	ssize_t n;

	if (snprintf(from_path, PATH_MAX, "%s%s", p->from, tail) >= PATH_MAX ||
	    snprintf(to_path, PATH_MAX, "%s%s", p->to, tail) >= PATH_MAX)
		return FAIL(-ENAMETOOLONG);
	from = open(from_path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (from < 0)
		return errno == ENOENT ? OUT_ABSENT : failed(p, from_path);
	to = open(to_path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
		  0600);
	if (to < 0)
		return errno == EEXIST ? note_set(p->note, OUT_CONFLICT,
						  "%s exists", to_path)
				       : failed(p, to_path);
	do
		n = sendfile(to, from, NULL, PIECE);
	while (n > 0);
	return n < 0 || fsync(to) != 0 ? failed(p, to_path) : 0;
}

/* Whoever has it open holds this lock, see place.c. */
static int
open_check(const struct pair *p)
{
	struct flock lock = {.l_type = F_RDLCK, .l_whence = SEEK_SET};
	CLEAN(fd_end) int fd = -1;
	char path[PATH_MAX];

	if (snprintf(path, PATH_MAX, "%s.lock", p->from) >= PATH_MAX)
		return FAIL(-ENAMETOOLONG);
	fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		return errno == ENOENT ? 0 : failed(p, path);
	if (fcntl(fd, F_OFD_GETLK, &lock) != 0)
		return failed(p, path);
	return lock.l_type == F_UNLCK
		   ? 0
		   : note_set(p->note, OUT_BUSY,
			      "%s is held by a process that is running",
			      p->from);
}

/* Closing the last connection moves what the log has into the file. */
static int
log_take(const struct pair *p)
{
	static const struct db_schema none;
	CLEAN(conn_freep) struct db_at *at = NULL;
	int r = conn_open(p->to, &none, true, &at, p->note);
	int code;

	if (r != 0)
		return FOLD(r);
	code = sqlite3_exec(at->h, "PRAGMA wal_checkpoint(TRUNCATE)", NULL,
			    NULL, NULL);
	return note_set(p->note, FOLD(conn_result(at, code)), "%s: %s", p->to,
			sqlite3_errstr(code));
}

int
db_copy(const char *from, const char *to, struct note *note)
{
	struct pair p = {from, to, note};
	int r = open_check(&p), log;

	if (r == 0)
		r = file_copy(&p, "");
	if (r == OUT_ABSENT)
		return note_set(note, r, "%s: nothing there", from);
	if (r != 0)
		return r;
	log = file_copy(&p, "-wal");
	if (log == OUT_ABSENT)
		return 0;
	return log != 0 ? log : log_take(&p);
}
