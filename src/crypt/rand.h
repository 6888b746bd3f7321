/* Random bytes from the kernel, and the names made from them. All return 0 or
 * -errno; nothing is ever filled with something predictable. */
#ifndef CRYPT_RAND_H
#define CRYPT_RAND_H

#include "base/clean.h"
#include "base/secret.h"

#include <stdint.h>

#define UUID_LEN 36
MUST int rand_bytes(void *, size_t n);
MUST int rand_uuid(char ret[UUID_LEN + 1]);      /* RFC 9562 version 4 */
MUST int rand_hex(char *ret, size_t digits);     /* digits + 1 bytes */
MUST int rand_id(int64_t *ret);                  /* 1 .. 2^63 - 1 */

/*
 * Our long-lived secrets all look like  lk_<kind>_<43 base-62 digits><6 digits>
 * where kind is one lower-case letter, the 43 digits are 256 random bits and
 * the last 6 are the CRC-32 of everything before them, base 62: a scanner can
 * recognise one offline. Double-clicking selects all of it.
 */
#define TOKEN_LEN 54
enum token_kind {
	TOKEN_API_KEY = 'a',
	TOKEN_REFRESH = 'r',   /* IAM refresh token */
	TOKEN_IDENTITY = 'i',  /* the registry's identity token */
	TOKEN_SEED = 's',      /* the first boot of a server */
	TOKEN_MACHINE = 'm',   /* a server that follows its key */
	TOKEN_INVITATION = 'n',
	TOKEN_PASSCODE = 'p',  /* one login */
	TOKEN_COOKIE = 'c',    /* a browser's session */
};
MUST int rand_token(enum token_kind, struct secret *ret);
/* Form and checksum are those of a token of this kind. */
bool token_looks(enum token_kind, struct str);

#endif
