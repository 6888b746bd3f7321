#include "door/frame/inner.h"

#include "base/clock.h"
#include "base/enc.h"
#include "base/hush.h"
#include "base/log.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <sys/random.h>
#include <unistd.h>

#define LOG_PATH_MAX 512
#define BODY_PIECE   (4 * KIB)

static struct inner *
inner_of(const struct http_req *req)
{
	return req->app;
}

/* Ids need not be secret, only never equal: a random half for each thread and
 * a count. */
static void
request_id(char ret[33])
{
	static _Thread_local struct {
		uint64_t thread, count;
	} id;

	if (id.thread == 0 && getrandom(&id.thread, sizeof(id.thread), 0) !=
				  (ssize_t)sizeof(id.thread))
		id.thread = (uint64_t)(uintptr_t)&id;
	id.count++;
	enc_hex(&id, sizeof(id), ret);
}

/* By what they answer to: HEAD goes with GET where the door has it so. */
static bool
allows(const struct inner *in, int method)
{
	if (method == HTTP_HEAD)
		return (in->allow & 1u << HTTP_GET) != 0 &&
		       !in->call.door->no_head;
	return (in->allow & 1u << method) != 0;
}

static void
put_allow(struct inner *in, struct http_reply *reply)
{
	CLEAN(buf_clear) struct buf list = BUF_INIT;

	for (int m = 0; m < HTTP_METHODS; m++) {
		if (!allows(in, m))
			continue;
		buf_adds(&list, list.n > 0 ? ", " : "");
		buf_adds(&list, http_method_name((enum http_method)m));
	}
	http_head(reply, "Allow", buf_str(&list));
}

/* For paths that belong to no door. */
static void
say_plainly(int status, const char *why, struct http_reply *reply)
{
	reply->status = status;
	http_head(reply, "Content-Type", STR("text/plain; charset=utf-8"));
	buf_addf(&reply->body, "%d %s\n", status, why);
}

static void
say_status(struct inner *in, int status, const char *why,
	   struct http_reply *reply)
{
	if (in->gang == NULL)
		say_plainly(status, why, reply);
	else
		in->call.door->say_status(&in->call, status, why, reply);
	if (status == 405)
		put_allow(in, reply);
}

/* What somebody stored is never a page of ours, whatever a browser thinks that
 * it looks like, and shown as one it may load, run and send nothing. */
static void
stamp(const struct inner *in, struct http_reply *reply)
{
	http_head(reply, "X-Content-Type-Options", STR("nosniff"));
	if (in->gang == NULL || !in->call.door->own_policy) {
		http_head(reply, "Content-Security-Policy",
			  STR("default-src 'none'; frame-ancestors 'none'; "
			      "sandbox"));
		http_head(reply, "X-Frame-Options", STR("DENY"));
	}
	if (in->gang != NULL && in->call.door->stamp != NULL)
		in->call.door->stamp(&in->call, reply);
	if (http_field_get(in->call.req, CONSOLE_FIELD, NULL).p != NULL)
		http_head_drop(reply, "WWW-Authenticate");
}

/* Nothing that a handler began to write may go out with a refusal. */
static void
reply_blank(struct http_reply *reply)
{
	buf_reset(&reply->head);
	buf_reset(&reply->body);
	if (reply->fd >= 0)
		(void)close(reply->fd);
	if (reply->guard_free != NULL)
		reply->guard_free(reply->guard_arg);
	*reply = (struct http_reply){
	    .head = reply->head,
	    .body = reply->body,
	    .fd = -1,
	    .close = reply->close,
	};
}

/* r is never 0. */
static void
say(struct inner *in, int r, struct http_reply *reply)
{
	reply_blank(reply);
	if (r < 0)
		log_fail_of("request_failed", r, "id", in->call.request_id);
	if (r == STATUS_SAID)
		say_status(in, in->status, in->why, reply);
	else if (in->gang == NULL)
		say_plainly(r < 0 ? 500 : 400, out_text(r), reply);
	else
		in->call.door->say(&in->call, r, reply);
}

