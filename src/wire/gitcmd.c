#include "wire/gitcmd.h"

#include "base/out.h"

#include <string.h>

#define PKTLINE_HEAD 4

const char *
git_service_name(enum git_service service)
{
	switch (service) {
	case GIT_UPLOAD_PACK:
		return "git-upload-pack";
	case GIT_RECEIVE_PACK:
		return "git-receive-pack";
	case GIT_UPLOAD_ARCHIVE:
		return "git-upload-archive";
	case GIT_SERVICES:
		break;
	}
	return "";
}

static bool
is_alnum(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
	       (c >= 'A' && c <= 'Z');
}

static bool
is_control(char c)
{
	return (unsigned char)c < ' ' || c == 0x7f;
}

/* "git-upload-pack arg", "git upload-pack arg": the word, and what follows. */
static int
read_verb(struct str command, enum git_service *ret, struct str *ret_rest)
{
	struct str rest = str_sub(command, 4, SIZE_MAX);

	if (!str_starts(command, STR("git-")) &&
	    !str_starts(command, STR("git ")))
		return OUT_UNSUPPORTED;
	for (int i = 0; i < GIT_SERVICES; i++) {
		enum git_service service = (enum git_service)i;
		struct str word = str_c(git_service_name(service) + 4);

		if (!str_starts(rest, word))
			continue;
		rest = str_sub(rest, word.n, SIZE_MAX);
		if (rest.n > 0 && rest.p[0] != ' ')
			return OUT_UNSUPPORTED;
		*ret = service;
		*ret_rest = rest;
		return 0;
	}
	return OUT_UNSUPPORTED;
}

/* What a shell would take for more than itself outside quotes. */
static bool
is_special(char c)
{
	return strchr("\"#$&()*;<=>?[]`{|}~!", c) != NULL;
}

/* The bytes between quotes, up to their end, without the quotes. */
static int
read_quoted(struct str *rest, struct buf *ret)
{
	char quote = rest->p[0];
	struct str inner, tail;

	if (!str_cut(str_sub(*rest, 1, SIZE_MAX), quote, &inner, &tail))
		return OUT_MALFORMED;
	for (size_t i = 0; quote == '"' && i < inner.n; i++)
		if (strchr("$`\\!", inner.p[i]) != NULL)
			return OUT_MALFORMED;
	*rest = tail;
	return buf_addstr(ret, inner);
}

/* One argument as sh would read it. */
static int
read_argument(struct str *rest, struct buf *ret)
{
	while (rest->n > 0 && rest->p[0] != ' ') {
		char c = rest->p[0];
		size_t escaped = c == '\\' ? 1 : 0;
		int r;

		if (c == '\'' || c == '"') {
			r = read_quoted(rest, ret);
		} else {
			if (escaped >= rest->n || (!escaped && is_special(c)))
				return OUT_MALFORMED;
			r = buf_addc(ret, rest->p[escaped]);
			*rest = str_sub(*rest, escaped + 1, SIZE_MAX);
		}
		if (r != 0)
			return r;
	}
	return 0;
}

static struct str
skip_blanks(struct str s)
{
	while (s.n > 0 && s.p[0] == ' ')
		s = str_sub(s, 1, SIZE_MAX);
	return s;
}

int
gitcmd_parse(struct str command, struct gitcmd *ret)
{
	CLEAN(buf_clear) struct buf arg = BUF_INIT_MAX(GITCMD_MAX);
	struct gitcmd cmd = {.service = GIT_SERVICES};
	struct str rest;
	int r;

	if (command.n > GITCMD_MAX)
		return OUT_TOO_LARGE;
	r = read_verb(command, &cmd.service, &rest);
	if (r != 0)
		return r;
	for (size_t i = 0; i < rest.n; i++)
		if (is_control(rest.p[i]))
			return OUT_MALFORMED;
	rest = skip_blanks(rest);
	if (rest.n == 0)
		return OUT_MALFORMED;
	r = read_argument(&rest, &arg);
	if (r == 0 && skip_blanks(rest).n > 0)
		r = OUT_MALFORMED;
	if (r == 0)
		r = gitcmd_path(buf_str(&arg), &cmd);
	if (r == 0)
		*ret = cmd;
	return r;
}

bool
gitcmd_is_protocol(struct str s)
{
	if (s.n > GITCMD_PROTOCOL_MAX || !str_starts(s, STR("version=")))
		return false;
	for (size_t i = 0; i < s.n; i++)
		if (!(s.p[i] >= '0' && s.p[i] <= '9') &&
		    !(s.p[i] >= 'a' && s.p[i] <= 'z') && s.p[i] != '=' &&
		    s.p[i] != ':')
			return false;
	return true;
}

/* The first byte keeps out options, "." and "..". */
static bool
is_name(struct str s)
{
	if (s.n == 0 || s.n > GITCMD_NAME_MAX ||
	    (!is_alnum(s.p[0]) && s.p[0] != '_'))
		return false;
	for (size_t i = 1; i < s.n; i++)
		if (!is_alnum(s.p[i]) && s.p[i] != '_' && s.p[i] != '.' &&
		    s.p[i] != '-')
			return false;
	return true;
}

static void
keep(struct str name, char ret[GITCMD_NAME_MAX + 1])
{
	memcpy(ret, name.p, name.n);
	ret[name.n] = '\0';
}

int
gitcmd_path(struct str path, struct gitcmd *ret)
{
	struct str account, repo;

	if (path.n > GITCMD_PATH_MAX)
		return OUT_ABSENT;
	if (str_starts(path, STR("/")))
		path = str_sub(path, 1, SIZE_MAX);
	if (str_ends(path, STR("/")))
		path = str_sub(path, 0, path.n - 1);
	if (str_ends(path, STR(".git")))
		path = str_sub(path, 0, path.n - 4);
	if (!str_cut(path, '/', &account, &repo) || !is_name(account) ||
	    !is_name(repo))
		return OUT_ABSENT;
	keep(account, ret->account);
	keep(repo, ret->repo);
	return 0;
}

void
pktline_put(struct buf *b, struct str text)
{
	text = str_sub(text, 0, PKTLINE_MAX - PKTLINE_HEAD);
	(void)buf_addf(b, "%04zx", text.n + PKTLINE_HEAD);
	(void)buf_addstr(b, text);
}

void
pktline_flush(struct buf *b)
{
	(void)buf_adds(b, "0000");
}

void
pktline_err(struct buf *b, struct str text)
{
	size_t from = b->n, i = 0;
	char head[PKTLINE_HEAD + 1];

	(void)buf_adds(b, "0000ERR ");
	while (i < text.n && buf_err(b) == 0) {
		size_t at = i;
		struct str one;

		(void)str_utf8(text, &i);
		one = str_sub(text, at, i - at);
		if (!str_is_text(one))
			one = STR("?");
		if (b->n - from + one.n > PKTLINE_MAX)
			break;
		(void)buf_addstr(b, one);
	}
	if (buf_err(b) != 0)
		return;
	(void)snprintf(head, sizeof(head), "%04zx", b->n - from);
	memcpy(b->p + from, head, PKTLINE_HEAD);
}
