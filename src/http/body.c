#include "base/out.h"
#include "http/io.h"
#include "http/server.h"

#include <string.h>

#define BODY_PIECE (64 * KIB)
#define BODY_FIRST (4 * KIB) /* until more than that has come */
#define BODY_TURN  8	     /* pieces before others get their turn */

void
body_begin(struct work *w, const struct head *head)
{
	w->chunk = (struct chunk){0};
	w->body_left = head->length;
	w->body_done = !head->chunked && head->length == 0;
	/* Who sends its body at once does not wait for an invitation. */
	w->expect = head->expect && w->end == w->pos;
}

bool
body_buffered(const struct work *w)
{
	return w->body_done ||
	       (!w->req.chunked && w->body_left <= w->end - w->pos);
}

/* What came in along with the head. */
static int
take_buffered(struct work *w, char *p, size_t n, size_t *ret)
{
	size_t used = 0, data = 0, have = w->end - w->pos;
	int r;

	if (w->req.chunked) {
		r = chunk_next(&w->chunk, w->in + w->pos, have, n, &used,
			       &data);
		if (r == OUT_MALFORMED)
			return r;
		w->body_done = r == OUT_RANGE;
	} else {
		used = data = have < n ? have : n;
		if (data > w->body_left)
			used = data = (size_t)w->body_left;
		w->body_left -= data;
		w->body_done = w->body_left == 0;
	}
	memcpy(p, w->in + w->pos + used - data, data);
	w->pos += used;
	*ret = data;
	return 0;
}

/* Read on behind the head, which stays: the request borrows from it. */
static ssize_t
read_framing(struct http_conn *c)
{
	struct work *w = c->work;
	ssize_t n = io_read(c, w->in + w->end, WORK_IN - w->end);

	if (n > 0)
		work_got(w, (size_t)n);
	return n;
}

/* Data goes straight to p; what follows the last of it goes behind the head. */
static ssize_t
read_data(struct http_conn *c, char *p, size_t n, bool last)
{
	struct work *w = c->work;
	ssize_t r;

	if (!last)
		return io_read(c, p, n);
	r = io_read2(c, p, n, w->in + w->end, WORK_IN - w->end);
	if (r > 0 && (size_t)r > n) {
		work_got(w, (size_t)r - n);
		r = (ssize_t)n;
	}
	return r;
}

static ssize_t
read_body(struct http_conn *c, char *p, size_t n, bool *ret_data)
{
	struct work *w = c->work;
	uint64_t left = w->req.chunked ? chunk_left(&w->chunk) : w->body_left;
	ssize_t r;

	*ret_data = left > 0;
	/* The buffered body is used up: its place can be used again. */
	if (w->req.chunked && w->pos == w->end) {
		size_t head = w->start + w->scan.line;

		w->pos = w->end = head;
	}
	if (left == 0)
		return read_framing(c);
	if (n > left)
		n = (size_t)left;
	r = read_data(c, p, n, n == left);
	if (r <= 0)
		return r;
	if (w->req.chunked) {
		chunk_took(&w->chunk, (uint64_t)r);
	} else {
		w->body_left -= (uint64_t)r;
		w->body_done = w->body_left == 0;
	}
	return r;
}

static int
pull(struct http_conn *c, char *p, size_t n, size_t *ret)
{
	struct work *w = c->work;
	bool data;
	ssize_t r;

	for (;;) {
		if (w->pos < w->end) {
			int flaw = take_buffered(w, p, n, ret);

			if (flaw != 0 || *ret > 0 || w->body_done)
				return flaw;
			continue;
		}
		r = read_body(c, p, n, &data);
		if (r == IO_WAIT)
			return OUT_BUSY;
		if (r <= 0)
			return OUT_RANGE;
		if (data) {
			*ret = (size_t)r;
			return 0;
		}
	}
}

int
body_pull(struct http_conn *c, char *p, size_t n, size_t *ret)
{
	struct work *w = c->work;
	int r;

	*ret = 0;
	if (w->body_flaw != 0)
		return w->body_flaw;
	if (w->body_done || n == 0)
		return 0;
	r = pull(c, p, n, ret);
	w->body_in += *ret;
	if (r != 0 && r != OUT_BUSY)
		w->body_flaw = r;
	return r;
}

