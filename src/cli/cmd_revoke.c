/* revoke, sessions, session-end: the end of what somebody has in hand. */
#include "cli/git.h"
#include "cli/iam.h"

#include "base/enc.h"
#include "base/i18n.h"

#include <stdio.h>
#include <string.h>

#define WHAT_MAX (16 * KIB)

enum { REVOKE_DRY_RUN, REVOKE_FORCE };
static const struct opt revoke_opts[] = {
    {"dry-run", 0, OPT_FLAG, NULL, N_("show what would end, and end nothing")},
    {"force", 'f', OPT_FLAG, NULL, N_("do not ask")},
};
enum { SESSIONS_OF };
static const struct opt sessions_opts[] = {
    {"identity", 0, OPT_TEXT, "ID", N_("of this user or service ID")},
};

/* "-": from standard input. A value in a list of processes was seen. */
static int
what_read(struct cli *cli, const char *given, struct buf *ret)
{
	int r;

	if (strcmp(given, "-") != 0) {
		if (str_starts(str_c(given), STR("lk_")) ||
		    str_starts(str_c(given), STR("eyJ")))
			fprintf(stderr,
				_("Hint: a secret on the command line can be "
				  "seen by other users of this machine; '-' "
				  "reads it from standard input.\n"));
		return buf_adds(ret, given);
	}
	r = file_read("-", WHAT_MAX, ret, &cli->note);
	while (r == 0 && ret->n > 0 &&
	       strchr(" \t\r\n", ret->p[ret->n - 1]) != NULL)
		ret->p[--ret->n] = '\0';
	if (r == 0 && ret->n == 0)
		return note_set(&cli->note, OUT_MALFORMED,
				_("standard input is empty"));
	return r;
}

static int
revoke_ask(struct cli *cli, struct str what, bool dry, struct json **ret)
{
	CLEAN(buf_clear) struct buf body = BUF_INIT;
	struct ask ask = {"POST", "/latchkey/v1/revoke", STR_NONE};
	struct jw w = JW(&body);

	jw_object(&w, NULL);
	jw_str(&w, "what", what);
	jw_bool(&w, "dry_run", dry);
	jw_end(&w);
	if (buf_err(&body) != 0)
		return buf_err(&body);
	ask.body = buf_str(&body);
	return client_json(cli, &ask, ret);
}

/* What did not end is a failure, whatever else did. */
static int
ended_print(struct cli *cli, const struct json *j, bool dry)
{
	static const struct column columns[] = {{N_("Kind"), false},
						{N_("Name"), false},
						{N_("Place"), false},
						{N_("ID"), false},
						{N_("Result"), false}};
	const struct json *rows = json_get(j, "ended");
	struct table t = TABLE(columns);
	bool all = true;

	for (size_t i = 0; i < json_size(rows); i++) {
		const struct json *row = json_at(rows, i);
		struct str result = json_text(row, "result");

		all = all && (dry || str_eq(result, STR("ended")));
		table_add(&t, json_text(row, "kind"));
		table_add(&t, json_text(row, "name"));
		table_add(&t, json_text(row, "place"));
		table_add(&t, json_text(row, "id"));
		table_add(&t, result);
	}
	if (cli->json)
		print_json(j);
	else
		table_print(&t);
	buf_clear(&t.cells);
	return all ? 0
		   : note_set(&cli->note, OUT_CONFLICT,
			      _("not all of it could be ended"));
}

static int
revoke_one(struct cli *cli, const struct args *a, const char *given)
{
	CLEAN(buf_clear) struct buf what = BUF_INIT;
	CLEAN(json_freep) struct json *plan = NULL;
	CLEAN(json_freep) struct json *j = NULL;
	bool dry = a->v[REVOKE_DRY_RUN].given;
	int r = what_read(cli, given, &what);

	if (r == 0 && !dry && !a->v[REVOKE_FORCE].given) {
		r = revoke_ask(cli, buf_str(&what), true, &plan);
		if (r == 0 && !cli->json)
			r = ended_print(cli, plan, true);
		if (r == 0)
			r = iam_confirm(cli, false,
					_("All of it ends at once, "
					  "everywhere. Revoke?"));
	}
	if (r == 0)
		r = revoke_ask(cli, buf_str(&what), dry, &j);
	return r != 0 ? r : ended_print(cli, j, dry);
}

static int
revoke(struct cli *cli, const struct args *a)
{
	int r = 0;

	for (int i = 0; r == 0 && i < a->n; i++)
		r = revoke_one(cli, a, a->rest[i]);
	if (r == 0 && !cli->json)
		printf(_("\nOK\n"));
	return r;
}

static void
session_row(struct table *t, const struct json *row)
{
	char began[32], ends[32];

	table_add(t, json_text(row, "id"));
	table_add(t, json_text(row, "identity"));
	table_add(t, when_text(json_text(row, "created_at"), began));
	table_add(t, json_text(row, "addr"));
	table_add(t, json_text(row, "agent"));
	table_add(t, when_text(json_text(row, "expires_at"), ends));
}

static int
sessions(struct cli *cli, const struct args *a)
{
	static const struct column columns[] = {
	    {N_("Session"), false}, {N_("Identity"), false},
	    {N_("Began"), false},   {N_("From"), false},
	    {N_("Program"), false}, {N_("Expires"), false}};
	CLEAN(buf_clear) struct buf path = BUF_INIT;
	struct listing list = {NULL, "sessions", columns, nitems(columns),
			       session_row};

	(void)buf_adds(&path, "/latchkey/v1/sessions?");
	if (a->v[SESSIONS_OF].given)
		form_add(&path, "identity", str_c(a->v[SESSIONS_OF].text));
	else
		path.p[--path.n] = '\0';
	list.path = path.p;
	return buf_err(&path) != 0 ? buf_err(&path) : list_show(cli, &list);
}

static int
session_end(struct cli *cli, const struct args *a)
{
	CLEAN(buf_clear) struct buf path = BUF_INIT;
	struct ask ask = {"DELETE", NULL, STR_NONE};
	int r;

	(void)buf_adds(&path, "/latchkey/v1/sessions/");
	(void)enc_percent(&path, str_c(a->rest[0]));
	ask.path = path.p;
	r = buf_err(&path) != 0 ? buf_err(&path)
				: client_call(cli, &ask, NULL, NULL);
	if (r == 0)
		print_step(cli, _("The session has ended.\nOK\n"));
	return r;
}

static const struct command rows[] = {
    {"", "revoke", NULL, revoke_opts, nitems(revoke_opts), "WHAT...", 1, -1,
     revoke, N_("end a credential, everywhere"),
     N_("WHAT is a value ('-': from standard input), a fingerprint, a public "
	"key, or an\nid: of an API key, a token, a session, an SSH or access "
	"key, a user, a service\nID, a policy, a group. Without -f it shows "
	"what that is, and asks.\n")},
    {"", "sessions", NULL, sessions_opts, nitems(sessions_opts), "", 0, 0,
     sessions, N_("list logins that are still open"), NULL},
    {"", "session-end", NULL, NULL, 0, "ID", 1, 1, session_end,
     N_("end one of them"), NULL},
};
const struct command_set commands_revoke = {rows, nitems(rows)};
