/* access-key: the keys of machines, to read repositories with. */
#include "cli/git.h"

#include "base/enc.h"
#include "base/i18n.h"

#include <stdio.h>
#include <string.h>

#define ID_MAX INT64_MAX
#define PROJECT_OPT                                                            \
	{                                                                      \
		"project", 'p', OPT_TEXT, "TEAM/PROJECT",                      \
		    N_("a project instead: all of its repositories")           \
	}
#define WHERE_OPTS                                                             \
	{"repo", 'r', OPT_TEXT, "TEAM/REPO",                                   \
	 N_("where the key stands; needed by who may not look over the "       \
	    "account")},                                                       \
	{                                                                      \
		"project", 'p', OPT_TEXT, "TEAM/PROJECT", N_("the same")       \
	}
#define FROM_TEXT                                                              \
	N_("addresses and prefixes it may be used from, with commas; "         \
	   "default: any")

enum { ADD_LABEL, ADD_KEY, ADD_EXPIRES, ADD_FROM, ADD_PROJECT };
static const struct opt add_opts[] = {
    {"label", 'l', OPT_TEXT, "TEXT", N_("which machine it is (needed)")},
    {"key", 'k', OPT_TEXT, "FILE|-",
     N_("the public key; without it, it is pasted into the terminal")},
    {"expires", 0, OPT_TEXT, "WHEN",
     N_("30d, 12h, 2026-12-31, 2026-12-31T08:00:00Z; default: never")},
    {"from", 0, OPT_TEXT, "CIDR,...", FROM_TEXT},
    PROJECT_OPT,
};
enum { LIST_PROJECT };
static const struct opt list_opts[] = {PROJECT_OPT};
enum { WHERE_REPO, WHERE_PROJECT };
static const struct opt where_opts[] = {WHERE_OPTS};
enum { RM_FORCE = WHERE_PROJECT + 1 };
static const struct opt rm_opts[] = {
    WHERE_OPTS,
    {"force", 'f', OPT_FLAG, NULL, N_("do not ask")},
};
enum { SET_LABEL = WHERE_PROJECT + 1, SET_EXPIRES, SET_FROM };
static const struct opt set_opts[] = {
    WHERE_OPTS,
    {"label", 'l', OPT_TEXT, "TEXT", N_("which machine it is")},
    {"expires", 0, OPT_TEXT, "WHEN",
     N_("30d, 12h, 2026-12-31, 2026-12-31T08:00:00Z, none")},
    {"from", 0, OPT_TEXT, "CIDR,...|any",
     N_("addresses and prefixes it may be used from, with commas")},
};
enum { ROTATE_KEY = WHERE_PROJECT + 1, ROTATE_LABEL, ROTATE_UNTIL };
static const struct opt rotate_opts[] = {
    WHERE_OPTS,
    {"key", 'k', OPT_TEXT, "FILE|-",
     N_("the new public key; without it, it is pasted into the terminal")},
    {"label", 'l', OPT_TEXT, "TEXT", N_("its label; default: the old one's")},
    {"until", 0, OPT_TEXT, "WHEN",
     N_("the old key ends then, even if the new one was not used yet")},
};

static void
place_text(const struct json *key, struct buf *ret)
{
	const struct json *project = json_get(key, "project");

	if (project != NULL)
		(void)buf_addf(ret, _("project %.*s"),
			       STR_ARG(json_text(project, "key")));
	else
		(void)buf_addstr(
		    ret, json_text(json_get(key, "repository"), "full_name"));
}

static void
id_text(const struct json *key, char ret[24])
{
	int64_t id = 0;

	(void)json_int(json_get(key, "id"), &id);
	(void)snprintf(ret, 24, "%lld", (long long)id);
}

static int
key_show(struct cli *cli, const struct json *key)
{
	CLEAN(buf_clear) struct buf place = BUF_INIT;
	char id[24];

	if (cli->json) {
		print_json(key);
		return 0;
	}
	id_text(key, id);
	place_text(key, &place);
	print_pair(_("Access key"), str_c(id));
	print_pair(_("On"), buf_str(&place));
	key_print(key);
	printf(_("\nOK\n"));
	return 0;
}

