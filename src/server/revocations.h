/* What was revoked after a copy was made, for people: latchkeyd revocations, and
 * latchkeyd restore --since-data. */
#ifndef SERVER_REVOCATIONS_H
#define SERVER_REVOCATIONS_H

#include "core/core.h"

/* A line for each on standard output, and one that sums them up. old: the data
 * directory that the installation was copied of; it is only read. 0 or an exit
 * status, and has said why. */
MUST int revocations_say(struct core *, const char *old, bool apply);
/* The moment of the copy, likewise. */
MUST int revocations_moment(struct core *);

#endif
