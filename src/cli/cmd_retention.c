/* cr retention-*: how many images each repository of a namespace keeps. */
#include "cli/cr.h"
#include "cli/pairs.h"

#include "base/enc.h"
#include "base/i18n.h"

#include <stdio.h>
#include <string.h>

#define IMAGES_MAX 1000000
#define DAYS_MAX   3650
#define ALL	   (-1)

enum { SET_IMAGES, SET_UNTAGGED, SET_DAYS, SET_FORCE };
static const struct opt set_opts[] = {
    {"images", 0, OPT_TEXT, "N|All",
     N_("so many of each repository, the newest by build date, stay (needed)")},
    {"retain-untagged", 0, OPT_FLAG, NULL,
     N_("untagged images stay, and do not count")},
    {"deletion-threshold-days", 0, OPT_NUMBER, "DAYS",
     N_("nothing younger than this is deleted")},
    {"force", 'f', OPT_FLAG, NULL, N_("do not ask")},
};

struct policy {
	const char *namespace;
	int64_t images, days; /* ALL; days 0: not given */
	bool retain_untagged;
};

static int
policy_read(struct cli *cli, const struct args *a, struct policy *ret)
{
	const char *images = a->v[SET_IMAGES].text;
	uint64_t n = 0;

	if (images == NULL)
		return usage_set(cli, _("say how many images stay: --images N, "
					"or --images All"));
	if (!str_eq_nocase(str_c(images), STR("all")) &&
	    str_u64(str_c(images), IMAGES_MAX, &n) != 0)
		return usage_set(cli,
				 _("--images is a number up to %d, or All"),
				 IMAGES_MAX);
	if (a->v[SET_DAYS].number > DAYS_MAX)
		return usage_set(cli,
				 _("--deletion-threshold-days is at most %d"),
				 DAYS_MAX);
	*ret = (struct policy){
	    .namespace = a->rest[0],
	    .images =
		str_eq_nocase(str_c(images), STR("all")) ? ALL : (int64_t)n,
	    .days = (int64_t)a->v[SET_DAYS].number,
	    .retain_untagged = a->v[SET_UNTAGGED].given,
	};
	return 0;
}

static int
policy_write(const struct policy *p, struct buf *body)
{
	struct jw w = JW(body);

	jw_object(&w, NULL);
	jw_c(&w, "namespace", p->namespace);
	jw_int(&w, "images_per_repo", p->images);
	jw_bool(&w, "retain_untagged", p->retain_untagged);
	if (p->days > 0)
		jw_int(&w, "deletion_threshold_days", p->days);
	jw_end(&w);
	return buf_err(body);
}

/* Under a repository stand digests, or whole references. */
static void
found_add(struct refs *refs, struct str key, struct str one)
{
	CLEAN(buf_clear) struct buf ref = BUF_INIT;

	if (memchr(one.p, '@', one.n) == NULL)
		(void)buf_addf(&ref, "%.*s@", STR_ARG(key));
	(void)buf_addstr(&ref, one);
	refs_add(refs, buf_str(&ref));
}

/* What the policy would delete now. */
static int
analyze(struct cli *cli, const struct policy *p, struct refs *ret)
{
	CLEAN(buf_clear) struct buf body = BUF_INIT;
	CLEAN(json_freep) struct json *j = NULL;
	const struct json *list;
	struct str key, one;
	void *iter = NULL;
	int r = policy_write(p, &body);

	if (r == 0)
		r = rest_send(cli, "POST", "/api/v1/retentions/analyze", &body,
			      &j);
	while (r == 0 && json_each(j, &iter, &key, &list))
		for (size_t i = 0; i < json_size(list); i++)
			if (json_str(json_at(list, i), &one) && one.n > 0)
				found_add(ret, key, one);
	return r != 0 ? r : buf_err(&ret->text);
}

/* Say what would go, and ask. */
static int
confirm(struct cli *cli, const struct policy *p, const struct refs *refs,
	bool force, const char *question)
{
	print_step(cli,
		   ngettext("Found %lu image to delete in namespace '%s'.\n",
			    "Found %lu images to delete in namespace '%s'.\n",
			    refs->n),
		   (unsigned long)refs->n, p->namespace);
	refs_print(cli, refs);
	if (force || refs->n == 0 || prompt_yes(question))
		return 0;
	return note_set(&cli->note, OUT_DENIED,
			_("nothing changed: not confirmed (-f does not ask)"));
}

