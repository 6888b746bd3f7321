#include "wire/form.h"

#include "base/buf.h"
#include "base/enc.h"

#include <errno.h>

static int
decode(struct str s, struct arena *a, struct str *ret)
{
	CLEAN(buf_clear) struct buf b = BUF_INIT;
	int r = dec_percent(&b, s, true);

	if (r != 0)
		return r;
	*ret = arena_str(a, buf_str(&b));
	return ret->p != NULL ? 0 : FAIL(-ENOMEM);
}

/* A pair without '=' is a name with an empty value. */
static int
read_pair(struct str text, struct arena *a, struct form_pair *ret)
{
	struct str name = text, value = STR_NONE;
	int r;

	(void)str_cut(text, '=', &name, &value);
	r = decode(name, a, &ret->name);
	return r != 0 ? r : decode(value, a, &ret->value);
}

/* "&&" holds no pair. */
static size_t
count_pairs(struct str text)
{
	size_t n = 0;
	struct str one;

	while (str_next(&text, '&', &one))
		n += one.n > 0;
	return n;
}

int
form_parse(struct str text, struct arena *a, struct form *ret)
{
	size_t n = count_pairs(text);
	struct form f = {.n = 0};
	struct str one;

	if (n > FORM_PAIRS_MAX)
		return OUT_TOO_MANY;
	f.pairs = arena_get(a, n * sizeof(*f.pairs));
	if (f.pairs == NULL)
		return FAIL(-ENOMEM);
	while (str_next(&text, '&', &one)) {
		int r = one.n == 0 ? 0 : read_pair(one, a, &f.pairs[f.n]);

		if (r != 0)
			return r;
		f.n += one.n > 0;
	}
	*ret = f;
	return 0;
}

struct str
form_get(const struct form *f, const char *name)
{
	for (size_t i = 0; i < f->n; i++)
		if (str_eq(f->pairs[i].name, str_c(name)))
			return f->pairs[i].value;
	return STR_NONE;
}

size_t
form_count(const struct form *f, const char *name)
{
	size_t n = 0;

	for (size_t i = 0; i < f->n; i++)
		n += str_eq(f->pairs[i].name, str_c(name));
	return n;
}
