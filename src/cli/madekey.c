/* The answer that brings a private key: the secret is decoded where it stands,
 * so that no parser leaves copies of it behind. */
#include "cli/pairs.h"

#include <string.h>

#define MEMBER "\"private_key\""

struct scan {
	char *p;
	size_t n, at;
};

/* Behind the string that begins at the quote at; n when it has no end. */
static size_t
string_end(const struct scan *s, size_t at)
{
	for (at++; at < s->n; at++) {
		if (s->p[at] == '\\')
			at++;
		else if (s->p[at] == '"')
			return at + 1;
	}
	return s->n;
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static size_t
blanks_end(const struct scan *s, size_t at)
{
	while (at < s->n && is_blank(s->p[at]))
		at++;
	return at;
}

/* The member's name, at the outermost level: not in another's value. */
static bool
member_find(struct scan *s)
{
	int depth = 0;
	size_t end;

	for (s->at = 0; s->at < s->n;) {
		char c = s->p[s->at];

		if (c == '"') {
			end = string_end(s, s->at);
			if (depth == 1 && end - s->at == strlen(MEMBER) &&
			    memcmp(s->p + s->at, MEMBER, strlen(MEMBER)) == 0)
				return true;
			s->at = end;
			continue;
		}
		depth += c == '{' || c == '[' ? 1 : 0;
		depth -= c == '}' || c == ']' ? 1 : 0;
		s->at++;
	}
	return false;
}

/* PEM has line ends and nothing else that JSON escapes; '/' may be. */
static bool
unescape(char c, char *ret)
{
	switch (c) {
	case 'n':
		*ret = '\n';
		return true;
	case 'r':
		*ret = '\r';
		return true;
	case '/':
	case '\\':
	case '"':
		*ret = c;
		return true;
	default:
		return false;
	}
}

/* From behind the opening quote to the closing one; the bytes that come out are
 * never more than those that went in. */
static bool
decode(char *p, size_t n, struct str *ret)
{
	size_t to = 0;

	for (size_t i = 0; i < n; i++, to++) {
		if ((unsigned char)p[i] < ' ')
			return false;
		if (p[i] != '\\')
			p[to] = p[i];
		else if (++i == n || !unescape(p[i], &p[to]))
			return false;
	}
	*ret = (struct str){p, to};
	return to > 0;
}

/* The object without the member: what is before it and what is behind it, with
 * one of the two commas. */
static int
rest_write(const struct scan *s, size_t from, size_t end, struct buf *ret)
{
	size_t before = from, after = blanks_end(s, end);

	while (before > 0 && is_blank(s->p[before - 1]))
		before--;
	if (before > 0 && s->p[before - 1] == ',')
		before--;
	else if (after < s->n && s->p[after] == ',')
		after++;
	(void)buf_add(ret, s->p, before);
	return buf_add(ret, s->p + after, s->n - after);
}

int
madekey_split(struct buf *answer, struct str *ret_key, struct buf *ret_rest)
{
	CLEAN(buf_clear) struct buf rest = BUF_INIT;
	CLEAN(json_freep) struct json *j = NULL;
	struct scan s = {answer->p, answer->n, 0};
	size_t colon, quote, end;
	struct str key;
	int r;

	if (!member_find(&s))
		return OUT_MALFORMED;
	colon = blanks_end(&s, s.at + strlen(MEMBER));
	quote = blanks_end(&s, colon + 1);
	if (colon >= s.n || s.p[colon] != ':' || quote >= s.n ||
	    s.p[quote] != '"')
		return OUT_MALFORMED;
	end = string_end(&s, quote);
	if (end >= s.n || s.p[end - 1] != '"')
		return OUT_MALFORMED;
	r = rest_write(&s, s.at, end, &rest);
	if (r == 0)
		r = json_parse(buf_str(&rest), &j, NULL);
	if (r != 0)
		return r;
	if (json_kind(j) != JSON_OBJECT || json_get(j, "private_key") != NULL ||
	    !decode(s.p + quote + 1, end - quote - 2, &key))
		return OUT_MALFORMED;
	*ret_key = key;
	return buf_addstr(ret_rest, buf_str(&rest));
}
