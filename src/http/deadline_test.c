#include "http/serve_test.h"

#include <sys/resource.h>

#define HOST "Host: localhost\r\n"

static struct http_server *s;

/* Say the pieces of text, ms apart, and hear until it closes; how long that
 * took in all. */
static int64_t
drip(struct str text, size_t piece, long ms, struct buf *ret, bool *ret_closed)
{
	int64_t began = clock_mono();
	int fd = dial(s);

	*ret_closed = false;
	while (text.n > 0 && !*ret_closed) {
		struct str part = str_sub(text, 0, piece);

		text = str_sub(text, part.n, text.n);
		if (!say(fd, part))
			break;
		if (ms > 0)
			*ret_closed = hear(fd, ret, SIZE_MAX, (int)ms);
	}
	if (!*ret_closed)
		*ret_closed = hear(fd, ret, SIZE_MAX, 4000);
	(void)close(fd);
	return clock_mono() - began;
}

static void
cut(const char *name, struct str text, size_t piece, long ms, int64_t least,
    const char *reply)
{
	CLEAN(buf_clear) struct buf b = BUF_INIT;
	bool closed;
	int64_t took = drip(text, piece, ms, &b, &closed);

	ok(closed, "%s: closed", name);
	if (!ok(took >= least && took < least + 700, "%s: in time", name))
		printf("# took %lld ms\n", (long long)took);
	if (reply == NULL)
		is_int((int)b.n, 0, "%s: nothing said", name);
	else
		is_int((int)count(&b, reply), 1, "%s: %s", name, reply);
}

static void
test_phases(void)
{
	cut("silence", STR(""), 1, 0, 300, NULL);
	cut("a head that stops", STR("GET / HT"), 99, 0, 300, "HTTP/1.1 408 ");
	cut("a head that drips",
	    STR("GET / HTTP/1.1\r\nA: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"), 1, 20,
	    300, "HTTP/1.1 408 ");
	cut("idle behind a request", STR("GET / HTTP/1.1\r\n" HOST "\r\n"), 99,
	    0, 600, "HTTP/1.1 200 ");
	cut("a body that stops",
	    STR("POST / HTTP/1.1\r\n" HOST "Content-Length: 9\r\n\r\na"), 999,
	    0, 400, "HTTP/1.1 408 ");
	cut("an invited body that never comes",
	    STR("POST / HTTP/1.1\r\n" HOST "Content-Length: 9\r\n"
		"Expect: 100-continue\r\n\r\n"),
	    999, 0, 400, "HTTP/1.1 408 ");
	cut("a stream that stops",
	    STR("POST /stream HTTP/1.1\r\n" HOST "Content-Length: 9\r\n\r\na"),
	    999, 0, 500, "HTTP/1.1 408 ");
	is_int(seen.last_flaw, OUT_EXPIRED, "the stream was told");
}

static void
test_body_drip(void)
{
	CLEAN(buf_clear) struct buf b = BUF_INIT;
	int64_t began = clock_mono(), took;
	int fd = dial(s);

	(void)say(fd,
		  STR("POST / HTTP/1.1\r\n" HOST "Content-Length: 99\r\n\r\n"));
	while (clock_mono() - began < 3000 && !hear(fd, &b, SIZE_MAX, 20))
		(void)say(fd, STR("x"));
	took = clock_mono() - began;
	ok(took >= 400 && took < 1100, "a body that drips ends in time");
	is_int((int)count(&b, "HTTP/1.1 408 "), 1, "with 408");
	(void)close(fd);
}

/* Ask for much and read nothing. */
static void
test_stalled_reader(void)
{
	int fd = dial(s), begun = seen.begun, small = 4096;
	int64_t began = clock_mono(), took;

	(void)setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof(small));
	(void)say(fd, STR("GET /file HTTP/1.1\r\n" HOST "\r\n"));
	ok(settled_after(begun + 1), "a reader that stalls is cut");
	took = clock_mono() - began;
	ok(took >= 500 && took < 1500, "in time");
	(void)close(fd);
}

