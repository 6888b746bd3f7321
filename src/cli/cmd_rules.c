/* iam account-rules: what an account demands of its credentials. */
#include "cli/iam.h"

#include "base/i18n.h"

#include <stdio.h>

enum { RULES_SET };
static const struct opt rules_opts[] = {
    {"set", 's', OPT_MANY, "NAME=VALUE", N_("change a rule; may be repeated")},
};

static int
rules_path(struct cli *cli, struct buf *ret)
{
	const char *account = NULL;
	int r = iam_account(cli, &account);

	if (r == 0)
		r = buf_addf(ret, "/v1/accounts/%s/settings/identity", account);
	return r;
}

static void
rules_print(const struct json *j)
{
	const struct json *value;
	struct str name, text;
	void *at = NULL;

	while (json_each(j, &at, &name, &value)) {
		CLEAN(buf_clear) struct buf label = BUF_INIT;

		if (!json_str(value, &text) || str_eq(name, STR("context")))
			continue;
		(void)buf_addf(&label, "%-42.*s ", STR_ARG(name));
		print_text(buf_str(&label));
		print_text(text);
		(void)putchar('\n');
	}
}

static int
rules_body(struct cli *cli, const struct opt_value *set, struct buf *ret)
{
	struct jw w = JW(ret);

	jw_object(&w, NULL);
	for (size_t i = 0; i < set->count; i++) {
		struct str name, value;

		if (!str_cut(str_c(set->many[i]), '=', &name, &value) ||
		    str_trim(name).n == 0)
			return usage_set(cli, _("--set takes NAME=VALUE"));
		jw_key(&w, str_trim(name));
		jw_str(&w, NULL, str_trim(value));
	}
	jw_end(&w);
	return buf_err(ret);
}

static int
account_rules(struct cli *cli, const struct args *a)
{
	CLEAN(iam_thing_clear) struct iam_thing t = IAM_THING_INIT;
	CLEAN(buf_clear) struct buf body = BUF_INIT;
	int r = rules_path(cli, &t.path);

	if (r == 0 && !a->v[RULES_SET].given)
		return iam_show(cli, &t, rules_print);
	if (r == 0)
		r = rules_body(cli, &a->v[RULES_SET], &body);
	return r != 0 ? r : iam_update(cli, &t, "PUT", &body, rules_print);
}

static const struct command rows[] = {
    {"iam", "account-rules", NULL, rules_opts, nitems(rules_opts), "", 0, 0,
     account_rules, N_("show or change the account's rules"),
     N_("How long sessions and tokens live, how long credentials may at most "
	"(in days;\n0: any), and whether one may have no end:\n"
	"    --set api_key_max_days=90 --set endless_credentials=false\n"
	"What is there already stays as it is.\n")},
};
const struct command_set commands_rules = {rows, nitems(rows)};
