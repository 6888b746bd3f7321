/*
 * Replies that hold a secret: when they count as delivered, and what of them
 * stays in our memory. The client whose reply is looked for is another process,
 * so that what it read is not taken for what we kept.
 */
#include "http/cert_test.h"
#include "http/serve_test.h"

#include "base/sanitized.h"
#include "base/secret.h"

#include <openssl/err.h>
#include <sys/random.h>
#include <sys/wait.h>

#define CLOSE	   "Host: localhost\r\nConnection: close\r\n"
#define SECRET_LEN 4000
#define PIECE_LEN  16	/* of the secret; what is looked for */
#define WAIT_MS	   1200 /* the guard is asked twice */

static struct http_server *s;
static uint64_t seed; /* the secret is nowhere, but can be made from this */
static _Atomic int outcome, asked;

static char
secret_at(size_t i)
{
	uint64_t x = seed + (i + 1) * UINT64_C(0x9e3779b97f4a7c15);

	x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
	return (char)('!' + (x >> 40) % 90);
}

/* --- the program -----------------------------------------------------------
 */

static enum http_plan
secret_begin(void *arg, struct http_req *req, struct http_reply *re,
	     uint64_t *body_max)
{
	(void)arg;
	(void)re;
	seen.begun++;
	*body_max = 0;
	req->sends = true;
	return HTTP_STREAM;
}

/* From a page of its own that is gone afterwards. */
static int
send_secret(struct http_req *req, struct http_reply *re)
{
	char *page = mmap(NULL, SECRET_LEN, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	int r;

	for (size_t i = 0; i < SECRET_LEN; i++)
		page[i] = secret_at(i);
	r = http_send(req, re, "<", 1);
	if (r == 0)
		r = http_send(req, re, page, SECRET_LEN);
	mem_wipe(page, SECRET_LEN);
	(void)munmap(page, SECRET_LEN);
	return r == 0 ? http_send(req, re, ">", 1) : r;
}

static int
send_plain(struct http_req *req, struct http_reply *re, size_t n)
{
	static char zeros[256 * KIB];

	return http_send(req, re, zeros, n);
}

/* The query: bytes to send, 0 for the secret. */
static void
secret_run(void *arg, struct http_req *req, struct http_reply *re)
{
	uint64_t n = 0;
	int r = str_u64(req->query, 256 * KIB, &n);

	(void)arg;
	re->status = 200;
	re->wipe = true;
	re->guard = app_guard;
	if (r == 0)
		r = n == 0 ? send_secret(req, re)
			   : send_plain(req, re, (size_t)n);
	if (r == 0 && str_eq(req->path, STR("/late")))
		pause_ms(200);
	asked++;
	if (r == 0)
		r = http_delivered(req, re, WAIT_MS);
	outcome = r;
	re->cut = r != 0;
}

static const struct http_app secret_app = {
    .begin = secret_begin,
    .run = secret_run,
    .refuse = app_refuse,
    .done = app_done,
};

/* --- who is delivered to ---------------------------------------------------
 */

static int
dial_small(void)
{
	struct sockaddr_in addr = {.sin_family = AF_INET};
	const char *port = strrchr(http_bound(s), ':') + 1;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), small = 4096;

	(void)setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof(small));
	addr.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	addr.sin_port = htons((uint16_t)strtoul(port, NULL, 10));
	if (connect(fd, (struct sockaddr *)&addr, sizeof(addr)) != 0)
		abort();
	return fd;
}

/* Its reply is on its way when this returns. */
static int
begin(int fd, const char *path, bool wait)
{
	char request[128];
	int before = asked;

	outcome = -1;
	(void)snprintf(request, sizeof(request),
		       "GET %s HTTP/1.1\r\n" CLOSE "\r\n", path);
	(void)say(fd, str_c(request));
	for (int i = 0; wait && i < 500 && asked == before; i++)
		pause_ms(10);
	return fd;
}

