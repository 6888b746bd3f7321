#include "crypt/vault_file.h"

#include "base/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

/* A file under way; whoever finds one may remove it. */
#define UNFINISHED ".unfinished"

static int
dir_make(const char *dir)
{
	CLEAN(fd_closep) int fd = -1;
	CLEAN(fd_closep) int parent = -1;

	if (mkdir(dir, 0700) != 0)
		return errno == EEXIST ? 0 : FAIL(-errno);
	/* The umask may have taken bits that must be there. */
	if (chmod(dir, 0700) != 0)
		return FAIL(-errno);
	fd = open(dir, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return FAIL(-errno);
	parent = openat(fd, "..", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (parent < 0 || fsync(parent) != 0)
		return FAIL(-errno);
	return 0;
}

int
vault_dir_open(const char *dir, bool make, int *ret, struct note *note)
{
	CLEAN(fd_closep) int fd = -1;
	struct stat st;
	int r = make ? dir_make(dir) : 0;

	if (r != 0)
		return r;
	fd = open(dir, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0 && errno == ENOENT)
		return note_set(note, OUT_ABSENT, "%s does not exist", dir);
	if (fd < 0 && (errno == ELOOP || errno == ENOTDIR))
		return note_set(note, OUT_DENIED, "%s is no directory", dir);
	if (fd < 0 || fstat(fd, &st) != 0)
		return FAIL(-errno);
	if (st.st_uid != geteuid())
		return note_set(note, OUT_DENIED, "%s belongs to somebody else",
				dir);
	if ((st.st_mode & 07777) != 0700)
		return note_set(note, OUT_DENIED,
				"%s has mode %04o instead of 0700", dir,
				(unsigned)st.st_mode & 07777);
	/* A start that was cut short may have left one behind; who only reads
	 * may have no right to remove it. */
	if (make && unlinkat(fd, UNFINISHED, 0) != 0 && errno != ENOENT)
		return FAIL(-errno);
	*ret = fd;
	fd = -1;
	return 0;
}

static int
file_trusted(int fd, const char *name, struct note *note)
{
	struct stat st;

	if (fstat(fd, &st) != 0)
		return FAIL(-errno);
	if (!S_ISREG(st.st_mode))
		return note_set(note, OUT_DENIED,
				"key file %s is no regular file", name);
	if (st.st_uid != geteuid())
		return note_set(note, OUT_DENIED,
				"key file %s belongs to somebody else", name);
	if ((st.st_mode & 07777) != 0600)
		return note_set(note, OUT_DENIED,
				"key file %s has mode %04o instead of 0600",
				name, (unsigned)st.st_mode & 07777);
	if (st.st_size > (off_t)VAULT_FILE_MAX)
		return note_set(note, OUT_DENIED, "key file %s is too large",
				name);
	return 0;
}

int
vault_file_read(int dir, const char *name, struct buf *ret, struct note *note)
{
	CLEAN(fd_closep) int fd = -1;
	ssize_t n = 1;
	int r;

	fd = openat(dir, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0 && errno == ENOENT)
		return note_set(note, OUT_ABSENT, "key file %s does not exist",
				name);
	if (fd < 0 && errno == ELOOP)
		return note_set(note, OUT_DENIED,
				"key file %s is a symbolic link", name);
	if (fd < 0)
		return FAIL(-errno);
	r = file_trusted(fd, name, note);
	while (r == 0 && n > 0) {
		r = buf_room(ret, VAULT_FILE_MAX);
		if (r != 0)
			return r;
		n = read(fd, ret->p + ret->n, VAULT_FILE_MAX);
		if (n < 0 && errno == EINTR)
			n = 1;
		else if (n < 0)
			return FAIL(-errno);
		else
			ret->n += (size_t)n;
	}
	if (r == 0)
		ret->p[ret->n] = '\0';
	return r;
}

static int
write_durably(int dir, struct str content)
{
	CLEAN(fd_closep) int fd = -1;
	int r;

	fd = openat(dir, UNFINISHED,
		    O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		return FAIL(-errno);
	/* The umask may have taken bits that must be there. */
	r = fchmod(fd, 0600) == 0 ? fd_write_all(fd, content) : FAIL(-errno);
	if (r == 0 && fsync(fd) != 0)
		r = FAIL(-errno);
	if (r != 0)
		(void)unlinkat(dir, UNFINISHED, 0);
	return r;
}

/* Named only when all of it is on disk: there are no half keys to repair. A
 * link, unlike a rename, never replaces a key that is there. */
int
vault_file_make(int dir, const char *name, struct str content)
{
	int r = write_durably(dir, content);

	if (r != 0)
		return r;
	if (linkat(dir, UNFINISHED, dir, name, 0) != 0)
		r = errno == EEXIST ? OUT_CONFLICT : FAIL(-errno);
	if (unlinkat(dir, UNFINISHED, 0) != 0 && r == 0)
		r = FAIL(-errno);
	if (r == 0 && fsync(dir) != 0)
		r = FAIL(-errno);
	return r;
}
