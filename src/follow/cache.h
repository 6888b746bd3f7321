/*
 * The last answer, for when latchkeyd does not: whole, on disk before it was
 * used, and good for the place that gave it only. It says itself how old it is,
 * by the wall clock, so a copy is no younger than the original.
 *
 *   # latchkey kept 000001732200000000		(ms since 1970; 0: not yet)
 *   # from https://keys.example
 *   # server <id> <name>
 *   ssh-ed25519 AAAA...
 */
#ifndef FOLLOW_CACHE_H
#define FOLLOW_CACHE_H

#include "follow/answer.h"

#define CACHE_FILE_MAX (2 * ANSWER_MAX)
/* A clock may have been set back a little since; more, and nobody knows. */
#define CACHE_AHEAD_MS (60 * SECOND_MS)

struct cache {
	struct answer answer;
	int64_t kept_at;
};
#define CACHE_INIT                                                             \
	{                                                                      \
		.answer = ANSWER_INIT                                          \
	}
void cache_clear(struct cache *);

/* OUT_MALFORMED, OUT_MISMATCH: of another URL. */
MUST int cache_parse(struct str text, const char *url, struct cache *ret);
/* OUT_ABSENT, OUT_DENIED, OUT_MALFORMED, OUT_MISMATCH. */
MUST int cache_load(const char *path, const char *url, struct cache *ret);
/* On disk when it returns 0. old: what is there now, or NULL; of the same keys
 * only the time changes. OUT_DENIED with a note: what is there is the old one or
 * this. */
MUST int cache_store(const char *path, const char *url, const struct answer *,
    const struct cache *old, int64_t now, struct note *);
/* Gone for good when it returns 0. */
MUST int cache_drop(const char *path);
/* -CACHE_AHEAD_MS..max: the age counts. */
bool cache_is_good(const struct cache *, int64_t now, int64_t max_age_s);

#endif