static void
test_outcomes(void)
{
	CLEAN(buf_clear) struct buf b = BUF_INIT;
	int fd = begin(dial(s), "/?5000", true);

	ok(hear(fd, &b, SIZE_MAX, 3000) && settled(), "who reads all");
	is_int(outcome, 0, "  was delivered to");
	ok(count(&b, "Cache-Control: no-store\r\n") == 1, "  not to be stored");
	ok(count(&b, "\r\n0\r\n\r\n") == 1, "  and whole");
	(void)close(fd);

	fd = begin(dial_small(), "/?200000", true);
	ok(settled(), "who never reads");
	is_int(outcome, OUT_EXPIRED, "  was not, when its time is over");
	(void)close(fd);

	buf_reset(&b);
	fd = begin(dial_small(), "/?200000", true);
	(void)hear(fd, &b, 1000, 1000);
	(void)close(fd);
	ok(settled(), "who leaves half way");
	is_int(outcome, OUT_RANGE, "  was not");

	fd = begin(dial(s), "/late?5000", false);
	(void)hear(fd, &b, b.n + 5000, 1000);
	(void)close(fd);
	ok(settled(), "who leaves before the end is said");
	is_int(outcome, OUT_RANGE, "  was not");

	fd = begin(dial(s), "/late?5000", false);
	pause_ms(50);
	(void)close(fd);
	ok(settled(), "who leaves with all of it unread");
	is_int(outcome, OUT_RANGE, "  was not");

	fd = begin(dial_small(), "/?200000", true);
	seen.guard = false;
	ok(settled(), "whose right ends while it is under way");
	is_int(outcome, OUT_DENIED, "  was not");
	seen.guard = true;
	(void)close(fd);
}

/* --- what stays ------------------------------------------------------------
 */

#define PIECE_STEP (10 * PIECE_LEN)
#define PIECES	   (SECRET_LEN / PIECE_STEP)

static bool
is_piece(const char *p, size_t from)
{
	size_t k = 0;

	while (k < PIECE_LEN && p[k] == secret_at(from + k))
		k++;
	return k == PIECE_LEN;
}

/* Pieces of the secret in n bytes. */
static size_t
pieces_in(const char *p, size_t n)
{
	bool first[256] = {false};
	size_t hits = 0;

	for (size_t from = 0; from < SECRET_LEN; from += PIECE_STEP)
		first[(unsigned char)secret_at(from)] = true;
	for (size_t i = 0; i + PIECE_LEN <= n; i++) {
		if (!first[(unsigned char)p[i]])
			continue;
		for (size_t from = 0; from < SECRET_LEN; from += PIECE_STEP)
			hits += is_piece(p + i, from);
	}
	return hits;
}

/* All that is mapped, read through a window that is wiped. */
static size_t
pieces_in_memory(void)
{
	static char window[64 * KIB];
	FILE *maps = fopen("/proc/self/maps", "re");
	int mem = open("/proc/self/mem", O_RDONLY | O_CLOEXEC);
	size_t hits = 0;
	char line[512];

	if (maps == NULL || mem < 0)
		abort();
	while (fgets(line, sizeof(line), maps) != NULL) {
		unsigned long from = 0, to = 0;

		if (sscanf(line, "%lx-%lx r", &from, &to) != 2)
			continue;
		for (unsigned long at = from; at < to;) {
			ssize_t n =
			    pread(mem, window, sizeof(window), (off_t)at);

			if (n <= 0)
				break;
			if ((unsigned long)n > to - at)
				n = (ssize_t)(to - at);
			hits += pieces_in(window, (size_t)n);
			at += (unsigned long)n;
			/* One that lies across two windows is seen whole. */
			if (at < to && n > PIECE_LEN)
				at -= PIECE_LEN - 1;
		}
	}
	mem_wipe(window, sizeof(window));
	(void)close(mem);
	(void)fclose(maps);
	return hits;
}

