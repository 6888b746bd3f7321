/* account and user: the tenants of a server and the people in them. */
#include "cli/iam.h"
#include "cli/pairs.h"

#include "base/enc.h"
#include "base/i18n.h"

#include <stdio.h>
#include <string.h>

#define USERS "/latchkey/v1/users?limit=1000"

enum { ACCOUNT_NAME, ACCOUNT_OWNER };
static const struct opt account_opts[] = {
    {"name", 0, OPT_TEXT, "TEXT", N_("a name for people; default: the slug")},
    {"owner", 0, OPT_TEXT, "EMAIL", N_("its owner (needed)")},
};
enum { SET_GIT_HTTP };
static const struct opt set_opts[] = {
    {"git-http", 0, OPT_TEXT, "on|off",
     N_("whether git may go over HTTP, or over SSH only")},
};
enum { USER_NAME, USER_ROLES, USER_PASSWORD };
static const struct opt user_opts[] = {
    {"name", 0, OPT_TEXT, "TEXT", N_("the person's name")},
    {"roles", 'r', OPT_TEXT, "ROLE,...",
     N_("roles on the whole account: Reader, Writer, Manager, Viewer, "
	"Operator, Editor, Administrator")},
    {"password", 'p', OPT_FLAG, NULL, N_("ask for a password")},
};

static void
account_print(const struct json *a)
{
	bool git_http;

	print_pair(_("Account"), json_text(a, "slug"));
	print_pair(_("Name"), json_text(a, "name"));
	print_pair(_("ID"), json_text(a, "id"));
	print_pair(_("Owner"), json_text(a, "owner"));
	print_pair(_("Created At"), json_text(a, "created_at"));
	if (json_bool(json_get(a, "git_http"), &git_http))
		print_pair(_("Git over HTTP"),
			   git_http ? STR("on") : STR("off"));
}

static int
account_create(struct cli *cli, const struct args *a)
{
	CLEAN(buf_clear) struct buf body = BUF_INIT;
	CLEAN(json_freep) struct json *j = NULL;
	struct jw w = JW(&body);
	int r;

	if (!a->v[ACCOUNT_OWNER].given)
		return note_set(&cli->note, OUT_MALFORMED,
				_("--owner EMAIL is needed: an account belongs "
				  "to somebody"));
	jw_object(&w, NULL);
	jw_c(&w, "slug", a->rest[0]);
	if (a->v[ACCOUNT_NAME].given)
		jw_c(&w, "name", a->v[ACCOUNT_NAME].text);
	jw_c(&w, "owner_email", a->v[ACCOUNT_OWNER].text);
	jw_end(&w);
	r = rest_send(cli, "POST", "/latchkey/v1/accounts", &body, &j);
	if (r != 0)
		return r;
	if (cli->json) {
		print_json(j);
		return 0;
	}
	account_print(json_get(j, "account"));
	print_pair(_("API Key"), json_text(j, "apikey"));
	printf(
	    _("\nThe key is the owner's first. It is shown once and cannot be "
	      "read again.\n\nOK\n"));
	return 0;
}

static int
on_off(struct cli *cli, const char *text, bool *ret)
{
	if (text == NULL)
		return note_set(&cli->note, OUT_MALFORMED,
				_("nothing to set: give --git-http on or off"));
	*ret = strcmp(text, "on") == 0;
	return *ret || strcmp(text, "off") == 0
		   ? 0
		   : note_set(&cli->note, OUT_MALFORMED,
			      _("--git-http is on or off"));
}

/* The account that is named, or the one that is logged in to. */
static int
account_ask(struct cli *cli, const struct args *a, const char *method,
	    struct str body)
{
	CLEAN(buf_clear) struct buf path = BUF_INIT;
	CLEAN(json_freep) struct json *j = NULL;
	struct ask ask = {method, NULL, body};
	int r = session_load(cli);

	if (r != 0)
		return r;
	(void)buf_adds(&path, "/latchkey/v1/accounts/");
	(void)enc_percent(&path,
			  str_c(a->n > 0 ? a->rest[0] : cli->session.account));
	ask.path = path.p;
	r = buf_err(&path);
	if (r == 0)
		r = client_json(cli, &ask, &j);
	if (r != 0)
		return r;
	if (cli->json) {
		print_json(j);
		return 0;
	}
	account_print(j);
	printf(_("\nOK\n"));
	return 0;
}

