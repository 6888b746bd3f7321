#include "blob/blob.h"

#include "blob/beneath.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define FOLDERS 256

struct blob_store {
	int root;
};

/* "ab/abcdef..." */
struct blob_path {
	char folder[3];
	char text[3 + BLOB_KEY_LEN + 1];
};

static int
failed(int e)
{
	/* No room, or no descriptor; a disk may be read-only after an error. */
	if (e == ENOSPC || e == EDQUOT || e == EFBIG || e == EROFS ||
	    e == EMFILE || e == ENFILE)
		return OUT_BUSY;
	if (e == ENOENT)
		return OUT_ABSENT;
	/* What nobody puts there but somebody who should not: a link, a
	 * folder, a pipe without a reader. */
	if (e == ELOOP || e == EISDIR || e == ENOTDIR || e == ENXIO ||
	    e == EXDEV)
		return FAIL(-EUCLEAN);
	return FAIL(-e);
}

static int
path_of(struct str key, struct blob_path *ret)
{
	if (key.n != BLOB_KEY_LEN)
		return FAIL(-EINVAL);
	for (size_t i = 0; i < key.n; i++)
		if (strchr("0123456789abcdef", key.p[i]) == NULL ||
		    key.p[i] == '\0')
			return FAIL(-EINVAL);
	memcpy(ret->folder, key.p, 2);
	ret->folder[2] = '\0';
	memcpy(ret->text, key.p, 2);
	ret->text[2] = '/';
	memcpy(ret->text + 3, key.p, key.n);
	ret->text[3 + key.n] = '\0';
	return 0;
}

static int
folders_make(int root)
{
	static const char digits[] = "0123456789abcdef";
	bool made = false;

	for (size_t i = 0; i < FOLDERS; i++) {
		char name[3] = {digits[i / 16], digits[i % 16], '\0'};

		if (mkdirat(root, name, 0700) == 0)
			made = true;
		else if (errno != EEXIST)
			return failed(errno);
	}
	return made && fsync(root) != 0 ? FAIL(-errno) : 0;
}

