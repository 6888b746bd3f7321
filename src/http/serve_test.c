#include "http/serve_test.h"

#include <fcntl.h>
#include <sys/stat.h>

#define HOST  "Host: localhost\r\n"
#define CLOSE HOST "Connection: close\r\n"

static struct http_server *s;

static void
test_basics(void)
{
	want(s, "GET", "GET / HTTP/1.1\r\n" CLOSE "\r\n", "\r\n\r\nhello ");
	want(s, "status", "GET / HTTP/1.1\r\n" CLOSE "\r\n",
	     "HTTP/1.1 200 OK\r\n");
	want(s, "date", "GET / HTTP/1.1\r\n" CLOSE "\r\n", " GMT\r\n");
	want(s, "close is said", "GET / HTTP/1.1\r\n" CLOSE "\r\n",
	     "Connection: close\r\n");
	want(s, "1.0", "GET / HTTP/1.0\r\n\r\n", "hello ");
	want(s, "OPTIONS *", "OPTIONS * HTTP/1.1\r\n" CLOSE "\r\n", "hello ");
	want(s, "inline body",
	     "POST / HTTP/1.1\r\n" CLOSE "Content-Length: 3\r\n\r\nabc",
	     "hello abc");
	want(s, "inline chunked",
	     "POST / HTTP/1.1\r\n" CLOSE
	     "Transfer-Encoding: chunked\r\n\r\n2\r\nab\r\n1\r\nc\r\n0\r\n\r\n",
	     "hello abc");
	want(s, "pool body",
	     "POST /pool HTTP/1.1\r\n" CLOSE "Content-Length: 3\r\n\r\nabc",
	     "hello abc");
	want(s, "pool chunked",
	     "POST /pool HTTP/1.1\r\n" CLOSE
	     "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
	     "hello abc");
	want(s, "an empty line first", "\r\nGET / HTTP/1.1\r\n" CLOSE "\r\n",
	     "hello ");
	want(s, "two empty lines", "\r\n\r\nGET / HTTP/1.1\r\n" CLOSE "\r\n",
	     "HTTP/1.1 400 ");
	want(s, "204 has no length", "GET /nothing HTTP/1.1\r\n" CLOSE "\r\n",
	     "204 No Content\r\n");
	want(s, "304 states a length",
	     "GET /unchanged HTTP/1.1\r\n" CLOSE "\r\n",
	     "Content-Length: 77\r\n");
	want(s, "a secret is not stored",
	     "GET /secret HTTP/1.1\r\n" CLOSE "\r\n",
	     "Cache-Control: no-store\r\n");
	want(s, "a bad field becomes 500",
	     "GET /bad-field HTTP/1.1\r\n" CLOSE "\r\n", "HTTP/1.1 500 ");
}

