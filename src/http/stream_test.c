#include "http/serve_test.h"

#define HOST  "Host: localhost\r\n"
#define CLOSE HOST "Connection: close\r\n"

static struct http_server *s;

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
	want(s, "refused without an invitation",
	     "POST /early HTTP/1.1\r\n" HOST "Expect: 100-continue\r\n"
	     "Content-Length: 3\r\n\r\n",
	     "HTTP/1.1 403 ");
	want(s, "a body that is there is not invited",
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
	want(s, "an empty stream",
	     "POST /stream HTTP/1.1\r\n" CLOSE "Content-Length: 0\r\n\r\n",
	     "X-Total: 0\r\n");
	want(s, "no body at all", "GET /stream HTTP/1.1\r\n" CLOSE "\r\n",
	     "X-Total: 0\r\n");
	want(s, "bad chunk in a stream",
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

int
main(void)
{
	struct http_conf conf = conf_default();

	s = serve(&conf);
	test_continue();
	test_early();
	test_streams();
	test_torn();
	http_free(s);
	ok(settled(), "all that was begun is done");
	return done_testing();
}
