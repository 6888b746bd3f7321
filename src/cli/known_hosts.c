/* Lines of known_hosts(5): host, type, base64. */
#include "cli/sshconf.h"
#include "wire/sshkey.h"

#include "base/i18n.h"

#include <stdio.h>
#include <string.h>

struct entry {
	bool revoked, skip;
	struct str host, type, blob;
};

static struct str
word_next(struct str *rest)
{
	struct str s = str_trim(*rest);
	size_t n = 0;

	while (n < s.n && s.p[n] != ' ' && s.p[n] != '\t')
		n++;
	*rest = str_sub(s, n, SIZE_MAX);
	return str_sub(s, 0, n);
}

static struct entry
entry_of(struct str line)
{
	struct entry e = {.skip = false};

	if (str_ends(line, STR("\r")))
		line.n--;
	e.host = word_next(&line);
	if (str_starts(e.host, STR("@"))) {
		e.revoked = str_eq(e.host, STR("@revoked"));
		e.skip = !e.revoked;
		e.host = word_next(&line);
	}
	e.type = word_next(&line);
	e.blob = word_next(&line);
	e.skip = e.skip || e.host.n == 0 || e.host.p[0] == '#';
	return e;
}

static bool
is_same(const struct entry *a, const struct entry *b)
{
	return str_eq(a->type, b->type) && str_eq(a->blob, b->blob);
}

/* Is there a line of this type, and one with this very key? */
static void
look_for(struct str lines, const struct entry *key, bool *ret_type,
	 bool *ret_same, bool *ret_revoked)
{
	struct str line;

	*ret_type = *ret_same = *ret_revoked = false;
	while (lines.n > 0 && str_next(&lines, '\n', &line)) {
		struct entry e = entry_of(line);

		if (e.skip)
			continue;
		if (e.revoked) {
			*ret_revoked = *ret_revoked || is_same(&e, key);
			continue;
		}
		*ret_type = *ret_type || str_eq(e.type, key->type);
		*ret_same = *ret_same || is_same(&e, key);
	}
}

/* Nothing but a plain line of this server goes into the user's file: a pattern
 * would speak for others. */
static int
offered_check(const struct entry *e, struct str host)
{
	CLEAN(buf_clear) struct buf line = BUF_INIT;
	enum sshkey_why why;
	struct sshkey key;

	if (e->skip || e->revoked || !str_eq(e->host, host))
		return OUT_MALFORMED;
	/* All of it: a format would end at a NUL, and the rest be unseen. */
	(void)buf_addstr(&line, e->type);
	(void)buf_addc(&line, ' ');
	(void)buf_addstr(&line, e->blob);
	if (buf_err(&line) != 0)
		return buf_err(&line);
	return sshkey_parse(buf_str(&line), &key, &why);
}

/* Does any known key of this type belong to the server still? With rotation it
 * has two of a type for a while. */
static bool
any_offered(struct str known, struct str offered, struct str type)
{
	struct str line;

	while (known.n > 0 && str_next(&known, '\n', &line)) {
		struct entry e = entry_of(line);
		bool has_type, has_same, revoked;

		if (e.skip || e.revoked || !str_eq(e.type, type))
			continue;
		look_for(offered, &e, &has_type, &has_same, &revoked);
		if (has_same)
			return true;
	}
	return false;
}

static int
one_missing(const struct entry *e, struct str known, struct str offered,
	    struct buf *ret, struct note *note)
{
	bool has_type, has_same, revoked;

	look_for(known, e, &has_type, &has_same, &revoked);
	if (revoked)
		return note_set(note, OUT_CONFLICT,
				_("the server's %.*s key is revoked in your "
				  "known_hosts"),
				STR_ARG(e->type));
	if (has_same)
		return 0;
	if (has_type && !any_offered(known, offered, e->type))
		return note_set(
		    note, OUT_CONFLICT,
		    _("known_hosts has another %.*s key for %.*s than "
		      "the server says it has. If that is right, "
		      "forget the old one: ssh-keygen -R '%.*s'"),
		    STR_ARG(e->type), STR_ARG(e->host), STR_ARG(e->host));
	return buf_addf(ret, "%.*s %.*s %.*s\n", STR_ARG(e->host),
			STR_ARG(e->type), STR_ARG(e->blob));
}

int
known_hosts_missing(struct str known, struct str offered,
		    const struct ssh_server *server, struct buf *ret,
		    struct note *note)
{
	CLEAN(buf_clear) struct buf host = BUF_INIT;
	CLEAN(buf_clear) struct buf lines = BUF_INIT;
	struct str rest = offered, line;
	size_t n = 0;
	int r = 0;

	ssh_server_known(server, &host);
	while (r == 0 && rest.n > 0 && str_next(&rest, '\n', &line)) {
		struct entry e = entry_of(line);

		if (str_trim(line).n == 0)
			continue;
		r = offered_check(&e, buf_str(&host));
		if (r > 0)
			return note_set(
			    note, OUT_MALFORMED,
			    _("the server's list of host keys is not "
			      "one for %s"),
			    host.p);
		if (r == 0)
			r = one_missing(&e, known, offered, &lines, note);
		n++;
	}
	if (r == 0 && n == 0)
		return note_set(note, OUT_MALFORMED,
				_("the server's list of host keys is empty"));
	return r != 0 ? r : buf_addstr(ret, buf_str(&lines));
}
