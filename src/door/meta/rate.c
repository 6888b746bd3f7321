#include "door/meta/rate.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/random.h>

struct seen {
	uint64_t tag; /* 0: nobody */
	int64_t from;
	unsigned count;
};
struct meta_rate {
	uint64_t key[2];
	pthread_mutex_t lock;
	struct seen seen[RATE_SETS][RATE_WAYS];
};

int
meta_rate_new(struct meta_rate **ret)
{
	struct meta_rate *rate = calloc(1, sizeof(*rate));

	if (rate == NULL)
		return FAIL(-ENOMEM);
	if (getrandom(rate->key, sizeof(rate->key), 0) !=
	    (ssize_t)sizeof(rate->key)) {
		free(rate);
		return FAIL(-EIO);
	}
	(void)pthread_mutex_init(&rate->lock, NULL);
	*ret = rate;
	return 0;
}

void
meta_rate_free(struct meta_rate *rate)
{
	if (rate == NULL)
		return;
	(void)pthread_mutex_destroy(&rate->lock);
	free(rate);
}

static uint64_t
mix(uint64_t h)
{
	h ^= h >> 32;
	h *= 0xd6e8feb86659fd93;
	h ^= h >> 32;
	h *= 0xd6e8feb86659fd93;
	return h ^ h >> 32;
}

/* Which token it is, without keeping it. Whoever could find two alike would
 * have to know the key, and would hold both anyway. */
static uint64_t
tag_of(const struct meta_rate *rate, struct str token)
{
	uint64_t h = rate->key[0] ^ token.n, word;

	for (size_t i = 0; i < token.n; i += sizeof(word)) {
		struct str part = str_sub(token, i, sizeof(word));

		word = 0;
		memcpy(&word, part.p, part.n);
		h = mix(h ^ word) + rate->key[1];
	}
	h = mix(h);
	return h == 0 ? 1 : h;
}

/* Its place, or that of whose minute began earliest. */
static struct seen *
place_of(struct meta_rate *rate, uint64_t tag)
{
	struct seen *set = rate->seen[tag % RATE_SETS], *oldest = &set[0];

	for (size_t i = 0; i < RATE_WAYS; i++) {
		if (set[i].tag == tag)
			return &set[i];
		if (oldest->tag != 0 &&
		    (set[i].tag == 0 || set[i].from < oldest->from))
			oldest = &set[i];
	}
	return oldest;
}

int
meta_rate_take(struct meta_rate *rate, struct str token, unsigned max,
	       int64_t now_ms, int64_t *ret_wait_s)
{
	uint64_t tag = tag_of(rate, token);
	struct seen *s;
	int64_t left;
	bool over;

	(void)pthread_mutex_lock(&rate->lock);
	s = place_of(rate, tag);
	if (s->tag != tag || now_ms - s->from >= RATE_WINDOW_MS)
		*s = (struct seen){.tag = tag, .from = now_ms};
	over = s->count >= max;
	s->count += !over;
	left = s->from + RATE_WINDOW_MS - now_ms;
	(void)pthread_mutex_unlock(&rate->lock);
	if (!over)
		return 0;
	*ret_wait_s = (left + SECOND_MS - 1) / SECOND_MS;
	return OUT_TOO_MANY;
}
