/* iam service-id-*: identities of machines. */
#include "cli/git.h"
#include "cli/iam.h"

#include "base/i18n.h"

#include <stdio.h>

enum { CREATE_DESCRIPTION, CREATE_LOCK };
static const struct opt create_opts[] = {
    {"description", 'd', OPT_TEXT, "TEXT", N_("what it is for")},
    {"lock", 0, OPT_FLAG, NULL, N_("lock it at once")},
};
enum { UUID_ONLY };
static const struct opt uuid_opts[] = {
    {"uuid", 0, OPT_FLAG, NULL, N_("show the UUIDs only")},
};

static void
service_print(const struct json *j)
{
	CLEAN(buf_clear) struct buf bound = BUF_INIT;

	(void)buf_addf(&bound, "crn:v1:bluemix:public:::a/%.*s:::",
		       STR_ARG(json_text(j, "account_id")));
	print_pair(_("Name"), json_text(j, "name"));
	print_pair(_("Description"), json_text(j, "description"));
	print_pair(_("CRN"), json_text(j, "crn"));
	print_pair(_("Bound To"), buf_str(&bound));
	print_pair(_("Version"), json_text(j, "entity_tag"));
	print_pair(_("Created At"), json_text(j, "created_at"));
	print_pair(_("Locked"), iam_flag_text(j, "locked"));
	if (iam_flag(j, "disabled"))
		print_pair(_("Disabled"), STR("true"));
	print_pair(_("UUID"), json_text(j, "id"));
}

static int
service_create(struct cli *cli, const struct args *a)
{
	CLEAN(buf_clear) struct buf body = BUF_INIT;
	CLEAN(json_freep) struct json *j = NULL;
	struct ask ask = {"POST", iam_service_id.path, STR_NONE};
	struct jw w = JW(&body);
	const char *account = NULL;
	int r = iam_account(cli, &account);

	if (r != 0)
		return r;
	jw_object(&w, NULL);
	jw_c(&w, "account_id", account);
	jw_c(&w, "name", a->rest[0]);
	if (a->v[CREATE_DESCRIPTION].given)
		jw_c(&w, "description", a->v[CREATE_DESCRIPTION].text);
	jw_end(&w);
	if (buf_err(&body) != 0)
		return buf_err(&body);
	ask.body = buf_str(&body);
	r = client_tagged(cli, &ask,
			  a->v[CREATE_LOCK].given ? "Entity-Lock: true" : NULL,
			  &j, NULL);
	if (r == 0)
		iam_said(cli, j, service_print);
	return r;
}

static void
service_row(struct table *t, const struct json *row)
{
	table_add(t, json_text(row, "name"));
	table_add(t, json_text(row, "description"));
	table_add(t, json_text(row, "created_at"));
	table_add(t, str_c(iam_flag(row, "disabled") ? _("disabled")
			   : iam_flag(row, "locked") ? _("locked")
						     : _("active")));
	table_add(t, json_text(row, "id"));
}

static void
uuid_row(struct table *t, const struct json *row)
{
	table_add(t, json_text(row, "id"));
}

static int
service_list(struct cli *cli, const struct args *a)
{
	static const struct column columns[] = {{N_("Name"), false},
						{N_("Description"), false},
						{N_("Created At"), false},
						{N_("State"), false},
						{N_("UUID"), false}};
	static const struct column only[] = {{N_("UUID"), false}};
	CLEAN(buf_clear) struct buf path = BUF_INIT;
	bool uuids = a->v[UUID_ONLY].given;
	struct listing list = {NULL, "serviceids", uuids ? only : columns,
			       uuids ? nitems(only) : nitems(columns),
			       uuids ? uuid_row : service_row};
	int r = iam_list_path(cli, &iam_service_id, STR_NONE, &path);

	list.path = path.p;
	return r != 0 ? r : pages_show(cli, &list);
}

static int
service_show(struct cli *cli, const struct args *a)
{
	CLEAN(iam_thing_clear) struct iam_thing id = IAM_THING_INIT;
	int r = iam_find(cli, &iam_service_id, STR_NONE, a->rest[0], &id);

	if (r != 0 || !a->v[UUID_ONLY].given)
		return r != 0 ? r : iam_show(cli, &id, service_print);
	printf("%s\n", id.id.p);
	return 0;
}

