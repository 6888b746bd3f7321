/* keypair: what is made once and applied to servers. */
#include "cli/pairs.h"

#include "base/i18n.h"

#include <stdio.h>
#include <string.h>

#define NAMED_MAX 5    /* servers that a question names */
#define COUNT_MAX 1000 /* servers of one pair that a list counts */
#define SHOWN_MAX 20

#define PROJECT_OPT                                                            \
	{                                                                      \
		"project", 'p', OPT_TEXT, "[TEAM/]PROJECT",                    \
		    N_("whose; without it, the project 'default'")             \
	}
enum { LIST_SEARCH, LIST_PROJECT };
static const struct opt list_opts[] = {
    {"search", 's', OPT_TEXT, "TEXT", N_("names with this in them")},
    PROJECT_OPT,
};
enum { ONE_PROJECT };
static const struct opt one_opts[] = {PROJECT_OPT};
enum { DELETE_PROJECT, DELETE_FORCE };
static const struct opt delete_opts[] = {
    PROJECT_OPT,
    {"force", 'f', OPT_FLAG, NULL, N_("do not ask")},
};

/* Living pairs are the rule, so nothing is said about them. */
static struct str
state_word(const struct json *pair)
{
	struct str state = json_text(pair, "state");

	return str_eq(state, STR("alive"))     ? STR("")
	       : str_eq(state, STR("dead"))    ? str_c(_("dead"))
	       : str_eq(state, STR("pending")) ? str_c(_("pending"))
					       : state;
}

static void
pair_row(struct table *t, const struct json *pair)
{
	CLEAN(buf_clear) struct buf type = BUF_INIT;
	int64_t servers = 0;
	char text[32];

	(void)json_int(json_get(pair, "servers"), &servers);
	keypair_type(pair, &type);
	table_add(t, json_text(pair, "name"));
	table_add(t, buf_str(&type));
	table_add(t, json_text(pair, "fingerprint_sha256"));
	(void)snprintf(text, sizeof(text), "%lld%s", (long long)servers,
		       servers < COUNT_MAX ? "" : "+");
	table_add(t, str_c(text));
	table_add(t, rest_who(pair, "created_by"));
	table_add(t, when_text(json_text(pair, "created_at"), text));
	table_add(t, state_word(pair));
}

static int
keypair_list(struct cli *cli, const struct args *a)
{
	static const struct column columns[] = {
	    {N_("NAME"), false},	{N_("TYPE"), false},
	    {N_("FINGERPRINT"), false}, {N_("SERVERS"), true},
	    {N_("CREATED BY"), false},	{N_("CREATED"), false},
	    {N_("STATE"), false}};
	CLEAN(buf_clear) struct buf path = BUF_INIT;
	struct listing list = {NULL, "keypairs", columns, nitems(columns),
			       pair_row};
	struct rest project;
	int r = rest_project(cli, a->v[LIST_PROJECT].text, &project);

	if (r == 0)
		r = rest_path(&project, "keypairs", NULL, NULL, &path);
	(void)buf_addf(&path, "?limit=%d", REST_PAGE);
	if (a->v[LIST_SEARCH].given)
		form_add(&path, "search", str_c(a->v[LIST_SEARCH].text));
	if (r == 0)
		r = buf_err(&path);
	list.path = path.p;
	return r != 0 ? r : pages_show(cli, &list);
}

/* The names of the first servers that trust a pair, a line each. */
struct naming {
	struct buf *text;
	int n, max;
};

static bool
server_name(void *arg, const struct json *server)
{
	struct naming *n = arg;

	if (n->n == n->max)
		return false;
	n->n++;
	(void)buf_addf(n->text, "%.*s\n", STR_ARG(rest_word(server, "name")));
	return true;
}

static int
servers_name(struct cli *cli, const char *project, const struct json *pair,
	     struct naming *n)
{
	CLEAN(buf_clear) struct buf path = BUF_INIT;
	CLEAN(buf_clear) struct buf id = BUF_INIT;
	int r;

	(void)buf_addstr(&id, json_text(pair, "id"));
	r = rest_thing(cli, project, "keypairs", id.p, "servers", &path);
	(void)buf_addf(&path, "?limit=%d", n->max);
	if (r == 0)
		r = buf_err(&path);
	if (r == 0)
		r = pages_each(cli, path.p, "servers", server_name, n);
	return r != 0 ? r : buf_err(n->text);
}

static int64_t
servers_of(const struct json *pair)
{
	int64_t n = 0;

	(void)json_int(json_get(pair, "servers"), &n);
	return n;
}

