/* Public keys, out of files and pastes. */
#include "cli/git.h"

#include "base/i18n.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#define PASTE_MAX (64 * KIB)

static size_t
lines_of(struct str text)
{
	struct str line;
	size_t n = 0;

	while (str_next(&text, '\n', &line))
		n += str_trim(line).n > 0;
	return n;
}

/* Who names id_rsa means id_rsa.pub. */
static bool
has_pub(const char *file)
{
	CLEAN(buf_clear) struct buf path = BUF_INIT;
	struct stat st;

	return buf_addf(&path, "%s.pub", file) == 0 && stat(path.p, &st) == 0;
}

static int
refused(struct cli *cli, const char *file, enum sshkey_why why)
{
	bool named = file != NULL && strcmp(file, "-") != 0;

	if (!named)
		return note_set(&cli->note, OUT_MALFORMED, "%s",
				_(sshkey_why_text(why)));
	if (why == SSHKEY_PRIVATE && has_pub(file))
		return note_set(
		    &cli->note, OUT_MALFORMED,
		    _("%.80s is a private key: it stays where it was "
		      "made. The public half is %.80s.pub"),
		    file, file);
	return note_set(&cli->note, OUT_MALFORMED, "%.60s: %s", file,
			_(sshkey_why_text(why)));
}

int
key_read(struct cli *cli, const char *file, struct buf *ret_line,
	 struct sshkey *ret)
{
	CLEAN(buf_clear) struct buf paste = BUF_INIT;
	enum sshkey_why why = SSHKEY_FINE;
	size_t lines;
	int r = file == NULL ? prompt_paste(_("public key"), &paste, &cli->note)
			     : file_read(file, PASTE_MAX, &paste, &cli->note);

	if (r == 0)
		r = sshkey_join(buf_str(&paste), ret_line);
	if (r != 0)
		return r;
	r = sshkey_parse(buf_str(ret_line), ret, &why);
	if (r > 0)
		return refused(cli, file, why);
	lines = lines_of(buf_str(&paste));
	if (r == 0 && lines > 1)
		fprintf(stderr, _("joined %zu lines into one key\n"), lines);
	return r;
}

static void
cidrs_write(struct jw *w, const char *from)
{
	struct str rest = str_c(from), one;

	if (strcmp(from, "any") == 0) {
		jw_null(w, "allowed_cidrs");
		return;
	}
	jw_array(w, "allowed_cidrs");
	while (str_next(&rest, ',', &one))
		jw_str(w, NULL, str_trim(one));
	jw_end(w);
}

int
key_bounds(struct cli *cli, struct jw *w, const struct key_options *o)
{
	CLEAN(buf_clear) struct buf when = BUF_INIT;
	int r;

	if (o->from != NULL)
		cidrs_write(w, o->from);
	if (o->expires == NULL)
		return 0;
	if (strcmp(o->expires, "none") == 0) {
		jw_null(w, "expires_on");
		return 0;
	}
	r = when_read(o->expires, &when, &cli->note);
	if (r == 0)
		jw_str(w, "expires_on", buf_str(&when));
	return r;
}

/* What to do about the server's shortest answer. */
int
key_taken(struct cli *cli, int r)
{
	char said[128];

	if (strstr(cli->note.text, "already registered that SSH key") == NULL)
		return r;
	(void)snprintf(said, sizeof(said), "%.100s", cli->note.text);
	return note_set(&cli->note, r,
			_("%s A key is one person's, or machines': make "
			  "another pair with ssh-keygen."),
			said);
}

int
key_body(struct cli *cli, struct str line, const struct key_options *o,
	 struct buf *ret_body)
{
	struct jw w = JW(ret_body);
	int r;

	jw_object(&w, NULL);
	jw_str(&w, "key", line);
	if (o->label != NULL)
		jw_c(&w, "label", o->label);
	r = key_bounds(cli, &w, o);
	jw_end(&w);
	return r != 0 ? r : buf_err(ret_body);
}

static void
used_print(const struct json *key)
{
	CLEAN(buf_clear) struct buf text = BUF_INIT;
	char room[32];
	struct str when = when_text(json_text(key, "last_used"), room);
	struct str from = json_text(key, "last_used_from");
	struct str on = json_text(key, "last_used_on");

	if (from.n > 0 && on.n > 0)
		(void)buf_addf(&text, _("%.*s from %.*s on %.*s"),
			       STR_ARG(when), STR_ARG(from), STR_ARG(on));
	else if (from.n > 0)
		(void)buf_addf(&text, _("%.*s from %.*s"), STR_ARG(when),
			       STR_ARG(from));
	else if (on.n > 0)
		(void)buf_addf(&text, _("%.*s on %.*s"), STR_ARG(when),
			       STR_ARG(on));
	else
		(void)buf_addstr(&text, when);
	print_pair(_("Last Used"), buf_str(&text));
}

static void
cidrs_print(const struct json *list)
{
	CLEAN(buf_clear) struct buf text = BUF_INIT;
	struct str one;

	for (size_t i = 0; i < json_size(list); i++)
		if (json_str(json_at(list, i), &one))
			(void)buf_addf(&text, "%s%.*s", i > 0 ? ", " : "",
				       STR_ARG(one));
	if (text.n > 0)
		print_pair(_("From"), buf_str(&text));
}

void
key_print(const struct json *key)
{
	CLEAN(buf_clear) struct buf type = BUF_INIT;
	int64_t bits = 0, replaces;
	char when[32];

	(void)json_int(json_get(key, "key_bits"), &bits);
	(void)buf_addf(&type, "%.*s (%lld)",
		       STR_ARG(json_text(key, "key_type")), (long long)bits);
	print_pair(_("Label"), json_text(key, "label"));
	print_pair(_("Type"), buf_str(&type));
	print_pair(_("Fingerprint"), json_text(key, "fingerprint_sha256"));
	print_pair("", json_text(key, "fingerprint_md5"));
	print_pair(_("Comment"), json_text(key, "comment"));
	cidrs_print(json_get(key, "allowed_cidrs"));
	print_pair(_("Created At"),
		   when_text(json_text(key, "created_on"), when));
	print_pair(_("Expires"), when_end(json_text(key, "expires_on"), when));
	used_print(key);
	if (json_int(json_get(key, "replaces"), &replaces) && replaces != 0) {
		buf_reset(&type);
		(void)buf_addf(&type, "%lld", (long long)replaces);
		print_pair(_("Replaces"), buf_str(&type));
	}
}
