#include "base/enc.h"
#include "base/out.h"

static const char digits_std[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
static const char digits_url[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

static int
encode(struct buf *b, struct str s, const char *digits, bool pad)
{
	const unsigned char *p = (const unsigned char *)s.p;
	size_t tail = s.n % 3;
	char *out;
	int r;

	if (s.n == 0)
		return buf_err(b);
	if (s.n > SIZE_MAX / 2)
		s.n = SIZE_MAX / 2; /* too large for any buf: it will refuse */
	r = buf_room(b, (s.n + 2) / 3 * 4);
	if (r != 0)
		return r;
	out = b->p + b->n;
	for (size_t i = 0; i + 3 <= s.n; i += 3, p += 3) {
		*out++ = digits[p[0] >> 2];
		*out++ = digits[(p[0] & 3) << 4 | p[1] >> 4];
		*out++ = digits[(p[1] & 15) << 2 | p[2] >> 6];
		*out++ = digits[p[2] & 63];
	}
	if (tail > 0) {
		unsigned second = tail == 2 ? p[1] : 0;

		*out++ = digits[p[0] >> 2];
		*out++ = digits[(p[0] & 3U) << 4 | second >> 4];
		if (tail == 2)
			*out++ = digits[(second & 15) << 2];
		for (size_t i = tail; pad && i < 3; i++)
			*out++ = '=';
	}
	*out = '\0';
	b->n = (size_t)(out - b->p);
	return 0;
}

int
enc_b64(struct buf *b, struct str s)
{
	return encode(b, s, digits_std, true);
}

int
enc_b64url(struct buf *b, struct str s)
{
	return encode(b, s, digits_url, false);
}

/* The value of each digit plus one, 0 for what is no digit. The two alphabets
 * differ in their last two digits only. */
static const unsigned char values[256] = {
#define V(c, v) [c] = (v) + 1
    V('A', 0),	V('B', 1),  V('C', 2),	V('D', 3),  V('E', 4),
    V('F', 5),	V('G', 6),  V('H', 7),	V('I', 8),  V('J', 9),
    V('K', 10), V('L', 11), V('M', 12), V('N', 13), V('O', 14),
    V('P', 15), V('Q', 16), V('R', 17), V('S', 18), V('T', 19),
    V('U', 20), V('V', 21), V('W', 22), V('X', 23), V('Y', 24),
    V('Z', 25), V('a', 26), V('b', 27), V('c', 28), V('d', 29),
    V('e', 30), V('f', 31), V('g', 32), V('h', 33), V('i', 34),
    V('j', 35), V('k', 36), V('l', 37), V('m', 38), V('n', 39),
    V('o', 40), V('p', 41), V('q', 42), V('r', 43), V('s', 44),
    V('t', 45), V('u', 46), V('v', 47), V('w', 48), V('x', 49),
    V('y', 50), V('z', 51), V('0', 52), V('1', 53), V('2', 54),
    V('3', 55), V('4', 56), V('5', 57), V('6', 58), V('7', 59),
    V('8', 60), V('9', 61), V('+', 62), V('-', 62), V('/', 63),
    V('_', 63)
#undef V
};

/* Is every byte a digit of the alphabet that has this pair of last digits? */
static bool
all_digits(struct str s, char plus, char slash)
{
	for (size_t i = 0; i < s.n; i++) {
		unsigned char v = values[(unsigned char)s.p[i]];

		if (v == 0 || (v == 63 && s.p[i] != plus) ||
		    (v == 64 && s.p[i] != slash))
			return false;
	}
	return true;
}

static uint32_t
value_at(struct str s, size_t i)
{
	return i < s.n ? values[(unsigned char)s.p[i]] - 1U : 0;
}

/* s has no padding any more and all of it are digits. */
static int
decode(struct buf *b, struct str s)
{
	size_t tail = s.n % 4, size = s.n / 4 * 3 + (tail > 0 ? tail - 1 : 0);
	char *out;
	int r;

	if (tail == 1 || (tail == 2 && value_at(s, s.n - 1) % 16 != 0) ||
	    (tail == 3 && value_at(s, s.n - 1) % 4 != 0))
		return OUT_MALFORMED;
	r = buf_room(b, size);
	if (r != 0 || size == 0)
		return r;
	out = b->p + b->n;
	b->n += size;
	for (size_t i = 0; i < s.n; i += 4) {
		uint32_t v = value_at(s, i) << 18 | value_at(s, i + 1) << 12 |
			     value_at(s, i + 2) << 6 | value_at(s, i + 3);

		*out++ = (char)(v >> 16);
		if (i + 2 < s.n)
			*out++ = (char)(v >> 8 & 255);
		if (i + 3 < s.n)
			*out++ = (char)(v & 255);
	}
	b->p[b->n] = '\0';
	return 0;
}

int
dec_b64(struct buf *b, struct str s)
{
	if (s.n % 4 != 0)
		return OUT_MALFORMED;
	for (int pad = 0; pad < 2 && s.n > 0 && s.p[s.n - 1] == '='; pad++)
		s.n--;
	return all_digits(s, '+', '/') ? decode(b, s) : OUT_MALFORMED;
}

int
dec_b64url(struct buf *b, struct str s)
{
	return all_digits(s, '-', '_') ? decode(b, s) : OUT_MALFORMED;
}
