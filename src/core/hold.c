#include "core/hold.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>

#define WORD_MAX 33

struct upload_hold {
	struct upload_hold *next;
	char id[WORD_MAX], key[WORD_MAX];
	atomic_bool ended;
};

/* As many as there are requests that upload now, so a list will do. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct upload_hold *all;

static struct upload_hold *
find(struct str id)
{
	struct upload_hold *h = all;

	while (h != NULL && !str_eq(str_c(h->id), id))
		h = h->next;
	return h;
}

int
hold_take(struct str id, struct upload_hold **ret)
{
	struct upload_hold *h = calloc(1, sizeof(*h));
	bool taken;

	if (h == NULL)
		return FAIL(-ENOMEM);
	(void)snprintf(h->id, sizeof(h->id), "%.*s", STR_ARG(id));
	(void)pthread_mutex_lock(&lock);
	taken = find(id) != NULL;
	if (!taken) {
		h->next = all;
		all = h;
	}
	(void)pthread_mutex_unlock(&lock);
	if (taken) {
		free(h);
		return OUT_BUSY;
	}
	*ret = h;
	return 0;
}

void
hold_name(struct upload_hold *h, struct str key)
{
	(void)pthread_mutex_lock(&lock);
	(void)snprintf(h->key, sizeof(h->key), "%.*s", STR_ARG(key));
	(void)pthread_mutex_unlock(&lock);
}

bool
hold_drop(struct upload_hold *h)
{
	struct upload_hold **at;
	bool ended;

	if (h == NULL)
		return false;
	(void)pthread_mutex_lock(&lock);
	for (at = &all; *at != h; at = &(*at)->next)
		;
	*at = h->next;
	(void)pthread_mutex_unlock(&lock);
	ended = atomic_load(&h->ended);
	free(h);
	return ended;
}

bool
hold_ended(const struct upload_hold *h)
{
	return atomic_load(&h->ended);
}

bool
hold_end(struct str id)
{
	struct upload_hold *h;

	(void)pthread_mutex_lock(&lock);
	h = find(id);
	if (h != NULL)
		atomic_store(&h->ended, true);
	(void)pthread_mutex_unlock(&lock);
	return h != NULL;
}

bool
hold_has(struct str id)
{
	bool has;

	(void)pthread_mutex_lock(&lock);
	has = find(id) != NULL;
	(void)pthread_mutex_unlock(&lock);
	return has;
}

bool
hold_has_key(struct str key)
{
	const struct upload_hold *h;

	(void)pthread_mutex_lock(&lock);
	for (h = all; h != NULL; h = h->next)
		if (h->key[0] == '\0' || str_eq(str_c(h->key), key))
			break;
	(void)pthread_mutex_unlock(&lock);
	return h != NULL;
}
