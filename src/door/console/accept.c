#include "door/console/inner.h"

/* The thousandths of "q=0.5"; anything else among the parameters is passed
 * over, what is no weight counts as none at all. */
static unsigned
weight(struct str params)
{
	struct str param, name, value;

	while (str_next(&params, ';', &param)) {
		unsigned n = 0, place = 1000;

		if (!str_cut(str_trim(param), '=', &name, &value) ||
		    !str_eq_nocase(str_trim(name), STR("q")))
			continue;
		value = str_trim(value);
		if (value.n == 0 || value.n > 5 ||
		    (value.p[0] != '0' && value.p[0] != '1') ||
		    (value.n > 1 && value.p[1] != '.'))
			return 0;
		for (size_t i = 0; i < value.n; i++) {
			if (i == 1)
				continue;
			if (value.p[i] < '0' || value.p[i] > '9')
				return 0;
			n += (unsigned)(value.p[i] - '0') * place;
			place /= 10;
		}
		return n <= 1000 ? n : 0;
	}
	return 1000;
}

bool
accept_gzip(struct str field)
{
	bool named = false, plain_named = false;
	unsigned gzip = 0, plain = 0, rest = 0;
	struct str part, name, params;

	while (str_next(&field, ',', &part)) {
		if (!str_cut(part, ';', &name, &params)) {
			name = part;
			params = STR_NONE;
		}
		name = str_trim(name);
		if (str_eq_nocase(name, STR("gzip"))) {
			gzip = weight(params);
			named = true;
		} else if (str_eq_nocase(name, STR("identity"))) {
			plain = weight(params);
			plain_named = true;
		} else if (str_eq(name, STR("*"))) {
			rest = weight(params);
		}
	}
	if (!named)
		gzip = rest;
	return gzip > 0 && (!plain_named || gzip >= plain);
}

bool
accept_tag(struct str list, struct str tag)
{
	struct str one;

	while (str_next(&list, ',', &one)) {
		one = str_trim(one);
		if (str_starts(one, STR("W/")))
			one = str_sub(one, 2, one.n);
		if (str_eq(one, STR("*")) || str_eq(one, tag))
			return true;
	}
	return false;
}