static struct gang *
find_gang(struct frame *frame, struct str path)
{
	for (size_t i = 0; i < frame->n_gangs; i++)
		if (frame->gangs[i].door->owns(path))
			return &frame->gangs[i];
	return NULL;
}

static void
inner_init(struct inner *in, struct frame *frame, struct http_req *req,
	   struct arena *arena)
{
	in->frame = frame;
	in->gang = find_gang(frame, req->path);
	in->call.core = frame->conf.core;
	in->call.req = req;
	in->call.arena = arena;
	in->call.door = in->gang == NULL ? NULL : in->gang->door;
	in->call.visit.core = frame->conf.core;
	request_id(in->call.request_id);
	frame_host_addr(in);
}

static enum http_plan
plan_of(const struct call *call, uint64_t *body_max)
{
	const struct route *route = call->route;
	enum run_where where = route->where;

	*body_max = route->body_max;
	if (route->body == BODY_STREAM)
		return HTTP_STREAM;
	if (route->body == BODY_EXCHANGE || route->body == BODY_JSON_SEND) {
		call->req->takes_gzip = route->body == BODY_EXCHANGE;
		call->req->sends = true;
		return HTTP_STREAM;
	}
	if (route->where_of != NULL)
		where = route->where_of(call);
	return where == RUN_POOL ? HTTP_POOL : HTTP_INLINE;
}

static enum http_plan
app_begin(void *arg, struct http_req *req, struct http_reply *reply,
	  uint64_t *body_max)
{
	struct frame *frame = arg;
	struct inner *in = arena_get(req->arena, sizeof(*in));
	int r;

	req->app = in;
	if (in == NULL) {
		say_plainly(503, "out of memory, try again later", reply);
		return HTTP_ANSWER;
	}
	inner_init(in, frame, req, req->arena);
	/* "OPTIONS *" asks whether somebody is there, about nothing. */
	if (str_eq(req->path, STR("*"))) {
		reply->status = 204;
		return HTTP_ANSWER;
	}
	r = frame_let_in(in);
	if (r == 0)
		return plan_of(&in->call, body_max);
	say(in, r, reply);
	stamp(in, reply);
	return HTTP_ANSWER;
}

static int
body_flaw(struct inner *in, int r)
{
	return r < 0 ? r : inner_status(in, 400, "the body is not well formed");
}

/* What comes as a stream is read as a whole. */
static int
body_collect(struct inner *in)
{
	CLEAN(buf_clear) struct buf body = BUF_INIT;
	struct call *call = &in->call;
	size_t max = (size_t)call->route->body_max, n = 1;
	int r = 0;

	body.max = max + BODY_PIECE;
	while (r == 0 && n > 0 && body.n <= max) {
		r = buf_room(&body, BODY_PIECE);
		if (r == 0)
			r = http_body_read(call->req, body.p + body.n,
					   BODY_PIECE, &n);
		if (r == 0)
			body.n += n;
	}
	if (r != 0)
		return body_flaw(in, r);
	if (body.n > max)
		return inner_status(in, 413, "the body is too large");
	body.p[body.n] = '\0';
	return json_parse(buf_str(&body), &call->json, &call->note);
}

static int
body_decode(struct inner *in)
{
	struct call *call = &in->call;
	struct str body = call->req->body;
	int r = 0;

	if (call->route->body == BODY_JSON_SEND && has_body(call->req))
		r = body_collect(in);
	if (call->route->body == BODY_JSON && body.n > 0)
		r = json_parse(body, &call->json, &call->note);
	if (call->route->body == BODY_FORM)
		r = form_parse(body, call->arena, &call->form);
	if (r == OUT_TOO_MANY)
		r = note_set(&call->note, OUT_MALFORMED, "more than %d fields",
			     FORM_PAIRS_MAX);
	return r;
}

static void
app_run(void *arg, struct http_req *req, struct http_reply *reply)
{
	struct inner *in = inner_of(req);
	int r;

	(void)arg;
	in->call.req = req;
	r = body_decode(in);
	if (r == 0)
		r = in->call.route->run(&in->call, reply);
	if (r != 0 && http_sending(req)) {
		/* Too late for other words: the client sees that it is cut. */
		if (r < 0)
			log_fail_of("request_failed", r, "id",
				    in->call.request_id);
		reply->cut = true;
	} else if (r != 0) {
		/* Whatever the handler made of it. */
		if (http_body_flaw(req) == OUT_EXPIRED)
			r = inner_status(in, 408, "the body came too slowly");
		say(in, r, reply);
	}
	if (!http_sending(req))
		stamp(in, reply);
	json_free(TAKE(in->call.json));
}

