#include "http/io.h"
#include "http/reply.h"
#include "http/server.h"

#include "base/secret.h"

#include <errno.h>
#include <linux/sockios.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define SEND_TURN      (1 * MIB)   /* before others get their turn */
#define SEND_PIECE     (256 * KIB) /* of a body in memory */
#define SENDFILE_PIECE (1 * MIB)
#define TLS_PIECE      (16 * KIB) /* one record: partial writes end with it */
#define GUARD_MS       500

/* What the program's reply cannot be is our 500. */
static void
settle(struct http_conn *c)
{
	const struct http_app *app = &c->loop->server->app;
	struct work *w = c->work;
	struct http_reply *re = &w->reply;

	if (!reply_failed(re))
		return;
	reply_end(re);
	app->refuse(app->arg, &w->req, 500, "the reply failed", re);
	if (re->status == 0 || reply_failed(re)) {
		reply_end(re);
		re->status = 500;
	}
	re->close = true;
}

void
send_settle(struct http_conn *c, int64_t now)
{
	struct work *w = c->work;
	bool wanted = w->keep && !w->reply.close;
	bool skipped = body_skip(c);

	w->keep = wanted && skipped && !c->shed && w->begun &&
		  server_phase(c->loop->server) == SERVER_RUNS;
	w->linger = !w->keep && (!skipped || !w->body_done || w->reply.close ||
				 wanted || w->pos < w->end);
	w->answered = true;
	w->rate_ms = now;
	w->rate_bytes = 0;
}

/* A guard may say no at once; it is asked before the first byte too. */
static bool
guarded(struct http_conn *c)
{
	struct http_reply *re = &c->work->reply;

	c->work->guard_ms = c->loop->now_ms;
	c->abort = re->guard != NULL && !re->guard(re->guard_arg);
	return !c->abort;
}

void
send_count(struct work *w, size_t n)
{
	size_t head = n < w->head_left ? n : w->head_left;

	w->head_left -= head;
	w->body_out += n - head;
	w->rate_bytes += n;
}

static void
sent(struct http_conn *c, size_t n)
{
	send_count(c->work, n);
	c->since_ms = c->loop->now_ms;
}

/* The beginning of the body, to go out along with the head. */
static ssize_t
body_start(struct http_conn *c, char *p, size_t room)
{
	struct work *w = c->work;
	struct http_reply *re = &w->reply;
	ssize_t n;

	if (re->fd < 0) {
		w->body_at = re->body.n < room ? re->body.n : room;
		memcpy(p, re->body.p, w->body_at);
		return (ssize_t)w->body_at;
	}
	w->file_left = re->fd_len;
	if (re->fd_len > room)
		return 0;
	do
		n = pread(re->fd, p, (size_t)re->fd_len, re->fd_off);
	while (n < 0 && errno == EINTR);
	if (n < 0 || (uint64_t)n != re->fd_len)
		return -1;
	w->file_left = 0;
	return n;
}

static bool
more_follows(const struct work *w)
{
	return w->file_left > 0 || w->body_at < w->reply.body.n;
}

/* Send what was put together; keep what the socket does not take. */
static enum step
send_first(struct http_conn *c, const char *p, size_t n)
{
	struct work *w = c->work;
	size_t at = 0;

	while (at < n) {
		ssize_t r = io_write(c, p + at, n - at, more_follows(w));

		if (r == IO_GONE)
			return STEP_GONE;
		if (r == IO_WAIT)
			break;
		sent(c, (size_t)r);
		at += (size_t)r;
	}
	if (at < n && buf_add(&w->out, p + at, n - at) != 0)
		return STEP_GONE;
	return STEP_ON;
}

bool
send_head(struct work *w, char *p)
{
	bool head_only = w->req.method == HTTP_HEAD;
	bool empty = head_only || reply_bodyless(w->reply.status);
	struct reply_frame frame = {
	    .date = reply_date_now(),
	    .v11 = w->v11,
	    .keep = w->keep,
	    .head_only = head_only,
	};

	w->head_left = reply_head(&w->reply, &frame, p);
	w->body_at = empty ? w->reply.body.n : 0;
	return !empty;
}

static enum step
compose(struct http_conn *c)
{
	struct work *w = c->work;
	struct http_reply *re = &w->reply;
	char *p = c->loop->scratch;
	ssize_t n = 0;
	enum step step;

	if (send_head(w, p))
		n = body_start(c, p + w->head_left, LOOP_SMALL);
	if (n < 0)
		return STEP_GONE;
	n += (ssize_t)w->head_left;
	step = send_first(c, p, (size_t)n);
	if (re->wipe)
		mem_wipe(p, (size_t)n);
	return step;
}

