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
    {HTTP_GET, "/v1/apikeys", apikeys_list},
    {HTTP_GET, "/v1/apikeys/", apikeys_list},
    {HTTP_POST, "/v1/apikeys", apikey_add},
    {HTTP_GET, "/v1/apikeys/details", apikey_details},
    {HTTP_GET, "/v1/apikeys/ApiKey-1", apikey_show},
    {HTTP_DELETE, "/v1/apikeys/ApiKey-1", apikey_remove},
    {HTTP_GET, "/identity/token", NULL},
    {HTTP_PUT, "/v1/apikeys/ApiKey-1", NULL},
    {HTTP_POST, "/v1/apikeys/ApiKey-1/lock", NULL},
    {HTTP_GET, "/v1/serviceids", NULL},
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
	ok(door->owns(STR("/v1/serviceids")) && door->owns(STR("/identity")) &&
	       door->owns(STR("/oidc/token")),
	   "what is ours");
	ok(!door->owns(STR("/v10/apikeys")) && !door->owns(STR("/v2/")) &&
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

/* {"context","status_code":"404","errors":[{code,message_code,message}],...} */
static void
test_words(void)
{
	struct http_req req = {.path = STR("/v1/apikeys/x")};
	struct call call = {.req = &req, .request_id = "r1"};

	for (int out = 1; out < OUT_MAX; out++) {
		CLEAN(told_clear) struct told t = tell(&call, out);
		const struct json *e = json_at(json_get(t.json, "errors"), 0);
		char status[8];

		(void)snprintf(status, sizeof(status), "%d",
			       iam_words[out].status);
		is_int(t.reply.status, iam_words[out].status, "status of: %s",
		       out_text(out));
		is_str(json_text(t.json, "status_code"), str_c(status),
		       "  as a string too");
		is_str(json_text(e, "code"), str_c(iam_words[out].code),
		       "  code");
		is_str(json_text(e, "message_code"),
		       str_c(iam_words[out].message_code), "  message code");
		ok(json_text(e, "message").n > 0, "  message");
		is_str(json_text(t.json, "trace"), STR("r1"), "  trace");
	}
	is_str(str_c(iam_words[OUT_ABSENT].message_code), STR("BXNIM0102E"),
	       "the one code that clients know");
}

/* The caller's Transaction-Id comes back, unless it could be anything else. */
static void
test_stamp(void)
{
	static const struct {
		const char *sent, *want;
	} rows[] = {
	    {"abc-1.2_3", "Transaction-Id: abc-1.2_3\r\n"},
	    {"a b", "Transaction-Id: r1\r\n"},
	    {"a\"b", "Transaction-Id: r1\r\n"},
	    {"", "Transaction-Id: r1\r\n"},
	};

	for (size_t i = 0; i < nitems(rows); i++) {
		struct http_field field = {STR("transaction-id"),
					   str_c(rows[i].sent)};
		struct http_req req = {
		    .path = STR("/v1/x"), .fields = &field, .n_fields = 1};
		struct call call = {.req = &req, .request_id = "r1"};
		struct http_reply reply = {
		    .fd = -1, .head = BUF_INIT, .body = BUF_INIT};

		iam_stamp(&call, &reply);
		is_str(buf_str(&reply.head), str_c(rows[i].want), "sent \"%s\"",
		       rows[i].sent);
		buf_clear(&reply.head);
		buf_clear(&reply.body);
	}
}

static int
page_of(const char *query, struct arena *arena, struct page *ret)
{
	struct call call = {.arena = arena};

	if (form_parse(str_c(query), arena, &call.query) != 0)
		return -1;
	return page_read(&call, ret);
}

static void
test_pages(void)
{
	static const struct {
		const char *query;
		int want;
	} rows[] = {
	    {"", 0},
	    {"pagesize=1", 0},
	    {"pagesize=100", 0},
	    {"pagesize=0", OUT_MALFORMED},
	    {"pagesize=101", OUT_MALFORMED},
	    {"pagesize=-1", OUT_MALFORMED},
	    {"pagesize=1&pagesize=2", OUT_MALFORMED},
	    {"type=user", 0},
	    {"type=robot", OUT_MALFORMED},
	    {"scope=account", 0},
	    {"scope=world", OUT_MALFORMED},
	    {"sort=name", OUT_UNSUPPORTED},
	    {"pagetoken=%21", OUT_MALFORMED},
	    {"pagetoken=YQ", OUT_MALFORMED},
	};
	CLEAN(arena_clear) struct arena arena;
	struct page page;

	arena_init(&arena, MIB);
	for (size_t i = 0; i < nitems(rows); i++)
		is_int(page_of(rows[i].query, &arena, &page), rows[i].want,
		       "?%s", rows[i].query);
}

/* What next names is the same question, further on. */
static void
test_next(void)
{
	CLEAN(arena_clear) struct arena arena;
	CLEAN(buf_clear) struct buf out = BUF_INIT;
	CLEAN(json_freep) struct json *j = NULL;
	struct call call = {.base = STR("https://reg.example")};
	struct page page, again = {0};
	struct str head, query;
	struct jw w = JW(&out);

	arena_init(&arena, MIB);
	is_int(page_of("account_id=a1&type=user&scope=account&pagesize=7",
		       &arena, &page),
	       0, "a first page");
	jw_object(&w, NULL);
	page_next(&call, &page, STR("ApiKey-9"), &w);
	jw_end(&w);
	is_int(json_parse(buf_str(&out), &j, NULL), 0, "next is JSON");
	ok(str_cut(json_text(j, "next"), '?', &head, &query), "an address");
	is_str(head, STR("https://reg.example/v1/apikeys"), "an absolute one");
	is_int(page_of(query.p, &arena, &again), 0, "that can be read");
	is_int((long long)again.size, 7, "the size");
	is_str(again.account, STR("a1"), "the account");
	is_str(again.type, STR("user"), "the type");
	is_str(again.after, STR("ApiKey-9"), "where it goes on");
	is_int(again.whole, true, "the scope");
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
	test_words();
	test_stamp();
	test_pages();
	test_next();
	return done_testing();
}
