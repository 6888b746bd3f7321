#include "http/loop.h"

#include "base/clock.h"
#include "base/out.h"
#include "http/reply.h"
#include "http/server.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#define EVENTS_MAX	128
#define TICK_MS		1000
#define TICK_MIN_MS	10
#define DRAIN_TICK_MS	20
#define DRAIN_LINGER_MS 500
#define DRAIN_FRESH_MS	250 /* for a new connection's request to come in */

static int
add_fd(struct loop *loop, int fd, uint32_t events, void *what)
{
	struct epoll_event ev = {.events = events, .data.ptr = what};

	return epoll_ctl(loop->epoll_fd, EPOLL_CTL_ADD, fd, &ev) == 0
		   ? 0
		   : FAIL(-errno);
}

int
loop_init(struct loop *loop, struct http_server *s)
{
	loop->server = s;
	loop->again_end = &loop->again;
	loop->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	loop->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	loop->spare_fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
	loop->scratch = malloc(LOOP_SCRATCH);
	(void)pthread_mutex_init(&loop->lock, NULL);
	if (sources_init(&loop->sources, (size_t)s->conf.connections_max +
					     HTTP_SHED_MAX +
					     HTTP_EVENT_THREADS_MAX + 1) != 0)
		return FAIL(-ENOMEM);
	if (loop->epoll_fd < 0 || loop->wake_fd < 0 || loop->spare_fd < 0)
		return FAIL(-errno);
	if (loop->scratch == NULL)
		return FAIL(-ENOMEM);
	return add_fd(loop, loop->wake_fd, EPOLLIN, &loop->wake_fd);
}

void
loop_clear(struct loop *loop)
{
	while (loop->spare != NULL) {
		struct work *w = loop->spare;

		loop->spare = w->next;
		work_free(w);
	}
	free(loop->scratch);
	sources_clear(&loop->sources);
	if (loop->epoll_fd >= 0)
		(void)close(loop->epoll_fd);
	if (loop->wake_fd >= 0)
		(void)close(loop->wake_fd);
	if (loop->spare_fd >= 0)
		(void)close(loop->spare_fd);
	(void)pthread_mutex_destroy(&loop->lock);
}

void
loop_wake(struct loop *loop)
{
	uint64_t one = 1;

	/* Can only fail when it is awake anyway. */
	if (write(loop->wake_fd, &one, sizeof(one)) < 0)
		return;
}

void
loop_post(struct loop *loop, struct http_conn *c, bool lazy)
{
	bool wakes;

	(void)pthread_mutex_lock(&loop->lock);
	wakes = (!lazy || c->stirred) && !loop->woken;
	loop->woken |= wakes;
	c->more = loop->inbox;
	loop->inbox = c;
	(void)pthread_mutex_unlock(&loop->lock);
	if (wakes)
		loop_wake(loop);
}

void
loop_stir(struct http_conn *c)
{
	(void)pthread_mutex_lock(&c->loop->lock);
	c->stirred = true;
	(void)pthread_mutex_unlock(&c->loop->lock);
}

void
loop_again(struct loop *loop, struct http_conn *c)
{
	if (c->again)
		return;
	c->again = true;
	c->more = NULL;
	*loop->again_end = c;
	loop->again_end = &c->more;
}

int
loop_watch(struct http_conn *c)
{
	/* Edges for both directions, once: no further call while it lives. */
	int r = add_fd(c->loop, c->fd,
		       EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET, c);

	c->watched = r == 0;
	return r;
}

void
loop_unwatch(struct http_conn *c)
{
	(void)epoll_ctl(c->loop->epoll_fd, EPOLL_CTL_DEL, c->fd, NULL);
	c->watched = false;
}

static void
listen_set(struct loop *loop, bool on)
{
	int fd = loop->server->listen_fd;

	if (on == loop->listening)
		return;
	/* EXCLUSIVE: a new connection wakes one loop, not all of them. */
	if (on && add_fd(loop, fd, EPOLLIN | EPOLLEXCLUSIVE, loop) != 0) {
		loop->listen_at_ms = loop->now_ms + TICK_MS;
		return;
	}
	if (!on)
		(void)epoll_ctl(loop->epoll_fd, EPOLL_CTL_DEL, fd, NULL);
	loop->listening = on;
}

static void
calm(struct loop *loop)
{
	uint64_t n;

	if (read(loop->wake_fd, &n, sizeof(n)) < 0)
		return; /* somebody's wake is still to come */
}

static void
take_inbox(struct loop *loop)
{
	struct http_conn *c, *next, *in_order = NULL;

	(void)pthread_mutex_lock(&loop->lock);
	c = TAKE(loop->inbox);
	loop->woken = false;
	(void)pthread_mutex_unlock(&loop->lock);
	for (; c != NULL; c = next) {
		next = c->more;
		c->more = in_order;
		in_order = c;
	}
	for (c = in_order; c != NULL; c = next) {
		next = c->more;
		conn_arrived(c);
	}
}

static void
run_again(struct loop *loop)
{
	struct http_conn *c = TAKE(loop->again), *next;

	loop->again_end = &loop->again;
	for (; c != NULL; c = next) {
		next = c->more;
		c->again = false;
		if (c->fd < 0)
			free(c); /* closed in the meantime */
		else
			conn_go(c, STEP_ON);
	}
}

