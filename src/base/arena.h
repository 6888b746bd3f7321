/*
 * Memory for one request: taken in pieces, given back all at once, wiped when
 * given back, bounded by a maximum chosen at the start. Passed as a parameter,
 * never ambient. Secrets never live in one.
 */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include "base/clean.h"
#include "base/str.h"

struct arena_block;
struct arena {
	struct arena_block *first; /* newest block first */
	size_t used, max;
};

void arena_init(struct arena *, size_t max);
void arena_reset(struct arena *); /* wipes; keeps at most one small block */
void arena_clear(struct arena *); /* wipes and frees everything */

/* n zeroed bytes aligned to 16, or NULL past max or out of memory. */
MUST void *arena_get(struct arena *, size_t n);
/* A NUL-terminated copy; p == NULL on failure. */
MUST struct str arena_str(struct arena *, struct str);
/* A formatted str, NUL-terminated; p == NULL on failure. */
MUST struct str arena_strf(struct arena *, const char *fmt, ...) PRINTF(2, 3);

#endif
