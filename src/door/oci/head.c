#include "door/oci/inner.h"

bool
oci_etag_is(struct str tag, struct str digest)
{
	return tag.n == digest.n + 2 && tag.p[0] == '"' &&
	       tag.p[tag.n - 1] == '"' &&
	       str_eq(str_sub(tag, 1, digest.n), digest);
}

bool
oci_etag_listed(struct str list, struct str digest)
{
	struct str tag;

	while (str_next(&list, ',', &tag)) {
		tag = str_trim(tag);
		if (str_eq(tag, STR("*")))
			return true;
		if (str_starts(tag, STR("W/")))
			tag = str_sub(tag, 2, tag.n);
		if (oci_etag_is(tag, digest))
			return true;
	}
	return false;
}

/* Digits only; what does not fit in 64 bits is as good as the largest. */
static bool
number(struct str s, uint64_t *ret)
{
	uint64_t n = 0;

	if (s.n == 0)
		return false;
	for (size_t i = 0; i < s.n; i++) {
		unsigned digit = (unsigned)(unsigned char)s.p[i] - '0';

		if (digit > 9)
			return false;
		if (__builtin_mul_overflow(n, (uint64_t)10, &n) ||
		    __builtin_add_overflow(n, (uint64_t)digit, &n))
			n = UINT64_MAX;
	}
	*ret = n;
	return true;
}

/* "-n": the last n bytes. */
static enum range_kind
suffix(struct str text, uint64_t size, uint64_t *first, uint64_t *last)
{
	uint64_t n;

	if (!number(text, &n))
		return RANGE_WHOLE;
	if (n == 0 || size == 0)
		return RANGE_NONE;
	*first = n < size ? size - n : 0;
	*last = size - 1;
	return RANGE_PART;
}

enum range_kind
oci_range_parse(struct str field, uint64_t size, uint64_t *first,
		uint64_t *last)
{
	struct str unit, set, from, to;
	uint64_t a, b = UINT64_MAX;

	if (!str_cut(field, '=', &unit, &set) ||
	    !str_eq_nocase(unit, STR("bytes")) ||
	    !str_cut(str_trim(set), '-', &from, &to))
		return RANGE_WHOLE;
	if (from.n == 0)
		return suffix(to, size, first, last);
	if (!number(from, &a) || (to.n > 0 && !number(to, &b)))
		return RANGE_WHOLE;
	if (b < a || a >= size)
		return RANGE_NONE;
	*first = a;
	*last = b < size ? b : size - 1;
	return RANGE_PART;
}

int
oci_content_range_parse(struct str field, uint64_t *first, uint64_t *last)
{
	struct str from, to;
	uint64_t a, b;

	if (!str_cut(field, '-', &from, &to) || !number(from, &a) ||
	    !number(to, &b) || b < a)
		return OUT_MALFORMED;
	if (b >= UPLOAD_SIZE_MAX)
		return OUT_RANGE;
	*first = a;
	*last = b;
	return 0;
}