/* The engine says no, maybe before there was a whole head. */
static void
app_refuse(void *arg, const struct http_req *req, int status, const char *why,
	   struct http_reply *reply)
{
	struct frame *frame = arg;
	struct inner *in = req->app, mine = {0};
	struct http_req copy = *req;
	struct arena arena;

	arena_init(&arena, 64 * KIB);
	if (in == NULL) {
		in = &mine;
		inner_init(in, frame, &copy, &arena);
	}
	reply_blank(reply);
	say_status(in, status, why, reply);
	stamp(in, reply);
	arena_clear(&arena);
}

/* As the log may have it. */
static struct str
path_shown(const struct call *call, char *to, size_t size)
{
	if (call->door == NULL || !call->door->quiet)
		return hush(call->req->path, to, size);
	return str_c(call->route == NULL ? "-" : call->route->path);
}

static void
log_request(const struct inner *in, int status, uint64_t bytes_in,
	    uint64_t bytes_out, int64_t ms)
{
	const struct call *call = &in->call;
	const struct subject *who = &call->visit.who;
	char text[LOG_PATH_MAX];
	struct str path = path_shown(call, text, sizeof(text));

	log_say(LOG_INFO, "http",
		"door=%s method=%s path=%.*s status=%d in=%" PRIu64
		" out=%" PRIu64 " ms=%" PRId64 " who=%s:%s addr=%.*s id=%s",
		call->door == NULL ? "none" : call->door->name,
		http_method_name(call->req->method), STR_ARG(path), status,
		bytes_in, bytes_out, ms,
		who->cred == CRED_NONE ? "" : cred_kind_name(who->cred),
		who->cred_id, STR_ARG(call->addr), call->request_id);
}

static void
app_done(void *arg, struct http_req *req, int status, uint64_t bytes_in,
	 uint64_t bytes_out)
{
	struct frame *frame = arg;
	struct inner *in = inner_of(req);
	int64_t ms = clock_mono() - req->began_ms;

	frame_tally_add(in == NULL || in->gang == NULL ? &frame->nobodys
						       : &in->gang->tally,
			status, ms, bytes_in, bytes_out);
	if (in == NULL)
		return;
	in->call.req = req;
	log_request(in, status, bytes_in, bytes_out, ms);
	req->app = NULL;
}

static int
gang_make(struct gang *gang, const struct door *door)
{
	gang->door = door;
	gang->rows = calloc(door->n_routes, sizeof(*gang->rows));
	if (gang->rows == NULL)
		return FAIL(-ENOMEM);
	for (size_t i = 0; i < door->n_routes; i++)
		frame_row_make(&door->routes[i], &gang->rows[i]);
	return 0;
}

int
frame_new(const struct frame_conf *conf, struct frame **ret)
{
	struct frame *f;
	int r = 0;

	assert(conf->n_doors <= FRAME_DOORS_MAX);
	f = calloc(1, sizeof(*f));
	if (f == NULL)
		return FAIL(-ENOMEM);
	f->conf = *conf;
	f->app = (struct http_app){
	    .arg = f,
	    .begin = app_begin,
	    .run = app_run,
	    .refuse = app_refuse,
	    .done = app_done,
	};
	for (; f->n_gangs < conf->n_doors && r == 0; f->n_gangs++)
		r = gang_make(&f->gangs[f->n_gangs], conf->doors[f->n_gangs]);
	if (r == 0)
		*ret = f;
	else
		frame_free(f);
	return r;
}

void
frame_free(struct frame *f)
{
	if (f == NULL)
		return;
	for (size_t i = 0; i < f->n_gangs; i++)
		free(f->gangs[i].rows);
	free(f);
}

const struct http_app *
frame_app(struct frame *f)
{
	return &f->app;
}
