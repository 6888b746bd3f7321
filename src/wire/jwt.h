/*
 * JSON Web Tokens in compact form (RFC 7515 section 7.1, RFC 7519): taking one
 * apart and putting one together. Signatures are checked elsewhere; nothing in
 * the header but alg and kid is ever looked at, and a header with "crit",
 * "b64" or "zip" is refused.
 */
#ifndef WIRE_JWT_H
#define WIRE_JWT_H

#include "base/buf.h"
#include "base/str.h"
#include "json/json.h"

#define JWT_MAX (8 * KIB)

struct jwt {
	struct str input;     /* header.payload, borrowed from the token */
	struct buf signature; /* decoded */
	struct json *header, *payload;
	struct str alg, kid;  /* borrowed from header; kid may be empty */
};
#define JWT_INIT { .signature = BUF_INIT }
/* 0, OUT_MALFORMED, -ENOMEM. */
MUST int jwt_parse(struct str token, struct jwt *ret);
void jwt_clear(struct jwt *);

/* Append base64url(header) "." base64url(payload); jwt_seal adds the rest. */
int jwt_input(struct buf *, struct str header, struct str payload);
int jwt_seal(struct buf *, const void *signature, size_t n);

/* The times: exp must be there as an integer. 0, OUT_EXPIRED (past exp, or not
 * yet valid), OUT_MALFORMED. Checks nbf and iat too, with skew seconds of grace
 * on every one. */
MUST int jwt_times(const struct json *payload, int64_t now_ms, int64_t skew_s,
    int64_t *ret_exp_ms);

#endif