static int
policy_send(struct cli *cli, const struct policy *p)
{
	CLEAN(buf_clear) struct buf body = BUF_INIT;
	struct ask ask = {"POST", "/api/v1/retentions", STR_NONE};
	int r = policy_write(p, &body);

	ask.body = buf_str(&body);
	return r != 0 ? r : client_call(cli, &ask, NULL, NULL);
}

static int
retention_set(struct cli *cli, const struct args *a)
{
	CLEAN(refs_clear) struct refs refs = REFS_INIT;
	struct policy p;
	int r = policy_read(cli, a, &p);

	if (r == 0)
		r = analyze(cli, &p, &refs);
	if (r == 0)
		r = confirm(cli, &p, &refs, a->v[SET_FORCE].given,
			    _("The policy deletes these now, and others each "
			      "day. Set it?"));
	if (r == 0)
		r = policy_send(cli, &p);
	if (r == 0)
		print_step(cli,
			   p.images == ALL && p.retain_untagged
			       ? _("Namespace '%s' has no retention policy any "
				   "more: all images stay.\n\nOK\n")
			       : _("Set the retention policy of namespace "
				   "'%s'.\n\nOK\n"),
			   p.namespace);
	return r;
}

static int
retention_run(struct cli *cli, const struct args *a)
{
	CLEAN(refs_clear) struct refs refs = REFS_INIT;
	struct policy p;
	int r = policy_read(cli, a, &p);

	if (r == 0)
		r = analyze(cli, &p, &refs);
	if (r == 0)
		r = confirm(cli, &p, &refs, a->v[SET_FORCE].given,
			    _("Delete these images?"));
	if (r == 0 && refs.n > 0)
		r = images_delete(cli, &refs);
	if (r == 0)
		print_step(cli, _("\nOK\n"));
	return r;
}

static void
number_add(struct table *t, const struct json *number, const char *none)
{
	char text[24];
	int64_t n = 0;

	if (!json_int(number, &n) || n < 0) {
		table_add(t, str_c(none));
		return;
	}
	(void)snprintf(text, sizeof(text), "%lld", (long long)n);
	table_add(t, str_c(text));
}

static void
policy_row(struct table *t, struct str namespace, const struct json *row)
{
	bool untagged = false;

	(void)json_bool(json_get(row, "retain_untagged"), &untagged);
	table_add(t, namespace);
	number_add(t, json_get(row, "images_per_repo"), "All");
	table_add(t, untagged ? STR("true") : STR("false"));
	number_add(t, json_get(row, "deletion_threshold_days"), "0");
}

static int
retention_list(struct cli *cli, const struct args *a)
{
	static const struct column columns[] = {
	    {N_("Namespace"), false},
	    {N_("Images per repository"), true},
	    {N_("Retain untagged"), false},
	    {N_("Minimum days"), true}};
	CLEAN(json_freep) struct json *j = NULL;
	struct table t = TABLE(columns);
	const struct json *row;
	struct str namespace;
	void *iter = NULL;
	int r = rest_get(cli, "/api/v1/retentions", &j);

	(void)a;
	if (r != 0)
		return r;
	if (cli->json) {
		print_json(j);
		return 0;
	}
	while (json_each(j, &iter, &namespace, &row))
		policy_row(&t, namespace, row);
	table_print(&t);
	printf(_("\nOK\n"));
	return 0;
}

static const struct command rows[] = {
    {"cr", "retention-policy-set", NULL, set_opts, nitems(set_opts), "NS", 1, 1,
     retention_set, N_("keep only so many images of each repository"),
     N_("It runs at once, when you confirmed it, and then once a day.\n"
	"--images All --retain-untagged ends a policy.\n"
	"\n"
	"The newest by build date stay; an image with several tags counts "
	"once;\nentries of an index that stays stay with it; images without a "
	"build date stay,\nwhatever their number. What is deleted can be "
	"restored for some days:\n'latchkey cr trash-list'.\n")},
    {"cr", "retention-policy-list", NULL, NULL, 0, "", 0, 0, retention_list,
     N_("list the namespaces' retention policies"), NULL},
    {"cr", "retention-run", NULL, set_opts, nitems(set_opts), "NS", 1, 1,
     retention_run, N_("delete older images once, without a policy"),
     N_("The newest by build date stay; an image with several tags counts "
	"once;\nentries of an index that stays stay with it; images without a "
	"build date stay,\nwhatever their number. What is deleted can be "
	"restored for some days:\n'latchkey cr trash-list'.\n")},
};
const struct command_set commands_retention = {rows, nitems(rows)};
