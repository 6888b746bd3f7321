#include "base/fd.h"

#include "base/test.h"

#include <errno.h>
#include <pthread.h>
#include <unistd.h>

#define MANY (300 * 1000) /* more than a pipe holds: several writes */

static char text[MANY];

/* Slowly, so that the writer has to go on again and again. */
static void *
drain(void *arg)
{
	int fd = *(int *)arg;
	static char got[4096];
	size_t total = 0;
	ssize_t n;

	while ((n = read(fd, got, sizeof(got))) > 0)
		total += (size_t)n;
	return (void *)total;
}

int
main(void)
{
	int ends[2] = {-1, -1};
	pthread_t reader;
	void *total = NULL;

	if (pipe(ends) != 0 ||
	    pthread_create(&reader, NULL, drain, &ends[0]) != 0)
		return 99;
	is_int(fd_write_all(ends[1], (struct str){text, MANY}), 0, "all");
	is_int(fd_write_all(ends[1], STR_NONE), 0, "nothing at all");
	(void)close(ends[1]);
	(void)pthread_join(reader, &total);
	is_int((size_t)total, MANY, "has arrived");
	is_int(fd_write_all(ends[1], STR("x")), -EBADF, "a closed one");
	is_int(errno, EBADF, "is in errno too");
	return done_testing();
}
