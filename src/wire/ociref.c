#include "wire/ociref.h"

#define HOST_MAX 253 /* RFC 1035, as text */

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool
is_lower(char c)
{
	return c >= 'a' && c <= 'z';
}

static bool
is_upper(char c)
{
	return c >= 'A' && c <= 'Z';
}

static bool
is_low_alnum(char c)
{
	return is_lower(c) || is_digit(c);
}

static bool
is_alnum(char c)
{
	return is_low_alnum(c) || is_upper(c);
}

static bool
all_in(struct str s, bool (*in)(char))
{
	for (size_t i = 0; i < s.n; i++)
		if (!in(s.p[i]))
			return false;
	return s.n > 0;
}

/* How many bytes at i are one separator: "." "_" "__" or any run of "-". */
static size_t
separator(struct str s, size_t i)
{
	size_t from = i;

	if (s.p[i] == '.')
		return 1;
	if (s.p[i] == '_')
		return i + 1 < s.n && s.p[i + 1] == '_' ? 2 : 1;
	while (i < s.n && s.p[i] == '-')
		i++;
	return i - from;
}

bool
ociref_is_component(struct str s)
{
	size_t i = 0;

	while (i < s.n) {
		size_t n;

		if (!is_low_alnum(s.p[i]))
			return false;
		while (i < s.n && is_low_alnum(s.p[i]))
			i++;
		if (i == s.n)
			return true;
		n = separator(s, i);
		if (n == 0)
			return false;
		i += n;
	}
	return false;
}

bool
ociref_is_name(struct str s)
{
	struct str rest = s, part;
	size_t parts = 0;

	if (s.n == 0 || s.n > OCI_NAME_MAX)
		return false;
	for (; str_next(&rest, '/', &part); parts++)
		if (!ociref_is_component(part))
			return false;
	return parts >= 2;
}

bool
ociref_is_tag(struct str s)
{
	if (s.n == 0 || s.n > OCI_TAG_MAX || s.p[0] == '.' || s.p[0] == '-')
		return false;
	for (size_t i = 0; i < s.n; i++)
		if (!is_alnum(s.p[i]) && s.p[i] != '_' && s.p[i] != '.' &&
		    s.p[i] != '-')
			return false;
	return true;
}

bool
ociref_is_namespace(struct str s)
{
	if (s.n < 4 || s.n > 30)
		return false;
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] == '.')
			return false;
	return ociref_is_component(s);
}

struct str
ociref_namespace(struct str name)
{
	struct str head, tail;

	return str_cut(name, '/', &head, &tail) ? head : name;
}

static bool
is_hex(char c)
{
	return is_digit(c) || (c >= 'a' && c <= 'f');
}

static bool
is_encoded(char c)
{
	return is_alnum(c) || c == '=' || c == '_' || c == '-';
}

/* component ([+._-] component)* of the image specification. */
static bool
is_algorithm(struct str s)
{
	bool after_letter = false;

	for (size_t i = 0; i < s.n; i++) {
		bool letter = is_low_alnum(s.p[i]);
		bool sign = s.p[i] == '+' || s.p[i] == '.' || s.p[i] == '_' ||
			    s.p[i] == '-';

		if (!letter && !(sign && after_letter))
			return false;
		after_letter = letter;
	}
	return after_letter;
}

static const struct {
	struct str name;
	size_t digits;
	enum digest_kind kind;
} known[] = {
    {STR_INIT("sha256"), 64, DIGEST_SHA256},
    {STR_INIT("sha512"), 128, DIGEST_SHA512},
};

int
ociref_algorithm(struct str s, enum digest_kind *ret)
{
	if (s.n > OCI_DIGEST_MAX || !is_algorithm(s))
		return OUT_MALFORMED;
	for (size_t i = 0; i < nitems(known); i++)
		if (str_eq(s, known[i].name)) {
			*ret = known[i].kind;
			return 0;
		}
	return OUT_UNSUPPORTED;
}

int
ociref_digest(struct str s, enum digest_kind *ret)
{
	struct str name, value;

	if (s.n > OCI_DIGEST_MAX || !str_cut(s, ':', &name, &value) ||
	    !is_algorithm(name) || !all_in(value, is_encoded))
		return OUT_MALFORMED;
	for (size_t i = 0; i < nitems(known); i++) {
		if (!str_eq(name, known[i].name))
			continue;
		if (value.n != known[i].digits || !all_in(value, is_hex))
			return OUT_MALFORMED;
		*ret = known[i].kind;
		return 0;
	}
	return OUT_UNSUPPORTED;
}

static bool
is_host_char(char c)
{
	return is_alnum(c) || c == '.' || c == '-';
}

static bool
is_ip6_char(char c)
{
	return is_hex(c) || (c >= 'A' && c <= 'F') || c == ':' || c == '.';
}

static bool
is_port(struct str s)
{
	uint64_t port = 0;

	return str_u64(s, 65535, &port) == 0 && port > 0;
}

/* host[:port]; an IPv6 address stands in brackets. */
static bool
is_host(struct str s)
{
	struct str host = s, port, rest;

	if (str_starts(s, STR("["))) {
		if (!str_rcut(s, ']', &host, &rest) ||
		    !all_in(str_sub(host, 1, SIZE_MAX), is_ip6_char))
			return false;
		return rest.n == 0 || (rest.p[0] == ':' &&
				       is_port(str_sub(rest, 1, SIZE_MAX)));
	}
	if (str_cut(s, ':', &host, &port) && !is_port(port))
		return false;
	return host.n <= HOST_MAX && all_in(host, is_host_char) &&
	       is_alnum(host.p[0]);
}

static bool
has(struct str s, char c)
{
	struct str head, tail;

	return str_cut(s, c, &head, &tail);
}

/* Whether a first component names a host, and not a namespace. */
static bool
like_host(struct str s)
{
	return has(s, '.') || has(s, ':') || str_eq(s, STR("localhost"));
}

int
ociref_parse(struct str s, struct ociref *ret)
{
	struct ociref ref = {.tag = STR_NONE};
	enum digest_kind kind;
	struct str rest = s, head, tail;
	bool pinned, tagged;

	pinned = str_cut(s, '@', &rest, &ref.digest);
	if (pinned && ociref_digest(ref.digest, &kind) != 0)
		return OUT_MALFORMED;
	if (str_cut(rest, '/', &head, &tail) && like_host(head)) {
		if (!is_host(head))
			return OUT_MALFORMED;
		ref.host = head;
		rest = tail;
	}
	tagged = str_cut(rest, ':', &rest, &ref.tag);
	if ((tagged && !ociref_is_tag(ref.tag)) || !ociref_is_name(rest))
		return OUT_MALFORMED;
	if (!tagged && !pinned)
		ref.tag = STR("latest");
	ref.name = rest;
	*ret = ref;
	return 0;
}
