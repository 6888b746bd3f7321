#include "base/enc.h"

#include "base/out.h"

#include <assert.h>
#include <string.h>

void
enc_hex(const void *p, size_t n, char *ret)
{
	static const char digits[] = "0123456789abcdef";
	const unsigned char *bytes = p;

	for (size_t i = 0; i < n; i++) {
		*ret++ = digits[bytes[i] >> 4];
		*ret++ = digits[bytes[i] & 15];
	}
	*ret = '\0';
}

static int
hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return -1;
}

int
dec_hex(struct str s, void *ret, size_t n)
{
	unsigned char *out = ret;

	if (s.n / 2 != n || s.n % 2 != 0)
		return OUT_MALFORMED;
	for (size_t i = 0; i < s.n; i++)
		if (hex_value(s.p[i]) < 0)
			return OUT_MALFORMED;
	for (size_t i = 0; i < n; i++)
		out[i] = (unsigned char)(hex_value(s.p[2 * i]) << 4 |
					 hex_value(s.p[2 * i + 1]));
	return 0;
}

void
enc_b62(const void *p, size_t n, char *ret, size_t width)
{
	static const char digits[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				     "abcdefghijklmnopqrstuvwxyz";
	const unsigned char *bytes = p;
	unsigned char rest[64];
	unsigned left = 0;

	assert(n <= sizeof(rest));
	memcpy(rest, bytes, n);
	ret[width] = '\0';
	while (width-- > 0) {
		left = 0;
		for (size_t i = 0; i < n; i++) {
			left = left << 8 | rest[i];
			rest[i] = (unsigned char)(left / 62);
			left %= 62;
		}
		ret[width] = digits[left];
	}
	for (size_t i = 0; i < n; i++)
		assert(rest[i] == 0);
}

/* Half a byte at a time: the table stays in one cache line and the input is
 * never longer than a token. */
uint32_t
crc32_of(struct str s)
{
	static const uint32_t table[16] = {
	    0x00000000, 0x1db71064, 0x3b6e20c8, 0x26d930ac,
	    0x76dc4190, 0x6b6b51f4, 0x4db26158, 0x5005713c,
	    0xedb88320, 0xf00f9344, 0xd6d6a3e8, 0xcb61b38c,
	    0x9b64c2b0, 0x86d3d2d4, 0xa00ae278, 0xbdbdf21c};
	uint32_t crc = 0xffffffff;

	for (size_t i = 0; i < s.n; i++) {
		crc ^= (unsigned char)s.p[i];
		crc = crc >> 4 ^ table[crc & 15];
		crc = crc >> 4 ^ table[crc & 15];
	}
	return ~crc;
}

static int
percent_next(struct str s, size_t *i, bool plus_is_space)
{
	int high, low;
	char c = s.p[(*i)++];

	if (c == '+' && plus_is_space)
		return ' ';
	if (c != '%')
		return (unsigned char)c;
	if (s.n - *i < 2)
		return -1;
	/* Both cases are allowed here and only here: RFC 3986 section 2.1. */
	high = hex_value((char)(s.p[*i] < 'A' ? s.p[*i] : s.p[*i] | 0x20));
	low = hex_value(
	    (char)(s.p[*i + 1] < 'A' ? s.p[*i + 1] : s.p[*i + 1] | 0x20));
	*i += 2;
	return high < 0 || low < 0 ? -1 : high << 4 | low;
}

int
dec_percent(struct buf *b, struct str s, bool plus_is_space)
{
	size_t n = b->n;
	int r = buf_room(b, s.n);

	for (size_t i = 0; r == 0 && i < s.n;) {
		int c = percent_next(s, &i, plus_is_space);

		if (c <= 0) {
			if (b->cap > 0)
				b->p[b->n] = '\0';
			return OUT_MALFORMED;
		}
		b->p[n++] = (char)c;
	}
	if (r == 0 && s.n > 0) {
		b->n = n;
		b->p[n] = '\0';
	}
	return r;
}

static bool
is_unreserved(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9') ||
	       (c != '\0' && strchr("-._~", c) != NULL);
}

int
enc_percent(struct buf *b, struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if (is_unreserved(s.p[i]))
			(void)buf_addc(b, s.p[i]);
		else
			(void)buf_addf(b, "%%%02X", c);
	}
	return buf_err(b);
}
