/* Repositories in lists: those that are there, and those that were. */
#include "cli/git.h"

#include "base/enc.h"
#include "base/i18n.h"

#include <string.h>

enum { LIST_REMOVED, LIST_PROJECT };
const struct opt repo_list_opts[REPO_LIST_OPTS] = {
    {"removed", 0, OPT_FLAG, NULL, N_("those that can still be restored")},
    {"project", 0, OPT_TEXT, "PROJECT", N_("only those of this project")},
};
static void
repo_row(struct table *t, const struct json *repo)
{
	int64_t size = 0;
	char text[32];

	(void)json_int(json_get(repo, "size"), &size);
	table_add(t, json_text(repo, "full_name"));
	table_add(t, json_text(json_get(repo, "mainbranch"), "name"));
	size_text(size, text);
	table_add(t, str_c(text));
	table_add(t, when_text(json_text(repo, "pushed_on"), text));
	table_add(t, json_text(json_get(repo, "project"), "key"));
	table_add(t, json_text(repo, "description"));
}

static void
removed_row(struct table *t, const struct json *repo)
{
	char text[32];

	table_add(t, json_text(repo, "full_name"));
	table_add(t, json_text(repo, "uuid"));
	table_add(t, when_text(json_text(repo, "removed_on"), text));
	table_add(t, when_text(json_text(repo, "purged_on"), text));
}

static const struct column repo_columns[] = {
    {N_("REPOSITORY"), false}, {N_("MAIN BRANCH"), false},
    {N_("SIZE"), true},	       {N_("LAST PUSH"), false},
    {N_("PROJECT"), false},    {N_("DESCRIPTION"), false}};
static const struct column removed_columns[] = {{N_("REPOSITORY"), false},
						{N_("UUID"), false},
						{N_("REMOVED"), false},
						{N_("GONE AFTER"), false}};

static int
list_path(struct cli *cli, const char *team, bool removed, const char *project,
	  struct buf *ret)
{
	CLEAN(buf_clear) struct buf q = BUF_INIT;
	int r = team != NULL ? 0 : place_account(cli, &team);

	if (r != 0)
		return r;
	(void)buf_adds(ret, "/2.0/repositories/");
	(void)enc_percent(ret, str_c(team));
	(void)buf_adds(ret, "?pagelen=100");
	if (removed)
		form_add(ret, "removed", STR("true"));
	if (project != NULL) {
		(void)buf_addf(&q, "project.key = \"%s\"", project);
		form_add(ret, "q", buf_str(&q));
	}
	return buf_err(&q) != 0 ? buf_err(&q) : buf_err(ret);
}

int
repo_list(struct cli *cli, const struct args *a)
{
	CLEAN(buf_clear) struct buf path = BUF_INIT;
	bool removed = a->v[LIST_REMOVED].given;
	struct listing list = {NULL, NULL, repo_columns, nitems(repo_columns),
			       repo_row};
	int r = list_path(cli, a->n > 0 ? a->rest[0] : NULL, removed,
			  a->v[LIST_PROJECT].text, &path);

	if (r != 0)
		return r;
	if (removed) {
		list.columns = removed_columns;
		list.n_columns = nitems(removed_columns);
		list.row = removed_row;
	}
	list.path = path.p;
	return pages_show(cli, &list);
}

struct removed {
	struct str name;
	struct buf uuid;
	int found;
};

static bool
removed_match(void *arg, const struct json *repo)
{
	struct removed *f = arg;

	if (!str_eq_nocase(json_text(repo, "slug"), f->name))
		return true;
	buf_reset(&f->uuid);
	(void)buf_addstr(&f->uuid, json_text(repo, "uuid"));
	f->found++;
	return true;
}

/* A name may have been given, removed and given again: then only the uuid says
 * which one is meant. */
int
repo_removed(struct cli *cli, const struct place *p, struct buf *ret)
{
	CLEAN(buf_clear) struct buf path = BUF_INIT;
	struct removed f = {.name = str_c(p->name), .uuid = BUF_INIT};
	int r = list_path(cli, p->account, true, NULL, &path);

	if (r == 0)
		r = pages_each(cli, path.p, NULL, removed_match, &f);
	if (r == 0 && f.found == 1)
		r = buf_addstr(ret, buf_str(&f.uuid));
	buf_clear(&f.uuid);
	if (r != 0 || f.found == 1)
		return r;
	return note_set(
	    &cli->note, f.found == 0 ? OUT_ABSENT : OUT_CONFLICT,
	    f.found == 0 ? _("no removed repository '%s/%s'")
			 : _("several of the name '%s/%s' were removed: give "
			     "the UUID that 'latchkey repo list --removed' "
			     "shows"),
	    p->account, p->name);
}
