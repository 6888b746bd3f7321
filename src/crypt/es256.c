#include "crypt/es256.h"

#include "base/enc.h"
#include "crypt/digest.h"

#include <assert.h>
#include <errno.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <stdlib.h>
#include <string.h>

#define HALF	(ES256_LEN / 2)
#define DER_MAX 72

/* The contexts are ready for their operation and never used themselves: each
 * call works on a copy, which spares it the library's look-ups and their lock.
 */
struct es256 {
	EVP_PKEY *key;
	EVP_PKEY_CTX *signing,
	    *verifying; /* signing: NULL with a public half */
	char x[ES256_COORD + 1], y[ES256_COORD + 1];
};

/* The order of the group, and half of it rounded down (SEC 2, section 2.4.2).
 * All numbers here are public; their comparison need not hide anything. */
static const uint8_t order[HALF] = {
    0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x00, 0xff, 0xff, 0xff,
    0xff, 0xff, 0xff, 0xff, 0xff, 0xbc, 0xe6, 0xfa, 0xad, 0xa7, 0x17,
    0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51};
static const uint8_t half_order[HALF] = {
    0x7f, 0xff, 0xff, 0xff, 0x80, 0x00, 0x00, 0x00, 0x7f, 0xff, 0xff,
    0xff, 0xff, 0xff, 0xff, 0xff, 0xde, 0x73, 0x7d, 0x56, 0xd3, 0x8b,
    0xcf, 0x42, 0x79, 0xdc, 0xe5, 0x61, 0x7e, 0x31, 0x92, 0xa8};

static void
pkey_freep(EVP_PKEY **p)
{
	EVP_PKEY_free(*p);
}

static void
ctx_freep(EVP_PKEY_CTX **p)
{
	EVP_PKEY_CTX_free(*p);
}

static void
bio_freep(BIO **p)
{
	(void)BIO_free(*p);
}

static void
sig_freep(ECDSA_SIG **p)
{
	ECDSA_SIG_free(*p);
}

static void
bn_freep(BIGNUM **p)
{
	BN_free(*p);
}

int
es256_make(struct buf *ret_pem)
{
	CLEAN(pkey_freep) EVP_PKEY *key = EVP_EC_gen("P-256");
	/* This kind of memory is wiped when it is freed. */
	CLEAN(bio_freep) BIO *out = BIO_new(BIO_s_secmem());
	char *p = NULL;
	long n;

	if (key == NULL || out == NULL ||
	    PEM_write_bio_PKCS8PrivateKey(out, key, NULL, NULL, 0, NULL,
					  NULL) != 1)
		return FAIL(-EIO);
	n = BIO_get_mem_data(out, &p);
	if (n <= 0)
		return FAIL(-EIO);
	return buf_add(ret_pem, p, (size_t)n);
}

static int
coordinate(EVP_PKEY *key, const char *name, char ret[ES256_COORD + 1])
{
	CLEAN(buf_clear) struct buf text = BUF_INIT;
	CLEAN(bn_freep) BIGNUM *n = NULL;
	uint8_t bytes[HALF];
	int r;

	if (EVP_PKEY_get_bn_param(key, name, &n) != 1 ||
	    BN_bn2binpad(n, bytes, HALF) != HALF)
		return FAIL(-EIO);
	r = enc_b64url(&text, (struct str){(char *)bytes, HALF});
	if (r == 0)
		memcpy(ret, text.p, ES256_COORD + 1);
	return r;
}

/* No pass phrase: without this the library would ask on the terminal. */
static int
no_passphrase(char *p, int size, int writing, void *arg)
{
	(void)p, (void)size, (void)writing, (void)arg;
	return -1;
}

static EVP_PKEY *
read_key(struct str pem)
{
	CLEAN(bio_freep) BIO *in = NULL;
	CLEAN(pkey_freep) EVP_PKEY *key = NULL;
	char group[32];
	size_t n = 0;

	if (pem.n == 0 || pem.n > 64 * KIB)
		return NULL;
	in = BIO_new_mem_buf(pem.p, (int)pem.n);
	if (in != NULL)
		key = PEM_read_bio_PrivateKey(in, NULL, no_passphrase, NULL);
	if (key == NULL || !EVP_PKEY_is_a(key, "EC") ||
	    EVP_PKEY_get_group_name(key, group, sizeof(group), &n) != 1 ||
	    strcmp(group, "prime256v1") != 0)
		return NULL;
	return TAKE(key);
}

