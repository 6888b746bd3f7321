/* keypair create and import: how a pair comes to be, and where its private half
 * goes. */
#include "cli/child.h"
#include "cli/pairs.h"

#include "base/i18n.h"
#include "base/sanitized.h"

#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#define ED25519_BITS 256
#define BITS_MAX     3 /* kinds of one type */

enum {
	CREATE_TYPE,
	CREATE_BITS,
	CREATE_FORMAT,
	CREATE_OUT,
	CREATE_PASSPHRASE,
	CREATE_PROJECT
};
const struct opt keypair_create_opts[KEYPAIR_CREATE_OPTS] = {
    {"type", 't', OPT_TEXT, "TYPE", N_("ed25519 (default), rsa or ecdsa")},
    {"bits", 'b', OPT_NUMBER, "N",
     N_("rsa: 2048, 3072 (default) or 4096; ecdsa: 256 (default) or 384")},
    {"format", 0, OPT_TEXT, "FORMAT",
     N_("of the private key: openssh (default) or pem")},
    {"out", 0, OPT_TEXT, "FILE|-",
     N_("where the private key goes; default: ./NAME.pem")},
    {"passphrase", 0, OPT_FLAG, NULL,
     N_("ask for a pass phrase; it never leaves this machine")},
    {"project", 'p', OPT_TEXT, "[TEAM/]PROJECT",
     N_("whose; without it, the project 'default'")},
};
enum { IMPORT_KEY, IMPORT_PROJECT };
const struct opt keypair_import_opts[KEYPAIR_IMPORT_OPTS] = {
    {"key", 'k', OPT_TEXT, "FILE|-",
     N_("the public key; without it, it is pasted into the terminal")},
    {"project", 'p', OPT_TEXT, "[TEAM/]PROJECT",
     N_("whose; without it, the project 'default'")},
};

static const struct {
	const char *name;
	uint64_t bits[BITS_MAX]; /* the first is the default */
} types[] = {
    {"ed25519", {ED25519_BITS}},
    {"rsa", {3072, 2048, 4096}},
    {"ecdsa", {256, 384}},
};

struct making {
	struct cli *cli;
	const struct args *a;
	const char *name, *out;
	bool to_stdout;
	struct rest project;
	struct buf phrase, answer, pair_text;
	struct buf path, word; /* of the file; as a shell takes it */
	struct keyout file;
	struct json *pair;
};

static bool
is_one_of(const uint64_t *bits, uint64_t n)
{
	for (size_t i = 0; i < BITS_MAX; i++)
		if (bits[i] != 0 && bits[i] == n)
			return true;
	return false;
}

static int
type_check(struct cli *cli, const struct args *a)
{
	const char *type = a->v[CREATE_TYPE].text;

	for (size_t i = 0; i < nitems(types); i++)
		if (strcmp(type != NULL ? type : types[0].name,
			   types[i].name) == 0)
			return !a->v[CREATE_BITS].given ||
				       is_one_of(types[i].bits,
						 a->v[CREATE_BITS].number)
				   ? 0
				   : usage_set(cli,
					       _("%s keys of this length are "
						 "not made"),
					       types[i].name);
	return usage_set(cli, _("--type is ed25519, rsa or ecdsa"));
}

static int
options_check(struct cli *cli, const struct args *a)
{
	const char *format = a->v[CREATE_FORMAT].text;
	const char *out = a->v[CREATE_OUT].text;
	bool pem = format != NULL && strcmp(format, "pem") == 0;
	int r = keypair_name_check(cli, a->rest[0]);

	if (r == 0)
		r = type_check(cli, a);
	if (r != 0)
		return r;
	if (format != NULL && !pem && strcmp(format, "openssh") != 0)
		return usage_set(cli, _("--format is openssh or pem"));
	if (pem && a->v[CREATE_PASSPHRASE].given)
		return usage_set(cli,
				 _("a pass phrase needs --format openssh: what "
				   "PEM has to guard one is weak"));
	if (out != NULL && out[0] == '\0')
		return usage_set(cli, _("--out is empty"));
	if (cli->json && out != NULL && strcmp(out, "-") == 0)
		return usage_set(cli,
				 _("standard output takes the private key or "
				   "JSON, not both"));
	return 0;
}

/* A private key will be in this process. */
static void
memory_close(void)
{
	const struct rlimit none = {0, 0};

	(void)setrlimit(RLIMIT_CORE, &none);
	if (!SANITIZED)
		(void)prctl(PR_SET_DUMPABLE, 0);
}

