#include "http/cert_test.h"
#include "http/serve_test.h"

#include <openssl/err.h>

#define HOST  "Host: localhost\r\n"
#define CLOSE HOST "Connection: close\r\n"

static char dir[] = "/tmp/tls_test.XXXXXX";
static char cert_file[64], key_file[64], other_cert[64], other_key[64];
static struct http_server *s;

struct client {
	SSL_CTX *ctx;
	SSL *ssl;
	int fd;
};

/* version 0: any. alpn: in wire form, may be NULL. */
static bool
client_open(struct client *c, int version, const char *alpn)
{
	c->fd = dial(s);
	c->ctx = SSL_CTX_new(TLS_client_method());
	SSL_CTX_set_security_level(c->ctx, 0);
	if (version != 0) {
		(void)SSL_CTX_set_min_proto_version(c->ctx, version);
		(void)SSL_CTX_set_max_proto_version(c->ctx, version);
	}
	c->ssl = SSL_new(c->ctx);
	(void)SSL_set_fd(c->ssl, c->fd);
	if (alpn != NULL)
		(void)SSL_set_alpn_protos(c->ssl, (const unsigned char *)alpn,
					  (unsigned)strlen(alpn));
	ERR_clear_error();
	return SSL_connect(c->ssl) == 1;
}

static void
client_close(struct client *c)
{
	SSL_free(c->ssl);
	SSL_CTX_free(c->ctx);
	(void)close(c->fd);
}

static bool
client_say(struct client *c, struct str text)
{
	size_t n;

	return text.n == 0 || SSL_write_ex(c->ssl, text.p, text.n, &n) == 1;
}

/* Read to the end; true when the server said it properly. */
static bool
client_hear(struct client *c, struct buf *ret)
{
	size_t n;

	for (;;) {
		if (buf_room(ret, 64 * KIB) != 0)
			abort();
		if (SSL_read_ex(c->ssl, ret->p + ret->n, 64 * KIB, &n) != 1)
			break;
		ret->n += n;
		ret->p[ret->n] = '\0';
	}
	return SSL_get_error(c->ssl, 0) == SSL_ERROR_ZERO_RETURN;
}

static void
get(const char *name, const char *request, struct buf *ret)
{
	struct client c;

	ok(client_open(&c, 0, NULL), "%s: handshake", name);
	(void)client_say(&c, str_c(request));
	ok(client_hear(&c, ret), "%s: ended properly", name);
	client_close(&c);
}

static void
test_replies(void)
{
	CLEAN(buf_clear) struct buf b = BUF_INIT_MAX(64 * MIB);

	get("small", "GET / HTTP/1.1\r\n" CLOSE "\r\n", &b);
	is_int((int)count(&b, "hello "), 1, "answered");
	buf_reset(&b);
	get("two",
	    "GET / HTTP/1.1\r\n" HOST "\r\nGET / HTTP/1.1\r\n" CLOSE "\r\n",
	    &b);
	is_int((int)count(&b, "hello "), 2, "pipelined");
	buf_reset(&b);
	get("file", "GET /file HTTP/1.1\r\n" CLOSE "\r\n", &b);
	ok(is_pattern(body_of(&b), 0, FILE_SIZE), "8 MiB from a file");
	buf_reset(&b);
	get("memory", "GET /big HTTP/1.1\r\n" CLOSE "\r\n", &b);
	ok(is_pattern(body_of(&b), 0, 4 * MIB), "4 MiB from memory");
	buf_reset(&b);
	seen.guard = true;
	get("flow", "GET /flow?3000000 HTTP/1.0\r\n" HOST "\r\n", &b);
	ok(is_pattern(body_of(&b), 0, 3000000), "3 MB as they came into being");
	buf_reset(&b);
	get("early",
	    "POST /early HTTP/1.1\r\n" HOST "Content-Length: 999999\r\n\r\n",
	    &b);
	is_int((int)count(&b, "HTTP/1.1 403 "), 1, "answered early");
	buf_reset(&b);
	get("refused", "GET / HTTP/1.1\r\n\r\n", &b);
	is_int((int)count(&b, "HTTP/1.1 400 "), 1, "refused");
}

/* Send from one process while reading in another: the echo begins when the
 * whole body is in. */
static void
echo(const char *name, const struct buf *request)
{
	CLEAN(buf_clear) struct buf b = BUF_INIT_MAX(64 * MIB);
	struct client c;

	(void)client_open(&c, 0, NULL);
	ok(client_say(&c, buf_str(request)), "%s: sent", name);
	ok(client_hear(&c, &b), "%s: ended properly", name);
	ok(is_pattern(body_of(&b), 0, FILE_SIZE), "%s: 8 MiB", name);
	client_close(&c);
}

static void
test_streams(void)
{
	static const size_t chunk = 100003;
	CLEAN(buf_clear) struct buf b = BUF_INIT_MAX(64 * MIB);

	buf_adds(&b, "POST /stream/echo HTTP/1.1\r\n" CLOSE
		     "Content-Length: 8388608\r\n\r\n");
	for (size_t i = 0; i < FILE_SIZE; i++)
		buf_addc(&b, pattern(i));
	echo("length", &b);
	buf_reset(&b);
	buf_adds(&b, "POST /stream/echo HTTP/1.1\r\n" CLOSE
		     "Transfer-Encoding: chunked\r\n\r\n");
	for (size_t i = 0; i < FILE_SIZE; i++) {
		if (i % chunk == 0)
			buf_addf(&b, "%s%zx\r\n", i == 0 ? "" : "\r\n",
				 FILE_SIZE - i < chunk ? FILE_SIZE - i : chunk);
		buf_addc(&b, pattern(i));
	}
	buf_adds(&b, "\r\n0\r\n\r\n");
	echo("chunked", &b);
}

