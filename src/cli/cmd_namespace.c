/* cr namespace-*. */
#include "cli/cli.h"

#include "base/enc.h"
#include "base/i18n.h"

#include <stdio.h>
#include <string.h>

enum { LIST_VERBOSE };
static const struct opt list_opts[] = {
    {"verbose", 'v', OPT_FLAG, NULL, N_("also when each was made")},
};
enum { RM_FORCE };
static const struct opt rm_opts[] = {
    {"force", 'f', OPT_FLAG, NULL, N_("do not ask")},
};

static int
namespace_call(struct cli *cli, const char *method, const char *name,
	       int *ret_status)
{
	CLEAN(buf_clear) struct buf path = BUF_INIT;
	struct ask ask = {method, NULL, STR_NONE};

	(void)buf_adds(&path, "/api/v1/namespaces/");
	(void)enc_percent(&path, str_c(name));
	ask.path = path.p;
	return client_call(cli, &ask, NULL, ret_status);
}

static int
namespace_add(struct cli *cli, const struct args *a)
{
	int status = 0, r;

	printf(_("Adding namespace '%s'...\n\n"), a->rest[0]);
	r = namespace_call(cli, "PUT", a->rest[0], &status);
	if (r != 0)
		return r;
	printf(status == 201 ? _("Successfully added namespace '%s'\n\nOK\n")
			     : _("The namespace '%s' is yours already\n\nOK\n"),
	       a->rest[0]);
	return 0;
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
	r = namespace_call(cli, "DELETE", a->rest[0], NULL);
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

static void
verbose_row(struct table *t, const struct json *row)
{
	table_add(t, json_text(row, "name"));
	table_add(t, json_text(row, "created_date"));
}

static int
namespace_list(struct cli *cli, const struct args *a)
{
	static const struct column columns[] = {{N_("Namespace"), false},
						{N_("Created"), false}};
	static const struct listing plain = {"/api/v1/namespaces", NULL,
					     columns, 1, plain_row};
	static const struct listing verbose = {"/api/v1/namespaces/details",
					       NULL, columns, nitems(columns),
					       verbose_row};

	return list_show(cli, a->v[LIST_VERBOSE].given ? &verbose : &plain);
}

static const struct command rows[] = {
    {"cr", "namespace-add", NULL, NULL, 0, "NAME", 1, 1, namespace_add,
     N_("make a namespace for images"),
     N_("4 to 30 characters: a-z, 0-9, '-' and '_', first and last a letter "
	"or\ndigit. A name belongs to one account per region.\n")},
    {"cr", "namespace-list", "namespaces", list_opts, nitems(list_opts), "", 0,
     0, namespace_list, N_("list the account's namespaces"), NULL},
    {"cr", "namespace-rm", NULL, rm_opts, nitems(rm_opts), "NAME", 1, 1,
     namespace_rm, N_("remove a namespace and all its images"), NULL},
};
const struct command_set commands_namespace = {rows, nitems(rows)};