static void
test_search(void)
{
	char *page = mmap(NULL, SECRET_LEN, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	for (size_t i = 0; i < SECRET_LEN; i++)
		page[i] = secret_at(i);
	ok(pieces_in_memory() > 0, "what is there is found");
	mem_wipe(page, SECRET_LEN);
	(void)munmap(page, SECRET_LEN);
	is_int((long long)pieces_in_memory(), 0, "what was wiped is not");
}

/* --- a client of its own process -------------------------------------------
 */

struct order {
	unsigned port;
	int version; /* of TLS; 0: plain */
};
static int orders, verdicts;

static size_t
take_plain(int fd, char *p, size_t max)
{
	size_t n = 0;
	ssize_t r;

	while ((r = recv(fd, p + n, max - n, 0)) > 0)
		n += (size_t)r;
	return n;
}

static size_t
take_tls(int fd, int version, const char *request, char *p, size_t max)
{
	SSL_CTX *ctx = SSL_CTX_new(TLS_client_method());
	SSL *ssl = SSL_new(ctx);
	size_t n = 0, k;

	(void)SSL_set_min_proto_version(ssl, version);
	(void)SSL_set_max_proto_version(ssl, version);
	(void)SSL_set_fd(ssl, fd);
	if (SSL_connect(ssl) != 1 ||
	    SSL_write_ex(ssl, request, strlen(request), &k) != 1)
		return 0;
	while (SSL_read_ex(ssl, p + n, max - n, &k) == 1)
		n += k;
	SSL_free(ssl);
	SSL_CTX_free(ctx);
	return n;
}

static char
client_run(const struct order *o)
{
	static char got[64 * KIB];
	struct sockaddr_in addr = {.sin_family = AF_INET};
	const char *request = "GET /?0 HTTP/1.1\r\n" CLOSE "\r\n";
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	size_t n;

	addr.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	addr.sin_port = htons((uint16_t)o->port);
	if (connect(fd, (struct sockaddr *)&addr, sizeof(addr)) != 0)
		return 'c';
	if (o->version != 0) {
		n = take_tls(fd, o->version, request, got, sizeof(got));
	} else {
		(void)say(fd, str_c(request));
		n = take_plain(fd, got, sizeof(got));
	}
	(void)close(fd);
	return pieces_in(got, n) == PIECES ? 'y' : 'n';
}

static pid_t
client_start(void)
{
	int in[2], out[2];
	struct order o;
	pid_t pid;

	if (pipe(in) != 0 || pipe(out) != 0)
		abort();
	pid = fork();
	if (pid == 0) {
		(void)close(in[1]);
		while (read(in[0], &o, sizeof(o)) == (ssize_t)sizeof(o)) {
			char verdict = client_run(&o);

			if (write(out[1], &verdict, 1) != 1)
				break;
		}
		_exit(0);
	}
	(void)close(in[0]);
	(void)close(out[1]);
	orders = in[1];
	verdicts = out[0];
	return pid;
}

static void
test_stays(const char *name, int version)
{
	const char *port = strrchr(http_bound(s), ':') + 1;
	struct order o = {.port = (unsigned)strtoul(port, NULL, 10),
			  .version = version};
	char verdict = '?';
	int begun = seen.begun;

	if (write(orders, &o, sizeof(o)) != (ssize_t)sizeof(o) ||
	    read(verdicts, &verdict, 1) != 1)
		abort();
	ok(settled_after(begun + 1) && verdict == 'y' && outcome == 0,
	   "%s: the secret arrives (%c)", name, verdict);
	if (SANITIZED)
		ok(true, "  nothing of it stays # SKIP under a sanitizer");
	else
		is_int((long long)pieces_in_memory(), 0,
		       "  nothing of it stays");
}

static void
test_tls(void)
{
	char dir[] = "/tmp/delivered_test.XXXXXX", cert[64], key[64];
	struct http_conf conf = conf_default();

	if (mkdtemp(dir) == NULL)
		abort();
	(void)snprintf(cert, sizeof(cert), "%s/cert.pem", dir);
	(void)snprintf(key, sizeof(key), "%s/key.pem", dir);
	ok(cert_make("localhost", cert, key), "a certificate");
	conf.app = &secret_app;
	conf.tls_cert = cert;
	conf.tls_key = key;
	s = serve(&conf);
	test_stays("TLS 1.3", TLS1_3_VERSION);
	test_stays("TLS 1.2", TLS1_2_VERSION);
	test_stays("TLS 1.3 again", TLS1_3_VERSION);
	http_free(s);
	(void)unlink(cert);
	(void)unlink(key);
	(void)rmdir(dir);
}

int
main(void)
{
	struct http_conf conf = conf_default();
	pid_t client;

	if (getrandom(&seed, sizeof(seed), 0) != (ssize_t)sizeof(seed))
		abort();
	client = client_start();
	if (!SANITIZED)
		test_search();
	conf.app = &secret_app;
	seen.guard = true;
	s = serve(&conf);
	test_outcomes();
	test_stays("plain", 0);
	http_free(s);
	test_tls();
	(void)close(orders);
	(void)waitpid(client, NULL, 0);
	return done_testing();
}
