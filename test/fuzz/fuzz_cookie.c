#include "wire/cookie.h"

#include "base/out.h"

#include <assert.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

/* Where a name stands that nobody could take for a part of another one. */
static size_t
count(struct str s, struct str name)
{
	size_t found = 0;

	for (size_t i = 0; i + name.n <= s.n; i++)
		if (memcmp(s.p + i, name.p, name.n) == 0 &&
		    (i == 0 || s.p[i - 1] == ';' || s.p[i - 1] == ' ' ||
		     s.p[i - 1] == '\t'))
			found++;
	return found;
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	static const struct str names[] = {STR_INIT("latchkey"),
					   STR_INIT("__Host-latchkey")};
	struct str header = {(const char *)p, n};

	for (size_t i = 0; i < nitems(names); i++) {
		struct str value = STR_NONE;
		int r = cookie_parse(header, names[i], &value);

		assert(r == 0 || r == OUT_ABSENT || r == OUT_CONFLICT ||
		       r == OUT_MALFORMED);
		assert((r == 0) == (value.p != NULL));
		if (r == OUT_CONFLICT)
			assert(count(header, names[i]) > 1);
		if (r != 0)
			continue;
		assert(count(header, names[i]) >= 1);
		assert(value.n > 0 && str_printable(value));
		assert(value.p >= header.p &&
		       value.p + value.n <= header.p + header.n);
		assert(memchr(value.p, ';', value.n) == NULL);
		assert(memchr(value.p, ' ', value.n) == NULL);
	}
	return 0;
}