/* A file whose public half is not that of its private half would make tokens
 * that nobody accepts. */
static bool
key_sound(EVP_PKEY *key)
{
	CLEAN(ctx_freep) EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(key, NULL);

	return ctx != NULL && EVP_PKEY_pairwise_check(ctx) == 1;
}

static int
make_ready(struct es256 *k)
{
	int r = coordinate(k->key, OSSL_PKEY_PARAM_EC_PUB_X, k->x);

	if (r == 0)
		r = coordinate(k->key, OSSL_PKEY_PARAM_EC_PUB_Y, k->y);
	if (r != 0)
		return r;
	k->verifying = EVP_PKEY_CTX_new(k->key, NULL);
	return k->verifying != NULL && EVP_PKEY_verify_init(k->verifying) == 1
		   ? 0
		   : FAIL(-EIO);
}

int
es256_load(struct str pem, struct es256 **ret)
{
	CLEAN(es256_freep) struct es256 *k = calloc(1, sizeof(*k));
	int r;

	if (k == NULL)
		return FAIL(-ENOMEM);
	k->key = read_key(pem);
	if (k->key == NULL || !key_sound(k->key))
		return OUT_MALFORMED;
	r = make_ready(k);
	if (r != 0)
		return r;
	k->signing = EVP_PKEY_CTX_new(k->key, NULL);
	if (k->signing == NULL || EVP_PKEY_sign_init(k->signing) != 1)
		return FAIL(-EIO);
	*ret = TAKE(k);
	return 0;
}

/* SEC 1, section 2.3.3: 4, x, y. */
static int
point_read(struct str x, struct str y, uint8_t ret[1 + 2 * HALF])
{
	CLEAN(buf_clear) struct buf bytes = BUF_INIT;
	int r = OUT_MALFORMED;

	if (x.n == ES256_COORD && y.n == ES256_COORD)
		r = dec_b64url(&bytes, x);
	if (r == 0)
		r = dec_b64url(&bytes, y);
	if (r == 0 && bytes.n != 2 * HALF)
		r = OUT_MALFORMED;
	if (r != 0)
		return r;
	ret[0] = 4;
	memcpy(ret + 1, bytes.p, 2 * HALF);
	return 0;
}

static EVP_PKEY *
point_key(uint8_t point[1 + 2 * HALF])
{
	CLEAN(ctx_freep)
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
	CLEAN(ctx_freep) EVP_PKEY_CTX *check = NULL;
	CLEAN(pkey_freep) EVP_PKEY *key = NULL;
	char group[] = "prime256v1";
	OSSL_PARAM params[] = {
	    OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, group,
					     0),
	    OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, point,
					      1 + 2 * HALF),
	    OSSL_PARAM_construct_end()};

	if (ctx == NULL || EVP_PKEY_fromdata_init(ctx) != 1 ||
	    EVP_PKEY_fromdata(ctx, &key, EVP_PKEY_PUBLIC_KEY, params) != 1)
		return NULL;
	check = EVP_PKEY_CTX_new(key, NULL);
	if (check == NULL || EVP_PKEY_public_check(check) != 1)
		return NULL;
	return TAKE(key);
}

int
es256_load_public(struct str x, struct str y, struct es256 **ret)
{
	CLEAN(es256_freep) struct es256 *k = calloc(1, sizeof(*k));
	uint8_t point[1 + 2 * HALF];
	int r = k == NULL ? FAIL(-ENOMEM) : point_read(x, y, point);

	if (r != 0)
		return r;
	k->key = point_key(point);
	if (k->key == NULL)
		return OUT_MALFORMED;
	r = make_ready(k);
	if (r == 0)
		*ret = TAKE(k);
	return r;
}

void
es256_free(struct es256 *k)
{
	if (k == NULL)
		return;
	EVP_PKEY_CTX_free(k->signing);
	EVP_PKEY_CTX_free(k->verifying);
	EVP_PKEY_free(k->key);
	free(k);
}

