#include "http/io.h"
#include "http/reply.h"
#include "http/server.h"

#include <string.h>

/* Nothing to read for now. A connection without a byte of the next request
 * gives its work back; the first bytes of a head start its deadline. */
static enum step
park(struct http_conn *c)
{
	struct work *w = c->work;

	if (w->end == w->start) {
		c->work = NULL;
		work_put(c->loop, w);
	} else if (!w->timed) {
		w->timed = true;
		conn_enter(c, CONN_HEAD);
	}
	return STEP_WAIT;
}

static enum step
fill(struct http_conn *c)
{
	struct work *w = c->work;
	ssize_t n;

	if (!c->may_read)
		return park(c);
	if (w->start > 0) {
		memmove(w->in, w->in + w->start, w->end - w->start);
		w->end -= w->start;
		w->start = w->pos = 0;
	}
	n = io_read(c, w->in + w->end, WORK_IN - w->end);
	if (n == IO_WAIT)
		return park(c);
	if (n <= 0)
		return STEP_GONE;
	work_got(w, (size_t)n);
	return STEP_ON;
}

/* One empty line before a request is passed over (RFC 9112 section 2.2): old
 * clients end a body with it. */
static bool
skip_line(struct work *w)
{
	size_t n = w->end - w->start;

	if (w->skipped || n == 0 || w->in[w->start] != '\r')
		return false;
	if (n == 1)
		return true;
	if (w->in[w->start + 1] != '\n')
		return false;
	w->skipped = true;
	w->start += 2;
	w->pos = w->start;
	return w->start == w->end;
}

static const char *
scan_why(int status)
{
	return status == 414   ? "request line too long"
	       : status == 431 ? "header fields too large"
			       : "malformed request head";
}

static enum step
dispatch(struct http_conn *c)
{
	struct work *w = c->work;
	bool has_body = w->req.chunked || w->req.length > 0;

	switch (w->plan) {
	case HTTP_ANSWER:
		return send_start(c);
	case HTTP_STREAM:
		return conn_lend(c);
	case HTTP_INLINE:
	case HTTP_POOL:
		break;
	}
	if (!has_body)
		return body_ready(c);
	if (w->req.length > w->body_max)
		return request_refuse(c, 413, "body too large");
	conn_enter(c, CONN_BODY);
	return body_invite(c) ? STEP_ON : STEP_GONE;
}

static enum step
begin(struct http_conn *c, const struct head *head)
{
	const struct http_app *app = &c->loop->server->app;
	struct work *w = c->work;

	loop_count(&c->loop->requests);
	body_begin(w, head);
	w->keep = head->keep;
	w->v11 = head->v11;
	w->begun = true;
	w->body_max = 0;
	w->plan = app->begin(app->arg, &w->req, &w->reply, &w->body_max);
	if (w->req.gzip && w->plan != HTTP_ANSWER) {
		if (w->plan != HTTP_STREAM || !w->req.takes_gzip)
			return request_refuse(c, 415,
					      "content coding not supported");
		w->gunzip = gunzip_new();
		if (w->gunzip == NULL)
			return request_refuse(c, 503, "out of memory");
	}
	return dispatch(c);
}

static enum step
parse(struct http_conn *c, size_t head_n)
{
	struct work *w = c->work;
	struct head head;
	int status;

	w->pos = w->start + head_n;
	status = head_parse(w->in + w->start, head_n, w->fields, &head);
	w->req.method = head.method;
	w->req.path = head.path;
	w->req.query = head.query;
	w->req.host = head.host;
	w->req.n_fields = head.n_fields;
	w->req.has_length = head.has_length;
	w->req.chunked = head.chunked;
	w->req.gzip = head.gzip;
	w->req.length = head.length;
	if (status != 0)
		return request_refuse(c, status, head.why);
	return begin(c, &head);
}

enum step
request_step(struct http_conn *c)
{
	struct work *w = c->work;
	size_t head_n = 0;
	int r;

	if (w == NULL) {
		if (!c->may_read)
			return STEP_WAIT;
		w = c->work = work_get(c->loop);
		if (w == NULL)
			return STEP_GONE;
		work_begin(w, c);
	}
	if (w->end == w->start || skip_line(w))
		return fill(c);
	if (w->req.began_ms == 0)
		w->req.began_ms = c->loop->now_ms;
	r = head_scan(&w->scan, w->in + w->start, w->end - w->start, &head_n);
	if (r == HEAD_MORE)
		return fill(c);
	if (r == 0)
		return parse(c, head_n);
	w->pos = w->end;
	return request_refuse(c, r, scan_why(r));
}

enum step
request_refuse(struct http_conn *c, int status, const char *why)
{
	const struct http_app *app = &c->loop->server->app;
	struct work *w = c->work;

	if (w == NULL) {
		w = c->work = work_get(c->loop);
		if (w == NULL)
			return STEP_GONE;
		work_begin(w, c);
	}
	reply_end(&w->reply); /* the program may have begun one */
	loop_count(&c->loop->refused);
	app->refuse(app->arg, &w->req, status, why, &w->reply);
	if (w->reply.status == 0)
		w->reply.status = status;
	w->reply.close = true;
	return send_start(c);
}

enum step
request_next(struct http_conn *c)
{
	work_begin(c->work, c);
	conn_enter(c, CONN_IDLE);
	return STEP_ON;
}

struct str
http_field_get(const struct http_req *req, const char *name, size_t *ret_count)
{
	struct str want = str_c(name), first = STR_NONE;
	size_t count = 0;

	for (size_t i = 0; i < req->n_fields; i++) {
		if (!str_eq(req->fields[i].name, want))
			continue;
		if (count++ == 0)
			first = req->fields[i].value;
		else if (ret_count == NULL)
			break;
	}
	if (ret_count != NULL)
		*ret_count = count;
	return first;
}
