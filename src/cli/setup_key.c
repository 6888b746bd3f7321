/* Setting up a deploy host: folder, key pair, agent. */
#include "cli/child.h"
#include "cli/setup.h"

#include "base/i18n.h"

#include <errno.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PUBLIC_MAX (64 * KIB)
#define OUTPUT_MAX (1 * MIB)
#define RSA_BITS   "3072"
#define OTHERS	   077

/* ssh looks into the home of the password file, whatever HOME says. */
static void
home_warn(const char *home)
{
	const struct passwd *pw = getpwuid(getuid());

	if (pw != NULL && strcmp(pw->pw_dir, home) != 0)
		fprintf(stderr,
			_("Hint: HOME is %s, but ssh looks into %s/.ssh.\n"),
			home, pw->pw_dir);
}

int
setup_dir(struct setup *s)
{
	const char *home = getenv("HOME");
	struct note *note = &s->cli->note;
	struct stat st;

	if (home == NULL || home[0] != '/')
		return note_set(note, OUT_ABSENT, _("HOME says no directory"));
	(void)buf_addf(&s->dir, "%s/.ssh", home);
	if (buf_err(&s->dir) != 0)
		return buf_err(&s->dir);
	if (!sshconf_is_path(buf_str(&s->dir)))
		return note_set(note, OUT_UNSUPPORTED,
				_("%s cannot be written into ssh's "
				  "configuration"),
				s->dir.p);
	home_warn(home);
	if (mkdir(s->dir.p, 0700) == 0) {
		print_step(s->cli, _("Made %s (0700).\n"), s->dir.p);
		s->changed = true;
		return 0;
	}
	if (errno != EEXIST || stat(s->dir.p, &st) != 0 || !S_ISDIR(st.st_mode))
		return note_set(note, OUT_DENIED, _("cannot make %s: %s"),
				s->dir.p, strerror(errno));
	if ((st.st_mode & OTHERS) == 0)
		return 0;
	if (chmod(s->dir.p, 0700) != 0)
		return note_set(note, OUT_DENIED,
				_("others may look into %s, and that cannot be "
				  "changed: %s"),
				s->dir.p, strerror(errno));
	print_step(s->cli,
		   _("Changed %s to 0700: others could look into it.\n"),
		   s->dir.p);
	s->changed = true;
	return 0;
}

static bool
is_there(const char *path)
{
	struct stat st;

	return lstat(path, &st) == 0;
}

/* Is this file the key of another repository's block? Two teams may have a
 * repository of the same name. */
static int
is_anothers(struct setup *s, const struct buf *key, bool *ret)
{
	CLEAN(buf_clear) struct buf path = BUF_INIT;
	CLEAN(buf_clear) struct buf text = BUF_INIT;
	CLEAN(buf_clear) struct buf want = BUF_INIT;
	CLEAN(buf_clear) struct buf place = BUF_INIT;
	struct sshconf_found own;
	int r = setup_config_read(s, &path, &text);

	*ret = false;
	if (r != 0)
		return r;
	(void)buf_addf(&place, "%s/%s", s->place.account, s->place.name);
	if (sshconf_find(buf_str(&text), place.p, &s->server, &own) == 0)
		return 0; /* it has been chosen before */
	(void)buf_adds(&want, "IdentityFile \"");
	sshconf_path(buf_str(key), &want);
	(void)buf_addc(&want, '"');
	*ret = memmem(text.p, text.n, want.p, want.n) != NULL;
	return buf_err(&want);
}

/* The file that an earlier run chose. */
static int
key_chosen(struct setup *s)
{
	CLEAN(buf_clear) struct buf path = BUF_INIT;
	CLEAN(buf_clear) struct buf text = BUF_INIT;
	CLEAN(buf_clear) struct buf place = BUF_INIT;
	struct sshconf_found own;
	int r = setup_config_read(s, &path, &text);

	(void)buf_addf(&place, "%s/%s", s->place.account, s->place.name);
	if (r == 0)
		r = sshconf_find(buf_str(&text), place.p, &s->server, &own);
	if (r == OUT_MALFORMED)
		return note_set(
		    &s->cli->note, r,
		    _("a block of ours in %s has no end: mend it by "
		      "hand"),
		    path.p);
	if (r != 0)
		return r == OUT_ABSENT ? 0 : r;
	for (size_t i = 0; i < own.key.n; i++) {
		(void)buf_addc(&s->key, own.key.p[i]);
		i += own.key.p[i] == '%' ? 1 : 0;
	}
	return buf_err(&s->key);
}

