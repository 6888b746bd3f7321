/*
 * For the tests of the engine: a small program behind it, and the client's
 * side of a socket.
 */
#ifndef HTTP_SERVE_TEST_H
#define HTTP_SERVE_TEST_H

#include "base/clock.h"
#include "base/test.h"
#include "http/http.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define UNUSED_	      __attribute__((unused))
#define INLINE_MAX    1000
#define POOL_BODY_MAX (16 * MIB)
#define FILE_SIZE     (8 * MIB)

/* What the program behind the engine has seen. */
static struct {
	_Atomic int begun, done, running, most_running;
	_Atomic int last_status, last_flaw;
	_Atomic uint64_t last_in, last_out;
	_Atomic bool guard, guard_freed;
	int file;
} seen;

static char
pattern(size_t i)
{
	return (char)(i * 31 + (i >> 8) * 7 + (i >> 16));
}

static void UNUSED_
pause_ms(long ms)
{
	struct timespec ts = {ms / 1000, ms % 1000 * 1000000};

	(void)nanosleep(&ts, NULL);
}

static bool
app_guard(void *arg)
{
	(void)arg;
	return seen.guard;
}

static void
app_guard_free(void *arg)
{
	(void)arg;
	seen.guard_freed = true;
}

static enum http_plan
app_begin(void *arg, struct http_req *req, struct http_reply *re,
	  uint64_t *body_max)
{
	(void)arg;
	seen.begun++;
	*body_max = INLINE_MAX;
	if (str_starts(req->path, STR("/early"))) {
		re->status = 403;
		buf_adds(&re->body, "no");
		return HTTP_ANSWER;
	}
	req->takes_gzip = req->sends = str_starts(req->path, STR("/flow"));
	if (str_starts(req->path, STR("/stream")) || req->sends)
		return HTTP_STREAM;
	if (str_starts(req->path, STR("/pool"))) {
		*body_max = POOL_BODY_MAX;
		return HTTP_POOL;
	}
	return HTTP_INLINE;
}

static void
reply_with_file(struct http_req *req, struct http_reply *re)
{
	uint64_t off = 0, len = FILE_SIZE;
	struct str from, to;

	if (req->query.p != NULL && str_cut(req->query, '-', &from, &to) &&
	    (str_u64(from, FILE_SIZE, &off) != 0 ||
	     str_u64(to, FILE_SIZE, &len) != 0))
		return;
	re->status = 200;
	if (str_starts(req->path, STR("/file/guarded"))) {
		re->guard = app_guard;
		re->guard_free = app_guard_free;
	}
	http_reply_file(re, dup(seen.file), (off_t)off, len);
}

static void
reply_with_stream(struct http_req *req, struct http_reply *re)
{
	bool echo = str_eq(req->path, STR("/stream/echo"));
	size_t n = 0, total = 0;
	char *piece = malloc(256 * KIB);
	int r = piece == NULL ? -ENOMEM : 0;

	if (str_eq(req->path, STR("/stream/guarded")))
		http_body_guard(req, app_guard, NULL);
	if (str_eq(req->path, STR("/stream/half"))) {
		r = http_body_read(req, piece, 10, &n);
		total = n;
	} else {
		while (r == 0 &&
		       (r = http_body_read(req, piece, 256 * KIB, &n)) == 0 &&
		       n > 0) {
			total += n;
			if (echo)
				buf_add(&re->body, piece, n);
		}
	}
	free(piece);
	seen.last_flaw = r;
	re->status = r == 0 ? 200 : r == OUT_EXPIRED ? 408 : 400;
	http_headf(re, "X-Total", "%zu", total);
}

/* What came in goes out again. */
static int
flow_echo(struct http_req *req, struct http_reply *re)
{
	static _Thread_local char piece[100 * KIB];
	struct buf all = BUF_INIT_MAX(256 * MIB);
	size_t n = 0;
	int r;

	while ((r = http_body_read(req, piece, sizeof(piece), &n)) == 0 &&
	       n > 0)
		buf_add(&all, piece, n);
	re->status = r == 0 ? 200 : 400;
	if (r == 0)
		r = http_send(req, re, all.p, all.n);
	buf_clear(&all);
	return r;
}

