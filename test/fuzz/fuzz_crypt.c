#include "base/buf.h"
#include "base/out.h"
#include "crypt/bignum.h"
#include "crypt/digest.h"
#include "crypt/ec_point.h"
#include "crypt/es256.h"

#include <assert.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

/* A state that is taken goes on as the one that was kept would have. */
static void
digest_state(struct str saved)
{
	uint8_t again[SHA256_STATE_LEN], one[SHA256_LEN], two[SHA256_LEN];
	struct sha256 a, b;
	int r = sha256_load(&a, saved);

	assert(r == 0 || r == OUT_MALFORMED);
	if (r != 0)
		return;
	sha256_save(&a, again);
	assert(sha256_load(
		   &b, (struct str){(const char *)again, sizeof(again)}) == 0);
	sha256_add(&a, "more", 4);
	sha256_add(&b, "more", 4);
	sha256_end(&a, one);
	sha256_end(&b, two);
	assert(memcmp(one, two, sizeof(one)) == 0);
}

static void
points(struct str point)
{
	static const unsigned curves[] = {256, 384, 521};

	for (size_t i = 0; i < sizeof(curves) / sizeof(*curves); i++) {
		size_t len = 1 + 2 * ((curves[i] + 7) / 8);
		int r = ec_point_check(curves[i], point);

		assert(r == 0 || r == OUT_MALFORMED);
		assert(r != 0 || (point.n == len && point.p[0] == 4));
	}
	if (ec_point_ed25519(point) == 0)
		assert(point.n == ED25519_POINT);
}

/* A key that is taken signs, and what it signs holds; nothing else does. */
static void
signing_key(struct str pem)
{
	CLEAN(es256_freep) struct es256 *key = NULL;
	uint8_t signature[ES256_LEN];
	int r = es256_load(pem, &key);
	struct str s = {(const char *)signature, sizeof(signature)};

	assert(r == 0 || r == OUT_MALFORMED);
	if (r != 0)
		return;
	assert(es256_x(key).n == ES256_COORD && es256_y(key).n == ES256_COORD);
	assert(es256_sign(key, STR("text"), signature) == 0);
	assert(es256_verify(key, STR("text"), s) == 0);
	assert(es256_verify(key, STR("Text"), s) == OUT_UNPROVEN);
	signature[ES256_LEN / 2] ^= 1;
	assert(es256_verify(key, STR("text"), s) == OUT_UNPROVEN);
}

/* The key of a signature that nobody has made. */
static void
foreign_signature(struct str signature)
{
	static struct es256 *key;
	CLEAN(buf_clear) struct buf pem = BUF_INIT;

	if (key == NULL &&
	    (es256_make(&pem) != 0 || es256_load(buf_str(&pem), &key) != 0))
		return;
	assert(es256_verify(key, STR("text"), signature) == OUT_UNPROVEN);
}

static void
numbers(struct str n)
{
	unsigned bits = bignum_bits(n);
	bool is;

	assert(bits <= 8 * n.n);
	assert(bignum_mod(n, 1) == 0);
	assert(n.n == 0 || bignum_mod(n, 256) == (uint8_t)n.p[n.n - 1]);
	assert(bignum_is_like_prime(n, &is) != 0 || !is || bits > 1);
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct str s = {(const char *)p, n};

	if (n > 4 * KIB)
		return 0;
	digest_state(s);
	points(s);
	signing_key(s);
	if (n <= 2 * ES256_LEN)
		foreign_signature(s);
	if (n <= 64)
		numbers(s);
	return 0;
}
