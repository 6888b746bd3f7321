/*
 * raw [-t MS] [-d MS] [-h] [-m] HOST:PORT: bytes on a socket that no client
 * would send. Standard input goes out as it is (with -d one byte every MS, with
 * -h the sending side is closed afterwards, with -m nothing is read until -t has
 * passed or the line was cut); what comes back is printed until the other side closes, or
 * until nothing came for -t (2000) ms.
 *
 * With -s the same through TLS, and whatever certificate is shown is taken:
 *	-v VERSION	1.0, 1.1, 1.2 or 1.3 and no other
 *	-n NAME		the server's name (SNI); none without it
 *	-a WORD		a protocol to offer (ALPN); many are many -a
 *	-r TIMES	ask for so many renegotiations first (TLS 1.2)
 * What was agreed on, "TLSv1.3 http/1.1", or why not, is said on standard
 * error.
 *
 * Exit status: 0 the other side closed, 1 it left the connection open, 2 wrong
 * usage, 3 no connection, 4 no TLS, 5 a renegotiation was granted.
 */
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define HANDSHAKE_MS 20000

static struct {
	int quiet, delay, version, renegotiate;
	bool half, mute, tls;
	const char *name;
	unsigned char alpn[256];
	unsigned alpn_n;
} ask = {.quiet = 2000};

struct line {
	int fd;
	SSL *ssl; /* NULL: plain */
};

static int
connect_to(char *where)
{
	struct addrinfo *found, want = {.ai_socktype = SOCK_STREAM};
	char *colon = strrchr(where, ':');
	int fd;

	if (colon == NULL)
		return -1;
	*colon = '\0';
	if (getaddrinfo(where, colon + 1, &want, &found) != 0)
		return -1;
	fd = socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd >= 0 && connect(fd, found->ai_addr, found->ai_addrlen) != 0) {
		close(fd);
		fd = -1;
	}
	freeaddrinfo(found);
	return fd;
}

/* Wait for the socket; TLS may want to write in order to read. */
static bool
stirs(const struct line *l, short events, int ms)
{
	struct pollfd wait = {.fd = l->fd, .events = events};

	return poll(&wait, 1, ms) > 0;
}

/* As recv() and send(): -1 with errno EAGAIN when there is nothing now. */
static ssize_t
tls_result(struct line *l, int r, size_t n)
{
	int why = r == 1 ? SSL_ERROR_NONE : SSL_get_error(l->ssl, r);

	if (why == SSL_ERROR_NONE)
		return (ssize_t)n;
	if (why == SSL_ERROR_ZERO_RETURN)
		return 0;
	errno = why == SSL_ERROR_WANT_READ || why == SSL_ERROR_WANT_WRITE
		    ? EAGAIN
		    : EPIPE;
	return -1;
}

static ssize_t
line_read(struct line *l, void *p, size_t n)
{
	size_t got = 0;
	int r;

	if (l->ssl == NULL)
		return recv(l->fd, p, n, MSG_DONTWAIT);
	ERR_clear_error();
	r = SSL_read_ex(l->ssl, p, n, &got);
	return tls_result(l, r, got);
}

static ssize_t
line_write(struct line *l, const void *p, size_t n)
{
	size_t sent = 0;
	int r;

	if (l->ssl == NULL)
		return send(l->fd, p, n, MSG_DONTWAIT | MSG_NOSIGNAL);
	ERR_clear_error();
	r = SSL_write_ex(l->ssl, p, n, &sent);
	return tls_result(l, r, sent);
}

/* Print what is there; false when the other side has closed. */
static bool
drain(struct line *l)
{
	char reply[65536];
	ssize_t n;

	do {
		n = line_read(l, reply, sizeof(reply));
		if (n > 0)
			(void)fwrite(reply, 1, (size_t)n, stdout);
	} while (n > 0 && l->ssl != NULL && SSL_pending(l->ssl) > 0);
	if (n < 0)
		return errno == EAGAIN || errno == EINTR;
	return n > 0;
}

/* Wait for the time to send, or for something to print. */
static bool
pause_for(struct line *l, int ms)
{
	return stirs(l, POLLIN, ms) ? drain(l) : true;
}

static bool
send_all(struct line *l, const char *p, size_t n)
{
	while (n > 0) {
		ssize_t sent = line_write(l, p, n);

		if (sent > 0) {
			p += sent;
			n -= (size_t)sent;
		} else if (errno == EAGAIN) {
			if (!stirs(l, ask.mute ? POLLOUT : POLLIN | POLLOUT,
				   ask.mute ? ask.quiet : 1000) &&
			    ask.mute)
				return true; /* it waits for us to read */
			if (!ask.mute && stirs(l, POLLIN, 0) && !drain(l))
				return false;
		} else {
			return false;
		}
	}
	return true;
}

static bool
send_slowly(struct line *l, const char *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!pause_for(l, ask.delay) || !send_all(l, p + i, 1))
			return false;
	return true;
}

static bool
send_input(struct line *l)
{
	char text[65536];
	size_t n;
	bool open = true;

	while (open && (n = fread(text, 1, sizeof(text), stdin)) > 0)
		open = ask.delay > 0 ? send_slowly(l, text, n)
				     : send_all(l, text, n);
	return open;
}

/* --- TLS --- */

/* In OpenSSL's words what went wrong, an alert of the other side's too. */
static void
say_why(const char *what)
{
	unsigned long e = ERR_peek_last_error();
	const char *why = e != 0 ? ERR_reason_error_string(e) : NULL;

	(void)fprintf(stderr, "%s: %s\n", what, why != NULL ? why : "closed");
}