static void
body_write(const struct making *m, struct buf *body)
{
	const struct opt_value *v = m->a->v;
	struct jw w = JW(body);

	jw_object(&w, NULL);
	jw_c(&w, "name", m->name);
	if (v[CREATE_TYPE].given)
		jw_c(&w, "type", v[CREATE_TYPE].text);
	if (v[CREATE_BITS].given)
		jw_int(&w, "bits", (int64_t)v[CREATE_BITS].number);
	if (v[CREATE_FORMAT].given)
		jw_c(&w, "format", v[CREATE_FORMAT].text);
	jw_end(&w);
}

/* What to do when it is not known what the server did, or known too well. */
static void
lost_advise(const struct making *m)
{
	fprintf(stderr,
		_("Nothing was written. Without its private key the pair is of "
		  "no use; look for\nit, delete it if it is there, and make it "
		  "again:\n"
		  "    latchkey keypair list --search %s%s\n"
		  "    latchkey keypair delete %s%s\n"
		  "    latchkey keypair create %s%s\n"),
		m->name, m->project.again, m->name, m->project.again, m->name,
		m->project.again);
}

static int
lost(struct making *m, int r)
{
	lost_advise(m);
	return note_set(&m->cli->note, r > 0 ? r : OUT_BUSY,
			_("the answer ended early, so the key pair is dead: "
			  "nobody has the whole of its private key"));
}

static int
no_answer(struct making *m, int r)
{
	char why[120];

	(void)snprintf(why, sizeof(why), "%.100s", m->cli->note.text);
	lost_advise(m);
	return note_set(&m->cli->note, r,
			_("%s. It is not known whether a key pair was made"),
			why);
}

static int
server_ask(struct making *m, struct str *ret_key)
{
	CLEAN(buf_clear) struct buf path = BUF_INIT;
	CLEAN(buf_clear) struct buf body = BUF_INIT;
	struct ask ask = {"POST", NULL, STR_NONE};
	int status = CLIENT_NOT_ASKED;
	int r = rest_path(&m->project, "keypairs", NULL, NULL, &path);

	body_write(m, &body);
	if (r == 0)
		r = buf_err(&body);
	if (r != 0)
		return r;
	ask.path = path.p;
	ask.body = buf_str(&body);
	r = client_call(m->cli, &ask, &m->answer, &status);
	if (r != 0)
		return status == CLIENT_NO_ANSWER ? no_answer(m, r)
		       : status / 100 == 2	  ? lost(m, r)
						  : r;
	r = madekey_split(&m->answer, ret_key, &m->pair_text);
	if (r == 0)
		r = json_parse(buf_str(&m->pair_text), &m->pair, NULL);
	return r != 0 ? lost(m, r) : 0;
}

/* The key cannot be kept: the pair would only be in the way. */
static int
undo(struct making *m, int r)
{
	CLEAN(buf_clear) struct buf path = BUF_INIT;
	CLEAN(buf_clear) struct buf id = BUF_INIT;
	struct note why = m->cli->note;
	struct ask ask = {"DELETE", NULL, STR_NONE};

	(void)buf_addstr(&id, json_text(m->pair, "id"));
	if (rest_path(&m->project, "keypairs", id.p, NULL, &path) != 0 ||
	    id.n == 0)
		return r;
	ask.path = path.p;
	if (client_call(m->cli, &ask, NULL, NULL) == 0)
		fprintf(stderr,
			_("The key pair '%s' has been deleted again.\n"),
			m->name);
	else
		lost_advise(m);
	m->cli->note = why;
	return r;
}

/* Lost is lost, so a key is kept even without what was to guard it. */
static int
key_keep(struct making *m, struct str key)
{
	CLEAN(buf_clear) struct buf sealed = BUF_INIT;
	int sealing = 0, r;

	if (m->phrase.n > 0)
		sealing =
		    passphrase_set(m->cli, key, buf_str(&m->phrase), &sealed);
	if (sealing == 0 && m->phrase.n > 0)
		key = buf_str(&sealed);
	r = keyout_write(m->cli, &m->file, key);
	if (r != 0)
		return undo(m, r);
	if (sealing != 0 && !m->to_stdout)
		fprintf(stderr,
			_("The key pair was made, but its private key is in "
			  "%s WITHOUT a pass phrase.\nSet one: ssh-keygen -p "
			  "-f %s\n"),
			m->word.p, m->word.p);
	return sealing;
}

/* The seed's two warnings, and what comes next. */
static void
next_say(FILE *f, const struct making *m)
{
	fprintf(f, _("\nThis was the only time that the private key is handed "
		     "out. Nobody keeps a copy\nof it: when it is lost, it "
		     "cannot be recovered. Keep it in a safe place.\n"));
	fprintf(f,
		_("\nApply the pair to a new server, and log in to it:\n\n"
		  "    latchkey server create NAME --keypair %s%s\n"
		  "    ssh -i %s debian@NAME\n"),
		m->name, m->project.again,
		m->to_stdout ? _("FILE") : m->word.p);
}

