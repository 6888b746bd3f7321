#include "door/console/inner.h"

static bool
is_plain(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9') || (c != '\0' && strchr("-.:/[]", c));
}

static void
copy(struct str s, char to[REPORT_WORD_MAX + 1])
{
	size_t n = s.n < REPORT_WORD_MAX ? s.n : REPORT_WORD_MAX;

	for (size_t i = 0; i < n; i++)
		to[i] = is_plain(s.p[i]) ? s.p[i] : '_';
	to[n] = '\0';
	if (n == 0)
		memcpy(to, "-", 2);
}

/* Of an address who it is, and not what was asked there: paths and queries hold
 * what is nobody's business. Words like "inline" are as they are. */
static struct str
origin_of(struct str address)
{
	struct str scheme, rest, head, tail;
	size_t end = 0;

	if (!str_cut(address, ':', &scheme, &rest))
		return address;
	if (!str_starts(rest, STR("//")))
		return scheme;
	rest = str_sub(rest, 2, rest.n);
	while (end < rest.n && strchr("/?#", rest.p[end]) == NULL)
		end++;
	rest = str_sub(rest, 0, end);
	if (str_rcut(rest, '@', &head, &tail))
		return tail;
	return str_sub(address, 0, scheme.n + 3 + rest.n);
}

static void
fill(struct report *ret, struct str directive, struct str blocked)
{
	struct str name, rest;

	/* Older browsers add the directive's sources. */
	if (str_cut(directive, ' ', &name, &rest))
		directive = name;
	copy(directive, ret->directive);
	copy(origin_of(blocked), ret->blocked);
}

static int
read_one(const struct json *json, struct report *ret, size_t *n)
{
	const struct json *body = json_get(json, "csp-report");
	struct str directive = json_text(body, "effective-directive");

	if (directive.n == 0)
		directive = json_text(body, "violated-directive");
	if (directive.n == 0)
		return OUT_MALFORMED;
	fill(&ret[0], directive, json_text(body, "blocked-uri"));
	*n = 1;
	return 0;
}

/* Reports of other kinds come the same way. */
static int
read_many(const struct json *json, struct report *ret, size_t *n)
{
	*n = 0;
	if (json_kind(json) != JSON_ARRAY)
		return OUT_MALFORMED;
	for (size_t i = 0; i < json_size(json) && *n < REPORTS_AT_ONCE; i++) {
		const struct json *one = json_at(json, i),
				  *body = json_get(one, "body");

		if (str_eq(json_text(one, "type"), STR("csp-violation")))
			fill(&ret[(*n)++],
			     json_text(body, "effectiveDirective"),
			     json_text(body, "blockedURL"));
	}
	return 0;
}

int
reports_read(struct str body, bool many, struct report *ret, size_t *ret_n,
	     struct note *note)
{
	CLEAN(json_freep) struct json *json = NULL;
	size_t n = 0;
	int r = json_parse(body, &json, note);

	if (r != 0)
		return r;
	r = many ? read_many(json, ret, &n) : read_one(json, ret, &n);
	if (r != 0)
		return note_set(note, r, "this is no report of a policy");
	*ret_n = n;
	return 0;
}
