/* What a policy says, in either form, as people read it. */
#include "cli/policy.h"

#include "base/i18n.h"

#include <stdio.h>
#include <string.h>

static const struct json *
roles_of(const struct json *policy)
{
	const struct json *grant =
	    json_get(json_get(policy, "control"), "grant");

	return json_get(grant != NULL ? grant : policy, "roles");
}

static const struct json *
attributes_of(const struct json *policy)
{
	const struct json *one = json_get(policy, "resource");

	if (one == NULL)
		one = json_at(json_get(policy, "resources"), 0);
	return json_get(one, "attributes");
}

void
policy_roles_text(const struct json *policy, struct buf *ret)
{
	const struct json *rows = roles_of(policy);

	for (size_t i = 0; i < json_size(rows); i++) {
		const struct json *row = json_at(rows, i);
		struct str name = json_text(row, "display_name");
		struct str crn = json_text(row, "role_id"), head;

		if (name.n == 0 && !str_rcut(crn, ':', &head, &name))
			name = crn;
		(void)buf_adds(ret, i > 0 ? ", " : "");
		(void)buf_addstr(ret, name);
	}
}

/* A text, a flag, or a list of texts. */
static void
value_text(const struct json *value, struct buf *ret)
{
	struct str text;
	bool flag;

	if (json_str(value, &text))
		(void)buf_addstr(ret, text);
	else if (json_bool(value, &flag))
		(void)buf_adds(ret, flag ? "true" : "false");
	else
		for (size_t i = 0; i < json_size(value); i++) {
			(void)buf_adds(ret, i > 0 ? "|" : "");
			value_text(json_at(value, i), ret);
		}
}

void
policy_resource_text(const struct json *policy, struct buf *ret)
{
	const struct json *rows = attributes_of(policy);

	for (size_t i = 0; i < json_size(rows); i++) {
		const struct json *row = json_at(rows, i);
		struct str name = json_text(row, "name");

		if (name.n == 0)
			name = json_text(row, "key");
		if (str_eq(name, STR("accountId")))
			continue;
		(void)buf_adds(ret, ret->n > 0 ? ", " : "");
		(void)buf_addf(ret, "%.*s=", STR_ARG(name));
		value_text(json_get(row, "value"), ret);
	}
}

void
policy_attribute_text(const struct json *policy, const char *name,
		      struct buf *ret)
{
	const struct json *rows = attributes_of(policy);

	for (size_t i = 0; i < json_size(rows); i++) {
		const struct json *row = json_at(rows, i);

		if (str_eq(json_text(row, "name"), str_c(name)) ||
		    str_eq(json_text(row, "key"), str_c(name)))
			value_text(json_get(row, "value"), ret);
	}
}

struct str
policy_subject_value(const struct json *policy)
{
	const struct json *one = json_get(policy, "subject");

	if (one == NULL)
		one = json_at(json_get(policy, "subjects"), 0);
	return json_text(json_at(json_get(one, "attributes"), 0), "value");
}

void
policy_print(const struct json *policy)
{
	CLEAN(buf_clear) struct buf roles = BUF_INIT;
	CLEAN(buf_clear) struct buf resource = BUF_INIT;
	CLEAN(buf_clear) struct buf rule = BUF_INIT;

	policy_roles_text(policy, &roles);
	policy_resource_text(policy, &resource);
	print_pair(_("Policy ID"), json_text(policy, "id"));
	print_pair(_("Subject"), policy_subject_value(policy));
	print_pair(_("Roles"), buf_str(&roles));
	print_pair(_("Resource"), buf_str(&resource));
	if (json_text(policy, "pattern").n > 0)
		print_pair(_("Condition"), json_text(policy, "pattern"));
	if (json_get(policy, "rule") != NULL &&
	    json_write(&rule, json_get(policy, "rule")) == 0)
		print_pair(_("Rule"), buf_str(&rule));
	if (json_text(policy, "description").n > 0)
		print_pair(_("Description"), json_text(policy, "description"));
	print_pair(_("State"), json_text(policy, "state"));
	print_pair(_("Created At"), json_text(policy, "created_at"));
}
