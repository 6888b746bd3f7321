/* server: machines that a key pair was applied to. */
#include "cli/pairs.h"

#include "base/i18n.h"

#include <stdio.h>
#include <string.h>

#define PROJECT_OPT                                                            \
	{                                                                      \
		"project", 'p', OPT_TEXT, "[TEAM/]PROJECT",                    \
		    N_("whose; without it, the project 'default'")             \
	}
enum { LIST_SEARCH, LIST_KEY, LIST_PROJECT };
static const struct opt list_opts[] = {
    {"search", 's', OPT_TEXT, "TEXT", N_("names with this in them")},
    {"key", 'k', OPT_TEXT, "KEY",
     N_("those that trust this key: a fingerprint, SHA256:..., or a file with "
	"a public key")},
    PROJECT_OPT,
};
enum { ONE_PROJECT };
static const struct opt one_opts[] = {PROJECT_OPT};
enum { DELETE_PROJECT, DELETE_FORCE };
static const struct opt delete_opts[] = {
    PROJECT_OPT,
    {"force", 'f', OPT_FLAG, NULL, N_("do not ask")},
};

static void
server_row(struct table *t, const struct json *server)
{
	CLEAN(buf_clear) struct buf pair = BUF_INIT;
	CLEAN(buf_clear) struct buf asked = BUF_INIT;
	const struct json *key = json_get(server, "key");
	char when[32];

	server_pair_text(key, &pair);
	server_asked_text(server, &asked);
	table_add(t, json_text(server, "name"));
	table_add(t, buf_str(&pair));
	table_add(t, json_text(key, "fingerprint_sha256"));
	table_add(t, server_state_word(server));
	table_add(t, buf_str(&asked));
	table_add(t, when_text(json_text(server, "created_at"), when));
}

/* A number would be an access key's: those open no server. */
static int
trusts_add(struct cli *cli, const char *word, struct buf *path)
{
	CLEAN(buf_clear) struct buf print = BUF_INIT;
	struct str s = str_c(word);
	uint64_t number;
	int r;

	if (str_u64(s, UINT64_MAX, &number) == 0)
		return usage_set(cli, _("--key is a fingerprint (SHA256:...) "
					"or a file with a public key"));
	r = key_fingerprint(cli, word, &print);
	if (r != 0)
		return r;
	form_add(path, "trusts", buf_str(&print));
	return buf_err(path);
}

static int
server_list(struct cli *cli, const struct args *a)
{
	static const struct column columns[] = {
	    {N_("NAME"), false},	{N_("KEY PAIR"), false},
	    {N_("FINGERPRINT"), false}, {N_("STATE"), false},
	    {N_("LAST ASKED"), false},	{N_("CREATED"), false}};
	CLEAN(buf_clear) struct buf path = BUF_INIT;
	struct listing list = {NULL, "servers", columns, nitems(columns),
			       server_row};
	struct rest project;
	int r = rest_project(cli, a->v[LIST_PROJECT].text, &project);

	if (r == 0)
		r = rest_path(&project, "servers", NULL, NULL, &path);
	(void)buf_addf(&path, "?limit=%d", REST_PAGE);
	if (a->v[LIST_SEARCH].given)
		form_add(&path, "search", str_c(a->v[LIST_SEARCH].text));
	if (r == 0 && a->v[LIST_KEY].given)
		r = trusts_add(cli, a->v[LIST_KEY].text, &path);
	if (r == 0)
		r = buf_err(&path);
	list.path = path.p;
	return r != 0 ? r : pages_show(cli, &list);
}

static int
server_show(struct cli *cli, const struct args *a)
{
	CLEAN(json_freep) struct json *server = NULL;
	int r = rest_thing_get(cli, a->v[ONE_PROJECT].text, "servers",
			       a->rest[0], &server);

	if (r != 0)
		return r;
	if (cli->json) {
		print_json(server);
		return 0;
	}
	server_text_print(server);
	printf(_("\nOK\n"));
	return 0;
}