static int
send_key(struct cli *cli, const char *method, const char *path, struct str body)
{
	CLEAN(json_freep) struct json *key = NULL;
	struct ask ask = {method, path, body};
	int r = client_json(cli, &ask, &key);

	return r != 0 ? r : key_show(cli, key);
}

/* A touch is what nobody does on a deploy host. */
static void
touch_warn(const struct sshkey *key)
{
	if (key->type == SSHKEY_SK_ED25519 || key->type == SSHKEY_SK_ECDSA256)
		fprintf(stderr, _("Hint: this is the key of a security token, "
				  "which wants to be touched: not for machines "
				  "that work unattended.\n"));
}

/* What comes next, where the key lives. Who may add keys but not read is not
 * told. */
static int
next_say(struct cli *cli, const struct place *p)
{
	CLEAN(json_freep) struct json *repo = NULL;
	struct str url;
	int r = repo_get(cli, p, &repo);

	cli->note.text[0] = '\0';
	if (r < 0)
		return r;
	url = r == 0 ? repo_clone_url(repo, "ssh") : STR_NONE;
	if (url.n == 0)
		return 0;
	printf("\n%s\n\n    git clone ", _("On that machine:"));
	print_text(url);
	printf("\n");
	return 0;
}

static int
access_key_add(struct cli *cli, const struct args *a)
{
	CLEAN(buf_clear) struct buf path = BUF_INIT;
	CLEAN(buf_clear) struct buf line = BUF_INIT;
	CLEAN(buf_clear) struct buf body = BUF_INIT;
	struct key_options o = {.label = a->v[ADD_LABEL].text,
				.expires = a->v[ADD_EXPIRES].text,
				.from = a->v[ADD_FROM].text};
	struct sshkey key;
	struct place p;
	int r = place_given(cli, a, a->v[ADD_PROJECT].text, &p);

	if (r == 0 && o.label == NULL)
		return note_set(
		    &cli->note, OUT_MALFORMED,
		    _("--label is needed: say which machine it is"));
	if (r == 0)
		r = key_read(cli, a->v[ADD_KEY].text, &line, &key);
	if (r == 0)
		r = key_body(cli, buf_str(&line), &o, &body);
	if (r != 0)
		return r;
	touch_warn(&key);
	r = buf_addf(&path, "%s/deploy-keys", p.path);
	if (r == 0)
		r = key_taken(cli,
			      send_key(cli, "POST", path.p, buf_str(&body)));
	return r != 0 || cli->json || a->v[ADD_PROJECT].given
		   ? r
		   : next_say(cli, &p);
}

static void
used_text(const struct json *key, struct buf *ret)
{
	struct str from = json_text(key, "last_used_from"), when;
	char room[32];

	when = when_text(json_text(key, "last_used"), room);
	if (from.n > 0)
		(void)buf_addf(ret, _("%.*s from %.*s"), STR_ARG(when),
			       STR_ARG(from));
	else
		(void)buf_addstr(ret, when);
}

static void
type_text(const struct json *key, struct buf *ret)
{
	int64_t bits = 0;

	(void)json_int(json_get(key, "key_bits"), &bits);
	(void)buf_addf(ret, "%.*s %lld", STR_ARG(json_text(key, "key_type")),
		       (long long)bits);
}

static void
key_row(struct table *t, const struct json *key)
{
	CLEAN(buf_clear) struct buf used = BUF_INIT;
	CLEAN(buf_clear) struct buf type = BUF_INIT;
	char text[32];

	id_text(key, text);
	table_add(t, str_c(text));
	table_add(t, json_text(key, "label"));
	type_text(key, &type);
	table_add(t, buf_str(&type));
	table_add(t, json_text(key, "fingerprint_sha256"));
	used_text(key, &used);
	table_add(t, buf_str(&used));
	table_add(t, when_end(json_text(key, "expires_on"), text));
}

static int
access_key_list(struct cli *cli, const struct args *a)
{
	static const struct column columns[] = {
	    {N_("ID"), false},	      {N_("LABEL"), false},
	    {N_("TYPE"), false},      {N_("FINGERPRINT"), false},
	    {N_("LAST USED"), false}, {N_("EXPIRES"), false}};
	CLEAN(buf_clear) struct buf path = BUF_INIT;
	struct listing list = {NULL, NULL, columns, nitems(columns), key_row};
	struct place p;
	int r = place_given(cli, a, a->v[LIST_PROJECT].text, &p);

	if (r == 0)
		r = buf_addf(&path, "%s/deploy-keys?pagelen=100", p.path);
	if (r != 0)
		return r;
	list.path = path.p;
	return pages_show(cli, &list);
}