bool
body_invite(struct http_conn *c)
{
	static const char words[] = "HTTP/1.1 100 Continue\r\n\r\n";
	struct work *w = c->work;
	ssize_t n;

	if (!w->expect)
		return true;
	w->expect = false;
	/* Nothing else is under way on this connection, so that a socket that
	 * cannot take 25 bytes is not worth waiting for. */
	n = io_write(c, words, sizeof(words) - 1, false);
	return n == (ssize_t)sizeof(words) - 1;
}

enum step
body_ready(struct http_conn *c)
{
	const struct http_app *app = &c->loop->server->app;
	struct work *w = c->work;

	if (w->plan == HTTP_POOL)
		return conn_lend(c);
	app->run(app->arg, &w->req, &w->reply);
	return send_start(c);
}

static enum step
flawed(struct http_conn *c, int r)
{
	if (r == OUT_MALFORMED)
		return request_refuse(c, 400, "malformed chunk");
	return STEP_GONE;
}

/* A short body that lies behind its head already is not copied. */
static bool
take_in_place(struct work *w)
{
	if (w->req.chunked || w->body.n > 0 || w->end - w->pos < w->body_left)
		return false;
	w->req.body = (struct str){w->in + w->pos, (size_t)w->body_left};
	w->body_in = w->body_left;
	w->pos += (size_t)w->body_left;
	w->body_left = 0;
	w->body_done = true;
	return true;
}

/* Count the memory of the body; false when all bodies take too much. */
static bool
hold(struct http_conn *c)
{
	struct http_server *s = c->loop->server;
	struct work *w = c->work;
	size_t more = w->body.cap - w->held;

	w->held += more;
	return atomic_fetch_add_explicit(&s->held, more, memory_order_relaxed) +
		   more <=
	       HTTP_COLLECT_MAX;
}

/* What is promised costs nothing: memory is for what has come, and as much
 * again. */
static size_t
body_room(const struct work *w)
{
	const struct buf *b = &w->body;
	size_t room = b->n < BODY_FIRST ? BODY_FIRST : b->n;

	if (room > BODY_PIECE)
		room = BODY_PIECE;
	if (room > b->max - b->n)
		room = b->max - b->n;
	if (!w->req.chunked && room > w->body_left)
		room = (size_t)w->body_left;
	return room;
}

enum step
body_step(struct http_conn *c)
{
	struct work *w = c->work;
	struct buf *b = &w->body;
	size_t got, room;
	int r;

	if (take_in_place(w))
		return body_ready(c);
	b->max =
	    w->body_max < SIZE_MAX / 2 ? (size_t)w->body_max + 1 : SIZE_MAX / 2;
	for (int turn = 0; turn < BODY_TURN; turn++) {
		room = body_room(w);
		if (buf_room(b, room) != 0 || !hold(c))
			return request_refuse(c, 503, "out of memory");
		r = body_pull(c, b->p + b->n, room, &got);
		if (r == OUT_BUSY)
			return STEP_WAIT;
		if (r != 0)
			return flawed(c, r);
		b->n += got;
		b->p[b->n] = '\0';
		if (b->n > w->body_max)
			return request_refuse(c, 413, "body too large");
		if (w->body_done) {
			w->req.body = buf_str(b);
			return body_ready(c);
		}
	}
	return STEP_YIELD;
}

bool
body_skip(struct http_conn *c)
{
	struct work *w = c->work;
	size_t got;

	while (!w->body_done && w->body_flaw == 0 && w->pos < w->end)
		w->body_flaw =
		    take_buffered(w, c->loop->scratch, LOOP_SCRATCH, &got);
	if (w->body_done)
		return true;
	/* The length of a chunked rest cannot be known, and a client that
	 * waits for "100 Continue" may send the body or not. */
	return w->body_flaw == 0 && !w->req.chunked && !w->expect &&
	       w->body_left <= HTTP_SKIP_MAX;
}

enum step
body_drain_step(struct http_conn *c)
{
	struct work *w = c->work;
	size_t got;

	while (!w->body_done) {
		int r = body_pull(c, c->loop->scratch, LOOP_SCRATCH, &got);

		if (r == OUT_BUSY)
			return STEP_WAIT;
		if (r != 0)
			return STEP_GONE;
	}
	return request_next(c);
}
