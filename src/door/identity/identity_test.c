#include "door/identity/inner.h"

#include "base/enc.h"
#include "base/test.h"

static const struct {
	enum http_method method;
	const char *path;
	handler_fn *run; /* NULL: no row */
} paths[] = {
    {HTTP_GET, "/v1/apikeys", apikeys_list},
    {HTTP_GET, "/v1/apikeys/", apikeys_list},
    {HTTP_POST, "/v1/apikeys", apikey_add},
    {HTTP_GET, "/v1/apikeys/details", apikey_details},
    {HTTP_GET, "/v1/apikeys/ApiKey-1", apikey_show},
    {HTTP_DELETE, "/v1/apikeys/ApiKey-1", apikey_remove},
    {HTTP_PUT, "/v1/apikeys/ApiKey-1", apikey_put},
    {HTTP_POST, "/v1/apikeys/ApiKey-1/lock", apikey_lock},
    {HTTP_DELETE, "/v1/apikeys/ApiKey-1/lock", apikey_unlock},
    {HTTP_POST, "/v1/apikeys/ApiKey-1/disable", apikey_disable},
    {HTTP_DELETE, "/v1/apikeys/ApiKey-1/disable", apikey_enable},
    {HTTP_PATCH, "/v1/apikeys/ApiKey-1", NULL},
    {HTTP_GET, "/v1/serviceids", serviceids_list},
    {HTTP_POST, "/v1/serviceids", serviceid_add},
    {HTTP_GET, "/v1/serviceids/ServiceId-1", serviceid_show},
    {HTTP_PUT, "/v1/serviceids/ServiceId-1", serviceid_put},
    {HTTP_DELETE, "/v1/serviceids/ServiceId-1", serviceid_remove},
    {HTTP_POST, "/v1/serviceids/ServiceId-1/lock", serviceid_lock},
    {HTTP_DELETE, "/v1/serviceids/ServiceId-1/lock", serviceid_unlock},
    {HTTP_POST, "/v1/serviceids/ServiceId-1/disable", serviceid_disable},
    {HTTP_DELETE, "/v1/serviceids/ServiceId-1/disable", serviceid_enable},
    {HTTP_GET, "/v1/profiles", NULL},
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
	ok(door->owns(STR("/v1/serviceids")) &&
	       door->owns(STR("/v2/accounts/a")),
	   "what is ours");
	ok(!door->owns(STR("/v10/apikeys")) && !door->owns(STR("/v2/")) &&
	       !door->owns(STR("/identity")) &&
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

	identity_say(call, outcome, &t.reply);
	is_int(json_parse(buf_str(&t.reply.body), &t.json, NULL), 0,
	       "the body is JSON");
	return t;
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
			       identity_words[out].status);
		is_int(t.reply.status, identity_words[out].status,
		       "status of: %s", out_text(out));
		is_str(json_text(t.json, "status_code"), str_c(status),
		       "  as a string too");
		is_str(json_text(e, "code"), str_c(identity_words[out].code),
		       "  code");
		is_str(json_text(e, "message_code"),
		       str_c(identity_words[out].message_code),
		       "  message code");
		ok(json_text(e, "message").n > 0, "  message");
		is_str(json_text(t.json, "trace"), STR("r1"), "  trace");
	}
	is_str(str_c(identity_words[OUT_ABSENT].message_code),
	       STR("BXNIM0102E"), "the one code that clients know");
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

		call_transaction(&call, &reply);
		is_str(buf_str(&reply.head), str_c(rows[i].want), "sent \"%s\"",
		       rows[i].sent);
		buf_clear(&reply.head);
		buf_clear(&reply.body);
	}
}

static int
page_of(const char *query, enum page_list list, struct arena *arena,
	struct page *ret)
{
	struct call call = {.arena = arena};

	if (form_parse(str_c(query), arena, &call.query) != 0)
		return -1;
	return page_read(&call, list, ret);
}

#define A250                                                                   \
	"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" \
	"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" \
	"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" \
	"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

static void
test_pages(void)
{
	static const struct {
		const char *query;
		int keys, ids;
	} rows[] = {
	    {"", 0, 0},
	    {"pagesize=1", 0, 0},
	    {"pagesize=100", 0, 0},
	    {"pagesize=0", OUT_MALFORMED, OUT_MALFORMED},
	    {"pagesize=101", OUT_MALFORMED, OUT_MALFORMED},
	    {"pagesize=-1", OUT_MALFORMED, OUT_MALFORMED},
	    {"pagesize=1&pagesize=2", OUT_MALFORMED, OUT_MALFORMED},
	    {"type=user", 0, 0},
	    {"type=robot", OUT_MALFORMED, OUT_MALFORMED},
	    {"scope=account", 0, 0},
	    {"scope=world", OUT_MALFORMED, OUT_MALFORMED},
	    {"sort=name", 0, 0},
	    {"sort=created_at&order=desc", 0, 0},
	    {"sort=modified_at&order=asc", 0, 0},
	    {"sort=created_by", 0, OUT_UNSUPPORTED},
	    {"sort=description", OUT_UNSUPPORTED, OUT_UNSUPPORTED},
	    {"order=up", OUT_MALFORMED, OUT_MALFORMED},
	    {"filter=name", OUT_UNSUPPORTED, OUT_UNSUPPORTED},
	    {"include_history=yes", OUT_MALFORMED, OUT_MALFORMED},
	    {"name=" A250 "aaaaa", 0, 0},
	    {"name=" A250 "aaaaaa", 0, OUT_MALFORMED},
	    {"iam_id=" A250, OUT_MALFORMED, OUT_MALFORMED},
	    {"account_id=" A250, OUT_MALFORMED, OUT_MALFORMED},
	    {"account_id=a%0ab", OUT_MALFORMED, OUT_MALFORMED},
	    {"pagetoken=%21", OUT_MALFORMED, OUT_MALFORMED},
	    {"pagetoken=YQ", OUT_MALFORMED, OUT_MALFORMED},
	    {"pagetoken=" A250 A250 A250 A250 A250, OUT_MALFORMED,
	     OUT_MALFORMED},
	};
	CLEAN(arena_clear) struct arena arena;
	struct page page;

	arena_init(&arena, MIB);
	for (size_t i = 0; i < nitems(rows); i++) {
		is_int(page_of(rows[i].query, PAGE_API_KEYS, &arena, &page),
		       rows[i].keys, "keys?%.60s", rows[i].query);
		is_int(page_of(rows[i].query, PAGE_SERVICE_IDS, &arena, &page),
		       rows[i].ids, "service IDs?%.60s", rows[i].query);
	}
}