static int
path_of(struct cli *cli, const struct args *a, const char *word,
	struct buf *ret)
{
	struct key_where where = {a->v[WHERE_REPO].text,
				  a->v[WHERE_PROJECT].text};

	return key_path(cli, &where, word, ret);
}

static int
access_key_show(struct cli *cli, const struct args *a)
{
	CLEAN(buf_clear) struct buf path = BUF_INIT;
	int r = path_of(cli, a, a->rest[0], &path);

	return r != 0 ? r : send_key(cli, "GET", path.p, STR_NONE);
}

static int
access_key_update(struct cli *cli, const struct args *a)
{
	CLEAN(buf_clear) struct buf path = BUF_INIT;
	CLEAN(buf_clear) struct buf body = BUF_INIT;
	struct key_options o = {.expires = a->v[SET_EXPIRES].text,
				.from = a->v[SET_FROM].text};
	struct jw w = JW(&body);
	int r;

	if (!a->v[SET_LABEL].given && o.expires == NULL && o.from == NULL)
		return note_set(&cli->note, OUT_MALFORMED,
				_("nothing to change: give --label, --expires "
				  "or --from"));
	jw_object(&w, NULL);
	if (a->v[SET_LABEL].given)
		jw_c(&w, "label", a->v[SET_LABEL].text);
	r = key_bounds(cli, &w, &o);
	jw_end(&w);
	if (r == 0)
		r = path_of(cli, a, a->rest[0], &path);
	if (r == 0)
		r = buf_err(&body);
	return r != 0 ? r : send_key(cli, "PUT", path.p, buf_str(&body));
}

static int
rotate_body(struct cli *cli, const struct args *a, struct str line,
	    struct buf *body)
{
	CLEAN(buf_clear) struct buf until = BUF_INIT;
	struct jw w = JW(body);
	int r = 0;

	if (a->v[ROTATE_UNTIL].given)
		r = when_read(a->v[ROTATE_UNTIL].text, &until, &cli->note);
	jw_object(&w, NULL);
	jw_str(&w, "key", line);
	if (a->v[ROTATE_LABEL].given)
		jw_c(&w, "label", a->v[ROTATE_LABEL].text);
	if (until.n > 0)
		jw_str(&w, "until", buf_str(&until));
	jw_end(&w);
	return r != 0 ? r : buf_err(body);
}

static int
access_key_rotate(struct cli *cli, const struct args *a)
{
	CLEAN(buf_clear) struct buf path = BUF_INIT;
	CLEAN(buf_clear) struct buf line = BUF_INIT;
	CLEAN(buf_clear) struct buf body = BUF_INIT;
	struct sshkey key;
	int r = path_of(cli, a, a->rest[0], &path);

	if (r == 0)
		r = key_read(cli, a->v[ROTATE_KEY].text, &line, &key);
	if (r == 0)
		r = rotate_body(cli, a, buf_str(&line), &body);
	if (r == 0)
		r = buf_adds(&path, "/rotate");
	if (r == 0)
		r = send_key(cli, "POST", path.p, buf_str(&body));
	if (r == 0 && !cli->json)
		printf(a->v[ROTATE_UNTIL].given
			   ? _("\nBoth keys are good for now. The old one ends "
			       "with the first use of the\nnew one, or at the "
			       "time given.\n")
			   : _("\nBoth keys are good for now. The old one ends "
			       "with the first use of the\nnew one.\n"));
	return r;
}

static int
key_remove(struct cli *cli, const struct args *a, const char *word)
{
	CLEAN(buf_clear) struct buf path = BUF_INIT;
	struct ask ask = {"DELETE", NULL, STR_NONE};
	int r = path_of(cli, a, word, &path);

	if (r != 0)
		return r;
	ask.path = path.p;
	r = client_call(cli, &ask, NULL, NULL);
	if (r == 0)
		printf(_("Removed access key %s.\n"), word);
	return r;
}

