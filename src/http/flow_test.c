#include "http/serve_test.h"

#include <zlib.h>

#define HOST  "Host: localhost\r\n"
#define CLOSE HOST "Connection: close\r\n"

static struct http_server *s;

/* Take a chunked body apart as strictly as a client may; *ret_used: with its
 * end. False when it is not whole. */
static bool
unchunk(struct str s0, struct buf *ret, size_t *ret_used)
{
	struct str s1 = s0;

	for (;;) {
		const char *eol = memmem(s1.p, s1.n, "\r\n", 2);
		char *end;
		size_t n;

		if (eol == NULL)
			return false;
		n = strtoul(s1.p, &end, 16);
		if (end != eol || s1.n < (size_t)(eol - s1.p) + 4 + n)
			return false;
		buf_add(ret, eol + 2, n);
		if (memcmp(eol + 2 + n, "\r\n", 2) != 0)
			return false;
		s1 = str_sub(s1, (size_t)(eol - s1.p) + 4 + n, SIZE_MAX);
		*ret_used = s0.n - s1.n;
		if (n == 0)
			return true;
	}
}

static void
test_sizes(void)
{
	static const char *const sizes[] = {"0",     "1",     "32768",
					    "32769", "65536", "5000000"};
	char request[128];

	for (size_t i = 0; i < nitems(sizes); i++) {
		CLEAN(buf_clear) struct buf b = BUF_INIT_MAX(64 * MIB);
		CLEAN(buf_clear) struct buf body = BUF_INIT_MAX(64 * MIB);
		size_t n = strtoul(sizes[i], NULL, 10), used = 0;

		(void)snprintf(request, sizeof(request),
			       "GET /flow?%s HTTP/1.1\r\n" CLOSE "\r\n",
			       sizes[i]);
		b = ask(s, request, NULL);
		ok(count(&b, "Transfer-Encoding: chunked\r\n") == 1 &&
		       count(&b, "Content-Length") == 0 &&
		       count(&b, "Connection: close\r\n") == 1,
		   "%s bytes: the head", sizes[i]);
		ok(unchunk(body_of(&b), &body, &used) && used == body_of(&b).n,
		   "  whole chunks and nothing else");
		ok(is_pattern(buf_str(&body), 0, n), "  the bytes");
		(void)settled();
		is_int((long long)seen.last_out, (long long)n, "  counted");
		buf_clear(&b);
		(void)snprintf(request, sizeof(request),
			       "GET /flow?%s HTTP/1.0\r\n\r\n", sizes[i]);
		b = ask(s, request, NULL);
		ok(count(&b, "Transfer-Encoding") == 0 &&
		       count(&b, "Content-Length") == 0 &&
		       is_pattern(body_of(&b), 0, n),
		   "  until the end for HTTP/1.0");
	}
}

static void
test_keeps(void)
{
	CLEAN(buf_clear) struct buf b = BUF_INIT, body = BUF_INIT;
	size_t used = 0;
	int fd = dial(s);

	(void)say(fd, STR("GET /flow?5 HTTP/1.1\r\n" HOST "\r\n"
			  "GET / HTTP/1.1\r\n" CLOSE "\r\n"));
	ok(hear(fd, &b, SIZE_MAX, 3000), "closed by the second");
	ok(unchunk(body_of(&b), &body, &used) && body.n == 5, "the first");
	ok(str_starts(str_sub(body_of(&b), used, SIZE_MAX),
		      STR("HTTP/1.1 200 OK\r\n")),
	   "and another on the same connection");
	(void)close(fd);
	buf_reset(&b);
	fd = dial(s);
	(void)say(fd, STR("HEAD /flow?500 HTTP/1.1\r\n" HOST "\r\n"
			  "GET / HTTP/1.1\r\n" CLOSE "\r\n"));
	ok(hear(fd, &b, SIZE_MAX, 3000) &&
	       str_starts(body_of(&b), STR("HTTP/1.1 200 OK\r\n")),
	   "HEAD has no body");
	(void)close(fd);
}

static void
test_cut(void)
{
	CLEAN(buf_clear) struct buf b = BUF_INIT, body = BUF_INIT;
	bool closed = false;
	size_t used = 0;

	b = ask(s, "GET /flow/cut?70000 HTTP/1.1\r\n" HOST "\r\n", &closed);
	ok(closed && !unchunk(body_of(&b), &body, &used),
	   "what is cut does not look whole");
}

static void
slow_reader(const char *path, int *ret_fd)
{
	char request[128];
	int fd = dial(s), small = 4096;

	(void)setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof(small));
	(void)snprintf(request, sizeof(request),
		       "GET %s HTTP/1.1\r\n" CLOSE "\r\n", path);
	(void)say(fd, str_c(request));
	*ret_fd = fd;
}