/* As many bytes as the query says, in pieces of all sizes. */
static int
flow_count(struct http_req *req, struct http_reply *re)
{
	static _Thread_local char piece[200 * KIB];
	uint64_t all = 0;
	size_t at = 0, n = 1;
	int r = str_u64(req->query, UINT32_MAX, &all);

	re->status = 200;
	while (r == 0 && at < all) {
		n = n * 3 % sizeof(piece) + 1;
		if (n > all - at)
			n = (size_t)all - at;
		for (size_t i = 0; i < n; i++)
			piece[i] = pattern(at + i);
		r = http_send(req, re, piece, n);
		at += n;
	}
	if (r == 0 && all == 0)
		r = http_send(req, re, NULL, 0);
	return r;
}

static void
reply_with_flow(struct http_req *req, struct http_reply *re)
{
	int r = 0;

	re->guard = app_guard;
	re->guard_free = app_guard_free;
	if (str_eq(req->path, STR("/flow/echo"))) {
		r = flow_echo(req, re);
	} else if (str_eq(req->path, STR("/flow/silent"))) {
		while ((r = http_look(req, re)) == 0)
			pause_ms(20);
		re->status = 500;
	} else {
		r = flow_count(req, re);
		re->cut = str_eq(req->path, STR("/flow/cut"));
	}
	seen.last_flaw = r;
}

static void
app_run(void *arg, struct http_req *req, struct http_reply *re)
{
	int now = ++seen.running;

	(void)arg;
	if (now > seen.most_running)
		seen.most_running = now;
	if (str_starts(req->path, STR("/stream"))) {
		reply_with_stream(req, re);
	} else if (str_starts(req->path, STR("/flow"))) {
		reply_with_flow(req, re);
	} else if (str_starts(req->path, STR("/file"))) {
		reply_with_file(req, re);
	} else if (str_eq(req->path, STR("/big"))) {
		re->status = 200;
		for (size_t i = 0; i < 4 * MIB; i++)
			buf_addc(&re->body, pattern(i));
	} else if (str_eq(req->path, STR("/bad-field"))) {
		re->status = 200;
		http_head(re, "X", STR("a\r\nEvil: b"));
	} else if (str_eq(req->path, STR("/nothing"))) {
		re->status = 204;
	} else if (str_eq(req->path, STR("/unchanged"))) {
		re->status = 304;
		re->has_head_len = true;
		re->head_len = 77;
	} else if (str_eq(req->path, STR("/secret"))) {
		re->status = 200;
		re->wipe = true;
		buf_adds(&re->body, "hush");
	} else {
		if (str_eq(req->path, STR("/pool/slow")))
			pause_ms(300);
		re->status = 200;
		buf_adds(&re->body, "hello ");
		buf_addstr(&re->body, req->body);
	}
	seen.running--;
}

static void
app_refuse(void *arg, const struct http_req *req, int status, const char *why,
	   struct http_reply *re)
{
	(void)arg;
	(void)req;
	re->status = status;
	buf_addf(&re->body, "refused: %s", why);
}

static void
app_done(void *arg, struct http_req *req, int status, uint64_t in, uint64_t out)
{
	(void)arg;
	(void)req;
	seen.last_status = status;
	seen.last_in = in;
	seen.last_out = out;
	seen.done++;
}

static const struct http_app app = {
    .begin = app_begin,
    .run = app_run,
    .refuse = app_refuse,
    .done = app_done,
};

static struct http_conf UNUSED_
conf_default(void)
{
	return (struct http_conf){
	    .addr = "127.0.0.1:0",
	    .listen_fd = -1,
	    .event_threads = 2,
	    .app = &app,
	};
}

