/* access-key setup: everything that a deploy host needs, in one step. */
#include "cli/setup.h"

#include "base/i18n.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
	SETUP_LABEL,
	SETUP_KEY,
	SETUP_TYPE,
	SETUP_PASSPHRASE,
	SETUP_ALIAS,
	SETUP_EXPIRES,
	SETUP_FROM
};
static const struct opt setup_opts[] = {
    {"label", 'l', OPT_TEXT, "TEXT",
     N_("which machine it is; default: USER@HOST of this one")},
    {"key", 'k', OPT_TEXT, "FILE",
     N_("a private key that is there already; default: "
	"~/.ssh/id_latchkey_REPO, which is made")},
    {"type", 't', OPT_TEXT, "ed25519|rsa", N_("of a key that is made")},
    {"passphrase", 0, OPT_FLAG, NULL,
     N_("ask for a pass phrase for a key that is made")},
    {"alias", 0, OPT_TEXT, "NAME",
     N_("what to call the server in ssh's configuration")},
    {"expires", 0, OPT_TEXT, "WHEN",
     N_("30d, 12h, 2026-12-31, 2026-12-31T08:00:00Z; default: never")},
    {"from", 0, OPT_TEXT, "CIDR,...",
     N_("addresses and prefixes it may be used from, with commas; default: "
	"any")},
};

/* What the server says about the repository, and whether it speaks SSH. */
static int
server_ask(struct setup *s)
{
	CLEAN(json_freep) struct json *repo = NULL;
	struct str url, full, account, name;
	int r = repo_get(s->cli, &s->place, &repo);

	if (r != 0)
		return r;
	url = repo_clone_url(repo, "ssh");
	full = json_text(repo, "full_name");
	if (url.n == 0)
		return note_set(&s->cli->note, OUT_UNSUPPORTED,
				_("this server does not speak SSH"));
	if (ssh_server_parse(url, &s->server) != 0)
		return note_set(&s->cli->note, OUT_MALFORMED,
				_("the server's address for SSH is not one"));
	/* The names as they are written, however they were typed. */
	if (str_cut(full, '/', &account, &name) &&
	    str_eq_nocase(account, str_c(s->place.account)) &&
	    str_eq_nocase(name, str_c(s->place.name))) {
		memcpy(s->place.account, account.p, account.n);
		memcpy(s->place.name, name.p, name.n);
	}
	return buf_addstr(&s->url, url);
}

struct standing {
	const char *fingerprint;
	int64_t id;
};

static bool
standing_match(void *arg, const struct json *key)
{
	struct standing *st = arg;

	if (!str_eq(json_text(key, "fingerprint_sha256"),
		    str_c(st->fingerprint)))
		return true;
	(void)json_int(json_get(key, "id"), &st->id);
	return false;
}

static int
key_post(struct setup *s, const char *path)
{
	CLEAN(buf_clear) struct buf body = BUF_INIT;
	CLEAN(json_freep) struct json *key = NULL;
	struct key_options o = {s->label, s->expires, s->from};
	struct ask ask = {"POST", path, STR_NONE};
	int64_t id = 0;
	int r = key_body(s->cli, buf_str(&s->line), &o, &body);

	if (r != 0)
		return r;
	ask.body = buf_str(&body);
	r = key_taken(s->cli, client_json(s->cli, &ask, &key));
	if (r != 0)
		return r;
	(void)json_int(json_get(key, "id"), &id);
	s->id = id;
	print_step(
	    s->cli,
	    _("Registered it on %s/%s as access key %lld, label '%s'.\n"),
	    s->place.account, s->place.name, (long long)id, s->label);
	s->changed = true;
	return 0;
}

static int
key_register(struct setup *s)
{
	CLEAN(buf_clear) struct buf path = BUF_INIT;
	CLEAN(buf_clear) struct buf list = BUF_INIT;
	struct standing st = {s->fingerprint, 0};
	int r;

	(void)buf_addf(&path, "%s/deploy-keys", s->place.path);
	(void)buf_addf(&list, "%s?pagelen=100", path.p);
	r = buf_err(&path) != 0 ? buf_err(&path) : buf_err(&list);
	if (r == 0)
		r = pages_each(s->cli, list.p, NULL, standing_match, &st);
	if (r != 0)
		return r;
	if (st.id == 0)
		return key_post(s, path.p);
	s->id = st.id;
	print_step(s->cli, _("It is access key %lld on %s/%s already.\n"),
		   (long long)st.id, s->place.account, s->place.name);
	return 0;
}

static int
told_json(const struct setup *s, struct str from)
{
	CLEAN(buf_clear) struct buf text = BUF_INIT;
	CLEAN(json_freep) struct json *j = NULL;
	struct jw w = JW(&text);
	int r;

	jw_object(&w, NULL);
	jw_int(&w, "id", s->id);
	jw_c(&w, "key", s->key.p);
	jw_c(&w, "fingerprint_sha256", s->fingerprint);
	jw_str(&w, "clone", from);
	jw_bool(&w, "changed", s->changed);
	jw_end(&w);
	r = buf_err(&text) != 0 ? buf_err(&text)
				: json_parse(buf_str(&text), &j, NULL);
	if (r == 0)
		print_json(j);
	return r;
}

static int
told(const struct setup *s, struct str from)
{
	if (!s->changed)
		print_step(
		    s->cli,
		    _("All of this was in place: nothing was changed.\n"));
	if (s->cli->json)
		return told_json(s, from);
	printf("\n    git clone ");
	print_text(from);
	printf(_("\n\nOK\n"));
	return 0;
}

