#include "door/cr/inner.h"

#include "base/test.h"

#define DIGEST                                                                 \
	"sha256:"                                                              \
	"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static const struct {
	enum http_method method;
	const char *path;
	handler_fn *run; /* NULL: no row */
	const char *param;
} paths[] = {
    {HTTP_GET, "/api/v1/namespaces", namespaces_list, ""},
    {HTTP_GET, "/api/v1/namespaces/details", namespaces_details, ""},
    {HTTP_PUT, "/api/v1/namespaces/birds", namespace_put, "birds"},
    {HTTP_PUT, "/api/v1/namespaces/details", namespace_put, "details"},
    {HTTP_DELETE, "/api/v1/namespaces/birds", namespace_drop, "birds"},
    {HTTP_POST, "/api/v1/tokens", token_add, ""},
    {HTTP_DELETE, "/api/v1/tokens", tokens_drop, ""},
    {HTTP_DELETE, "/api/v1/tokens/a", token_drop, "a"},

    /* A whole reference as one coded segment, and with raw slashes. */
    {HTTP_GET, "/api/v1/images/h%3A1%2Fns%2Fr%3A1/json", image_inspect,
     "h%3A1%2Fns%2Fr%3A1"},
    {HTTP_GET, "/api/v1/images/h:1/ns/r:1/json", image_inspect, "h:1/ns/r:1"},
    {HTTP_GET, "/api/v1/images/ns/json/json", image_inspect, "ns/json"},
    {HTTP_GET, "/api/v1/images/ns/manifest/json", image_inspect, "ns/manifest"},
    {HTTP_GET, "/api/v1/images/ns/r/manifest", image_manifest, "ns/r"},
    {HTTP_DELETE, "/api/v1/images/ns/r/json", image_drop, "ns/r/json"},
    {HTTP_DELETE, "/api/v1/images/ns%2Fr%40" DIGEST, image_drop,
     "ns%2Fr%40" DIGEST},
    {HTTP_DELETE, "/api/v1/tags/ns/r:1", image_untag, "ns/r:1"},
    {HTTP_POST, "/api/v1/images/tags", image_tag, ""},
    {HTTP_POST, "/api/v1/images/digests", images_digests, ""},
    {HTTP_POST, "/api/v1/images/bulkdelete", images_bulk_delete, ""},
    {HTTP_GET, "/api/v1/images/ns/r/vulnerabilities", image_vulnerabilities,
     "ns/r"},
    {HTTP_GET, "/api/v1/images/json", NULL, ""},
    {HTTP_PATCH, "/api/v1/namespaces/birds", namespace_assign, "birds"},
    {HTTP_GET, "/api/v1/trash", trash_list, ""},
    {HTTP_POST, "/api/v1/trash/h%3A1%2Fns%2Fr%3A1/restore", trash_restore,
     "h%3A1%2Fns%2Fr%3A1"},
    {HTTP_POST, "/api/v1/trash/ns/restore/restore", trash_restore,
     "ns/restore"},
    {HTTP_POST, "/api/v1/trash/ns/r@" DIGEST "/restoretags", trash_restore_tags,
     "ns/r@" DIGEST},
    {HTTP_DELETE, "/api/v1/trash/ns/r", NULL, ""},
    {HTTP_GET, "/api/v1/retentions", retentions_list, ""},
    {HTTP_POST, "/api/v1/retentions", retention_change, ""},
    {HTTP_POST, "/api/v1/retentions/analyze", retention_try, ""},
    {HTTP_GET, "/api/v1/retentions/birds", retention_show, "birds"},
    {HTTP_GET, "/api/v1/quotas", quota_show, ""},
    {HTTP_PATCH, "/api/v1/quotas", quota_change, ""},
};

static void
test_paths(void)
{
	for (size_t i = 0; i < nitems(paths); i++) {
		struct str params[FRAME_PARAMS_MAX] = {STR_NONE};
		handler_fn *run = NULL;
		size_t n = 0;

		for (size_t k = 0; k < cr_door.n_routes && run == NULL; k++) {
			const struct route *r = &cr_door.routes[k];

			if (r->method == paths[i].method &&
			    frame_matches(r, cr_door.exact,
					  str_c(paths[i].path), params, &n))
				run = r->run;
		}
		ok(run == paths[i].run, "%s %s",
		   http_method_name(paths[i].method), paths[i].path);
		is_str(run != NULL && n > 0 ? params[0] : STR(""),
		       str_c(paths[i].param), "  its parameter");
	}
	ok(cr_door.owns(STR("/api/v1")) && cr_door.owns(STR("/api/v1/trash")),
	   "what is ours");
	ok(!cr_door.owns(STR("/api/v10")) && !cr_door.owns(STR("/api")) &&
	       !cr_door.owns(STR("/")),
	   "and what is not");
}

