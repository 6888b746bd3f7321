/*
 * One login after the other: whoever has the turn asks latchkeyd and keeps the
 * answer, so that an older one never replaces a newer one. Who had to wait, and
 * finds that a question was asked since they came, takes its outcome: so many
 * logins at once ask twice, and wait twice when nobody answers.
 *
 * The lock is a file beside the cache, held by flock(2); in it is when the last
 * question was asked, by the clock that never jumps, and how it ended. Only what
 * was written while one waited is believed.
 */
#ifndef FOLLOW_TURN_H
#define FOLLOW_TURN_H

#include "base/out.h"

#include <stdbool.h>
#include <stdint.h>

enum turn_end { TURN_NONE, TURN_ANSWERED, TURN_REFUSED, TURN_SILENT };
struct turn {
	int fd;
	bool held;
	enum turn_end since; /* what came of a question asked since we came */
};
#define TURN_INIT                                                              \
	{                                                                      \
		.fd = -1                                                       \
	}
/* Wait until deadline, of clock_mono(). Without the turn afterwards, held is
 * false: nothing may be kept then. */
void turn_take(struct turn *, const char *path, int64_t deadline);
/* Asked at this time, of clock_mono(), it ended so. */
void turn_tell(struct turn *, int64_t asked_at, enum turn_end);
void turn_clear(struct turn *);

#endif
