/* Who may do what: a sentence first, then the policies that say so. */
#include "cli/explain.h"
#include "cli/policy.h"

#include "base/i18n.h"

#include <stdio.h>
#include <string.h>

/* --- tables --- */

/* Without a title in the answer's every row, a column is left out. */
struct field_of {
	const char *member; /* "policy.id": a member of a member */
	const char *title;
	bool always;
};

static struct str
cell_of(const struct json *row, const char *member)
{
	struct str head, tail, text;

	if (strncmp(member, "policy.", 7) == 0) {
		row = json_get(row, "policy");
		member += 7;
	}
	text = json_text(row, member);
	/* A role's CRN ends with its name. */
	if (strcmp(member, "role") == 0 && str_rcut(text, ':', &head, &tail))
		return tail;
	return text;
}

static bool
is_shown(const struct json *rows, const struct field_of *f)
{
	bool shown = f->always;

	for (size_t i = 0; i < json_size(rows) && !shown; i++)
		shown = cell_of(json_at(rows, i), f->member).n > 0;
	return shown;
}

static bool
is_scope(const char *member)
{
	return strcmp(member, "service") == 0 ||
	       strcmp(member, "region") == 0 || strcmp(member, "type") == 0 ||
	       strcmp(member, "resource") == 0;
}

static void
rows_print(const struct json *rows, const struct field_of *fields, size_t n)
{
	struct column columns[TABLE_COLUMNS_MAX];
	const char *members[TABLE_COLUMNS_MAX];
	struct table t = {.columns = columns, .cells = BUF_INIT};

	for (size_t i = 0; i < n; i++)
		if (is_shown(rows, &fields[i])) {
			members[t.n_columns] = fields[i].member;
			columns[t.n_columns++] =
			    (struct column){fields[i].title, false};
		}
	for (size_t i = 0; i < json_size(rows); i++)
		for (size_t c = 0; c < t.n_columns; c++) {
			struct str text = cell_of(json_at(rows, i), members[c]);

			table_add(&t, text.n == 0 && is_scope(members[c])
					  ? str_c(_("all"))
					  : text);
		}
	if (t.n_cells == 0)
		return;
	(void)putchar('\n');
	table_print(&t);
}

/* --- the sentence --- */

static void
line_print(struct buf *line)
{
	if (buf_err(line) == 0)
		print_text(buf_str(line));
	(void)putchar('\n');
	buf_clear(line);
}

static bool
is_deed(const struct told *t, const char *name)
{
	struct str service, deed;

	return str_cut(str_c(t->action), '.', &service, &deed) &&
	       (str_eq(service, STR("container-registry")) ||
		str_eq(service, STR("git"))) &&
	       str_ends(deed, str_c(name));
}

/* "push to bees" */
static void
deed_text(const struct told *t, struct buf *ret)
{
	if (t->resource == NULL)
		(void)buf_addf(ret, _("do %s"), t->action);
	else if (is_deed(t, ".push"))
		(void)buf_addf(ret, _("push to %s"), t->resource);
	else if (is_deed(t, ".pull"))
		(void)buf_addf(ret, _("pull from %s"), t->resource);
	else
		(void)buf_addf(ret, _("do %s on %s"), t->action, t->resource);
}

static void
yes_text(const struct json *answer, struct buf *ret)
{
	static const struct {
		const char *by, *text;
	} reasons[] = {
	    {"owner", N_("the account's owner may do everything in it")},
	    {"operator", N_("whoever runs this server may")},
	    {"self", N_("everybody may do so with what is their own")},
	    {"token", N_("a registry token opens all of its account")},
	    {"access-key",
	     N_("the key stands on the repository or its project")},
	    {"anybody", N_("everybody may")},
	};
	const struct json *first = json_at(json_get(answer, "policies"), 0);
	struct str by = json_text(answer, "by");
	struct str id = json_text(first, "id");
	struct str role = cell_of(first, "role");
	struct str group = json_text(first, "group");

	for (size_t i = 0; i < nitems(reasons); i++)
		if (str_eq(by, str_c(reasons[i].by)))
			(void)buf_adds(ret, _(reasons[i].text));
	if (!str_eq(by, STR("policy")))
		return;
	(void)buf_addf(ret, _("policy %.*s grants it (%.*s)"), STR_ARG(id),
		       STR_ARG(role));
	if (group.n > 0)
		(void)buf_addf(ret, _(" to the access group %.*s"),
			       STR_ARG(group));
}

