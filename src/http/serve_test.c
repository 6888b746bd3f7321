#include "http/serve_test.h"

#define HOST  "Host: localhost\r\n"
#define CLOSE HOST "Connection: close\r\n"

static struct http_server *s;

/* One request, one reply, closed; its text is looked for in the reply. */
static void
want(const char *name, const char *request, const char *text)
{
	CLEAN(buf_clear) struct buf b = BUF_INIT;
	bool closed;

	b = ask(s, request, &closed);
	if (!ok(closed && count(&b, text) == 1, "%s", name))
		printf("# %s\n", b.p);
}

static void
test_basics(void)
{
	want("GET", "GET / HTTP/1.1\r\n" CLOSE "\r\n", "\r\n\r\nhello ");
	want("status", "GET / HTTP/1.1\r\n" CLOSE "\r\n",
	     "HTTP/1.1 200 OK\r\n");
	want("date", "GET / HTTP/1.1\r\n" CLOSE "\r\n", " GMT\r\n");
	want("close is said", "GET / HTTP/1.1\r\n" CLOSE "\r\n",
	     "Connection: close\r\n");
	want("1.0", "GET / HTTP/1.0\r\n\r\n", "hello ");
	want("OPTIONS *", "OPTIONS * HTTP/1.1\r\n" CLOSE "\r\n", "hello ");
	want("inline body",
	     "POST / HTTP/1.1\r\n" CLOSE "Content-Length: 3\r\n\r\nabc",
	     "hello abc");
	want("inline chunked",
	     "POST / HTTP/1.1\r\n" CLOSE
	     "Transfer-Encoding: chunked\r\n\r\n2\r\nab\r\n1\r\nc\r\n0\r\n\r\n",
	     "hello abc");
	want("pool body",
	     "POST /pool HTTP/1.1\r\n" CLOSE "Content-Length: 3\r\n\r\nabc",
	     "hello abc");
	want("pool chunked",
	     "POST /pool HTTP/1.1\r\n" CLOSE
	     "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
	     "hello abc");
	want("an empty line first", "\r\nGET / HTTP/1.1\r\n" CLOSE "\r\n",
	     "hello ");
	want("two empty lines", "\r\n\r\nGET / HTTP/1.1\r\n" CLOSE "\r\n",
	     "HTTP/1.1 400 ");
	want("204 has no length", "GET /nothing HTTP/1.1\r\n" CLOSE "\r\n",
	     "204 No Content\r\n");
	want("304 states a length", "GET /unchanged HTTP/1.1\r\n" CLOSE "\r\n",
	     "Content-Length: 77\r\n");
	want("a secret is not stored", "GET /secret HTTP/1.1\r\n" CLOSE "\r\n",
	     "Cache-Control: no-store\r\n");
	want("a bad field becomes 500",
	     "GET /bad-field HTTP/1.1\r\n" CLOSE "\r\n", "HTTP/1.1 500 ");
}

static void
test_refusals(void)
{
	int begun = seen.begun;

	want("two lengths",
	     "POST / HTTP/1.1\r\n" HOST "Content-Length: 0\r\n"
	     "Content-Length: 40\r\n\r\nGET / HTTP/1.1\r\n" HOST "\r\n",
	     "HTTP/1.1 400 ");
	want(
	    "length and coding",
	    "POST / HTTP/1.1\r\n" HOST "Content-Length: 4\r\n"
	    "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET / HTTP/1.1\r\n" HOST
	    "\r\n",
	    "HTTP/1.1 400 ");
	want("unknown coding",
	     "POST / HTTP/1.1\r\n" HOST "Transfer-Encoding: xchunked\r\n\r\n",
	     "HTTP/1.1 501 ");
	want("unknown expectation",
	     "POST / HTTP/1.1\r\n" HOST "Expect: foo\r\n"
	     "Content-Length: 3\r\n\r\nabc",
	     "HTTP/1.1 417 ");
	want("no Host", "GET / HTTP/1.1\r\n\r\n", "refused: no Host");
	want("huge length",
	     "POST / HTTP/1.1\r\n" HOST
	     "Content-Length: 18446744073709551615\r\n\r\n",
	     "HTTP/1.1 413 ");
	is_int(seen.begun, begun, "none of them was begun");
	want("body over the limit",
	     "POST / HTTP/1.1\r\n" HOST "Content-Length: 1001\r\n\r\n",
	     "HTTP/1.1 413 ");
	want("bad chunk",
	     "POST / HTTP/1.1\r\n" HOST
	     "Transfer-Encoding: chunked\r\n\r\nz\r\n\r\n",
	     "HTTP/1.1 400 ");
	ok(settled(), "all are done");
	is_int(seen.last_status, 400, "with the engine's status");
}

