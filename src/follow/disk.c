#include "follow/disk.h"

#include "base/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <unistd.h>

int
disk_read_fd(int fd, const char *name, size_t max, struct buf *ret,
	     struct note *note)
{
	struct stat st;
	ssize_t n;

	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode))
		return note_set(note, OUT_MALFORMED,
				"%.200s is not a regular file", name);
	do {
		if (ret->n > max)
			return note_set(note, OUT_TOO_LARGE,
					"%.150s is larger than %zu bytes", name,
					max);
		if (buf_room(ret, 4 * KIB) != 0)
			return buf_err(ret);
		n = read(fd, ret->p + ret->n, 4 * KIB);
		if (n < 0 && errno != EINTR)
			return note_set(note, OUT_DENIED,
					"cannot read %.150s: %s", name,
					strerror(errno));
		ret->n += n > 0 ? (size_t)n : 0;
		ret->p[ret->n] = '\0';
	} while (n != 0);
	return 0;
}

int
disk_read(const char *path, size_t max, struct buf *ret, struct note *note)
{
	CLEAN(fd_closep)
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY |
				O_NOFOLLOW);

	if (fd < 0)
		return note_set(note, errno == ENOENT ? OUT_ABSENT : OUT_DENIED,
				"cannot read %.150s: %s", path,
				strerror(errno));
	return disk_read_fd(fd, path, max, ret, note);
}

static int
dir_open(const char *path)
{
	CLEAN(buf_clear) struct buf copy = BUF_INIT;
	int fd;

	(void)buf_adds(&copy, path);
	if (buf_err(&copy) != 0)
		return buf_err(&copy);
	fd = open(dirname(copy.p), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

/* The new file, whole and on disk. */
static int
new_make(int dir, const char *name, struct str content,
	 const struct disk_as *as)
{
	CLEAN(fd_closep) int fd = -1;

	(void)unlinkat(dir, name, 0);
	fd = openat(dir, name,
		    O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		return FAIL(-errno);
	if (as->uid != DISK_SAME && fchown(fd, as->uid, as->gid) != 0)
		return FAIL(-errno);
	if (fchmod(fd, as->mode) != 0)
		return FAIL(-errno);
	if (fd_write_all(fd, content) != 0 || fsync(fd) != 0)
		return FAIL(-errno);
	return 0;
}

int
disk_replace_at(int dir, const char *name, struct str content,
		const struct disk_as *as, struct note *note)
{
	CLEAN(buf_clear) struct buf temp = BUF_INIT;
	int r;

	(void)buf_addf(&temp, ".%s.latchkey", name);
	if (buf_err(&temp) != 0)
		return buf_err(&temp);
	r = new_make(dir, temp.p, content, as);
	if (r == 0 && renameat(dir, temp.p, dir, name) != 0)
		r = FAIL(-errno);
	if (r == 0)
		r = fsync(dir) != 0 ? FAIL(-errno) : 0;
	else
		(void)unlinkat(dir, temp.p, 0);
	if (r != 0)
		return note_set(note, OUT_DENIED, "cannot write %.150s: %s",
				name, strerror(-r));
	return 0;
}

int
disk_replace(const char *path, struct str content, const struct disk_as *as,
	     struct note *note)
{
	CLEAN(buf_clear) struct buf copy = BUF_INIT;
	CLEAN(fd_closep) int dir = dir_open(path);

	(void)buf_adds(&copy, path);
	if (buf_err(&copy) != 0)
		return buf_err(&copy);
	if (dir < 0)
		return note_set(note, OUT_DENIED, "cannot write %.150s: %s",
				path, strerror(-dir));
	return disk_replace_at(dir, basename(copy.p), content, as, note);
}

static bool
is_there(const char *path, struct str content, const struct disk_as *as)
{
	CLEAN(buf_clear) struct buf text = BUF_INIT_MAX(content.n + 8 * KIB);
	struct stat st;

	return lstat(path, &st) == 0 && S_ISREG(st.st_mode) &&
	       st.st_uid == as->uid && st.st_gid == as->gid &&
	       (st.st_mode & 07777) == as->mode &&
	       disk_read(path, content.n, &text, NULL) == 0 &&
	       str_eq(buf_str(&text), content);
}

int
disk_settle(const char *path, struct str content, const struct disk_as *as,
	    struct note *note)
{
	return is_there(path, content, as)
		   ? 0
		   : disk_replace(path, content, as, note);
}

int
disk_sync_dir(const char *path)
{
	CLEAN(fd_closep) int dir = dir_open(path);

	if (dir < 0)
		return FAIL(dir);
	return fsync(dir) != 0 ? FAIL(-errno) : 0;
}

int
disk_remove(const char *path)
{
	if (unlink(path) != 0)
		return errno == ENOENT ? 0 : FAIL(-errno);
	return disk_sync_dir(path);
}