enum step
send_end(struct http_conn *c)
{
	struct work *w = c->work;
	bool keep = w->keep, linger = w->linger;

	send_over(c);
	if (keep && w->body_done)
		return request_next(c);
	if (keep) {
		conn_enter(c, CONN_DRAIN);
		return STEP_ON;
	}
	if (!linger)
		return STEP_GONE;
	work_put(c->loop, TAKE(c->work));
	io_finish(c);
	conn_enter(c, CONN_LINGER);
	return STEP_ON;
}

enum step
send_start(struct http_conn *c)
{
	struct work *w = c->work;
	enum step step;

	if (w->flows)
		return flow_end(c);
	settle(c);
	send_settle(c, c->loop->now_ms);
	if (!guarded(c))
		return STEP_GONE;
	step = compose(c);
	if (step != STEP_ON)
		return step;
	if (w->out.n == 0 && !more_follows(w))
		return send_end(c);
	conn_enter(c, CONN_SEND);
	return STEP_ON;
}

static ssize_t
send_file(struct http_conn *c)
{
	struct work *w = c->work;
	struct http_reply *re = &w->reply;
	size_t n = w->file_left < SENDFILE_PIECE ? (size_t)w->file_left
						 : SENDFILE_PIECE;
	ssize_t r;

	if (c->ssl == NULL) {
		r = io_sendfile(c, re->fd, &re->fd_off, n);
	} else {
		/* After IO_WAIT OpenSSL wants to see the same bytes again:
		 * they are still in the file. */
		if (n > TLS_PIECE)
			n = TLS_PIECE;
		do
			r = pread(re->fd, c->loop->scratch, n, re->fd_off);
		while (r < 0 && errno == EINTR);
		if (r > 0)
			r = io_write(c, c->loop->scratch, (size_t)r, false);
		else
			r = IO_GONE;
		if (r > 0)
			re->fd_off += r;
	}
	if (r > 0)
		w->file_left -= (uint64_t)r;
	return r == 0 ? IO_GONE : r;
}

/* One write of whatever is next: rest of the head, body, file. */
static ssize_t
send_some(struct http_conn *c)
{
	struct work *w = c->work;
	struct buf *body = &w->reply.body;
	size_t n = w->out.n - w->out_at;
	ssize_t r;

	if (n > 0) {
		r = io_write(c, w->out.p + w->out_at, n, more_follows(w));
		if (r > 0)
			w->out_at += (size_t)r;
		return r;
	}
	if (w->body_at < body->n) {
		n = body->n - w->body_at;
		r = io_write(c, body->p + w->body_at,
			     n < SEND_PIECE ? n : SEND_PIECE, false);
		if (r > 0)
			w->body_at += (size_t)r;
		return r;
	}
	return send_file(c);
}

enum step
send_step(struct http_conn *c)
{
	struct work *w = c->work;
	size_t turn = 0;

	if (c->loop->now_ms - w->guard_ms >= GUARD_MS && !guarded(c))
		return STEP_GONE;
	while (w->out_at < w->out.n || more_follows(w)) {
		ssize_t r = send_some(c);

		if (r == IO_WAIT)
			return STEP_WAIT;
		if (r < 0)
			return STEP_GONE;
		sent(c, (size_t)r);
		turn += (size_t)r;
		if (turn >= SEND_TURN)
			return STEP_YIELD;
	}
	return send_end(c);
}

/* The socket's buffer may take minutes to empty while nothing can be added to
 * it, so that its fill level, too, tells whether bytes move. */
bool
send_alive(struct http_conn *c)
{
	const struct http_conf *conf = &c->loop->server->conf;
	int64_t now = c->loop->now_ms;
	struct work *w = c->work;
	int unsent = 0;

	if (ioctl(c->fd, SIOCOUTQ, &unsent) == 0 && unsent < c->unsent) {
		w->rate_bytes += (uint64_t)(c->unsent - unsent);
		c->since_ms = now;
	}
	c->unsent = unsent;
	c->abort = now - c->since_ms >= conf->stall_timeout_ms;
	if (now - w->rate_ms >= MINUTE_MS) {
		c->abort |= w->rate_bytes < HTTP_RATE_MIN * 60;
		w->rate_ms = now;
		w->rate_bytes = 0;
	}
	return !c->abort && guarded(c);
}

void
send_over(struct http_conn *c)
{
	const struct http_app *app = &c->loop->server->app;
	struct work *w = c->work;

	if (w->begun)
		app->done(app->arg, &w->req, w->answered ? w->reply.status : 0,
			  w->body_in, w->body_out);
	w->begun = false;
	if (w->held > 0)
		atomic_fetch_sub_explicit(&c->loop->server->held, w->held,
					  memory_order_relaxed);
	w->held = 0;
	reply_end(&w->reply);
}
