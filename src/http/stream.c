#include "base/clock.h"
#include "http/io.h"
#include "http/server.h"

#include <errno.h>
#include <poll.h>

#define SLICE_MS 500 /* between two looks at the guard */

/* Reading a body on a pool thread: when it began to wait, when it last asked
 * the guard. */
struct wait {
	int64_t stall_at, ask_at;
};

static int
ask(struct http_conn *c, int64_t now, int64_t *ask_at)
{
	struct work *w = c->work;

	if (now < *ask_at)
		return 0;
	*ask_at = now + SLICE_MS;
	if (server_phase(c->loop->server) >= SERVER_CUTS)
		return OUT_RANGE;
	if (w->body_guard != NULL && !w->body_guard(w->body_guard_arg))
		return OUT_DENIED;
	return 0;
}

/* Too slow over a minute is as bad as not at all. */
static int
reckon(struct http_conn *c, int64_t now, size_t n)
{
	struct work *w = c->work;

	w->rate_bytes += n;
	if (now - w->rate_ms < MINUTE_MS)
		return 0;
	if (w->rate_bytes < HTTP_RATE_MIN * 60)
		return OUT_EXPIRED;
	w->rate_ms = now;
	w->rate_bytes = 0;
	return 0;
}

static int
wait_more(struct http_conn *c, int64_t now, int64_t stall_at)
{
	struct pollfd fd = {
	    .fd = c->fd,
	    .events = c->wants_write ? POLLOUT : POLLIN,
	};
	int64_t ms = stall_at - now < SLICE_MS ? stall_at - now : SLICE_MS;

	if (ms <= 0)
		return OUT_EXPIRED;
	if (poll(&fd, 1, (int)ms) < 0 && errno != EINTR)
		return FAIL(-errno);
	return 0;
}

static int
read_wait(struct http_conn *c, char *p, size_t n, size_t *ret)
{
	struct work *w = c->work;
	int64_t now = clock_mono();
	int64_t stall_at = now + c->loop->server->conf.stall_timeout_ms;
	int r;

	for (;;) {
		r = ask(c, now, &w->guard_ms);
		if (r == 0)
			r = reckon(c, now, 0);
		if (r != 0)
			return r;
		r = body_pull(c, p, n, ret);
		if (r != OUT_BUSY)
			break;
		r = wait_more(c, now, stall_at);
		if (r != 0)
			return r;
		now = clock_mono();
	}
	return r != 0 ? r : reckon(c, now, *ret);
}

static int
raw_read(struct http_req *req, void *p, size_t n, size_t *ret)
{
	struct http_conn *c = req->conn;
	struct work *w = c->work;
	size_t got = 0, more;
	int r;

	if (w->body_flaw != 0)
		return w->body_flaw;
	if (w->plan != HTTP_STREAM || w->body_done || n == 0) {
		*ret = 0;
		return 0;
	}
	if (w->rate_ms == 0) {
		w->rate_ms = clock_mono();
		w->rate_bytes = 0;
	}
	r = body_invite(c) ? read_wait(c, p, n, &got) : OUT_RANGE;
	/* What else is there already saves the caller a small write. */
	while (r == 0 && got < n && !w->body_done) {
		r = body_pull(c, (char *)p + got, n - got, &more);
		if (r == OUT_BUSY) {
			r = 0;
			break;
		}
		w->rate_bytes += more;
		got += more;
	}
	/* What came before a flaw is delivered first. */
	if (r != 0)
		w->body_flaw = r;
	if (r != 0 && got == 0)
		return r;
	*ret = got;
	return 0;
}

int
http_body_read(struct http_req *req, void *p, size_t n, size_t *ret)
{
	struct work *w = req->conn->work;

	if (w->gunzip == NULL)
		return raw_read(req, p, n, ret);
	return gunzip_read(w->gunzip, raw_read, req, p, n, ret);
}

int
http_body_flaw(const struct http_req *req)
{
	/* The doors' tests ask without a connection. */
	return req->conn != NULL ? req->conn->work->body_flaw : 0;
}

void
http_body_guard(struct http_req *req, bool (*guard)(void *), void *arg)
{
	struct work *w = req->conn->work;

	w->body_guard = guard;
	w->body_guard_arg = arg;
}
