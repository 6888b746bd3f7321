/* cr quota, quota-set, plan, private-only and what else is one setting. */
#include "cli/cr.h"
#include "cli/pairs.h"

#include "base/i18n.h"

#include <stdio.h>
#include <string.h>

#define MEGABYTES_MAX (INT64_C(1) << 40)
#define NO_LIMIT      (-1)
#define WIDE	      32

enum { SET_STORAGE, SET_TRAFFIC };
static const struct opt set_opts[] = {
    {"storage", 0, OPT_TEXT, "MB|none",
     N_("megabytes that images may take; none: as many as there are")},
    {"traffic", 0, OPT_TEXT, "MB|none",
     N_("megabytes that may be pulled in a month")},
};
enum { SWITCH_ENABLE, SWITCH_DISABLE, SWITCH_STATUS };
static const struct opt switch_opts[] = {
    {"enable", 0, OPT_FLAG, NULL, N_("turn it on")},
    {"disable", 0, OPT_FLAG, NULL, N_("turn it off")},
    {"status", 0, OPT_FLAG, NULL, N_("show whether it is on")},
};

/* --- quota --- */

struct quota {
	int64_t store, traffic;
};

static struct quota
quota_read(const struct json *side)
{
	struct quota q = {NO_LIMIT, NO_LIMIT};

	(void)json_int(json_get(side, "storage_bytes"), &q.store);
	(void)json_int(json_get(side, "traffic_bytes"), &q.traffic);
	return q;
}

static void
quota_write(struct jw *w, const char *name, struct quota q)
{
	jw_object(w, name);
	jw_int(w, "traffic", q.traffic);
	jw_int(w, "store", q.store);
	jw_end(w);
}

static int
quota_json(struct quota limit, struct quota used)
{
	CLEAN(buf_clear) struct buf text = BUF_INIT;
	struct jw w = JW(&text);

	jw_object(&w, NULL);
	quota_write(&w, "usage", used);
	quota_write(&w, "limit", limit);
	jw_end(&w);
	return rest_print(&text);
}

/* A megabyte of limits is 1048576 bytes: what was set is shown again. */
static void
bytes_text(int64_t bytes, char ret[WIDE])
{
	static const char *const units[] = {"B", "kB", "MB", "GB", "TB"};
	double n = (double)bytes;
	size_t u = 0;

	while (n >= 1024 && u + 1 < nitems(units)) {
		n /= 1024;
		u++;
	}
	(void)snprintf(ret, WIDE, n < 10 && u > 0 ? "%.1f %s" : "%.0f %s", n,
		       units[u]);
}

static void
quota_row(struct table *t, const char *name, int64_t limit, int64_t used)
{
	CLEAN(buf_clear) struct buf text = BUF_INIT;
	char bytes[WIDE];

	table_add(t, str_c(name));
	bytes_text(limit, bytes);
	table_add(t, limit < 0 ? str_c(_("Unlimited")) : str_c(bytes));
	bytes_text(used, bytes);
	(void)buf_adds(&text, bytes);
	if (limit > 0)
		(void)buf_addf(&text, " (%.0f%%)",
			       100.0 * (double)used / (double)limit);
	table_add(t, buf_str(&text));
}

static void
quota_print(struct quota limit, struct quota used)
{
	static const struct column columns[] = {
	    {N_("QUOTA"), false}, {N_("LIMIT"), false}, {N_("USED"), false}};
	struct table t = TABLE(columns);

	quota_row(&t, _("Pull traffic"), limit.traffic, used.traffic);
	quota_row(&t, _("Storage"), limit.store, used.store);
	table_print(&t);
	printf(_("\nOK\n"));
}

static int
quota(struct cli *cli, const struct args *a)
{
	CLEAN(json_freep) struct json *j = NULL;
	struct quota limit, used;
	int r = rest_get(cli, "/api/v1/quotas", &j);

	(void)a;
	if (r != 0)
		return r;
	limit = quota_read(json_get(j, "limit"));
	used = quota_read(json_get(j, "usage"));
	if (cli->json)
		return quota_json(limit, used);
	quota_print(limit, used);
	return 0;
}

/* Writes the member when the option was given. */
static int
limit_write(struct cli *cli, struct jw *w, const char *member,
	    const char *option, const char *given)
{
	uint64_t n = 0;

	if (given == NULL)
		return 0;
	if (strcmp(given, "none") == 0 || strcmp(given, "-1") == 0) {
		jw_int(w, member, NO_LIMIT);
		return 0;
	}
	if (str_u64(str_c(given), MEGABYTES_MAX, &n) != 0)
		return usage_set(
		    cli, _("--%s is a number of megabytes, or none"), option);
	jw_int(w, member, (int64_t)n);
	return 0;
}

static int
quota_set(struct cli *cli, const struct args *a)
{
	CLEAN(buf_clear) struct buf body = BUF_INIT;
	struct ask ask = {"PATCH", "/api/v1/quotas", STR_NONE};
	struct jw w = JW(&body);
	int r;

	if (!a->v[SET_STORAGE].given && !a->v[SET_TRAFFIC].given)
		return usage_set(cli, _("nothing to set: give --storage, "
					"--traffic or both"));
	jw_object(&w, NULL);
	r = limit_write(cli, &w, "storage_megabytes", "storage",
			a->v[SET_STORAGE].text);
	if (r == 0)
		r = limit_write(cli, &w, "traffic_megabytes", "traffic",
				a->v[SET_TRAFFIC].text);
	jw_end(&w);
	if (r != 0 || buf_err(&body) != 0)
		return r != 0 ? r : buf_err(&body);
	ask.body = buf_str(&body);
	r = client_call(cli, &ask, NULL, NULL);
	return r != 0 ? r : quota(cli, a);
}

