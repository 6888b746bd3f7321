#include "wire/der.h"

#include <string.h>

void
der_bytes(struct der *d, struct str s)
{
	if (s.n > (size_t)(d->at - d->begin)) {
		d->full = true;
		return;
	}
	if (s.n == 0)
		return;
	d->at -= s.n;
	memcpy(d->at, s.p, s.n);
}

static void
byte_put(struct der *d, size_t byte)
{
	char c = (char)(byte & 255);

	der_bytes(d, (struct str){&c, 1});
}

void
der_head(struct der *d, enum der_tag tag, const uint8_t *end)
{
	size_t n = (size_t)(end - d->at), bytes = 0;

	if (n < 128) {
		byte_put(d, n);
	} else {
		for (; n > 0; n >>= 8, bytes++)
			byte_put(d, n);
		byte_put(d, 0x80 | bytes);
	}
	byte_put(d, tag);
}

void
der_octets(struct der *d, struct str s)
{
	const uint8_t *end = d->at;

	der_bytes(d, s);
	der_head(d, DER_OCTETS, end);
}

void
der_number(struct der *d, struct str s)
{
	const uint8_t *end = d->at;

	der_bytes(d, s);
	if (s.n == 0 || (uint8_t)s.p[0] >= 0x80)
		byte_put(d, 0);
	der_head(d, DER_INTEGER, end);
}
