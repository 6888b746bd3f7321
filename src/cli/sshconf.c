#include "cli/sshconf.h"

#include <stdio.h>
#include <string.h>

#define MARK	 "# latchkey access key: "
#define MARK_END MARK "end"

static bool
is_alnum(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
	       (c >= 'A' && c <= 'Z');
}

static bool
is_host(struct str s, bool colons)
{
	if (s.n == 0 || s.n > SSH_NAME_MAX ||
	    (!is_alnum(s.p[0]) && !(colons && s.p[0] == ':')))
		return false;
	for (size_t i = 0; i < s.n; i++)
		if (!is_alnum(s.p[i]) && s.p[i] != '.' && s.p[i] != '-' &&
		    s.p[i] != '_' && !(colons && s.p[i] == ':'))
			return false;
	return true;
}

static bool
is_user(struct str s)
{
	return is_host(s, false);
}

static void
keep(struct str s, char ret[SSH_NAME_MAX + 1])
{
	memcpy(ret, s.p, s.n);
	ret[s.n] = '\0';
}

/* "host", "host:2222", "[::1]:2222". */
static bool
host_take(struct str s, struct ssh_server *ret)
{
	struct str host = s, port = STR_NONE, rest;
	bool bracketed = str_starts(s, STR("["));
	uint64_t n = 22;

	if (bracketed) {
		if (!str_rcut(str_sub(s, 1, SIZE_MAX), ']', &host, &rest) ||
		    (rest.n > 0 && rest.p[0] != ':'))
			return false;
		if (rest.n > 0)
			port = str_sub(rest, 1, SIZE_MAX);
	} else if (!str_cut(s, ':', &host, &port)) {
		port = STR_NONE;
	}
	if (!is_host(host, bracketed) ||
	    (port.p != NULL && (str_u64(port, 65535, &n) != 0 || n == 0)))
		return false;
	keep(host, ret->host);
	ret->port = (unsigned)n;
	return true;
}

int
ssh_server_parse(struct str url, struct ssh_server *ret)
{
	struct ssh_server s = {.port = 22};
	struct str user, rest, host, path;
	bool whole = str_starts(url, STR("ssh://"));

	if (whole)
		url = str_sub(url, STR("ssh://").n, SIZE_MAX);
	if (!str_cut(url, '@', &user, &rest) || !is_user(user))
		return OUT_MALFORMED;
	if (whole) {
		if (!str_cut(rest, '/', &host, &path) || !host_take(host, &s))
			return OUT_MALFORMED;
	} else if (str_starts(rest, STR("["))) {
		if (!str_cut(rest, ']', &host, &path) ||
		    !is_host(str_sub(host, 1, SIZE_MAX), true))
			return OUT_MALFORMED;
		keep(str_sub(host, 1, SIZE_MAX), s.host);
	} else {
		if (!str_cut(rest, ':', &host, &path) || !is_host(host, false))
			return OUT_MALFORMED;
		keep(host, s.host);
	}
	keep(user, s.user);
	*ret = s;
	return 0;
}

void
ssh_server_known(const struct ssh_server *s, struct buf *b)
{
	if (s->port == 22)
		(void)buf_adds(b, s->host);
	else
		(void)buf_addf(b, "[%s]:%u", s->host, s->port);
}

/* The next line with its end; false when there is none. */
static bool
line_next(struct str text, size_t *at, struct str *ret)
{
	const char *end;

	if (*at >= text.n)
		return false;
	end = memchr(text.p + *at, '\n', text.n - *at);
	ret->p = text.p + *at;
	ret->n = end == NULL ? text.n - *at : (size_t)(end - ret->p) + 1;
	*at += ret->n;
	return true;
}

static struct str
line_text(struct str line)
{
	while (line.n > 0 &&
	       (line.p[line.n - 1] == '\n' || line.p[line.n - 1] == '\r'))
		line.n--;
	return str_trim(line);
}

/* The keyword and the rest of a line: "Host x", "Host = x". */
static struct str
keyword(struct str line, struct str *ret_rest)
{
	struct str s = line_text(line);
	size_t n = 0;

	while (n < s.n && is_alnum(s.p[n]))
		n++;
	*ret_rest = str_trim(str_sub(s, n, SIZE_MAX));
	if (str_starts(*ret_rest, STR("=")))
		*ret_rest = str_trim(str_sub(*ret_rest, 1, SIZE_MAX));
	return str_sub(s, 0, n);
}

static bool
is_section(struct str line)
{
	struct str rest, word = keyword(line, &rest);

	return str_eq_nocase(word, STR("Host")) ||
	       str_eq_nocase(word, STR("Match"));
}

static void
mark_put(struct buf *b, const char *place, const struct ssh_server *s)
{
	(void)buf_addf(b, MARK "%s at ", place);
	ssh_server_known(s, b);
}

static struct str
unquoted(struct str s)
{
	return s.n >= 2 && s.p[0] == '"' && s.p[s.n - 1] == '"'
		   ? str_sub(s, 1, s.n - 2)
		   : s;
}

/* What the lines of a block say. */
static void
block_read(struct str whole, struct sshconf_found *ret)
{
	size_t at = 0;
	struct str line, rest;

	*ret = (struct sshconf_found){.whole = whole};
	while (line_next(whole, &at, &line)) {
		struct str word = keyword(line, &rest);

		if (str_eq_nocase(word, STR("Host")))
			ret->alias = rest;
		else if (str_eq_nocase(word, STR("IdentityFile")))
			ret->key = unquoted(rest);
	}
}

/* The next of our blocks at or after *at. */
static int
block_next(struct str text, size_t *at, struct str *ret_mark,
	   struct sshconf_found *ret)
{
	struct str line;
	size_t from = *at;

