/* regions, cr region, region-set, info, api: where the registry is. */
#include "cli/cr.h"
#include "cli/pairs.h"

#include "base/i18n.h"

#include <stdio.h>
#include <string.h>

enum { INFO_VERBOSE };
static const struct opt info_opts[] = {
    {"verbose", 'v', OPT_FLAG, NULL,
     N_("also the plan and the region's hosts")},
};

static void
list_text(const struct json *list, struct buf *ret)
{
	struct str one;

	for (size_t i = 0; i < json_size(list); i++) {
		if (!json_str(json_at(list, i), &one))
			continue;
		(void)buf_adds(ret, ret->n > 0 ? ", " : "");
		(void)buf_addstr(ret, one);
	}
}

static void
region_row(struct table *t, const struct json *row)
{
	CLEAN(buf_clear) struct buf aliases = BUF_INIT;
	CLEAN(buf_clear) struct buf hosts = BUF_INIT;

	list_text(json_get(row, "aliases"), &aliases);
	list_text(json_get(row, "hosts"), &hosts);
	table_add(t, json_text(row, "name"));
	table_add(t, buf_str(&aliases));
	table_add(t, buf_str(&hosts));
}

static int
regions(struct cli *cli, const struct args *a)
{
	static const struct column columns[] = {{N_("Name"), false},
						{N_("Old Names"), false},
						{N_("Registry"), false}};
	CLEAN(json_freep) struct json *j = NULL;
	struct table t = TABLE(columns);
	const struct json *rows;
	int r = regions_get(cli, &j);

	(void)a;
	if (r != 0)
		return r;
	rows = json_get(j, "regions");
	if (cli->json) {
		print_json(rows);
		return 0;
	}
	for (size_t i = 0; i < json_size(rows); i++)
		region_row(&t, json_at(rows, i));
	table_print(&t);
	printf(_("\nOK\n"));
	return 0;
}

/* A login of an older program does not know where it is. */
static int
region_know(struct cli *cli)
{
	CLEAN(json_freep) struct json *j = NULL;
	const struct json *rows;
	int r = session_load(cli);

	if (r != 0 || cli->session.region != NULL)
		return r;
	r = regions_get(cli, &j);
	rows = r == 0 ? json_get(j, "regions") : NULL;
	for (size_t i = 0; i < json_size(rows); i++) {
		bool here = false;

		(void)json_bool(json_get(json_at(rows, i), "here"), &here);
		if (here)
			session_set(&cli->session.region,
				    json_text(json_at(rows, i), "name"));
	}
	return r != 0 ? r : session_save(cli);
}

static struct str
region_name(const struct cli *cli)
{
	return cli->session.region != NULL ? str_c(cli->session.region)
					   : STR("?");
}

static void
region_json(const struct cli *cli)
{
	CLEAN(buf_clear) struct buf text = BUF_INIT;
	CLEAN(json_freep) struct json *j = NULL;
	struct jw w = JW(&text);

	jw_object(&w, NULL);
	jw_str(&w, "region", region_name(cli));
	jw_str(&w, "registry", session_registry(&cli->session));
	jw_end(&w);
	if (buf_err(&text) == 0 && json_parse(buf_str(&text), &j, NULL) == 0)
		print_json(j);
}

static int
region_say(const struct cli *cli)
{
	if (cli->json) {
		region_json(cli);
		return 0;
	}
	printf(_("You are targeting region '%.*s', the registry is "
		 "'%.*s'.\n\nOK\n"),
	       STR_ARG(region_name(cli)),
	       STR_ARG(session_registry(&cli->session)));
	return 0;
}

static int
region(struct cli *cli, const struct args *a)
{
	int r = region_know(cli);

	(void)a;
	return r != 0 ? r : region_say(cli);
}

/* "1. us-south (us.icr.io)" */
static void
menu_row(struct buf *menu, size_t number, const struct json *row)
{
	struct str name = json_text(row, "name"), host = STR_NONE;

	(void)json_str(json_at(json_get(row, "hosts"), 0), &host);
	(void)buf_addf(menu, "%zu. %.*s (%.*s)\n", number,
		       STR_ARG(str_printable(name) ? name : STR("?")),
		       STR_ARG(str_printable(host) ? host : STR("-")));
}

/* Without a terminal there is nobody to choose. */
static int
region_ask(struct cli *cli, const struct json *all, struct str *ret)
{
	CLEAN(buf_clear) struct buf names = BUF_INIT;
	CLEAN(buf_clear) struct buf menu = BUF_INIT;
	const struct json *rows = json_get(all, "regions");
	size_t n = json_size(rows), chosen = 0;
	int r;

	region_names(all, &names);
	for (size_t i = 0; i < n; i++)
		menu_row(&menu, i + 1, json_at(rows, i));
	if (buf_err(&names) != 0 || buf_err(&menu) != 0)
		return buf_err(&names) != 0 ? buf_err(&names) : buf_err(&menu);
	r = prompt_choice(menu.p, _("Number of the region: "), n, &chosen);
	if (r == OUT_ABSENT)
		return usage_set(cli, _("say which region: %.400s"), names.p);
	if (r == OUT_MALFORMED)
		return note_set(&cli->note, r,
				_("nothing changed: that is no number of the "
				  "list"));
	*ret = json_text(json_at(rows, chosen), "name");
	return r;
}

