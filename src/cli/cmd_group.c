/* iam access-group*: people and machines who are granted the same. */
#include "cli/git.h"
#include "cli/iam.h"
#include "cli/pairs.h"

#include "base/enc.h"
#include "base/i18n.h"

#include <stdio.h>

enum { CREATE_DESCRIPTION };
static const struct opt create_opts[] = {
    {"description", 'd', OPT_TEXT, "TEXT", N_("what it is for")},
};

static void
group_print(const struct json *j)
{
	print_pair(_("Name"), json_text(j, "name"));
	print_pair(_("Description"), json_text(j, "description"));
	print_pair(_("Created At"), json_text(j, "created_at"));
	print_pair(_("UUID"), json_text(j, "id"));
}

static int
group_create(struct cli *cli, const struct args *a)
{
	CLEAN(buf_clear) struct buf path = BUF_INIT;
	CLEAN(buf_clear) struct buf body = BUF_INIT;
	CLEAN(json_freep) struct json *j = NULL;
	struct jw w = JW(&body);
	int r = iam_list_path(cli, &iam_group, STR_NONE, &path);

	if (r != 0)
		return r;
	jw_object(&w, NULL);
	jw_c(&w, "name", a->rest[0]);
	if (a->v[CREATE_DESCRIPTION].given)
		jw_c(&w, "description", a->v[CREATE_DESCRIPTION].text);
	jw_end(&w);
	r = rest_send(cli, "POST", path.p, &body, &j);
	if (r == 0)
		iam_said(cli, j, group_print);
	return r;
}

static void
group_row(struct table *t, const struct json *row)
{
	table_add(t, json_text(row, "name"));
	table_add(t, json_text(row, "description"));
	table_add(t, json_text(row, "created_at"));
	table_add(t, json_text(row, "id"));
}

static int
group_list(struct cli *cli, const struct args *a)
{
	static const struct column columns[] = {{N_("Name"), false},
						{N_("Description"), false},
						{N_("Created At"), false},
						{N_("UUID"), false}};
	CLEAN(buf_clear) struct buf path = BUF_INIT;
	struct listing list = {NULL, "groups", columns, nitems(columns),
			       group_row};
	int r = iam_list_path(cli, &iam_group, STR_NONE, &path);

	(void)a;
	list.path = path.p;
	return r != 0 ? r : pages_show(cli, &list);
}

static int
group_find(struct cli *cli, const struct args *a, struct iam_thing *ret)
{
	return iam_find(cli, &iam_group, STR_NONE, a->rest[0], ret);
}

static int
group_show(struct cli *cli, const struct args *a)
{
	CLEAN(iam_thing_clear) struct iam_thing g = IAM_THING_INIT;
	int r = group_find(cli, a, &g);

	return r != 0 ? r : iam_show(cli, &g, group_print);
}

static int
group_update(struct cli *cli, const struct args *a)
{
	CLEAN(iam_thing_clear) struct iam_thing g = IAM_THING_INIT;
	CLEAN(buf_clear) struct buf body = BUF_INIT;
	int r = iam_names_body(cli, &a->v[IAM_NEW_NAME],
			       &a->v[IAM_NEW_DESCRIPTION], &body);

	if (r == 0)
		r = group_find(cli, a, &g);
	return r != 0 ? r : iam_update(cli, &g, "PATCH", &body, group_print);
}

static int
group_delete(struct cli *cli, const struct args *a)
{
	CLEAN(iam_thing_clear) struct iam_thing g = IAM_THING_INIT;
	int r = iam_confirm(cli, a->v[IAM_DELETE_FORCE].given,
			    _("Its policies go with it, and what its members "
			      "had by them. Delete?"));

	if (r == 0)
		r = group_find(cli, a, &g);
	if (r == 0)
		(void)buf_adds(&g.path, "?force=true");
	return r != 0 ? r : iam_act(cli, &g, IAM_DELETE);
}

/* Each member is answered for by itself, under a status that is well. */
static int
members_judge(struct cli *cli, const struct json *j)
{
	const struct json *rows = json_get(j, "members");

	for (size_t i = 0; i < json_size(rows); i++) {
		const struct json *row = json_at(rows, i);
		const struct json *e = json_at(json_get(row, "errors"), 0);
		int64_t status = 200;

		(void)json_int(json_get(row, "status_code"), &status);
		if (status > 299)
			return note_set(&cli->note, OUT_CONFLICT, "%.*s: %.*s",
					STR_ARG(json_text(row, "iam_id")),
					STR_ARG(json_text(e, "message")));
	}
	return 0;
}

static int
member_put(struct cli *cli, const struct args *a, const struct iam_kind *kind)
{
	CLEAN(iam_thing_clear) struct iam_thing g = IAM_THING_INIT;
	CLEAN(buf_clear) struct buf id = BUF_INIT;
	CLEAN(buf_clear) struct buf body = BUF_INIT;
	CLEAN(json_freep) struct json *j = NULL;
	struct ask ask = {"PUT", NULL, STR_NONE};
	struct jw w = JW(&body);
	int r = group_find(cli, a, &g);

	jw_object(&w, NULL);
	jw_array(&w, "members");
	for (int i = 1; r == 0 && i < a->n; i++) {
		buf_reset(&id);
		r = iam_identity(cli, kind, a->rest[i], &id);
		jw_object(&w, NULL);
		jw_str(&w, "iam_id", buf_str(&id));
		jw_c(&w, "type", kind == &iam_user ? "user" : "service");
		jw_end(&w);
	}
	jw_end(&w);
	jw_end(&w);
	(void)buf_adds(&g.path, "/members");
	if (r == 0)
		r = buf_err(&body) != 0 ? buf_err(&body) : buf_err(&g.path);
	if (r != 0)
		return r;
	ask.path = g.path.p;
	ask.body = buf_str(&body);
	r = client_json(cli, &ask, &j);
	if (r == 0)
		r = members_judge(cli, j);
	if (r == 0 && cli->json)
		print_json(j);
	else if (r == 0)
		printf(_("Added to '%s'.\nOK\n"), a->rest[0]);
	return r;
}