static void
history_row(struct table *t, const struct json *key)
{
	CLEAN(buf_clear) struct buf pair = BUF_INIT;
	struct str to = json_text(key, "to");
	char when[32];

	server_pair_text(key, &pair);
	table_add(t, buf_str(&pair));
	table_add(t, json_text(key, "fingerprint_sha256"));
	table_add(t, when_text(json_text(key, "from"), when));
	table_add(t, rest_who(key, "by"));
	table_add(t, to.n > 0 ? when_text(to, when) : str_c(_("now")));
	table_add(t, rest_who(key, "ended_by"));
}

static int
server_keys(struct cli *cli, const struct args *a)
{
	static const struct column columns[] = {
	    {N_("KEY PAIR"), false}, {N_("FINGERPRINT"), false},
	    {N_("FROM"), false},     {N_("BY"), false},
	    {N_("TO"), false},	     {N_("ENDED BY"), false}};
	CLEAN(buf_clear) struct buf path = BUF_INIT;
	struct listing list = {NULL, "keys", columns, nitems(columns),
			       history_row};
	int r = rest_thing(cli, a->v[ONE_PROJECT].text, "servers", a->rest[0],
			   "keys", &path);

	list.path = path.p;
	return r != 0 ? r : list_show(cli, &list);
}

/* The seed's answer to whoever is no administrator. */
static int
ask_the_administrator(struct cli *cli, int r)
{
	if (r != OUT_DENIED)
		return r;
	return note_set(&cli->note, r,
			_("The key pair that a server was created with cannot "
			  "be changed by its users. Ask your administrator."));
}

static int
changed_show(struct cli *cli, const struct json *server)
{
	const struct json *key = json_get(server, "key");

	if (cli->json) {
		print_json(server);
		return 0;
	}
	printf(_("Server '%.*s' trusts key pair '%.*s' now.\n"),
	       STR_ARG(rest_word(server, "name")),
	       STR_ARG(rest_word(key, "keypair")));
	if (server_is(server, "follows"))
		printf(_("It asks at each login, so this counts at once.\n"));
	else if (server_seed_is(server, "open"))
		printf(_("Its first boot brings it. A machine that runs "
			 "already has no key client and does\nnot learn of "
			 "it: put the line of\n'latchkey server "
			 "authorized-key %.*s' into its authorized_keys by "
			 "hand.\n"),
		       STR_ARG(rest_word(server, "name")));
	else
		printf(_("It has no key client and does not learn of it: put "
			 "the line of\n'latchkey server authorized-key %.*s' "
			 "into its authorized_keys by hand.\n"),
		       STR_ARG(rest_word(server, "name")));
	printf(_("\nOK\n"));
	return 0;
}

static int
server_set_keypair(struct cli *cli, const struct args *a)
{
	CLEAN(buf_clear) struct buf path = BUF_INIT;
	CLEAN(buf_clear) struct buf body = BUF_INIT;
	CLEAN(json_freep) struct json *server = NULL;
	struct jw w = JW(&body);
	int r = thing_name_check(cli, a->rest[1]);

	if (r == 0)
		r = rest_thing(cli, a->v[ONE_PROJECT].text, "servers",
			       a->rest[0], "keypair", &path);
	jw_object(&w, NULL);
	jw_c(&w, "keypair", a->rest[1]);
	jw_end(&w);
	if (r == 0)
		r = ask_the_administrator(
		    cli, rest_send(cli, "PUT", path.p, &body, &server));
	return r != 0 ? r : changed_show(cli, server);
}

static int
deleted_show(const struct cli *cli, const struct json *server)
{
	CLEAN(buf_clear) struct buf text = BUF_INIT;
	struct jw w = JW(&text);

	if (!cli->json) {
		printf(_("Deleted server '%.*s'.\n\nOK\n"),
		       STR_ARG(rest_word(server, "name")));
		return 0;
	}
	jw_object(&w, NULL);
	jw_str(&w, "deleted", json_text(server, "name"));
	jw_str(&w, "id", json_text(server, "id"));
	jw_end(&w);
	return rest_print(&text);
}

static void
delete_warn(const struct cli *cli, const struct json *server)
{
	if (server_is(server, "follows"))
		print_step(cli,
			   _("latchkey forgets '%.*s', and gives it no "
			     "more keys: soon nobody can log in\nto it "
			     "with any key pair from here. The machine "
			     "itself goes on running.\n"),
			   STR_ARG(rest_word(server, "name")));
	else
		print_step(cli,
			   _("latchkey forgets '%.*s'. What is in its "
			     "authorized_keys stays there. The machine\n"
			     "itself goes on running.\n"),
			   STR_ARG(rest_word(server, "name")));
}

