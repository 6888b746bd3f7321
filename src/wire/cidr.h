/* IP addresses and prefixes in text (RFC 4632, RFC 4291): "192.0.2.0/24",
 * "2001:db8::/32", a bare address for itself alone. */
#ifndef WIRE_CIDR_H
#define WIRE_CIDR_H

#include "base/buf.h"
#include "base/out.h"
#include "base/str.h"

#include <stdint.h>

#define CIDR_LIST_MAX 32 /* prefixes in one list */

struct cidr {
	uint8_t addr[16]; /* IPv4 as ::ffff:a.b.c.d */
	unsigned bits;    /* of those 128 */
};
/* 0; OUT_MALFORMED: not an address, bits out of range or set beyond the
 * prefix, zone ids, leading zeros. */
MUST int cidr_parse(struct str, struct cidr *ret);
/* addr: textual, no port. False when it is no address. IPv4-mapped IPv6 is
 * IPv4. */
bool cidr_has(const struct cidr *, struct str addr);
/* Blanks or commas between; the canonical text (one blank between) goes into
 * ret. 0; OUT_MALFORMED, OUT_TOO_MANY with a note that names the bad one. */
MUST int cidr_list_parse(struct str, struct buf *ret, struct note *);
/* list: as cidr_list_parse wrote it. An empty list has every address. */
bool cidr_list_has(struct str list, struct str addr);

#endif
