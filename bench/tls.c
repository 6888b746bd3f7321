/*
 * The client of bench/tls that shakes hands: one connection after the other, on
 * blocking sockets, closed as TLS closes them. It prints what it did; what that
 * cost the server is read by bench/tls.
 *
 *   bench-tls full|resumed HOST PORT COUNT [1.2]
 *
 * Offered: X25519, AES-128-GCM, ECDSA P-256; TLS 1.3 unless 1.2 is said. The
 * certificate is not looked at. A handshake of "resumed" that was none is an
 * error, and so is one of "full" that was resumed.
 */
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static SSL_SESSION *ticket; /* the latest that the server has given */

static _Noreturn void
die(const char *what)
{
	fprintf(stderr, "bench-tls: %s\n", what);
	ERR_print_errors_fp(stderr);
	exit(1);
}

static int
on_ticket(SSL *ssl, SSL_SESSION *session)
{
	(void)ssl;
	SSL_SESSION_free(ticket);
	ticket = session;
	return 1; /* it is ours now */
}

static SSL_CTX *
context(int version)
{
	SSL_CTX *ctx = SSL_CTX_new(TLS_client_method());

	if (ctx == NULL || !SSL_CTX_set_min_proto_version(ctx, version) ||
	    !SSL_CTX_set_max_proto_version(ctx, version) ||
	    !SSL_CTX_set_cipher_list(ctx, "ECDHE-ECDSA-AES128-GCM-SHA256") ||
	    !SSL_CTX_set_ciphersuites(ctx, "TLS_AES_128_GCM_SHA256") ||
	    !SSL_CTX_set1_groups_list(ctx, "X25519:P-256"))
		die("no context");
	SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_CLIENT |
						SSL_SESS_CACHE_NO_INTERNAL);
	SSL_CTX_sess_set_new_cb(ctx, on_ticket);
	return ctx;
}

static int
connect_to(const char *host, const char *port)
{
	struct sockaddr_in a = {.sin_family = AF_INET};
	int one = 1, fd = socket(AF_INET, SOCK_STREAM, 0);

	a.sin_port = htons((uint16_t)strtoul(port, NULL, 10));
	if (fd < 0 || inet_pton(AF_INET, host, &a.sin_addr) != 1 ||
	    connect(fd, (void *)&a, sizeof(a)) != 0)
		die("no connection");
	(void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	return fd;
}

/* With words, one request is asked as well: a ticket of TLS 1.3 comes behind
 * the handshake, and is read with the answer. */
static void
connection(SSL_CTX *ctx, const char *host, const char *port, bool resume,
	   bool words)
{
	int fd = connect_to(host, port);
	SSL *ssl = SSL_new(ctx);
	char text[4096];

	if (ssl == NULL || !SSL_set_fd(ssl, fd) ||
	    (resume && !SSL_set_session(ssl, ticket)) || SSL_connect(ssl) != 1)
		die("no handshake");
	if (SSL_session_reused(ssl) != resume)
		die(resume ? "not resumed" : "resumed");
	if (words) {
		int n = snprintf(text, sizeof(text),
				 "GET / HTTP/1.1\r\nHost: %s:%s\r\n"
				 "Connection: close\r\n\r\n",
				 host, port);

		if (SSL_write(ssl, text, n) != n)
			die("no request");
		while (SSL_read(ssl, text, sizeof(text)) > 0)
			;
	}
	/* OpenSSL forgets sessions that were not ended so. The server is
	 * through with it when it closes, too. */
	(void)SSL_shutdown(ssl);
	while (SSL_read(ssl, text, sizeof(text)) > 0)
		;
	ERR_clear_error();
	SSL_free(ssl);
	(void)close(fd);
}

int
main(int argc, char **argv)
{
	bool resume = argc > 1 && strcmp(argv[1], "resumed") == 0;
	long count = argc > 4 ? strtol(argv[4], NULL, 10) : 0;
	int version = argc > 5 && strcmp(argv[5], "1.2") == 0 ? TLS1_2_VERSION
							      : TLS1_3_VERSION;
	SSL_CTX *ctx;

	if (count <= 0 || (!resume && strcmp(argv[1], "full") != 0)) {
		fprintf(
		    stderr,
		    "usage: bench-tls full|resumed HOST PORT COUNT [1.2]\n");
		return 2;
	}
	ctx = context(version);
	if (resume)
		connection(ctx, argv[2], argv[3], false, true);
	if (resume && ticket == NULL)
		die("the server gives no tickets");
	for (long i = 0; i < count; i++)
		connection(ctx, argv[2], argv[3], resume, false);
	printf("handshakes=%ld\n", count);
	SSL_SESSION_free(ticket);
	SSL_CTX_free(ctx);
	return 0;
}
