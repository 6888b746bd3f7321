#include "base/fd.h"

#include <errno.h>
#include <unistd.h>

int
fd_write_all(int fd, struct str s)
{
	while (s.n > 0) {
		ssize_t n = write(fd, s.p, s.n);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return FAIL(-errno);
		s = str_sub(s, (size_t)n, SIZE_MAX);
	}
	return 0;
}
