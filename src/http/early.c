/*
 * A short reply is sent by the pool thread that made it (ADR 0030). To wake the
 * loop for that costs more than to send it, and the next request wakes it in
 * any case.
 */
#include "base/clock.h"
#include "http/io.h"
#include "http/reply.h"
#include "http/server.h"

/* In memory, on a plain connection, and with nothing to be asked or said first.
 * What is none of that is the loop's, which may own a file, a guard and TLS's
 * state. */
static bool
fits(const struct http_conn *c)
{
	const struct work *w = c->work;
	const struct http_reply *re = &w->reply;

	return w->plan == HTTP_POOL && w->body_done && !w->flows &&
	       c->ssl == NULL && re->fd < 0 && re->guard == NULL &&
	       !reply_failed(re) &&
	       server_phase(c->loop->server) == SERVER_RUNS;
}

bool
early_send(struct http_conn *c)
{
	struct work *w = c->work;
	struct str body = STR_NONE;
	ssize_t n;

	if (!fits(c) || buf_room(&w->out, w->reply.head.n + 1 * KIB) != 0)
		return false;
	send_settle(c, clock_mono());
	if (send_head(w, w->out.p))
		body = buf_str(&w->reply.body);
	w->out.n = w->head_left;
	n = io_write2(c, w->out.p, w->out.n, body.p, body.n);
	if (n > 0)
		send_count(w, (size_t)n);
	w->out_at = w->out.n - w->head_left;
	w->body_at += w->body_out;
	w->early = n == IO_GONE ? EARLY_GONE : EARLY_PART;
	if (w->out_at < w->out.n || w->body_at < w->reply.body.n)
		return false;
	w->early = EARLY_ALL;
	send_over(c);
	if (!w->keep || w->pos < w->end)
		return false;
	work_wipe(w);
	return true;
}
