/* Keyed digests. */
#ifndef CRYPT_MAC_H
#define CRYPT_MAC_H

#include "base/clean.h"
#include "base/str.h"

#include <stdint.h>

#define MAC_LEN 32
/* HMAC-SHA-256, RFC 2104. 0 or -errno. Cheap for short input: about 1 us. */
MUST int mac_sha256(struct str key, struct str text, uint8_t ret[MAC_LEN]);

#endif
