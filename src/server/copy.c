#include "server/copy.h"

#include "base/fd.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

#define PIECE ((size_t)1 << 30)

static void
dir_closep(DIR **d)
{
	if (*d != NULL)
		(void)closedir(*d);
}

/* Within one filesystem blocks can be shared or moved by it; between two of
 * different kinds that call says no. */
static int
bytes_copy(int from, int to)
{
	bool apart = false, again;
	ssize_t n;

	do {
		n = apart ? sendfile(to, from, NULL, PIECE)
			  : copy_file_range(from, NULL, to, NULL, PIECE, 0);
		again = n < 0 && !apart &&
			(errno == EXDEV || errno == EINVAL ||
			 errno == EOPNOTSUPP || errno == ENOSYS);
		apart = apart || again;
	} while (n > 0 || again);
	return n < 0 ? FAIL(-errno) : 0;
}

int
copy_file(int from_dir, int to_dir, const char *name)
{
	CLEAN(fd_closep)
	int from = openat(from_dir, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	CLEAN(fd_closep) int to = -1;

	if (from < 0 && errno == ENOENT)
		return 0;
	if (from < 0)
		return FAIL(-errno);
	to = openat(to_dir, name,
		    O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (to < 0)
		return FAIL(-errno);
	return bytes_copy(from, to);
}

int
copy_each(int dir, int (*fn)(void *, const char *name), void *arg)
{
	/* Not a copy of dir: that would share its place in the listing. */
	int fd = openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC), r = 0;
	CLEAN(dir_closep) DIR *d = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *e;

	if (d == NULL)
		return FAIL(-errno);
	while (r == 0 && (e = readdir(d)) != NULL)
		if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0)
			r = fn(arg, e->d_name);
	return r;
}

int
copy_folder(int from_dir, int to_dir, const char *name, int *ret_from,
	    int *ret_to)
{
	CLEAN(fd_closep)
	int from = openat(from_dir, name,
			  O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	int to;

	if (from < 0)
		return errno == ENOENT ? OUT_ABSENT : FAIL(-errno);
	if (mkdirat(to_dir, name, 0700) != 0)
		return FAIL(-errno);
	to = openat(to_dir, name,
		    O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (to < 0)
		return FAIL(-errno);
	*ret_from = from;
	*ret_to = to;
	from = -1;
	return 0;
}

struct tree {
	int from, to, depth, depth_max;
	copy_leave_fn *leave;
};

static int entry_copy(void *, const char *name);

static int
folder_copy(const struct tree *t, const char *name)
{
	CLEAN(fd_closep) int from = -1;
	CLEAN(fd_closep) int to = -1;
	struct tree below = *t;
	int r;

	if (t->depth == t->depth_max)
		return FAIL(-ELOOP);
	r = copy_folder(t->from, t->to, name, &from, &to);
	if (r != 0)
		return r == OUT_ABSENT ? 0 : r;
	below.from = from;
	below.to = to;
	below.depth++;
	return copy_each(from, entry_copy, &below);
}

static int
entry_copy(void *arg, const char *name)
{
	const struct tree *t = arg;
	struct stat st;

	if (t->leave(name, t->depth))
		return 0;
	if (fstatat(t->from, name, &st, AT_SYMLINK_NOFOLLOW) != 0)
		return errno == ENOENT ? 0 : FAIL(-errno);
	if (S_ISDIR(st.st_mode))
		return folder_copy(t, name);
	return S_ISREG(st.st_mode) ? copy_file(t->from, t->to, name) : 0;
}

int
copy_tree(int from_dir, int to_dir, int depth_max, copy_leave_fn *leave)
{
	struct tree tree = {from_dir, to_dir, 0, depth_max, leave};

	return copy_each(from_dir, entry_copy, &tree);
}
