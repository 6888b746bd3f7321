#include "base/str.h"

#include "base/out.h"

#include <stdlib.h>
#include <string.h>

struct str
str_c(const char *c)
{
	return c == NULL ? STR_NONE : (struct str){c, strlen(c)};
}

struct str
str_sub(struct str s, size_t from, size_t n)
{
	if (from >= s.n)
		return (struct str){s.p == NULL ? NULL : s.p + s.n, 0};
	if (n > s.n - from)
		n = s.n - from;
	return (struct str){s.p + from, n};
}

bool
str_eq(struct str a, struct str b)
{
	return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

static unsigned char
lower(char c)
{
	return (unsigned char)(c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c);
}

bool
str_eq_nocase(struct str a, struct str b)
{
	if (a.n != b.n)
		return false;
	for (size_t i = 0; i < a.n; i++)
		if (lower(a.p[i]) != lower(b.p[i]))
			return false;
	return true;
}

int
str_cmp(struct str a, struct str b)
{
	size_t n = a.n < b.n ? a.n : b.n;
	int r = n == 0 ? 0 : memcmp(a.p, b.p, n);

	if (r != 0)
		return r;
	return (a.n > b.n) - (a.n < b.n);
}

bool
str_starts(struct str s, struct str head)
{
	return s.n >= head.n && str_eq(str_sub(s, 0, head.n), head);
}

bool
str_ends(struct str s, struct str tail)
{
	return s.n >= tail.n && str_eq(str_sub(s, s.n - tail.n, tail.n), tail);
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t';
}

struct str
str_trim(struct str s)
{
	while (s.n > 0 && is_blank(s.p[s.n - 1]))
		s.n--;
	while (s.n > 0 && is_blank(s.p[0])) {
		s.p++;
		s.n--;
	}
	return s;
}

static void
cut_at(struct str s, const char *at, struct str *head, struct str *tail)
{
	size_t i = (size_t)(at - s.p);

	*head = (struct str){s.p, i};
	*tail = (struct str){at + 1, s.n - i - 1};
}

bool
str_cut(struct str s, char sep, struct str *head, struct str *tail)
{
	const char *at = s.n == 0 ? NULL : memchr(s.p, sep, s.n);

	if (at == NULL)
		return false;
	cut_at(s, at, head, tail);
	return true;
}

bool
str_rcut(struct str s, char sep, struct str *head, struct str *tail)
{
	const char *at = s.n == 0 ? NULL : memrchr(s.p, sep, s.n);

	if (at == NULL)
		return false;
	cut_at(s, at, head, tail);
	return true;
}

bool
str_next(struct str *rest, char sep, struct str *ret)
{
	if (rest->p == NULL)
		return false;
	if (!str_cut(*rest, sep, ret, rest)) {
		*ret = *rest;
		*rest = STR_NONE;
	}
	return true;
}

bool
str_printable(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] < ' ' || s.p[i] > '~')
			return false;
	return true;
}

/* Unicode 15, table 3-7. */
uint32_t
str_utf8(struct str s, size_t *i)
{
	static const uint32_t least[] = {0, 0x80, 0x800, 0x10000};
	unsigned char c = (unsigned char)s.p[(*i)++];
	size_t more = c >= 0xf0 ? 3 : c >= 0xe0 ? 2 : 1;
	uint32_t cp;

	if (c < 0x80)
		return c;
	if (c < 0xc2 || c > 0xf4 || s.n - *i < more)
		return UINT32_MAX;
	cp = c & (0x3fU >> more);
	for (size_t k = 0; k < more; k++) {
		c = (unsigned char)s.p[(*i)++];
		if ((c & 0xc0) != 0x80)
			return UINT32_MAX;
		cp = cp << 6 | (c & 0x3fU);
	}
	if (cp < least[more] || cp > 0x10ffff || (cp >= 0xd800 && cp < 0xe000))
		return UINT32_MAX;
	return cp;
}

/* What can break a line, reorder what is around it, or not be seen at all at
 * the start of a text. */
static bool
is_control(uint32_t cp)
{
	static const struct {
		uint32_t first, last;
	} ranges[] = {
	    {0x00, 0x1f},     {0x7f, 0x9f},	{0x61c, 0x61c},
	    {0x200e, 0x200f}, {0x2028, 0x202e}, {0x2066, 0x2069},
	    {0xfeff, 0xfeff},
	};

	for (size_t i = 0; i < nitems(ranges); i++)
		if (cp >= ranges[i].first && cp <= ranges[i].last)
			return true;
	return false;
}

bool
str_is_text(struct str s)
{
	for (size_t i = 0; i < s.n;) {
		uint32_t cp = str_utf8(s, &i);

		if (cp == UINT32_MAX || is_control(cp))
			return false;
	}
	return true;
}

int
str_u64(struct str s, uint64_t max, uint64_t *ret)
{
	uint64_t v = 0;

	if (s.n == 0 || (s.n > 1 && s.p[0] == '0'))
		return OUT_MALFORMED;
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] < '0' || s.p[i] > '9')
			return OUT_MALFORMED;
	for (size_t i = 0; i < s.n; i++) {
		uint64_t digit = (uint64_t)(s.p[i] - '0');

		if (v > max / 10 || digit > max - v * 10)
			return OUT_RANGE;
		v = v * 10 + digit;
	}
	*ret = v;
	return 0;
}

char *
str_dup(struct str s)
{
	char *p = malloc(s.n + 1);

	if (p == NULL)
		return NULL;
	if (s.n > 0)
		memcpy(p, s.p, s.n);
	p[s.n] = '\0';
	return p;
}