static int
access_key_rm(struct cli *cli, const struct args *a)
{
	int r = 0;

	if (!a->v[RM_FORCE].given &&
	    !prompt_yes(
		_("Machines with these keys are shut out at once, running "
		  "clones too. Remove?")))
		return note_set(
		    &cli->note, OUT_DENIED,
		    _("nothing removed: not confirmed (-f does not ask)"));
	for (int i = 0; r == 0 && i < a->n; i++)
		r = key_remove(cli, a, a->rest[i]);
	if (r == 0)
		printf(_("\nOK\n"));
	return r;
}

static void
where_row(struct table *t, const struct json *key)
{
	CLEAN(buf_clear) struct buf place = BUF_INIT;
	CLEAN(buf_clear) struct buf used = BUF_INIT;
	char text[32];

	place_text(key, &place);
	used_text(key, &used);
	id_text(key, text);
	table_add(t, str_c(text));
	table_add(t, buf_str(&place));
	table_add(t, json_text(key, "label"));
	table_add(t, buf_str(&used));
	table_add(t, when_end(json_text(key, "expires_on"), text));
}

static int
access_key_where(struct cli *cli, const struct args *a)
{
	static const struct column columns[] = {{N_("ID"), false},
						{N_("ON"), false},
						{N_("LABEL"), false},
						{N_("LAST USED"), false},
						{N_("EXPIRES"), false}};
	CLEAN(buf_clear) struct buf path = BUF_INIT;
	CLEAN(buf_clear) struct buf print = BUF_INIT;
	struct listing list = {NULL, NULL, columns, nitems(columns), where_row};
	const char *account = NULL;
	struct note none = {""};
	int r = place_account(cli, &account);

	if (r == 0)
		r = key_fingerprint(cli, a->rest[0], &print);
	if (r != 0)
		return r;
	(void)note_set(&none, 0,
		       _("No repository or project of the account %s has the "
			 "key %s."),
		       account, print.p);
	(void)buf_adds(&path, "/2.0/workspaces/");
	(void)enc_percent(&path, str_c(account));
	(void)buf_adds(&path, "/deploy-keys?pagelen=100");
	form_add(&path, "fingerprint", buf_str(&print));
	list.path = path.p;
	return buf_err(&path) != 0 ? buf_err(&path)
				   : pages_show_or(cli, &list, none.text);
}

static const struct command rows[] = {
    {"access-key", "add", NULL, add_opts, nitems(add_opts), "[TEAM/REPO]", 0, 1,
     access_key_add, N_("let a machine's key read a repository"),
     N_("Make the key pair on the deploy host ('ssh-keygen'), and give the "
	"public\n"
	"half here, the file that ends in .pub; the private half stays there. "
	"A\n"
	"paste that the terminal wrapped over several lines is joined.\n"
	"The key reads this repository and never pushes. The same key may "
	"stand\n"
	"on several repositories; it cannot be a person's key as well. Take "
	"the\n"
	"address of SSH for the clone, not the https:// one.\n"
	"On the deploy host itself, 'latchkey access-key setup' does all of "
	"it.\n")},
    {"access-key", "list", NULL, list_opts, nitems(list_opts), "[TEAM/REPO]", 0,
     1, access_key_list, N_("list the access keys of a repository"), NULL},
    {"access-key", "show", NULL, where_opts, nitems(where_opts), "ID", 1, 1,
     access_key_show, N_("show one access key"), NULL},
    {"access-key", "update", NULL, set_opts, nitems(set_opts), "ID", 1, 1,
     access_key_update, N_("change its label, end or addresses"),
     N_("The key itself cannot change: rotate it.\n")},
    {"access-key", "rm", NULL, rm_opts, nitems(rm_opts), "ID...", 1, -1,
     access_key_rm, N_("remove access keys; what they read ends"), NULL},
    {"access-key", "rotate", NULL, rotate_opts, nitems(rotate_opts), "ID", 1, 1,
     access_key_rotate, N_("put a new key in an old one's place"),
     N_("Both are good until the new one is used for the first time (or until\n"
	"--until): no moment without a key. Label and addresses go over.\n")},
    {"access-key", "where", NULL, NULL, 0, "KEY", 1, 1, access_key_where,
     N_("all places where a key stands"),
     N_("KEY is a file, a fingerprint (SHA256:...), or the number of an access "
	"key.\n"
	"Looks over the repositories and projects of the account logged in "
	"to.\n")},
};
const struct command_set commands_access_key = {rows, nitems(rows)};
