#include "http/io.h"
#include "http/pool.h"
#include "http/server.h"
#include "http/tls.h"

#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#define CONN_TURN 64 /* steps before others get their turn */

struct http_conn *
conn_new(struct loop *loop, int fd)
{
	struct http_server *s = loop->server;
	struct http_conn *c = calloc(1, sizeof(*c));

	if (c == NULL)
		return NULL;
	c->loop = loop;
	c->fd = fd;
	c->state = s->tls != NULL ? CONN_HELLO : CONN_HEAD;
	if (s->tls != NULL && tls_attach(s->tls, c) != 0) {
		free(c);
		return NULL;
	}
	return c;
}

static void
list_add(struct conn_list *l, struct http_conn *c)
{
	c->prev = l->last;
	c->next = NULL;
	if (l->last != NULL)
		l->last->next = c;
	else
		l->first = c;
	l->last = c;
}

static void
list_del(struct conn_list *l, struct http_conn *c)
{
	if (c->prev != NULL)
		c->prev->next = c->next;
	else
		l->first = c->next;
	if (c->next != NULL)
		c->next->prev = c->prev;
	else
		l->last = c->prev;
}

void
conn_enter(struct http_conn *c, enum conn_state state)
{
	list_del(&c->loop->in[c->state], c);
	c->state = state;
	c->since_ms = c->loop->now_ms;
	list_add(&c->loop->in[state], c);
	source_stir(c);
}

static enum step
linger_step(struct http_conn *c)
{
	for (int turn = 0; turn < CONN_TURN; turn++) {
		ssize_t n = io_discard(c);

		if (n == IO_WAIT)
			return STEP_WAIT;
		if (n <= 0)
			return STEP_GONE;
	}
	return STEP_YIELD;
}

static enum step
hello_step(struct http_conn *c)
{
	enum step step = tls_step(c);

	if (step != STEP_ON)
		return step;
	conn_enter(c, CONN_HEAD);
	c->may_read = true;
	return c->shed ? request_refuse(c, 503, "too many connections")
		       : STEP_ON;
}

static enum step
lent_step(struct http_conn *c)
{
	(void)c;
	return STEP_LENT;
}

static enum step (*const steps[CONN_STATES])(struct http_conn *) = {
    [CONN_HELLO] = hello_step,	    [CONN_HEAD] = request_step,
    [CONN_IDLE] = request_step,	    [CONN_BODY] = body_step,
    [CONN_LENT] = lent_step,	    [CONN_SEND] = send_step,
    [CONN_DRAIN] = body_drain_step, [CONN_LINGER] = linger_step,
};

void
conn_go(struct http_conn *c, enum step step)
{
	for (int turn = 0; step == STEP_ON; turn++)
		step = turn < CONN_TURN ? steps[c->state](c) : STEP_YIELD;
	if (step == STEP_YIELD)
		loop_again(c->loop, c);
	else if (step == STEP_GONE)
		conn_close(c);
}

void
conn_event(struct http_conn *c, uint32_t events)
{
	if (events & (EPOLLIN | EPOLLRDHUP | EPOLLHUP | EPOLLERR))
		c->may_read = true;
	if (events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR))
		c->saw_end = true;
	if (c->state == CONN_LENT)
		loop_stir(c);
	else if (!c->again)
		conn_go(c, STEP_ON);
}

/* The one that has waited the longest, whosever it is. */
static struct http_conn *
longest_waits(const struct http_conn *but)
{
	static const enum conn_state waits[] = {
	    CONN_HELLO, CONN_HEAD, CONN_IDLE, CONN_DRAIN, CONN_LINGER};
	struct http_conn *longest = NULL;

	for (size_t i = 0; i < nitems(waits); i++) {
		struct http_conn *c = but->loop->in[waits[i]].first;

		if (c == but)
			c = c->next;
		if (c != NULL &&
		    (longest == NULL || c->since_ms < longest->since_ms))
			longest = c;
	}
	return longest;
}

/* All places are taken: somebody else's may become this one's. Whoever has more
 * networks than there are places takes each from another; then nobody has two,
 * and a place that waits is still one to give. */
