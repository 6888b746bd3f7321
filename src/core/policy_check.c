#include "core/policy_inner.h"

#include "core/account_inner.h"
#include "core/resource_group.h"
#include "core/role.h"
#include "core/when.h"
#include "json/json.h"

/* Where it may stand, and what may be said of it. */
static const struct {
	struct str name;
	bool whole; /* a policy needs one of these */
} attributes[] = {
    {STR_INIT("accountId"), false},	 {STR_INIT("serviceName"), true},
    {STR_INIT("serviceType"), true},	 {STR_INIT("region"), false},
    {STR_INIT("resourceType"), false},	 {STR_INIT("resource"), false},
    {STR_INIT("resourceGroupId"), true}, {STR_INIT("service_group_id"), true},
};

enum op { OP_EQUALS, OP_MATCH, OP_EQUALS_ANY, OP_MATCH_ANY, OPS };
static const struct str ops[OPS] = {
    [OP_EQUALS] = STR_INIT("stringEquals"),
    [OP_MATCH] = STR_INIT("stringMatch"),
    [OP_EQUALS_ANY] = STR_INIT("stringEqualsAnyOf"),
    [OP_MATCH_ANY] = STR_INIT("stringMatchAnyOf"),
};

static enum op
op_of(struct str s)
{
	enum op op = OP_EQUALS;

	while (op < OPS && !str_eq(ops[op], s))
		op++;
	return op;
}

static int
bad_value(struct note *note, const struct policy_attr *a)
{
	return note_set(note, OUT_MALFORMED,
			"the value of '%.*s' has to be a text of 1 to %d bytes",
			STR_ARG(a->name), POLICY_VALUE_MAX);
}

static int
list_check(const struct policy_attr *a, struct note *note)
{
	CLEAN(json_freep) struct json *json = NULL;
	struct str value;
	size_t n;
	int r = json_parse(a->value, &json, note);

	if (r != 0)
		return r;
	n = json_size(json);
	if (json_kind(json) != JSON_ARRAY || n == 0 || n > POLICY_VALUES_MAX)
		return note_set(note, OUT_MALFORMED,
				"'%.*s' has to be a list of 1 to %d texts",
				STR_ARG(a->name), POLICY_VALUES_MAX);
	for (size_t i = 0; i < n; i++)
		if (!json_str(json_at(json, i), &value) ||
		    !text_ok(value, POLICY_VALUE_MAX, false))
			return bad_value(note, a);
	return 0;
}

static int
value_check(const struct policy_attr *a, enum op op, struct note *note)
{
	bool list = op == OP_EQUALS_ANY || op == OP_MATCH_ANY;

	if (list != (a->form == POLICY_LIST))
		return note_set(note, OUT_MALFORMED,
				"'%.*s': '%.*s' takes a %s", STR_ARG(a->name),
				STR_ARG(a->op), list ? "list" : "text");
	if (list)
		return list_check(a, note);
	if (a->form != POLICY_TEXT ||
	    !text_ok(a->value, POLICY_VALUE_MAX, false))
		return bad_value(note, a);
	return 0;
}

static bool
service_known(struct str name)
{
	for (enum verb v = 0; v < VERB_MAX; v++)
		if (str_eq(verb_row(v)->service, name) &&
		    !str_eq(name, STR("latchkeyd")))
			return true;
	return false;
}

/* Each text of it by itself; a list has been looked at before. */
static int
group_check(struct str account, const struct policy_attr *a, enum op op,
	    struct note *note)
{
	CLEAN(json_freep) struct json *json = NULL;
	char id[RESOURCE_GROUP_ID_LEN + 1];
	bool exact = op == OP_EQUALS || op == OP_EQUALS_ANY;
	struct str value = a->value;
	size_t n = 1;
	int r = a->form == POLICY_LIST ? json_parse(a->value, &json, note) : 0;

	if (r != 0)
		return r;
	if (a->form == POLICY_LIST)
		n = json_size(json);
	resource_group_id(account, id);
	for (size_t i = 0; i < n; i++) {
		if (json != NULL && !json_str(json_at(json, i), &value))
			return bad_value(note, a);
		if (exact ? !str_eq(value, str_c(id))
			  : !grants_match(value, str_c(id)))
			return note_set(note, OUT_MALFORMED,
					"there is no such resource group "
					"'%.*s' here: the one of this account "
					"has the id %s",
					STR_ARG(str_sub(value, 0, 100)), id);
	}
	return 0;
}

/* What nobody here could ever match would look like a grant and be none. */
static int
meaning_check(struct str account, const struct policy_attr *a, enum op op,
	      struct note *note)
{
	if (str_eq(a->name, STR("accountId")) &&
	    (op != OP_EQUALS || !str_eq(a->value, account)))
		return note_set(note, OUT_MALFORMED,
				"'accountId' has to be the account that the "
				"policy is made in, and 'stringEquals'");
	if (str_eq(a->name, STR("serviceName")) && op == OP_EQUALS &&
	    !service_known(a->value))
		return note_set(note, OUT_MALFORMED,
				"there is no service '%.*s' here",
				STR_ARG(a->value));
	return str_eq(a->name, STR("resourceGroupId"))
		   ? group_check(account, a, op, note)
		   : 0;
}

