/*
 * crowd [-s] [-i MS] KIND COUNT SOURCES HOST:PORT: so many connections to one
 * server, none of which lets it get on with it. They come from that many
 * addresses, 127.0.0.2 and on; what was closed is opened again, so that the
 * crowd stays. Kinds:
 *	idle	connects and says nothing
 *	head	says a request's head, a byte every MS (1000)
 *	body	says a request's body so, after its head
 *	read	asks for /latchkey/v1/openapi.json, reads a byte every MS
 *	kept	asks for /healthz every MS, and keeps the connection
 * With -s through TLS, but "idle", which says half of a hello.
 *
 * "ready" is printed once nine of ten are open at the same time; it ends, and
 * says how many it opened again, when standard input ends. Exit status: 0; 1
 * what is open fell below half of COUNT and stayed there for THIN_MS, or was
 * never ready; 2 wrong usage.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define OPENING_MAX 200 /* connections that are being made at once */
#define EVENTS_MAX  256
#define TURN_MS	    50
/* Those of a crowd that came together are closed together: a moment later it is
 * thin, and whole again as soon as the machine has made so many connections. */
#define THIN_MS 10000

enum kind { IDLE, HEAD, BODY, READ, KEPT, KINDS };
static const char *const kinds[KINDS] = {"idle", "head", "body", "read",
					 "kept"};

struct one {
	int fd; /* -1: to be opened */
	SSL *ssl;
	bool made; /* connected, and through the handshake */
	size_t said;
	int64_t next_ms;
};

static struct {
	enum kind kind;
	bool tls;
	int every_ms;
	size_t n, sources;
	struct sockaddr_in to;
	char host[64];
	struct one *all;
	size_t opening, made, again;
	int epoll_fd;
	SSL_CTX *ctx;
	char *text; /* what each of them says */
	size_t text_n, at_once;
} crowd = {.every_ms = 1000};