/* A collected body of exactly n bytes. */
static void
post_chunked(size_t n, const char *text)
{
	char request[8 * KIB];
	int k = snprintf(request, sizeof(request),
			 "POST / HTTP/1.1\r\n" CLOSE
			 "Transfer-Encoding: chunked\r\n\r\n%zx\r\n",
			 n);

	memset(request + k, 'x', n);
	memcpy(request + (size_t)k + n, "\r\n0\r\n\r\n", 8);
	want("chunked at the limit", request, text);
}

static void
test_limits(void)
{
	post_chunked(INLINE_MAX - 1, "HTTP/1.1 200 ");
	post_chunked(INLINE_MAX, "HTTP/1.1 200 ");
	post_chunked(INLINE_MAX + 1, "HTTP/1.1 413 ");
}

static void
test_keep_alive(void)
{
	CLEAN(buf_clear) struct buf b = BUF_INIT;
	int fd = dial(s);

	for (int i = 0; i < 5; i++) {
		buf_reset(&b);
		(void)say(fd, STR("GET / HTTP/1.1\r\n" HOST "\r\n"));
		ok(!hear(fd, &b, 80, 2000) && count(&b, "hello ") == 1,
		   "request %d on one connection", i);
	}
	buf_reset(&b);
	(void)say(fd, STR("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"));
	(void)hear(fd, &b, 105, 2000);
	is_int((int)count(&b, "Connection: keep-alive\r\n"), 1, "1.0 keeps");
	buf_reset(&b);
	(void)say(fd, STR("GET / HTTP/1.0\r\n\r\n"));
	ok(hear(fd, &b, SIZE_MAX, 2000), "1.0 closes");
	(void)close(fd);
}

static void
test_pipelining(void)
{
	static const char mixed[] =
	    "GET /?1 HTTP/1.1\r\n" HOST "\r\n"
	    "POST / HTTP/1.1\r\n" HOST "Content-Length: 3\r\n\r\none"
	    "POST /pool HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n\r\n"
	    "3\r\ntwo\r\n0\r\n\r\n"
	    "POST /stream/echo HTTP/1.1\r\n" HOST "Content-Length: 5\r\n\r\n"
	    "three"
	    "POST /early HTTP/1.1\r\n" HOST "Content-Length: 4\r\n\r\nfour"
	    "POST /early HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n\r\n"
	    "4\r\nfive\r\n0\r\n\r\n"
	    "POST /stream/half HTTP/1.1\r\n" HOST "Content-Length: 12\r\n\r\n"
	    "0123456789ab"
	    "GET /last HTTP/1.1\r\n" CLOSE "\r\n";
	CLEAN(buf_clear) struct buf b = BUF_INIT, many = BUF_INIT;
	const char *one, *two, *three;
	bool closed;

	b = ask(s, mixed, &closed);
	ok(closed, "the last closes");
	is_int((int)count(&b, "HTTP/1.1 200 OK"), 6, "six are fine");
	is_int((int)count(&b, "HTTP/1.1 403 "), 2, "two are answered early");
	one = strstr(b.p, "hello one");
	two = strstr(b.p, "hello two");
	three = strstr(b.p, "three");
	ok(one != NULL && two > one && three > two, "in order");
	for (int i = 0; i < 999; i++)
		buf_adds(&many, "GET / HTTP/1.1\r\n" HOST "\r\n");
	buf_adds(&many, "GET / HTTP/1.1\r\n" CLOSE "\r\n");
	buf_clear(&b);
	b = ask(s, many.p, &closed);
	is_int((int)count(&b, "hello "), 1000, "a thousand in one piece");
}