static SSL_CTX *
context(void)
{
	SSL_CTX *ctx = SSL_CTX_new(TLS_client_method());

	if (ctx == NULL)
		return NULL;
	/* A hostile client speaks what no library would let it. */
	SSL_CTX_set_security_level(ctx, 0);
	SSL_CTX_set_verify(ctx, SSL_VERIFY_NONE, NULL);
	if (ask.version != 0)
		(void)SSL_CTX_set_cipher_list(ctx, "ALL:@SECLEVEL=0");
	(void)SSL_CTX_set_min_proto_version(
	    ctx, ask.version != 0 ? ask.version : TLS1_VERSION);
	(void)SSL_CTX_set_max_proto_version(ctx, ask.version);
	if (ask.alpn_n > 0)
		(void)SSL_CTX_set_alpn_protos(ctx, ask.alpn, ask.alpn_n);
	return ctx;
}

static bool
shake_hands(struct line *l)
{
	int r;

	for (;;) {
		ERR_clear_error();
		r = SSL_do_handshake(l->ssl);
		if (r == 1)
			return true;
		r = SSL_get_error(l->ssl, r);
		if (r != SSL_ERROR_WANT_READ && r != SSL_ERROR_WANT_WRITE)
			return false;
		if (!stirs(l, r == SSL_ERROR_WANT_READ ? POLLIN : POLLOUT,
			   HANDSHAKE_MS))
			return false;
	}
}

static bool
tls_begin(struct line *l)
{
	const unsigned char *word = NULL;
	unsigned n = 0;
	SSL_CTX *ctx = context();

	l->ssl = ctx != NULL ? SSL_new(ctx) : NULL;
	if (l->ssl == NULL || SSL_set_fd(l->ssl, l->fd) != 1 ||
	    (ask.name != NULL &&
	     SSL_set_tlsext_host_name(l->ssl, ask.name) != 1))
		return false;
	SSL_CTX_free(ctx);
	(void)fcntl(l->fd, F_SETFL, fcntl(l->fd, F_GETFL) | O_NONBLOCK);
	SSL_set_connect_state(l->ssl);
	if (!shake_hands(l)) {
		say_why("no handshake");
		return false;
	}
	SSL_get0_alpn_selected(l->ssl, &word, &n);
	(void)fprintf(stderr, "%s %.*s\n", SSL_get_version(l->ssl), (int)n,
		      n > 0 ? (const char *)word : "");
	return true;
}

/* True when the other side agrees to a new handshake even once. Each refusal is
 * an alert that the library takes for the end, so that it is told to go on. */
static bool
renegotiates(struct line *l)
{
	for (int i = 0; i < ask.renegotiate; i++) {
		ERR_clear_error();
		if (SSL_renegotiate(l->ssl) != 1)
			return false;
		if (shake_hands(l) && !SSL_renegotiate_pending(l->ssl))
			return true;
	}
	say_why("no renegotiation");
	return false;
}

/* --- the command line --- */

static bool
version_of(const char *text)
{
	static const struct {
		const char *text;
		int version;
	} all[] = {{"1.0", TLS1_VERSION},
		   {"1.1", TLS1_1_VERSION},
		   {"1.2", TLS1_2_VERSION},
		   {"1.3", TLS1_3_VERSION}};

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		if (strcmp(text, all[i].text) == 0)
			ask.version = all[i].version;
	return ask.version != 0;
}

static bool
alpn_add(const char *word)
{
	size_t n = strlen(word);

	if (n == 0 || ask.alpn_n + n + 1 > sizeof(ask.alpn))
		return false;
	ask.alpn[ask.alpn_n] = (unsigned char)n;
	memcpy(ask.alpn + ask.alpn_n + 1, word, n);
	ask.alpn_n += (unsigned)n + 1;
	return true;
}

static bool
option_take(int option)
{
	switch (option) {
	case 't':
		ask.quiet = (int)strtol(optarg, NULL, 10);
		return true;
	case 'd':
		ask.delay = (int)strtol(optarg, NULL, 10);
		return true;
	case 'r':
		ask.renegotiate = (int)strtol(optarg, NULL, 10);
		return true;
	case 'h':
		return ask.half = true;
	case 'm':
		return ask.mute = true;
	case 's':
		return ask.tls = true;
	case 'n':
		return (ask.name = optarg) != NULL;
	case 'v':
		return version_of(optarg);
	case 'a':
		return alpn_add(optarg);
	default:
		return false;
	}
}

/* 0: the other side closed; 1: it did not. */
static int
talk(struct line *l)
{
	bool open = send_input(l);

	if (ask.mute && stirs(l, POLLRDHUP, ask.quiet))
		open = false;
	if (ask.half && l->ssl != NULL)
		(void)SSL_shutdown(l->ssl);
	if (ask.half)
		(void)shutdown(l->fd, SHUT_WR);
	/* What TLS has read already shows on no socket. */
	if (open && l->ssl != NULL)
		open = drain(l);
	while (open && stirs(l, POLLIN, ask.quiet))
		open = drain(l);
	/* What was still on its way when sending failed. */
	while (!open && drain(l))
		;
	return open ? 1 : 0;
}

int
main(int argc, char **argv)
{
	struct line l = {.fd = -1};
	int option, status;

	while ((option = getopt(argc, argv, "+t:d:hmsv:n:a:r:")) != -1)
		if (!option_take(option))
			return 2;
	if (argc - optind != 1)
		return 2;
	l.fd = connect_to(argv[optind]);
	if (l.fd < 0)
		return 3;
	if (ask.tls && !tls_begin(&l))
		status = 4;
	else if (ask.renegotiate > 0 && renegotiates(&l))
		status = 5;
	else
		status = talk(&l);
	SSL_free(l.ssl);
	close(l.fd);
	return status;
}
