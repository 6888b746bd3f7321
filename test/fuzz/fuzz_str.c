#include "base/buf.h"
#include "base/out.h"
#include "base/str.h"

#include <assert.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static bool
inside(struct str part, struct str whole)
{
	return part.n == 0 ||
	       (part.p >= whole.p && part.p + part.n <= whole.p + whole.n);
}

static void
cuts(struct str s, char sep)
{
	CLEAN(buf_clear) struct buf again = BUF_INIT;
	struct str rest = s, part, head, tail;
	size_t n = 0;

	while (rest.p != NULL && str_next(&rest, sep, &part)) {
		assert(inside(part, s));
		assert(part.n == 0 || memchr(part.p, sep, part.n) == NULL);
		if (n++ > 0)
			(void)buf_addc(&again, sep);
		(void)buf_addstr(&again, part);
	}
	/* The fields and what stood between them are the whole again. */
	assert(s.p == NULL || str_eq(buf_str(&again), s));
	if (str_cut(s, sep, &head, &tail)) {
		assert(head.n + 1 + tail.n == s.n && inside(tail, s));
		assert(memchr(head.p, sep, head.n) == NULL);
		assert(str_rcut(s, sep, &head, &tail));
		assert(head.n + 1 + tail.n == s.n && inside(tail, s));
		assert(tail.n == 0 || memchr(tail.p, sep, tail.n) == NULL);
	} else {
		assert(n <= 1);
	}
}

/* Every byte is looked at once, and text is what a terminal can be shown. */
static void
utf8(struct str s)
{
	bool well = true;

	for (size_t i = 0; i < s.n;) {
		size_t from = i;
		uint32_t c = str_utf8(s, &i);

		assert(i > from && i <= s.n && i - from <= 4);
		assert(c == UINT32_MAX || c <= 0x10ffff);
		assert(c < 0xd800 || c > 0xdfff);
		well = well && c != UINT32_MAX;
	}
	assert(!str_printable(s) || str_is_text(s));
	assert(!str_is_text(s) || well);
	for (size_t i = 0; str_is_text(s) && i < s.n; i++)
		assert((unsigned char)s.p[i] >= ' ' && s.p[i] != 0x7f);
}

static void
number(struct str s)
{
	char again[24];
	uint64_t v = 0;

	if (str_u64(s, UINT64_MAX, &v) != 0)
		return;
	(void)snprintf(again, sizeof(again), "%llu", (unsigned long long)v);
	assert(str_eq(str_c(again), s));
	assert(v == 0 || str_u64(s, v - 1, &v) == OUT_RANGE);
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct str s = {(const char *)p, n}, trimmed = str_trim(s);

	cuts(s, n > 0 ? (char)p[n / 2] : ' ');
	cuts(s, '\n');
	utf8(s);
	number(s);
	assert(inside(trimmed, s) && str_eq(str_trim(trimmed), trimmed));
	assert(str_cmp(s, s) == 0 && str_eq_nocase(s, s) && str_starts(s, s));
	return 0;
}