/* --- plan --- */

static int
plan_show(struct cli *cli, const struct json *j)
{
	if (cli->json) {
		print_json(j);
		return 0;
	}
	printf(_("Your pricing plan is '%.*s'.\n\nOK\n"),
	       STR_ARG(rest_word(j, "plan")));
	return 0;
}

static int
plan(struct cli *cli, const struct args *a)
{
	CLEAN(json_freep) struct json *j = NULL;
	int r = rest_get(cli, "/api/v1/plans", &j);

	(void)a;
	return r != 0 ? r : plan_show(cli, j);
}

static int
plan_upgrade(struct cli *cli, const struct args *a)
{
	CLEAN(buf_clear) struct buf body = BUF_INIT;
	CLEAN(json_freep) struct json *j = NULL;
	struct jw w = JW(&body);
	int r;

	jw_object(&w, NULL);
	jw_c(&w, "plan", a->n > 0 ? a->rest[0] : "Standard");
	jw_end(&w);
	r = rest_send(cli, "PATCH", "/api/v1/plans", &body, &j);
	return r != 0 ? r : plan_show(cli, j);
}

/* --- on or off --- */

struct lever {
	const char *path, *member;
	const char *on, *off; /* what is said of it */
};

static int
lever_show(struct cli *cli, const struct lever *l)
{
	CLEAN(json_freep) struct json *j = NULL;
	bool on = false;
	int r = rest_get(cli, l->path, &j);

	if (r != 0)
		return r;
	if (cli->json) {
		print_json(j);
		return 0;
	}
	(void)json_bool(json_get(j, l->member), &on);
	printf("%s\n", on ? _(l->on) : _(l->off));
	printf(_("\nOK\n"));
	return 0;
}

static int
lever_move(struct cli *cli, const struct lever *l, bool on)
{
	CLEAN(buf_clear) struct buf body = BUF_INIT;
	struct ask ask = {"PATCH", l->path, STR_NONE};
	struct jw w = JW(&body);
	int r;

	jw_object(&w, NULL);
	jw_bool(&w, l->member, on);
	jw_end(&w);
	if (buf_err(&body) != 0)
		return buf_err(&body);
	ask.body = buf_str(&body);
	r = client_call(cli, &ask, NULL, NULL);
	return r != 0 ? r : lever_show(cli, l);
}

static int
lever_run(struct cli *cli, const struct args *a, const struct lever *l)
{
	int n = 0;

	for (int i = SWITCH_ENABLE; i <= SWITCH_STATUS; i++)
		n += a->v[i].given ? 1 : 0;
	if (n != 1)
		return usage_set(
		    cli, _("give one of --enable, --disable and --status"));
	return a->v[SWITCH_STATUS].given
		   ? lever_show(cli, l)
		   : lever_move(cli, l, a->v[SWITCH_ENABLE].given);
}

static int
private_only(struct cli *cli, const struct args *a)
{
	static const struct lever l = {
	    "/api/v1/auth", "private_only",
	    N_("Only private connections are taken."),
	    N_("Connections from anywhere are taken.")};

	return lever_run(cli, a, &l);
}

static int
platform_metrics(struct cli *cli, const struct args *a)
{
	static const struct lever l = {
	    "/api/v1/settings", "platform_metrics",
	    N_("Platform metrics are sent for this account."),
	    N_("No platform metrics are sent; /metrics has the server's own.")};

	return lever_run(cli, a, &l);
}

static const struct lever policies = {
    "/api/v1/auth", "iam_authz",
    N_("IAM policies decide who may do what in the registry."),
    N_("IAM policies do not apply to the registry.")};

static int
policies_enable(struct cli *cli, const struct args *a)
{
	(void)a;
	return lever_move(cli, &policies, true);
}

static int
policies_status(struct cli *cli, const struct args *a)
{
	(void)a;
	return lever_show(cli, &policies);
}

#define FIXED                                                                  \
	N_("On a server of one's own this is as it is; the command is there "  \
	   "for scripts.\n")

static const struct command rows[] = {
    {"cr", "quota", NULL, NULL, 0, "", 0, 0, quota,
     N_("show what may be stored and pulled, and is"),
     N_("Storage is what the layers of your images take in this region, each "
	"counted\nonce; pull traffic is counted by the month (UTC). Over its "
	"storage quota an\naccount cannot push, over its traffic quota it "
	"cannot pull.\n")},
    {"cr", "quota-set", NULL, set_opts, nitems(set_opts), "", 0, 0, quota_set,
     N_("limit what may be stored and pulled"),
     N_("A megabyte is 1048576 bytes. What is not given stays as it is.\n")},
    {"cr", "plan", NULL, NULL, 0, "", 0, 0, plan, N_("show the pricing plan"),
     FIXED},
    {"cr", "plan-upgrade", NULL, NULL, 0, "[PLAN]", 0, 1, plan_upgrade,
     N_("take the standard plan"), FIXED},
    {"cr", "private-only", NULL, switch_opts, nitems(switch_opts), "", 0, 0,
     private_only, N_("whether only private connections are taken"), FIXED},
    {"cr", "platform-metrics", NULL, switch_opts, nitems(switch_opts), "", 0, 0,
     platform_metrics, N_("whether platform metrics are sent"), FIXED},
    {"cr", "iam-policies-enable", NULL, NULL, 0, "", 0, 0, policies_enable,
     N_("let IAM policies decide"), FIXED},
    {"cr", "iam-policies-status", NULL, NULL, 0, "", 0, 0, policies_status,
     N_("show whether IAM policies decide"), FIXED},
};
const struct command_set commands_quota = {rows, nitems(rows)};
