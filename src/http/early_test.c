/*
 * Replies that the pool thread sends which made them: whole, in part, to
 * nobody, and with requests that come meanwhile. A loop that is not told of a
 * connection would find it a second later, so that being forgotten is seen as
 * being late.
 */
#include "http/serve_test.h"

#include <pthread.h>

#define HOST	  "Host: localhost\r\n"
#define CLOSE	  HOST "Connection: close\r\n"
#define REPLY_LEN (8 * MIB) /* more than a socket takes */
#define LATE_MS	  500	    /* less than a tick, much more than a reply takes */
#define ROUNDS	  20

static struct http_server *s;
static _Thread_local bool runs;	    /* this thread makes replies */
static _Atomic int here, elsewhere; /* where done() was called */

/* --- the program -----------------------------------------------------------
 */

static enum http_plan
pool_begin(void *arg, struct http_req *req, struct http_reply *re,
	   uint64_t *body_max)
{
	(void)arg;
	(void)req;
	(void)re;
	seen.begun++;
	*body_max = 1000;
	return HTTP_POOL;
}

static void
pool_run(void *arg, struct http_req *req, struct http_reply *re)
{
	(void)arg;
	runs = true;
	re->status = str_eq(req->path, STR("/nothing")) ? 204 : 200;
	if (str_eq(req->path, STR("/slow")))
		pause_ms(100);
	if (str_eq(req->path, STR("/much")))
		for (size_t i = 0; i < REPLY_LEN; i++)
			buf_addc(&re->body, pattern(i));
	else if (str_eq(req->path, STR("/bad")))
		http_head(re, "X", STR("a\r\nEvil: b"));
	else if (re->status == 200)
		buf_adds(&re->body, "hello ");
	if (str_eq(req->path, STR("/guarded")))
		re->guard = app_guard;
	re->wipe = str_eq(req->path, STR("/secret"));
	buf_addstr(&re->body, req->body);
}

static void
pool_done(void *arg, struct http_req *req, int status, uint64_t in,
	  uint64_t out)
{
	if (runs)
		here++;
	else
		elsewhere++;
	app_done(arg, req, status, in, out);
}

static const struct http_app pool_app = {
    .begin = pool_begin,
    .run = pool_run,
    .refuse = app_refuse,
    .done = pool_done,
};

/* --- */

/* One request on a connection that stays; ms until its reply. */
static int64_t
ask_on(int fd, const char *path, const char *text)
{
	CLEAN(buf_clear) struct buf b = BUF_INIT;
	int64_t began = clock_mono();
	char request[128];

	(void)snprintf(
	    request, sizeof(request),
	    "POST %s HTTP/1.1\r\n" HOST "Content-Length: 3\r\n\r\nabc", path);
	(void)say(fd, str_c(request));
	while (count(&b, text) == 0 && clock_mono() - began < 5000)
		if (hear(fd, &b, b.n + 1, 100))
			return 5000;
	return clock_mono() - began;
}

static void
test_whole(void)
{
	int fd = dial(s), right = 0, late = 0;

	here = elsewhere = 0;
	for (int i = 0; i < 500; i++) {
		int64_t ms = ask_on(fd, "/pool", "hello abc");

		right += ms < 5000;
		late += ms >= LATE_MS;
	}
	is_int(right, 500, "one after the other, each is answered");
	ok(late < 50, "and none waits for a tick: %d", late);
	ok(settled(), "all are over");
	is_int(here, 500, "on the threads that made the replies");
	is_int(seen.last_status, 200, "with their status");
	is_int((int)seen.last_in, 3, "the bytes that came");
	is_int((int)seen.last_out, 9, "and those that went");
	(void)close(fd);
}

static void
test_forms(void)
{
	want(s, "closed when asked to be",
	     "POST / HTTP/1.1\r\n" CLOSE "Content-Length: 1\r\n\r\nx",
	     "Connection: close\r\n\r\nhello x");
	want(s, "and for HTTP/1.0", "GET / HTTP/1.0\r\n\r\n", "\r\n\r\nhello ");
	want(s, "HEAD has a length and no body",
	     "HEAD / HTTP/1.1\r\n" CLOSE "\r\n", "Content-Length: 6\r\n");
	want(s, "204 has neither", "GET /nothing HTTP/1.1\r\n" CLOSE "\r\n",
	     "HTTP/1.1 204 No Content\r\n");
	want(s, "a secret is not to be stored",
	     "GET /secret HTTP/1.1\r\n" CLOSE "\r\n",
	     "Cache-Control: no-store\r\n");
	want(s, "what cannot be a reply is 500",
	     "GET /bad HTTP/1.1\r\n" CLOSE "\r\n", "HTTP/1.1 500 ");
	seen.guard = true;
	elsewhere = 0;
	want(s, "with a guard it is the loop's",
	     "GET /guarded HTTP/1.1\r\n" CLOSE "\r\n", "hello ");
	ok(settled(), "all are over");
	is_int(elsewhere, 1, "there");
}

/* The next request comes while the thread is still at the first, whole or in
 * two pieces, or along with it. */
