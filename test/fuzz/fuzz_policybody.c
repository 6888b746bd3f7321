#include "door/policy/inner.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static void
attributes(const struct policy_attr *list, size_t n, bool lists)
{
	CLEAN(json_freep) struct json *j = NULL;

	assert(n <= POLICY_ATTRS_MAX);
	for (size_t i = 0; i < n; i++) {
		assert(list[i].name.p != NULL && list[i].op.p != NULL);
		if (list[i].form != POLICY_LIST)
			continue;
		assert(lists && json_parse(list[i].value, &j, NULL) == 0);
		assert(json_kind(j) == JSON_ARRAY);
		json_freep(&j);
		j = NULL;
	}
}

/* What is taken is whole: somebody is granted something on something. */
static void
body(const struct json *j, enum policy_form_version version)
{
	CLEAN(arena_clear) struct arena a;
	struct policy_text t = {.n_roles = 0};
	struct str account = STR("unset");
	struct note note = {""};
	int r;

	arena_init(&a, 8 * MIB);
	r = policy_body_read(j, version, &a, &t, &account, &note);
	assert(r == 0 || (r == OUT_MALFORMED && note.text[0] != '\0'));
	if (r != 0)
		return;
	assert(t.type.p != NULL && t.subject.p != NULL);
	assert(t.n_roles > 0 && t.n_roles <= POLICY_ROLES_MAX);
	attributes(t.resources, t.n_resources, version == POLICY_V2);
	attributes(t.tags, t.n_tags, version == POLICY_V2);
	assert(version == POLICY_V2 ||
	       (t.pattern.p == NULL && t.rule.p == NULL));
}

static void
span(struct str query)
{
	CLEAN(arena_clear) struct arena a;
	struct http_req req = {.n_fields = 0};
	struct call call = {.req = &req, .arena = &a};
	struct span s = {0};
	int r;

	arena_init(&a, MIB);
	if (form_parse(query, &a, &call.query) != 0)
		return;
	r = span_read(&call, &s);
	assert(r == 0 || (r == OUT_MALFORMED && call.note.text[0] != '\0'));
	if (r == 0)
		assert(s.limit >= 1 && s.limit <= SPAN_MAX &&
		       s.offset <= INT32_MAX);
}

/* A body of both versions, or where in a list somebody wants to be. */
int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	CLEAN(json_freep) struct json *j = NULL;
	struct str text = {(const char *)p, n};

	span(text);
	if (json_parse(text, &j, NULL) != 0)
		return 0;
	body(j, POLICY_V1);
	body(j, POLICY_V2);
	return 0;
}