static struct json *
links_of(const struct page *page, bool more)
{
	static const struct page_place first = {.text = STR_INIT(A250 "aaaaa"),
						.number = 5,
						.id = STR_INIT("ApiKey-1")};
	static const struct page_place last = {.text = STR_INIT(A250 "aaaaa"),
					       .number = 9,
					       .id = STR_INIT("ApiKey-9")};
	CLEAN(buf_clear) struct buf out = BUF_INIT;
	struct call call = {.base = STR("https://reg.example")};
	struct json *j = NULL;
	struct jw w = JW(&out);

	jw_object(&w, NULL);
	page_links(&call, page, more, &first, &last, &w);
	jw_end(&w);
	is_int(json_parse(buf_str(&out), &j, NULL), 0, "links are JSON");
	return j;
}

/* What next and previous name is the same question, further on and back. */
static void
test_links(void)
{
	CLEAN(arena_clear) struct arena arena;
	CLEAN(json_freep) struct json *j = NULL;
	CLEAN(json_freep) struct json *mid = NULL;
	CLEAN(json_freep) struct json *back = NULL;
	struct page page, again = {0}, before = {0};
	struct str head, query;

	arena_init(&arena, MIB);
	is_int(page_of("account_id=a1&type=user&scope=account&pagesize=7&"
		       "sort=name&order=desc",
		       PAGE_API_KEYS, &arena, &page),
	       0, "a first page");
	j = links_of(&page, true);
	ok(json_get(j, "previous") == NULL, "nothing before it");
	ok(str_cut(json_text(j, "next"), '?', &head, &query), "an address");
	is_str(head, STR("https://reg.example/v1/apikeys"), "an absolute one");
	is_int(page_of(query.p, PAGE_API_KEYS, &arena, &again), 0,
	       "that can be read");
	is_int((long long)again.size, 7, "the size");
	is_str(again.account, STR("a1"), "the account");
	is_str(again.type, STR("user"), "the type");
	is_str(again.sort.after_id, STR("ApiKey-9"), "where it goes on");
	is_int((long long)again.sort.after_text.n, 255, "by name");
	is_int(again.sort.by, SORT_NAME, "the order");
	is_int(again.sort.descending, true, "which way");
	is_int(again.whole, true, "the scope");
	mid = links_of(&again, false);
	ok(json_get(mid, "next") == NULL, "the last page has no next");
	ok(str_cut(json_text(mid, "previous"), '?', &head, &query),
	   "and one before");
	is_int(page_of(query.p, PAGE_API_KEYS, &arena, &before), 0,
	       "that can be read");
	is_int(before.back, true, "backwards");
	is_int(page_sort(&before).descending, false, "from the other side");
	back = links_of(&before, false);
	ok(json_get(back, "previous") == NULL && json_get(back, "next") != NULL,
	   "at the start again");
}

static void
test_turn(void)
{
	int rows[] = {1, 2, 3, 4};
	struct page page = {.size = 3};
	bool more;

	is_int((long long)page_turn(&page, rows, 4, sizeof(int), &more), 3,
	       "one too many is dropped");
	ok(more && rows[0] == 1 && rows[2] == 3, "and said");
	page.back = true;
	is_int((long long)page_turn(&page, rows, 3, sizeof(int), &more), 3,
	       "read backwards");
	ok(!more && rows[0] == 3 && rows[1] == 2 && rows[2] == 1, "turned");
}

static void
test_tags(void)
{
	static const struct {
		const char *match;
		int want;
		long long version;
	} rows[] = {
	    {"4-00112233445566778899aabbccddeeff", 0, 4},
	    {"*", 0, 0},
	    {"3-00112233445566778899aabbccddeeff", OUT_STALE, 4},
	    {"4-00112233445566778899aabbccddeefe", OUT_STALE, 4},
	    {"4", OUT_STALE, 4},
	    {"", OUT_MALFORMED, -1},
	};
	struct str id = STR("ServiceId-00112233-4455-6677-8899-aabbccddeeff");
	CLEAN(arena_clear) struct arena arena;

	arena_init(&arena, MIB);
	for (size_t i = 0; i < nitems(rows); i++) {
		struct http_field field = {STR("if-match"),
					   str_c(rows[i].match)};
		struct http_req req = {.fields = &field, .n_fields = 1};
		struct call call = {.req = &req, .arena = &arena};
		int64_t version = -1;

		is_int(identity_match(&call, 4, id, &version), rows[i].want,
		       "If-Match: %s", rows[i].match);
		is_int(version, rows[i].version, "  the version");
	}
}

int
main(void)
{
	struct note note = {0};

	if (!ok(frame_check(&identity_door, &note) == 0, "the table holds"))
		printf("# %s\n", note.text);
	test_paths(&identity_door);
	test_words();
	test_stamp();
	test_pages();
	test_links();
	test_turn();
	test_tags();
	return done_testing();
}
