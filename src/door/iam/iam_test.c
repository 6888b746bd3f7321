#include "door/iam/inner.h"

#include "base/enc.h"
#include "base/test.h"

static const struct {
	enum http_method method;
	const char *path;
	handler_fn *run; /* NULL: no row */
} paths[] = {
    {HTTP_POST, "/identity/token", token_post},
    {HTTP_POST, "/oidc/token", token_post},
    {HTTP_GET, "/identity/keys", keys_get},
    {HTTP_GET, "/identity/.well-known/openid-configuration", discovery_get},
    {HTTP_GET, "/identity/userinfo", userinfo_get},
    {HTTP_POST, "/identity/introspect", introspect_post},
    {HTTP_POST, "/identity/passcode", passcode_post},
    {HTTP_GET, "/identity/passcode", passcode_get},
    {HTTP_PATCH, "/v1/sessions/C-1/state", session_patch},
    {HTTP_GET, "/identity/token", NULL},
};

static void
test_paths(const struct door *door)
{
	for (size_t i = 0; i < nitems(paths); i++) {
		handler_fn *run = NULL;

		for (size_t k = 0; k < door->n_routes && run == NULL; k++) {
			const struct route *r = &door->routes[k];
			struct str params[FRAME_PARAMS_MAX];
			size_t n = 0;

			if (r->method == paths[i].method &&
			    frame_matches(r, door->exact, str_c(paths[i].path),
					  params, &n))
				run = r->run;
		}
		ok(run == paths[i].run, "%s %s",
		   http_method_name(paths[i].method), paths[i].path);
	}
	ok(door->owns(STR("/identity")) && door->owns(STR("/oidc/token")),
	   "what is ours");
	ok(door->owns(STR("/v1/sessions/C-1/state")), "sessions by name");
	ok(!door->owns(STR("/v1/apikeys")) && !door->owns(STR("/v2/")) &&
	       !door->owns(STR("/identityx")) &&
	       !door->owns(STR("/oauth/token")),
	   "and what is not");
}

struct told {
	struct http_reply reply;
	struct json *json;
};

static void
told_clear(struct told *t)
{
	buf_clear(&t->reply.head);
	buf_clear(&t->reply.body);
	json_free(t->json);
}

static struct told
tell(struct call *call, int outcome)
{
	struct told t = {
	    .reply = {.fd = -1, .head = BUF_INIT, .body = BUF_INIT}};

	iam_say(call, outcome, &t.reply);
	is_int(json_parse(buf_str(&t.reply.body), &t.json, NULL), 0,
	       "the body is JSON");
	return t;
}

/* {"errorCode","errorMessage","context":{"requestId","requestType"}} */
static void
test_token_words(void)
{
	struct http_req req = {.path = STR("/identity/token")};
	struct token_words words = {NULL, CODE_API_KEY, "no such key"};
	struct call call = {.req = &req, .request_id = "r1"};

	for (int out = 1; out < OUT_MAX; out++) {
		CLEAN(told_clear) struct told t = tell(&call, out);

		is_int(t.reply.status, iam_words[out].status, "status of: %s",
		       out_text(out));
		is_str(json_text(t.json, "errorCode"),
		       str_c(iam_words[out].message_code), "  code");
		is_str(json_text(json_get(t.json, "context"), "requestId"),
		       STR("r1"), "  id");
		ok(json_get(json_get(t.json, "context"), "url") == NULL,
		   "  no url");
	}
	call.own = &words;
	{
		CLEAN(told_clear) struct told t = tell(&call, OUT_UNPROVEN);

		is_int(t.reply.status, 400, "a refused grant is 400");
		is_str(json_text(t.json, "errorCode"), STR(CODE_API_KEY),
		       "  with its code");
		is_str(json_text(t.json, "errorMessage"), STR("no such key"),
		       "  and words");
	}
	{
		CLEAN(told_clear) struct told t = tell(&call, OUT_EXPIRED);

		is_int(t.reply.status, 400, "an expired one too");
		is_str(json_text(t.json, "errorCode"), STR(CODE_REFRESH_END),
		       "  with its code");
	}
	call.wait_s = 7;
	{
		CLEAN(told_clear) struct told t = tell(&call, OUT_TOO_MANY);

		is_int(t.reply.status, 429, "throttled is 429");
		ok(strstr(t.reply.head.p, "Retry-After: 7") != NULL,
		   "  and says how long");
	}
}

int
main(void)
{
	struct note note = {0};
	struct iam iam;

	iam_init(&iam, &(struct iam_host){0});
	if (!ok(frame_check(&iam.door, &note) == 0, "the table holds"))
		printf("# %s\n", note.text);
	test_paths(&iam.door);
	test_token_words();
	return done_testing();
}
