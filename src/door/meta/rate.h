/*
 * How often each token may ask: so many requests in the minute that begins with
 * its first. A table of fixed size, without the tokens: what is forgotten in a
 * crowd is whose minute began earliest, so that a guesser can make others'
 * counts start again but can lock nobody out.
 */
#ifndef DOOR_META_RATE_H
#define DOOR_META_RATE_H

#include "base/out.h"
#include "base/str.h"

#define RATE_SETS 512
#define RATE_WAYS 8 /* tokens that share a set */
#define RATE_WINDOW_MS MINUTE_MS

struct meta_rate;
MUST int meta_rate_new(struct meta_rate **ret);
void meta_rate_free(struct meta_rate *);
/* One more request of token at now_ms (clock_mono()). 0, or OUT_TOO_MANY above
 * max in this minute, with the seconds until it ends. */
MUST int meta_rate_take(struct meta_rate *, struct str token, unsigned max,
    int64_t now_ms, int64_t *ret_wait_s);

#endif