static void
place_find(struct http_conn *c)
{
	struct sources *sources = &c->loop->sources;
	struct http_conn *other = sources_give_up(sources, c);

	if (other == NULL && sources->top == 1)
		other = longest_waits(c);
	if (other == NULL)
		return;
	c->shed = false;
	conn_close(other);
}

static void
greet(struct http_conn *c)
{
	struct loop *loop = c->loop;

	c->since_ms = loop->now_ms;
	list_add(&loop->in[c->state], c);
	if (source_join(&loop->sources, c) != 0 || loop_watch(c) != 0) {
		conn_close(c);
		return;
	}
	if (c->shed)
		place_find(c);
	if (c->shed && c->ssl == NULL)
		conn_go(c, request_refuse(c, 503, "too many connections"));
}

/* What the pool thread left to do. */
static enum step
go_on(struct http_conn *c)
{
	switch (c->work->early) {
	case EARLY_NOT:
		return send_start(c);
	case EARLY_PART:
		conn_enter(c, CONN_SEND);
		return STEP_ON;
	case EARLY_ALL:
		return send_end(c);
	case EARLY_GONE:
		break;
	}
	return STEP_GONE;
}

static void
take_back(struct http_conn *c)
{
	bool watched = c->watched;

	if (server_phase(c->loop->server) >= SERVER_CUTS ||
	    (!watched && loop_watch(c) != 0)) {
		/* The kernel is not to go on with half of it. */
		c->abort = c->work->early == EARLY_PART;
		conn_close(c);
		return;
	}
	if (!watched)
		c->may_read = true;
	conn_go(c, go_on(c));
}

void
conn_arrived(struct http_conn *c)
{
	if (c->state == CONN_LENT)
		take_back(c);
	else
		greet(c);
}

enum step
conn_lend(struct http_conn *c)
{
	struct pool *pool = c->loop->server->pool;
	bool stream = c->work->plan == HTTP_STREAM;

	conn_enter(c, CONN_LENT);
	c->stirred = c->may_read;
	/* The pool thread reads the socket itself, and may write to it: our
	 * epoll would wake us for each piece. */
	if (stream && (!body_buffered(c->work) || c->work->req.sends))
		loop_unwatch(c);
	if (pool_push(pool, c, stream))
		return STEP_LENT;
	if (!c->watched && loop_watch(c) != 0)
		return STEP_GONE;
	c->may_read = true;
	loop_count(&c->loop->shed);
	return request_refuse(c, 503, "too many requests are waiting");
}

void
conn_expire(struct http_conn *c)
{
	struct work *w = c->work;
	bool late = c->state == CONN_BODY ||
		    (c->state == CONN_HEAD && w != NULL && w->end > w->start);

	if (late) {
		w->pos = w->end;
		conn_go(c, request_refuse(c, 408, "the request took too long"));
		return;
	}
	conn_close(c);
}

/* Let the kernel forget what it has not sent yet. */
static void
reset(struct http_conn *c)
{
	struct linger none = {.l_onoff = 1, .l_linger = 0};

	(void)setsockopt(c->fd, SOL_SOCKET, SO_LINGER, &none, sizeof(none));
}

/* A connection that is in loop->again stays there, without a socket, until
 * its turn comes. */
void
conn_close(struct http_conn *c)
{
	struct loop *loop = c->loop;

	list_del(&loop->in[c->state], c);
	source_leave(&loop->sources, c);
	if (c->work != NULL) {
		send_over(c);
		work_put(loop, TAKE(c->work));
	}
	if (c->abort)
		reset(c);
	if (c->ssl != NULL) {
		if (!c->broken && !c->abort && c->state != CONN_LINGER)
			io_finish(c);
		tls_detach(c);
	}
	/* Closing does not: a child that is being started may have it open, and
	 * the epoll would wake us for what has been freed. */
	if (c->watched)
		loop_unwatch(c);
	(void)close(c->fd);
	c->fd = -1;
	atomic_fetch_sub_explicit(&loop->open, 1, memory_order_relaxed);
	atomic_fetch_sub_explicit(&loop->server->open, 1, memory_order_release);
	if (!c->again)
		free(c);
}
