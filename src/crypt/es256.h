/*
 * ECDSA on P-256 with SHA-256, as JSON Web Signatures have it (RFC 7518 section
 * 3.4). Used by the vault only. The private key lives in memory of OpenSSL,
 * which wipes it when it is freed but neither locks it nor keeps it out of core
 * dumps: programs that hold one must not dump core.
 */
#ifndef CRYPT_ES256_H
#define CRYPT_ES256_H

#include "base/buf.h"
#include "base/out.h"
#include "base/str.h"

#define ES256_LEN   64
#define ES256_COORD 43 /* base64url digits of a coordinate */

struct es256;

/* A new key pair; its PEM (PKCS #8) is appended to ret_pem. 0 or -errno. */
MUST int es256_make(struct buf *ret_pem);
/* 0, OUT_MALFORMED (no private key on P-256), -errno. */
MUST int es256_load(struct str pem, struct es256 **ret);
/* The public half alone, by its coordinates in base64url; it verifies and never
 * signs. 0, OUT_MALFORMED (no point of P-256), -errno. */
MUST int es256_load_public(struct str x, struct str y, struct es256 **ret);
void es256_free(struct es256 *);
DEFINE_FREEP(es256)

/* The public point, for a JWK. */
struct str es256_x(const struct es256 *);
struct str es256_y(const struct es256 *);

/* r || s, always with the lower of the two possible s. 0 or -errno. */
MUST int es256_sign(const struct es256 *, struct str input,
		    uint8_t ret[ES256_LEN]);
/* 0, OUT_UNPROVEN, -errno. As we are the only signer, the upper s is refused
 * too: a token then has one form, and no second one can be made from it. */
MUST int es256_verify(const struct es256 *, struct str input,
		      struct str signature);

#endif
