/* Setting up a deploy host: what ssh has to know about the server. */
#include "cli/child.h"
#include "cli/setup.h"

#include "base/i18n.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void
text_free(char **p)
{
	free(*p);
}

/* A file of ~/.ssh, behind whatever links; empty when it is not there. */
static int
file_of(struct setup *s, const char *name, struct buf *ret_path,
	struct buf *ret_text)
{
	CLEAN(text_free) char *real = NULL;
	int r;

	(void)buf_addf(ret_path, "%s/%s", s->dir.p, name);
	if (buf_err(ret_path) != 0)
		return buf_err(ret_path);
	real = realpath(ret_path->p, NULL);
	if (real != NULL) {
		buf_reset(ret_path);
		(void)buf_adds(ret_path, real);
	}
	r = file_read(ret_path->p, SSHCONF_MAX, ret_text, &s->cli->note);
	if (r == OUT_ABSENT) {
		s->cli->note.text[0] = '\0';
		return 0;
	}
	return r;
}

int
setup_config_read(struct setup *s, struct buf *ret_path, struct buf *ret_text)
{
	return file_of(s, "config", ret_path, ret_text);
}

/* Lines of the file for this server; names in it may be hashed, and OpenSSH's
 * own program knows how. */
static int
known_find(struct setup *s, const char *path, struct buf *ret)
{
	CLEAN(buf_clear) struct buf host = BUF_INIT;
	const char *argv[] = {"ssh-keygen", "-F", NULL, "-f", path, NULL};
	struct child child = {.argv = argv, .out = ret, .quiet = true};
	int status = 0;

	ssh_server_known(&s->server, &host);
	argv[2] = host.p;
	return buf_err(&host) != 0 ? buf_err(&host)
				   : child_run(&child, &status, &s->cli->note);
}

static int
offered_get(struct setup *s, struct buf *ret)
{
	struct ask ask = {"GET", "/site/ssh", STR_NONE};

	return client_call(s->cli, &ask, ret, NULL);
}

int
setup_known_hosts(struct setup *s)
{
	CLEAN(buf_clear) struct buf path = BUF_INIT;
	CLEAN(buf_clear) struct buf text = BUF_INIT;
	CLEAN(buf_clear) struct buf known = BUF_INIT_MAX(SSHCONF_MAX);
	CLEAN(buf_clear) struct buf offered = BUF_INIT;
	CLEAN(buf_clear) struct buf more = BUF_INIT;
	int r = file_of(s, "known_hosts", &path, &text);

	if (r == 0)
		r = offered_get(s, &offered);
	if (r == 0 && text.n > 0)
		r = known_find(s, path.p, &known);
	if (r == 0)
		r = known_hosts_missing(buf_str(&known), buf_str(&offered),
					&s->server, &more, &s->cli->note);
	if (r != 0 || more.n == 0)
		return r;
	if (text.n > 0 && text.p[text.n - 1] != '\n')
		(void)buf_addc(&text, '\n');
	(void)buf_addstr(&text, buf_str(&more));
	r = buf_err(&text) != 0
		? buf_err(&text)
		: file_replace(path.p, buf_str(&text), &s->cli->note);
	if (r != 0)
		return r;
	print_step(s->cli, _("Wrote the server's host keys into %s.\n"),
		   path.p);
	s->changed = true;
	return 0;
}

/* The server's own name, or one for this repository? Once chosen it stays,
 * unless --alias says another. */
static int
name_choose(struct setup *s, struct str text, const char *place,
	    struct buf *alias)
{
	CLEAN(buf_clear) struct buf key = BUF_INIT;
	struct sshconf_found found;
	int r = sshconf_find(text, place, &s->server, &found);

	if (r < 0 || r == OUT_MALFORMED)
		return r;
	if (s->alias != NULL)
		return buf_adds(alias, s->alias);
	if (r == 0)
		return buf_addstr(alias, found.alias);
	sshconf_path(buf_str(&s->key), &key);
	r = sshconf_plain(text, &s->server, &found);
	if (r == 0 && str_eq(found.key, buf_str(&key)))
		return buf_err(&key);
	if (r == 0 || sshconf_names(text, str_c(s->server.host)))
		sshconf_alias(text, place, alias);
	return r == OUT_ABSENT ? buf_err(alias) : r;
}

static int
clone_from(struct setup *s, const struct buf *alias, const char *place,
	   struct buf *ret)
{
	if (alias->n == 0)
		return buf_addstr(ret, buf_str(&s->url));
	return buf_addf(ret, "%s@%s:%s.git", s->server.user, alias->p, place);
}

static int
config_write(struct setup *s, const char *path, struct str old,
	     const struct sshconf_block *block)
{
	CLEAN(buf_clear) struct buf text = BUF_INIT;
	int r = sshconf_put(old, block, &text);

	if (r != 0 || str_eq(old, buf_str(&text)))
		return r;
	r = file_replace(path, buf_str(&text), &s->cli->note);
	if (r != 0)
		return r;
	print_step(s->cli, _("Wrote a block for the server into %s.\n"), path);
	s->changed = true;
	return 0;
}

int
setup_config(struct setup *s, struct buf *ret)
{
	CLEAN(buf_clear) struct buf path = BUF_INIT;
	CLEAN(buf_clear) struct buf text = BUF_INIT;
	CLEAN(buf_clear) struct buf place = BUF_INIT;
	CLEAN(buf_clear) struct buf alias = BUF_INIT;
	struct sshconf_block block = {&s->server, NULL, s->key.p, NULL};
	int r = setup_config_read(s, &path, &text);

	(void)buf_addf(&place, "%s/%s", s->place.account, s->place.name);
	if (r == 0)
		r = buf_err(&place);
	if (r == 0)
		r = name_choose(s, buf_str(&text), place.p, &alias);
	if (r == OUT_MALFORMED)
		return note_set(
		    &s->cli->note, r,
		    _("a block of ours in %s has no end: mend it by "
		      "hand"),
		    path.p);
	if (r != 0)
		return r;
	block.place = place.p;
	block.alias = alias.n > 0 ? alias.p : NULL;
	r = config_write(s, path.p, buf_str(&text), &block);
	return r != 0 ? r : clone_from(s, &alias, place.p, ret);
}
