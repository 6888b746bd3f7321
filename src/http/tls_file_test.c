/* Certificates and keys that a careless or a hostile hand put there. */
#include "http/tls_file.h"

#include "base/buf.h"
#include "base/test.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char dir[] = "/tmp/tls_file_test.XXXXXX";
static char path[64];
static char cert[4096], other_cert[4096], key[4096], locked_key[4096];

static void
text_of(BIO *bio, char ret[4096])
{
	char *p;
	long n = BIO_get_mem_data(bio, &p);

	if (n <= 0 || n >= 4096)
		abort();
	memcpy(ret, p, (size_t)n);
	ret[n] = '\0';
	(void)BIO_free(bio);
}

static void
pair_make(char ret_cert[4096], char ret_key[4096], const EVP_CIPHER *lock)
{
	EVP_PKEY *pkey = EVP_EC_gen("P-256");
	X509 *x = X509_new();
	BIO *c = BIO_new(BIO_s_mem()), *k = BIO_new(BIO_s_mem());
	unsigned char word[] = "word";

	(void)X509_gmtime_adj(X509_getm_notBefore(x), -60);
	(void)X509_gmtime_adj(X509_getm_notAfter(x), 3600);
	(void)X509_set_pubkey(x, pkey);
	if (X509_sign(x, pkey, EVP_sha256()) <= 0 ||
	    PEM_write_bio_X509(c, x) != 1 ||
	    PEM_write_bio_PrivateKey(k, pkey, lock, lock ? word : NULL,
				     lock ? 4 : 0, NULL, NULL) != 1)
		abort();
	X509_free(x);
	EVP_PKEY_free(pkey);
	text_of(c, ret_cert);
	text_of(k, ret_key);
}

static void
put(const char *text, size_t n, mode_t mode)
{
	FILE *f;

	(void)unlink(path);
	f = fopen(path, "w");
	if (f == NULL || fwrite(text, 1, n, f) != n || fclose(f) != 0 ||
	    chmod(path, mode) != 0)
		abort();
}

static int
cert_load(SSL_CTX *ctx, struct note *note)
{
	note->text[0] = '\0';
	return tls_file_cert(ctx, path, note);
}

/* A file of up to three pieces. */
struct row {
	const char *name, *a, *b, *c;
	int want;
};

static int
load(bool is_key, const struct row *row, struct note *note)
{
	SSL_CTX *ctx = SSL_CTX_new(TLS_server_method());
	char text[16384];
	int n = snprintf(text, sizeof(text), "%s%s%s", row->a, row->b, row->c);
	int r = 0;

	if (is_key) {
		put(cert, strlen(cert), 0644);
		r = cert_load(ctx, note);
	}
	put(text, (size_t)n, 0600);
	if (r == 0)
		r = is_key ? tls_file_key(ctx, path, note)
			   : cert_load(ctx, note);
	SSL_CTX_free(ctx);
	return r;
}

static void
rows_check(bool is_key, const struct row *rows, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct note note = {""};

		is_int(load(is_key, &rows[i], &note), rows[i].want, "%s: %s",
		       is_key ? "key" : "cert", rows[i].name);
		if (rows[i].want == 0)
			continue;
		ok(str_starts(str_c(note.text),
			      is_key ? STR("tls-key: ") : STR("tls-cert: ")),
		   "names the setting: %s", note.text);
		ok(strstr(note.text, "MII") == NULL &&
		       strstr(note.text, "MHc") == NULL,
		   "and quotes nothing");
	}
}

#define BAD OUT_MALFORMED

static void
test_cert(void)
{
	const struct row rows[] = {
	    {"one", cert, "", "", 0},
	    {"a chain", cert, other_cert, "", 0},
	    {"words around it", "Bag Attributes\n", cert, "bye\n", 0},
	    {"its key in the same file", key, cert, "", 0},
	    {"empty", "", "", "", BAD},
	    {"words only", "hello\n", "", "", BAD},
	    {"header only", "-----BEGIN CERTIFICATE-----\n", "", "", BAD},
	    {"a key only", key, "", "", BAD},
	    {"rubbish in it", "-----BEGIN CERTIFICATE-----\nAAAA\n",
	     "-----END CERTIFICATE-----\n", "", BAD},
	    {"one within another", "-----BEGIN CERTIFICATE-----\n", cert, "",
	     BAD},
	    {"a broken second", cert, "-----BEGIN CERTIFICATE-----\nAAAA\n",
	     "-----END CERTIFICATE-----\n", BAD},
	    {"an unfinished second", cert, "-----BEGIN CERTIFICATE-----\n", "",
	     BAD},
	};

	rows_check(false, rows, nitems(rows));
}