/* What of a policy does not fit, and what it says instead. */
static void
nearest_text(const struct told *t, const struct json *row, struct buf *ret)
{
	static const struct {
		const char *missing, *attribute, *text;
	} misses[] = {
	    {"resource", "resource", N_("its resource")},
	    {"resource type", "resourceType", N_("its resource type")},
	    {"region", "region", N_("its region")},
	    {"role", NULL, N_("its roles")},
	    {"time", NULL, N_("the time")},
	};
	CLEAN(buf_clear) struct buf value = BUF_INIT;
	struct str missing = json_text(row, "missing");
	struct str id = json_text(row, "id");
	size_t i = 0;

	while (i < nitems(misses) && !str_eq(missing, str_c(misses[i].missing)))
		i++;
	if (i == nitems(misses)) {
		(void)buf_addf(ret, _("; policy %.*s does not: %.*s"),
			       STR_ARG(id), STR_ARG(missing));
		return;
	}
	(void)buf_addf(ret, _("; policy %.*s would, but for %s"), STR_ARG(id),
		       _(misses[i].text));
	if (t->policy != NULL && misses[i].attribute != NULL)
		policy_attribute_text(t->policy, misses[i].attribute, &value);
	else if (t->policy != NULL && str_eq(missing, STR("role")))
		policy_roles_text(t->policy, &value);
	if (value.n > 0)
		(void)buf_addf(ret, " (%s)", value.p);
}

static void
no_text(const struct told *t, const struct json *answer, struct buf *ret)
{
	const struct json *first = json_at(json_get(answer, "policies"), 0);
	struct str by = json_text(answer, "by");

	if (str_eq(by, STR("ended")))
		(void)buf_adds(
		    ret, t->credential
			     ? _("it has ended, or whose it is is shut out")
			     : _("the identity is shut out of the account"));
	else if (str_eq(by, STR("credential")))
		(void)buf_adds(ret,
			       _("this kind of credential does not open it"));
	else
		(void)buf_adds(ret, t->credential ? _("nothing grants it")
						  : _("no policy grants it"));
	if (first != NULL)
		nearest_text(t, first, ret);
}

/* Where a sentence begins, and where it does not. */
static const char *
who_first(const struct told *t)
{
	return t->credential	? _("This credential")
	       : t->who == NULL ? _("You")
				: t->who;
}

static const char *
who_later(const struct told *t)
{
	return t->credential	? _("this credential")
	       : t->who == NULL ? _("you")
				: t->who;
}

void
told_may(const struct told *t, const struct json *answer)
{
	static const struct field_of fields[] = {
	    {"id", N_("Policy ID"), true},
	    {"role", N_("Role"), true},
	    {"group", N_("Group"), false},
	    {"missing", N_("Does Not Fit"), false}};
	CLEAN(buf_clear) struct buf deed = BUF_INIT;
	struct buf line = BUF_INIT;
	bool may = iam_flag(answer, "may");

	deed_text(t, &deed);
	if (buf_err(&deed) == 0)
		(void)buf_addf(&line,
			       may ? _("%s may %s: ") : _("%s may not %s: "),
			       who_first(t), deed.p);
	if (may)
		yes_text(answer, &line);
	else
		no_text(t, answer, &line);
	(void)buf_addc(&line, '.');
	line_print(&line);
	rows_print(json_get(answer, "policies"), fields, nitems(fields));
}

void
told_rights(const struct told *t, const struct json *answer)
{
	static const struct field_of fields[] = {
	    {"roles", N_("Roles"), true},
	    {"service", N_("Service"), true},
	    {"region", N_("Region"), false},
	    {"type", N_("Resource Type"), false},
	    {"resource", N_("Resource"), false},
	    {"condition", N_("Condition"), false},
	    {"group", N_("Group"), false},
	    {"policy", N_("Policy ID"), false}};
	const struct json *rows = json_get(answer, "rights");
	struct buf line = BUF_INIT;

	(void)buf_addf(&line,
		       json_size(rows) == 0 ? _("Nothing is granted to %s.")
					    : _("What is granted to %s:"),
		       who_later(t));
	line_print(&line);
	rows_print(rows, fields, nitems(fields));
}

void
told_who(const struct told *t, const struct json *answer)
{
	static const struct field_of fields[] = {
	    {"kind", N_("Kind"), true},
	    {"name", N_("Name"), true},
	    {"by", N_("By"), true},
	    {"policy.role", N_("Role"), false},
	    {"policy.id", N_("Policy ID"), false},
	    {"policy.group", N_("Group"), false},
	    {"id", N_("ID"), true}};
	const struct json *rows = json_get(answer, "who");
	CLEAN(buf_clear) struct buf deed = BUF_INIT;
	struct buf line = BUF_INIT;

	deed_text(t, &deed);
	if (buf_err(&deed) == 0)
		(void)buf_addf(&line,
			       json_size(rows) == 0 ? _("Nobody may %s.")
						    : _("These may %s:"),
			       deed.p);
	line_print(&line);
	rows_print(rows, fields, nitems(fields));
	if (iam_flag(answer, "more"))
		printf(_("\nThere are more.\n"));
}
