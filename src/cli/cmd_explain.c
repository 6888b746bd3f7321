/* explain: may somebody do it, which policy says so, and who else may. */
#include "cli/explain.h"
#include "cli/iam.h"

#include "base/enc.h"
#include "base/i18n.h"

#include <stdio.h>
#include <string.h>

enum {
	EXPLAIN_ACTION,
	EXPLAIN_RESOURCE,
	EXPLAIN_REGION,
	EXPLAIN_TYPE,
	EXPLAIN_WHO
};
static const struct opt opts[] = {
    {"action", 0, OPT_TEXT, "ACTION",
     N_("container-registry.image.pull, git.repository.push, ...")},
    {"resource", 0, OPT_TEXT, "NAME",
     N_("on this one: birds, birds/app, Team/repo, ServiceId-...")},
    {"region", 0, OPT_TEXT, "REGION", N_("in this region")},
    {"resource-type", 0, OPT_TEXT, "TYPE",
     N_("namespace, repository, project, ...")},
    {"who", 0, OPT_FLAG, NULL, N_("list everybody who may")},
};

static void
resource_write(struct jw *w, const struct args *a)
{
	struct str service, rest;

	jw_object(w, "resource");
	if (a->v[EXPLAIN_ACTION].given &&
	    str_cut(str_c(a->v[EXPLAIN_ACTION].text), '.', &service, &rest))
		jw_str(w, "service", service);
	if (a->v[EXPLAIN_REGION].given)
		jw_c(w, "region", a->v[EXPLAIN_REGION].text);
	if (a->v[EXPLAIN_TYPE].given)
		jw_c(w, "type", a->v[EXPLAIN_TYPE].text);
	if (a->v[EXPLAIN_RESOURCE].given)
		jw_c(w, "name", a->v[EXPLAIN_RESOURCE].text);
	jw_end(w);
}

static void
body_write(const struct args *a, const struct whom *whom, struct buf *ret)
{
	struct jw w = JW(ret);

	jw_object(&w, NULL);
	if (whom->member != NULL)
		jw_str(&w, whom->member, buf_str(&whom->value));
	if (a->v[EXPLAIN_ACTION].given) {
		jw_c(&w, "action", a->v[EXPLAIN_ACTION].text);
		resource_write(&w, a);
	}
	jw_end(&w);
}

static int
explain_ask(struct cli *cli, const struct args *a, const struct whom *whom,
	    struct json **ret)
{
	CLEAN(buf_clear) struct buf body = BUF_INIT;
	struct ask ask = {"POST",
			  a->v[EXPLAIN_WHO].given ? "/latchkey/v1/explain/who"
						  : "/latchkey/v1/explain",
			  STR_NONE};

	body_write(a, whom, &body);
	if (buf_err(&body) != 0)
		return buf_err(&body);
	ask.body = buf_str(&body);
	return client_json(cli, &ask, ret);
}

/* What is nobody's credential may still be somebody's name. */
static int
explain_word(struct cli *cli, const struct args *a, struct whom *whom,
	     struct json **ret)
{
	const char *given = a->n > 0 ? a->rest[0] : NULL;
	int r = whom_read(cli, given, whom);

	if (r == 0)
		r = explain_ask(cli, a, whom, ret);
	if (r != OUT_ABSENT || whom->member == NULL ||
	    strcmp(whom->member, "credential") != 0 || !whom_is_name(given))
		return r;
	r = whom_named(cli, given, whom);
	return r != 0 ? r : explain_ask(cli, a, whom, ret);
}

/* Of the policy that comes nearest, where one may read it. */
static int
nearest_get(struct cli *cli, const struct json *answer, struct json **ret)
{
	CLEAN(buf_clear) struct buf path = BUF_INIT;
	const struct json *first = json_at(json_get(answer, "policies"), 0);
	struct str id = json_text(first, "id");
	int r;

	if (cli->json || iam_flag(answer, "may") || id.n == 0)
		return 0;
	(void)buf_adds(&path, "/v1/policies/");
	(void)enc_percent(&path, id);
	r = buf_err(&path) != 0 ? buf_err(&path)
				: iam_get(cli, path.p, ret, NULL);
	if (r <= 0)
		return r;
	cli->note.text[0] = '\0';
	return 0;
}

static int
explain_tell(struct cli *cli, const struct args *a, const struct whom *whom,
	     const struct json *answer)
{
	CLEAN(json_freep) struct json *policy = NULL;
	struct told told = {
	    .who = whom->name,
	    .action = a->v[EXPLAIN_ACTION].text,
	    .resource = a->v[EXPLAIN_RESOURCE].text,
	    .credential =
		whom->member != NULL && strcmp(whom->member, "credential") == 0,
	};
	int r = nearest_get(cli, answer, &policy);

	if (r != 0)
		return r;
	told.policy = policy;
	if (cli->json) {
		print_json(answer);
		return 0;
	}
	if (a->v[EXPLAIN_WHO].given)
		told_who(&told, answer);
	else if (a->v[EXPLAIN_ACTION].given)
		told_may(&told, answer);
	else
		told_rights(&told, answer);
	printf(_("\nOK\n"));
	return 0;
}

static int
explain(struct cli *cli, const struct args *a)
{
	CLEAN(whom_clear) struct whom whom = WHOM_INIT;
	CLEAN(json_freep) struct json *j = NULL;
	bool who = a->v[EXPLAIN_WHO].given, action = a->v[EXPLAIN_ACTION].given;
	int r;

	if (who && (!action || a->n > 0))
		return usage_set(cli, _("--who takes --action and --resource, "
					"and nobody"));
	if (!action && a->v[EXPLAIN_RESOURCE].given)
		return usage_set(cli, _("--resource needs an --action"));
	r = explain_word(cli, a, &whom, &j);
	return r != 0 ? r : explain_tell(cli, a, &whom, j);
}

static const struct command rows[] = {
    {"", "explain", NULL, opts, nitems(opts), "[WHAT]", 0, 1, explain,
     N_("who may do what, and which policy says so"),
     N_("WHAT is a credential: its value ('-': from standard input), "
	"fingerprint or id;\nor else a service ID or a user: an address, an "
	"id, or a name that nobody else\nhas. Without it, you. Without "
	"--action it lists all that is granted.\n"
	"    latchkey explain ci --action container-registry.image.push \\\n"
	"        --resource bees\n"
	"    latchkey explain --who --action container-registry.image.push \\\n"
	"        --resource birds\n")},
};
const struct command_set commands_explain = {rows, nitems(rows)};
