/*
 * What the gate remembers: immutable objects by a digest of what was presented,
 * each with the generation at which it was true. Bounded, by number and by weight;
 * what nobody asked for the longest makes room. Keys are SHA-256 behind a prefix of this process, so
 * that nothing here helps to find a secret and nobody can aim at one place.
 */
#ifndef CORE_CACHE_H
#define CORE_CACHE_H

#include "base/out.h"
#include "base/str.h"

#include <stdatomic.h>
#include <stdint.h>

#define CACHE_KEY_LEN 32
#define CACHE_ROOM (32 * MIB) /* of all weights */
#define CACHE_SHARDS 16
/* What is heavier is not kept. */
#define CACHE_WEIGHT_MAX (CACHE_ROOM / CACHE_SHARDS)

/* The first member of everything that is kept. */
struct cached {
	atomic_int refs; /* starts at 1 */
	uint64_t generation;
	size_t weight; /* bytes of a large one; 0: it is small */
	void (*free)(struct cached *);
};
void cached_unref(struct cached *); /* fine with NULL */

struct cache;
MUST int cache_new(struct cache **ret);
void cache_free(struct cache *);

/* The parts are told apart by their lengths. */
void cache_key(const struct cache *, const struct str *parts, size_t n,
    uint8_t ret[CACHE_KEY_LEN]);
/* One that was true at least at that generation, with a reference of its own,
 * or NULL. */
struct cached *cache_get(struct cache *, const uint8_t key[CACHE_KEY_LEN],
    uint64_t least);
/* Takes a reference of its own. */
void cache_put(struct cache *, const uint8_t key[CACHE_KEY_LEN],
    struct cached *);

#endif
