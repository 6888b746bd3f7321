#include "wire/basic.h"

#include "base/enc.h"
#include "base/out.h"

static bool
is_alnum(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9');
}

static bool
in_set(char c, struct str set)
{
	for (size_t i = 0; i < set.n; i++)
		if (c == set.p[i])
			return true;
	return false;
}

/* RFC 9110 section 5.6.2. */
static bool
is_token(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!is_alnum(s.p[i]) &&
		    !in_set(s.p[i], STR("!#$%&'*+-.^_`|~")))
			return false;
	return s.n > 0;
}

/* RFC 9110 section 11.2: one word, '=' only at its end. */
static bool
is_token68(struct str s)
{
	while (s.n > 0 && s.p[s.n - 1] == '=')
		s.n--;
	for (size_t i = 0; i < s.n; i++)
		if (!is_alnum(s.p[i]) && !in_set(s.p[i], STR("-._~+/")))
			return false;
	return s.n > 0;
}

static bool
has_control(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] < ' ' || s.p[i] == 0x7f)
			return true;
	return false;
}

static int
read_basic(struct str value, struct buf *decoded, struct auth *ret)
{
	size_t from = decoded->n;
	struct auth a = {.scheme = AUTH_BASIC};
	struct str pair;
	int r = dec_b64(decoded, value);

	if (r != 0)
		return r;
	pair = str_sub(buf_str(decoded), from, SIZE_MAX);
	if (has_control(pair) || !str_cut(pair, ':', &a.user, &a.secret))
		return OUT_MALFORMED;
	*ret = a;
	return 0;
}

int
auth_parse(struct str header, struct buf *decoded, struct auth *ret)
{
	struct str scheme = header, value = STR_NONE;

	if (header.n == 0) {
		*ret = (struct auth){.scheme = AUTH_NONE};
		return 0;
	}
	if (str_cut(header, ' ', &scheme, &value))
		while (str_starts(value, STR(" ")))
			value = str_sub(value, 1, SIZE_MAX);
	if (!is_token(scheme))
		return OUT_MALFORMED;
	if (str_eq_nocase(scheme, STR("Basic")))
		return is_token68(value) ? read_basic(value, decoded, ret)
					 : OUT_MALFORMED;
	if (str_eq_nocase(scheme, STR("Bearer"))) {
		if (!is_token68(value))
			return OUT_MALFORMED;
		*ret = (struct auth){.scheme = AUTH_BEARER, .token = value};
		return 0;
	}
	*ret = (struct auth){.scheme = AUTH_OTHER};
	return 0;
}
