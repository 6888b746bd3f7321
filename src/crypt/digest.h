/* Digests. The resumable SHA-256 and SHA-512 can leave their state behind in a
 * fixed byte order, so that an upload survives a restart (EVP cannot do that). */
#ifndef CRYPT_DIGEST_H
#define CRYPT_DIGEST_H

#include "base/clean.h"
#include "base/str.h"

#include <stdint.h>

#define SHA256_LEN 32
MUST int digest_sha256(struct str, uint8_t ret[SHA256_LEN]);

/* For identification only: the fingerprints that older tools print. Two texts
 * with one MD5 can be made at will; nothing may be decided by it. */
#define MD5_LEN 16
MUST int digest_md5(struct str, uint8_t ret[MD5_LEN]);

struct sha256 {
	_Alignas(16) unsigned char state[128]; /* the library's, opaque */
};
void sha256_start(struct sha256 *);
void sha256_add(struct sha256 *, const void *, size_t);
void sha256_end(struct sha256 *, uint8_t ret[SHA256_LEN]);

/* 8 words, bit count, the unfinished block and its length; big endian. */
#define SHA256_STATE_LEN 105
void sha256_save(const struct sha256 *, uint8_t ret[SHA256_STATE_LEN]);
/* 0 or OUT_MALFORMED. */
MUST int sha256_load(struct sha256 *, struct str saved);

#define SHA512_LEN 64
struct sha512 {
	_Alignas(16) unsigned char state[224];
};
void sha512_start(struct sha512 *);
void sha512_add(struct sha512 *, const void *, size_t);
void sha512_end(struct sha512 *, uint8_t ret[SHA512_LEN]);

/* The same with words of 64 bits. */
#define SHA512_STATE_LEN 209
void sha512_save(const struct sha512 *, uint8_t ret[SHA512_STATE_LEN]);
/* 0 or OUT_MALFORMED. */
MUST int sha512_load(struct sha512 *, struct str saved);

#endif
