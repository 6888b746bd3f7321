#include "http/tls_file.h"

#include "base/buf.h"
#include "base/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/err.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define BEGIN_WORD "-----BEGIN "
#define DASHES	   "-----"

static void
bio_freep(BIO **bio)
{
	(void)BIO_free(*bio);
}

static void
x509_freep(X509 **x)
{
	X509_free(*x);
}

static void
pkey_freep(EVP_PKEY **key)
{
	EVP_PKEY_free(*key);
}

struct file {
	const char *setting, *path;
	bool is_key;
	size_t max;
	struct note *note;
};

static int
bad(const struct file *f, const char *why)
{
	ERR_clear_error();
	return note_set(f->note, OUT_MALFORMED, "%s: %s: %s", f->setting,
			f->path, why);
}

/* The library's reason, in its own words. */
static int
bad_library(const struct file *f, const char *otherwise)
{
	const char *why = ERR_reason_error_string(ERR_peek_last_error());

	return bad(f, why != NULL ? why : otherwise);
}

/* Whoever can read the key is this server to its clients. A key of root's may
 * be lent to a group, as Debian's ssl-cert does. */
static bool
is_closed(const struct stat *st)
{
	if (st->st_uid == geteuid())
		return (st->st_mode & 077) == 0;
	return st->st_uid == 0 && (st->st_mode & 037) == 0;
}

static int
look(const struct file *f, int fd)
{
	struct stat st;

	if (fstat(fd, &st) != 0)
		return FAIL(-errno);
	if (!S_ISREG(st.st_mode))
		return bad(f, "not a regular file");
	if (st.st_size > (off_t)f->max)
		return bad(f, "too large");
	if (f->is_key && !is_closed(&st))
		return bad(f, "others can read it; chmod 600, and ours or "
			      "root's");
	return 0;
}

static int
slurp(const struct file *f, struct buf *ret)
{
	/* Not blocking: opening a FIFO must not wait for its other end. */
	CLEAN(fd_closep)
	int fd = open(f->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	ssize_t got;
	int r;

	if (fd < 0)
		return bad(f, strerror(errno));
	r = look(f, fd);
	if (r == 0)
		r = buf_room(ret, f->max);
	if (r != 0)
		return r;
	do {
		got = read(fd, ret->p + ret->n, f->max - ret->n);
		ret->n += got > 0 ? (size_t)got : 0;
	} while (got > 0);
	ret->p[ret->n] = '\0';
	if (got < 0)
		return bad(f, strerror(errno));
	if (memchr(ret->p, '\0', ret->n) != NULL)
		return bad(f, "has a NUL byte");
	return 0;
}

/* How many blocks have a label that ends in this word. */
static size_t
labels(struct str text, struct str word)
{
	struct str line, label;
	size_t n = 0;

	while (str_next(&text, '\n', &line)) {
		if (!str_starts(line, STR(BEGIN_WORD)))
			continue;
		if (str_ends(line, STR("\r")))
			line.n--;
		label = str_sub(line, strlen(BEGIN_WORD), line.n);
		if (str_ends(label, STR(DASHES))) {
			label.n -= strlen(DASHES);
			n += str_ends(label, word);
		}
	}
	return n;
}

/* Nobody sits at the server's terminal. */
static int
on_passphrase(char *p, int n, int writing, void *arg)
{
	(void)p;
	(void)n;
	(void)writing;
	(void)arg;
	return 0;
}

static int
chain_add(const struct file *f, SSL_CTX *ctx, BIO *bio)
{
	for (int i = 0; i <= TLS_CHAIN_MAX; i++) {
		CLEAN(x509_freep)
		X509 *next = PEM_read_bio_X509(bio, NULL, on_passphrase, NULL);

		if (next == NULL)
			break;
		if (i == TLS_CHAIN_MAX)
			return bad(f, "too many certificates");
		if (SSL_CTX_add0_chain_cert(ctx, next) != 1)
			return bad_library(f, "cannot be used");
		next = NULL;
	}
	if (ERR_GET_REASON(ERR_peek_last_error()) != PEM_R_NO_START_LINE)
		return bad_library(f, "cannot be read");
	ERR_clear_error();
	return 0;
}

int
tls_file_cert(SSL_CTX *ctx, const char *path, struct note *note)
{
	struct file f = {"tls-cert", path, false, TLS_CERT_FILE_MAX, note};
	CLEAN(buf_clear) struct buf text = BUF_INIT_MAX(TLS_CERT_FILE_MAX + 1);
	CLEAN(bio_freep) BIO *bio = NULL;
	CLEAN(x509_freep) X509 *own = NULL;
	int r = slurp(&f, &text);

	if (r != 0)
		return r;
	if (labels(buf_str(&text), STR("CERTIFICATE")) == 0)
		return bad(&f, "holds no certificate (PEM)");
	ERR_clear_error();
	bio = BIO_new_mem_buf(text.p, (int)text.n);
	if (bio == NULL)
		return FAIL(-ENOMEM);
	own = PEM_read_bio_X509_AUX(bio, NULL, on_passphrase, NULL);
	if (own == NULL || SSL_CTX_use_certificate(ctx, own) != 1)
		return bad_library(&f, "cannot be used");
	return chain_add(&f, ctx, bio);
}

int
tls_file_key(SSL_CTX *ctx, const char *path, struct note *note)
{
	struct file f = {"tls-key", path, true, TLS_KEY_FILE_MAX, note};
	CLEAN(buf_clear) struct buf text = BUF_INIT_MAX(TLS_KEY_FILE_MAX + 1);
	CLEAN(bio_freep) BIO *bio = NULL;
	CLEAN(pkey_freep) EVP_PKEY *key = NULL;
	size_t n;
	int r = slurp(&f, &text);

	if (r != 0)
		return r;
	n = labels(buf_str(&text), STR("PRIVATE KEY"));
	if (n != 1)
		return bad(&f, n == 0 ? "holds no private key (PEM)"
				      : "holds more than one private key");
	if (labels(buf_str(&text), STR("ENCRYPTED PRIVATE KEY")) > 0 ||
	    strstr(text.p, "Proc-Type: 4,ENCRYPTED") != NULL)
		return bad(&f, "has a pass phrase; the server cannot ask");
	ERR_clear_error();
	bio = BIO_new_mem_buf(text.p, (int)text.n);
	if (bio == NULL)
		return FAIL(-ENOMEM);
	key = PEM_read_bio_PrivateKey(bio, NULL, on_passphrase, NULL);
	if (key == NULL)
		return bad_library(&f, "cannot be read");
	if (SSL_CTX_use_PrivateKey(ctx, key) != 1 ||
	    SSL_CTX_check_private_key(ctx) != 1)
		return bad(&f, "does not belong to the certificate");
	return 0;
}
