#include "base/log.h"
#include "core/pubkey.h"
#include "door/git/inner.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#define JOB_STACK (1 * MIB)

struct job {
	struct desk *desk;
	void (*run)(struct job *);
	struct visitor visitor;
	int64_t key;
	struct run *of;
};

/* Each thread that ends joins the one that ended before it: when the last of
 * them has been joined, none is in its last steps any more (what the database
 * keeps for a thread is given back there). */
static void *
job_main(void *arg)
{
	struct job *j = arg;
	struct desk *d = j->desk;
	pthread_t before;
	bool has_before;

	j->run(j);
	free(j);
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
begin(struct job *j)
{
	struct desk *d = j->desk;
	pthread_attr_t attr;
	pthread_t thread;
	int r;

	(void)pthread_attr_init(&attr);
	(void)pthread_attr_setstacksize(&attr, JOB_STACK);
	(void)pthread_mutex_lock(&d->lock);
	r = pthread_create(&thread, &attr, job_main, j);
	d->workers += r == 0;
	(void)pthread_mutex_unlock(&d->lock);
	(void)pthread_attr_destroy(&attr);
	return r == 0 ? 0 : FAIL(-r);
}

/* From here on it is the desk's again. */
static void
tell(struct desk *d, struct run *run)
{
	(void)pthread_mutex_lock(&d->lock);
	STAILQ_INSERT_TAIL(&d->told, run, told);
	(void)pthread_mutex_unlock(&d->lock);
	desk_wake(d);
}

static void
push(struct job *j)
{
	struct desk *d = j->desk;
	struct push_ask ask = {
	    .core = d->core, .git = d->git, .visit = &j->visitor.visit};
	int r = run_start_push(j->of, &ask.fd);

	j->of->error = r;
	tell(d, j->of);
	if (r == 0)
		push_serve(&ask);
}

int
job_push(struct run *of)
{
	struct job *j = calloc(1, sizeof(*j));
	int r;

	if (j == NULL)
		return FAIL(-ENOMEM);
	j->desk = of->desk;
	j->run = push;
	j->of = of;
	visitor_set(&j->visitor, &of->visitor.visit);
	r = begin(j);
	if (r != 0)
		free(j);
	return r;
}

static void
settle(struct job *j)
{
	int r = access_key_settle(j->desk->core, j->key);

	if (r < 0)
		log_fail("access_key_settle", r);
}

void
job_settle(struct desk *d, int64_t access_key)
{
	struct job *j = calloc(1, sizeof(*j));
	int r = j == NULL ? FAIL(-ENOMEM) : 0;

	if (r == 0) {
		j->desk = d;
		j->run = settle;
		j->key = access_key;
		r = begin(j);
	}
	/* The next use tries again. */
	if (r != 0) {
		log_fail("access_key_settle", r);
		free(j);
	}
}

static void
reap(struct job *j)
{
	struct desk *d = j->desk;

	j->of->status = git_wait(d->git, &j->of->child);
	tell(d, j->of);
}

void
job_reap(struct run *over)
{
	struct desk *d = over->desk;
	struct job *j = calloc(1, sizeof(*j));
	int r = j == NULL ? FAIL(-ENOMEM) : 0;

	if (r == 0) {
		j->desk = d;
		j->run = reap;
		j->of = over;
		r = begin(j);
	}
	if (r == 0)
		return;
	free(j);
	over->status = git_wait(d->git, &over->child);
	run_over(over);
}

void
job_wait(struct desk *d)
{
	(void)pthread_mutex_lock(&d->lock);
	while (d->workers > 0)
		(void)pthread_cond_wait(&d->changed, &d->lock);
	if (d->has_last)
		(void)pthread_join(d->last, NULL);
	d->has_last = false;
	(void)pthread_mutex_unlock(&d->lock);
}
