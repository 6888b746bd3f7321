/*
 * Replies that the program sends as they come into being, on a pool thread that
 * has the connection to itself. The socket does not block; we wait for it here,
 * and look once in a while whether going on makes sense.
 */
#include "base/clock.h"
#include "http/io.h"
#include "http/reply.h"
#include "http/server.h"

#include <errno.h>
#include <linux/sockios.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>

#define SLICE_MS   500	      /* between two looks at the guard */
#define JOIN_MAX   (32 * KIB) /* framing and data in one write */
#define ACK_MIN_US 100	      /* between two looks at what is unacknowledged: */
#define ACK_MAX_US 10000      /* longer and longer */

bool
http_sending(const struct http_req *req)
{
	/* The doors' tests ask without a connection. */
	return req->conn != NULL && req->conn->work->flows;
}

static int
look(struct http_conn *c, struct http_reply *re, int64_t now)
{
	struct work *w = c->work;

	if (now < w->guard_ms)
		return 0;
	w->guard_ms = now + SLICE_MS;
	if (server_phase(c->loop->server) >= SERVER_CUTS)
		return OUT_RANGE;
	if (re->guard != NULL && !re->guard(re->guard_arg))
		return OUT_DENIED;
	return 0;
}

/* Only the time spent waiting for the client counts: a program may be silent
 * for as long as it likes. */
static int
reckon(struct work *w, int64_t waited)
{
	w->flow_blocked_ms += waited;
	if (w->flow_blocked_ms < MINUTE_MS)
		return 0;
	if (w->rate_bytes < HTTP_RATE_MIN * 60)
		return OUT_EXPIRED;
	w->flow_blocked_ms = 0;
	w->rate_bytes = 0;
	return 0;
}

/* Until the socket takes more; *stall_at: when that is too late. */
static int
wait_room(struct http_conn *c, struct http_reply *re, int64_t stall_at)
{
	struct pollfd fd = {
	    .fd = c->fd,
	    .events = c->ssl == NULL || c->wants_write ? POLLOUT : POLLIN,
	};
	int64_t before = clock_mono(), now;
	int64_t ms =
	    stall_at - before < SLICE_MS ? stall_at - before : SLICE_MS;
	int r;

	if (ms <= 0)
		return OUT_EXPIRED;
	if (poll(&fd, 1, (int)ms) < 0 && errno != EINTR)
		return FAIL(-errno);
	now = clock_mono();
	r = reckon(c->work, now - before);
	return r != 0 ? r : look(c, re, now);
}

/* The framing, then the data. */
static int
write_all(struct http_conn *c, struct http_reply *re, struct str frame,
	  struct str data)
{
	int64_t stall_ms = c->loop->server->conf.stall_timeout_ms;
	int64_t stall_at = clock_mono() + stall_ms;
	struct work *w = c->work;

	while (frame.n + data.n > 0) {
		ssize_t k;
		int r;

		c->wants_write = false;
		k = frame.n > 0 ? io_write2(c, frame.p, frame.n, data.p, data.n)
				: io_write(c, data.p, data.n, false);
		if (k == IO_GONE)
			return OUT_RANGE;
		if (k > 0) {
			data = str_sub(
			    data, (size_t)k > frame.n ? (size_t)k - frame.n : 0,
			    SIZE_MAX);
			frame = str_sub(frame, (size_t)k, SIZE_MAX);
			w->rate_bytes += (uint64_t)k;
			stall_at = clock_mono() + stall_ms;
			continue;
		}
		r = wait_room(c, re, stall_at);
		if (r != 0)
			return r;
	}
	return 0;
}

static int
begin(struct http_conn *c, struct http_reply *re)
{
	struct work *w = c->work;
	struct reply_frame frame = {
	    .date = reply_date_now(),
	    .v11 = w->v11,
	    .head_only = w->req.method == HTTP_HEAD,
	};

	if (reply_failed(re) || re->body.n > 0 || re->fd >= 0 ||
	    reply_bodyless(re->status) || !w->req.sends)
		return FAIL(-EINVAL);
	w->flow_chunked = w->v11;
	w->keep = w->keep && w->v11 && !re->close && w->body_done &&
		  server_phase(c->loop->server) == SERVER_RUNS;
	frame.keep = w->keep;
	frame.body = w->v11 ? REPLY_CHUNKED : REPLY_TO_THE_END;
	buf_reset(&w->out);
	if (buf_room(&w->out, HTTP_REPLY_HEAD_MAX + 1 * KIB) != 0)
		return FAIL(-ENOMEM);
	w->out.n = reply_head(re, &frame, w->out.p);
	w->flows = w->answered = true;
	w->guard_ms = 0;
	w->rate_bytes = 0;
	return 0;
}