/* A request byte by byte ends like one in one piece. */
static void
test_drip(void)
{
	static const char request[] =
	    "POST / HTTP/1.1\r\n" CLOSE
	    "Transfer-Encoding: chunked\r\n\r\n3;x\r\nabc\r\n0\r\nT: x\r\n\r\n";
	CLEAN(buf_clear) struct buf b = BUF_INIT;
	int fd = dial(s), one = 1;

	(void)setsockopt(fd, IPPROTO_TCP, 1 /* TCP_NODELAY */, &one,
			 sizeof(one));
	for (size_t i = 0; i < sizeof(request) - 1; i++) {
		(void)say(fd, (struct str){request + i, 1});
		pause_ms(1);
	}
	ok(hear(fd, &b, SIZE_MAX, 2000), "closed");
	is_int((int)count(&b, "hello abc"), 1, "understood");
	(void)close(fd);
}

static void
test_head(void)
{
	CLEAN(buf_clear) struct buf b = BUF_INIT;

	want("HEAD states the length", "HEAD / HTTP/1.1\r\n" CLOSE "\r\n",
	     "Content-Length: 6\r\n");
	want("HEAD of a file", "HEAD /file HTTP/1.1\r\n" CLOSE "\r\n",
	     "Content-Length: 8388608\r\n");
	b = ask(s, "HEAD /file HTTP/1.1\r\n" CLOSE "\r\n", NULL);
	is_int((int)body_of(&b).n, 0, "HEAD has no body");
	buf_clear(&b);
	b = ask(s, "GET /nothing HTTP/1.1\r\n" CLOSE "\r\n", NULL);
	is_int((int)count(&b, "Content-Length"), 0, "204 has no length");
}

static bool
is_pattern(struct str body, size_t from, size_t n)
{
	if (body.n != n)
		return false;
	for (size_t i = 0; i < n; i++)
		if (body.p[i] != pattern(from + i))
			return false;
	return true;
}

static void
test_files(void)
{
	static const struct {
		size_t off, len;
	} ranges[] = {
	    {0, 0},
	    {1, 1},
	    {3, 64 * KIB - 1},
	    {3, 64 * KIB},
	    {3, 64 * KIB + 1},
	    {12345, 5 * MIB},
	    {0, FILE_SIZE},
	};
	char request[128];

	for (size_t i = 0; i < nitems(ranges); i++) {
		CLEAN(buf_clear) struct buf b = BUF_INIT;

		(void)snprintf(request, sizeof(request),
			       "GET /file?%zu-%zu HTTP/1.1\r\n" CLOSE "\r\n",
			       ranges[i].off, ranges[i].len);
		b = ask(s, request, NULL);
		ok(is_pattern(body_of(&b), ranges[i].off, ranges[i].len),
		   "file from %zu, %zu bytes", ranges[i].off, ranges[i].len);
	}
	ok(settled(), "done");
	is_int((long long)seen.last_out, FILE_SIZE, "bytes are counted");
}

static void
test_large_memory(void)
{
	CLEAN(buf_clear) struct buf b = BUF_INIT;

	b = ask(s, "GET /big HTTP/1.1\r\n" CLOSE "\r\n", NULL);
	ok(is_pattern(body_of(&b), 0, 4 * MIB), "4 MiB from memory");
}

/* A file that is shorter than promised cannot be made up for. */
static void
test_short_file(void)
{
	CLEAN(buf_clear) struct buf b = BUF_INIT;
	bool closed;

	b = ask(s, "GET /file?4194304-8388608 HTTP/1.1\r\n" HOST "\r\n",
		&closed);
	ok(closed && body_of(&b).n == 4 * MIB, "cut where the file ends");
	buf_clear(&b);
	b = ask(s, "GET /file?8388607-2 HTTP/1.1\r\n" HOST "\r\n", &closed);
	ok(closed && b.n == 0, "nothing is said when it shows in time");
}

static void
test_continue(void)
{
	static const char head[] =
	    "POST %s HTTP/1.1\r\n" CLOSE "Expect: 100-continue\r\n"
	    "Content-Length: 3\r\n\r\n";
	static const char *const paths[] = {"/", "/pool", "/stream/echo"};
	char request[256];

	for (size_t i = 0; i < nitems(paths); i++) {
		CLEAN(buf_clear) struct buf b = BUF_INIT;
		int fd = dial(s);

		(void)snprintf(request, sizeof(request), head, paths[i]);
		(void)say(fd, str_c(request));
		(void)hear(fd, &b, 25, 2000);
		is_str(buf_str(&b), STR("HTTP/1.1 100 Continue\r\n\r\n"),
		       "invited to %s", paths[i]);
		(void)say(fd, STR("abc"));
		(void)hear(fd, &b, SIZE_MAX, 2000);
		is_int((int)count(&b, "abc"), 1, "and heard");
		(void)close(fd);
	}
	want("refused without an invitation",
	     "POST /early HTTP/1.1\r\n" HOST "Expect: 100-continue\r\n"
	     "Content-Length: 3\r\n\r\n",
	     "HTTP/1.1 403 ");
	want("a body that is there is not invited",
	     "POST / HTTP/1.1\r\n" CLOSE "Expect: 100-continue\r\n"
	     "Content-Length: 3\r\n\r\nabc",
	     "hello abc");
}