/* The entry of a new root is on disk once the folder it lies in is. */
static int
root_make(const char *path)
{
	int root, above, r = 0;

	if (mkdir(path, 0700) != 0)
		return errno == EEXIST ? 0 : failed(errno);
	root = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (root < 0)
		return FAIL(-errno);
	above = openat(root, "..", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (above < 0 || fsync(above) != 0)
		r = FAIL(-errno);
	if (above >= 0)
		close(above);
	close(root);
	return r;
}

/* The operator may have put the root elsewhere by a link; it is what lies
 * beneath that nobody else may touch. */
static int
root_open(const char *path, int *ret, struct note *note)
{
	struct stat st;
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		return note_set(note, FAIL(-errno), "%s: %s", path,
				strerror(errno));
	if (fstat(fd, &st) != 0 || st.st_uid != geteuid() ||
	    (st.st_mode & 022) != 0) {
		close(fd);
		return note_set(note, FAIL(-EUCLEAN),
				"%s: others own it or may write to it", path);
	}
	*ret = fd;
	return 0;
}

int
blob_open_store(const char *root, struct blob_store **ret, struct note *note)
{
	struct blob_store *store;
	int fd = -1, r = root_make(root);

	if (r != 0)
		return note_set(note, r, "%s cannot be made", root);
	r = root_open(root, &fd, note);
	if (r != 0)
		return r;
	r = folders_make(fd);
	store = r == 0 ? malloc(sizeof(*store)) : NULL;
	if (store == NULL) {
		close(fd);
		return note_set(note, r != 0 ? r : FAIL(-ENOMEM),
				"%s: its folders cannot be made", root);
	}
	store->root = fd;
	*ret = store;
	return 0;
}

void
blob_free_store(struct blob_store *store)
{
	if (store == NULL)
		return;
	close(store->root);
	free(store);
}

/* O_NONBLOCK, so that a planted pipe cannot hold anybody up. */
static int
file_open(struct blob_store *store, struct str key, int flags, int *ret,
	  struct stat *st)
{
	struct blob_path path;
	int fd, r = path_of(key, &path);

	if (r != 0)
		return r;
	fd = beneath_open(store->root, path.text, flags | O_NONBLOCK | O_NOCTTY,
			  0600);
	if (fd < 0)
		return failed(-fd);
	if (fstat(fd, st) != 0)
		r = FAIL(-errno);
	else if (!S_ISREG(st->st_mode) || st->st_uid != geteuid() ||
		 st->st_nlink != 1)
		r = FAIL(-EUCLEAN);
	if (r != 0)
		close(fd);
	else
		*ret = fd;
	return r;
}

static int
go_on_at(int fd, uint64_t offset, const struct stat *st)
{
	if ((uint64_t)st->st_size < offset)
		return OUT_MISMATCH;
	if ((uint64_t)st->st_size > offset && ftruncate(fd, (off_t)offset) != 0)
		return failed(errno);
	return lseek(fd, (off_t)offset, SEEK_SET) < 0 ? FAIL(-errno) : 0;
}

int
blob_append(struct blob_store *store, struct str key, uint64_t offset,
	    int *ret_fd)
{
	struct stat st;
	int fd = -1, r = file_open(store, key, O_WRONLY, &fd, &st);

	if (r != 0)
		return r;
	r = go_on_at(fd, offset, &st);
	if (r != 0)
		close(fd);
	else
		*ret_fd = fd;
	return r;
}

static int
write_all(int fd, const char *from, size_t n)
{
	while (n > 0) {
		ssize_t done = write(fd, from, n);

		if (done < 0 && errno == EINTR)
			continue;
		if (done < 0)
			return failed(errno);
		from += done;
		n -= (size_t)done;
	}
	return 0;
}

/* How much of a piece can go past the page cache: whole blocks from aligned
 * memory to an aligned place, and enough of them to be worth two calls. */
static size_t
direct_part(int fd, const void *p, size_t n)
{
	size_t whole = n / BLOB_BLOCK * BLOB_BLOCK;
	off_t at;

	if (whole < BLOB_DIRECT_MIN || (uintptr_t)p % BLOB_BLOCK != 0)
		return 0;
	at = lseek(fd, 0, SEEK_CUR);
	return at >= 0 && at % (off_t)BLOB_BLOCK == 0 ? whole : 0;
}

/* Copying large uploads into the page cache costs more than hashing them, and
 * pushes out what is being read. Where a file system cannot do without, the
 * ordinary way is taken. */
static int
write_direct(int fd, const char *p, size_t n)
{
	int flags = fcntl(fd, F_GETFL), r;

	if (flags < 0 || fcntl(fd, F_SETFL, flags | O_DIRECT) != 0)
		return write_all(fd, p, n);
	r = write_all(fd, p, n);
	if (fcntl(fd, F_SETFL, flags) != 0)
		return r != 0 ? r : FAIL(-errno);
	return r;
}

int
blob_write(int fd, const void *p, size_t n)
{
	const char *from = p;
	size_t direct = direct_part(fd, p, n);
	int r = direct > 0 ? write_direct(fd, from, direct) : 0;

	return r != 0 ? r : write_all(fd, from + direct, n - direct);
}

int
blob_sync(int fd)
{
	/* Not fdatasync: a new file's owner and mode matter as well. */
	return fsync(fd) != 0 ? failed(errno) : 0;
}

int
blob_read(struct blob_store *store, struct str key, int *ret_fd,
	  uint64_t *ret_size)
{
	struct stat st;
	int r = file_open(store, key, O_RDONLY, ret_fd, &st);

	if (r == 0)
		*ret_size = (uint64_t)st.st_size;
	return r;
}

/* --- many in one folder --- */

static int
folder_open(struct blob_store *store, const struct blob_path *path, int *ret)
{
	int dir =
	    beneath_open(store->root, path->folder, O_RDONLY | O_DIRECTORY, 0);

	if (dir < 0)
		return failed(-dir);
	*ret = dir;
	return 0;
}

/* Run work on the names of all keys in their folder; what it made or removed is
 * on disk after 0. Goes on after a failure if asked to. */
static int
in_folder(struct blob_store *store, const struct str *keys, size_t n,
	  int (*work)(int dir, const char *name), bool go_on)
{
	struct blob_path first, path;
	int dir = -1, r = n == 0 ? FAIL(-EINVAL) : path_of(keys[0], &first);

	if (r == 0)
		r = folder_open(store, &first, &dir);
	if (r != 0)
		return r;
	for (size_t i = 0; i < n && (r == 0 || go_on); i++) {
		int one = path_of(keys[i], &path);

		if (one == 0 && strcmp(path.folder, first.folder) != 0)
			one = FAIL(-EINVAL);
		if (one == 0)
			one = work(dir, path.text + 3);
		r = r != 0 ? r : one;
	}
	if (fsync(dir) != 0 && r == 0)
		r = failed(errno);
	close(dir);
	return r;
}

static int
make_one(int dir, const char *name)
{
	int fd =
	    openat(dir, name,
		   O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);

	if (fd < 0)
		return failed(errno);
	close(fd);
	return 0;
}

int
blob_reserve(struct blob_store *store, const struct str *keys, size_t n)
{
	return in_folder(store, keys, n, make_one, false);
}

static int
remove_one(int dir, const char *name)
{
	return unlinkat(dir, name, 0) != 0 && errno != ENOENT ? failed(errno)
							      : 0;
}

/* Once nobody remembers the key, a file that came back would stay for ever:
 * so its end is made durable as well. */
int
blob_remove_all(struct blob_store *store, const struct str *keys, size_t n)
{
	int r = in_folder(store, keys, n, remove_one, true);

	return r == OUT_ABSENT ? 0 : r;
}

int
blob_remove(struct blob_store *store, struct str key)
{
	return blob_remove_all(store, &key, 1);
}

/* A lock of the kernel on the folder: it goes with the process. */
static int
hold(int fd, int how, int *ret_fd)
{
	int r = 0;

	if (fd < 0)
		return errno == ENOENT ? OUT_ABSENT : FAIL(-errno);
	while (r == 0 && flock(fd, how) != 0)
		if (errno != EINTR)
			r = errno == EWOULDBLOCK ? OUT_BUSY : FAIL(-errno);
	if (r != 0)
		(void)close(fd);
	else
		*ret_fd = fd;
	return r;
}

int
blob_hold_alone(struct blob_store *store, int *ret_fd)
{
	return hold(
	    openat(store->root, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC),
	    LOCK_EX | LOCK_NB, ret_fd);
}

int
blob_hold_together(const char *root, int *ret_fd)
{
	return hold(open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC), LOCK_SH,
		    ret_fd);
}
