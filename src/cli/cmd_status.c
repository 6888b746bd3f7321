/* status: is the server there, as whom are we known, and what ends soon? */
#include "cli/git.h"
#include "cli/iam.h"

#include "base/i18n.h"

#include <stdio.h>

#define DAYS "7"

static int
ask_quiet(struct cli *cli, const char *path, struct json **ret)
{
	struct ask ask = {"GET", path, STR_NONE};
	int r = client_json(cli, &ask, ret);

	/* Not everybody may see everything, and that is no failure here. */
	if (r == OUT_DENIED || r == OUT_ABSENT) {
		cli->note.text[0] = '\0';
		return 0;
	}
	return r;
}

static void
who_print(const struct cli *cli, const struct json *who)
{
	struct str name = json_text(who, "email");

	print_pair(_("API endpoint:"), str_c(cli->session.url));
	print_pair(_("User:"), name.n > 0 ? name : json_text(who, "name"));
	print_pair(_("Account:"), json_text(who, "account_slug"));
	print_pair(_("Credential:"), json_text(who, "credential"));
}

static void
soon_print(const struct json *soon)
{
	static const struct column columns[] = {
	    {N_("Kind"), false},      {N_("Name"), false},
	    {N_("Place"), false},     {N_("Expires"), false},
	    {N_("Last Used"), false}, {N_("ID"), false}};
	const struct json *rows = json_get(soon, "expiring");
	struct table t = TABLE(columns);
	char left[LEFT_ROOM], used[32];

	for (size_t i = 0; i < json_size(rows); i++) {
		const struct json *row = json_at(rows, i);

		left_member(row, "expires_at", left);
		table_add(&t, json_text(row, "kind"));
		table_add(&t, json_text(row, "name"));
		table_add(&t, json_text(row, "place"));
		table_add(&t, str_c(left));
		table_add(&t, when_text(json_text(row, "last_used"), used));
		table_add(&t, json_text(row, "id"));
	}
	if (t.n_cells == 0) {
		printf(_("\nNothing ends within 7 days.\n"));
		return;
	}
	printf(_("\nThese end within 7 days:\n\n"));
	table_print(&t);
}

static int
status_json(const struct json *who, const struct json *server,
	    const struct json *soon)
{
	CLEAN(buf_clear) struct buf text = BUF_INIT;
	CLEAN(json_freep) struct json *j = NULL;
	struct jw w = JW(&text);
	const struct json *value;
	struct str name;
	void *at = NULL;

	/* What the server says of itself stands where it always stood. */
	jw_object(&w, NULL);
	while (json_each(server, &at, &name, &value)) {
		jw_key(&w, name);
		jw_json(&w, NULL, value);
	}
	jw_json(&w, "whoami", who);
	if (soon != NULL)
		jw_json(&w, "expiring", json_get(soon, "expiring"));
	jw_end(&w);
	if (buf_err(&text) == 0 && json_parse(buf_str(&text), &j, NULL) == 0)
		print_json(j);
	return buf_err(&text);
}

static int
status(struct cli *cli, const struct args *a)
{
	CLEAN(json_freep) struct json *who = NULL;
	CLEAN(json_freep) struct json *server = NULL;
	CLEAN(json_freep) struct json *soon = NULL;
	struct ask ask = {"GET", "/latchkey/v1/whoami", STR_NONE};
	int r = client_json(cli, &ask, &who);

	(void)a;
	if (r == 0)
		r = ask_quiet(cli, "/latchkey/v1/status", &server);
	if (r == 0)
		r = ask_quiet(cli, "/latchkey/v1/expiring?days=" DAYS, &soon);
	if (r != 0)
		return r;
	if (cli->json)
		return status_json(who, server, soon);
	who_print(cli, who);
	if (server != NULL) {
		(void)putchar('\n');
		print_values(server);
	}
	if (soon != NULL)
		soon_print(soon);
	printf(_("\nOK\n"));
	return 0;
}

static const struct command rows[] = {
    {"", "status", NULL, NULL, 0, "", 0, 0, status,
     N_("is the server there, and what ends soon"),
     N_("Whoever runs the server sees more of it.\n")},
};
const struct command_set commands_status = {rows, nitems(rows)};