static void
version(const char *name, int v, bool good)
{
	struct client c;

	is_int(client_open(&c, v, NULL), good, "%s", name);
	client_close(&c);
}

static void
test_handshakes(void)
{
	CLEAN(buf_clear) struct buf b = BUF_INIT;
	struct str chosen = STR_NONE;
	const unsigned char *alpn = NULL;
	struct client c;
	unsigned n = 0;
	int fd;

	version("TLS 1.3", TLS1_3_VERSION, true);
	version("TLS 1.2", TLS1_2_VERSION, true);
	version("no TLS 1.1", TLS1_1_VERSION, false);
	version("no TLS 1.0", TLS1_VERSION, false);
	ok(client_open(&c, 0, "\x02h2\x08http/1.1"), "h2 or http/1.1");
	SSL_get0_alpn_selected(c.ssl, &alpn, &n);
	chosen = (struct str){(const char *)alpn, n};
	is_str(chosen, STR("http/1.1"), "becomes http/1.1");
	client_close(&c);
	ok(!client_open(&c, 0, "\x02h2"), "h2 alone is refused");
	client_close(&c);
	(void)client_open(&c, TLS1_2_VERSION, NULL);
	ok(SSL_renegotiate(c.ssl) == 0 || SSL_do_handshake(c.ssl) != 1,
	   "no renegotiation");
	client_close(&c);
	fd = dial(s);
	(void)say(fd, STR("GET / HTTP/1.1\r\n" CLOSE "\r\n"));
	ok(hear(fd, &b, SIZE_MAX, 2000), "plain text is cut off");
	(void)close(fd);
	fd = dial(s);
	(void)say(fd, STR("\x16"));
	ok(hear(fd, &b, SIZE_MAX, 2000), "a handshake that stops is cut off");
	(void)close(fd);
}

static struct str
peer_name(struct client *c, char *p, size_t n)
{
	X509 *x = SSL_get1_peer_certificate(c->ssl);
	int r = X509_NAME_get_text_by_NID(X509_get_subject_name(x),
					  NID_commonName, p, (int)n);

	X509_free(x);
	return (struct str){p, r < 0 ? 0 : (size_t)r};
}

static void
test_reload(void)
{
	struct note note = {""};
	struct client before, after;
	char name[64];
	FILE *f;

	(void)client_open(&before, 0, NULL);
	is_str(peer_name(&before, name, sizeof(name)), STR("one"), "first");
	ok(rename(other_cert, cert_file) == 0 &&
	       rename(other_key, key_file) == 0,
	   "files are exchanged");
	is_int(http_reload(s, &note), 0, "reloaded");
	(void)client_open(&after, 0, NULL);
	is_str(peer_name(&after, name, sizeof(name)), STR("two"), "second");
	client_close(&after);
	f = fopen(key_file, "w");
	(void)fclose(f);
	is_int(http_reload(s, &note), OUT_MALFORMED, "a bad key");
	ok(strstr(note.text, key_file) != NULL, "is named");
	ok(client_open(&after, 0, NULL), "the old one stays in use");
	client_close(&after);
	{
		CLEAN(buf_clear) struct buf b = BUF_INIT;

		(void)client_say(&before,
				 STR("GET / HTTP/1.1\r\n" CLOSE "\r\n"));
		(void)client_hear(&before, &b);
		is_int((int)count(&b, "hello "), 1,
		       "an old connection lives on");
	}
	client_close(&before);
}

static void
test_start(void)
{
	struct http_conf conf = conf_default();
	struct http_server *none = NULL;
	struct note note = {""};

	conf.tls_cert = "/nonexistent/cert.pem";
	conf.tls_key = key_file;
	is_int(http_start(&conf, &none, &note), OUT_MALFORMED, "no such file");
	ok(strstr(note.text, conf.tls_cert) != NULL, "is named");
	conf.tls_cert = cert_file;
	conf.tls_key = NULL;
	is_int(http_start(&conf, &none, &note), OUT_MALFORMED, "no key");
	conf.tls_key = other_key;
	is_int(http_start(&conf, &none, &note), OUT_MALFORMED,
	       "a key that does not fit");
	ok(none == NULL, "nothing is started");
}

static void
files_make(void)
{
	if (mkdtemp(dir) == NULL)
		abort();
	(void)snprintf(cert_file, sizeof(cert_file), "%s/cert.pem", dir);
	(void)snprintf(key_file, sizeof(key_file), "%s/key.pem", dir);
	(void)snprintf(other_cert, sizeof(other_cert), "%s/cert2.pem", dir);
	(void)snprintf(other_key, sizeof(other_key), "%s/key2.pem", dir);
	ok(cert_make("one", cert_file, key_file) &&
	       cert_make("two", other_cert, other_key),
	   "certificates");
}

int
main(void)
{
	struct http_conf conf = conf_default();

	files_make();
	test_start();
	conf.tls_cert = cert_file;
	conf.tls_key = key_file;
	conf.head_timeout_ms = 800;
	s = serve(&conf);
	test_replies();
	test_streams();
	test_handshakes();
	test_reload();
	http_free(s);
	ok(settled(), "all that was begun is done");
	(void)unlink(cert_file);
	(void)unlink(key_file);
	(void)rmdir(dir);
	return done_testing();
}
