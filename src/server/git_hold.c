#include "server/git_hold.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

static int
hold(const char *dir, int how, int *ret_fd)
{
	int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC), r = 0;

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
git_hold_alone(const char *dir, int *ret_fd)
{
	return hold(dir, LOCK_EX | LOCK_NB, ret_fd);
}

int
git_hold_together(const char *dir, int *ret_fd)
{
	return hold(dir, LOCK_SH, ret_fd);
}
