#include "follow/turn.h"

#include "base/clock.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

#define STEP_NS	 (2 * 1000 * 1000)
#define TEXT_MAX 64

/* A disk that became read-only still has the file. */
static int
lock_open(const char *path)
{
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);

	return fd >= 0 ? fd : open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
}

/* Asked at or after that time. */
static enum turn_end
last_read(int fd, int64_t came_at)
{
	char text[TEXT_MAX + 1];
	ssize_t n = pread(fd, text, TEXT_MAX, 0);
	long long at = 0;
	int end = 0, all = 0;

	if (n <= 0)
		return TURN_NONE;
	text[n] = '\0';
	if (sscanf(text, "%lld %d.%n", &at, &end, &all) != 2 || all != n)
		return TURN_NONE;
	if (at < came_at || at > clock_mono() || end < TURN_NONE ||
	    end > TURN_SILENT)
		return TURN_NONE;
	return (enum turn_end)end;
}

void
turn_take(struct turn *turn, const char *path, int64_t deadline)
{
	const struct timespec step = {.tv_nsec = STEP_NS};
	int64_t came_at = clock_mono();
	bool waited = false;

	turn->since = TURN_NONE;
	turn->fd = lock_open(path);
	if (turn->fd < 0)
		return;
	while (flock(turn->fd, LOCK_EX | LOCK_NB) != 0) {
		if (clock_mono() >= deadline)
			return;
		waited = true;
		(void)nanosleep(&step, NULL);
	}
	turn->held = true;
	/* A millisecond may have seen both: theirs, then ours. */
	if (waited)
		turn->since = last_read(turn->fd, came_at + 1);
	if (turn->since == TURN_NONE)
		(void)!ftruncate(turn->fd, 0);
}

void
turn_tell(struct turn *turn, int64_t asked_at, enum turn_end end)
{
	char text[TEXT_MAX];
	int n = snprintf(text, sizeof(text), "%lld %d.", (long long)asked_at,
			 (int)end);

	if (turn->held && n > 0 && n < TEXT_MAX &&
	    pwrite(turn->fd, text, (size_t)n, 0) != n)
		(void)!ftruncate(turn->fd, 0);
}

void
turn_clear(struct turn *turn)
{
	if (turn->fd >= 0)
		(void)close(turn->fd);
	turn->fd = -1;
	turn->held = false;
}