static int
region_set(struct cli *cli, const struct args *a)
{
	CLEAN(buf_clear) struct buf word = BUF_INIT;
	CLEAN(json_freep) struct json *all = NULL;
	struct str name = a->n > 0 ? str_c(a->rest[0]) : STR_NONE;
	int r = regions_get(cli, &all);

	if (r == 0 && a->n == 0)
		r = region_ask(cli, all, &name);
	if (r == 0)
		r = buf_addstr(&word, name);
	if (r == 0)
		r = region_target(cli, all, word.p);
	if (r == 0)
		r = session_save(cli);
	if (r == 0 && !cli->json)
		printf(_("The region is set to '%.*s', the registry is "
			 "'%.*s'.\n\nOK\n"),
		       STR_ARG(region_name(cli)),
		       STR_ARG(session_registry(&cli->session)));
	return r == 0 && cli->json ? region_say(cli) : r;
}

static void
endpoint(const struct cli *cli, struct buf *ret)
{
	const struct session *s = &cli->session;

	(void)buf_addf(ret, "%s/api",
		       s->registry != NULL ? s->registry : s->url);
}

static int
api(struct cli *cli, const struct args *a)
{
	CLEAN(buf_clear) struct buf url = BUF_INIT;
	int r = session_load(cli);

	(void)a;
	if (r != 0)
		return r;
	endpoint(cli, &url);
	print_pair(_("Registry API endpoint"), buf_str(&url));
	printf(_("\nOK\n"));
	return buf_err(&url);
}

static int
info_json(const struct cli *cli, struct str url, const struct json *plan,
	  const struct json *row)
{
	CLEAN(buf_clear) struct buf text = BUF_INIT;
	const struct session *s = &cli->session;
	struct jw w = JW(&text);

	jw_object(&w, NULL);
	jw_str(&w, "registry", session_registry(s));
	jw_str(&w, "registry_api_endpoint", url);
	jw_c(&w, "api_endpoint", s->url);
	jw_str(&w, "region", region_name(cli));
	jw_c(&w, "account", s->account);
	if (s->account_name != NULL)
		jw_c(&w, "account_name", s->account_name);
	if (plan != NULL)
		jw_str(&w, "plan", json_text(plan, "plan"));
	if (row != NULL)
		jw_json(&w, "hosts", json_get(row, "hosts"));
	jw_end(&w);
	return rest_print(&text);
}

static void
info_print(const struct cli *cli, struct str url)
{
	CLEAN(buf_clear) struct buf account = BUF_INIT;
	const struct session *s = &cli->session;

	(void)buf_addf(&account, s->account_name != NULL ? "%s (%s)" : "%s%s",
		       s->account_name != NULL ? s->account_name : "",
		       s->account);
	print_pair(_("Container Registry"), session_registry(s));
	print_pair(_("Registry API endpoint"), url);
	print_pair(_("API endpoint"), str_c(s->url));
	print_pair(_("Account"), buf_str(&account));
	print_pair(_("Region"), region_name(cli));
}

static void
more_print(const struct json *plan, const struct json *row)
{
	CLEAN(buf_clear) struct buf hosts = BUF_INIT;
	CLEAN(buf_clear) struct buf aliases = BUF_INIT;

	list_text(json_get(row, "hosts"), &hosts);
	list_text(json_get(row, "aliases"), &aliases);
	if (aliases.n > 0)
		print_pair(_("Old Names"), buf_str(&aliases));
	print_pair(_("Hosts"), buf_str(&hosts));
	print_pair(_("Plan"), json_text(plan, "plan"));
}

static int
info(struct cli *cli, const struct args *a)
{
	CLEAN(json_freep) struct json *all = NULL;
	CLEAN(json_freep) struct json *plan = NULL;
	CLEAN(buf_clear) struct buf url = BUF_INIT;
	const struct json *row = NULL;
	struct ask ask = {"GET", "/api/v1/plans", STR_NONE};
	bool more = a->v[INFO_VERBOSE].given;
	int r = region_know(cli);

	if (r == 0 && more)
		r = regions_get(cli, &all);
	if (r == 0 && more)
		r = client_json(cli, &ask, &plan);
	if (r != 0)
		return r;
	endpoint(cli, &url);
	row = region_find(all, region_name(cli));
	if (buf_err(&url) != 0 || cli->json)
		return buf_err(&url) != 0
			   ? buf_err(&url)
			   : info_json(cli, buf_str(&url), plan, row);
	info_print(cli, buf_str(&url));
	if (row != NULL)
		more_print(plan, row);
	printf(_("\nOK\n"));
	return 0;
}

static const struct command rows[] = {
    {"", "regions", NULL, NULL, 0, "", 0, 0, regions,
     N_("list the server's registry regions"),
     N_("Each region has a registry with namespaces, images, tokens and a "
	"quota of\nits own; people, API keys and their roles are the same in "
	"all of them.\nOld names and hosts are taken wherever a region is "
	"said.\n")},
};
const struct command_set commands_regions = {rows, nitems(rows)};

static const struct command cr_rows[] = {
    {"cr", "region", NULL, NULL, 0, "", 0, 0, region,
     N_("show the region that cr commands talk to"), NULL},
    {"cr", "region-set", NULL, NULL, 0, "[REGION]", 0, 1, region_set,
     N_("talk to another region's registry"),
     N_("REGION is a name, an old name or a host, as 'latchkey regions' lists "
	"them;\nwithout it, it is asked for. It stays until the next one, also "
	"over logins\nto the same server. 'latchkey cr login' afterwards logs "
	"docker and podman in\nto the region's host.\n")},
    {"cr", "info", NULL, info_opts, nitems(info_opts), "", 0, 0, info,
     N_("show registry, region and account"), NULL},
    {"cr", "api", NULL, NULL, 0, "", 0, 0, api,
     N_("show the registry's API endpoint"), NULL},
};
const struct command_set commands_region = {cr_rows, nitems(cr_rows)};
