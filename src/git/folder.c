#include "git/folder.h"

#include "base/out.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static atomic_bool step_by_step;

static int
at_once(int dir, const char *path, int flags)
{
	struct open_how how = {.flags = (unsigned)flags,
			       .mode = (flags & O_CREAT) != 0 ? 0600 : 0,
			       .resolve = RESOLVE_BENEATH |
					  RESOLVE_NO_SYMLINKS |
					  RESOLVE_NO_MAGICLINKS};
	long fd = syscall(SYS_openat2, dir, path, &how, sizeof(how));

	return fd < 0 ? -errno : (int)fd;
}

static int
in_steps(int dir, const char *path, int flags)
{
	int here = dir, fd;

	for (const char *slash; (slash = strchr(path, '/')) != NULL;
	     path = slash + 1) {
		char name[NAME_MAX + 1];
		size_t n = (size_t)(slash - path);

		fd = -ENAMETOOLONG;
		if (n < sizeof(name)) {
			memcpy(name, path, n);
			name[n] = '\0';
			fd = openat(here, name,
				    O_PATH | O_DIRECTORY | O_NOFOLLOW |
					O_CLOEXEC);
			if (fd < 0)
				fd = -errno;
		}
		if (here != dir)
			close(here);
		if (fd < 0)
			return fd;
		here = fd;
	}
	fd = openat(here, path, flags | O_NOFOLLOW, 0600);
	if (fd < 0)
		fd = -errno;
	if (here != dir)
		close(here);
	return fd;
}

int
folder_open(int dir, const char *path, int flags)
{
	int fd;

	flags |= O_CLOEXEC;
	if (!atomic_load(&step_by_step)) {
		fd = at_once(dir, path, flags);
		/* Strict containers say EPERM for calls they do not know. */
		if (fd == -ENOSYS)
			atomic_store(&step_by_step, true);
		else if (fd != -EPERM)
			return fd;
	}
	return in_steps(dir, path, flags);
}

void
folder_step_by_step(bool always)
{
	atomic_store(&step_by_step, always);
}

void
folder_fd_name(int fd, char ret[FOLDER_FD_NAME])
{
	(void)snprintf(ret, FOLDER_FD_NAME, "/proc/self/fd/%d", fd);
}

static void
dir_close(DIR **d)
{
	if (*d != NULL)
		closedir(*d);
}

/* Takes dir over. */
static int
each(int dir, int (*fn)(void *, int, const char *), void *arg)
{
	CLEAN(dir_close) DIR *d = fdopendir(dir);
	int r = 0;

	if (d == NULL) {
		r = FAIL(-errno);
		close(dir);
		return r;
	}
	while (r == 0) {
		const struct dirent *e;

		errno = 0;
		e = readdir(d);
		if (e == NULL)
			return errno == 0 || errno == ENOENT ? 0 : FAIL(-errno);
		if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0)
			r = fn(arg, dirfd(d), e->d_name);
	}
	return r;
}

struct walk {
	folder_fn *fn;
	void *arg;
	int depth;
};

static int
walk_one(void *arg, int dir, const char *name)
{
	struct walk *w = arg;
	struct walk below = {w->fn, w->arg, w->depth - 1};
	struct stat st;
	int sub, r;

	if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) != 0)
		return errno == ENOENT ? 0 : FAIL(-errno);
	if (S_ISDIR(st.st_mode)) {
		if (w->depth == 0)
			return FAIL(-ELOOP);
		sub = openat(dir, name,
			     O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		if (sub < 0)
			return errno == ENOENT ? 0 : FAIL(-errno);
		r = each(sub, walk_one, &below);
		if (r != 0)
			return r;
	}
	return w->fn(w->arg, dir, name, &st);
}

static int
again(int dir)
{
	int fd = openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	return fd < 0 ? FAIL(-errno) : fd;
}

int
folder_each(int dir, int (*fn)(void *, int, const char *), void *arg)
{
	int fd = again(dir);

	return fd < 0 ? fd : each(fd, fn, arg);
}

int
folder_walk(int dir, folder_fn *fn, void *arg)
{
	struct walk w = {fn, arg, FOLDER_DEPTH_MAX};

	return folder_each(dir, walk_one, &w);
}

static int
add_size(void *arg, int dir, const char *name, const struct stat *st)
{
	int64_t *sum = arg;

	(void)dir;
	(void)name;
	*sum += (int64_t)st->st_blocks * 512;
	return 0;
}

int
folder_size(int dir, int64_t *ret)
{
	int64_t sum = 0;
	int r = folder_walk(dir, add_size, &sum);

	if (r == 0)
		*ret = sum;
	return r;
}

static int
remove_one(void *arg, int dir, const char *name, const struct stat *st)
{
	(void)arg;
	if (unlinkat(dir, name, S_ISDIR(st->st_mode) ? AT_REMOVEDIR : 0) == 0 ||
	    errno == ENOENT)
		return 0;
	return FAIL(-errno);
}

int
folder_clear(int dir, const char *name)
{
	struct walk w = {remove_one, NULL, FOLDER_DEPTH_MAX};

	return walk_one(&w, dir, name);
}

static int
sync_one(void *arg, int dir, const char *name, const struct stat *st)
{
	int fd, r = 0;

	(void)arg;
	if (!S_ISDIR(st->st_mode))
		return 0;
	fd = openat(dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return errno == ENOENT ? 0 : FAIL(-errno);
	if (fsync(fd) != 0)
		r = FAIL(-errno);
	close(fd);
	return r;
}

int
folder_sync(int dir)
{
	int r = folder_walk(dir, sync_one, NULL);

	return r == 0 && fsync(dir) != 0 ? FAIL(-errno) : r;
}

/* O_NONBLOCK, so that a planted pipe cannot hold anybody up. */
int
folder_read(int dir, const char *path, char *ret, size_t max)
{
	int fd = folder_open(dir, path, O_RDONLY | O_NONBLOCK | O_NOCTTY);
	struct stat st;
	ssize_t n = -1;

	if (fd < 0)
		return fd == -ELOOP || fd == -ENXIO ? -EUCLEAN : fd;
	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode) ||
	    st.st_uid != geteuid())
		errno = EUCLEAN;
	else if ((uint64_t)st.st_size >= max)
		errno = EFBIG;
	else
		n = pread(fd, ret, max - 1, 0);
	if (n < 0)
		n = -errno;
	else
		ret[n] = '\0';
	close(fd);
	return n < 0 ? (int)n : 0;
}

int
folder_write(int dir, const char *path, struct str text)
{
	int fd = folder_open(dir, path, O_WRONLY | O_CREAT | O_EXCL), r = 0;

	if (fd < 0)
		return fd;
	while (text.n > 0 && r == 0) {
		ssize_t n = write(fd, text.p, text.n);

		if (n < 0 && errno != EINTR)
			r = FAIL(-errno);
		if (n > 0)
			text = str_sub(text, (size_t)n, SIZE_MAX);
	}
	if (r == 0 && fsync(fd) != 0)
		r = FAIL(-errno);
	close(fd);
	return r;
}