static void
test_guards(void)
{
	CLEAN(buf_clear) struct buf b = BUF_INIT;
	int fd = dial(s), small = 4096, begun = seen.begun;
	int64_t began;

	seen.guard = true;
	seen.guard_freed = false;
	(void)setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof(small));
	(void)say(fd, STR("GET /file/guarded HTTP/1.1\r\n" HOST "\r\n"));
	pause_ms(100);
	seen.guard = false;
	ok(settled_after(begun + 1), "a reply is cut by its guard");
	ok(seen.guard_freed, "which is freed");
	began = clock_mono();
	ok(hear(fd, &b, SIZE_MAX, 2000) && b.n < MIB, "early");
	ok(clock_mono() - began < 500, "what was under way is not delivered");
	(void)close(fd);

	seen.guard = true;
	fd = dial(s);
	(void)say(fd, STR("POST /stream/guarded HTTP/1.1\r\n" HOST
			  "Content-Length: 9\r\n\r\na"));
	pause_ms(100);
	seen.guard = false;
	for (int i = 0; i < 3; i++) {
		pause_ms(250);
		(void)say(fd, STR("x"));
	}
	ok(settled_after(begun + 2), "a stream is cut by its guard");
	is_int(seen.last_flaw, OUT_DENIED, "and told");
	(void)close(fd);
}

static void
test_pool(void)
{
	enum { N = 12 };
	struct http_stats stats;
	int fds[N], fine = 0;
	int64_t began;

	/* Streams that stand still may not keep short work waiting. */
	for (int i = 0; i < N; i++) {
		fds[i] = dial(s);
		(void)say(fds[i], STR("POST /stream HTTP/1.1\r\n" HOST
				      "Content-Length: 1\r\n\r\n"));
	}
	pause_ms(100);
	began = clock_mono();
	for (int i = 0; i < 3; i++) {
		CLEAN(buf_clear) struct buf b = BUF_INIT;

		b = ask(s,
			"GET /pool HTTP/1.1\r\n" HOST
			"Connection: close\r\n\r\n",
			NULL);
		fine += count(&b, "hello ") == 1;
	}
	is_int(fine, 3, "short work runs beside");
	ok(clock_mono() - began < 300, "at once");
	http_stats(s, &stats);
	is_int((int)stats.pool_threads, 4, "threads are bounded");
	for (int i = 0; i < N; i++) {
		(void)say(fds[i], STR("x"));
		(void)close(fds[i]);
	}
	ok(settled(), "all streams end");
}

/* One thread, and more work than may wait for it. */
static void
test_queue(void)
{
	enum { N = HTTP_QUEUE_MAX + 20 };
	struct http_conf conf = conf_default();
	struct http_server *slow;
	struct http_stats stats;
	struct rlimit limit;
	static int fds[N];

	(void)getrlimit(RLIMIT_NOFILE, &limit);
	limit.rlim_cur = limit.rlim_max;
	(void)setrlimit(RLIMIT_NOFILE, &limit);
	if (limit.rlim_cur < 2 * N + 100) {
		printf("# too few descriptors for the queue's limit\n");
		return;
	}
	conf.pool_max = 1;
	slow = serve(&conf);
	for (int i = 0; i < N; i++) {
		fds[i] = dial(slow);
		(void)say(fds[i],
			  STR("GET /pool/slow HTTP/1.1\r\n" HOST "\r\n"));
	}
	for (int i = 0; i < 200; i++) {
		http_stats(slow, &stats);
		if (stats.requests == N)
			break;
		pause_ms(10);
	}
	is_int((int)stats.requests, N, "all were read");
	ok(stats.shed > 0 && stats.shed < 20, "what cannot wait is shed");
	for (int i = 0; i < N; i++)
		(void)close(fds[i]);
	http_free(slow);
	ok(settled(), "the rest is done without being run");
}