static void
expire(struct loop *loop, enum conn_state state, int64_t ms)
{
	struct http_conn *c;

	while ((c = loop->in[state].first) != NULL &&
	       loop->now_ms - c->since_ms >= ms)
		conn_expire(c);
}

static void
tick(struct loop *loop)
{
	const struct http_conf *conf = &loop->server->conf;
	struct http_conn *c, *next;

	expire(loop, CONN_HELLO, conf->head_timeout_ms);
	expire(loop, CONN_HEAD, conf->head_timeout_ms);
	expire(loop, CONN_IDLE, loop->drains ? 0 : conf->idle_timeout_ms);
	expire(loop, CONN_BODY, conf->body_timeout_ms);
	expire(loop, CONN_DRAIN, HTTP_LINGER_MS);
	expire(loop, CONN_LINGER,
	       loop->drains ? DRAIN_LINGER_MS : HTTP_LINGER_MS);
	for (c = loop->in[CONN_SEND].first; c != NULL; c = next) {
		next = c->next;
		if (!send_alive(c))
			conn_close(c);
	}
	if (!loop->drains)
		return;
	for (c = loop->in[CONN_HEAD].first; c != NULL; c = next) {
		next = c->next;
		if (c->work == NULL &&
		    loop->now_ms - c->since_ms >= DRAIN_FRESH_MS)
			conn_close(c);
	}
}

static int64_t
tick_ms(const struct loop *loop)
{
	const struct http_conf *conf = &loop->server->conf;
	const int64_t all[] = {conf->head_timeout_ms, conf->idle_timeout_ms,
			       conf->body_timeout_ms, conf->stall_timeout_ms};
	int64_t ms = loop->drains ? DRAIN_TICK_MS : TICK_MS;

	for (size_t i = 0; i < nitems(all); i++)
		if (all[i] / 4 < ms)
			ms = all[i] / 4;
	return ms < TICK_MIN_MS ? TICK_MIN_MS : ms;
}

/* The server's phase has changed. */
static void
follow(struct loop *loop)
{
	enum server_phase phase = server_phase(loop->server);
	struct http_conn *c, *next;

	if (phase >= SERVER_DRAINS && !loop->drains) {
		if (loop->listening)
			listen_accept(loop); /* who knocked already gets in */
		listen_set(loop, false);
		loop->drains = true;
		loop->tick_at_ms = loop->now_ms;
		atomic_fetch_add_explicit(&loop->server->deaf, 1,
					  memory_order_release);
	}
	if (phase < SERVER_CUTS)
		return;
	for (int state = 0; state < CONN_STATES; state++) {
		for (c = loop->in[state].first; c != NULL; c = next) {
			next = c->next;
			c->abort = state == CONN_SEND;
			if (state == CONN_LENT)
				(void)shutdown(c->fd, SHUT_RDWR);
			else
				conn_close(c);
		}
	}
}

static int
wait_ms(const struct loop *loop)
{
	bool rests = !loop->listening && !loop->drains;
	int64_t until = loop->tick_at_ms;

	if (loop->again != NULL)
		return 0;
	if (rests && loop->listen_at_ms < until)
		until = loop->listen_at_ms;
	else if (!rests &&
		 atomic_load_explicit(&loop->open, memory_order_relaxed) == 0)
		return -1; /* no deadline without a connection */
	return until <= loop->now_ms ? 0 : (int)(until - loop->now_ms);
}

static void
round_of_events(struct loop *loop, const struct epoll_event *ev, int n)
{
	for (int i = 0; i < n; i++) {
		if (ev[i].data.ptr == &loop->wake_fd)
			calm(loop);
		else if (ev[i].data.ptr == loop)
			listen_accept(loop);
		else
			conn_event(ev[i].data.ptr, ev[i].events);
	}
	/* Last, since it may free connections that ev still points to; always,
	 * since what came lazily wakes nobody. */
	take_inbox(loop);
	run_again(loop);
	if (server_phase(loop->server) != SERVER_RUNS)
		follow(loop);
	else if (!loop->listening && loop->now_ms >= loop->listen_at_ms)
		listen_set(loop, true);
	if (loop->now_ms >= loop->tick_at_ms) {
		tick(loop);
		loop->tick_at_ms = loop->now_ms + tick_ms(loop);
	}
}

static void *
loop_main(void *arg)
{
	struct epoll_event ev[EVENTS_MAX];
	struct loop *loop = arg;
	int n;

	loop->now_ms = clock_mono();
	listen_set(loop, true);
	while (server_phase(loop->server) != SERVER_ENDS ||
	       atomic_load_explicit(&loop->open, memory_order_acquire) > 0 ||
	       loop->again != NULL) {
		n = epoll_wait(loop->epoll_fd, ev, EVENTS_MAX, wait_ms(loop));
		loop->now_ms = clock_mono();
		round_of_events(loop, ev, n);
	}
	return NULL;
}

int
loop_start(struct loop *loop)
{
	int r = pthread_create(&loop->thread, NULL, loop_main, loop);

	loop->started = r == 0;
	return r == 0 ? 0 : FAIL(-r);
}
