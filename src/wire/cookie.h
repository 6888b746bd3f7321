/* The Cookie header, RFC 6265 section 4.2.1. Cookies know no port and no path of
 * ours: what others have put beside the one that is looked for is none of our
 * business, whatever it looks like. */
#ifndef WIRE_COOKIE_H
#define WIRE_COOKIE_H

#include "base/clean.h"
#include "base/str.h"

/* The one of that name, case and all; ret borrows from the header. 0; OUT_ABSENT;
 * OUT_CONFLICT there are two, and nobody can tell which one is meant; OUT_MALFORMED
 * its value has bytes that none has, such as quotes. */
MUST int cookie_parse(struct str header, struct str name, struct str *ret);

#endif
