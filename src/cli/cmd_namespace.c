/* cr namespace-*. */
#include "cli/cli.h"

#include "base/enc.h"

#include <stdio.h>
#include <string.h>

enum { LIST_VERBOSE };
static const struct opt list_opts[] = {
    {"verbose", 'v', OPT_FLAG, NULL, "also when each was made"},
};
enum { RM_FORCE };
static const struct opt rm_opts[] = {
    {"force", 'f', OPT_FLAG, NULL, "do not ask"},
};

static int
namespace_call(struct cli *cli, const char *method, const char *name,
	       int *ret_status)
{
	CLEAN(buf_clear) struct buf path = BUF_INIT;
	struct ask ask = {method, NULL, STR_NONE, NULL};

	(void)buf_adds(&path, "/api/v1/namespaces/");
	(void)enc_percent(&path, str_c(name));
	ask.path = path.p;
	return client_call(cli, &ask, NULL, ret_status);
}

static int
namespace_add(struct cli *cli, const struct args *a)
{
	int status = 0, r;

	printf("Adding namespace '%s'...\n\n", a->rest[0]);
	r = namespace_call(cli, "PUT", a->rest[0], &status);
	if (r != 0)
		return r;
	printf(status == 201 ? "Successfully added namespace '%s'\n\nOK\n"
			     : "The namespace '%s' is yours already\n\nOK\n",
	       a->rest[0]);
	return 0;
}

static int
namespace_rm(struct cli *cli, const struct args *a)
{
	int r;

	if (!a->v[RM_FORCE].given &&
	    !prompt_yes("All images of the namespace are deleted too. Remove?"))
		return note_set(
		    &cli->note, OUT_DENIED,
		    "nothing removed: not confirmed (-f does not ask)");
	r = namespace_call(cli, "DELETE", a->rest[0], NULL);
	if (r == 0)
		printf("Successfully removed namespace '%s'\n\nOK\n",
		       a->rest[0]);
	return r;
}

static int
list_plain(struct cli *cli)
{
	static const struct column columns[] = {{"Namespace", false}};
	CLEAN(json_freep) struct json *j = NULL;
	struct ask ask = {"GET", "/api/v1/namespaces", STR_NONE, NULL};
	struct table t = TABLE(columns);
	struct str name;
	int r = client_json(cli, &ask, &j);

	if (r != 0)
		return r;
	if (cli->json) {
		print_json(j);
		return 0;
	}
	for (size_t i = 0; i < json_size(j); i++)
		if (json_str(json_at(j, i), &name))
			table_add(&t, name);
	table_print(&t);
	printf("\nOK\n");
	return 0;
}

static int
list_verbose(struct cli *cli)
{
	static const struct column columns[] = {{"Namespace", false},
						{"Created", false}};
	CLEAN(json_freep) struct json *j = NULL;
	struct ask ask = {"GET", "/api/v1/namespaces/details", STR_NONE, NULL};
	struct table t = TABLE(columns);
	int r = client_json(cli, &ask, &j);

	if (r != 0)
		return r;
	for (size_t i = 0; i < json_size(j); i++) {
		table_add(&t, json_text(json_at(j, i), "name"));
		table_add(&t, json_text(json_at(j, i), "created_date"));
	}
	table_print(&t);
	printf("\nOK\n");
	return 0;
}

static int
namespace_list(struct cli *cli, const struct args *a)
{
	return a->v[LIST_VERBOSE].given && !cli->json ? list_verbose(cli)
						      : list_plain(cli);
}

static const struct command rows[] = {
    {"cr", "namespace-add", NULL, NULL, 0, "NAME", 1, 1, namespace_add,
     "make a namespace for images",
     "4 to 30 characters: a-z, 0-9, '-' and '_', first and last a letter "
     "or\ndigit. A name belongs to one account per region.\n"},
    {"cr", "namespace-list", "namespaces", list_opts, nitems(list_opts), "", 0,
     0, namespace_list, "list the account's namespaces", NULL},
    {"cr", "namespace-rm", NULL, rm_opts, nitems(rm_opts), "NAME", 1, 1,
     namespace_rm, "remove a namespace and all its images", NULL},
};
const struct command_set commands_namespace = {rows, nitems(rows)};
