/* Is this a public key at all? For SSH, whose keys are encoded points: what is
 * no point of the curve gives its private half away, or belongs to nobody. */
#ifndef CRYPT_EC_POINT_H
#define CRYPT_EC_POINT_H

#include "base/clean.h"
#include "base/str.h"

#define EC_POINT_MAX  133 /* bytes of a point of P-521 */
#define ED25519_POINT 32

/* bits: 256, 384 or 521, of NIST's curves; point: 4, x, y (SEC 1 section
 * 2.3.3), not compressed. 0; OUT_MALFORMED: another form, not on the curve, the
 * point at infinity; -errno. */
MUST int ec_point_check(unsigned bits, struct str point);
/* RFC 8032 section 5.1.2. 0; OUT_MALFORMED: not on the curve, not the canonical
 * encoding, not in the subgroup of prime order. */
MUST int ec_point_ed25519(struct str point);

#endif
