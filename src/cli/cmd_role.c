/* iam role*: roles that policies grant, and those that the account made. */
#include "cli/pairs.h"
#include "cli/policy.h"

#include "base/enc.h"
#include "base/i18n.h"

#include <stdio.h>

enum { ROLES_SERVICE };
static const struct opt roles_opts[] = {
    {"service", 0, OPT_TEXT, "SERVICE", N_("of this service only")},
};
enum { ROLE_NAME, ROLE_SERVICE, ROLE_ACTIONS, ROLE_DESCRIPTION };
static const struct opt create_opts[] = {
    {"display-name", 'n', OPT_TEXT, "TEXT",
     N_("what people call it; default: NAME")},
    {"service-name", 's', OPT_TEXT, "SERVICE",
     N_("the service that it is of (needed)")},
    {"actions", 'a', OPT_TEXT, "ACTION,...",
     N_("what it holds: container-registry.image.pull (needed)")},
    {"description", 'd', OPT_TEXT, "TEXT", N_("what it is for")},
};
static const struct opt update_opts[] = {
    {"display-name", 'n', OPT_TEXT, "TEXT", N_("what people call it")},
    {"service-name", 's', OPT_TEXT, "SERVICE",
     N_("look for it among those of this service")},
    {"actions", 'a', OPT_TEXT, "ACTION,...", N_("what it holds from now on")},
    {"description", 'd', OPT_TEXT, "TEXT", N_("what it is for; '' removes it")},
};

static void
actions_text(const struct json *role, struct buf *ret)
{
	const struct json *actions = json_get(role, "actions");
	struct str one;

	for (size_t i = 0; i < json_size(actions); i++)
		if (json_str(json_at(actions, i), &one)) {
			(void)buf_adds(ret, i > 0 ? ", " : "");
			(void)buf_addstr(ret, one);
		}
}

static void
role_print(const struct json *role)
{
	CLEAN(buf_clear) struct buf actions = BUF_INIT;

	actions_text(role, &actions);
	print_pair(_("Name"), json_text(role, "display_name"));
	print_pair(_("Description"), json_text(role, "description"));
	print_pair(_("Service"), json_text(role, "service_name"));
	print_pair(_("Actions"), buf_str(&actions));
	print_pair(_("CRN"), json_text(role, "crn"));
	print_pair(_("ID"), json_text(role, "id"));
}

static void
roles_add(struct table *t, const struct json *rows, const char *kind)
{
	for (size_t i = 0; i < json_size(rows); i++) {
		const struct json *role = json_at(rows, i);
		CLEAN(buf_clear) struct buf actions = BUF_INIT;

		actions_text(role, &actions);
		table_add(t, json_text(role, "display_name"));
		table_add(t, str_c(kind));
		table_add(t, json_text(role, "description"));
		table_add(t, buf_str(&actions));
	}
}

static int
role_list(struct cli *cli, const struct args *a)
{
	static const struct column columns[] = {{N_("Name"), false},
						{N_("Kind"), false},
						{N_("Description"), false},
						{N_("Actions"), false}};
	CLEAN(json_freep) struct json *j = NULL;
	struct table t = TABLE(columns);
	int r = policy_roles_get(cli, a->v[ROLES_SERVICE].text, &j);

	if (r != 0)
		return r;
	if (cli->json) {
		print_json(j);
		return 0;
	}
	roles_add(&t, json_get(j, "service_roles"), _("service"));
	roles_add(&t, json_get(j, "system_roles"), _("platform"));
	roles_add(&t, json_get(j, "custom_roles"), _("custom"));
	table_print(&t);
	printf(_("\nOK\n"));
	return 0;
}

static void
actions_write(struct jw *w, const char *text)
{
	struct str rest = str_c(text), one;

	jw_array(w, "actions");
	while (iam_list_next(&rest, &one))
		jw_str(w, NULL, one);
	jw_end(w);
}

static int
role_create(struct cli *cli, const struct args *a)
{
	CLEAN(buf_clear) struct buf body = BUF_INIT;
	CLEAN(json_freep) struct json *j = NULL;
	struct jw w = JW(&body);
	const char *account = NULL;
	int r = iam_account(cli, &account);

	if (r != 0)
		return r;
	if (!a->v[ROLE_SERVICE].given || !a->v[ROLE_ACTIONS].given)
		return usage_set(cli,
				 _("--service-name and --actions are needed"));
	jw_object(&w, NULL);
	jw_c(&w, "name", a->rest[0]);
	jw_c(&w, "display_name",
	     a->v[ROLE_NAME].given ? a->v[ROLE_NAME].text : a->rest[0]);
	jw_c(&w, "account_id", account);
	jw_c(&w, "service_name", a->v[ROLE_SERVICE].text);
	actions_write(&w, a->v[ROLE_ACTIONS].text);
	if (a->v[ROLE_DESCRIPTION].given)
		jw_c(&w, "description", a->v[ROLE_DESCRIPTION].text);
	jw_end(&w);
	r = rest_send(cli, "POST", "/v2/roles", &body, &j);
	if (r == 0)
		iam_said(cli, j, role_print);
	return r;
}

