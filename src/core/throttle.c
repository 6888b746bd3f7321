#include "core/gate_inner.h"

#include "base/clock.h"
#include "crypt/digest.h"
#include "crypt/rand.h"

#include <arpa/inet.h>
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>

#define BUCKETS 4096
#define WAYS	4 /* places where one name may be */

struct bucket {
	uint64_t name; /* a keyed hash; 0: free */
	int64_t start; /* clock_mono */
	int64_t fails;
};
struct throttle {
	pthread_mutex_t lock;
	uint8_t key[32];
	struct bucket buckets[BUCKETS];
};

int
throttle_new(struct throttle **ret)
{
	struct throttle *t = calloc(1, sizeof(*t));
	int r;

	if (t == NULL)
		return FAIL(-ENOMEM);
	r = rand_bytes(t->key, sizeof(t->key));
	if (r != 0) {
		free(t);
		return r;
	}
	(void)pthread_mutex_init(&t->lock, NULL);
	*ret = t;
	return 0;
}

void
throttle_free(struct throttle *t)
{
	if (t == NULL)
		return;
	(void)pthread_mutex_destroy(&t->lock);
	free(t);
}

static uint64_t
hash_of(const struct throttle *t, char kind, struct str s)
{
	struct sha256 hash;
	uint8_t sum[SHA256_LEN];
	uint64_t ret;

	sha256_start(&hash);
	sha256_add(&hash, t->key, sizeof(t->key));
	sha256_add(&hash, &kind, 1);
	sha256_add(&hash, s.p, s.n);
	sha256_end(&hash, sum);
	memcpy(&ret, sum, sizeof(ret));
	return ret == 0 ? 1 : ret;
}

/* One customer of IPv6 has a whole /64. */
static uint64_t
hash_addr(const struct throttle *t, struct str addr)
{
	char text[INET6_ADDRSTRLEN];
	unsigned char raw[16];

	if (addr.n > 0 && addr.n < sizeof(text) &&
	    memchr(addr.p, ':', addr.n) != NULL) {
		memcpy(text, addr.p, addr.n);
		text[addr.n] = '\0';
		if (inet_pton(AF_INET6, text, raw) == 1)
			addr = (struct str){(char *)raw, 8};
	}
	return hash_of(t, 'a', addr);
}

/* Its bucket; with make, one for it: free, over, or with the fewest failures.
 * NULL without. */
static struct bucket *
bucket_of(struct throttle *t, uint64_t name, int64_t now, bool make)
{
	struct bucket *set = &t->buckets[name % (BUCKETS / WAYS) * WAYS];
	struct bucket *best = &set[0];

	for (size_t i = 0; i < WAYS; i++) {
		if (set[i].name != 0 &&
		    now - set[i].start >= THROTTLE_WINDOW_MS)
			set[i] = (struct bucket){.name = 0};
		if (set[i].name == name)
			return &set[i];
		if (set[i].fails < best->fails)
			best = &set[i];
	}
	if (!make)
		return NULL;
	*best = (struct bucket){.name = name, .start = now};
	return best;
}

static int64_t
wait_of(struct throttle *t, uint64_t name, int64_t now)
{
	const struct bucket *b = bucket_of(t, name, now, false);

	if (b == NULL || b->fails < THROTTLE_FREE)
		return 0;
	return (b->start + THROTTLE_WINDOW_MS - now + SECOND_MS - 1) /
	       SECOND_MS;
}

int
gate_throttle(struct core *core, struct str addr, struct str name,
	      int64_t *ret_wait_s)
{
	struct throttle *t = core->gate->throttle;
	int64_t now = clock_mono(), wait, other = 0;

	(void)pthread_mutex_lock(&t->lock);
	wait = wait_of(t, hash_addr(t, addr), now);
	if (name.n > 0)
		other = wait_of(t, hash_of(t, 'n', name), now);
	(void)pthread_mutex_unlock(&t->lock);
	if (other > wait)
		wait = other;
	if (wait > 0)
		*ret_wait_s = wait;
	return wait > 0 ? OUT_TOO_MANY : 0;
}

void
gate_throttle_fail(struct core *core, struct str addr, struct str name)
{
	struct throttle *t = core->gate->throttle;
	int64_t now = clock_mono();

	(void)pthread_mutex_lock(&t->lock);
	bucket_of(t, hash_addr(t, addr), now, true)->fails++;
	if (name.n > 0)
		bucket_of(t, hash_of(t, 'n', name), now, true)->fails++;
	(void)pthread_mutex_unlock(&t->lock);
}

void
gate_throttle_ok(struct core *core, struct str addr, struct str name)
{
	struct throttle *t = core->gate->throttle;
	struct bucket *b;

	(void)addr; /* one own account does not pardon guesses at others */
	if (name.n == 0)
		return;
	(void)pthread_mutex_lock(&t->lock);
	b = bucket_of(t, hash_of(t, 'n', name), clock_mono(), false);
	if (b != NULL)
		*b = (struct bucket){.name = 0};
	(void)pthread_mutex_unlock(&t->lock);
}
