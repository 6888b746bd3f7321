#include "door/git/smart.h"

#include "base/log.h"
#include "core/user.h"

#include <errno.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PUSH_STACK	  (1 * MIB)
#define PIECE_MAX	  (256 * KIB)
#define ACCOUNT_ARENA_MAX (64 * KIB)

/* "upload-pack", ... without "git-": what media types are made of. */
static const char *
word_of(enum git_service service)
{
	return git_service_name(service) + 4;
}

int
smart_refuse(struct http_reply *reply, int status, const char *fmt, ...)
{
	char text[512];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	reply->status = status;
	http_head(reply, "Content-Type", STR("text/plain; charset=utf-8"));
	http_head(reply, "Cache-Control", STR("no-cache"));
	buf_addf(&reply->body, "%s\n", text);
	return 0;
}

static void
head(struct http_reply *reply, enum git_service service, const char *what)
{
	reply->status = 200;
	http_headf(reply, "Content-Type", "application/x-git-%s-%s",
		   word_of(service), what);
	http_head(reply, "Expires", STR("Fri, 01 Jan 1980 00:00:00 GMT"));
	http_head(reply, "Pragma", STR("no-cache"));
	http_head(reply, "Cache-Control",
		  STR("no-cache, max-age=0, must-revalidate"));
}

static struct str
protocol_of(const struct call *call)
{
	struct str s = http_field_get(call->req, "git-protocol", NULL);

	return gitcmd_is_protocol(s) ? s : STR_NONE;
}

/* As git reads it: the highest of the versions that are named. */
static bool
is_v2(struct str protocol)
{
	struct str part;
	bool two = false;

	while (protocol.p != NULL && str_next(&protocol, ':', &part))
		two |= str_eq(part, STR("version=2"));
	return two;
}

/* May it go on: by the gate, and by the account, which may want SSH only? */
static bool
still(void *arg)
{
	const struct visit *visit = arg;
	struct arena arena;
	struct account account;
	bool open;

	if (!gate_still(visit->core, visit))
		return false;
	arena_init(&arena, ACCOUNT_ARENA_MAX);
	open = account_get(visit->core, str_c(visit->account), &arena,
			   &account) == 0 &&
	       account.git_http;
	arena_clear(&arena);
	return open;
}

/* While the reply goes out. */
static int
guard(const struct call *call, struct http_reply *reply)
{
	struct visitor *visitor = malloc(sizeof(*visitor));

	if (visitor == NULL)
		return FAIL(-ENOMEM);
	visitor_set(visitor, &call->visit);
	reply->guard = still;
	reply->guard_free = free;
	reply->guard_arg = visitor; /* the visit is its first member */
	return 0;
}

/* While the request comes in. */
static void
guard_body(struct call *call)
{
	http_body_guard(call->req, still, &call->visit);
}

/* The account may want SSH only; who was let in is told where. 0: go on; else
 * *ret_said is what a handler returns. */
static bool
closed(struct call *call, struct http_reply *reply, int *ret_said)
{
	CLEAN(buf_clear) struct buf url = BUF_INIT;
	struct account account;
	struct gitrepo repo;
	int r = account_get(call->core, str_c(call->visit.account), call->arena,
			    &account);

	if (r == 0 && account.git_http)
		return false;
	if (r == 0)
		r = gitrepo_by_id(call->core, str_c(call->visit.object),
				  call->arena, &repo);
	if (r == 0) {
		gitrepo_ssh_url(call->core, &repo, &url);
		r = smart_refuse(
		    reply, 403, "this account takes git over SSH only%s%s",
		    url.n > 0 ? ": use " : ", which is not served here", url.p);
	}
	*ret_said = r;
	return true;
}

/* Of an exchange that has ended before its time. Nothing has been answered yet
 * (else the frame cuts the reply). */
static int
say_flaw(struct call *call, struct http_reply *reply, int r)
{
	if (http_sending(call->req) || r <= 0)
		return r;
	switch (r) {
	case OUT_DENIED:
		return smart_refuse(reply, 403,
				    "the access that began this has ended");
	case OUT_EXPIRED:
		return smart_refuse(reply, 408, "the request came too slowly");
	case OUT_TOO_LARGE:
		return smart_refuse(reply, 413, "the request is too large");
	case OUT_ABSENT:
	case OUT_MISMATCH:
		log_say(LOG_ERROR, "git",
			"repo=%.*s id=%s status=refused why=\"%s\"",
			STR_ARG(call->thing.name), call->visit.object,
			out_text(r));
		return smart_refuse(reply, 500,
				    "the files of this repository cannot be "
				    "used: ask who runs this server");
	case OUT_BUSY:
		return OUT_BUSY;
	default:
		return smart_refuse(reply, 400,
				    "the request is not well formed");
	}
}

