#include "follow/lines.h"

#include <string.h>

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static struct str
skip_blanks(struct str s)
{
	while (s.n > 0 && is_blank(s.p[0]))
		s = str_sub(s, 1, SIZE_MAX);
	return s;
}

static struct str
word_take(struct str *rest)
{
	struct str s = skip_blanks(*rest);
	size_t n = 0;

	while (n < s.n && !is_blank(s.p[n]))
		n++;
	*rest = str_sub(s, n, SIZE_MAX);
	return str_sub(s, 0, n);
}

/* Behind options, in which quotes keep blanks together; as sshd reads them. */
static struct str
skip_options(struct str s)
{
	bool quoted = false;
	size_t i = 0;

	for (; i < s.n && (quoted || !is_blank(s.p[i])); i++) {
		if (s.p[i] == '\\' && i + 1 < s.n && s.p[i + 1] == '"')
			i++;
		else if (s.p[i] == '"')
			quoted = !quoted;
	}
	return str_sub(s, i, SIZE_MAX);
}

static bool
has_key(const struct answer *a, struct str type, struct str base64)
{
	struct str rest = buf_str(&a->lines), line, key, tail;

	while (rest.n > 0 && str_next(&rest, '\n', &line)) {
		key = answer_key(line);
		if (key.n > 0 && str_cut(key, ' ', &key, &tail) &&
		    str_eq(key, type) && str_eq(tail, base64))
			return true;
	}
	return false;
}

/* The line, without its end, with one of these keys. */
static bool
is_key(struct str s, const struct answer *a)
{
	struct str type = word_take(&s);

	return has_key(a, type, word_take(&s));
}

static struct str
without_end(struct str line)
{
	while (line.n > 0 &&
	       (line.p[line.n - 1] == '\n' || line.p[line.n - 1] == '\r'))
		line.n--;
	return skip_blanks(line);
}

static bool
is_plain(struct str line, const struct answer *a)
{
	return is_key(without_end(line), a);
}

static bool
is_forced(struct str line, const struct answer *a)
{
	struct str s = without_end(line);

	return str_starts(s, STR(LINES_FORCED)) && is_key(skip_options(s), a);
}

/* With its end. */
static bool
line_next(struct str *rest, struct str *ret)
{
	const char *end;

	if (rest->n == 0)
		return false;
	end = memchr(rest->p, '\n', rest->n);
	*ret = str_sub(*rest, 0,
		       end == NULL ? rest->n : (size_t)(end - rest->p) + 1);
	*rest = str_sub(*rest, ret->n, SIZE_MAX);
	return true;
}

bool
lines_have(struct str text, const struct answer *a)
{
	struct str line;

	while (line_next(&text, &line))
		if (is_plain(line, a))
			return true;
	return false;
}

int
lines_without(struct str text, const struct answer *a, struct buf *ret,
	      size_t *ret_n)
{
	struct str line;
	size_t n = 0;

	while (line_next(&text, &line)) {
		if (is_plain(line, a) || is_forced(line, a))
			n++;
		else
			(void)buf_addstr(ret, line);
	}
	*ret_n = n;
	return buf_err(ret);
}

int
lines_with(struct str text, const struct answer *a, struct buf *ret,
	   size_t *ret_n)
{
	struct str rest = buf_str(&a->lines), line;
	size_t n = 0;

	(void)buf_addstr(ret, text);
	if (text.n > 0 && text.p[text.n - 1] != '\n')
		(void)buf_addc(ret, '\n');
	while (line_next(&rest, &line)) {
		struct answer one = {
		    .lines = {(char *)line.p, line.n, 0, 0, 0}};

		if (lines_have(text, &one))
			continue;
		(void)buf_addstr(ret, line);
		n++;
	}
	*ret_n = n;
	return buf_err(ret);
}
