/* project: divisions of an account. */
#include "cli/git.h"

#include "base/enc.h"
#include "base/i18n.h"

#include <stdio.h>
#include <string.h>

enum { CREATE_NAME, CREATE_DESCRIPTION };
static const struct opt create_opts[] = {
    {"name", 0, OPT_TEXT, "TEXT", N_("a name for people; default: the word")},
    {"description", 0, OPT_TEXT, "TEXT", N_("what it is for")},
};
enum { DELETE_FORCE };
static const struct opt delete_opts[] = {
    {"force", 'f', OPT_FLAG, NULL, N_("do not ask")},
};

static int
projects_path(const char *account, struct buf *ret)
{
	(void)buf_adds(ret, "/2.0/workspaces/");
	(void)enc_percent(ret, str_c(account));
	return buf_adds(ret, "/projects");
}

static int
create_body(const struct args *a, const struct place *p, struct buf *body)
{
	struct jw w = JW(body);

	jw_object(&w, NULL);
	jw_c(&w, "key", p->name);
	jw_c(&w, "name",
	     a->v[CREATE_NAME].given ? a->v[CREATE_NAME].text : p->name);
	if (a->v[CREATE_DESCRIPTION].given)
		jw_c(&w, "description", a->v[CREATE_DESCRIPTION].text);
	jw_end(&w);
	return buf_err(body);
}

static int
project_create(struct cli *cli, const struct args *a)
{
	CLEAN(buf_clear) struct buf path = BUF_INIT;
	CLEAN(buf_clear) struct buf body = BUF_INIT;
	CLEAN(json_freep) struct json *project = NULL;
	struct ask ask = {"POST", NULL, STR_NONE};
	struct place p;
	int r = place_project(cli, a->rest[0], &p);

	if (r == 0)
		r = projects_path(p.account, &path);
	if (r == 0)
		r = create_body(a, &p, &body);
	if (r != 0)
		return r;
	ask.path = path.p;
	ask.body = buf_str(&body);
	r = client_json(cli, &ask, &project);
	if (r != 0)
		return r;
	if (cli->json)
		print_json(project);
	else
		printf(_("Created project '%s/%s'.\n\nOK\n"), p.account,
		       p.name);
	return 0;
}

static void
project_row(struct table *t, const struct json *row)
{
	char when[32];

	table_add(t, json_text(row, "key"));
	table_add(t, json_text(row, "name"));
	table_add(t, when_text(json_text(row, "created_on"), when));
	table_add(t, json_text(row, "description"));
}

static int
project_list(struct cli *cli, const struct args *a)
{
	static const struct column columns[] = {{N_("PROJECT"), false},
						{N_("NAME"), false},
						{N_("CREATED"), false},
						{N_("DESCRIPTION"), false}};
	CLEAN(buf_clear) struct buf path = BUF_INIT;
	struct listing list = {NULL, NULL, columns, nitems(columns),
			       project_row};
	const char *account = a->n > 0 ? a->rest[0] : NULL;
	int r = account != NULL ? 0 : place_account(cli, &account);

	if (r == 0)
		r = projects_path(account, &path);
	if (r == 0)
		r = buf_adds(&path, "?pagelen=100");
	if (r != 0)
		return r;
	list.path = path.p;
	return pages_show(cli, &list);
}

static int
project_delete(struct cli *cli, const struct args *a)
{
	struct ask ask = {"DELETE", NULL, STR_NONE};
	struct place p;
	int r = place_project(cli, a->rest[0], &p);

	if (r != 0)
		return r;
	if (!a->v[DELETE_FORCE].given &&
	    !prompt_yes(_("Its access keys open nothing any more. Delete?")))
		return note_set(
		    &cli->note, OUT_DENIED,
		    _("nothing deleted: not confirmed (-f does not ask)"));
	ask.path = p.path;
	r = client_call(cli, &ask, NULL, NULL);
	if (r == 0)
		printf(_("Deleted project '%s/%s'.\n\nOK\n"), p.account,
		       p.name);
	return r;
}

static const struct command rows[] = {
    {"project", "create", NULL, create_opts, nitems(create_opts),
     "TEAM/PROJECT", 1, 1, project_create, N_("make a project"),
     N_("Repositories belong to a project, 'default' at first. An access key "
	"on\n"
	"a project reads all of its repositories.\n")},
    {"project", "list", NULL, NULL, 0, "[TEAM]", 0, 1, project_list,
     N_("list the account's projects"), NULL},
    {"project", "delete", NULL, delete_opts, nitems(delete_opts),
     "TEAM/PROJECT", 1, 1, project_delete, N_("delete a project that is empty"),
     N_("Move its repositories first: latchkey repo set TEAM/REPO --project "
	"P\n")},
};
const struct command_set commands_project = {rows, nitems(rows)};