static void
test_refusals(void)
{
	int begun = seen.begun;

	want(s, "two lengths",
	     "POST / HTTP/1.1\r\n" HOST "Content-Length: 0\r\n"
	     "Content-Length: 40\r\n\r\nGET / HTTP/1.1\r\n" HOST "\r\n",
	     "HTTP/1.1 400 ");
	want(
	    s, "length and coding",
	    "POST / HTTP/1.1\r\n" HOST "Content-Length: 4\r\n"
	    "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET / HTTP/1.1\r\n" HOST
	    "\r\n",
	    "HTTP/1.1 400 ");
	want(s, "unknown coding",
	     "POST / HTTP/1.1\r\n" HOST "Transfer-Encoding: xchunked\r\n\r\n",
	     "HTTP/1.1 501 ");
	want(s, "unknown expectation",
	     "POST / HTTP/1.1\r\n" HOST "Expect: foo\r\n"
	     "Content-Length: 3\r\n\r\nabc",
	     "HTTP/1.1 417 ");
	want(s, "no Host", "GET / HTTP/1.1\r\n\r\n", "refused: no Host");
	want(s, "huge length",
	     "POST / HTTP/1.1\r\n" HOST
	     "Content-Length: 18446744073709551615\r\n\r\n",
	     "HTTP/1.1 413 ");
	is_int(seen.begun, begun, "none of them was begun");
	want(s, "body over the limit",
	     "POST / HTTP/1.1\r\n" HOST "Content-Length: 1001\r\n\r\n",
	     "HTTP/1.1 413 ");
	want(s, "bad chunk",
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
	want(s, "chunked at the limit", request, text);
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

	want(s, "HEAD states the length", "HEAD / HTTP/1.1\r\n" CLOSE "\r\n",
	     "Content-Length: 6\r\n");
	want(s, "HEAD of a file", "HEAD /file HTTP/1.1\r\n" CLOSE "\r\n",
	     "Content-Length: 8388608\r\n");
	b = ask(s, "HEAD /file HTTP/1.1\r\n" CLOSE "\r\n", NULL);
	is_int((int)body_of(&b).n, 0, "HEAD has no body");
	buf_clear(&b);
	b = ask(s, "GET /nothing HTTP/1.1\r\n" CLOSE "\r\n", NULL);
	is_int((int)count(&b, "Content-Length"), 0, "204 has no length");
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

/* The server's end of this connection, -1 when there is none. */
static int
server_end(int client)
{
	struct sockaddr_in mine, peer;
	socklen_t n = sizeof(mine);

	if (getsockname(client, (struct sockaddr *)&mine, &n) != 0)
		return -1;
	for (int fd = 3; fd < 1024; fd++) {
		n = sizeof(peer);
		if (fd != client &&
		    getpeername(fd, (struct sockaddr *)&peer, &n) == 0 &&
		    n == sizeof(peer) && peer.sin_family == AF_INET &&
		    peer.sin_port == mine.sin_port)
			return fd;
	}
	return -1;
}

/* Does any epoll of this process wait for the file that fd stands for? */
static bool
is_watched(int fd)
{
	char path[64], line[256], ino[40];
	bool found = false;
	struct stat st;

	if (fstat(fd, &st) != 0)
		return false;
	(void)snprintf(ino, sizeof(ino), " ino:%lx ", (unsigned long)st.st_ino);
	for (int i = 3; i < 1024; i++) {
		FILE *f;

		(void)snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", i);
		f = fopen(path, "re");
		while (f != NULL && fgets(line, sizeof(line), f) != NULL)
			found |= strncmp(line, "tfd:", 4) == 0 &&
				 strstr(line, ino) != NULL;
		if (f != NULL)
			(void)fclose(f);
	}
	return found;
}

/* A child that is being started has the descriptors of this process for a
 * moment, so that closing one does not take it out of an epoll. */
static void
test_closed_elsewhere_open(void)
{
	CLEAN(buf_clear) struct buf b = BUF_INIT;
	int fd = dial(s), theirs, copy;

	(void)say(fd, STR("GET / HTTP/1.1\r\n" HOST "\r\n"));
	(void)hear(fd, &b, 20, 5000);
	theirs = server_end(fd);
	copy = fcntl(theirs, F_DUPFD_CLOEXEC, 512);
	ok(copy >= 0 && is_watched(copy), "a connection is watched");
	(void)say(fd, STR("GET / HTTP/1.0\r\n\r\n"));
	for (int i = 0; i < 500 && server_end(fd) != copy; i++)
		pause_ms(10);
	is_int(server_end(fd), copy, "it is closed, but for the copy");
	ok(!is_watched(copy), "and not watched any more");
	(void)close(copy);
	(void)close(fd);
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
	test_half_closed();
	test_closed_elsewhere_open();
	http_stats(s, &stats);
	ok(stats.requests > 1000 && stats.refused > 0 && stats.accepted > 0,
	   "counted");
	http_free(s);
	ok(settled(), "all that was begun is done");
	return done_testing();
}
