/*
 * The house-keeping thread: core_tidy() and a round of collection once a minute,
 * more rounds while there is more to collect; and a line in the log for what
 * went, when the store can no longer be written, and when it can again; once a day
 * a line for each account whose credentials end soon.
 */
#ifndef SERVER_TIDY_H
#define SERVER_TIDY_H

#include "core/core.h"

struct tidy;
MUST int tidy_start(struct core *, struct tidy **ret);
void tidy_free(struct tidy *); /* waits for a round under way; NULL is fine */

/* The line for what was collected, if anything was. */
struct collected;
void tidy_say(const struct collected *);

#endif
