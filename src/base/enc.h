/*
 * Text encodings. All decoders are strict: one canonical form, no white space,
 * no missing or extra padding, zero pad bits. They return 0 or OUT_MALFORMED
 * (or -ENOBUFS from the buf).
 */
#ifndef BASE_ENC_H
#define BASE_ENC_H

#include "base/buf.h"
#include "base/str.h"

void enc_hex(const void *p, size_t n, char *ret); /* 2n + 1 bytes, lower case */
MUST int dec_hex(struct str s, void *ret, size_t n); /* exactly n bytes */

int enc_b64(struct buf *, struct str);      /* RFC 4648 section 4, padded */
MUST int dec_b64(struct buf *, struct str);
int enc_b64url(struct buf *, struct str);   /* section 5, no padding */
MUST int dec_b64url(struct buf *, struct str);

/* n bytes as a fixed-width base-62 number, most significant digit first; width
 * digits are written and a NUL. 32 bytes need 43 digits. n <= 64. */
void enc_b62(const void *p, size_t n, char *ret, size_t width);

uint32_t crc32_of(struct str); /* ISO-HDLC, as zlib's */

/* Percent-decoding, RFC 3986: refuses "%zz", "%2" and a decoded NUL. With
 * plus_is_space, '+' is a blank (forms and queries). */
MUST int dec_percent(struct buf *, struct str, bool plus_is_space);
int enc_percent(struct buf *, struct str); /* all but unreserved */

/* Times. 2026-11-21T10:20:30Z ; with milliseconds ; 2019-02-01T19:06+0000 */
void enc_time(int64_t ms, char ret[32]);
void enc_time_ms(int64_t ms, char ret[32]);
void enc_time_iam(int64_t ms, char ret[32]);
/* Reads each of the three forms. 0 or OUT_MALFORMED. */
MUST int dec_time(struct str, int64_t *ret_ms);

#endif