static void
told(struct call *call, int outcome, int status, const char *code)
{
	struct http_reply reply = {
	    .fd = -1, .head = BUF_INIT, .body = BUF_INIT};
	CLEAN(json_freep) struct json *j = NULL;

	cr_say(call, outcome, &reply);
	is_int(reply.status, status, "status of: %s", out_text(outcome));
	is_int(json_parse(buf_str(&reply.body), &j, NULL), 0, "  JSON");
	is_str(json_text(j, "code"), str_c(code), "  code");
	ok(json_text(j, "message").n > 0, "  message");
	is_str(json_text(j, "request-id"), STR("r1"), "  id, with its hyphen");
	is_int((long long)json_size(j), 3, "  and nothing else");
	buf_clear(&reply.head);
	buf_clear(&reply.body);
}

/* Every code is of the pattern CR<letter><4 digits>E. */
static void
test_words(void)
{
	struct http_req req = {.path = STR("/api/v1/namespaces/x")};
	struct call call = {
	    .req = &req, .request_id = "r1", .note = {"because"}};

	for (int out = 1; out < OUT_MAX; out++) {
		char code[16];

		cr_code(&call, out, code);
		ok(strlen(code) == 8 && code[0] == 'C' && code[1] == 'R' &&
		       code[7] == 'E',
		   "%s is a code", code);
		told(&call, out, cr_words[out].status, code);
	}
	told(&call, OUT_ABSENT, 404, "CRN0601E");
	told(&call, OUT_DENIED, 403, "CRG0020E");
	told(&call, OUT_UNPROVEN, 401, "CRG0014E");
	req.path = STR("/api/v1/tokens/x");
	told(&call, OUT_ABSENT, 404, "CRT0601E");
	told(&call, OUT_CONFLICT, 409, "CRT0606E");
	req.path = STR("/api/v1/trash/x/restore");
	told(&call, OUT_CONFLICT, 409, "CRT0500E");
	told(&call, OUT_ABSENT, 404, "CRT0601E");
	call.thing.account = STR("theirs");
	(void)snprintf(call.visit.who.account, sizeof(call.visit.who.account),
		       "mine");
	told(&call, OUT_DENIED, 403, "CRG0009E");
	call.wait_s = 1;
	told(&call, OUT_TOO_MANY, 429, "CRG0429E");
}

static const struct {
	const char *text;
	int want;
	const char *name, *ref;
} refs[] = {
    {"ns/r:1", 0, "ns/r", "1"},
    {"ns/r", 0, "ns/r", "latest"},
    {"ns/a/b/c:x", 0, "ns/a/b/c", "x"},
    {"ns/r@" DIGEST, 0, "ns/r", DIGEST},
    {"ns/r:1@" DIGEST, 0, "ns/r", DIGEST},
    {"here:1/ns/r:1", 0, "ns/r", "1"},
    {"HERE:1/ns/r:1", 0, "ns/r", "1"},
    {"other:1/ns/r:1", OUT_MALFORMED, "", ""},
    {"there.example/ns/r:1", OUT_MALFORMED, "", ""},
    {"", OUT_MALFORMED, "", ""},
    {"r", OUT_MALFORMED, "", ""},
    {"here:1/r:1", OUT_MALFORMED, "", ""},
    {"ns/R:1", OUT_MALFORMED, "", ""},
    {"ns/r:", OUT_MALFORMED, "", ""},
    {"ns/r:.1", OUT_MALFORMED, "", ""},
    {"ns/r@sha256:1", OUT_MALFORMED, "", ""},
    {"ns/../r", OUT_MALFORMED, "", ""},
    {"ns//r", OUT_MALFORMED, "", ""},
    {"/ns/r", OUT_MALFORMED, "", ""},
    {"ns/r ", OUT_MALFORMED, "", ""},
};

static void
test_refs(void)
{
	static struct core core = {
	    .n_regions = 2,
	    .regions = {{.name = "a", .host = {"here:1"}, .n_host = 1},
			{.name = "b", .host = {"there.example"}, .n_host = 1}},
	};
	struct call call = {.core = &core,
			    .region = &core.regions[0],
			    .base = STR("http://here:1")};
	CLEAN(buf_clear) struct buf full = BUF_INIT;

	for (size_t i = 0; i < nitems(refs); i++) {
		struct image_ref ref = {.ref = STR("")};

		is_int(ref_read(&call, str_c(refs[i].text), &ref), refs[i].want,
		       "\"%s\"", refs[i].text);
		is_str(ref.at.name, str_c(refs[i].name), "  its name");
		is_str(ref.ref, str_c(refs[i].ref), "  its reference");
	}
	(void)ref_write(&full, &call, STR("ns/r"), STR("1"), STR_NONE);
	is_str(buf_str(&full), STR("here:1/ns/r:1"), "written in full");
	buf_reset(&full);
	(void)ref_write(&full, &call, STR("ns/r"), STR_NONE, STR(DIGEST));
	is_str(buf_str(&full), STR("here:1/ns/r@" DIGEST), "with a digest");
}

int
main(void)
{
	struct note note = {0};

	if (!ok(frame_check(&cr_door, &note) == 0, "the table holds"))
		printf("# %s\n", note.text);
	test_paths();
	test_words();
	test_refs();
	return done_testing();
}
