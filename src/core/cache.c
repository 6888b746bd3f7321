#include "core/cache.h"

#include "crypt/digest.h"
#include "crypt/rand.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>

#define SETS 256 /* per shard */
#define WAYS 4	 /* places where one key may be */

struct slot {
	uint8_t key[CACHE_KEY_LEN];
	struct cached *what;
	uint64_t used;
};
struct shard {
	pthread_mutex_t lock;
	uint64_t tick;
	size_t weight;
	struct slot slots[SETS][WAYS];
};
struct cache {
	struct sha256 start; /* a whole block of random bytes is in already */
	struct shard shards[CACHE_SHARDS];
};

void
cached_unref(struct cached *what)
{
	if (what != NULL && atomic_fetch_sub(&what->refs, 1) == 1)
		what->free(what);
}

int
cache_new(struct cache **ret)
{
	/* Untouched pages of a fresh mapping cost nothing. */
	struct cache *cache = calloc(1, sizeof(*cache));
	uint8_t prefix[64];
	int r;

	if (cache == NULL)
		return FAIL(-ENOMEM);
	r = rand_bytes(prefix, sizeof(prefix));
	if (r != 0) {
		free(cache);
		return r;
	}
	sha256_start(&cache->start);
	sha256_add(&cache->start, prefix, sizeof(prefix));
	mem_wipe(prefix, sizeof(prefix));
	for (size_t i = 0; i < CACHE_SHARDS; i++)
		(void)pthread_mutex_init(&cache->shards[i].lock, NULL);
	*ret = cache;
	return 0;
}

static void
shard_clear(struct shard *shard)
{
	for (size_t i = 0; i < SETS; i++)
		for (size_t j = 0; j < WAYS; j++)
			cached_unref(shard->slots[i][j].what);
	(void)pthread_mutex_destroy(&shard->lock);
}

void
cache_free(struct cache *cache)
{
	if (cache == NULL)
		return;
	for (size_t i = 0; i < CACHE_SHARDS; i++)
		shard_clear(&cache->shards[i]);
	mem_wipe(cache, sizeof(cache->start));
	free(cache);
}

void
cache_key(const struct cache *cache, const struct str *parts, size_t n,
	  uint8_t ret[CACHE_KEY_LEN])
{
	struct sha256 hash = cache->start;

	for (size_t i = 0; i < n; i++) {
		uint64_t len = parts[i].n;

		sha256_add(&hash, &len, sizeof(len));
		sha256_add(&hash, parts[i].p, parts[i].n);
	}
	sha256_end(&hash, ret);
	mem_wipe(&hash, sizeof(hash));
}

static struct slot *
set_of(struct cache *cache, const uint8_t *key, struct shard **ret)
{
	*ret = &cache->shards[key[0] % CACHE_SHARDS];
	return (*ret)->slots[key[1] % SETS];
}

static struct slot *
slot_find(struct slot *set, const uint8_t *key)
{
	for (size_t i = 0; i < WAYS; i++)
		if (set[i].what != NULL &&
		    memcmp(set[i].key, key, CACHE_KEY_LEN) == 0)
			return &set[i];
	return NULL;
}

struct cached *
cache_get(struct cache *cache, const uint8_t key[CACHE_KEY_LEN], uint64_t least)
{
	struct shard *shard;
	struct slot *slot, *set = set_of(cache, key, &shard);
	struct cached *what = NULL;

	(void)pthread_mutex_lock(&shard->lock);
	slot = slot_find(set, key);
	if (slot != NULL && slot->what->generation >= least) {
		what = slot->what;
		atomic_fetch_add(&what->refs, 1);
		slot->used = ++shard->tick;
	}
	(void)pthread_mutex_unlock(&shard->lock);
	return what;
}

/* The place for a new key: its own, a free one, or the longest unused. */
static struct slot *
slot_choose(struct slot *set, const uint8_t *key)
{
	struct slot *best = slot_find(set, key);

	if (best != NULL)
		return best;
	best = &set[0];
	for (size_t i = 0; i < WAYS; i++) {
		if (set[i].what == NULL)
			return &set[i];
		if (set[i].used < best->used)
			best = &set[i];
	}
	return best;
}

/* The heavy one that was asked for the longest ago. */
static struct slot *
slot_heavy(struct shard *shard)
{
	struct slot *best = NULL;

	for (size_t i = 0; i < SETS; i++)
		for (size_t j = 0; j < WAYS; j++) {
			struct slot *slot = &shard->slots[i][j];

			if (slot->what != NULL && slot->what->weight > 0 &&
			    (best == NULL || slot->used < best->used))
				best = slot;
		}
	return best;
}

static struct cached *
slot_empty(struct shard *shard, struct slot *slot)
{
	struct cached *old = TAKE(slot->what);

	if (old != NULL)
		shard->weight -= old->weight;
	return old;
}

/* The room that a heavy one needs, from other heavy ones. */
static void
shard_make_room(struct shard *shard, size_t weight)
{
	struct slot *slot;

	while (shard->weight + weight > CACHE_WEIGHT_MAX &&
	       (slot = slot_heavy(shard)) != NULL)
		cached_unref(slot_empty(shard, slot));
}

void
cache_put(struct cache *cache, const uint8_t key[CACHE_KEY_LEN],
	  struct cached *what)
{
	struct shard *shard;
	struct slot *slot, *set = set_of(cache, key, &shard);
	struct cached *old;

	if (what->weight > CACHE_WEIGHT_MAX)
		return;
	atomic_fetch_add(&what->refs, 1);
	(void)pthread_mutex_lock(&shard->lock);
	slot = slot_choose(set, key);
	old = slot_empty(shard, slot);
	if (what->weight > 0)
		shard_make_room(shard, what->weight);
	shard->weight += what->weight;
	memcpy(slot->key, key, CACHE_KEY_LEN);
	slot->what = what;
	slot->used = ++shard->tick;
	(void)pthread_mutex_unlock(&shard->lock);
	cached_unref(old);
}
