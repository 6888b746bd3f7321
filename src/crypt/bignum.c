#include "crypt/bignum.h"

#include "base/out.h"

#include <assert.h>
#include <errno.h>
#include <openssl/bn.h>

static void
bn_freep(BIGNUM **p)
{
	BN_free(*p);
}

static void
bn_ctx_freep(BN_CTX **p)
{
	BN_CTX_free(*p);
}

unsigned
bignum_bits(struct str n)
{
	size_t i = 0, bytes;
	unsigned bits = 0;

	while (i < n.n && n.p[i] == 0)
		i++;
	if (i == n.n)
		return 0;
	bytes = n.n - i - 1;
	for (unsigned top = (uint8_t)n.p[i]; top != 0; top >>= 1)
		bits++;
	return bytes > UINT32_MAX / 16 ? UINT32_MAX
				       : (unsigned)bytes * 8 + bits;
}

uint32_t
bignum_mod(struct str n, uint32_t m)
{
	uint64_t rest = 0;
	size_t i = 0;

	assert(m > 0);
	for (; (n.n - i) % 4 != 0; i++)
		rest = (rest << 8 | (uint8_t)n.p[i]) % m;
	for (; i < n.n; i += 4) {
		uint32_t word = (uint32_t)(uint8_t)n.p[i] << 24 |
				(uint32_t)(uint8_t)n.p[i + 1] << 16 |
				(uint32_t)(uint8_t)n.p[i + 2] << 8 |
				(uint8_t)n.p[i + 3];

		rest = (rest << 32 | word) % m;
	}
	return (uint32_t)rest;
}

/* The root of n rounded down, by Newton's method from above. */
static bool
root_of(BIGNUM *root, const BIGNUM *n, BN_CTX *ctx)
{
	CLEAN(bn_freep) BIGNUM *next = BN_new();

	BN_zero(root);
	if (next == NULL || !BN_set_bit(root, (BN_num_bits(n) + 1) / 2))
		return false;
	for (;;) {
		if (!BN_div(next, NULL, n, root, ctx) ||
		    !BN_add(next, next, root) || !BN_rshift1(next, next))
			return false;
		if (BN_cmp(next, root) >= 0)
			return true;
		if (BN_copy(root, next) == NULL)
			return false;
	}
}

/* Squares leave few rests; nearly all other numbers end here. */
static bool
may_be_square(const BIGNUM *n)
{
	static const BN_ULONG moduli[] = {64, 63, 65, 11, 17, 19, 23};

	for (size_t i = 0; i < nitems(moduli); i++) {
		BN_ULONG rest = BN_mod_word(n, moduli[i]), x = 0;

		while (x < moduli[i] && x * x % moduli[i] != rest)
			x++;
		if (x == moduli[i])
			return false;
	}
	return true;
}

/* 1: a square; 0: none; -1: no memory. */
static int
is_square(const BIGNUM *n, BN_CTX *ctx)
{
	CLEAN(bn_freep) BIGNUM *root = NULL;

	if (BN_is_zero(n))
		return 1;
	if (!may_be_square(n))
		return 0;
	root = BN_new();
	if (root == NULL || !root_of(root, n, ctx) || !BN_sqr(root, root, ctx))
		return -1;
	return BN_cmp(root, n) == 0;
}

/* n = a^2 - b^2 = (a - b)(a + b): try the first values of a. */
static int
fermat(const BIGNUM *n, BIGNUM *a, unsigned steps, BN_CTX *ctx)
{
	CLEAN(bn_freep) BIGNUM *square = BN_new();

	if (square == NULL || !root_of(a, n, ctx) || !BN_sqr(square, a, ctx))
		return -1;
	if (BN_cmp(square, n) == 0)
		return 1;
	for (unsigned i = 0; i < steps; i++) {
		int r;

		if (!BN_add_word(a, 1) || !BN_sqr(square, a, ctx) ||
		    !BN_sub(square, square, n))
			return -1;
		r = is_square(square, ctx);
		if (r != 0)
			return r;
	}
	return 0;
}

int
bignum_is_near_square(struct str text, unsigned steps, bool *ret)
{
	CLEAN(bn_ctx_freep) BN_CTX *ctx = NULL;
	CLEAN(bn_freep) BIGNUM *n = NULL;
	CLEAN(bn_freep) BIGNUM *a = NULL;
	int r;

	if (bignum_bits(text) > BIGNUM_BITS_MAX)
		return OUT_TOO_LARGE;
	ctx = BN_CTX_new();
	n = BN_bin2bn((const uint8_t *)text.p, (int)text.n, NULL);
	a = BN_new();
	if (ctx == NULL || n == NULL || a == NULL)
		return FAIL(-ENOMEM);
	if (BN_is_zero(n)) {
		*ret = true;
		return 0;
	}
	r = fermat(n, a, steps, ctx);
	if (r < 0)
		return FAIL(-ENOMEM);
	*ret = r == 1;
	return 0;
}

/* Fermat's little theorem for the base 2: 2^(n-1) is 1 modulo a prime n. */
int
bignum_is_like_prime(struct str text, bool *ret)
{
	CLEAN(bn_ctx_freep) BN_CTX *ctx = NULL;
	CLEAN(bn_freep) BIGNUM *n = NULL;
	CLEAN(bn_freep) BIGNUM *less = NULL;
	CLEAN(bn_freep) BIGNUM *x = NULL;

	if (bignum_bits(text) > BIGNUM_BITS_MAX)
		return OUT_TOO_LARGE;
	ctx = BN_CTX_new();
	n = BN_bin2bn((const uint8_t *)text.p, (int)text.n, NULL);
	x = BN_new();
	if (ctx == NULL || n == NULL || x == NULL)
		return FAIL(-ENOMEM);
	if (!BN_is_odd(n) || BN_is_one(n)) {
		*ret = BN_is_word(n, 2);
		return 0;
	}
	less = BN_dup(n);
	if (less == NULL || !BN_sub_word(less, 1) ||
	    !BN_mod_exp_mont_word(x, 2, less, n, ctx, NULL))
		return FAIL(-ENOMEM);
	*ret = BN_is_one(x);
	return 0;
}
