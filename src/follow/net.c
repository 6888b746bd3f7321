#include "follow/net.h"

#include "base/clock.h"
#include "follow/find.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

struct net {
	int fd;
	int64_t deadline;
	SSL_CTX *ctx;
	SSL *ssl; /* NULL: plain */
};

void
net_free(struct net *net)
{
	if (net == NULL)
		return;
	SSL_free(net->ssl);
	SSL_CTX_free(net->ctx);
	if (net->fd >= 0)
		(void)close(net->fd);
	free(net);
}

/* False once the deadline is past. */
static bool
wait_for(int fd, short what, int64_t deadline)
{
	struct pollfd p = {.fd = fd, .events = what};

	for (;;) {
		int64_t left = deadline - clock_mono();
		int n;

		if (left <= 0)
			return false;
		n = poll(&p, 1, (int)left);
		if (n > 0)
			return true;
		if (n < 0 && errno != EINTR)
			return false;
	}
}

static int
late(struct note *note, const char *what)
{
	return note_set(note, OUT_BUSY, "no answer in time (%s)", what);
}

/* --- connecting --- */

static int
connect_one(const struct addrinfo *ai, int64_t deadline)
{
	int fd = socket(ai->ai_family,
			ai->ai_socktype | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	socklen_t n = sizeof(int);
	int e = 0;

	if (fd < 0)
		return -errno;
	if (connect(fd, ai->ai_addr, ai->ai_addrlen) == 0)
		return fd;
	e = errno;
	if (e == EINPROGRESS) {
		if (!wait_for(fd, POLLOUT, deadline))
			e = ETIMEDOUT;
		else if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &e, &n) != 0)
			e = errno;
	}
	if (e == 0)
		return fd;
	(void)close(fd);
	return -e;
}

/* One after the other; each but the last gets its share of the time. */
static int
connect_any(struct net *net, const struct addrinfo *first, struct note *note)
{
	int left = 0, r = -EHOSTUNREACH;

	for (const struct addrinfo *ai = first; ai != NULL; ai = ai->ai_next)
		left++;
	for (const struct addrinfo *ai = first; ai != NULL; ai = ai->ai_next) {
		int64_t now = clock_mono();

		r = connect_one(ai, now + (net->deadline - now) / left--);
		if (r >= 0) {
			net->fd = r;
			return 0;
		}
	}
	return note_set(note, OUT_BUSY, "cannot connect: %s", strerror(-r));
}

/* --- TLS --- */

static int
tls_wrong(struct note *note, const char *what)
{
	unsigned long e = ERR_peek_last_error();
	const char *reason = e != 0 ? ERR_reason_error_string(e) : NULL;

	return note_set(note, OUT_BUSY, "%s: %s", what,
			reason != NULL ? reason : "failed");
}

/* Whom the certificate has to be for. */
static bool
tls_expect(SSL *ssl, const char *host)
{
	unsigned char addr[sizeof(struct in6_addr)];

	if (inet_pton(AF_INET, host, addr) == 1 ||
	    inet_pton(AF_INET6, host, addr) == 1)
		return X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl),
						     host) == 1;
	SSL_set_hostflags(ssl, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
	return SSL_set1_host(ssl, host) == 1 &&
	       SSL_set_tlsext_host_name(ssl, host) == 1;
}