static int64_t
cpu_ms(void)
{
	struct rusage u;

	(void)getrusage(RUSAGE_SELF, &u);
	return (u.ru_utime.tv_sec + u.ru_stime.tv_sec) * SECOND_MS +
	       (u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1000;
}

/* Without a descriptor left, connections are turned away without a spin, and
 * served again when there are some. */
static void
test_descriptors(void)
{
	CLEAN(buf_clear) struct buf b = BUF_INIT;
	struct rlimit old, low;
	int first = dial(s), extra[4];
	int64_t cpu;

	(void)say(first, STR("GET / HTTP/1.1\r\n" HOST "\r\n"));
	(void)hear(first, &b, 80, 2000);
	(void)getrlimit(RLIMIT_NOFILE, &old);
	for (size_t i = 0; i < nitems(extra); i++)
		extra[i] = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	low = old;
	low.rlim_cur = (rlim_t)extra[nitems(extra) - 1] + 1;
	(void)setrlimit(RLIMIT_NOFILE, &low);
	cpu = cpu_ms();
	for (size_t i = 0; i < nitems(extra); i++) {
		struct sockaddr_in addr;
		socklen_t n = sizeof(addr);

		(void)getpeername(first, (struct sockaddr *)&addr, &n);
		(void)connect(extra[i], (struct sockaddr *)&addr, n);
		buf_reset(&b);
		ok(hear(extra[i], &b, 1, 2000) && b.n == 0, "turned away");
	}
	buf_reset(&b);
	(void)say(first, STR("GET / HTTP/1.1\r\n" HOST "\r\n"));
	(void)hear(first, &b, 80, 2000);
	is_int((int)count(&b, "hello "), 1, "others are served meanwhile");
	pause_ms(500);
	ok(cpu_ms() - cpu < 200, "without a spin");
	(void)setrlimit(RLIMIT_NOFILE, &old);
	for (size_t i = 0; i < nitems(extra); i++)
		(void)close(extra[i]);
	(void)close(first);
	pause_ms(150);
	buf_clear(&b);
	b = ask(s, "GET / HTTP/1.1\r\n" HOST "Connection: close\r\n\r\n", NULL);
	is_int((int)count(&b, "hello "), 1, "and everybody afterwards");
}

static void
test_drain(void)
{
	CLEAN(buf_clear) struct buf b = BUF_INIT, idle_b = BUF_INIT;
	struct http_conf conf = conf_default();
	struct http_server *one = serve(&conf);
	int64_t began;
	int busy = dial(one), idle = dial(one), late;
	struct sockaddr_in addr;
	socklen_t n = sizeof(addr);

	(void)getpeername(busy, (struct sockaddr *)&addr, &n);
	(void)say(idle, STR("GET / HTTP/1.1\r\n" HOST "\r\n"));
	(void)hear(idle, &idle_b, 80, 2000);
	(void)say(busy, STR("GET /pool/slow HTTP/1.1\r\n" HOST "\r\n"));
	pause_ms(50);
	began = clock_mono();
	http_drain(one, 5000);
	ok(clock_mono() - began >= 150 && clock_mono() - began < 3000,
	   "waits for what runs");
	ok(hear(busy, &b, SIZE_MAX, 1000), "then closes");
	is_int((int)count(&b, "hello "), 1, "with its answer");
	is_int((int)count(&b, "Connection: close"), 1, "saying so");
	buf_reset(&idle_b);
	ok(hear(idle, &idle_b, SIZE_MAX, 1000), "idle ones are closed");
	late = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	ok(connect(late, (struct sockaddr *)&addr, sizeof(addr)) != 0,
	   "new ones are refused");
	(void)close(late);
	(void)close(busy);
	(void)close(idle);
	http_free(one);

	one = serve(&conf);
	busy = dial(one);
	(void)say(busy, STR("POST /stream HTTP/1.1\r\n" HOST
			    "Content-Length: 9\r\n\r\na"));
	pause_ms(50);
	began = clock_mono();
	http_drain(one, 100);
	ok(clock_mono() - began < 2000, "what runs too long is ended");
	(void)close(busy);
	http_free(one);
	ok(settled(), "and done");
}

int
main(void)
{
	struct http_conf conf = conf_default();

	conf.head_timeout_ms = 300;
	conf.idle_timeout_ms = 600;
	conf.body_timeout_ms = 400;
	conf.stall_timeout_ms = 500;
	s = serve(&conf);
	test_phases();
	test_body_drip();
	test_stalled_reader();
	http_free(s);
	conf.stall_timeout_ms = 5000;
	/* From here on not deadlines, but what happens meanwhile. */
	conf.idle_timeout_ms = 30000;
	conf.pool_max = 4;
	s = serve(&conf);
	test_guards();
	test_pool();
	test_descriptors();
	test_queue();
	test_drain();
	http_free(s);
	return done_testing();
}