static int
made_json(const struct making *m)
{
	CLEAN(buf_clear) struct buf text = BUF_INIT;
	struct jw w = JW(&text);
	const struct json *value;
	struct str name;
	void *iter = NULL;

	jw_object(&w, NULL);
	while (json_each(m->pair, &iter, &name, &value)) {
		jw_key(&w, name);
		jw_json(&w, NULL, value);
	}
	jw_c(&w, "file", m->out);
	jw_end(&w);
	return rest_print(&text);
}

static int
made_show(const struct making *m)
{
	if (m->cli->json)
		return made_json(m);
	if (m->to_stdout) {
		fprintf(stderr, _("Key pair %s, %.*s\n"), m->name,
			STR_ARG(rest_word(m->pair, "fingerprint_sha256")));
		next_say(stderr, m);
		return 0;
	}
	keypair_show(m->pair);
	print_pair(_("Private key"), str_c(m->out));
	next_say(stdout, m);
	printf(_("\nOK\n"));
	return 0;
}

static int
interrupted(struct making *m)
{
	return note_set(&m->cli->note, OUT_BUSY,
			_("interrupted: no key pair was made"));
}

static int
making_run(struct making *m)
{
	struct str key;
	int r = rest_project(m->cli, m->a->v[CREATE_PROJECT].text, &m->project);

	if (r == 0 && m->a->v[CREATE_PASSPHRASE].given)
		r = passphrase_ask(m->cli, &m->phrase);
	if (child_caught() != 0)
		return interrupted(m);
	if (r == 0)
		r = m->out != NULL ? buf_adds(&m->path, m->out)
				   : buf_addf(&m->path, "./%s.pem", m->name);
	m->out = m->path.p;
	if (r == 0)
		r = shell_word(m->out, &m->word);
	if (r == 0)
		r = keyout_open(m->cli, m->out, &m->file);
	if (r == 0)
		r = child_caught() != 0 ? interrupted(m) : server_ask(m, &key);
	if (r == 0)
		r = key_keep(m, key);
	return r != 0 ? r : made_show(m);
}

int
keypair_create(struct cli *cli, const struct args *a)
{
	struct making m = {
	    .cli = cli,
	    .a = a,
	    .name = a->rest[0],
	    .out = a->v[CREATE_OUT].text,
	    .path = BUF_INIT,
	    .word = BUF_INIT,
	    .phrase = BUF_INIT,
	    .answer = BUF_INIT,
	    .pair_text = BUF_INIT,
	    .file = KEYOUT_INIT,
	};
	int r = options_check(cli, a);

	if (r != 0)
		return r;
	m.to_stdout = m.out != NULL && strcmp(m.out, "-") == 0;
	memory_close();
	child_catch();
	r = making_run(&m);
	keyout_clear(&m.file);
	buf_clear(&m.path);
	buf_clear(&m.word);
	buf_clear(&m.phrase);
	buf_clear(&m.answer);
	buf_clear(&m.pair_text);
	json_free(m.pair);
	return r;
}

static int
import_body(const char *name, struct str line, struct buf *body)
{
	struct jw w = JW(body);

	jw_object(&w, NULL);
	jw_c(&w, "name", name);
	jw_str(&w, "public_key", line);
	jw_end(&w);
	return buf_err(body);
}

int
keypair_import(struct cli *cli, const struct args *a)
{
	CLEAN(buf_clear) struct buf path = BUF_INIT;
	CLEAN(buf_clear) struct buf line = BUF_INIT;
	CLEAN(buf_clear) struct buf body = BUF_INIT;
	CLEAN(json_freep) struct json *pair = NULL;
	struct rest project;
	struct sshkey key;
	int r = keypair_name_check(cli, a->rest[0]);

	if (r == 0)
		r = rest_project(cli, a->v[IMPORT_PROJECT].text, &project);
	if (r == 0)
		r = key_read(cli, a->v[IMPORT_KEY].text, &line, &key);
	if (r == 0)
		r = import_body(a->rest[0], buf_str(&line), &body);
	if (r == 0)
		r = rest_path(&project, "keypairs", NULL, NULL, &path);
	if (r == 0)
		r = rest_send(cli, "POST", path.p, &body, &pair);
	if (r != 0)
		return r;
	if (cli->json) {
		print_json(pair);
		return 0;
	}
	keypair_show(pair);
	printf(_("\nOK\n"));
	return 0;
}
