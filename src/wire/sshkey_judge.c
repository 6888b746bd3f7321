/* Keys of the right form whose private half is anybody's. */
#include "base/out.h"
#include "crypt/bignum.h"
#include "crypt/ec_point.h"
#include "wire/sshkey_inner.h"

/* 35 and 37 are what OpenSSH made for years; what is below comes from broken
 * generators, and lets signatures be forged where padding is read loosely. */
#define EXPONENT_MIN 17
/* More is refused by the library that verifies, and takes long where not. */
#define EXPONENT_BYTES_MAX 8

#define SMALL_PRIME_END 65536
/* Primes that every modulus of the broken generator shares a pattern with; it
 * used at least these for all lengths that are taken here. */
#define ROCA_PRIME_END 702
#define ROCA_GENERATOR 65537
/* How close the two primes may be before it counts as the same place. */
#define NEAR_STEPS 100
/* The test takes the cube of the length; for longer ones it is not worth it. */
#define PRIME_BITS_MAX 3072

static bool
is_odd(struct str n)
{
	return (n.p[n.n - 1] & 1) != 0;
}

static bool
is_good_exponent(struct str e)
{
	return is_odd(e) && e.n <= EXPONENT_BYTES_MAX &&
	       (e.n > 1 || (uint8_t)e.p[0] >= EXPONENT_MIN);
}

/* Odd numbers below the end, by the sieve: composite[i] is for 2i + 1. */
static void
sieve(bool composite[SMALL_PRIME_END / 2])
{
	composite[0] = true;
	for (uint32_t p = 3; p * p < SMALL_PRIME_END; p += 2) {
		if (composite[p / 2])
			continue;
		for (uint32_t i = p * p; i < SMALL_PRIME_END; i += 2 * p)
			composite[i / 2] = true;
	}
}

/* Two primes at a time: a division of a long number costs more than two of a
 * short one. */
static bool
has_small_factor(struct str n, const bool composite[SMALL_PRIME_END / 2])
{
	uint32_t first = 0;

	for (uint32_t p = 3; p < SMALL_PRIME_END; p += 2) {
		uint32_t rest;

		if (composite[p / 2])
			continue;
		if (first == 0) {
			first = p;
			continue;
		}
		rest = bignum_mod(n, first * p);
		if (rest % first == 0 || rest % p == 0)
			return true;
		first = 0;
	}
	return first != 0 && bignum_mod(n, first) == 0;
}

/* Is x a power of the generator modulo p? */
static bool
is_power(uint32_t x, uint32_t p)
{
	uint32_t power = 1;

	do {
		if (power == x)
			return true;
		power = (uint32_t)((uint64_t)power * ROCA_GENERATOR % p);
	} while (power != 1);
	return false;
}

/* CVE-2017-15361: the primes were k * M + (65537^a mod M) with M the product of
 * the first primes, so that the modulus is a power of 65537 modulo each. */
static bool
is_roca(struct str n, const bool composite[SMALL_PRIME_END / 2])
{
	for (uint32_t p = 3; p < ROCA_PRIME_END; p += 2)
		if (!composite[p / 2] && !is_power(bignum_mod(n, p), p))
			return false;
	return true;
}

static int
judge_modulus(const struct sshkey_parts *key, enum sshkey_why *ret)
{
	bool composite[SMALL_PRIME_END / 2] = {false};
	bool near = false, prime = false;
	int r;

	sieve(composite);
	if (has_small_factor(key->n, composite) || is_roca(key->n, composite)) {
		*ret = SSHKEY_COMPROMISED;
		return 0;
	}
	r = FOLD(bignum_is_near_square(key->n, NEAR_STEPS, &near));
	if (r == 0 && !near && key->bits <= PRIME_BITS_MAX)
		r = FOLD(bignum_is_like_prime(key->n, &prime));
	if (r == 0)
		*ret = near || prime ? SSHKEY_COMPROMISED : SSHKEY_FINE;
	return r;
}

static int
judge_rsa(const struct sshkey_parts *key, enum sshkey_why *ret)
{
	if (key->bits > SSHKEY_RSA_BITS_MAX) {
		*ret = SSHKEY_BLOB;
		return 0;
	}
	if (key->bits < SSHKEY_RSA_BITS_MIN || !is_odd(key->n) ||
	    !is_good_exponent(key->e)) {
		*ret = SSHKEY_WEAK;
		return 0;
	}
	return judge_modulus(key, ret);
}

int
sshkey_judge(const struct sshkey_parts *key, enum sshkey_why *ret)
{
	int r = 0;

	switch (key->type) {
	case SSHKEY_RSA:
		return judge_rsa(key, ret);
	case SSHKEY_ED25519:
	case SSHKEY_SK_ED25519:
		r = ec_point_ed25519(key->point);
		break;
	case SSHKEY_ECDSA256:
	case SSHKEY_ECDSA384:
	case SSHKEY_ECDSA521:
	case SSHKEY_SK_ECDSA256:
		r = ec_point_check(key->bits, key->point);
		break;
	case SSHKEY_TYPES:
		break;
	}
	if (r < 0)
		return r;
	*ret = r == 0 ? SSHKEY_FINE : SSHKEY_BLOB;
	return 0;
}
