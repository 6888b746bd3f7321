#include "base/test.h"
#include "door/policy/inner.h"

/* Which version takes which body. */
static void
test_bodies(void)
{
#define S1                                                                     \
	"\"subjects\":[{\"attributes\":[{\"name\":\"iam_id\",\"value\":\"i\"}" \
	"]}]"
#define R1                                                                     \
	"\"resources\":[{\"attributes\":[{\"name\":\"accountId\",\"value\":"   \
	"\"a\"}]}]"
#define G1 "\"roles\":[{\"role_id\":\"r\"}]"
#define S2                                                                     \
	"\"subject\":{\"attributes\":[{\"key\":\"iam_id\",\"operator\":"       \
	"\"stringEquals\",\"value\":\"i\"}]}"
#define R2                                                                     \
	"\"resource\":{\"attributes\":[{\"key\":\"accountId\",\"operator\":"   \
	"\"stringEquals\",\"value\":\"a\"}]}"
#define G2 "\"control\":{\"grant\":{\"roles\":[{\"role_id\":\"r\"}]}}"
	static const struct {
		const char *why, *body;
		int first, second;
	} rows[] = {
	    {"the first version", "{\"type\":\"access\"," S1 "," R1 "," G1 "}",
	     0, OUT_MALFORMED},
	    {"the second", "{\"type\":\"access\"," S2 "," R2 "," G2 "}",
	     OUT_MALFORMED, 0},
	    {"no type", "{" S2 "," R2 "," G2 "}", OUT_MALFORMED, OUT_MALFORMED},
	    {"a list", "[]", OUT_MALFORMED, OUT_MALFORMED},
	    {"a rule in the first",
	     "{\"type\":\"access\",\"rule\":{}," S1 "," R1 "," G1 "}",
	     OUT_MALFORMED, OUT_MALFORMED},
	    {"a rule in the second",
	     "{\"type\":\"access\",\"rule\":{}," S2 "," R2 "," G2 "}",
	     OUT_MALFORMED, 0},
	    {"a rule that is a text",
	     "{\"type\":\"access\",\"rule\":\"x\"," S2 "," R2 "," G2 "}",
	     OUT_MALFORMED, OUT_MALFORMED},
	    {"two subjects",
	     "{\"type\":\"access\",\"subject\":{\"attributes\":[{\"key\":"
	     "\"iam_id\",\"operator\":\"stringEquals\",\"value\":\"i\"},"
	     "{\"key\":\"iam_id\",\"operator\":\"stringEquals\",\"value\":"
	     "\"j\"}]}," R2 "," G2 "}",
	     OUT_MALFORMED, OUT_MALFORMED},
	    {"a member that could narrow",
	     "{\"type\":\"access\"," S2
	     ",\"resource\":{\"attributes\":[],\"except\":[]}," G2 "}",
	     OUT_MALFORMED, OUT_MALFORMED},
	    {"no roles",
	     "{\"type\":\"access\"," S2 "," R2
	     ",\"control\":{\"grant\":{\"roles\":[]}}}",
	     OUT_MALFORMED, OUT_MALFORMED},
	};
	CLEAN(arena_clear) struct arena arena;

	arena_init(&arena, MIB);
	for (size_t i = 0; i < nitems(rows); i++) {
		CLEAN(json_freep) struct json *json = NULL;
		struct policy_text t;
		struct str account;
		struct note note = {""};

		is_int(json_parse(str_c(rows[i].body), &json, NULL), 0,
		       "%s is JSON", rows[i].why);
		is_int(policy_body_read(json, POLICY_V1, &arena, &t, &account,
					&note),
		       rows[i].first, "  in the first version");
		is_int(policy_body_read(json, POLICY_V2, &arena, &t, &account,
					&note),
		       rows[i].second, "  in the second");
		if (rows[i].second == 0)
			is_str(account, STR("a"), "  its account");
	}
}

static void
test_tags(void)
{
	static const struct {
		const char *sent;
		int want;
		long long version;
	} rows[] = {
	    {"3-0123456789abcdef0123456789abcdef", 0, 3},
	    {"\"3-0123456789abcdef0123456789abcdef\"", 0, 3},
	    {"*", 0, 0},
	    {"3-0123456789abcdef0123456789abcdee", OUT_STALE, 0},
	    {"03-0123456789abcdef0123456789abcdef", OUT_STALE, 0},
	    {"0-0123456789abcdef0123456789abcdef", OUT_STALE, 0},
	    {"3", OUT_STALE, 0},
	    {"", OUT_MALFORMED, 0},
	};
	CLEAN(arena_clear) struct arena arena;

	arena_init(&arena, MIB);
	for (size_t i = 0; i < nitems(rows); i++) {
		struct http_field field = {STR("if-match"),
					   str_c(rows[i].sent)};
		struct http_req req = {.fields = &field, .n_fields = 1};
		struct call call = {.req = &req, .arena = &arena};
		int64_t version = 0;

		is_int(etag_match(&call,
				  STR("01234567-89ab-cdef-0123-456789abcdef"),
				  &version),
		       rows[i].want, "If-Match: %s", rows[i].sent);
		if (rows[i].want == 0)
			is_int(version, rows[i].version, "  its version");
	}
}

static void
test_words(void)
{
	struct policy_details own = {STR("{\"conflicts_with\":{}}")};

	for (int out = 1; out < OUT_MAX; out++) {
		struct call call = {.request_id = "r1", .own = &own};
		struct http_reply reply = {
		    .fd = -1, .head = BUF_INIT, .body = BUF_INIT};
		CLEAN(json_freep) struct json *json = NULL;
		const struct json *e;
		int64_t status = 0;

		policy_say(&call, out, &reply);
		is_int(json_parse(buf_str(&reply.body), &json, NULL), 0,
		       "%s is JSON", out_text(out));
		e = json_at(json_get(json, "errors"), 0);
		ok(json_int(json_get(json, "status_code"), &status) &&
		       status == reply.status,
		   "  with its status as a number");
		is_str(json_text(json, "trace"), STR("r1"), "  and a trace");
		ok((json_get(e, "details") != NULL) == (out == OUT_CONFLICT),
		   "  details for a conflict alone");
		buf_clear(&reply.head);
		buf_clear(&reply.body);
	}
}

int
main(void)
{
	struct note note = {0};

	if (!ok(frame_check(&policy_door, &note) == 0, "the table holds"))
		printf("# %s\n", note.text);
	test_bodies();
	test_tags();
	test_words();
	return done_testing();
}