/* What a program says by its exit counts only when it said nothing else: git
 * speaks of what is wrong in its protocol. */
static int
finish(struct pump *p)
{
	int status = 0, r = pump_finish(p, &status);

	if (r != 0)
		return r;
	if (status != 0)
		log_say(LOG_WARN, "git_failed",
			"repo=%.*s id=%s status=%d text=\"%.*s\"",
			STR_ARG(p->call->thing.name), p->call->visit.object,
			status, (int)p->n_log, p->log);
	if (p->said || status == 0)
		return http_send(p->call->req, p->reply, NULL, 0);
	buf_reset(&p->reply->head);
	/* It leaves with 128 over what it cannot read. */
	if (p->call->req->method == HTTP_POST && status == 128)
		return smart_refuse(p->reply, 400,
				    "git cannot read this request");
	return smart_refuse(p->reply, 500, "the server failed");
}

static int
enter(struct call *call, struct share_hold *hold)
{
	return share_take(&smart_of(call)->exchanges, &call->visit.who,
			  call->visit.account, hold);
}

static void
leave(struct call *call, struct share_hold *hold)
{
	share_give(&smart_of(call)->exchanges, hold);
}

static void
pump_init(struct pump *p, struct call *call, struct http_reply *reply)
{
	*p = (struct pump){.call = call,
			   .reply = reply,
			   .git = smart_of(call)->git,
			   .in = -1,
			   .out = -1,
			   .err = -1,
			   .early = BUF_INIT_MAX(SMART_EARLY_MAX)};
}

/* The first answer: which references there are. */
static int
advertise(struct call *call, enum git_service service, struct http_reply *reply)
{
	CLEAN(pump_clear) struct pump p;
	CLEAN(buf_clear) struct buf line = BUF_INIT;
	struct git_ask ask = {.service = service,
			      .id = str_c(call->visit.object),
			      .protocol = service == GIT_UPLOAD_PACK
					      ? protocol_of(call)
					      : STR_NONE,
			      .stateless = true,
			      .advertise = true,
			      .desk = -1};
	char text[64];
	int r;

	pump_init(&p, call, reply);
	p.may_send = true;
	r = pump_start(&p, &ask, false);
	if (r != 0)
		return r;
	head(reply, service, "advertisement");
	if (!is_v2(ask.protocol)) {
		(void)snprintf(text, sizeof(text), "# service=%s\n",
			       git_service_name(service));
		pktline_put(&line, str_c(text));
		pktline_flush(&line);
		r = pump_prefix(&p, buf_str(&line));
	}
	return r == 0 ? finish(&p) : r;
}

static bool
service_of(struct str name, enum git_service *ret)
{
	if (str_eq(name, STR("git-upload-pack")))
		*ret = GIT_UPLOAD_PACK;
	else if (str_eq(name, STR("git-receive-pack")))
		*ret = GIT_RECEIVE_PACK;
	else
		return false;
	return true;
}

int
smart_refs(struct call *call, struct http_reply *reply)
{
	struct share_hold hold = {.held = false};
	enum git_service service;
	struct str name = STR_NONE;
	int r = call_once(call, "service", &name);

	if (r != 0)
		return r;
	if (!service_of(name, &service))
		return smart_refuse(reply, 403,
				    "only git's smart protocol is spoken here "
				    "(service=git-upload-pack or "
				    "git-receive-pack)");
	if (service == GIT_RECEIVE_PACK) {
		struct thing thing = call->thing;

		r = call_pass(call, VERB_GIT_PUSH, &thing);
		if (r != 0)
			return r;
	}
	if (closed(call, reply, &r))
		return r;
	r = enter(call, &hold);
	if (r != 0)
		return r;
	r = guard(call, reply);
	if (r == 0)
		r = advertise(call, service, reply);
	leave(call, &hold);
	return say_flaw(call, reply, r);
}

/* A request of the type that belongs to the service. */
static bool
typed(struct call *call, enum git_service service, struct http_reply *reply)
{
	struct str type = http_field_get(call->req, "content-type", NULL);
	char want[64];

	(void)snprintf(want, sizeof(want), "application/x-git-%s-request",
		       word_of(service));
	if (str_eq_nocase(type, str_c(want)))
		return true;
	(void)smart_refuse(reply, 415, "the request's type is %s here", want);
	return false;
}

/* Clients send all they have to ask before they read: so we read it before
 * anything is started. */
