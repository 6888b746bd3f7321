/*
 * doc/openapi.json against the tables: every route is described and nothing
 * else is; each body has the members that its handler takes.
 */
#include "door/api/inner.h"

#include "base/test.h"

static const struct api_host nobody = {.version = "0"};
static struct json *doc;

static const char *
method_key(enum http_method method)
{
	static const char *const keys[HTTP_METHODS] = {
	    [HTTP_GET] = "get",	      [HTTP_POST] = "post",
	    [HTTP_PUT] = "put",	      [HTTP_PATCH] = "patch",
	    [HTTP_DELETE] = "delete",
	};

	return keys[method];
}

/* "#/components/schemas/Error": a JSON pointer without escapes. */
static const struct json *
resolve(const struct json *j)
{
	struct str ref = json_text(j, "$ref"), part;
	const struct json *at = doc;

	if (ref.p == NULL)
		return j;
	if (!str_starts(ref, STR("#/")))
		return NULL;
	ref = str_sub(ref, 2, ref.n);
	while (at != NULL && str_next(&ref, '/', &part)) {
		char name[64];

		(void)snprintf(name, sizeof(name), "%.*s", STR_ARG(part));
		at = json_get(at, name);
	}
	return at;
}

static void
test_refs(const struct json *j, size_t *n)
{
	const struct json *value;
	struct str name;
	void *iter = NULL;

	if (json_kind(j) == JSON_ARRAY)
		for (size_t i = 0; i < json_size(j); i++)
			test_refs(json_at(j, i), n);
	while (json_kind(j) == JSON_OBJECT &&
	       json_each(j, &iter, &name, &value)) {
		test_refs(value, n);
		if (!str_eq(name, STR("$ref")))
			continue;
		++*n;
		if (resolve(j) == NULL)
			ok(false, "nothing at %.*s",
			   STR_ARG(json_text(j, "$ref")));
	}
}

/* --- routes ----------------------------------------------------------------
 */

static size_t
params_in(const char *path)
{
	size_t n = 0;

	for (const char *p = path; (p = strchr(p, '{')) != NULL; p++)
		n++;
	return n;
}

/* Is it in the path, in braces, and said to be required? */
static bool
param_fits(const struct json *param, const char *path)
{
	char braced[64];
	bool must = false;

	(void)snprintf(braced, sizeof(braced), "{%.*s}",
		       STR_ARG(json_text(param, "name")));
	return strstr(path, braced) != NULL &&
	       json_bool(json_get(param, "required"), &must) && must;
}

static void
test_params(const struct json *op, const char *path)
{
	const struct json *list = json_get(op, "parameters");
	size_t n = 0;
	bool fit = true;

	for (size_t i = 0; i < json_size(list); i++) {
		const struct json *param = resolve(json_at(list, i));

		if (!str_eq(json_text(param, "in"), STR("path")))
			continue;
		n++;
		fit = fit && param_fits(param, path);
	}
	ok(fit && n == params_in(path), "  its parameters in the path");
}

static void
test_public(const struct json *op, const struct route *route)
{
	const struct json *security = json_get(op, "security");
	bool open = verb_row(route->verb)->rule == RULE_PUBLIC;
	bool says = security != NULL && (json_size(security) == 0 ||
					 json_size(json_at(security, 0)) == 0);

	ok(open == says, "  %s", open ? "open to all" : "with a credential");
}

static void
test_route(const struct route *route)
{
	const struct json *paths = json_get(doc, "paths");
	const struct json *op =
	    json_get(json_get(paths, route->path), method_key(route->method));
	const struct verb_row *verb = verb_row(route->verb);
	char want[96];

	ok(op != NULL, "%s %s", http_method_name(route->method), route->path);
	if (op == NULL)
		return;
	(void)snprintf(want, sizeof(want), "%.*s.%.*s", STR_ARG(verb->service),
		       STR_ARG(verb->action));
	is_str(json_text(op, "x-latchkey-verb"), str_c(want), "  its verb");
	test_params(op, route->path);
	test_public(op, route);
	ok(json_size(json_get(op, "responses")) > 0 &&
	       json_text(op, "summary").n > 0 &&
	       json_text(op, "operationId").n > 0,
	   "  what it does");
}

static bool
has_route(const struct door *door, struct str method, struct str path)
{
	for (size_t i = 0; i < door->n_routes; i++)
		if (str_eq(str_c(door->routes[i].path), path) &&
		    str_eq(str_c(method_key(door->routes[i].method)), method))
			return true;
	return false;
}

static void
test_described(const struct door *door)
{
	const struct json *item, *op;
	void *iter = NULL;
	struct str path, method;

	while (json_each(json_get(doc, "paths"), &iter, &path, &item)) {
		void *inner = NULL;

		while (json_each(item, &inner, &method, &op))
			ok(has_route(door, method, path), "%.*s %.*s is served",
			   STR_ARG(method), STR_ARG(path));
	}
}

/* --- bodies ----------------------------------------------------------------
 */