static int
key_choose(struct setup *s)
{
	struct str given = str_c(s->given_key);
	bool anothers = false;
	int r = 0;

	if (given.n > 0) {
		if (str_ends(given, STR(".pub")))
			given.n -= STR(".pub").n;
		r = buf_addstr(&s->key, given);
	} else {
		r = key_chosen(s);
	}
	if (r == 0 && s->key.n == 0) {
		(void)buf_addf(&s->key, "%s/id_latchkey_%s", s->dir.p,
			       s->place.name);
		r = is_anothers(s, &s->key, &anothers);
	}
	if (r == 0 && anothers) {
		buf_reset(&s->key);
		(void)buf_addf(&s->key, "%s/id_latchkey_%s_%s", s->dir.p,
			       s->place.account, s->place.name);
	}
	(void)buf_addf(&s->pub, "%s.pub", s->key.p);
	if (r == 0)
		r = buf_err(&s->key) != 0 ? buf_err(&s->key) : buf_err(&s->pub);
	if (r == 0 && !sshconf_is_path(buf_str(&s->key)))
		return note_set(&s->cli->note, OUT_UNSUPPORTED,
				_("a key file of this name cannot be written "
				  "into ssh's configuration"));
	return r;
}

/* Whoever leaves the question empty has not got what was asked for. */
static int
passphrase_check(struct setup *s)
{
	CLEAN(buf_clear) struct buf out = BUF_INIT_MAX(OUTPUT_MAX);
	const char *const argv[] = {"ssh-keygen", "-y",	    "-P", "",
				    "-f",	  s->key.p, NULL};
	struct child child = {.argv = argv, .out = &out, .quiet = true};
	int status = 0;
	int r = child_run(&child, &status, &s->cli->note);

	if (r != 0 || status != 0)
		return r;
	(void)unlink(s->key.p);
	(void)unlink(s->pub.p);
	return note_set(&s->cli->note, OUT_MALFORMED,
			_("no pass phrase was given: no key was made"));
}

static int
key_make(struct setup *s)
{
	bool rsa = s->type != NULL && strcmp(s->type, "rsa") == 0;
	const char *argv[16] = {
	    "ssh-keygen", "-q",	    "-t", rsa ? "rsa" : "ed25519",
	    "-C",	  s->label, "-f", s->key.p};
	struct child child = {.argv = argv, .asks = s->passphrase};
	size_t n = 8;
	int status = 0, r;

	if (rsa) {
		argv[n++] = "-b";
		argv[n++] = RSA_BITS;
	}
	if (!s->passphrase) {
		argv[n++] = "-N";
		argv[n++] = "";
	}
	argv[n] = NULL;
	r = child_run(&child, &status, &s->cli->note);
	if (r != 0)
		return r;
	if (status != 0)
		return note_set(&s->cli->note, OUT_UNSUPPORTED,
				_("ssh-keygen failed with status %d"), status);
	r = s->passphrase ? passphrase_check(s) : 0;
	if (r == 0)
		print_step(s->cli, _("Made the key pair %s.\n"), s->key.p);
	s->changed = true;
	return r;
}

/* As the seed does: both halves for their owner only. */
static int
mode_set(struct setup *s, const char *path)
{
	struct stat st;

	if (stat(path, &st) != 0)
		return 0;
	if (!S_ISREG(st.st_mode))
		return note_set(&s->cli->note, OUT_UNSUPPORTED,
				_("%s is not a file"), path);
	if ((st.st_mode & 07777) == 0600)
		return 0;
	if (chmod(path, 0600) != 0)
		return note_set(&s->cli->note, OUT_DENIED,
				_("cannot change %s to 0600: %s"), path,
				strerror(errno));
	s->changed = true;
	return 0;
}