	while (line_next(text, at, &line)) {
		struct str s = line_text(line);

		if (!str_starts(s, STR(MARK)) || str_eq(s, STR(MARK_END))) {
			from = *at;
			continue;
		}
		*ret_mark = s;
		while (line_next(text, at, &line)) {
			if (str_eq(line_text(line), STR(MARK_END))) {
				block_read(str_sub(text, from, *at - from),
					   ret);
				return 0;
			}
			if (str_starts(line_text(line), STR(MARK)))
				return OUT_MALFORMED;
		}
		return OUT_MALFORMED;
	}
	return OUT_ABSENT;
}

int
sshconf_find(struct str text, const char *place, const struct ssh_server *s,
	     struct sshconf_found *ret)
{
	CLEAN(buf_clear) struct buf want = BUF_INIT;
	struct sshconf_found found;
	struct str mark;
	size_t at = 0;
	int r;

	mark_put(&want, place, s);
	while ((r = block_next(text, &at, &mark, &found)) == 0)
		if (str_eq_nocase(mark, buf_str(&want))) {
			*ret = found;
			return 0;
		}
	return r;
}

int
sshconf_plain(struct str text, const struct ssh_server *s,
	      struct sshconf_found *ret)
{
	CLEAN(buf_clear) struct buf want = BUF_INIT;
	struct sshconf_found found;
	struct str mark;
	size_t at = 0;
	int r;

	(void)buf_addf(&want, "Match originalhost %s user %s\n", s->host,
		       s->user);
	while ((r = block_next(text, &at, &mark, &found)) == 0)
		if (found.alias.p == NULL &&
		    memmem(found.whole.p, found.whole.n, want.p, want.n) !=
			NULL) {
			*ret = found;
			return 0;
		}
	return r;
}

static bool
is_word_end(char c)
{
	return c == ' ' || c == '\t' || c == ',' || c == '"' || c == '=';
}

bool
sshconf_names(struct str text, struct str name)
{
	struct str line, rest;
	size_t at = 0;

	while (line_next(text, &at, &line)) {
		if (!is_section(line))
			continue;
		(void)keyword(line, &rest);
		for (size_t i = 0; i + name.n <= rest.n; i++) {
			size_t end = i + name.n;

			if (str_eq_nocase(str_sub(rest, i, name.n), name) &&
			    (i == 0 || is_word_end(rest.p[i - 1])) &&
			    (end == rest.n || is_word_end(rest.p[end])))
				return true;
		}
	}
	return false;
}

void
sshconf_alias(struct str text, const char *place, struct buf *ret)
{
	for (unsigned n = 1;; n++) {
		buf_reset(ret);
		(void)buf_adds(ret, "latchkey-");
		for (const char *c = place; *c != '\0'; c++)
			(void)buf_addc(ret, *c == '/' ? '-'
					    : *c >= 'A' && *c <= 'Z'
						? (char)(*c - 'A' + 'a')
						: *c);
		if (n > 1)
			(void)buf_addf(ret, "-%u", n);
		if (buf_err(ret) != 0 || !sshconf_names(text, buf_str(ret)))
			return;
	}
}

bool
sshconf_is_path(struct str s)
{
	if (s.n == 0 || s.p[0] != '/' || !str_is_text(s))
		return false;
	for (size_t i = 0; i < s.n; i++)
		if (strchr("\"\\$", s.p[i]) != NULL)
			return false;
	return true;
}

void
sshconf_path(struct str s, struct buf *b)
{
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '%')
			(void)buf_addc(b, '%');
		(void)buf_addc(b, s.p[i]);
	}
}

static void
block_put(struct buf *b, const struct sshconf_block *k)
{
	const struct ssh_server *s = k->server;

	mark_put(b, k->place, s);
	if (k->alias != NULL)
		(void)buf_addf(b,
			       "\nHost %s\n\tHostName %s\n\tPort %u\n"
			       "\tUser %s\n",
			       k->alias, s->host, s->port, s->user);
	else
		(void)buf_addf(b, "\nMatch originalhost %s user %s\n", s->host,
			       s->user);
	(void)buf_adds(b, "\tIdentityFile \"");
	sshconf_path(str_c(k->key), b);
	(void)buf_adds(b, "\"\n\tIdentitiesOnly yes\n" MARK_END "\n");
}

/* Before the first Host or Match, and before the comment that describes it:
 * what stands above holds for all hosts and goes on doing so. Never within
 * another block of ours, whatever was written into that. */
static size_t
insert_at(struct str text)
{
	struct str line;
	size_t at = 0, from = 0;
	bool within = false;

	while (line_next(text, &at, &line)) {
		struct str s = line_text(line);

		if (is_section(line))
			return from;
		if (str_eq(s, STR(MARK_END)))
			within = false;
		else if (str_starts(s, STR(MARK)))
			within = true;
		else if (str_starts(s, STR("#")))
			continue;
		if (!within)
			from = at;
	}
	return text.n;
}

int
sshconf_put(struct str text, const struct sshconf_block *k, struct buf *ret)
{
	struct sshconf_found old;
	size_t from, to;
	int r = sshconf_find(text, k->place, k->server, &old);

	if (r != 0 && r != OUT_ABSENT)
		return r;
	from = r == 0 ? (size_t)(old.whole.p - text.p) : insert_at(text);
	to = r == 0 ? from + old.whole.n : from;
	(void)buf_addstr(ret, str_sub(text, 0, from));
	if (r == OUT_ABSENT && from > 0 && text.p[from - 1] != '\n')
		(void)buf_addc(ret, '\n');
	block_put(ret, k);
	(void)buf_addstr(ret, str_sub(text, to, SIZE_MAX));
	return buf_err(ret);
}