/* Where it was applied: a line for each of the first, then how many more. */
static int
applied_print(struct cli *cli, const char *project, const struct json *pair)
{
	CLEAN(buf_clear) struct buf text = BUF_INIT;
	struct naming n = {&text, 0, SHOWN_MAX};
	int64_t all = servers_of(pair);
	struct str rest, line;
	const char *title = _("Applied to");
	int r;

	if (all == 0) {
		print_pair(title, str_c(_("no server")));
		return 0;
	}
	r = servers_name(cli, project, pair, &n);
	if (r != 0)
		return r;
	rest = buf_str(&text);
	while (rest.n > 0 && str_next(&rest, '\n', &line) && line.n > 0) {
		print_pair(title, line);
		title = "";
	}
	if (all > n.n)
		printf(_("and %lld more: latchkey keypair servers %.*s "
			 "--project %s\n"),
		       (long long)(all - n.n), STR_ARG(rest_word(pair, "name")),
		       project != NULL ? project : PROJECT_FIRST);
	return 0;
}

static int
keypair_show_one(struct cli *cli, const struct args *a)
{
	CLEAN(json_freep) struct json *pair = NULL;
	const char *project = a->v[ONE_PROJECT].text;
	int r = rest_thing_get(cli, project, "keypairs", a->rest[0], &pair);

	if (r != 0)
		return r;
	if (cli->json) {
		print_json(pair);
		return 0;
	}
	keypair_show(pair);
	r = applied_print(cli, project, pair);
	if (r == 0)
		printf(_("\nOK\n"));
	return r;
}

/* "web-1, web-2, web-3, web-4, web-5, ..." */
static void
names_join(struct str names, bool more, struct buf *ret)
{
	struct str line;

	while (names.n > 0 && str_next(&names, '\n', &line) && line.n > 0)
		(void)buf_addf(ret, "%s%.*s", ret->n > 0 ? ", " : "",
			       STR_ARG(line));
	(void)buf_adds(ret, more ? ", ..." : "");
}

/* What deleting does, and above all what it does not. */
static int
delete_warn(struct cli *cli, const char *project, const struct json *pair)
{
	CLEAN(buf_clear) struct buf names = BUF_INIT;
	CLEAN(buf_clear) struct buf text = BUF_INIT;
	struct naming n = {&names, 0, NAMED_MAX};
	int64_t all = servers_of(pair);
	int r = all > 0 ? servers_name(cli, project, pair, &n) : 0;

	if (r != 0)
		return r;
	print_step(cli, _("A deleted key pair cannot be recovered.\n"));
	if (all == 0) {
		print_step(cli, _("No server trusts it.\n"));
		return 0;
	}
	names_join(buf_str(&names), all > n.n, &text);
	print_step(cli,
		   ngettext("%lld server still trusts it, and goes on letting "
			    "its private key in: %s\n",
			    "%lld servers still trust it, and go on letting "
			    "its private key in: %s\n",
			    (unsigned long)all),
		   (long long)all, text.p);
	print_step(cli, _("To end that, an administrator gives each another "
			  "pair:\n    latchkey server set-keypair "
			  "SERVER NAME\n"));
	return buf_err(&text);
}

static int
deleted_show(const struct cli *cli, const struct json *pair)
{
	CLEAN(buf_clear) struct buf text = BUF_INIT;
	struct jw w = JW(&text);

	if (!cli->json) {
		printf(_("Deleted key pair '%.*s'.\n\nOK\n"),
		       STR_ARG(rest_word(pair, "name")));
		return 0;
	}
	jw_object(&w, NULL);
	jw_str(&w, "deleted", json_text(pair, "name"));
	jw_str(&w, "id", json_text(pair, "id"));
	jw_int(&w, "servers", servers_of(pair));
	jw_end(&w);
	return rest_print(&text);
}

/* By its id: what was shown is what goes, whatever has the name by then. */
static int
keypair_delete(struct cli *cli, const struct args *a)
{
	CLEAN(buf_clear) struct buf path = BUF_INIT;
	CLEAN(buf_clear) struct buf id = BUF_INIT;
	CLEAN(json_freep) struct json *pair = NULL;
	const char *project = a->v[DELETE_PROJECT].text;
	struct ask ask = {"DELETE", NULL, STR_NONE};
	int r = rest_thing_get(cli, project, "keypairs", a->rest[0], &pair);

	if (r == 0)
		r = delete_warn(cli, project, pair);
	if (r != 0)
		return r;
	if (!a->v[DELETE_FORCE].given && !prompt_yes(_("Delete?")))
		return note_set(&cli->note, OUT_DENIED,
				_("nothing deleted: not confirmed (-f does not "
				  "ask)"));
	(void)buf_addstr(&id, json_text(pair, "id"));
	r = rest_thing(cli, project, "keypairs", id.p, NULL, &path);
	if (r != 0)
		return r;
	ask.path = path.p;
	r = client_call(cli, &ask, NULL, NULL);
	return r != 0 ? r : deleted_show(cli, pair);
}