static int
member_drop(struct cli *cli, const struct args *a, const struct iam_kind *kind)
{
	CLEAN(iam_thing_clear) struct iam_thing g = IAM_THING_INIT;
	CLEAN(buf_clear) struct buf id = BUF_INIT;
	struct ask ask = {"DELETE", NULL, STR_NONE};
	int r = group_find(cli, a, &g);

	if (r == 0)
		r = iam_identity(cli, kind, a->rest[1], &id);
	if (r != 0)
		return r;
	(void)buf_adds(&g.path, "/members/");
	(void)enc_percent(&g.path, buf_str(&id));
	ask.path = g.path.p;
	r = buf_err(&g.path) != 0 ? buf_err(&g.path)
				  : client_call(cli, &ask, NULL, NULL);
	if (r == 0)
		print_step(cli, _("Removed from '%s'.\nOK\n"), a->rest[0]);
	return r;
}

static int
user_add(struct cli *cli, const struct args *a)
{
	return member_put(cli, a, &iam_user);
}

static int
user_remove(struct cli *cli, const struct args *a)
{
	return member_drop(cli, a, &iam_user);
}

static int
service_add(struct cli *cli, const struct args *a)
{
	return member_put(cli, a, &iam_service_id);
}

static int
service_remove(struct cli *cli, const struct args *a)
{
	return member_drop(cli, a, &iam_service_id);
}

static void
member_row(struct table *t, const struct json *row)
{
	struct str email = json_text(row, "email");

	table_add(t, json_text(row, "name"));
	table_add(t, email);
	table_add(t, json_text(row, "created_at"));
	table_add(t, json_text(row, "iam_id"));
}

/* type: "user" or "service" */
static int
members_list(struct cli *cli, const struct args *a, const char *type)
{
	static const struct column columns[] = {{N_("Name"), false},
						{N_("E-mail"), false},
						{N_("Added At"), false},
						{N_("ID"), false}};
	CLEAN(iam_thing_clear) struct iam_thing g = IAM_THING_INIT;
	struct listing list = {NULL, "members", columns, nitems(columns),
			       member_row};
	int r = group_find(cli, a, &g);

	if (r != 0)
		return r;
	(void)buf_addf(&g.path, "/members?type=%s&verbose=true&limit=" IAM_PAGE,
		       type);
	list.path = g.path.p;
	return buf_err(&g.path) != 0 ? buf_err(&g.path)
				     : pages_show(cli, &list);
}

static int
users_list(struct cli *cli, const struct args *a)
{
	return members_list(cli, a, "user");
}

static int
services_list(struct cli *cli, const struct args *a)
{
	return members_list(cli, a, "service");
}

#define GROUP "GROUP"
static const struct command rows[] = {
    {"iam", "access-groups", NULL, NULL, 0, "", 0, 0, group_list,
     N_("list the account's access groups"), NULL},
    {"iam", "access-group-create", NULL, create_opts, nitems(create_opts),
     "NAME", 1, 1, group_create, N_("make an access group"),
     N_("What is granted to a group, each of its members has: see\n"
	"access-group-policy-create.\n")},
    {"iam", "access-group", NULL, NULL, 0, GROUP, 1, 1, group_show,
     N_("show an access group"), NULL},
    {"iam", "access-group-update", NULL, iam_update_opts, IAM_UPDATE_OPTS,
     GROUP, 1, 1, group_update, N_("change its name or description"), NULL},
    {"iam", "access-group-delete", NULL, iam_delete_opts, IAM_DELETE_OPTS,
     GROUP, 1, 1, group_delete, N_("delete it with its policies"), NULL},
    {"iam", "access-group-user-add", NULL, NULL, 0, "GROUP USER...", 2, -1,
     user_add, N_("put users into it"), NULL},
    {"iam", "access-group-user-remove", NULL, NULL, 0, "GROUP USER", 2, 2,
     user_remove, N_("take a user out; felt at once"), NULL},
    {"iam", "access-group-users", NULL, NULL, 0, GROUP, 1, 1, users_list,
     N_("list the users in it"), NULL},
    {"iam", "access-group-service-id-add", NULL, NULL, 0, "GROUP SERVICE...", 2,
     -1, service_add, N_("put service IDs into it"), NULL},
    {"iam", "access-group-service-id-remove", NULL, NULL, 0, "GROUP SERVICE", 2,
     2, service_remove, N_("take a service ID out; felt at once"), NULL},
    {"iam", "access-group-service-ids", NULL, NULL, 0, GROUP, 1, 1,
     services_list, N_("list the service IDs in it"), NULL},
};
const struct command_set commands_group = {rows, nitems(rows)};
