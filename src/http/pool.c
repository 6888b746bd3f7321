#include "http/pool.h"

#include "http/server.h"

#include <errno.h>
#include <stdlib.h>
#include <time.h>

#define LINGER_S 10 /* a thread without work ends after that */

enum lane { LANE_SHORT, LANE_STREAM, LANES };

struct queue {
	struct http_conn *first, **last;
	unsigned n;
};

struct pool {
	struct http_server *server;
	pthread_mutex_t lock;
	pthread_cond_t work, ended;
	struct queue lanes[LANES];
	unsigned threads, idle, max;
	unsigned streams, streams_max; /* running */
	pthread_t last;		       /* to end, not joined yet */
	bool has_last, ends;
};

struct pool *
pool_new(struct http_server *s, unsigned threads_max)
{
	struct pool *p = calloc(1, sizeof(*p));
	pthread_condattr_t attr;

	if (p == NULL)
		return NULL;
	p->server = s;
	p->max = threads_max;
	p->streams_max = threads_max - threads_max / 4;
	for (int i = 0; i < LANES; i++)
		p->lanes[i].last = &p->lanes[i].first;
	(void)pthread_mutex_init(&p->lock, NULL);
	(void)pthread_condattr_init(&attr);
	(void)pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	(void)pthread_cond_init(&p->work, &attr);
	(void)pthread_cond_init(&p->ended, &attr);
	(void)pthread_condattr_destroy(&attr);
	return p;
}

/* Queued requests that a free thread could take now. */
static unsigned
ready(const struct pool *p)
{
	unsigned streams = p->streams_max - p->streams;

	if (streams > p->lanes[LANE_STREAM].n)
		streams = p->lanes[LANE_STREAM].n;
	return p->lanes[LANE_SHORT].n + streams;
}

static struct http_conn *
take(struct pool *p, enum lane *ret_lane)
{
	enum lane lane = p->lanes[LANE_SHORT].n > 0 ? LANE_SHORT : LANE_STREAM;
	struct queue *q = &p->lanes[lane];
	struct http_conn *c = q->first;

	q->first = c->more;
	if (q->first == NULL)
		q->last = &q->first;
	q->n--;
	p->streams += lane == LANE_STREAM;
	*ret_lane = lane;
	return c;
}

/* Wait for work; false: there was none for long, or there will be none. */
static bool
await(struct pool *p)
{
	struct timespec until;
	int r = 0;

	(void)clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += LINGER_S;
	p->idle++;
	while (ready(p) == 0 && r == 0 && !p->ends)
		r = pthread_cond_timedwait(&p->work, &p->lock, &until);
	p->idle--;
	return ready(p) > 0;
}

static void
run(struct pool *p, struct http_conn *c)
{
	const struct http_app *app = &p->server->app;
	struct work *w = c->work;
	bool lazy = false;

	/* Nobody would see what is answered after the cut. */
	if (server_phase(p->server) < SERVER_CUTS) {
		app->run(app->arg, &w->req, &w->reply);
		lazy = early_send(c);
	}
	loop_post(c->loop, c, lazy);
}

/* Each thread that ends joins the one that ended before it: what is freed after
 * the pool must not be in use by the last steps of any (the destructors of what
 * is kept per thread). With the lock held, which is let go. */
static void
end(struct pool *p)
{
	pthread_t before = p->last;
	bool has_before = p->has_last;

	p->last = pthread_self();
	p->has_last = true;
	p->threads--;
	(void)pthread_cond_signal(&p->ended);
	(void)pthread_mutex_unlock(&p->lock);
	if (has_before)
		(void)pthread_join(before, NULL);
}

static void *
pool_main(void *arg)
{
	struct pool *p = arg;

	(void)pthread_mutex_lock(&p->lock);
	while (await(p)) {
		enum lane lane;
		struct http_conn *c = take(p, &lane);

		(void)pthread_mutex_unlock(&p->lock);
		run(p, c);
		(void)pthread_mutex_lock(&p->lock);
		p->streams -= lane == LANE_STREAM;
	}
	end(p);
	return NULL;
}

/* One more thread when all are busy. Without memory for it the request waits
 * for another thread, if there is one. */
static bool
grow(struct pool *p)
{
	pthread_attr_t attr;
	pthread_t thread;
	int r;

	if (p->idle >= ready(p) || p->threads >= p->max)
		return true;
	(void)pthread_attr_init(&attr);
	(void)pthread_attr_setstacksize(&attr, HTTP_STACK);
	r = pthread_create(&thread, &attr, pool_main, p);
	(void)pthread_attr_destroy(&attr);
	p->threads += r == 0;
	return p->threads > 0;
}

bool
pool_push(struct pool *p, struct http_conn *c, bool stream)
{
	struct queue *q = &p->lanes[stream ? LANE_STREAM : LANE_SHORT];
	bool taken;

	(void)pthread_mutex_lock(&p->lock);
	taken =
	    p->lanes[LANE_SHORT].n + p->lanes[LANE_STREAM].n < HTTP_QUEUE_MAX;
	if (taken) {
		struct http_conn **last = q->last;

		c->more = NULL;
		*q->last = c;
		q->last = &c->more;
		q->n++;
		taken = grow(p);
		if (!taken) {
			*last = NULL;
			q->last = last;
			q->n--;
		}
	}
	(void)pthread_mutex_unlock(&p->lock);
	/* Not under the lock: the thread would wake only to wait for it. */
	if (taken)
		(void)pthread_cond_signal(&p->work);
	return taken;
}

unsigned
pool_threads(struct pool *p)
{
	unsigned n;

	(void)pthread_mutex_lock(&p->lock);
	n = p->threads;
	(void)pthread_mutex_unlock(&p->lock);
	return n;
}

void
pool_free(struct pool *p)
{
	if (p == NULL)
		return;
	(void)pthread_mutex_lock(&p->lock);
	p->ends = true;
	(void)pthread_cond_broadcast(&p->work);
	while (p->threads > 0)
		(void)pthread_cond_wait(&p->ended, &p->lock);
	(void)pthread_mutex_unlock(&p->lock);
	if (p->has_last)
		(void)pthread_join(p->last, NULL);
	(void)pthread_cond_destroy(&p->work);
	(void)pthread_cond_destroy(&p->ended);
	(void)pthread_mutex_destroy(&p->lock);
	free(p);
}