/* An early answer reaches a client that is still busy sending. */
static void
test_early(void)
{
	CLEAN(buf_clear) struct buf b = BUF_INIT;
	static char piece[64 * KIB];
	int fd = dial(s);
	bool open = true;

	(void)say(fd, STR("POST /early HTTP/1.1\r\n" HOST
			  "Content-Length: 4194304\r\n\r\n"));
	for (int i = 0; i < 64 && open; i++)
		open = say(fd, (struct str){piece, sizeof(piece)});
	ok(open, "4 MiB were taken");
	ok(hear(fd, &b, SIZE_MAX, 2000), "then closed");
	is_int((int)count(&b, "HTTP/1.1 403 "), 1, "after the answer");
	is_int((int)count(&b, "Connection: close"), 1, "which says so");
	(void)close(fd);
	fd = dial(s);
	buf_reset(&b);
	(void)say(fd, STR("POST /early HTTP/1.1\r\n" HOST
			  "Content-Length: 65536\r\n\r\n"));
	(void)hear(fd, &b, 80, 2000);
	is_int((int)count(&b, "Connection: close"), 0,
	       "a short body is skipped");
	(void)say(fd, (struct str){piece, sizeof(piece)});
	buf_reset(&b);
	(void)say(fd, STR("GET / HTTP/1.1\r\n" CLOSE "\r\n"));
	(void)hear(fd, &b, SIZE_MAX, 2000);
	is_int((int)count(&b, "hello "), 1, "and the next request is served");
	(void)close(fd);
}

/* Send to and read from one socket at once. */
static void
exchange(int fd, struct str out, struct buf *in)
{
	while (out.n > 0) {
		struct pollfd p = {.fd = fd, .events = POLLIN | POLLOUT};
		ssize_t n = 0;

		if (poll(&p, 1, 5000) <= 0)
			return;
		if (p.revents & POLLOUT)
			n = send(fd, out.p, out.n, MSG_NOSIGNAL | MSG_DONTWAIT);
		if (n > 0)
			out = str_sub(out, (size_t)n, out.n);
		else if (n < 0 && errno != EAGAIN)
			break;
		if (p.revents & POLLIN)
			break;
	}
	(void)hear(fd, in, SIZE_MAX, 5000);
}

static void
echo(const char *name, const struct buf *request)
{
	CLEAN(buf_clear) struct buf b = BUF_INIT_MAX(32 * MIB);
	int fd = dial(s);

	exchange(fd, buf_str(request), &b);
	ok(is_pattern(body_of(&b), 0, FILE_SIZE), "8 MiB, %s", name);
	(void)close(fd);
}

static void
add_pattern(struct buf *b, size_t from, size_t n)
{
	for (size_t i = 0; i < n; i++)
		buf_addc(b, pattern(from + i));
}

static void
echo_chunked(const char *path, size_t chunk)
{
	CLEAN(buf_clear) struct buf b = BUF_INIT_MAX(64 * MIB);
	char name[64];

	buf_addf(&b,
		 "POST %s HTTP/1.1\r\n" CLOSE
		 "Transfer-Encoding: chunked\r\n\r\n",
		 path);
	for (size_t at = 0; at < FILE_SIZE; at += chunk) {
		size_t n = FILE_SIZE - at < chunk ? FILE_SIZE - at : chunk;

		buf_addf(&b, "%zx\r\n", n);
		add_pattern(&b, at, n);
		buf_adds(&b, "\r\n");
	}
	buf_adds(&b, "0\r\n\r\n");
	(void)snprintf(name, sizeof(name), "%s in chunks of %zu", path, chunk);
	echo(name, &b);
}

