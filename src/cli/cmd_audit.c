/* audit, status, whoami: what happened, and how things are. */
#include "cli/cli.h"

#include "base/enc.h"
#include "base/i18n.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum {
	AUDIT_SINCE,
	AUDIT_CRED,
	AUDIT_VERB,
	AUDIT_THING,
	AUDIT_OUTCOME,
	AUDIT_LIMIT
};
static const struct opt audit_opts[] = {
    {"since", 0, OPT_TEXT, "TIME",
     N_("from this time on, as "
	"2026-11-21T10:20:30Z")},
    {"cred", 0, OPT_TEXT, "KIND:ID", N_("of this credential")},
    {"verb", 0, OPT_TEXT, "VERB", N_("such as image.pull")},
    {"thing", 0, OPT_TEXT, "PREFIX", N_("such as repo:birds/")},
    {"outcome", 0, OPT_TEXT, "done|used|refused|unconfirmed", N_("only these")},
    {"limit", 'n', OPT_NUMBER, "N", N_("at most so many; default 100")},
};

static void
audit_path(const struct args *a, struct buf *path)
{
	static const struct {
		int at;
		const char *name;
	} texts[] = {
	    {AUDIT_SINCE, "since"},	{AUDIT_CRED, "cred"},
	    {AUDIT_VERB, "verb"},	{AUDIT_THING, "thing"},
	    {AUDIT_OUTCOME, "outcome"},
	};

	(void)buf_adds(path, "/latchkey/v1/audit?");
	for (size_t i = 0; i < nitems(texts); i++)
		if (a->v[texts[i].at].given)
			form_add(path, texts[i].name,
				 str_c(a->v[texts[i].at].text));
	if (a->v[AUDIT_LIMIT].given) {
		char n[24];

		(void)snprintf(n, sizeof(n), "%" PRIu64,
			       a->v[AUDIT_LIMIT].number);
		form_add(path, "limit", str_c(n));
	}
}

static void
event_row(struct table *t, const struct json *e)
{
	CLEAN(buf_clear) struct buf count = BUF_INIT;
	struct str who = json_text(e, "cred");
	int64_t n = 0;

	(void)json_int(json_get(e, "count"), &n);
	(void)buf_addf(&count, "%" PRId64, n);
	table_add(t, json_text(e, "at"));
	table_add(t, json_text(e, "outcome"));
	table_add(t, json_text(e, "verb"));
	table_add(t, json_text(e, "thing"));
	table_add(t, who.n > 0 ? who : json_text(e, "identity"));
	table_add(t, json_text(e, "addr"));
	table_add(t, buf_str(&count));
}

static int
audit(struct cli *cli, const struct args *a)
{
	static const struct column columns[] = {
	    {N_("Time"), false},       {N_("Outcome"), false},
	    {N_("Verb"), false},       {N_("Thing"), false},
	    {N_("Credential"), false}, {N_("From"), false},
	    {N_("Count"), true}};
	CLEAN(buf_clear) struct buf path = BUF_INIT;
	struct listing list = {NULL, "events", columns, nitems(columns),
			       event_row};

	audit_path(a, &path);
	list.path = path.p;
	return list_show(cli, &list);
}

static int
show(struct cli *cli, const char *path)
{
	CLEAN(json_freep) struct json *j = NULL;
	struct ask ask = {"GET", path, STR_NONE};
	int r = client_json(cli, &ask, &j);

	if (r != 0)
		return r;
	if (cli->json) {
		print_json(j);
		return 0;
	}
	print_values(j);
	return 0;
}

static int
whoami(struct cli *cli, const struct args *a)
{
	(void)a;
	return show(cli, "/latchkey/v1/whoami");
}

static const struct command rows[] = {
    {"", "audit", NULL, audit_opts, nitems(audit_opts), "", 0, 0, audit,
     N_("show the account's trail, newest first"),
     N_("done: a change; used: a login, pull or token, counted by the "
	"minute;\nrefused: somebody was told no.\n")},
    {"", "whoami", NULL, NULL, 0, "", 0, 0, whoami,
     N_("show who this login is"), NULL},
};
const struct command_set commands_audit = {rows, nitems(rows)};
