/* iam users and user-*, user accept: how people come into an account and out.
 */
#include "cli/endpoint.h"
#include "cli/git.h"
#include "cli/iam.h"

#include "base/i18n.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define STDIN_MAX (64 * KIB)

enum { INVITE_NAME, INVITE_GROUPS };
static const struct opt invite_opts[] = {
    {"name", 0, OPT_TEXT, "TEXT", N_("the person's name")},
    {"access-groups", 0, OPT_TEXT, "GROUP,...",
     N_("put them into these access groups")},
};
enum { ACCEPT_URL, ACCEPT_NAME, ACCEPT_CA_FILE };
static const struct opt accept_opts[] = {
    {"api", 'a', OPT_TEXT, "URL",
     N_("the server; default: the last one, or http://127.0.0.1:8080")},
    {"name", 0, OPT_TEXT, "TEXT", N_("your name")},
    {"ca-file", 0, OPT_TEXT, "FILE",
     N_("certificates (PEM) to trust instead of the system's")},
};

static void
user_row(struct table *t, const struct json *row)
{
	CLEAN(buf_clear) struct buf name = BUF_INIT;
	struct str last = json_text(row, "lastname");

	(void)buf_addstr(&name, json_text(row, "firstname"));
	(void)buf_addf(&name, "%s%.*s", last.n > 0 ? " " : "", STR_ARG(last));
	table_add(t, json_text(row, "email"));
	table_add(t, buf_str(&name));
	table_add(t, json_text(row, "state"));
	table_add(t, json_text(row, "added_on"));
	table_add(t, json_text(row, "iam_id"));
}

static int
user_list(struct cli *cli, const struct args *a)
{
	static const struct column columns[] = {{N_("User"), false},
						{N_("Name"), false},
						{N_("State"), false},
						{N_("Added At"), false},
						{N_("ID"), false}};
	CLEAN(buf_clear) struct buf path = BUF_INIT;
	struct listing list = {NULL, "resources", columns, nitems(columns),
			       user_row};
	int r = iam_list_path(cli, &iam_user, STR_NONE, &path);

	(void)a;
	list.path = path.p;
	return r != 0 ? r : pages_show(cli, &list);
}

static int
groups_write(struct cli *cli, struct jw *w, const char *text)
{
	CLEAN(buf_clear) struct buf word = BUF_INIT;
	struct str rest = str_c(text), one;
	int r = 0;

	jw_array(w, "access_groups");
	while (r == 0 && iam_list_next(&rest, &one)) {
		CLEAN(iam_thing_clear) struct iam_thing g = IAM_THING_INIT;

		buf_reset(&word);
		r = buf_addstr(&word, one);
		if (r == 0)
			r = iam_find(cli, &iam_group, STR_NONE, word.p, &g);
		jw_str(w, NULL, buf_str(&g.id));
	}
	jw_end(w);
	return r;
}

static int
invite_body(struct cli *cli, const struct args *a, struct buf *ret)
{
	struct jw w = JW(ret);
	int r = 0;

	jw_object(&w, NULL);
	jw_array(&w, "users");
	jw_object(&w, NULL);
	jw_c(&w, "email", a->rest[0]);
	jw_c(&w, "account_role", "Member");
	if (a->v[INVITE_NAME].given)
		jw_c(&w, "name", a->v[INVITE_NAME].text);
	jw_end(&w);
	jw_end(&w);
	if (a->v[INVITE_GROUPS].given)
		r = groups_write(cli, &w, a->v[INVITE_GROUPS].text);
	jw_end(&w);
	return r != 0 ? r : buf_err(ret);
}

static int
user_invite(struct cli *cli, const struct args *a)
{
	CLEAN(buf_clear) struct buf path = BUF_INIT;
	CLEAN(buf_clear) struct buf body = BUF_INIT;
	CLEAN(json_freep) struct json *j = NULL;
	const struct json *row;
	const char *account = NULL;
	struct ask ask = {"POST", NULL, STR_NONE};
	int r = iam_account(cli, &account);

	if (r == 0)
		r = invite_body(cli, a, &body);
	if (r != 0)
		return r;
	(void)buf_addf(&path, "/v2/accounts/%s/users", account);
	ask.path = path.p;
	ask.body = buf_str(&body);
	r = client_json(cli, &ask, &j);
	if (r != 0)
		return r;
	if (cli->json) {
		print_json(j);
		return 0;
	}
	row = json_at(json_get(j, "resources"), 0);
	print_pair(_("User"), json_text(row, "email"));
	print_pair(_("State"), json_text(row, "state"));
	print_pair(_("Code"), json_text(row, "code"));
	printf(_("\nNothing is mailed. Hand the code over yourself, on a way "
		 "that only they\nread; it is shown once and good for seven "
		 "days. They run:\n"
		 "    latchkey user accept -a %s\n\nOK\n"),
	       cli->session.url);
	return 0;
}