static int
steps(struct setup *s)
{
	CLEAN(buf_clear) struct buf from = BUF_INIT;
	int r = server_ask(s);

	if (r == 0)
		r = setup_dir(s);
	if (r == 0)
		r = setup_key(s);
	if (r == 0)
		r = setup_show(s);
	if (r == 0)
		r = setup_agent(s);
	if (r == 0)
		r = key_register(s);
	if (r == 0)
		r = setup_known_hosts(s);
	if (r == 0)
		r = setup_config(s, &from);
	if (r != 0)
		return r;
	return told(s, buf_str(&from));
}

static int
label_default(struct buf *ret)
{
	char host[HOST_NAME_MAX + 1] = "localhost";
	const char *user = getenv("USER");

	(void)gethostname(host, sizeof(host) - 1);
	return buf_addf(ret, "%s%s%s", user != NULL ? user : "",
			user != NULL ? "@" : "", host);
}

/* A whole path, since ssh will read it from anywhere. */
static int
key_given(struct cli *cli, const char *file, char **ret)
{
	if (file == NULL)
		return 0;
	*ret = realpath(file, NULL);
	return *ret != NULL
		   ? 0
		   : note_set(&cli->note, OUT_ABSENT,
			      _("%s: %s; without --key a new one is made"),
			      file, strerror(errno));
}

static int
options_check(struct cli *cli, const struct args *a)
{
	CLEAN(buf_clear) struct buf url = BUF_INIT, when = BUF_INIT;
	const char *type = a->v[SETUP_TYPE].text;
	const char *alias = a->v[SETUP_ALIAS].text;
	struct ssh_server server;
	int r = 0;

	/* Before anything is made. */
	if (a->v[SETUP_EXPIRES].given)
		r = when_read(a->v[SETUP_EXPIRES].text, &when, &cli->note);
	if (r != 0)
		return r;
	if (type != NULL && strcmp(type, "rsa") != 0 &&
	    strcmp(type, "ed25519") != 0)
		return note_set(&cli->note, OUT_MALFORMED,
				_("--type is ed25519 or rsa"));
	if (a->v[SETUP_KEY].given &&
	    (type != NULL || a->v[SETUP_PASSPHRASE].given))
		return note_set(
		    &cli->note, OUT_MALFORMED,
		    _("--type and --passphrase are for a key that is "
		      "made, --key for one that is there"));
	if (alias == NULL)
		return 0;
	(void)buf_addf(&url, "git@%s:x", alias);
	if (buf_err(&url) != 0)
		return buf_err(&url);
	return ssh_server_parse(buf_str(&url), &server) == 0
		   ? 0
		   : note_set(&cli->note, OUT_MALFORMED,
			      _("--alias is letters, digits, - _ and ."));
}

static int
access_key_setup(struct cli *cli, const struct args *a)
{
	CLEAN(buf_clear) struct buf label = BUF_INIT;
	struct setup s = {
	    .cli = cli,
	    .type = a->v[SETUP_TYPE].text,
	    .alias = a->v[SETUP_ALIAS].text,
	    .expires = a->v[SETUP_EXPIRES].text,
	    .from = a->v[SETUP_FROM].text,
	    .passphrase = a->v[SETUP_PASSPHRASE].given,
	    .url = BUF_INIT,
	    .dir = BUF_INIT,
	    .key = BUF_INIT,
	    .pub = BUF_INIT,
	    .line = BUF_INIT,
	};
	int r = options_check(cli, a);

	if (r == 0)
		r = a->v[SETUP_LABEL].given
			? buf_adds(&label, a->v[SETUP_LABEL].text)
			: label_default(&label);
	s.label = label.p;
	if (r == 0)
		r = key_given(cli, a->v[SETUP_KEY].text, &s.given_key);
	if (r == 0)
		r = place_repo(cli, a->rest[0], &s.place);
	if (r == 0)
		r = steps(&s);
	free(s.given_key);
	buf_clear(&s.url);
	buf_clear(&s.dir);
	buf_clear(&s.key);
	buf_clear(&s.pub);
	buf_clear(&s.line);
	return r;
}

static const struct command rows[] = {
    {"access-key", "setup", NULL, setup_opts, nitems(setup_opts), "TEAM/REPO",
     1, 1, access_key_setup, N_("make this machine a deploy host"),
     N_("With this machine's own ssh-keygen and ssh-add: makes ~/.ssh (0700) "
	"and "
	"a\n"
	"key pair in it (0600) if they are not there, adds the key to a "
	"running\n"
	"ssh-agent or says how to start one, registers the public half as "
	"access\n"
	"key of the repository, writes the server's host keys into known_hosts "
	"and\n"
	"a block into ~/.ssh/config, and prints what to clone. A second time "
	"it\n"
	"changes nothing. Other files are left alone, and so is what stands "
	"in\n"
	"these two.\n"
	"\n"
	"Several repositories on one machine: ssh offers a server one key, so "
	"the\n"
	"server's own name stands for the key that came first. A repository "
	"with\n"
	"another key gets a name of its own for the server, latchkey-TEAM-REPO "
	"(or\n"
	"--alias), and is cloned through that. To let several share one key, "
	"give\n"
	"the same file with --key.\n")},
};
const struct command_set commands_setup = {rows, nitems(rows)};