static int
account_show(struct cli *cli, const struct args *a)
{
	return account_ask(cli, a, "GET", STR_NONE);
}

static int
account_set(struct cli *cli, const struct args *a)
{
	bool on = false;
	int r = on_off(cli, a->v[SET_GIT_HTTP].text, &on);

	if (r != 0)
		return r;
	return account_ask(cli, a, "PUT",
			   on ? STR("{\"git_http\":true}")
			      : STR("{\"git_http\":false}"));
}

static void
account_row(struct table *t, const struct json *row)
{
	table_add(t, json_text(row, "slug"));
	table_add(t, json_text(row, "id"));
	table_add(t, json_text(row, "name"));
	table_add(t, json_text(row, "created_at"));
}

static int
account_list(struct cli *cli, const struct args *a)
{
	static const struct column columns[] = {{N_("Account"), false},
						{N_("ID"), false},
						{N_("Name"), false},
						{N_("Created At"), false}};
	static const struct listing list = {"/latchkey/v1/accounts", "accounts",
					    columns, nitems(columns),
					    account_row};

	(void)a;
	return list_show(cli, &list);
}

static void
roles_write(struct jw *w, const char *roles)
{
	struct str rest = str_c(roles), role;

	jw_array(w, "roles");
	while (str_next(&rest, ',', &role))
		jw_str(w, NULL, str_trim(role));
	jw_end(w);
}

static int
user_body(struct cli *cli, const struct args *a, struct buf *body)
{
	CLEAN(buf_clear) struct buf password = BUF_INIT;
	struct jw w = JW(body);
	int r;

	jw_object(&w, NULL);
	jw_c(&w, "email", a->rest[0]);
	if (a->v[USER_NAME].given)
		jw_c(&w, "name", a->v[USER_NAME].text);
	if (a->v[USER_ROLES].given)
		roles_write(&w, a->v[USER_ROLES].text);
	if (a->v[USER_PASSWORD].given) {
		r = prompt_secret(_("password of the new user"), &password,
				  &cli->note);
		if (r != 0)
			return r;
		jw_str(&w, "password", buf_str(&password));
	}
	jw_end(&w);
	return buf_err(body);
}

static int
user_create(struct cli *cli, const struct args *a)
{
	CLEAN(buf_clear) struct buf body = BUF_INIT;
	CLEAN(json_freep) struct json *j = NULL;
	int r = user_body(cli, a, &body);

	if (r != 0)
		return r;
	r = rest_send(cli, "POST", "/latchkey/v1/users", &body, &j);
	if (r != 0)
		return r;
	if (cli->json) {
		print_json(j);
		return 0;
	}
	print_pair(_("User"), json_text(j, "email"));
	print_pair(_("ID"), json_text(j, "id"));
	printf(_("\nOK\n"));
	return 0;
}

static void
user_row(struct table *t, const struct json *row)
{
	bool disabled = false;

	(void)json_bool(json_get(row, "disabled"), &disabled);
	table_add(t, json_text(row, "email"));
	table_add(t, json_text(row, "name"));
	table_add(t, str_c(disabled ? _("disabled") : _("active")));
	table_add(t, json_text(row, "id"));
}

static int
user_list(struct cli *cli, const struct args *a)
{
	static const struct column columns[] = {{N_("User"), false},
						{N_("Name"), false},
						{N_("State"), false},
						{N_("ID"), false}};
	static const struct listing list = {USERS, "users", columns,
					    nitems(columns), user_row};

	(void)a;
	return list_show(cli, &list);
}

/* By id or e-mail address. */
static int
user_resolve(struct cli *cli, const char *word, struct buf *ret)
{
	CLEAN(json_freep) struct json *j = NULL;
	const struct json *rows;
	struct ask ask = {"GET", USERS, STR_NONE};
	int r;

	if (str_starts(str_c(word), STR("IBMid-")))
		return buf_adds(ret, word);
	/* Oneself one may name without seeing who else there is. */
	r = session_load(cli);
	if (r == 0 && cli->session.user != NULL &&
	    str_eq_nocase(str_c(cli->session.user), str_c(word)))
		return iam_self(cli, ret);
	if (r == 0)
		r = client_json(cli, &ask, &j);
	if (r != 0)
		return r;
	rows = json_get(j, "users");
	for (size_t i = 0; i < json_size(rows); i++) {
		const struct json *row = json_at(rows, i);

		if (str_eq_nocase(json_text(row, "email"), str_c(word)))
			return buf_addstr(ret, json_text(row, "id"));
	}
	return note_set(&cli->note, OUT_ABSENT, _("no user '%s'"), word);
}

