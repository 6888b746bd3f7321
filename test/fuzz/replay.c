/*
 * Feeds every file of a folder to a fuzz harness, so that a corpus is an
 * ordinary test with any compiler. A crash ends the program before its plan.
 */
#include "base/buf.h"
#include "base/test.h"

#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static bool
read_file(int dir, const char *name, struct buf *ret)
{
	int fd = openat(dir, name, O_RDONLY | O_CLOEXEC);
	ssize_t n = 1;

	while (fd >= 0 && n > 0 && buf_room(ret, 4 * KIB) == 0) {
		n = read(fd, ret->p + ret->n, 4 * KIB);
		ret->n += n > 0 ? (size_t)n : 0;
	}
	if (fd >= 0)
		(void)close(fd);
	return fd >= 0 && n == 0;
}

/* A copy of the exact size, so that a sanitizer sees the byte behind it. */
static bool
feed(const struct buf *b)
{
	char *copy = malloc(b->n > 0 ? b->n : 1);
	int r;

	if (copy == NULL)
		return false;
	memcpy(copy, b->p, b->n);
	r = LLVMFuzzerTestOneInput((const uint8_t *)copy, b->n);
	free(copy);
	return r == 0;
}

int
main(int argc, char **argv)
{
	DIR *dir = argc == 2 ? opendir(argv[1]) : NULL;
	const struct dirent *e;

	if (dir == NULL) {
		fprintf(stderr, "usage: %s FOLDER\n", argv[0]);
		return 2;
	}
	while ((e = readdir(dir)) != NULL) {
		CLEAN(buf_clear) struct buf b = BUF_INIT;

		if (e->d_name[0] != '.')
			ok(read_file(dirfd(dir), e->d_name, &b) && feed(&b),
			   "%s", e->d_name);
	}
	(void)closedir(dir);
	return done_testing();
}