static int
user_remove(struct cli *cli, const struct args *a)
{
	CLEAN(iam_thing_clear) struct iam_thing u = IAM_THING_INIT;
	int r = iam_confirm(cli, a->v[IAM_DELETE_FORCE].given,
			    _("Their keys, policies and logins in this account "
			      "end at once. Remove?"));

	if (r == 0)
		r = iam_find(cli, &iam_user, STR_NONE, a->rest[0], &u);
	return r != 0 ? r : iam_act(cli, &u, IAM_DELETE);
}

/* The code is the first line of what is not a terminal, the password the
 * second. */
static int
secrets_ask(struct cli *cli, struct buf *code, struct buf *password)
{
	CLEAN(buf_clear) struct buf text = BUF_INIT;
	struct str rest, line;
	int r;

	if (isatty(STDIN_FILENO)) {
		r = prompt_secret(_("invitation code"), code, &cli->note);
		return r != 0
			   ? r
			   : prompt_secret(_("password"), password, &cli->note);
	}
	r = file_read("-", STDIN_MAX, &text, &cli->note);
	rest = buf_str(&text);
	if (r == 0 && str_next(&rest, '\n', &line))
		r = buf_addstr(code, str_trim(line));
	if (r == 0 && str_next(&rest, '\n', &line))
		r = buf_addstr(password, line);
	if (r == 0 && (code->n == 0 || password->n == 0))
		return note_set(&cli->note, OUT_MALFORMED,
				_("standard input has a line with the code and "
				  "one with the password"));
	return r;
}

static int
user_accept(struct cli *cli, const struct args *a)
{
	CLEAN(buf_clear) struct buf code = BUF_INIT;
	CLEAN(buf_clear) struct buf password = BUF_INIT;
	CLEAN(buf_clear) struct buf body = BUF_INIT;
	CLEAN(json_freep) struct json *j = NULL;
	struct ask ask = {"POST", "/latchkey/v1/invitations/accept", STR_NONE};
	struct jw w = JW(&body);
	int r = endpoint_choose(cli, a->v[ACCEPT_URL].text,
				a->v[ACCEPT_CA_FILE].text);

	if (r == 0)
		r = secrets_ask(cli, &code, &password);
	if (r != 0)
		return r;
	jw_object(&w, NULL);
	jw_str(&w, "code", buf_str(&code));
	if (a->v[ACCEPT_NAME].given)
		jw_c(&w, "name", a->v[ACCEPT_NAME].text);
	jw_str(&w, "password", buf_str(&password));
	jw_end(&w);
	if (buf_err(&body) != 0)
		return buf_err(&body);
	ask.body = buf_str(&body);
	r = client_open(cli, &ask, &j);
	if (r != 0)
		return r;
	if (cli->json) {
		print_json(j);
		return 0;
	}
	printf(_("Welcome. 'latchkey login -a %s -u EMAIL' logs in.\n\nOK\n"),
	       cli->session.url);
	return 0;
}

static const struct command rows[] = {
    {"iam", "users", NULL, NULL, 0, "", 0, 0, user_list,
     N_("list the account's users and who is invited"), NULL},
    {"iam", "user-invite", NULL, invite_opts, nitems(invite_opts), "EMAIL", 1,
     1, user_invite, N_("invite a person into the account"),
     N_("Prints a code, once. Whoever has it comes in with 'latchkey user "
	"accept',\nand with all that the person was granted until then: grant "
	"it to who has come,\nor hand the code over as you would a password.\n"
	"Inviting the same address again makes a new code; the old one "
	"ends.\n")},
    {"iam", "user-remove", NULL, iam_delete_opts, IAM_DELETE_OPTS, "EMAIL|ID",
     1, 1, user_remove, N_("take a person out of the account"), NULL},
};
const struct command_set commands_member = {rows, nitems(rows)};

/* Beside the other commands of its group. */
static const struct command accept_rows[] = {
    {"user", "accept", NULL, accept_opts, nitems(accept_opts), "", 0, 0,
     user_accept, N_("come into an account with a code"),
     N_("Asks for the code and a password: a new one, or yours when the "
	"server knows\nyou already. Both can come in two lines on standard "
	"input instead.\n")},
};
const struct command_set commands_accept = {accept_rows, nitems(accept_rows)};