static int
user_patch(struct cli *cli, const char *word, struct str body)
{
	CLEAN(buf_clear) struct buf id = BUF_INIT;
	CLEAN(buf_clear) struct buf path = BUF_INIT;
	struct ask ask = {"PATCH", NULL, body};
	int r = user_resolve(cli, word, &id);

	if (r != 0)
		return r;
	(void)buf_adds(&path, "/latchkey/v1/users/");
	(void)enc_percent(&path, buf_str(&id));
	ask.path = path.p;
	r = client_call(cli, &ask, NULL, NULL);
	if (r == 0)
		printf(_("OK\n"));
	return r;
}

static int
user_disable(struct cli *cli, const struct args *a)
{
	return user_patch(cli, a->rest[0], STR("{\"disabled\":true}"));
}

static int
user_enable(struct cli *cli, const struct args *a)
{
	return user_patch(cli, a->rest[0], STR("{\"disabled\":false}"));
}

/* Whether that user is the one who is logged in. */
static int
user_is_self(struct cli *cli, struct str id, bool *ret)
{
	CLEAN(json_freep) struct json *j = NULL;
	struct ask ask = {"GET", "/latchkey/v1/whoami", STR_NONE};
	int r = client_json(cli, &ask, &j);

	if (r == 0)
		*ret = str_eq(json_text(j, "identity"), id);
	return r;
}

/* One's own is asked for first, as people know it from elsewhere; an empty one
 * is none. */
static int
user_passwd(struct cli *cli, const struct args *a)
{
	CLEAN(buf_clear) struct buf current = BUF_INIT;
	CLEAN(buf_clear) struct buf password = BUF_INIT;
	CLEAN(buf_clear) struct buf body = BUF_INIT;
	CLEAN(buf_clear) struct buf id = BUF_INIT;
	struct jw w = JW(&body);
	bool self = false;
	int r = user_resolve(cli, a->rest[0], &id);

	if (r == 0)
		r = user_is_self(cli, buf_str(&id), &self);
	if (r == 0 && self)
		r = prompt_secret(_("current password (empty: there is none)"),
				  &current, &cli->note);
	if (r == 0)
		r = prompt_secret(_("new password"), &password, &cli->note);
	if (r != 0)
		return r;
	jw_object(&w, NULL);
	jw_str(&w, "password", buf_str(&password));
	if (current.n > 0)
		jw_str(&w, "current_password", buf_str(&current));
	jw_end(&w);
	return buf_err(&body) != 0 ? buf_err(&body)
				   : user_patch(cli, id.p, buf_str(&body));
}

static const struct command rows[] = {
    {"account", "create", NULL, account_opts, nitems(account_opts), "SLUG", 1,
     1, account_create, N_("make an account (operator of the server only)"),
     NULL},
    {"account", "list", NULL, NULL, 0, "", 0, 0, account_list,
     N_("list the accounts you belong to"), NULL},
    {"account", "show", NULL, NULL, 0, "[ACCOUNT]", 0, 1, account_show,
     N_("show an account, or the one logged in to"), NULL},
    {"account", "set", NULL, set_opts, nitems(set_opts), "[ACCOUNT]", 0, 1,
     account_set, N_("change an account's settings"),
     N_("With --git-http off, who takes the https:// address of a repository "
	"by\n"
	"mistake is told the one of SSH.\n")},
    {"user", "create", NULL, user_opts, nitems(user_opts), "EMAIL", 1, 1,
     user_create, N_("add a user to the account"),
     N_("Without --roles the user may log in and nothing else.\n")},
    {"user", "list", NULL, NULL, 0, "", 0, 0, user_list,
     N_("list the account's users"), NULL},
    {"user", "disable", NULL, NULL, 0, "EMAIL|ID", 1, 1, user_disable,
     N_("shut a user out; all their logins end at once"), NULL},
    {"user", "enable", NULL, NULL, 0, "EMAIL|ID", 1, 1, user_enable,
     N_("let a disabled user in again"), NULL},
    {"user", "passwd", NULL, NULL, 0, "EMAIL|ID", 1, 1, user_passwd,
     N_("set a user's password"),
     N_("Your own is changed by your current one. Those who get in with the "
	"old one\nare logged out.\n")},
};
const struct command_set commands_account = {rows, nitems(rows)};
