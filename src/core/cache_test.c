#include "core/cache.h"

#include "base/test.h"

#include <stdlib.h>

struct thing {
	struct cached cached;
	int number;
};
static int alive;

static void
thing_free(struct cached *cached)
{
	alive--;
	free(cached);
}

/* Only the cache has it then. */
static void
put(struct cache *cache, const uint8_t *key, int number, uint64_t generation,
    size_t weight)
{
	struct thing *t = calloc(1, sizeof(*t));

	if (t == NULL)
		abort();
	alive++;
	atomic_init(&t->cached.refs, 1);
	t->cached.generation = generation;
	t->cached.weight = weight;
	t->cached.free = thing_free;
	t->number = number;
	cache_put(cache, key, &t->cached);
	cached_unref(&t->cached);
}

/* Its number; 0: not there. */
static int
get(struct cache *cache, const uint8_t *key, uint64_t least)
{
	struct thing *t = (struct thing *)cache_get(cache, key, least);
	int number = t == NULL ? 0 : t->number;

	if (t != NULL)
		cached_unref(&t->cached);
	return number;
}

/* All in one shard, each set by itself. */
static const uint8_t *
key_of(int set, int way)
{
	static uint8_t key[CACHE_KEY_LEN];

	key[1] = (uint8_t)set;
	key[2] = (uint8_t)way;
	return key;
}

static struct cache *
fresh(void)
{
	struct cache *cache;

	if (cache_new(&cache) != 0)
		abort();
	return cache;
}

static void
test_generations(void)
{
	struct cache *cache = fresh();

	is_int(get(cache, key_of(0, 0), 0), 0, "nothing yet");
	put(cache, key_of(0, 0), 1, 5, 0);
	is_int(get(cache, key_of(0, 0), 5), 1, "as new as asked for");
	is_int(get(cache, key_of(0, 0), 4), 1, "newer");
	is_int(get(cache, key_of(0, 0), 6), 0, "older");
	put(cache, key_of(0, 0), 2, 6, 0);
	is_int(get(cache, key_of(0, 0), 6), 2, "in its place");
	is_int(alive, 1, "which the old one has left");
	cache_free(cache);
	is_int(alive, 0, "nothing is left");
}

static void
test_number(void)
{
	struct cache *cache = fresh();

	for (int i = 1; i <= 4; i++)
		put(cache, key_of(0, i), i, 1, 0);
	is_int(get(cache, key_of(0, 1), 1), 1, "asked for again");
	put(cache, key_of(0, 5), 5, 1, 0);
	is_int(alive, 4, "a set has four places");
	is_int(get(cache, key_of(0, 2), 1), 0, "the longest unused has gone");
	is_int(get(cache, key_of(0, 1), 1), 1, "not the first");
	put(cache, key_of(1, 1), 6, 1, 0);
	is_int(alive, 5, "another set has its own");
	cache_free(cache);
	is_int(alive, 0, "nothing is left");
}

static void
test_weight(void)
{
	const size_t third = CACHE_WEIGHT_MAX / 3;
	struct cache *cache = fresh();

	put(cache, key_of(9, 0), 9, 1, 0);
	put(cache, key_of(0, 0), 1, 1, CACHE_WEIGHT_MAX + 1);
	is_int(get(cache, key_of(0, 0), 1), 0, "too heavy is not kept");
	is_int(alive, 1, "at all");
	for (int i = 1; i <= 3; i++)
		put(cache, key_of(i, 0), i, 1, third);
	is_int(alive, 4, "three thirds fit");
	is_int(get(cache, key_of(1, 0), 1), 1, "the first, asked for again");
	put(cache, key_of(4, 0), 4, 1, third);
	is_int(get(cache, key_of(2, 0), 1), 0,
	       "makes no room: the second does");
	is_int(get(cache, key_of(1, 0), 1), 1, "not the first");
	is_int(get(cache, key_of(3, 0), 1), 3, "nor the third");
	put(cache, key_of(5, 0), 5, 1, CACHE_WEIGHT_MAX);
	is_int(get(cache, key_of(5, 0), 1), 5, "one that fills all of it");
	is_int(alive, 2, "is the only heavy one");
	is_int(get(cache, key_of(9, 0), 1), 9, "a small one never makes room");
	put(cache, key_of(5, 0), 6, 2, third);
	put(cache, key_of(6, 0), 7, 2, 2 * third);
	is_int(get(cache, key_of(5, 0), 2), 6, "what it weighed is free again");
	is_int(get(cache, key_of(6, 0), 2), 7, "for others");
	for (int i = 1; i <= 4; i++)
		put(cache, key_of(5, i), 10 + i, 2, 0);
	is_int(get(cache, key_of(5, 0), 2), 0,
	       "small ones push it out of its set");
	put(cache, key_of(7, 0), 8, 2, third);
	is_int(get(cache, key_of(6, 0), 2), 7, "and its weight with it");
	is_int(get(cache, key_of(7, 0), 2), 8, "so that there is room");
	cache_free(cache);
	is_int(alive, 0, "nothing is left");
}

int
main(void)
{
	subtest("generations") test_generations();
	subtest("number") test_number();
	subtest("weight") test_weight();
	return done_testing();
}