/* What is in out, then the data. To copy what is short is cheaper with TLS,
 * where each write is a record; a secret goes from where it is. */
static int
write_out(struct http_conn *c, struct http_reply *re, const char *p, size_t n)
{
	struct str data = {p, n};
	struct work *w = c->work;
	int r;

	if (n > 0 && n <= JOIN_MAX && !re->wipe) {
		if (buf_add(&w->out, p, n) != 0)
			return FAIL(-ENOMEM);
		data = STR_NONE;
	}
	r = write_all(c, re, buf_str(&w->out), data);
	buf_reset(&w->out);
	return r;
}

static int
send_piece(struct http_conn *c, struct http_reply *re, const char *p, size_t n)
{
	struct work *w = c->work;
	int r = look(c, re, clock_mono());

	if (r != 0)
		return r;
	if (w->req.method == HTTP_HEAD)
		n = 0;
	if (w->flow_chunked && n > 0) {
		buf_addf(&w->out, "%s%zx\r\n", w->flow_more ? "\r\n" : "", n);
		w->flow_more = true;
	}
	if (buf_err(&w->out) != 0)
		return FAIL(-ENOMEM);
	r = write_out(c, re, p, n);
	if (r == 0)
		w->body_out += n;
	return r;
}

int
http_send(struct http_req *req, struct http_reply *re, const void *p, size_t n)
{
	struct http_conn *c = req->conn;
	struct work *w = c->work;
	int r = w->flow_flaw;

	if (r == 0 && !w->flows) {
		r = begin(c, re);
		if (r != 0)
			return r;
	}
	if (r == 0)
		r = w->flow_flaw = send_piece(c, re, p, n);
	return r;
}

/* Has the client closed its side, or its machine said that there is none? */
static bool
left(const struct http_conn *c, int64_t wait_us)
{
	struct pollfd fd = {.fd = c->fd, .events = POLLRDHUP};
	struct timespec ts = {.tv_nsec = (long)wait_us * 1000};

	return ppoll(&fd, 1, &ts, NULL) > 0 &&
	       (fd.revents & (POLLRDHUP | POLLHUP | POLLERR)) != 0;
}

int
http_look(struct http_req *req, struct http_reply *re)
{
	struct http_conn *c = req->conn;
	int r;

	if (c->work->flow_flaw != 0)
		return c->work->flow_flaw;
	r = look(c, re, clock_mono());
	return r == 0 && left(c, 0) ? OUT_RANGE : r;
}

/* The socket's buffer holds what was not acknowledged, and is emptied by a
 * reset too: so whether the client is there is looked at after it was empty. */
static int
await_acks(struct http_conn *c, struct http_reply *re, int64_t until)
{
	int64_t wait_us = ACK_MIN_US;
	int unsent = 0, r;

	for (;;) {
		r = look(c, re, clock_mono());
		if (r != 0)
			return r;
		if (ioctl(c->fd, SIOCOUTQ, &unsent) != 0)
			return OUT_RANGE;
		if (left(c, unsent == 0 ? 0 : wait_us))
			return OUT_RANGE;
		if (unsent == 0)
			return 0;
		if (clock_mono() >= until)
			return OUT_EXPIRED;
		if (wait_us < ACK_MAX_US)
			wait_us *= 2;
	}
}

int
http_delivered(struct http_req *req, struct http_reply *re, int64_t ms)
{
	struct http_conn *c = req->conn;
	struct work *w = c->work;

	if (!w->flows)
		return FAIL(-EINVAL);
	if (w->flow_flaw == 0) {
		w->guard_ms = 0;
		w->flow_flaw = await_acks(c, re, clock_mono() + ms);
	}
	return w->flow_flaw;
}

enum step
flow_end(struct http_conn *c)
{
	struct work *w = c->work;

	if (w->flow_flaw != 0 || w->reply.cut) {
		c->abort = true;
		return STEP_GONE;
	}
	if (w->flow_chunked && w->req.method != HTTP_HEAD)
		buf_adds(&w->out, w->flow_more ? "\r\n0\r\n\r\n" : "0\r\n\r\n");
	if (buf_err(&w->out) != 0) {
		c->abort = true;
		return STEP_GONE;
	}
	w->linger = !w->keep;
	w->out_at = 0;
	w->body_at = w->reply.body.n;
	w->head_left = w->out.n;
	w->guard_ms = w->rate_ms = c->loop->now_ms;
	w->rate_bytes = 0;
	conn_enter(c, CONN_SEND);
	return STEP_ON;
}