static int
resource_check(struct str account, const struct policy_attr *a, bool *whole,
	       struct note *note)
{
	enum op op = op_of(a->op);
	size_t i = 0;
	int r;

	while (i < nitems(attributes) && !str_eq(attributes[i].name, a->name))
		i++;
	if (i == nitems(attributes))
		return note_set(note, OUT_MALFORMED,
				"'%.*s' is no attribute of a resource here",
				STR_ARG(str_sub(a->name, 0, 100)));
	if (op == OPS)
		return note_set(note, OUT_MALFORMED, "'%.*s': no such operator",
				STR_ARG(a->name));
	r = value_check(a, op, note);
	if (r == 0)
		r = meaning_check(account, a, op, note);
	if (r == 0 && attributes[i].whole)
		*whole = true;
	return r;
}

static int
resources_check(struct str account, const struct policy_text *t,
		struct note *note)
{
	bool whole = false, of_account = false;
	int r = 0;

	for (size_t i = 0; r == 0 && i < t->n_resources; i++) {
		const struct policy_attr *a = &t->resources[i];

		r = resource_check(account, a, &whole, note);
		if (str_eq(a->name, STR("accountId")))
			of_account = true;
		for (size_t j = 0; r == 0 && j < i; j++)
			if (str_eq(t->resources[j].name, a->name))
				r = note_set(note, OUT_MALFORMED,
					     "'%.*s' is there twice",
					     STR_ARG(a->name));
	}
	if (r == 0 && !of_account)
		return note_set(note, OUT_MALFORMED,
				"the resource needs 'accountId'");
	if (r == 0 && !whole)
		return note_set(note, OUT_MALFORMED,
				"the resource needs one of serviceName, "
				"serviceType, resourceGroupId and "
				"service_group_id");
	return r;
}

static int
tags_check(const struct policy_text *t, struct note *note)
{
	for (size_t i = 0; i < t->n_tags; i++) {
		const struct policy_attr *a = &t->tags[i];
		enum op op = op_of(a->op);

		if (!text_ok(a->name, POLICY_VALUE_MAX, false))
			return note_set(note, OUT_MALFORMED,
					"a tag's name has 1 to %d bytes",
					POLICY_VALUE_MAX);
		if ((op != OP_EQUALS && op != OP_MATCH) ||
		    a->form != POLICY_TEXT ||
		    !text_ok(a->value, POLICY_VALUE_MAX, false))
			return bad_value(note, a);
	}
	return 0;
}

static int
subject_check(const struct policy_text *t, struct note *note)
{
	if (!text_ok(t->subject, POLICY_SUBJECT_MAX, false))
		return note_set(note, OUT_MALFORMED,
				"the subject has to be an iam_id or an "
				"access_group_id");
	if (t->subject_op.n > 0 && !str_eq(t->subject_op, ops[OP_EQUALS]))
		return note_set(note, OUT_MALFORMED,
				"a subject can only be 'stringEquals'");
	return 0;
}

static int
sizes_check(const struct policy_text *t, struct note *note)
{
	if (!str_eq(t->type, STR("access")) &&
	    !str_eq(t->type, STR("authorization")))
		return note_set(note, OUT_MALFORMED,
				"'type' is access or authorization");
	if (t->n_roles == 0 || t->n_roles > POLICY_ROLES_MAX)
		return note_set(note, OUT_MALFORMED,
				"a policy has 1 to %d roles", POLICY_ROLES_MAX);
	for (size_t i = 0; i < t->n_roles; i++)
		if (!text_ok(t->roles[i], POLICY_ROLE_MAX, false))
			return note_set(note, OUT_MALFORMED,
					"a role's id has 1 to %d bytes",
					POLICY_ROLE_MAX);
	if (t->n_resources + t->n_tags > POLICY_ATTRS_MAX)
		return note_set(note, OUT_MALFORMED,
				"a policy has at most %d attributes",
				POLICY_ATTRS_MAX);
	if (!text_ok(t->description, POLICY_DESCRIPTION_MAX, true))
		return note_set(note, OUT_MALFORMED,
				"a description has at most %d bytes",
				POLICY_DESCRIPTION_MAX);
	return 0;
}

int
policy_check(struct str account, const struct policy_text *t, struct note *note)
{
	struct when when;
	int r = sizes_check(t, note);

	if (r == 0)
		r = subject_check(t, note);
	if (r == 0)
		r = resources_check(account, t, note);
	if (r == 0)
		r = tags_check(t, note);
	if (r == 0 && t->rule.n > POLICY_RULE_MAX)
		return note_set(note, OUT_MALFORMED,
				"a rule has at most %d bytes", POLICY_RULE_MAX);
	return r != 0 ? r : when_parse(t->pattern, t->rule, &when, note);
}

int
policy_check_roles(struct db_at *at, struct str account,
		   const struct policy_text *t, struct note *note)
{
	for (size_t i = 0; i < t->n_roles; i++) {
		unsigned roles = 0;
		struct verb_set verbs = {{0}};
		int r = role_resolve(at, account, t->roles[i], &roles, &verbs);

		if (r == OUT_ABSENT)
			return note_set(note, OUT_ABSENT,
					"there is no role '%.*s'",
					STR_ARG(str_sub(t->roles[i], 0, 200)));
		if (r != 0)
			return r;
	}
	return 0;
}
