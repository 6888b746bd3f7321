#include "base/clock.h"

#include <time.h>

static int64_t
read_ms(clockid_t id)
{
	struct timespec ts = {0};

	/* Cannot fail for these two clocks. */
	(void)clock_gettime(id, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

int64_t
clock_now(void)
{
	return read_ms(CLOCK_REALTIME);
}

int64_t
clock_mono(void)
{
	return read_ms(CLOCK_MONOTONIC);
}