static struct http_server *UNUSED_
serve(const struct http_conf *conf)
{
	struct http_server *s = NULL;
	struct note note = {""};

	(void)signal(SIGPIPE, SIG_IGN);
	if (seen.file == 0) {
		char *p;

		seen.file = memfd_create("file", MFD_CLOEXEC);
		if (ftruncate(seen.file, FILE_SIZE) != 0)
			abort();
		p = mmap(NULL, FILE_SIZE, PROT_WRITE, MAP_SHARED, seen.file, 0);
		for (size_t i = 0; i < FILE_SIZE; i++)
			p[i] = pattern(i);
		(void)munmap(p, FILE_SIZE);
	}
	if (!is_int(http_start(conf, &s, &note), 0, "started")) {
		printf("# %s\n", note.text);
		exit(EXIT_FAILURE);
	}
	return s;
}

static int UNUSED_
dial(const struct http_server *s)
{
	struct sockaddr_in addr = {.sin_family = AF_INET};
	const char *port = strrchr(http_bound(s), ':') + 1;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	addr.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	addr.sin_port = htons((uint16_t)strtoul(port, NULL, 10));
	if (connect(fd, (struct sockaddr *)&addr, sizeof(addr)) != 0)
		abort();
	return fd;
}

static bool UNUSED_
say(int fd, struct str s)
{
	while (s.n > 0) {
		ssize_t n = send(fd, s.p, s.n, MSG_NOSIGNAL);

		if (n <= 0)
			return false;
		s = str_sub(s, (size_t)n, s.n);
	}
	return true;
}

/* Read until the other side closes (true), or until there are n bytes or
 * nothing came for ms. */
static bool UNUSED_
hear(int fd, struct buf *ret, size_t n, int ms)
{
	struct pollfd p = {.fd = fd, .events = POLLIN};

	while (ret->n < n && poll(&p, 1, ms) > 0) {
		ssize_t got;

		if (buf_room(ret, 64 * KIB) != 0)
			abort();
		got = recv(fd, ret->p + ret->n, 64 * KIB, 0);
		if (got <= 0)
			return true;
		ret->n += (size_t)got;
		ret->p[ret->n] = '\0';
	}
	return false;
}

static size_t UNUSED_
count(const struct buf *b, const char *what)
{
	size_t n = 0;
	const char *p = b->p;

	while ((p = memmem(p, b->n - (size_t)(p - b->p), what, strlen(what))) !=
	       NULL) {
		n++;
		p++;
	}
	return n;
}

/* The body of the first reply in b. */
static struct str UNUSED_
body_of(const struct buf *b)
{
	const char *p = memmem(b->p, b->n, "\r\n\r\n", 4);

	return p == NULL ? STR_NONE
			 : str_sub(buf_str(b), (size_t)(p + 4 - b->p), b->n);
}

/* One request on a connection of its own; what came back until it closed. */
static struct buf UNUSED_
ask(const struct http_server *s, const char *request, bool *ret_closed)
{
	struct buf b = BUF_INIT_MAX(64 * MIB);
	int fd = dial(s);
	bool closed;

	(void)say(fd, str_c(request));
	closed = hear(fd, &b, SIZE_MAX, 3000);
	if (ret_closed != NULL)
		*ret_closed = closed;
	(void)close(fd);
	return b;
}

static bool UNUSED_
is_pattern(struct str body, size_t from, size_t n)
{
	if (body.n != n)
		return false;
	for (size_t i = 0; i < n; i++)
		if (body.p[i] != pattern(from + i))
			return false;
	return true;
}

/* One request, one reply, closed; its text is looked for in the reply. */
static void UNUSED_
want(const struct http_server *s, const char *name, const char *request,
     const char *text)
{
	CLEAN(buf_clear) struct buf b = BUF_INIT;
	bool closed;

	b = ask(s, request, &closed);
	if (!ok(closed && count(&b, text) == 1, "%s", name))
		printf("# %s\n", b.p);
}

/* Wait until n requests were begun and all are done; false: it takes too
 * long. */
static bool UNUSED_
settled_after(int n)
{
	for (int i = 0; i < 500; i++) {
		if (seen.begun >= n && seen.begun == seen.done)
			return true;
		pause_ms(10);
	}
	return false;
}

static bool UNUSED_
settled(void)
{
	return settled_after(0);
}

#endif
