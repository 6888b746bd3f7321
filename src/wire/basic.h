/* The Authorization header: RFC 9110 section 11, Basic of RFC 7617 and Bearer
 * of RFC 6750. */
#ifndef WIRE_BASIC_H
#define WIRE_BASIC_H

#include "base/buf.h"
#include "base/str.h"

enum auth_scheme { AUTH_NONE, AUTH_BASIC, AUTH_BEARER, AUTH_OTHER };
struct auth {
	enum auth_scheme scheme;
	struct str user, secret; /* Basic; borrowed from the buf */
	struct str token;        /* Bearer; borrowed from the header */
};
/* 0, or OUT_MALFORMED (bad base64, no colon, control bytes, two tokens). The
 * decoded user:secret lands in decoded, which the caller wipes by clearing. */
MUST int auth_parse(struct str header, struct buf *decoded, struct auth *ret);

#endif