/* By its id: what was shown is what goes. */
static int
server_delete(struct cli *cli, const struct args *a)
{
	CLEAN(buf_clear) struct buf path = BUF_INIT;
	CLEAN(buf_clear) struct buf id = BUF_INIT;
	CLEAN(json_freep) struct json *server = NULL;
	const char *project = a->v[DELETE_PROJECT].text;
	struct ask ask = {"DELETE", NULL, STR_NONE};
	int r = rest_thing_get(cli, project, "servers", a->rest[0], &server);

	if (r != 0)
		return r;
	delete_warn(cli, server);
	if (!a->v[DELETE_FORCE].given && !prompt_yes(_("Delete?")))
		return note_set(&cli->note, OUT_DENIED,
				_("nothing deleted: not confirmed (-f does not "
				  "ask)"));
	(void)buf_addstr(&id, json_text(server, "id"));
	r = rest_thing(cli, project, "servers", id.p, NULL, &path);
	if (r != 0)
		return r;
	ask.path = path.p;
	r = client_call(cli, &ask, NULL, NULL);
	return r != 0 ? r : deleted_show(cli, server);
}

static const struct command rows[] = {
    {"server", "create", NULL, server_create_opts, SERVER_CREATE_OPTS, "NAME",
     1, 1, server_create, N_("make a server that a key pair opens"),
     N_("NAME becomes the machine's host name. The seed URL that is printed is "
	"for\n"
	"cloud-init on its first boot: it brings the key pair's public key, "
	"reports the\n"
	"machine's host keys, and installs the key client, with which the "
	"server\n"
	"follows 'set-keypair'. Where there is no cloud-init, --plain prints a "
	"line for\n"
	"authorized_keys, which follows nothing.\n"
	"\n"
	"The server keeps the key pair that it is created with, also when the "
	"pair is\n"
	"deleted. Only an administrator changes it.\n")},
    {"server", "list", NULL, list_opts, nitems(list_opts), "", 0, 0,
     server_list, N_("list the servers of a project"), NULL},
    {"server", "show", NULL, one_opts, nitems(one_opts), "NAME", 1, 1,
     server_show, N_("show one: key, first boot, host keys"), NULL},
    {"server", "keys", NULL, one_opts, nitems(one_opts), "NAME", 1, 1,
     server_keys, N_("every key pair it ever trusted"), NULL},
    {"server", "set-keypair", NULL, one_opts, nitems(one_opts), "NAME KEYPAIR",
     2, 2, server_set_keypair, N_("give it another key pair (administrator)"),
     N_("For administrators: users cannot change the key pair of a server, and "
	"ask\n"
	"theirs. A server with the key client takes the new pair at the next "
	"login, and\n"
	"the old one is refused from then on.\n")},
    {"server", "seed-url", NULL, server_seed_opts, SERVER_SEED_OPTS, "NAME", 1,
     1, server_seed, N_("another URL for its first boot"),
     N_("For a machine that is installed anew, or whose URL has expired. The "
	"URL so\n"
	"far ends. The machine that runs goes on getting keys until the new "
	"one "
	"boots.\n")},
    {"server", "known-hosts", NULL, server_hosts_opts, SERVER_HOSTS_OPTS,
     "NAME", 1, 1, server_known_hosts, N_("its host keys, for known_hosts"),
     N_("The machine reported them at its first boot, over its seed URL. With "
	"these\n"
	"lines the first login asks nothing:\n"
	"    latchkey server known-hosts NAME >>~/.ssh/known_hosts\n")},
    {"server", "authorized-key", NULL, server_line_opts, SERVER_LINE_OPTS,
     "NAME", 1, 1, server_authorized_key, N_("its key, for authorized_keys"),
     N_("For machines without cloud-init. Such a line cannot follow "
	"changes.\n")},
    {"server", "delete", NULL, delete_opts, nitems(delete_opts), "NAME", 1, 1,
     server_delete, N_("forget a server; it gets no more keys"), NULL},
};
const struct command_set commands_server = {rows, nitems(rows)};
