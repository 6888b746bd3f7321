#include "door/api/inner.h"

#include "base/test.h"

static const struct api_host nobody = {.version = "0"};

static const struct {
	enum http_method method;
	const char *path;
	handler_fn *run; /* NULL: no row */
	const char *params;
} paths[] = {
    {HTTP_GET, "/healthz", health_show, ""},
    {HTTP_GET, "/readyz", ready_show, ""},
    {HTTP_GET, "/metrics", metrics_show, ""},
    {HTTP_GET, "/latchkey/v1/status", status_show, ""},
    {HTTP_GET, "/latchkey/v1/status/", status_show, ""},
    {HTTP_GET, "/latchkey/v1/accounts/a", account_show, "a"},
    {HTTP_PUT, "/latchkey/v1/accounts/a", account_put, "a"},
    {HTTP_PATCH, "/latchkey/v1/users/u%40x", user_patch, "u%40x"},
    {HTTP_PUT, "/latchkey/v1/users/u/password", user_password, "u"},
    {HTTP_GET, "/latchkey/v1/users/u/api-keys", keys_show, "u"},
    {HTTP_DELETE, "/latchkey/v1/users/u/api-keys/k", key_remove, "u|k"},
    {HTTP_GET, "/latchkey/v1/namespaces/birds", namespace_show, "birds"},
    {HTTP_PATCH, "/latchkey/v1/namespaces/birds", namespace_patch, "birds"},
    {HTTP_GET, "/latchkey/v1/namespaces", NULL, ""},
    {HTTP_POST, "/latchkey/v1/audit/verify", audit_check, ""},
    {HTTP_DELETE, "/latchkey/v1/session", session_remove, ""},
    {HTTP_GET, "/latchkey/v1", NULL, ""},
    {HTTP_POST, "/healthz", NULL, ""},
    {HTTP_DELETE, "/latchkey/v1/accounts/a", NULL, ""},
    {HTTP_GET, "/latchkey/v1/users/u/api-keys/k/x", NULL, ""},
    {HTTP_PUT, "/latchkey/v1/users//password", NULL, ""},
};

static void
test_paths(const struct door *door)
{
	for (size_t i = 0; i < nitems(paths); i++) {
		handler_fn *run = NULL;
		char seen[128] = "";
		size_t at = 0;

		for (size_t k = 0; k < door->n_routes && run == NULL; k++) {
			const struct route *r = &door->routes[k];
			struct str params[FRAME_PARAMS_MAX];
			size_t n = 0;

			if (r->method != paths[i].method ||
			    !frame_matches(r, door->exact, str_c(paths[i].path),
					   params, &n))
				continue;
			run = r->run;
			for (size_t p = 0; p < n; p++)
				at += (size_t)snprintf(
				    seen + at, sizeof(seen) - at, "%s%.*s",
				    p == 0 ? "" : "|", STR_ARG(params[p]));
		}
		ok(run == paths[i].run, "%s %s",
		   http_method_name(paths[i].method), paths[i].path);
		is_str(str_c(seen), str_c(paths[i].params), "  its parameters");
	}
}

static const struct {
	const char *path;
	bool ours;
} owned[] = {
    {"/latchkey/v1", true},
    {"/latchkey/v1/", true},
    {"/latchkey/v1/x", true},
    {"/healthz", true},
    {"/latchkey/v10", false},
    {"/latchkey/v2/x", false},
    {"/latchkey", false},
    {"/healthzz", false},
    {"/", false},
    {"", false},
};

/* What a refusal looks like; every outcome has its own row in the words. */
static void
test_words(void)
{
	struct http_req req = {.path = STR("/latchkey/v1/x")};
	struct call call = {.req = &req, .request_id = "r1"};

	for (int out = 1; out < OUT_MAX; out++) {
		struct http_reply reply = {
		    .fd = -1, .head = BUF_INIT, .body = BUF_INIT};
		CLEAN(json_freep) struct json *j = NULL;
		const struct json *error;

		call.note = (struct note){"why \"so\""};
		api_say(&call, out, &reply);
		is_int(reply.status, own_words[out].status, "status of: %s",
		       out_text(out));
		ok(reply.status >= 400, "  a refusal");
		is_int(json_parse(buf_str(&reply.body), &j, NULL), 0,
		       "  its body is JSON");
		error = json_get(j, "error");
		is_str(json_text(error, "code"), str_c(own_words[out].code),
		       "  code");
		is_str(json_text(error, "message"), STR("why \"so\""),
		       "  message");
		is_str(json_text(error, "request_id"), STR("r1"), "  id");
		is_int((long long)json_size(j), 1, "  and nothing else");
		buf_clear(&reply.head);
		buf_clear(&reply.body);
	}
}

