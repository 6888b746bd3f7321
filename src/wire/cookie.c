#include "wire/cookie.h"

#include "base/out.h"

#include <string.h>

/* cookie-octet: no control, blank, quote, comma, semicolon or backslash. */
static bool
is_octets(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] <= ' ' || s.p[i] > '~' ||
		    strchr("\",;\\", s.p[i]) != NULL)
			return false;
	return s.n > 0;
}

/* A quote hides no semicolon: that is how browsers write them, and how they are
 * to be read. */
int
cookie_parse(struct str header, struct str name, struct str *ret)
{
	struct str rest = header, pair, key, value, found = STR_NONE;
	size_t n = 0;

	while (str_next(&rest, ';', &pair)) {
		/* Without a name: what stands there is its value. */
		if (!str_cut(pair, '=', &key, &value))
			key = pair;
		if (!str_eq(str_trim(key), name))
			continue;
		found = memchr(pair.p, '=', pair.n) != NULL ? value : STR("");
		n++;
	}
	if (n == 0)
		return OUT_ABSENT;
	if (n > 1)
		return OUT_CONFLICT;
	found = str_trim(found);
	if (!is_octets(found))
		return OUT_MALFORMED;
	*ret = found;
	return 0;
}