static int64_t
now_ms(void)
{
	struct timespec ts;

	(void)clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

/* --- what is said --- */

static void
text_make(void)
{
	static const char fill[] = "abcdefghijklmnopqrstuvwxyz0123456789";
	char *text = calloc(1, 8192);
	int n = 0;

	if (text == NULL)
		abort();
	if (crowd.kind == HEAD)
		n = sprintf(text, "GET /healthz HTTP/1.1\r\nHost: %s\r\nA: ",
			    crowd.host);
	else if (crowd.kind == BODY)
		n = sprintf(text,
			    "POST /oauth/token HTTP/1.1\r\nHost: %s\r\n"
			    "Content-Type: application/x-www-form-urlencoded"
			    "\r\nContent-Length: 60000\r\n\r\n",
			    crowd.host);
	else if (crowd.kind != IDLE)
		n = sprintf(text, "GET %s HTTP/1.1\r\nHost: %s\r\n\r\n",
			    crowd.kind == READ ? "/latchkey/v1/openapi.json"
					       : "/healthz",
			    crowd.host);
	crowd.at_once = crowd.kind == HEAD ? 4 : (size_t)n;
	for (int i = 0; i < 2000 && crowd.kind <= BODY; i++)
		text[n++] = fill[i % (int)(sizeof(fill) - 1)];
	crowd.text = text;
	crowd.text_n = crowd.kind == IDLE ? 0 : (size_t)n;
}

/* --- one of them --- */

static void
leave(struct one *o)
{
	SSL_free(o->ssl);
	close(o->fd);
	crowd.opening -= !o->made;
	crowd.made -= o->made;
	crowd.again++;
	*o = (struct one){.fd = -1};
}

static bool
say(struct one *o, size_t n)
{
	size_t sent = 0;

	if (n > crowd.text_n - o->said)
		n = crowd.text_n - o->said;
	if (n == 0)
		return true;
	if (o->ssl == NULL) {
		ssize_t r = send(o->fd, crowd.text + o->said, n, MSG_NOSIGNAL);

		sent = r > 0 ? (size_t)r : 0;
		if (r < 0 && errno != EAGAIN)
			return false;
	} else {
		int r;

		ERR_clear_error();
		r = SSL_write_ex(o->ssl, crowd.text + o->said, n, &sent);
		if (r != 1 && SSL_get_error(o->ssl, r) != SSL_ERROR_WANT_WRITE)
			return false;
	}
	o->said += sent;
	return true;
}

/* Take at most n bytes of what came; false: it was closed. */
static bool
hear(struct one *o, size_t n)
{
	char bytes[4096];
	size_t got = 0;
	int r;

	if (n > sizeof(bytes))
		n = sizeof(bytes);
	if (o->ssl == NULL) {
		ssize_t k = recv(o->fd, bytes, n, MSG_DONTWAIT);

		return k > 0 || (k < 0 && errno == EAGAIN);
	}
	ERR_clear_error();
	r = SSL_read_ex(o->ssl, bytes, n, &got);
	return r == 1 || SSL_get_error(o->ssl, r) == SSL_ERROR_WANT_READ;
}

static bool
settle(struct one *o)
{
	static const char half_hello[] = "\x16\x03\x01\x02\x00\x01\x00\x01\xfc";
	int r = 1;

	if (crowd.tls && crowd.kind == IDLE)
		(void)send(o->fd, half_hello, sizeof(half_hello) - 1,
			   MSG_NOSIGNAL);
	if (o->ssl != NULL) {
		ERR_clear_error();
		r = SSL_do_handshake(o->ssl);
	}
	if (r != 1) {
		r = SSL_get_error(o->ssl, r);
		return r == SSL_ERROR_WANT_READ || r == SSL_ERROR_WANT_WRITE;
	}
	o->made = true;
	crowd.opening--;
	crowd.made++;
	o->next_ms = now_ms() + crowd.every_ms;
	return say(o, crowd.at_once);
}

/* Its time has come for another byte. */
static bool
turn(struct one *o, int64_t now)
{
	o->next_ms = now + crowd.every_ms;
	switch (crowd.kind) {
	case IDLE:
		return hear(o, 1);
	case HEAD:
	case BODY:
		return say(o, 1) && hear(o, 4096);
	case READ:
		return hear(o, 1);
	case KEPT:
		o->said = 0;
		return hear(o, 4096) && say(o, crowd.text_n);
	case KINDS:
		break;
	}
	return false;
}

static bool
begin(struct one *o, size_t i)
{
	struct sockaddr_in from = {.sin_family = AF_INET};
	struct epoll_event ev = {
	    .events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET, .data.ptr = o};
	int small = 4096, one = 1;

	o->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (o->fd < 0)
		return false;
	/* Who reads slowly is not to have all in its own kernel's buffer. */
	if (crowd.kind == READ)
		(void)setsockopt(o->fd, SOL_SOCKET, SO_RCVBUF, &small,
				 sizeof(small));
	(void)setsockopt(o->fd, SOL_IP, IP_BIND_ADDRESS_NO_PORT, &one,
			 sizeof(one));
	from.sin_addr.s_addr =
	    htonl(INADDR_LOOPBACK + 1 + (uint32_t)(i % crowd.sources));
	crowd.opening++;
	if (bind(o->fd, (struct sockaddr *)&from, sizeof(from)) != 0 ||
	    (connect(o->fd, (struct sockaddr *)&crowd.to, sizeof(crowd.to)) !=
		 0 &&
	     errno != EINPROGRESS) ||
	    epoll_ctl(crowd.epoll_fd, EPOLL_CTL_ADD, o->fd, &ev) != 0)
		return false;
	if (crowd.tls && crowd.kind != IDLE) {
		o->ssl = SSL_new(crowd.ctx);
		if (o->ssl == NULL || SSL_set_fd(o->ssl, o->fd) != 1)
			return false;
		SSL_set_connect_state(o->ssl);
	}
	return true;
}

/* --- all of them --- */

static void
open_some(void)
{
	static size_t at;

	for (size_t i = 0; i < crowd.n && crowd.opening < OPENING_MAX; i++) {
		struct one *o = &crowd.all[at];

		if (o->fd < 0 && !begin(o, at) && o->fd >= 0)
			leave(o);
		at = (at + 1) % crowd.n;
	}
}

static void
take_events(void)
{
	struct epoll_event ev[EVENTS_MAX];
	int n = epoll_wait(crowd.epoll_fd, ev, EVENTS_MAX, TURN_MS);

	for (int i = 0; i < n; i++) {
		struct one *o = ev[i].data.ptr;
		bool ended =
		    (ev[i].events & (EPOLLHUP | EPOLLRDHUP | EPOLLERR)) != 0;

		if (o->fd < 0)
			continue;
		if (ended || (!o->made && !settle(o)))
			leave(o);
	}
}

static void
take_turns(void)
{
	int64_t now = now_ms();

	for (size_t i = 0; i < crowd.n; i++) {
		struct one *o = &crowd.all[i];

		if (o->fd >= 0 && o->made && now >= o->next_ms && !turn(o, now))
			leave(o);
	}
}

/* Until standard input ends. */
static int
stay(void)
{
	struct pollfd input = {.fd = STDIN_FILENO, .events = POLLIN};
	bool ready = false;
	int64_t thin_ms = 0;

	while (poll(&input, 1, 0) == 0) {
		open_some();
		take_events();
		take_turns();
		if (!ready && crowd.made * 10 >= crowd.n * 9) {
			ready = true;
			crowd.again = 0;
			(void)printf("ready\n");
			(void)fflush(stdout);
		}
		if (crowd.made * 2 >= crowd.n || !ready)
			thin_ms = now_ms();
		else if (now_ms() - thin_ms > THIN_MS)
			break;
	}
	(void)printf("open %zu opened again %zu\n", crowd.made, crowd.again);
	return ready && now_ms() - thin_ms <= THIN_MS ? 0 : 1;
}

static bool
to_set(const char *where)
{
	const char *colon = strrchr(where, ':');
	char name[64] = "";

	if (colon == NULL || (size_t)(colon - where) >= sizeof(name) ||
	    strlen(where) >= sizeof(crowd.host))
		return false;
	memcpy(name, where, (size_t)(colon - where));
	memcpy(crowd.host, where, strlen(where) + 1);
	crowd.to.sin_family = AF_INET;
	crowd.to.sin_port = htons((uint16_t)strtoul(colon + 1, NULL, 10));
	return inet_pton(AF_INET, name, &crowd.to.sin_addr) == 1;
}

static bool
words_take(char **words)
{
	while (crowd.kind < KINDS && strcmp(words[0], kinds[crowd.kind]) != 0)
		crowd.kind++;
	crowd.n = strtoul(words[1], NULL, 10);
	crowd.sources = strtoul(words[2], NULL, 10);
	return crowd.kind < KINDS && crowd.n > 0 && crowd.sources > 0 &&
	       to_set(words[3]);
}

int
main(int argc, char **argv)
{
	struct rlimit files;
	int option, status;

	while ((option = getopt(argc, argv, "+si:")) != -1) {
		if (option == 's')
			crowd.tls = true;
		else if (option == 'i')
			crowd.every_ms = (int)strtol(optarg, NULL, 10);
		else
			return 2;
	}
	if (argc - optind != 4 || !words_take(argv + optind))
		return 2;
	if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
		files.rlim_cur = files.rlim_max;
		(void)setrlimit(RLIMIT_NOFILE, &files);
	}
	if (files.rlim_cur < crowd.n + 16) {
		(void)fprintf(stderr, "%zu descriptors are not enough\n",
			      (size_t)files.rlim_cur);
		return 2;
	}
	crowd.all = calloc(crowd.n, sizeof(*crowd.all));
	crowd.epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	crowd.ctx = SSL_CTX_new(TLS_client_method());
	if (crowd.all == NULL || crowd.epoll_fd < 0 || crowd.ctx == NULL)
		return 2;
	SSL_CTX_set_verify(crowd.ctx, SSL_VERIFY_NONE, NULL);
	/* A crowd need not be large on its own side. */
	(void)SSL_CTX_set_mode(crowd.ctx, SSL_MODE_RELEASE_BUFFERS);
	for (size_t i = 0; i < crowd.n; i++)
		crowd.all[i].fd = -1;
	text_make();
	status = stay();
	free(crowd.all);
	free(crowd.text);
	SSL_CTX_free(crowd.ctx);
	return status;
}