static void
test_streams(void)
{
	static const size_t chunks[] = {100,	8191,	   32 * KIB,
					100003, 256 * KIB, FILE_SIZE};
	CLEAN(buf_clear) struct buf b = BUF_INIT;

	buf_addf(&b, "POST /stream/echo HTTP/1.1\r\n" CLOSE
		     "Content-Length: 8388608\r\n\r\n");
	add_pattern(&b, 0, FILE_SIZE);
	echo("with a length", &b);
	ok(settled(), "done");
	is_int((long long)seen.last_in, FILE_SIZE, "bytes are counted");
	for (size_t i = 0; i < nitems(chunks); i++)
		echo_chunked("/stream/echo", chunks[i]);
	want("an empty stream",
	     "POST /stream HTTP/1.1\r\n" CLOSE "Content-Length: 0\r\n\r\n",
	     "X-Total: 0\r\n");
	want("no body at all", "GET /stream HTTP/1.1\r\n" CLOSE "\r\n",
	     "X-Total: 0\r\n");
	want("bad chunk in a stream",
	     "POST /stream HTTP/1.1\r\n" HOST
	     "Transfer-Encoding: chunked\r\n\r\n3\r\nabcd\r\n",
	     "HTTP/1.1 400 ");
	is_int(seen.last_flaw, OUT_MALFORMED, "is told");
}

/* The client goes away in the middle. */
static void
test_torn(void)
{
	int fd = dial(s), begun = seen.begun;

	(void)say(fd, STR("POST /stream HTTP/1.1\r\n" HOST
			  "Content-Length: 10\r\n\r\nabc"));
	(void)close(fd);
	ok(settled_after(begun + 1), "a torn stream is done");
	is_int(seen.last_flaw, OUT_RANGE, "and told");
	fd = dial(s);
	(void)say(fd, STR("POST /pool HTTP/1.1\r\n" HOST
			  "Content-Length: 10\r\n\r\nabc"));
	pause_ms(20);
	(void)close(fd);
	ok(settled_after(begun + 2), "a torn body is done");
	is_int(seen.last_status, 0, "without a status");
	fd = dial(s);
	(void)say(fd, STR("GET /file HTTP/1.1\r\n" HOST "\r\n"));
	pause_ms(50);
	(void)close(fd);
	ok(settled_after(begun + 3), "a torn reply is done");
}

/* The client half-closes behind its request, as nc -N does. */
static void
test_half_closed(void)
{
	CLEAN(buf_clear) struct buf b = BUF_INIT;
	int fd = dial(s);

	(void)say(fd, STR("POST /pool HTTP/1.1\r\n" HOST
			  "Content-Length: 3\r\n\r\nabc"));
	(void)shutdown(fd, SHUT_WR);
	ok(hear(fd, &b, SIZE_MAX, 2000), "closed");
	is_int((int)count(&b, "hello abc"), 1, "after the answer");
	(void)close(fd);
}

static void
test_start(void)
{
	struct http_conf conf = conf_default();
	struct http_server *other = NULL;
	struct note note = {""};
	static const char *const bad[] = {
	    "127.0.0.1", "127.0.0.1:",	   "127.0.0.1:x",
	    "::1:80",	 "localhost:0",	   ":0",
	    "",		 "127.0.0.1:99999"};

	conf.addr = http_bound(s);
	is_int(http_start(&conf, &other, &note), OUT_CONFLICT, "in use");
	ok(strstr(note.text, conf.addr) != NULL, "and said which");
	for (size_t i = 0; i < nitems(bad); i++) {
		conf.addr = bad[i];
		is_int(http_start(&conf, &other, &note), OUT_MALFORMED,
		       "address '%s'", bad[i]);
	}
	ok(other == NULL, "nothing was returned");
	conf.addr = "[::1]:0";
	if (http_start(&conf, &other, &note) == 0) {
		ok(str_starts(str_c(http_bound(other)), STR("[::1]:")),
		   "IPv6 keeps its brackets");
		http_free(other);
	}
}

int
main(void)
{
	struct http_conf conf = conf_default();
	struct http_stats stats;

	s = serve(&conf);
	test_start();
	test_basics();
	test_refusals();
	test_limits();
	test_keep_alive();
	test_pipelining();
	test_drip();
	test_head();
	test_files();
	test_large_memory();
	test_short_file();
	test_continue();
	test_early();
	test_streams();
	test_torn();
	test_half_closed();
	http_stats(s, &stats);
	ok(stats.requests > 1000 && stats.refused > 0 && stats.accepted > 0,
	   "counted");
	http_free(s);
	ok(settled(), "all that was begun is done");
	return done_testing();
}
