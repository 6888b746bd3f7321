#include "base/log.h"
#include "core/pubkey.h"
#include "door/git/inner.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#define WORK_STACK (1 * MIB)

struct work {
	struct desk *desk;
	void (*run)(struct work *);
	struct visitor visitor;
	int fd;
	int64_t key;
	struct run *reaps;
};

/* Each thread that ends joins the one that ended before it: when the last of
 * them has been joined, none is in its last steps any more (what the database
 * keeps for a thread is given back there). */
static void *
work_main(void *arg)
{
	struct work *w = arg;
	struct desk *d = w->desk;
	pthread_t before;
	bool has_before;

	w->run(w);
	free(w);
	(void)pthread_mutex_lock(&d->lock);
	before = d->last;
	has_before = d->has_last;
	d->last = pthread_self();
	d->has_last = true;
	d->workers--;
	(void)pthread_cond_broadcast(&d->changed);
	(void)pthread_mutex_unlock(&d->lock);
	if (has_before)
		(void)pthread_join(before, NULL);
	return NULL;
}

static int
begin(struct work *w)
{
	struct desk *d = w->desk;
	pthread_attr_t attr;
	pthread_t thread;
	int r;

	(void)pthread_attr_init(&attr);
	(void)pthread_attr_setstacksize(&attr, WORK_STACK);
	(void)pthread_mutex_lock(&d->lock);
	r = pthread_create(&thread, &attr, work_main, w);
	d->workers += r == 0;
	(void)pthread_mutex_unlock(&d->lock);
	(void)pthread_attr_destroy(&attr);
	return r == 0 ? 0 : FAIL(-r);
}

static void
push(struct work *w)
{
	struct push_ask ask = {.core = w->desk->core,
			       .git = w->desk->git,
			       .visit = &w->visitor.visit,
			       .fd = w->fd};

	push_serve(&ask);
}

int
work_push(struct desk *d, const struct visitor *visitor, int fd)
{
	struct work *w = calloc(1, sizeof(*w));
	int r = w == NULL ? FAIL(-ENOMEM) : 0;

	if (r == 0) {
		w->desk = d;
		w->run = push;
		w->fd = fd;
		visitor_set(&w->visitor, &visitor->visit);
		r = begin(w);
	}
	if (r != 0) {
		free(w);
		(void)close(fd);
	}
	return r;
}

static void
settle(struct work *w)
{
	int r = access_key_settle(w->desk->core, w->key);

	if (r < 0)
		log_fail("access_key_settle", r);
}

void
work_settle(struct desk *d, int64_t access_key)
{
	struct work *w = calloc(1, sizeof(*w));
	int r = w == NULL ? FAIL(-ENOMEM) : 0;

	if (r == 0) {
		w->desk = d;
		w->run = settle;
		w->key = access_key;
		r = begin(w);
	}
	/* The next use tries again. */
	if (r != 0) {
		log_fail("access_key_settle", r);
		free(w);
	}
}

static void
reap(struct work *w)
{
	struct desk *d = w->desk;
	struct run *over = w->reaps;

	over->status = git_wait(d->git, &over->child);
	(void)pthread_mutex_lock(&d->lock);
	STAILQ_INSERT_TAIL(&d->reaped, over, reaped);
	(void)pthread_mutex_unlock(&d->lock);
	desk_wake(d);
}

void
work_reap(struct run *over)
{
	struct desk *d = over->desk;
	struct work *w = calloc(1, sizeof(*w));
	int r = w == NULL ? FAIL(-ENOMEM) : 0;

	if (r == 0) {
		w->desk = d;
		w->run = reap;
		w->reaps = over;
		r = begin(w);
	}
	if (r == 0)
		return;
	free(w);
	over->status = git_wait(d->git, &over->child);
	run_over(over);
}

void
work_wait(struct desk *d)
{
	(void)pthread_mutex_lock(&d->lock);
	while (d->workers > 0)
		(void)pthread_cond_wait(&d->changed, &d->lock);
	if (d->has_last)
		(void)pthread_join(d->last, NULL);
	d->has_last = false;
	(void)pthread_mutex_unlock(&d->lock);
}