static void
test_meanwhile(void)
{
	const struct str one = STR("GET /slow HTTP/1.1\r\n" HOST "\r\n");
	int late = 0, right = 0;

	for (int i = 0; i < ROUNDS; i++) {
		CLEAN(buf_clear) struct buf b = BUF_INIT;
		size_t split = i % 4 == 0 ? 10 : 0;
		int64_t began;
		int fd = dial(s);

		(void)say(fd, one);
		if (i % 5 != 0)
			pause_ms(30);
		(void)say(fd, str_sub(one, 0, split));
		if (split > 0)
			pause_ms(20);
		(void)say(fd, str_sub(one, split, SIZE_MAX));
		began = clock_mono();
		while (count(&b, "hello ") < 2 && clock_mono() - began < 5000)
			if (hear(fd, &b, b.n + 1, 100))
				break;
		right += count(&b, "hello ") == 2;
		late += clock_mono() - began >= LATE_MS;
		(void)close(fd);
	}
	is_int(right, ROUNDS, "what comes meanwhile is answered");
	ok(late < ROUNDS / 3, "and not a tick later: %d", late);
}

/* A body that comes by itself, with the next request behind it. */
static void
test_apart(void)
{
	CLEAN(buf_clear) struct buf b = BUF_INIT;
	int fd = dial(s);

	for (int i = 0; i < ROUNDS; i++) {
		(void)say(fd, STR("POST /pool HTTP/1.1\r\n" HOST
				  "Content-Length: 3\r\n\r\n"));
		pause_ms(10);
		(void)say(fd, i % 2 == 0 ? STR("abc")
					 : STR("abcGET / HTTP/1.1\r\n" HOST
					       "\r\nGET / HTT"));
		if (i % 2 != 0)
			(void)say(fd, STR("P/1.1\r\n" HOST "\r\n"));
	}
	while (count(&b, "hello ") < 2 * ROUNDS && !hear(fd, &b, b.n + 1, 5000))
		;
	is_int((int)count(&b, "hello abc"), ROUNDS, "bodies by themselves");
	is_int((int)count(&b, "hello "), 2 * ROUNDS, "and what is behind them");
	(void)close(fd);
}

/* The socket takes a part; the rest is the loop's. */
static void
test_part(void)
{
	CLEAN(buf_clear) struct buf b = BUF_INIT_MAX(64 * MIB);
	int fd = dial(s), small = 64 * KIB;

	(void)setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof(small));
	(void)say(fd, STR("GET /much HTTP/1.1\r\n" HOST "\r\n"));
	pause_ms(100);
	(void)say(fd, STR("GET / HTTP/1.1\r\n" CLOSE "\r\n"));
	ok(hear(fd, &b, SIZE_MAX, 5000), "both are answered");
	ok(is_pattern(str_sub(body_of(&b), 0, REPLY_LEN), 0, REPLY_LEN),
	   "each byte of what the socket did not take at once");
	is_int((int)count(&b, "hello "), 1, "and then the next");
	(void)close(fd);
}

/* Whoever asked does not wait for the answer. */
static void
test_gone(void)
{
	struct linger none = {.l_onoff = 1};
	int begun = seen.begun, asked = 0;

	for (int i = 0; i < ROUNDS; i++) {
		int fd = dial(s);

		(void)say(fd, STR("GET /slow HTTP/1.1\r\n" HOST "\r\n"));
		if (i % 2 == 0)
			(void)setsockopt(fd, SOL_SOCKET, SO_LINGER, &none,
					 sizeof(none));
		/* By then its thread is at it. */
		for (int k = 0; k < 500 && seen.begun == begun + asked; k++)
			pause_ms(2);
		asked += seen.begun > begun + asked;
		(void)close(fd);
	}
	is_int(asked, ROUNDS, "each was begun");
	ok(settled_after(begun + ROUNDS),
	   "what nobody waits for is over all the same");
}

/* Many at once, each with its next request as soon as it has its answer. */
static void *
hammer(void *arg)
{
	_Atomic int *right = arg;
	int fd = dial(s);

	for (int i = 0; i < 200; i++)
		*right += ask_on(fd, "/pool", "hello abc") < LATE_MS;
	(void)close(fd);
	return NULL;
}

static void
test_many(void)
{
	_Atomic int right = 0;
	pthread_t all[16];

	for (size_t i = 0; i < nitems(all); i++)
		(void)pthread_create(&all[i], NULL, hammer, &right);
	for (size_t i = 0; i < nitems(all); i++)
		(void)pthread_join(all[i], NULL);
	ok(right > (int)nitems(all) * 180, "many at once: %d of 3200 in time",
	   right);
}

int
main(void)
{
	struct http_conf conf = conf_default();
	int fd;

	conf.app = &pool_app;
	s = serve(&conf);
	test_whole();
	test_forms();
	test_meanwhile();
	test_apart();
	test_part();
	test_gone();
	test_many();
	/* Answered, and not yet back with its loop. */
	fd = dial(s);
	ok(ask_on(fd, "/pool", "hello abc") < 5000, "one more");
	http_free(s);
	ok(settled(), "all that was begun is done");
	(void)close(fd);
	return done_testing();
}
