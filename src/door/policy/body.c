/* What a policy says, out of either version's JSON. */
#include "door/policy/inner.h"

#include <errno.h>

struct reading {
	enum policy_form_version version;
	struct arena *arena;
	struct note *note;
};

static int
bad(const struct reading *rd, const char *name, const char *why)
{
	return note_set(rd->note, OUT_MALFORMED, "'%s' %s", name, why);
}

/* A member that nobody knows could mean that less is to be granted. */
static int
only(const struct reading *rd, const struct json *object, const char *what,
     const char *const *names)
{
	const struct json *v;
	struct str name;
	void *iter = NULL;

	if (json_kind(object) != JSON_OBJECT)
		return bad(rd, what, "has to be an object");
	while (json_each(object, &iter, &name, &v)) {
		size_t i = 0;

		while (names[i] != NULL && !str_eq(name, str_c(names[i])))
			i++;
		if (names[i] == NULL)
			return note_set(rd->note, OUT_MALFORMED,
					"'%.*s' in '%s' is not known here",
					STR_ARG(str_sub(name, 0, 100)), what);
	}
	return 0;
}

static int
text(const struct reading *rd, const struct json *object, const char *name,
     bool must, struct str *ret)
{
	const struct json *v = json_get(object, name);

	if (v == NULL)
		return must ? bad(rd, name, "is missing") : 0;
	return json_str(v, ret) ? 0 : bad(rd, name, "has to be a text");
}

static int
value_read(const struct reading *rd, const struct json *v,
	   struct policy_attr *ret)
{
	CLEAN(buf_clear) struct buf list = BUF_INIT;
	bool flag;

	if (json_str(v, &ret->value)) {
		ret->form = POLICY_TEXT;
		return 0;
	}
	if (json_bool(v, &flag)) {
		ret->form = POLICY_FLAG;
		ret->value = flag ? STR("true") : STR("false");
		return 0;
	}
	if (rd->version == POLICY_V1 || json_kind(v) != JSON_ARRAY)
		return bad(rd, "value", "has to be a text");
	if (json_write(&list, v) != 0)
		return FAIL(-ENOMEM);
	ret->form = POLICY_LIST;
	ret->value = arena_str(rd->arena, buf_str(&list));
	return ret->value.p == NULL ? FAIL(-ENOMEM) : 0;
}

/* The second version calls a name a key and always has an operator; a tag's
 * name is "name" in the first one as well. */
static int
attribute_read(const struct reading *rd, const struct json *object,
	       struct policy_attr *ret)
{
	static const char *const names[][4] = {
	    {"name", "operator", "value", NULL},
	    {"key", "operator", "value", NULL},
	};
	const char *const *known = names[rd->version - POLICY_V1];
	struct policy_attr a = {.op = STR("stringEquals")};
	int r = only(rd, object, "attributes", known);

	if (r == 0)
		r = text(rd, object, known[0], true, &a.name);
	if (r == 0)
		r = text(rd, object, "operator", rd->version == POLICY_V2,
			 &a.op);
	if (r != 0)
		return r;
	a.said = json_get(object, "operator") != NULL;
	r = value_read(rd, json_get(object, "value"), &a);
	if (r == 0)
		*ret = a;
	return r;
}

static int
attributes_read(const struct reading *rd, const struct json *list,
		const char *what, const struct policy_attr **ret, size_t *n)
{
	size_t count = json_size(list);
	struct policy_attr *attrs;
	int r = 0;

	if (json_kind(list) != JSON_ARRAY || count > POLICY_ATTRS_MAX)
		return bad(rd, what, "has to be a list that is not too long");
	attrs = arena_get(rd->arena, (count + 1) * sizeof(*attrs));
	if (attrs == NULL)
		return FAIL(-ENOMEM);
	for (size_t i = 0; r == 0 && i < count; i++)
		r = attribute_read(rd, json_at(list, i), &attrs[i]);
	*ret = attrs;
	*n = r == 0 ? count : 0;
	return r;
}

static int
subject_read(const struct reading *rd, const struct json *object,
	     struct policy_text *ret)
{
	static const char *const names[] = {"attributes", NULL};
	const struct policy_attr *attrs = NULL;
	size_t n = 0;
	int r = only(rd, object, "subject", names);

	if (r == 0)
		r = attributes_read(rd, json_get(object, "attributes"),
				    "attributes", &attrs, &n);
	if (r != 0)
		return r;
	if (n != 1 || attrs[0].form != POLICY_TEXT)
		return bad(rd, "subject",
			   "has to be one iam_id or "
			   "access_group_id");
	if (str_eq(attrs[0].name, STR("access_group_id")))
		ret->subject_kind = POLICY_GROUP;
	else if (!str_eq(attrs[0].name, STR("iam_id")))
		return bad(rd, "subject",
			   "has to be an iam_id or an "
			   "access_group_id");
	ret->subject = attrs[0].value;
	ret->subject_op = attrs[0].said ? attrs[0].op : STR("");
	return 0;
}

