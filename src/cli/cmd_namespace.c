/* cr namespace-*. */
#include "cli/cr.h"
#include "cli/pairs.h"

#include "base/enc.h"
#include "base/i18n.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

enum { ADD_GROUP };
static const struct opt add_opts[] = {
    {"resource-group", 'g', OPT_TEXT, "GROUP",
     N_("the resource group that it belongs to")},
};
enum { SET_IMMUTABLE, SET_SPARSE };
static const struct opt set_opts[] = {
    {"immutable-tags", 0, OPT_TEXT, "on|off",
     N_("a tag that is there is not moved to another image")},
    {"allow-sparse", 0, OPT_TEXT, "on|off",
     N_("an index may name images that are not there")},
};
enum { LIST_VERBOSE };
static const struct opt list_opts[] = {
    {"verbose", 'v', OPT_FLAG, NULL,
     N_("also resource groups, and when each was made")},
};
enum { RM_FORCE };
static const struct opt rm_opts[] = {
    {"force", 'f', OPT_FLAG, NULL, N_("do not ask")},
};

static int
namespace_call(struct cli *cli, const char *method, const char *name,
	       const char *group, int *ret_status)
{
	CLEAN(buf_clear) struct buf path = BUF_INIT;
	CLEAN(buf_clear) struct buf field = BUF_INIT;
	struct ask ask = {method, NULL, STR_NONE};

	(void)buf_adds(&path, "/api/v1/namespaces/");
	(void)enc_percent(&path, str_c(name));
	(void)buf_addf(&field, "X-Auth-Resource-Group: %s",
		       group != NULL ? group : "");
	if (buf_err(&path) != 0 || buf_err(&field) != 0)
		return FAIL(-ENOMEM);
	ask.path = path.p;
	return client_call_with(cli, &ask, group != NULL ? field.p : NULL, NULL,
				ret_status);
}

/* It becomes a header's value. */
static int
group_check(struct cli *cli, const char *group)
{
	if (group == NULL || (str_printable(str_c(group)) && group[0] != '\0'))
		return 0;
	return usage_set(cli, _("the resource group's name is not ASCII"));
}

static int
namespace_add(struct cli *cli, const struct args *a)
{
	const char *group = a->v[ADD_GROUP].text;
	int status = 0, r = group_check(cli, group);

	if (r != 0)
		return r;
	print_step(cli, _("Adding namespace '%s'...\n\n"), a->rest[0]);
	r = namespace_call(cli, "PUT", a->rest[0], group, &status);
	if (r != 0)
		return r;
	print_step(cli,
		   status == 201
		       ? _("Successfully added namespace '%s'\n\nOK\n")
		       : _("The namespace '%s' is yours already\n\nOK\n"),
		   a->rest[0]);
	return 0;
}

static int
namespace_assign(struct cli *cli, const struct args *a)
{
	const char *group = a->v[ADD_GROUP].text;
	int r = group_check(cli, group);

	if (r == 0 && group == NULL)
		return usage_set(cli, _("-g GROUP is needed: say which "
					"resource group"));
	if (r == 0)
		r = namespace_call(cli, "PATCH", a->rest[0], group, NULL);
	if (r == 0)
		print_step(cli,
			   _("Assigned namespace '%s' to resource group "
			     "'%s'.\n\nOK\n"),
			   a->rest[0], group);
	return r;
}

/* --- options --- */

static int
options_path(const char *name, struct buf *ret)
{
	(void)buf_adds(ret, "/latchkey/v1/namespaces/");
	(void)enc_percent(ret, str_c(name));
	return buf_err(ret);
}

static void
option_print(const struct json *j, const char *title, const char *member)
{
	bool on = false;

	(void)json_bool(json_get(j, member), &on);
	print_pair(title, on ? STR("on") : STR("off"));
}

static int
options_show(struct cli *cli, const struct json *j)
{
	if (cli->json) {
		print_json(j);
		return 0;
	}
	print_pair(_("Namespace"), json_text(j, "name"));
	print_pair(_("Region"), json_text(j, "region"));
	print_pair(_("Created At"), json_text(j, "created_at"));
	option_print(j, _("Immutable tags"), "immutable_tags");
	option_print(j, _("Sparse indexes"), "allow_sparse");
	printf(_("\nOK\n"));
	return 0;
}

static int
namespace_show(struct cli *cli, const struct args *a)
{
	CLEAN(buf_clear) struct buf path = BUF_INIT;
	CLEAN(json_freep) struct json *j = NULL;
	int r = options_path(a->rest[0], &path);

	if (r == 0)
		r = rest_get(cli, path.p, &j);
	return r != 0 ? r : options_show(cli, j);
}