/* From the file beside it, or out of the private one by ssh-keygen. */
static int
public_read(struct setup *s)
{
	CLEAN(buf_clear) struct buf out = BUF_INIT_MAX(OUTPUT_MAX);
	const char *const argv[] = {"ssh-keygen", "-y", "-f", s->key.p, NULL};
	struct child child = {.argv = argv, .out = &out, .asks = true};
	enum sshkey_why why = SSHKEY_FINE;
	int status = 0, r;

	r = is_there(s->pub.p)
		? file_read(s->pub.p, PUBLIC_MAX, &out, &s->cli->note)
		: child_run(&child, &status, &s->cli->note);
	if (r == 0 && status != 0)
		return note_set(
		    &s->cli->note, OUT_MALFORMED,
		    _("%s is no private key that ssh-keygen can read"),
		    s->key.p);
	if (r == 0)
		r = sshkey_join(buf_str(&out), &s->line);
	if (r == 0)
		r = sshkey_parse(buf_str(&s->line), &s->parsed, &why);
	return r > 0 && why != SSHKEY_FINE
		   ? note_set(&s->cli->note, r, "%.90s: %s", s->pub.p,
			      _(sshkey_why_text(why)))
		   : r;
}

int
setup_key(struct setup *s)
{
	int r = key_choose(s);

	if (r != 0)
		return r;
	if (!is_there(s->key.p)) {
		if (s->given_key != NULL)
			return note_set(
			    &s->cli->note, OUT_ABSENT,
			    _("%s is not there; without --key a new "
			      "one is made"),
			    s->key.p);
		if (is_there(s->pub.p))
			return note_set(
			    &s->cli->note, OUT_CONFLICT,
			    _("%s is there without its private half; "
			      "nothing is overwritten"),
			    s->pub.p);
		r = key_make(s);
	} else {
		print_step(s->cli, _("Using the key %s.\n"), s->key.p);
	}
	if (r == 0)
		r = mode_set(s, s->key.p);
	if (r == 0 && s->given_key == NULL)
		r = mode_set(s, s->pub.p);
	return r != 0 ? r : public_read(s);
}

int
setup_show(struct setup *s)
{
	CLEAN(buf_clear) struct buf art = BUF_INIT;
	struct str blob = {(const char *)s->parsed.blob, s->parsed.blob_len};
	struct str word = sshkey_type_word(s->parsed.type);
	int r = sshkey_fingerprint(blob, s->fingerprint);

	if (r == 0)
		r = sshkey_randomart(blob, word, s->parsed.bits, &art);
	if (r != 0)
		return r;
	print_step(s->cli, "%u %s %s (%.*s)\n%s", s->parsed.bits,
		   s->fingerprint, s->parsed.comment, STR_ARG(word), art.p);
	return 0;
}

static void
agent_advise(const struct setup *s)
{
	print_step(
	    s->cli,
	    _("No ssh-agent can be reached. Without a pass phrase the key "
	      "works without one;\nto have one for this shell:\n"
	      "    ssh-agent /bin/bash\n    ssh-add %s\n"),
	    s->key.p);
}

int
setup_agent(struct setup *s)
{
	CLEAN(buf_clear) struct buf list = BUF_INIT_MAX(OUTPUT_MAX);
	const char *const list_argv[] = {"ssh-add", "-l", NULL};
	const char *const add_argv[] = {"ssh-add", s->key.p, NULL};
	struct child lister = {.argv = list_argv, .out = &list, .quiet = true};
	struct child adder = {.argv = add_argv, .asks = true};
	int status = 0;
	int r = child_run(&lister, &status, &s->cli->note);

	if (r != 0)
		return r;
	if (status > 1) {
		agent_advise(s);
		return 0;
	}
	if (memmem(list.p, list.n, s->fingerprint, strlen(s->fingerprint)) !=
	    NULL) {
		print_step(s->cli, _("The ssh-agent has it.\n"));
		return 0;
	}
	r = child_run(&adder, &status, &s->cli->note);
	if (r != 0)
		return r;
	if (status != 0) {
		/* The key works out of its file, too. */
		fprintf(stderr,
			_("Hint: ssh-add failed, so the ssh-agent does "
			  "not have the key. Once more: ssh-add %s\n"),
			s->key.p);
		return 0;
	}
	print_step(s->cli, _("Added it to the ssh-agent.\n"));
	s->changed = true;
	return 0;
}