static const struct json *
schema_of(const struct json *op)
{
	const struct json *content =
	    json_get(json_get(op, "requestBody"), "content");

	return resolve(
	    json_get(json_get(content, "application/json"), "schema"));
}

/* One of the forms that a body may have; a schema without a choice is one. */
static const struct json *
form_at(const struct json *schema, size_t i)
{
	const struct json *forms = json_get(schema, "oneOf");

	if (forms == NULL)
		return i == 0 ? schema : NULL;
	return i < json_size(forms) ? resolve(json_at(forms, i)) : NULL;
}

static bool requires(const struct json *form, const char *name)
{
	const struct json *list = json_get(form, "required");
	struct str one;

	for (size_t i = 0; i < json_size(list); i++)
		if (json_str(json_at(list, i), &one) &&
		    str_eq(one, str_c(name)))
			return true;
	return false;
}

static bool
kind_fits(enum json_kind kind, struct str type)
{
	static const char *const types[] = {
	    [JSON_STR] = "string",    [JSON_BOOL] = "boolean",
	    [JSON_INT] = "integer",   [JSON_ARRAY] = "array",
	    [JSON_OBJECT] = "object",
	};

	return types[kind] != NULL && str_eq(type, str_c(types[kind]));
}

/* In one of the forms at least, with its type; required in all of them, if and
 * only if the handler insists. */
static void
test_field(const struct json *schema, const struct field *f)
{
	const struct json *form, *member;
	bool known = false, must = true, typed = true;

	for (size_t i = 0; (form = form_at(schema, i)) != NULL; i++) {
		member = json_get(json_get(form, "properties"), f->name);
		known |= member != NULL;
		must = must && requires(form, f->name);
		typed =
		    typed && (member == NULL ||
			      kind_fits(f->kind, json_text(member, "type")));
	}
	ok(known && typed && must == f->must, "  %s", f->name);
}

static void
test_members(const struct json *schema, const struct api_body *body)
{
	const struct json *form, *member;
	bool open = false, more = true;

	for (size_t i = 0; (form = form_at(schema, i)) != NULL; i++) {
		const struct json *all = json_get(form, "properties");
		struct str name;
		void *iter = NULL;

		while (json_each(all, &iter, &name, &member)) {
			bool taken = false;

			for (size_t k = 0; k < body->n; k++)
				taken |=
				    str_eq(str_c(body->fields[k].name), name);
			if (!taken)
				ok(false, "  nobody takes %.*s", STR_ARG(name));
		}
		open =
		    open ||
		    !json_bool(json_get(form, "additionalProperties"), &more) ||
		    more;
	}
	ok(!open, "  and no other member");
}

static const struct api_body *
body_of(handler_fn *run)
{
	for (size_t i = 0; i < api_n_bodies; i++)
		if (api_bodies[i].run == run)
			return &api_bodies[i];
	return NULL;
}

static void
test_body(const struct route *route)
{
	const struct json *paths = json_get(doc, "paths");
	const struct json *op =
	    json_get(json_get(paths, route->path), method_key(route->method));
	const struct api_body *body = body_of(route->run);
	const struct json *schema = schema_of(op);
	bool takes = route->body == BODY_JSON || route->body == BODY_JSON_SEND;

	ok((body != NULL) == takes && (schema != NULL) == takes, "%s %s: %s",
	   http_method_name(route->method), route->path,
	   takes ? "the body" : "no body");
	if (body == NULL || schema == NULL)
		return;
	for (size_t i = 0; i < body->n; i++)
		test_field(schema, &body->fields[i]);
	test_members(schema, body);
}

/* What may be wrong with a public key has a word for each. */
static void
test_key_words(void)
{
	const struct json *paths = json_get(doc, "paths");
	const struct json *op = json_get(
	    json_get(paths,
		     "/latchkey/v1/projects/{account}/{project}/keypairs"),
	    "post");
	struct str text = json_text(op, "description");

	for (int why = SSHKEY_FINE + 1; why < SSHKEY_WHYS; why++) {
		const char *word = sshkey_why_word((enum sshkey_why)why);

		ok(memmem(text.p, text.n, word, strlen(word)) != NULL,
		   "%s is explained", word);
	}
}

int
main(void)
{
	struct note note = {""};
	struct api api;
	size_t refs = 0;

	if (!is_int(json_parse((struct str){(const char *)openapi_json,
					    openapi_json_n},
			       &doc, &note),
		    0, "the description is JSON")) {
		printf("# %s\n", note.text);
		return done_testing();
	}
	api_init(&api, &nobody);
	is_str(json_text(doc, "openapi"), STR("3.1.0"), "of OpenAPI 3.1");
	test_refs(doc, &refs);
	ok(refs > 0, "%zu references lead somewhere", refs);
	for (size_t i = 0; i < api.door.n_routes; i++) {
		test_route(&api.door.routes[i]);
		test_body(&api.door.routes[i]);
	}
	test_described(&api.door);
	test_key_words();
	json_free(doc);
	return done_testing();
}
