#include "base/secret.h"

#include "base/out.h"

#include <errno.h>
#include <pthread.h>
#include <string.h>
#include <sys/mman.h>

struct secret_slot {
	struct secret_slot *next; /* in the free list */
	size_t n;
	char bytes[SECRET_MAX];
};

static pthread_once_t pool_once = PTHREAD_ONCE_INIT;
static pthread_mutex_t pool_lock = PTHREAD_MUTEX_INITIALIZER;
static struct secret_slot *pool_free;

static void
pool_make(void)
{
	size_t size = SECRET_SLOTS * sizeof(struct secret_slot);
	struct secret_slot *slots;

	slots = mmap(NULL, size, PROT_READ | PROT_WRITE,
		     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (slots == MAP_FAILED)
		return;
	/* Both are precautions that a container may not grant. */
	(void)mlock(slots, size);
	(void)madvise(slots, size, MADV_DONTDUMP);
	for (size_t i = SECRET_SLOTS; i-- > 0;) {
		slots[i].next = pool_free;
		pool_free = &slots[i];
	}
}

static struct secret_slot *
slot_take(void)
{
	struct secret_slot *slot;

	(void)pthread_once(&pool_once, pool_make);
	(void)pthread_mutex_lock(&pool_lock);
	slot = pool_free;
	if (slot != NULL)
		pool_free = slot->next;
	(void)pthread_mutex_unlock(&pool_lock);
	return slot;
}

int
secret_set(struct secret *s, struct str value)
{
	if (value.n > SECRET_MAX)
		return OUT_TOO_LARGE;
	if (s->slot == NULL)
		s->slot = slot_take();
	if (s->slot == NULL)
		return FAIL(-ENOMEM);
	/* The value may be part of what this very slot holds. */
	if (value.n > 0)
		memmove(s->slot->bytes, value.p, value.n);
	s->slot->n = value.n;
	mem_wipe(s->slot->bytes + value.n, SECRET_MAX - value.n);
	return 0;
}

void
secret_clear(struct secret *s)
{
	struct secret_slot *slot = TAKE(s->slot);

	if (slot == NULL)
		return;
	mem_wipe(slot, sizeof(*slot));
	(void)pthread_mutex_lock(&pool_lock);
	slot->next = pool_free;
	pool_free = slot;
	(void)pthread_mutex_unlock(&pool_lock);
}

bool
secret_equal(const struct secret *s, struct str value)
{
	return s->slot != NULL && mem_equal(secret_reveal(s), value);
}

struct str
secret_reveal(const struct secret *s)
{
	if (s->slot == NULL)
		return STR_NONE;
	return (struct str){s->slot->bytes, s->slot->n};
}

void
mem_wipe(void *p, size_t n)
{
	explicit_bzero(p, n);
}

bool
mem_equal(struct str a, struct str b)
{
	volatile unsigned char differ = 0;

	if (a.n != b.n)
		return false;
	for (size_t i = 0; i < a.n; i++)
		differ = (unsigned char)(differ | (a.p[i] ^ b.p[i]));
	return differ == 0;
}