static int
tls_make(struct net *net, const char *host, const char *ca, struct note *note)
{
	int good;

	net->ctx = SSL_CTX_new(TLS_client_method());
	if (net->ctx == NULL ||
	    SSL_CTX_set_min_proto_version(net->ctx, TLS1_2_VERSION) != 1)
		return tls_wrong(note, "no TLS");
	SSL_CTX_set_verify(net->ctx, SSL_VERIFY_PEER, NULL);
	(void)SSL_CTX_set_mode(net->ctx,
			       SSL_MODE_ENABLE_PARTIAL_WRITE |
				   SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
	good = ca[0] != '\0' ? SSL_CTX_load_verify_file(net->ctx, ca)
			     : SSL_CTX_set_default_verify_paths(net->ctx);
	if (good != 1)
		return tls_wrong(note, ca[0] != '\0' ? "cannot read the CA file"
						     : "no trusted CA");
	net->ssl = SSL_new(net->ctx);
	if (net->ssl == NULL || !tls_expect(net->ssl, host) ||
	    SSL_set_fd(net->ssl, net->fd) != 1)
		return tls_wrong(note, "no TLS");
	return 0;
}

/* What a call to TLS waits for. 0: again; OUT_BUSY with a note. */
static int
tls_wait(struct net *net, int n, const char *what, struct note *note)
{
	switch (SSL_get_error(net->ssl, n)) {
	case SSL_ERROR_WANT_READ:
		return wait_for(net->fd, POLLIN, net->deadline)
			   ? 0
			   : late(note, what);
	case SSL_ERROR_WANT_WRITE:
		return wait_for(net->fd, POLLOUT, net->deadline)
			   ? 0
			   : late(note, what);
	default:
		return tls_wrong(note, what);
	}
}

static int
tls_start(struct net *net, struct note *note)
{
	long verdict;
	int n;

	while ((n = SSL_connect(net->ssl)) != 1) {
		int r = tls_wait(net, n, "TLS", note);

		verdict = SSL_get_verify_result(net->ssl);
		if (r != 0 && verdict != X509_V_OK)
			return note_set(note, OUT_BUSY, "TLS: certificate: %s",
					X509_verify_cert_error_string(verdict));
		if (r != 0)
			return r;
	}
	return 0;
}

int
net_open(const struct url *url, const char *ca, int64_t deadline,
	 struct net **ret, struct note *note)
{
	CLEAN(net_freep) struct net *net = calloc(1, sizeof(*net));
	CLEAN(find_free) struct addrinfo *list = NULL;
	int r;

	if (net == NULL)
		return FAIL(-ENOMEM);
	net->fd = -1;
	net->deadline = deadline;
	r = find_host(url->host, url->port, deadline, &list, note);
	if (r == 0)
		r = connect_any(net, list, note);
	if (r == 0 && url->tls)
		r = tls_make(net, url->host, ca, note);
	if (r == 0 && url->tls)
		r = tls_start(net, note);
	if (r == 0)
		*ret = TAKE(net);
	return r;
}

/* --- bytes --- */

static int
plain_wait(struct net *net, short what, struct note *note)
{
	if (errno == EINTR)
		return 0;
	if (errno != EAGAIN)
		return note_set(note, OUT_BUSY, "the connection broke: %s",
				strerror(errno));
	return wait_for(net->fd, what, net->deadline) ? 0 : late(note, "HTTP");
}

/* OpenSSL is not woken up for plain HTTP: that costs as much as the rest. */
static ssize_t
bytes_put(struct net *net, struct str s)
{
	if (net->ssl == NULL)
		return send(net->fd, s.p, s.n, MSG_NOSIGNAL);
	ERR_clear_error();
	return SSL_write(net->ssl, s.p, (int)s.n);
}

static ssize_t
bytes_get(struct net *net, char *p, size_t n)
{
	if (net->ssl == NULL)
		return recv(net->fd, p, n, 0);
	ERR_clear_error();
	return SSL_read(net->ssl, p, (int)n);
}

int
net_write(struct net *net, struct str s, struct note *note)
{
	while (s.n > 0) {
		ssize_t n;
		int r;

		n = bytes_put(net, s);
		if (n > 0) {
			s = str_sub(s, (size_t)n, SIZE_MAX);
			continue;
		}
		r = net->ssl != NULL ? tls_wait(net, (int)n, "HTTP", note)
				     : plain_wait(net, POLLOUT, note);
		if (r != 0)
			return r;
	}
	return 0;
}

int
net_read(struct net *net, char *p, size_t n, size_t *ret, struct note *note)
{
	for (;;) {
		ssize_t got;
		int r;

		got = bytes_get(net, p, n);
		/* TLS says itself that it has ended; a connection that just
		 * stops is an error there. */
		if (got > 0 || (got == 0 && net->ssl == NULL) ||
		    (net->ssl != NULL && SSL_get_error(net->ssl, (int)got) ==
					     SSL_ERROR_ZERO_RETURN)) {
			*ret = got > 0 ? (size_t)got : 0;
			return 0;
		}
		r = net->ssl != NULL ? tls_wait(net, (int)got, "HTTP", note)
				     : plain_wait(net, POLLIN, note);
		if (r != 0)
			return r;
	}
}