static int
collect(struct call *call, struct buf *b)
{
	size_t n = 0;
	int r;

	guard_body(call);
	do {
		r = buf_room(b, 64 * KIB);
		if (r == 0)
			r = http_body_read(call->req, b->p + b->n, 64 * KIB,
					   &n);
		if (r != 0)
			return r == -ENOBUFS ? OUT_TOO_LARGE : r;
		b->n += n;
		b->p[b->n] = '\0';
	} while (n > 0);
	return b->n > SMART_REQUEST_MAX ? OUT_TOO_LARGE : 0;
}

static int
upload(struct call *call, struct http_reply *reply)
{
	CLEAN(buf_clear)
	struct buf body = BUF_INIT_MAX(SMART_REQUEST_MAX + 64 * KIB);
	CLEAN(pump_clear) struct pump p;
	struct git_ask ask = {.service = GIT_UPLOAD_PACK,
			      .id = str_c(call->visit.object),
			      .protocol = protocol_of(call),
			      .stateless = true,
			      .desk = -1};
	int r = collect(call, &body);

	pump_init(&p, call, reply);
	p.may_send = true;
	if (r == 0)
		r = pump_start(&p, &ask, true);
	if (r != 0)
		return r;
	head(reply, GIT_UPLOAD_PACK, "result");
	r = pump_feed(&p, body.p, body.n);
	return r == 0 ? finish(&p) : r;
}

int
smart_upload(struct call *call, struct http_reply *reply)
{
	struct share_hold hold = {.held = false};
	int r;

	if (!typed(call, GIT_UPLOAD_PACK, reply) || closed(call, reply, &r))
		return reply->status != 0 ? 0 : r;
	r = enter(call, &hold);
	if (r != 0)
		return r;
	r = guard(call, reply);
	if (r == 0)
		r = upload(call, reply);
	leave(call, &hold);
	return say_flaw(call, reply, r);
}

/* The whole pack goes straight through. What a program that has heard enough
 * does not read is thrown away: the client reads only after it has sent. */
static int
stream(struct pump *p)
{
	char *piece = malloc(PIECE_MAX);
	size_t n = 0;
	int r = piece == NULL ? FAIL(-ENOMEM) : 0;

	while (r == 0) {
		r = http_body_read(p->call->req, piece, PIECE_MAX, &n);
		if (r != 0 || n == 0)
			break;
		r = pump_feed(p, piece, n);
	}
	free(piece);
	return r;
}

static void *
serve_hooks(void *arg)
{
	push_serve(arg);
	return NULL;
}

static int
hooks_start(struct push_ask *ask, pthread_t *ret)
{
	pthread_attr_t attr;
	int r;

	(void)pthread_attr_init(&attr);
	(void)pthread_attr_setstacksize(&attr, PUSH_STACK);
	r = pthread_create(ret, &attr, serve_hooks, ask);
	(void)pthread_attr_destroy(&attr);
	if (r != 0)
		(void)close(ask->fd);
	return r == 0 ? 0 : FAIL(-r);
}

static int
receive_with(struct pump *p, struct push_ask *push, int desk)
{
	struct call *call = p->call;
	struct git_ask ask = {.service = GIT_RECEIVE_PACK,
			      .id = str_c(call->visit.object),
			      .stateless = true,
			      .desk = desk};
	pthread_t hooks;
	int r = push_rule(call->core, ask.id, &ask.deny_rewind);

	if (r == 0)
		r = pump_start(p, &ask, true);
	(void)close(desk);
	if (r != 0) {
		(void)close(push->fd);
		return r;
	}
	r = hooks_start(push, &hooks);
	if (r != 0)
		return r;
	head(p->reply, GIT_RECEIVE_PACK, "result");
	guard_body(call);
	r = stream(p);
	if (r == 0)
		r = finish(p);
	/* Its hooks go with it, and then the thread that answers them. */
	pump_clear(p);
	(void)pthread_join(hooks, NULL);
	return r;
}

static int
receive(struct call *call, struct http_reply *reply)
{
	CLEAN(pump_clear) struct pump p;
	struct push_ask push = {.core = call->core,
				.git = smart_of(call)->git,
				.visit = &call->visit};
	int pair[2], r = push_pair(pair);

	pump_init(&p, call, reply);
	if (r != 0)
		return r;
	push.fd = pair[1];
	return receive_with(&p, &push, pair[0]);
}

int
smart_receive(struct call *call, struct http_reply *reply)
{
	struct share_hold hold = {.held = false};
	int r;

	if (!typed(call, GIT_RECEIVE_PACK, reply) || closed(call, reply, &r))
		return reply->status != 0 ? 0 : r;
	r = enter(call, &hold);
	if (r != 0)
		return r;
	r = guard(call, reply);
	if (r == 0)
		r = receive(call, reply);
	leave(call, &hold);
	return say_flaw(call, reply, r);
}