static void
server_row(struct table *t, const struct json *server)
{
	const struct json *key = json_get(server, "key");
	char when[32];

	table_add(t, json_text(server, "name"));
	table_add(t, json_text(server, "project"));
	table_add(t, when_text(json_text(key, "since"), when));
	table_add(t, rest_who(key, "by"));
}

static int
keypair_servers(struct cli *cli, const struct args *a)
{
	static const struct column columns[] = {{N_("SERVER"), false},
						{N_("PROJECT"), false},
						{N_("SINCE"), false},
						{N_("BY"), false}};
	CLEAN(buf_clear) struct buf path = BUF_INIT;
	struct listing list = {NULL, "servers", columns, nitems(columns),
			       server_row};
	int r = rest_thing(cli, a->v[ONE_PROJECT].text, "keypairs", a->rest[0],
			   "servers", &path);

	(void)buf_addf(&path, "?limit=%d", REST_PAGE);
	if (r == 0)
		r = buf_err(&path);
	list.path = path.p;
	return r != 0 ? r : pages_show(cli, &list);
}

static int
keypair_faq(struct cli *cli, const struct args *a)
{
	(void)cli;
	(void)a;
	printf(
	    "%s\n%s\n%s\n%s",
	    _("The private key is handed out once, when the pair is made. "
	      "Nobody keeps a\ncopy: when it is lost it cannot be recovered. "
	      "Keep it in a safe place.\n"),
	    _("I have lost the private key, or forgotten its pass phrase. "
	      "What now?\n"
	      "    Neither can be recovered. Delete the key pair and make "
	      "another one:\n"
	      "        latchkey keypair delete NAME\n"
	      "        latchkey keypair create NAME\n"
	      "    Servers that the old pair was applied to have to be given "
	      "the new one by an\n"
	      "    administrator:\n"
	      "        latchkey server set-keypair SERVER NAME\n"),
	    _("What happens to my servers when I delete a key pair?\n"
	      "    Nothing: a server that the pair was applied to goes on "
	      "accepting its private\n"
	      "    key. 'latchkey keypair servers NAME' lists them.\n"),
	    _("Can the key pair of a server be changed?\n"
	      "    Not by its users: it keeps the pair that it was created "
	      "with. Ask your\n"
	      "    administrator, who can change it:\n"
	      "        latchkey server set-keypair SERVER NAME\n"));
	return 0;
}

static const struct command rows[] = {
    {"keypair", "create", NULL, keypair_create_opts, KEYPAIR_CREATE_OPTS,
     "NAME", 1, 1, keypair_create,
     N_("make a key pair; its private key comes once"),
     N_("NAME has 3 to 20 letters, digits and '-', and is the only one of its\n"
	"project. The private key is written to ./NAME.pem (0600), never over "
	"a "
	"file\n"
	"that is there.\n"
	"\n"
	"Nobody keeps a copy of the private key: when it is lost it cannot be\n"
	"recovered. Keep it in a safe place. 'latchkey keypair faq' has more.\n"
	"\n"
	"With --passphrase you are asked for one here; it is set by this "
	"machine's\n"
	"ssh-keygen and sent nowhere. A forgotten one cannot be recovered "
	"either.\n")},
    {"keypair", "import", NULL, keypair_import_opts, KEYPAIR_IMPORT_OPTS,
     "NAME", 1, 1, keypair_import, N_("take in the public half of your own"),
     N_("The file that ends in .pub; the private half stays where it is. A\n"
	"paste that the terminal wrapped over several lines is joined.\n")},
    {"keypair", "list", NULL, list_opts, nitems(list_opts), "", 0, 0,
     keypair_list, N_("list the key pairs of a project"),
     N_("A dead pair is one whose private key was not delivered: nobody has "
	"it.\n")},
    {"keypair", "show", NULL, one_opts, nitems(one_opts), "NAME", 1, 1,
     keypair_show_one, N_("show one, and which servers trust it"), NULL},
    {"keypair", "servers", NULL, one_opts, nitems(one_opts), "NAME", 1, 1,
     keypair_servers, N_("list the servers that trust it"), NULL},
    {"keypair", "delete", NULL, delete_opts, nitems(delete_opts), "NAME", 1, 1,
     keypair_delete, N_("delete one for ever; servers stay open"),
     N_("A deleted key pair cannot be recovered. Servers that it was applied "
	"to go on\n"
	"accepting its private key, until an administrator gives them another "
	"pair:\n"
	"latchkey server set-keypair. The same name may be used again, for a "
	"new pair.\n")},
    {"keypair", "faq", NULL, NULL, 0, "", 0, 0, keypair_faq,
     N_("lost keys, deleted pairs, other keys"), NULL},
};
const struct command_set commands_keypair = {rows, nitems(rows)};