struct str
es256_x(const struct es256 *k)
{
	return (struct str){k->x, ES256_COORD};
}

struct str
es256_y(const struct es256 *k)
{
	return (struct str){k->y, ES256_COORD};
}

static int
raw_of_der(const uint8_t *der, size_t n, uint8_t ret[ES256_LEN])
{
	CLEAN(sig_freep) ECDSA_SIG *sig = d2i_ECDSA_SIG(NULL, &der, (long)n);

	if (sig == NULL ||
	    BN_bn2binpad(ECDSA_SIG_get0_r(sig), ret, HALF) != HALF ||
	    BN_bn2binpad(ECDSA_SIG_get0_s(sig), ret + HALF, HALF) != HALF)
		return FAIL(-EIO);
	return 0;
}

static void
lower_s(uint8_t s[HALF])
{
	int borrow = 0;

	if (memcmp(s, half_order, HALF) <= 0)
		return;
	for (size_t i = HALF; i-- > 0;) {
		int d = order[i] - s[i] - borrow;

		borrow = d < 0;
		s[i] = (uint8_t)(d & 255);
	}
}

int
es256_sign(const struct es256 *k, struct str input, uint8_t ret[ES256_LEN])
{
	CLEAN(ctx_freep) EVP_PKEY_CTX *ctx = NULL;
	uint8_t digest[SHA256_LEN], der[DER_MAX];
	size_t n = sizeof(der);
	int r;

	assert(k->signing != NULL);
	ctx = EVP_PKEY_CTX_dup(k->signing);
	if (ctx == NULL)
		return FAIL(-ENOMEM);
	r = digest_sha256(input, digest);
	if (r != 0)
		return r;
	if (EVP_PKEY_sign(ctx, der, &n, digest, sizeof(digest)) != 1)
		return FAIL(-EIO);
	r = raw_of_der(der, n, ret);
	if (r == 0)
		lower_s(ret + HALF);
	return r;
}

/* One number of a signature as a DER INTEGER, RFC 3279 section 2.2.3. */
static uint8_t *
put_integer(uint8_t *p, const uint8_t *n)
{
	size_t skip = 0;
	bool sign;

	while (skip < HALF - 1 && n[skip] == 0)
		skip++;
	sign = n[skip] >= 0x80;
	*p++ = 0x02;
	*p++ = (uint8_t)(HALF - skip + sign);
	if (sign)
		*p++ = 0;
	memcpy(p, n + skip, HALF - skip);
	return p + (HALF - skip);
}

static size_t
der_of_raw(const uint8_t *raw, uint8_t ret[DER_MAX])
{
	uint8_t *end = put_integer(ret + 2, raw);

	end = put_integer(end, raw + HALF);
	ret[0] = 0x30;
	ret[1] = (uint8_t)(end - ret - 2);
	return (size_t)(end - ret);
}

static bool
in_range(const uint8_t *n, const uint8_t *below)
{
	static const uint8_t zero[HALF];

	return memcmp(n, zero, HALF) != 0 && memcmp(n, below, HALF) < 0;
}

int
es256_verify(const struct es256 *k, struct str input, struct str signature)
{
	CLEAN(ctx_freep) EVP_PKEY_CTX *ctx = NULL;
	const uint8_t *raw = (const uint8_t *)signature.p;
	uint8_t digest[SHA256_LEN], der[DER_MAX];
	int r;

	if (signature.n != ES256_LEN || !in_range(raw, order) ||
	    !in_range(raw + HALF, order) ||
	    memcmp(raw + HALF, half_order, HALF) > 0)
		return OUT_UNPROVEN;
	ctx = EVP_PKEY_CTX_dup(k->verifying);
	if (ctx == NULL)
		return FAIL(-ENOMEM);
	r = digest_sha256(input, digest);
	if (r != 0)
		return r;
	r = EVP_PKEY_verify(ctx, der, der_of_raw(raw, der), digest,
			    sizeof(digest));
	if (r < 0)
		return FAIL(-EIO);
	return r == 1 ? 0 : OUT_UNPROVEN;
}