static void
test_slow(void)
{
	CLEAN(buf_clear) struct buf b = BUF_INIT_MAX(64 * MIB);
	CLEAN(buf_clear) struct buf body = BUF_INIT_MAX(64 * MIB);
	size_t used = 0;
	int fd;

	slow_reader("/flow?3000000", &fd);
	for (int i = 0; i < 5; i++) {
		pause_ms(60);
		(void)hear(fd, &b, b.n + 1000, 1000);
	}
	ok(hear(fd, &b, SIZE_MAX, 3000), "a slow reader is waited for");
	ok(unchunk(body_of(&b), &body, &used) &&
	       is_pattern(buf_str(&body), 0, 3000000),
	   "and gets all of it");
	(void)close(fd);
}

static void
test_ends(void)
{
	int fd, begun = seen.begun;

	slow_reader("/flow?50000000", &fd);
	ok(settled_after(begun + 1), "who does not read is left");
	is_int(seen.last_flaw, OUT_EXPIRED, "  and the program told");
	(void)close(fd);

	slow_reader("/flow?50000000", &fd);
	pause_ms(100);
	(void)close(fd);
	ok(settled_after(begun + 2), "who goes away is left");
	is_int(seen.last_flaw, OUT_RANGE, "  and the program told");

	slow_reader("/flow/silent", &fd);
	pause_ms(100);
	is_int(seen.begun - seen.done, 1, "a silent program is waited for");
	(void)close(fd);
	ok(settled_after(begun + 3), "while its client is there");
	is_int(seen.last_flaw, OUT_RANGE, "  and told");

	slow_reader("/flow/silent", &fd);
	pause_ms(100);
	seen.guard = false;
	ok(settled_after(begun + 4), "a guard's no ends a silent program");
	is_int(seen.last_flaw, OUT_DENIED, "  and tells it");
	(void)close(fd);

	seen.guard = true;
	seen.guard_freed = false;
	slow_reader("/flow?50000000", &fd);
	pause_ms(50);
	seen.guard = false;
	ok(settled_after(begun + 5), "a guard's no cuts what is on its way");
	is_int(seen.last_flaw, OUT_DENIED, "  and tells");
	ok(seen.guard_freed, "  and is freed");
	seen.guard = true;
	(void)close(fd);
}

/* gzip of n bytes of the pattern; of zeros when plain is true. */
static void
gzip(size_t n, bool zeros, struct buf *ret)
{
	CLEAN(buf_clear) struct buf in = BUF_INIT_MAX(256 * MIB);
	z_stream z = {0};

	if (buf_room(&in, n) != 0 || buf_room(ret, n + 1024) != 0)
		abort();
	for (size_t i = 0; i < n; i++)
		in.p[i] = zeros ? '\0' : pattern(i);
	if (deflateInit2(&z, 9, Z_DEFLATED, 31, 9, Z_DEFAULT_STRATEGY) != Z_OK)
		abort();
	z.next_in = (Bytef *)in.p;
	z.avail_in = (uInt)n;
	z.next_out = (Bytef *)ret->p;
	z.avail_out = (uInt)(n + 1024);
	if (deflate(&z, Z_FINISH) != Z_STREAM_END)
		abort();
	ret->n = z.total_out;
	(void)deflateEnd(&z);
}

static struct buf
post(const char *path, const char *fields, struct str body)
{
	CLEAN(buf_clear) struct buf request = BUF_INIT_MAX(64 * MIB);
	struct buf b = BUF_INIT_MAX(256 * MIB);
	int fd = dial(s);

	buf_addf(&request, "POST %s HTTP/1.0\r\n%sContent-Length: %zu\r\n\r\n",
		 path, fields, body.n);
	buf_addstr(&request, body);
	(void)say(fd, buf_str(&request));
	(void)hear(fd, &b, SIZE_MAX, 5000);
	(void)close(fd);
	return b;
}

#define GZIP "Content-Encoding: gzip\r\n"

static void
echoes(const char *name, size_t n, bool zeros, int status)
{
	CLEAN(buf_clear) struct buf coded = BUF_INIT_MAX(64 * MIB);
	CLEAN(buf_clear) struct buf b = BUF_INIT;

	gzip(n, zeros, &coded);
	b = post("/flow/echo", GZIP, buf_str(&coded));
	if (status == 200)
		ok(zeros ? body_of(&b).n == n : is_pattern(body_of(&b), 0, n),
		   "%s: decoded", name);
	else
		ok(count(&b, "HTTP/1.1 400 ") == 1, "%s: refused", name);
}