static int
service_update(struct cli *cli, const struct args *a)
{
	CLEAN(iam_thing_clear) struct iam_thing id = IAM_THING_INIT;
	CLEAN(buf_clear) struct buf body = BUF_INIT;
	int r = iam_names_body(cli, &a->v[IAM_NEW_NAME],
			       &a->v[IAM_NEW_DESCRIPTION], &body);

	if (r == 0)
		r = iam_find(cli, &iam_service_id, STR_NONE, a->rest[0], &id);
	return r != 0 ? r : iam_update(cli, &id, "PUT", &body, service_print);
}

static int
service_act(struct cli *cli, const struct args *a, enum iam_act act)
{
	CLEAN(iam_thing_clear) struct iam_thing id = IAM_THING_INIT;
	int r = iam_find(cli, &iam_service_id, STR_NONE, a->rest[0], &id);

	return r != 0 ? r : iam_act(cli, &id, act);
}

static int
service_delete(struct cli *cli, const struct args *a)
{
	int r = iam_confirm(cli, a->v[IAM_DELETE_FORCE].given,
			    _("Its API keys and policies go with it, and its "
			      "logins end at once. Delete?"));

	return r != 0 ? r : service_act(cli, a, IAM_DELETE);
}

static int
service_lock(struct cli *cli, const struct args *a)
{
	return service_act(cli, a, IAM_LOCK);
}

static int
service_unlock(struct cli *cli, const struct args *a)
{
	return service_act(cli, a, IAM_UNLOCK);
}

static int
service_disable(struct cli *cli, const struct args *a)
{
	return service_act(cli, a, IAM_DISABLE);
}

static int
service_enable(struct cli *cli, const struct args *a)
{
	return service_act(cli, a, IAM_ENABLE);
}

static const char advice[] = N_(
    "A service ID is who a machine is: what it may do, its policies say, and "
    "its\nAPI keys log it in (user name iamapikey). A registry token is "
    "outside policy\nand opens every namespace of the account; to limit "
    "automation to some\nnamespaces, use a service ID's API key:\n"
    "    latchkey iam service-id-create ci --description 'build robot'\n"
    "    latchkey iam service-policy-create ci --roles Reader,Writer \\\n"
    "        --service-name container-registry \\\n"
    "        --resource-type namespace --resource birds\n"
    "    latchkey iam service-api-key-create ci-key ci --file key.json\n"
    "For several kinds of access make several service IDs: one that pushes "
    "from the\nbuild, one that only pulls where images run. Each can then "
    "be ended by itself.\n"
    "Whoever administers iam-identity, or made a service ID, can make keys "
    "for it\nand so has what it was granted.\n");

#define ID "NAME|UUID"
static const struct command rows[] = {
    {"iam", "service-id-create", NULL, create_opts, nitems(create_opts), "NAME",
     1, 1, service_create, N_("make an identity for a machine"), advice},
    {"iam", "service-ids", NULL, uuid_opts, nitems(uuid_opts), "", 0, 0,
     service_list, N_("list the account's service IDs"), NULL},
    {"iam", "service-id", NULL, uuid_opts, nitems(uuid_opts), ID, 1, 1,
     service_show, N_("show a service ID"), NULL},
    {"iam", "service-id-update", NULL, iam_update_opts, IAM_UPDATE_OPTS, ID, 1,
     1, service_update, N_("change its name or description"), NULL},
    {"iam", "service-id-delete", NULL, iam_delete_opts, IAM_DELETE_OPTS, ID, 1,
     1, service_delete, N_("delete it with its keys and policies"), NULL},
    {"iam", "service-id-lock", NULL, NULL, 0, ID, 1, 1, service_lock,
     N_("guard it against changes and deletion"),
     N_("What it may do, it still may. No key is made for it, no policy "
	"changed.\n")},
    {"iam", "service-id-unlock", NULL, NULL, 0, ID, 1, 1, service_unlock,
     N_("let it be changed again"), NULL},
    {"iam", "service-id-disable", NULL, NULL, 0, ID, 1, 1, service_disable,
     N_("shut it out; all its logins end at once"), NULL},
    {"iam", "service-id-enable", NULL, NULL, 0, ID, 1, 1, service_enable,
     N_("let a disabled one in again"), NULL},
};
const struct command_set commands_service_id = {rows, nitems(rows)};