static void
test_failure(void)
{
	struct http_req req = {.path = STR("/latchkey/v1/x")};
	struct call call = {.req = &req, .note = {"inner details"}};
	struct http_reply reply = {
	    .fd = -1, .head = BUF_INIT, .body = BUF_INIT};

	api_say(&call, -5, &reply);
	is_int(reply.status, 500, "a failure is 500");
	ok(strstr(reply.body.p, "inner details") == NULL,
	   "and says nothing of the inside");
	buf_clear(&reply.head);
	buf_clear(&reply.body);
}

/* Bodies: each row against the fields text (must), flag and list. */
static const struct {
	const char *body;
	int want;
	const char *note;
} bodies[] = {
    {"{\"text\":\"a\"}", 0, ""},
    {"{\"text\":\"a\",\"flag\":true,\"list\":[]}", 0, ""},
    {"{\"text\":\"\"}", 0, ""},
    {"{}", OUT_MALFORMED, "'text' is missing"},
    {"[]", OUT_MALFORMED, "the body must be a JSON object"},
    {"null", OUT_MALFORMED, "the body must be a JSON object"},
    {"{\"text\":\"a\",\"Flag\":true}", OUT_MALFORMED, "unknown member 'Flag'"},
    {"{\"text\":\"a\",\"abcdefghijklmnopqrstuvwxyz\":1}", OUT_MALFORMED,
     "unknown member 'abcdefghijklmnopqrstuvwx'"},
    {"{\"text\":1}", OUT_MALFORMED, "'text' must be a string"},
    {"{\"text\":null}", OUT_MALFORMED, "'text' must be a string"},
    {"{\"text\":\"a\",\"flag\":\"true\"}", OUT_MALFORMED,
     "'flag' must be true or false"},
    {"{\"text\":\"a\",\"flag\":1}", OUT_MALFORMED,
     "'flag' must be true or false"},
    {"{\"text\":\"a\",\"list\":{}}", OUT_MALFORMED, "'list' must be a list"},
    {"{\"text\":\"a\",\"count\":-7}", 0, ""},
    {"{\"text\":\"a\",\"count\":7.0}", OUT_MALFORMED,
     "'count' must be a whole number"},
    {"{\"text\":\"a\",\"count\":\"7\"}", OUT_MALFORMED,
     "'count' must be a whole number"},
};

struct test_body {
	struct str text;
	struct body_flag flag;
	const struct json *list;
	struct body_number count;
};

static void
test_bodies(void)
{
	static const struct field fields[] = {
	    {"text", JSON_STR, true, offsetof(struct test_body, text)},
	    {"flag", JSON_BOOL, false, offsetof(struct test_body, flag)},
	    {"list", JSON_ARRAY, false, offsetof(struct test_body, list)},
	    {"count", JSON_INT, false, offsetof(struct test_body, count)},
	};

	for (size_t i = 0; i < nitems(bodies); i++) {
		struct test_body body = {.list = NULL};
		struct call call = {0};
		bool counted = strstr(bodies[i].body, "count") != NULL;

		is_int(json_parse(str_c(bodies[i].body), &call.json, NULL), 0,
		       "JSON: %s", bodies[i].body);
		is_int(body_read(&call, fields, nitems(fields), &body),
		       bodies[i].want, "  its outcome");
		if (bodies[i].want == 0)
			ok(body.text.p != NULL && body.count.given == counted &&
			       body.count.is == (counted ? -7 : 0),
			   "  what was given");
		is_str(str_c(call.note.text), str_c(bodies[i].note),
		       "  its note");
		json_free(call.json);
	}
}

static void
test_times(void)
{
	struct call call = {0};
	int64_t ms = -1;

	is_int(time_read(&call, "since", STR("2026-11-21T10:20:30Z"), &ms), 0,
	       "a time");
	is_int(ms % 1000, 0, "of whole seconds");
	is_int(time_read(&call, "since", STR("1500"), &ms), 0, "milliseconds");
	is_int(ms, 1500, "as they are");
	is_int(time_read(&call, "since", STR("-1"), &ms), OUT_MALFORMED,
	       "before 1970");
	is_int(time_read(&call, "since", STR("yesterday"), &ms), OUT_MALFORMED,
	       "a word");
	is_int(ms, 1500, "leaves what was there");
}

int
main(void)
{
	struct note note = {0};
	struct api api;

	api_init(&api, &nobody);
	if (!ok(frame_check(&api.door, &note) == 0, "the table holds"))
		printf("# %s\n", note.text);
	test_paths(&api.door);
	for (size_t i = 0; i < nitems(owned); i++)
		is_int(api.door.owns(str_c(owned[i].path)), owned[i].ours,
		       "whose is %s", owned[i].path);
	test_words();
	test_failure();
	test_bodies();
	test_times();
	return done_testing();
}