static int
resource_read(const struct reading *rd, const struct json *object,
	      struct policy_text *ret)
{
	static const char *const names[] = {"attributes", "tags", NULL};
	const struct json *tags = json_get(object, "tags");
	int r = only(rd, object, "resource", names);

	if (r == 0)
		r = attributes_read(rd, json_get(object, "attributes"),
				    "attributes", &ret->resources,
				    &ret->n_resources);
	if (r == 0 && tags != NULL)
		r = attributes_read(rd, tags, "tags", &ret->tags, &ret->n_tags);
	return r;
}

static int
roles_read(const struct reading *rd, const struct json *list,
	   struct policy_text *ret)
{
	size_t n = json_size(list);
	struct str *roles;

	if (json_kind(list) != JSON_ARRAY || n == 0 || n > POLICY_ROLES_MAX)
		return bad(rd, "roles", "has to be a list of 1 to 16 roles");
	roles = arena_get(rd->arena, n * sizeof(*roles));
	if (roles == NULL)
		return FAIL(-ENOMEM);
	for (size_t i = 0; i < n; i++)
		if (!json_str(json_get(json_at(list, i), "role_id"), &roles[i]))
			return bad(rd, "role_id", "has to be a text");
	ret->roles = roles;
	ret->n_roles = n;
	return 0;
}

/* A list of exactly one. */
static const struct json *
sole(const struct json *list)
{
	return json_kind(list) == JSON_ARRAY && json_size(list) == 1
		   ? json_at(list, 0)
		   : NULL;
}

static int
first_read(const struct reading *rd, const struct json *json,
	   struct policy_text *ret)
{
	const struct json *subject = sole(json_get(json, "subjects"));
	const struct json *resource = sole(json_get(json, "resources"));
	int r;

	if (json_get(json, "pattern") != NULL || json_get(json, "rule") != NULL)
		return bad(rd, "rule", "and 'pattern' are for /v2/policies");
	if (subject == NULL)
		return bad(rd, "subjects", "has to be a list of one");
	if (resource == NULL)
		return bad(rd, "resources", "has to be a list of one");
	r = subject_read(rd, subject, ret);
	if (r == 0)
		r = resource_read(rd, resource, ret);
	return r != 0 ? r : roles_read(rd, json_get(json, "roles"), ret);
}

static int
rule_read(const struct reading *rd, const struct json *json,
	  struct policy_text *ret)
{
	CLEAN(buf_clear) struct buf rule = BUF_INIT;
	const struct json *v = json_get(json, "rule");
	int r = text(rd, json, "pattern", false, &ret->pattern);

	if (r != 0 || v == NULL)
		return r;
	if (json_kind(v) != JSON_OBJECT)
		return bad(rd, "rule", "has to be an object");
	if (json_write(&rule, v) != 0)
		return FAIL(-ENOMEM);
	ret->rule = arena_str(rd->arena, buf_str(&rule));
	return ret->rule.p == NULL ? FAIL(-ENOMEM) : 0;
}

static int
second_read(const struct reading *rd, const struct json *json,
	    struct policy_text *ret)
{
	const struct json *grant = json_get(json_get(json, "control"), "grant");
	int r = subject_read(rd, json_get(json, "subject"), ret);

	if (r == 0)
		r = resource_read(rd, json_get(json, "resource"), ret);
	if (r == 0)
		r = rule_read(rd, json, ret);
	return r != 0 ? r : roles_read(rd, json_get(grant, "roles"), ret);
}

int
policy_body_read(const struct json *json, enum policy_form_version version,
		 struct arena *arena, struct policy_text *ret,
		 struct str *ret_account, struct note *note)
{
	const struct reading rd = {version, arena, note};
	struct policy_text t = {.type = STR("access")};
	int r;

	if (json_kind(json) != JSON_OBJECT)
		return note_set(note, OUT_MALFORMED,
				"the body has to be a JSON object");
	r = text(&rd, json, "type", true, &t.type);
	if (r == 0)
		r = text(&rd, json, "description", false, &t.description);
	if (r == 0)
		r = version == POLICY_V1 ? first_read(&rd, json, &t)
					 : second_read(&rd, json, &t);
	if (r != 0)
		return r;
	*ret_account = STR_NONE;
	for (size_t i = 0; i < t.n_resources; i++)
		if (str_eq(t.resources[i].name, STR("accountId")) &&
		    t.resources[i].form == POLICY_TEXT)
			*ret_account = t.resources[i].value;
	*ret = t;
	return 0;
}
