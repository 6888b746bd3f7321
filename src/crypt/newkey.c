#include "crypt/newkey.h"

#include "base/out.h"
#include "base/secret.h"
#include "crypt/newkey_alloc.h"
#include "crypt/rand.h"

#include <assert.h>
#include <errno.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <sodium.h>

static void
pkey_freep(EVP_PKEY **p)
{
	EVP_PKEY_free(*p);
}

static void
bn_freep(BIGNUM **p)
{
	BN_clear_free(*p);
}

/* Room for n bytes more; NULL: it was made too small for this kind. */
static uint8_t *
room_take(struct newkey *k, size_t n, struct str *ret)
{
	uint8_t *p = k->room + k->used;

	if (n > sizeof(k->room) - k->used)
		return NULL;
	k->used += n;
	*ret = (struct str){(char *)p, n};
	return p;
}

/* len 0: as long as it is. */
static int
number_get(EVP_PKEY *key, const char *name, size_t len, struct newkey *k,
	   struct str *ret)
{
	CLEAN(bn_freep) BIGNUM *n = NULL;
	uint8_t *to;

	if (EVP_PKEY_get_bn_param(key, name, &n) != 1)
		return FAIL(-EIO);
	if (len == 0)
		len = (size_t)BN_num_bytes(n);
	to = room_take(k, len, ret);
	if (to == NULL || BN_bn2binpad(n, to, (int)len) != (int)len)
		return FAIL(-EIO);
	return 0;
}

/* The kernel's own bytes (RFC 8032 5.1.5: the private half is 32 of them); this
 * library, since it needs no memory and a quarter of the pages. */
static int
ed25519_make(struct newkey *k)
{
	uint8_t pair[crypto_sign_SECRETKEYBYTES];
	uint8_t *seed = room_take(k, NEWKEY_ED25519_LEN, &k->secret);
	uint8_t *point = room_take(k, NEWKEY_ED25519_LEN, &k->point);
	int r;

	assert(seed != NULL && point != NULL);
	r = rand_bytes(seed, NEWKEY_ED25519_LEN);
	if (r == 0 && crypto_sign_seed_keypair(point, pair, seed) != 0)
		r = FAIL(-EIO);
	mem_wipe(pair, sizeof(pair));
	return r;
}

static int
ec_make(const char *curve, size_t len, struct newkey *k)
{
	CLEAN(pkey_freep) EVP_PKEY *key = EVP_EC_gen(curve);
	size_t n = 0;
	uint8_t *point = room_take(k, 1 + 2 * len, &k->point);

	assert(point != NULL);
	if (key == NULL ||
	    EVP_PKEY_get_octet_string_param(key, OSSL_PKEY_PARAM_PUB_KEY, point,
					    k->point.n, &n) != 1 ||
	    n != k->point.n || point[0] != 4)
		return FAIL(-EIO);
	return number_get(key, OSSL_PKEY_PARAM_PRIV_KEY, len, k, &k->secret);
}

static int
rsa_make(unsigned bits, struct newkey *k)
{
	CLEAN(pkey_freep)
	EVP_PKEY *key = EVP_PKEY_Q_keygen(NULL, NULL, "RSA", (size_t)bits);
	const struct {
		const char *name;
		struct str *to;
	} numbers[] = {
	    {OSSL_PKEY_PARAM_RSA_N, &k->n},
	    {OSSL_PKEY_PARAM_RSA_E, &k->e},
	    {OSSL_PKEY_PARAM_RSA_D, &k->d},
	    {OSSL_PKEY_PARAM_RSA_FACTOR1, &k->p},
	    {OSSL_PKEY_PARAM_RSA_FACTOR2, &k->q},
	    {OSSL_PKEY_PARAM_RSA_EXPONENT1, &k->dp},
	    {OSSL_PKEY_PARAM_RSA_EXPONENT2, &k->dq},
	    {OSSL_PKEY_PARAM_RSA_COEFFICIENT1, &k->qinv},
	};
	int r = key != NULL ? 0 : FAIL(-EIO);

	for (size_t i = 0; r == 0 && i < nitems(numbers); i++)
		r = number_get(key, numbers[i].name, 0, k, numbers[i].to);
	return r;
}

static int
numbers_make(enum newkey_kind kind, unsigned bits, struct newkey *k)
{
	switch (kind) {
	case NEWKEY_ED25519:
		return ed25519_make(k);
	case NEWKEY_P256:
		return ec_make("P-256", 32, k);
	case NEWKEY_P384:
		return ec_make("P-384", 48, k);
	case NEWKEY_RSA:
		return rsa_make(bits, k);
	}
	return FAIL(-EINVAL);
}

int
newkey_make(enum newkey_kind kind, unsigned bits, struct newkey *ret)
{
	int r;

	*ret = (struct newkey){.kind = kind};
	r = numbers_make(kind, bits, ret);
	if (r != 0)
		newkey_clear(ret);
	return r;
}

void
newkey_clear(struct newkey *k)
{
	mem_wipe(k, sizeof(*k));
}

int
newkey_prepare(void)
{
	static const enum newkey_kind quick[] = {NEWKEY_ED25519, NEWKEY_P256,
						 NEWKEY_P384};
	struct newkey k;
	int r = newkey_alloc_use();

	if (r == 0 && sodium_init() < 0)
		r = FAIL(-EIO);
	for (size_t i = 0; r == 0 && i < nitems(quick); i++)
		r = newkey_make(quick[i], 0, &k);
	newkey_clear(&k);
	return r;
}
