#include "blob/beneath.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static atomic_bool step_by_step;

static int
at_once(int root, const char *path, int flags, unsigned mode)
{
	struct open_how how = {.flags = (unsigned)flags,
			       .mode = (flags & O_CREAT) != 0 ? mode : 0,
			       .resolve = RESOLVE_BENEATH |
					  RESOLVE_NO_SYMLINKS |
					  RESOLVE_NO_MAGICLINKS};
	long fd = syscall(SYS_openat2, root, path, &how, sizeof(how));

	return fd < 0 ? -errno : (int)fd;
}

static int
in_steps(int root, const char *path, int flags, unsigned mode)
{
	const char *slash = strchr(path, '/');
	char folder[NAME_MAX + 1];
	int dir, fd;

	flags |= O_NOFOLLOW;
	if (slash == NULL) {
		fd = openat(root, path, flags, mode);
		return fd < 0 ? -errno : fd;
	}
	if ((size_t)(slash - path) >= sizeof(folder))
		return -ENAMETOOLONG;
	memcpy(folder, path, (size_t)(slash - path));
	folder[slash - path] = '\0';
	dir =
	    openat(root, folder, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (dir < 0)
		return -errno;
	fd = openat(dir, slash + 1, flags, mode);
	if (fd < 0)
		fd = -errno;
	close(dir);
	return fd;
}

int
beneath_open(int root, const char *path, int flags, unsigned mode)
{
	int fd;

	flags |= O_CLOEXEC;
	if (!atomic_load(&step_by_step)) {
		fd = at_once(root, path, flags, mode);
		/* Containers with an older list of system calls say EPERM;
		 * so do files that may not be changed: the steps will tell. */
		if (fd == -ENOSYS)
			atomic_store(&step_by_step, true);
		else if (fd != -EPERM)
			return fd;
	}
	return in_steps(root, path, flags, mode);
}

void
beneath_step_by_step(bool always)
{
	atomic_store(&step_by_step, always);
}
