#include "base/clock.h"

#include <fcntl.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

static _Atomic int64_t shift_ms;
static _Atomic int64_t file_ms;

static int64_t
read_ms(clockid_t id)
{
	struct timespec ts = {0};

	(void)clock_gettime(id, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

/* A file that is missing or just being written leaves the last value. */
static void
read_file(void)
{
	const char *path = getenv("LATCHKEY_TEST_CLOCK");
	char text[32], *end;
	long long ms;
	ssize_t n;
	int fd;

	fd = path == NULL ? -1 : open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return;
	n = read(fd, text, sizeof(text) - 1);
	(void)close(fd);
	if (n <= 0)
		return;
	text[n] = '\0';
	ms = strtoll(text, &end, 10);
	if (end != text && (*end == '\0' || *end == '\n'))
		atomic_store(&file_ms, ms);
}

int64_t
clock_now(void)
{
	read_file();
	return read_ms(CLOCK_REALTIME) + atomic_load(&shift_ms) +
	       atomic_load(&file_ms);
}

int64_t
clock_mono(void)
{
	return read_ms(CLOCK_MONOTONIC);
}

void
clock_test_shift(int64_t ms)
{
	atomic_fetch_add(&shift_ms, ms);
}