static void
test_key(void)
{
	const struct row rows[] = {
	    {"one", key, "", "", 0},
	    {"its certificate in the same file", cert, key, "", 0},
	    {"empty", "", "", "", BAD},
	    {"a certificate only", cert, "", "", BAD},
	    {"two", key, key, "", BAD},
	    {"with a pass phrase", locked_key, "", "", BAD},
	    {"a pass phrase of the old kind",
	     "-----BEGIN EC PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n",
	     "DEK-Info: AES-128-CBC,00\n\nAAAA\n",
	     "-----END EC PRIVATE KEY-----\n", BAD},
	    {"header only", "-----BEGIN PRIVATE KEY-----\n", "", "", BAD},
	    {"one within another", "-----BEGIN PRIVATE KEY-----\n", key, "",
	     BAD},
	    {"an unknown kind", "-----BEGIN MY PRIVATE KEY-----\nAAAA\n",
	     "-----END MY PRIVATE KEY-----\n", "", BAD},
	    {"rubbish in it", "-----BEGIN PRIVATE KEY-----\nAAAA\n",
	     "-----END PRIVATE KEY-----\n", "", BAD},
	};

	rows_check(true, rows, nitems(rows));
}

/* The number of certificates, the file's size and a NUL. */
static void
test_limits(void)
{
	CLEAN(buf_clear) struct buf text = BUF_INIT;
	struct note note = {""};

	for (int over = 0; over <= 1; over++) {
		SSL_CTX *ctx = SSL_CTX_new(TLS_server_method());

		buf_reset(&text);
		for (int i = 0; i < 1 + TLS_CHAIN_MAX + over; i++)
			buf_adds(&text, cert);
		put(text.p, text.n, 0644);
		is_int(cert_load(ctx, &note), over ? BAD : 0, "%d certificates",
		       1 + TLS_CHAIN_MAX + over);
		buf_reset(&text);
		buf_adds(&text, cert);
		while (text.n < TLS_CERT_FILE_MAX + (size_t)over)
			buf_addc(&text, '\n');
		put(text.p, text.n, 0644);
		is_int(cert_load(ctx, &note), over ? BAD : 0, "%zu bytes",
		       text.n);
		SSL_CTX_free(ctx);
	}
	{
		SSL_CTX *ctx = SSL_CTX_new(TLS_server_method());

		put(cert, strlen(cert) + 1, 0644);
		is_int(cert_load(ctx, &note), BAD, "a NUL byte");
		SSL_CTX_free(ctx);
	}
}

static void
test_places(void)
{
	SSL_CTX *ctx = SSL_CTX_new(TLS_server_method());
	static const mode_t open_to_others[] = {0644, 0604, 0660, 0640, 0610};
	struct note note = {""};

	put(cert, strlen(cert), 0644);
	is_int(cert_load(ctx, &note), 0, "a certificate may be read by all");
	for (size_t i = 0; i < nitems(open_to_others); i++) {
		put(key, strlen(key), open_to_others[i]);
		is_int(tls_file_key(ctx, path, &note), BAD, "a key of mode %o",
		       open_to_others[i]);
	}
	put(key, strlen(key), 0400);
	is_int(tls_file_key(ctx, path, &note), 0, "a key of mode 400");
	is_int(tls_file_key(ctx, "/dev/zero", &note), BAD, "a device");
	is_int(tls_file_key(ctx, dir, &note), BAD, "a directory");
	is_int(tls_file_key(ctx, "/nonexistent/key", &note), BAD, "nothing");
	(void)unlink(path);
	if (mkfifo(path, 0600) != 0)
		abort();
	is_int(tls_file_key(ctx, path, &note), BAD, "a FIFO, without waiting");
	is_int(cert_load(ctx, &note), BAD, "for the certificate too");
	SSL_CTX_free(ctx);
}

int
main(void)
{
	char unused[4096];

	if (mkdtemp(dir) == NULL)
		abort();
	(void)snprintf(path, sizeof(path), "%s/file", dir);
	pair_make(other_cert, unused, NULL);
	pair_make(unused, locked_key, EVP_aes_128_cbc());
	pair_make(cert, key, NULL);
	test_cert();
	test_key();
	test_limits();
	test_places();
	(void)unlink(path);
	(void)rmdir(dir);
	return done_testing();
}