static bool
role_is(const struct json *role, struct str word)
{
	return str_eq(json_text(role, "id"), word) ||
	       str_eq(json_text(role, "name"), word) ||
	       str_eq_nocase(json_text(role, "display_name"), word);
}

/* Among the account's own. Two services may have one of the same name. */
static int
role_path(struct cli *cli, const char *word, const char *service,
	  struct buf *ret)
{
	CLEAN(json_freep) struct json *all = NULL;
	const struct json *rows;
	struct str id = STR_NONE;
	size_t n = 0;
	int r = policy_roles_get(cli, service, &all);

	if (r != 0)
		return r;
	rows = json_get(all, "custom_roles");
	for (size_t i = 0; i < json_size(rows); i++)
		if (role_is(json_at(rows, i), str_c(word))) {
			id = json_text(json_at(rows, i), "id");
			n++;
		}
	if (n == 0)
		return note_set(
		    &cli->note, OUT_ABSENT,
		    _("the account has no role '%.100s' of its own"), word);
	if (n > 1)
		return note_set(&cli->note, OUT_CONFLICT,
				_("several roles are called '%.100s': give "
				  "--service-name, or the ID"),
				word);
	(void)buf_adds(ret, "/v2/roles/");
	(void)enc_percent(ret, id);
	return buf_err(ret);
}

static int
role_update(struct cli *cli, const struct args *a)
{
	CLEAN(iam_thing_clear) struct iam_thing t = IAM_THING_INIT;
	CLEAN(buf_clear) struct buf body = BUF_INIT;
	CLEAN(buf_clear) struct buf tag = BUF_INIT;
	CLEAN(json_freep) struct json *now = NULL;
	CLEAN(json_freep) struct json *j = NULL;
	struct ask ask = {"PUT", NULL, STR_NONE};
	struct jw w = JW(&body);
	int r = role_path(cli, a->rest[0], a->v[ROLE_SERVICE].text, &t.path);

	if (r == 0)
		r = iam_get(cli, t.path.p, &now, &tag);
	if (r != 0)
		return r;
	jw_object(&w, NULL);
	jw_str(&w, "display_name",
	       a->v[ROLE_NAME].given ? str_c(a->v[ROLE_NAME].text)
				     : json_text(now, "display_name"));
	if (a->v[ROLE_ACTIONS].given)
		actions_write(&w, a->v[ROLE_ACTIONS].text);
	else
		jw_json(&w, "actions", json_get(now, "actions"));
	jw_str(&w, "description",
	       a->v[ROLE_DESCRIPTION].given ? str_c(a->v[ROLE_DESCRIPTION].text)
					    : json_text(now, "description"));
	jw_end(&w);
	if (buf_err(&body) != 0)
		return buf_err(&body);
	ask.path = t.path.p;
	ask.body = buf_str(&body);
	r = iam_change(cli, &ask, &tag, &j);
	if (r == 0)
		iam_said(cli, j, role_print);
	return r;
}

static int
role_delete(struct cli *cli, const struct args *a)
{
	CLEAN(iam_thing_clear) struct iam_thing t = IAM_THING_INIT;
	int r = iam_confirm(cli, a->v[IAM_DELETE_FORCE].given,
			    _("Policies that grant it grant nothing more by "
			      "it. Delete?"));

	if (r == 0)
		r = role_path(cli, a->rest[0], NULL, &t.path);
	return r != 0 ? r : iam_act(cli, &t, IAM_DELETE);
}

static const struct command rows[] = {
    {"iam", "roles", NULL, roles_opts, nitems(roles_opts), "", 0, 0, role_list,
     N_("list roles and what they hold"), NULL},
    {"iam", "role-create", NULL, create_opts, nitems(create_opts), "NAME", 1, 1,
     role_create, N_("make a role of the account's own"),
     N_("'latchkey iam roles --service S' shows the actions there are.\n")},
    {"iam", "role-update", NULL, update_opts, nitems(update_opts), "NAME|ID", 1,
     1, role_update, N_("change what it holds; felt at once"), NULL},
    {"iam", "role-delete", NULL, iam_delete_opts, IAM_DELETE_OPTS, "NAME|ID", 1,
     1, role_delete, N_("delete a role of the account's own"), NULL},
};
const struct command_set commands_role = {rows, nitems(rows)};
