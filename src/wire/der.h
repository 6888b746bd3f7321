/* DER (X.690) from its end to its beginning, so that a head knows the length of
 * what it stands before. Used by keytext.c only. */
#ifndef WIRE_DER_H
#define WIRE_DER_H

#include "base/str.h"

struct der {
	uint8_t *begin, *at; /* what is there begins at at */
	bool full;
};
enum der_tag {
	DER_INTEGER = 0x02,
	DER_BITS = 0x03,
	DER_OCTETS = 0x04,
	DER_SEQUENCE = 0x30,
	DER_CONTEXT_0 = 0xa0,
	DER_CONTEXT_1 = 0xa1
};
void der_bytes(struct der *, struct str);
/* Tag and length of all between at and end. */
void der_head(struct der *, enum der_tag, const uint8_t *end);
void der_octets(struct der *, struct str);
/* A number without a sign. */
void der_number(struct der *, struct str);

#endif
