/*
 * Questions about public numbers, given as big-endian bytes: what the modulus
 * of a key looks like to somebody who wants to factor it. Nothing here is meant
 * for secrets; no operation takes the same time for every value.
 */
#ifndef CRYPT_BIGNUM_H
#define CRYPT_BIGNUM_H

#include "base/clean.h"
#include "base/str.h"

#include <stdint.h>

#define BIGNUM_BITS_MAX 16384

unsigned bignum_bits(struct str n); /* 0 for 0 */
uint32_t bignum_mod(struct str n, uint32_t m); /* m > 0 */
/* Is n a square, or the product of two numbers so close to each other that
 * Fermat's method finds them within so many steps? 0; OUT_TOO_LARGE; -errno. */
MUST int bignum_is_near_square(struct str n, unsigned steps, bool *ret);
/* Does n pass one test that hardly any composite number passes? 0;
 * OUT_TOO_LARGE; -errno. */
MUST int bignum_is_like_prime(struct str n, bool *ret);

#endif