static int
option_write(struct cli *cli, struct jw *w, const char *member,
	     const char *option, const char *given)
{
	if (given == NULL)
		return 0;
	if (strcmp(given, "on") != 0 && strcmp(given, "off") != 0)
		return usage_set(cli, _("--%s is on or off"), option);
	jw_bool(w, member, strcmp(given, "on") == 0);
	return 0;
}

static int
namespace_set(struct cli *cli, const struct args *a)
{
	CLEAN(buf_clear) struct buf path = BUF_INIT;
	CLEAN(buf_clear) struct buf body = BUF_INIT;
	CLEAN(json_freep) struct json *j = NULL;
	struct jw w = JW(&body);
	int r;

	if (!a->v[SET_IMMUTABLE].given && !a->v[SET_SPARSE].given)
		return usage_set(cli, _("nothing to set: give --immutable-tags "
					"or --allow-sparse"));
	jw_object(&w, NULL);
	r = option_write(cli, &w, "immutable_tags", "immutable-tags",
			 a->v[SET_IMMUTABLE].text);
	if (r == 0)
		r = option_write(cli, &w, "allow_sparse", "allow-sparse",
				 a->v[SET_SPARSE].text);
	jw_end(&w);
	if (r == 0)
		r = options_path(a->rest[0], &path);
	if (r == 0)
		r = rest_send(cli, "PATCH", path.p, &body, &j);
	return r != 0 ? r : options_show(cli, j);
}

static int
namespace_rm(struct cli *cli, const struct args *a)
{
	int r;

	if (!a->v[RM_FORCE].given &&
	    !prompt_yes(
		_("All images of the namespace are deleted too. Remove?")))
		return note_set(
		    &cli->note, OUT_DENIED,
		    _("nothing removed: not confirmed (-f does not ask)"));
	r = namespace_call(cli, "DELETE", a->rest[0], NULL, NULL);
	if (r == 0)
		printf(_("Successfully removed namespace '%s'\n\nOK\n"),
		       a->rest[0]);
	return r;
}

static void
plain_row(struct table *t, const struct json *row)
{
	struct str name;

	if (json_str(row, &name))
		table_add(t, name);
}

/* There is one resource group in each account, and people know it by its name.
 */
static struct str
group_text(const struct json *row)
{
	return json_text(row, "resource_group").n > 0 ? STR("default")
						      : STR_NONE;
}

static void
verbose_row(struct table *t, const struct json *row)
{
	table_add(t, json_text(row, "name"));
	table_add(t, group_text(row));
	table_add(t, json_text(row, "created_date"));
}

static int
namespace_list(struct cli *cli, const struct args *a)
{
	static const struct column columns[] = {{N_("Namespace"), false},
						{N_("Resource Group"), false},
						{N_("Created"), false}};
	static const struct listing plain = {"/api/v1/namespaces", NULL,
					     columns, 1, plain_row};
	static const struct listing verbose = {"/api/v1/namespaces/details",
					       NULL, columns, nitems(columns),
					       verbose_row};

	return list_show(cli, a->v[LIST_VERBOSE].given ? &verbose : &plain);
}

static const struct command rows[] = {
    {"cr", "namespace-add", NULL, add_opts, nitems(add_opts), "NAME", 1, 1,
     namespace_add, N_("make a namespace for images"),
     N_("4 to 30 characters: a-z, 0-9, '-' and '_', first and last a letter "
	"or\ndigit. A name belongs to one account per region.\n")},
    {"cr", "namespace-list", "namespaces", list_opts, nitems(list_opts), "", 0,
     0, namespace_list, N_("list the account's namespaces"), NULL},
    {"cr", "namespace-rm", NULL, rm_opts, nitems(rm_opts), "NAME", 1, 1,
     namespace_rm, N_("remove a namespace and all its images"),
     N_("What is in the trash of the namespace ends as well.\n")},
    {"cr", "namespace-show", NULL, NULL, 0, "NAME", 1, 1, namespace_show,
     N_("show a namespace's options"), NULL},
    {"cr", "namespace-set", NULL, set_opts, nitems(set_opts), "NAME", 1, 1,
     namespace_set, N_("set a namespace's options"),
     N_("With --immutable-tags on, pushing a tag again is refused unless it is "
	"the\nsame image; deleting it stays possible to who may. With "
	"--allow-sparse on, an\nindex may be pushed before, or without, its "
	"entries.\n")},
    {"cr", "namespace-assign", NULL, add_opts, nitems(add_opts), "NAME", 1, 1,
     namespace_assign, N_("assign a namespace to a resource group"),
     N_("An account has one resource group here, 'default', and its namespaces "
	"are in\nit: the command is there for scripts.\n")},
};
const struct command_set commands_namespace = {rows, nitems(rows)};