static void
test_gzip(void)
{
	CLEAN(buf_clear) struct buf coded = BUF_INIT;
	CLEAN(buf_clear) struct buf b = BUF_INIT;
	CLEAN(buf_clear) struct buf more = BUF_INIT;

	echoes("nothing", 0, false, 200);
	echoes("one byte", 1, false, 200);
	echoes("a lot", 3000000, false, 200);
	echoes("a MiB of zeros", MIB, true, 200);
	echoes("a bomb", 30 * MIB, true, 400);
	is_int(seen.last_flaw, OUT_TOO_LARGE, "by its ratio");

	gzip(5000, false, &coded);
	b = post("/flow/echo", "", buf_str(&coded));
	is_str(body_of(&b), buf_str(&coded), "uncoded bytes stay as they are");
	buf_clear(&b);
	b = post("/flow/echo", "Content-Encoding: x-gzip\r\n", buf_str(&coded));
	ok(is_pattern(body_of(&b), 0, 5000), "the coding's old name");
	buf_clear(&b);
	b = post("/flow/echo", GZIP, str_sub(buf_str(&coded), 0, coded.n - 1));
	ok(count(&b, "HTTP/1.1 400 ") == 1 && seen.last_flaw == OUT_MALFORMED,
	   "a body that is not whole");
	buf_clear(&b);
	buf_addstr(&more, buf_str(&coded));
	buf_addc(&more, 'x');
	b = post("/flow/echo", GZIP, buf_str(&more));
	ok(count(&b, "HTTP/1.1 400 ") == 1 && seen.last_flaw == OUT_MALFORMED,
	   "a byte behind it");
	buf_clear(&b);
	b = post("/flow/echo", GZIP, STR("no gzip at all"));
	ok(count(&b, "HTTP/1.1 400 ") == 1 && seen.last_flaw == OUT_MALFORMED,
	   "no gzip at all");
	buf_clear(&b);
	coded.p[coded.n - 6] ^= 1;
	b = post("/flow/echo", GZIP, buf_str(&coded));
	ok(count(&b, "HTTP/1.1 400 ") == 1, "a wrong checksum");
	buf_clear(&b);
	b = post("/stream/echo", GZIP, STR("x"));
	ok(count(&b, "HTTP/1.1 415 ") == 1, "where it is not taken: a stream");
	buf_clear(&b);
	b = post("/pool", GZIP, STR("x"));
	ok(count(&b, "HTTP/1.1 415 ") == 1, "where it is not taken: the pool");
	buf_clear(&b);
	b = post("/", GZIP, STR("x"));
	ok(count(&b, "HTTP/1.1 415 ") == 1, "where it is not taken: inline");
}

/* Coded and chunked at once, in many small pieces. */
static void
test_gzip_chunked(void)
{
	CLEAN(buf_clear) struct buf coded = BUF_INIT, b = BUF_INIT;
	int fd = dial(s);

	gzip(200000, false, &coded);
	(void)say(fd, STR("POST /flow/echo HTTP/1.1\r\n" CLOSE GZIP
			  "Transfer-Encoding: chunked\r\n\r\n"));
	for (size_t at = 0; at < coded.n; at += 777) {
		struct str piece = str_sub(buf_str(&coded), at, 777);
		char head[16];

		(void)snprintf(head, sizeof(head), "%zx\r\n", piece.n);
		(void)say(fd, str_c(head));
		(void)say(fd, piece);
		(void)say(fd, STR("\r\n"));
	}
	(void)say(fd, STR("0\r\n\r\n"));
	(void)hear(fd, &b, SIZE_MAX, 3000);
	{
		CLEAN(buf_clear) struct buf body = BUF_INIT;
		size_t used = 0;

		ok(unchunk(body_of(&b), &body, &used) &&
		       is_pattern(buf_str(&body), 0, 200000),
		   "gzip in chunks");
	}
	(void)close(fd);
}

static void
test_drain(void)
{
	int fd, begun = seen.begun;

	slow_reader("/flow/silent", &fd);
	for (int i = 0; i < 200 && seen.begun == begun; i++)
		pause_ms(10);
	http_drain(s, 100);
	ok(settled(), "a server that ends does not wait for a silent program");
	is_int(seen.last_flaw, OUT_RANGE, "which is told");
	(void)close(fd);
}

int
main(void)
{
	struct http_conf conf = conf_default();

	conf.stall_timeout_ms = 700;
	s = serve(&conf);
	seen.guard = true;
	test_sizes();
	test_keeps();
	test_cut();
	test_slow();
	test_ends();
	test_gzip();
	test_gzip_chunked();
	test_drain();
	http_free(s);
	return done_testing();
}
