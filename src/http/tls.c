#include "http/tls.h"

#include "http/tls_file.h"

#include <errno.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

struct tls {
	pthread_mutex_t lock; /* of ctx */
	SSL_CTX *ctx;
	char *cert, *key;
};

/* Forward secrecy and AEAD only; ECDSA first, which costs the server least. */
static const char ciphers_12[] =
    "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:"
    "ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-AES128-GCM-SHA256:"
    "ECDHE-RSA-AES256-GCM-SHA384:ECDHE-RSA-CHACHA20-POLY1305";
static const char ciphers_13[] =
    "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:"
    "TLS_CHACHA20_POLY1305_SHA256";

/* RFC 7301: a client that insists on something else is told so. */
static int
on_alpn(SSL *ssl, const unsigned char **out, unsigned char *out_n,
	const unsigned char *in, unsigned in_n, void *arg)
{
	static const unsigned char ours[] = "\x08http/1.1";
	unsigned char *chosen;

	(void)ssl;
	(void)arg;
	if (SSL_select_next_proto(&chosen, out_n, ours, sizeof(ours) - 1, in,
				  in_n) != OPENSSL_NPN_NEGOTIATED)
		return SSL_TLSEXT_ERR_ALERT_FATAL;
	*out = chosen;
	return SSL_TLSEXT_ERR_OK;
}

static bool
ctx_set(SSL_CTX *ctx)
{
	SSL_CTX_set_options(
	    ctx, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION |
		     SSL_OP_CIPHER_SERVER_PREFERENCE |
		     SSL_OP_PRIORITIZE_CHACHA | SSL_OP_IGNORE_UNEXPECTED_EOF);
	SSL_CTX_set_mode(ctx, SSL_MODE_ENABLE_PARTIAL_WRITE |
				  SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
				  SSL_MODE_RELEASE_BUFFERS);
	/* Sessions live in tickets, on the client's side. */
	SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF);
	SSL_CTX_set_read_ahead(ctx, 1);
	SSL_CTX_set_alpn_select_cb(ctx, on_alpn, NULL);
	return SSL_CTX_set_min_proto_version(ctx, TLS1_2_VERSION) == 1 &&
	       SSL_CTX_set_cipher_list(ctx, ciphers_12) == 1 &&
	       SSL_CTX_set_ciphersuites(ctx, ciphers_13) == 1 &&
	       SSL_CTX_set1_groups_list(ctx, "X25519:P-256:P-384") == 1;
}

static int
ctx_load(struct tls *t, SSL_CTX *ctx, struct note *note)
{
	int r;

	ERR_clear_error();
	if (!ctx_set(ctx))
		return FAIL(-EINVAL);
	r = tls_file_cert(ctx, t->cert, note);
	return r != 0 ? r : tls_file_key(ctx, t->key, note);
}

int
tls_reload(struct tls *t, struct note *note)
{
	SSL_CTX *old, *ctx = SSL_CTX_new(TLS_server_method());
	int r = ctx == NULL ? FAIL(-ENOMEM) : ctx_load(t, ctx, note);

	if (r != 0) {
		SSL_CTX_free(ctx);
		return r;
	}
	(void)pthread_mutex_lock(&t->lock);
	old = t->ctx;
	t->ctx = ctx;
	(void)pthread_mutex_unlock(&t->lock);
	SSL_CTX_free(old); /* lives on in the connections that use it */
	return 0;
}

int
tls_open(const char *cert, const char *key, struct tls **ret, struct note *note)
{
	struct tls *t;
	int r;

	if (key == NULL)
		return note_set(note, OUT_MALFORMED, "tls-cert: needs tls-key");
	t = calloc(1, sizeof(*t));
	if (t == NULL)
		return FAIL(-ENOMEM);
	(void)pthread_mutex_init(&t->lock, NULL);
	t->cert = strdup(cert);
	t->key = strdup(key);
	r = t->cert == NULL || t->key == NULL ? FAIL(-ENOMEM)
					      : tls_reload(t, note);
	if (r != 0) {
		tls_free(t);
		return r;
	}
	*ret = t;
	return 0;
}

void
tls_free(struct tls *t)
{
	if (t == NULL)
		return;
	SSL_CTX_free(t->ctx);
	(void)pthread_mutex_destroy(&t->lock);
	free(t->cert);
	free(t->key);
	free(t);
}

int
tls_attach(struct tls *t, struct http_conn *c)
{
	(void)pthread_mutex_lock(&t->lock);
	c->ssl = SSL_new(t->ctx);
	(void)pthread_mutex_unlock(&t->lock);
	if (c->ssl == NULL || SSL_set_fd(c->ssl, c->fd) != 1) {
		tls_detach(c);
		ERR_clear_error();
		return FAIL(-ENOMEM);
	}
	SSL_set_accept_state(c->ssl);
	return 0;
}

void
tls_detach(struct http_conn *c)
{
	SSL_free(TAKE(c->ssl));
}

enum step
tls_step(struct http_conn *c)
{
	int r;

	ERR_clear_error();
	r = SSL_do_handshake(c->ssl);
	if (r == 1)
		return STEP_ON;
	r = SSL_get_error(c->ssl, r);
	if (r == SSL_ERROR_WANT_READ || r == SSL_ERROR_WANT_WRITE)
		return STEP_WAIT;
	ERR_clear_error();
	c->broken = true;
	return STEP_GONE;
}
