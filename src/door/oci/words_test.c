#include "door/oci/inner.h"

#include "base/test.h"

/* A call as it is after its aim. */
struct stage {
	struct http_req req;
	struct route route;
	struct oci oci;
	struct call call;
	struct http_reply reply;
};

static void
stage_set(struct stage *s, enum verb verb, enum noun noun, struct str name)
{
	*s = (struct stage){
	    .route = {.verb = verb},
	    .oci = {.noun = noun, .at.name = name},
	    .reply = {.head = BUF_INIT, .body = BUF_INIT, .fd = -1},
	};
	s->call.req = &s->req;
	s->call.route = &s->route;
	s->call.own = &s->oci;
	s->call.base = STR("https://reg.example");
	s->call.thing = (struct thing){.kind = THING_REPO, .name = name};
	(void)snprintf(s->call.request_id, sizeof(s->call.request_id), "0a");
}

static void
stage_clear(struct stage *s)
{
	buf_clear(&s->reply.head);
	buf_clear(&s->reply.body);
}

static bool
has(struct buf *b, const char *text)
{
	return strstr(b->p, text) != NULL;
}

static void
challenge(struct stage *s, const char *error, const char *want)
{
	CLEAN(buf_clear) struct buf text = BUF_INIT;

	oci_challenge(&s->call, error, &text);
	is_str(buf_str(&text), str_c(want), "challenge %s",
	       error == NULL ? "" : error);
	stage_clear(s);
}

#define REALM                                                                  \
	"Bearer "                                                              \
	"realm=\"https://reg.example/oauth/token\",service=\"registry\""

static void
test_challenge(void)
{
	struct str name = STR("birds/robin");
	struct stage s;

	stage_set(&s, VERB_NONE_NEEDED, NOUN_NAME, STR_NONE);
	challenge(&s, NULL, REALM);
	stage_set(&s, VERB_IMAGE_PULL, NOUN_MANIFEST, name);
	challenge(&s, NULL, REALM ",scope=\"repository:birds/robin:pull\"");
	stage_set(&s, VERB_IMAGE_PUSH, NOUN_UPLOAD, name);
	challenge(&s, "insufficient_scope",
		  REALM ",scope=\"repository:birds/robin:pull,push\""
			",error=\"insufficient_scope\"");
	stage_set(&s, VERB_IMAGE_PUSH, NOUN_UPLOAD, name);
	s.oci.from = STR("birds/wren");
	challenge(&s, NULL,
		  REALM ",scope=\"repository:birds/robin:pull,push "
			"repository:birds/wren:pull\"");
	stage_set(&s, VERB_IMAGE_DELETE, NOUN_BLOB, name);
	challenge(&s, "invalid_token",
		  REALM ",scope=\"repository:birds/robin:delete\""
			",error=\"invalid_token\"");
	stage_set(&s, VERB_IMAGE_LIST, NOUN_NAME, STR_NONE);
	s.oci.catalog = true;
	challenge(&s, NULL, REALM ",scope=\"registry:catalog:*\"");
	stage_set(&s, VERB_LOGIN, NOUN_LOGIN, STR_NONE);
	challenge(&s, NULL, "Basic realm=\"registry\"");
}

static const struct {
	enum noun noun;
	int outcome, status;
	const char *code;
} rows[] = {
    {NOUN_NAME, OUT_MALFORMED, 400, "NAME_INVALID"},
    {NOUN_NAME, OUT_ABSENT, 404, "NAME_UNKNOWN"},
    {NOUN_MANIFEST, OUT_ABSENT, 404, "MANIFEST_UNKNOWN"},
    {NOUN_MANIFEST, OUT_MALFORMED, 400, "MANIFEST_INVALID"},
    {NOUN_MANIFEST, OUT_MISMATCH, 400, "DIGEST_INVALID"},
    {NOUN_MANIFEST, OUT_MISSING_PART, 400, "MANIFEST_BLOB_UNKNOWN"},
    {NOUN_MANIFEST, OUT_TOO_LARGE, 413, "SIZE_INVALID"},
    {NOUN_TAG, OUT_CONFLICT, 403, "DENIED"},
    {NOUN_MANIFEST, OUT_CONFLICT, 409, "DENIED"},
    {NOUN_BLOB, OUT_ABSENT, 404, "BLOB_UNKNOWN"},
    {NOUN_BLOB, OUT_MALFORMED, 400, "DIGEST_INVALID"},
    {NOUN_BLOB, OUT_UNSUPPORTED, 400, "UNSUPPORTED"},
    {NOUN_UPLOAD, OUT_ABSENT, 404, "BLOB_UPLOAD_UNKNOWN"},
    {NOUN_UPLOAD, OUT_MISMATCH, 400, "DIGEST_INVALID"},
    {NOUN_UPLOAD, OUT_RANGE, 416, "BLOB_UPLOAD_INVALID"},
    {NOUN_UPLOAD, OUT_BUSY, 503, "UNAVAILABLE"},
    {NOUN_UPLOAD, OUT_TOO_MANY, 429, "TOOMANYREQUESTS"},
    {NOUN_LOGIN, OUT_UNPROVEN, 401, "UNAUTHORIZED"},
    {NOUN_LOGIN, OUT_UNSUPPORTED, 401, "UNSUPPORTED"},
    {NOUN_LOGIN, OUT_TOO_MANY, 429, "TOOMANYREQUESTS"},
    {NOUN_MANIFEST, -5, 500, "UNKNOWN"},
};

static void
test_rows(void)
{
	struct stage s;

	for (size_t i = 0; i < nitems(rows); i++) {
		stage_set(&s, VERB_IMAGE_PULL, rows[i].noun,
			  STR("birds/robin"));
		oci_say(&s.call, rows[i].outcome, &s.reply);
		is_int(s.reply.status, rows[i].status, "%s as a status",
		       rows[i].code);
		ok(has(&s.reply.body, rows[i].code), "%s as a code",
		   rows[i].code);
		stage_clear(&s);
	}
}

/* Whatever it was about: who guesses waits. */
static void
test_throttled(void)
{
	struct stage s;

	for (int noun = 0; noun < NOUNS; noun++) {
		stage_set(&s, VERB_IMAGE_PULL, (enum noun)noun,
			  STR("birds/robin"));
		s.call.wait_s = 7;
		s.oci.code = "SOMETHING";
		oci_say(&s.call, OUT_TOO_MANY, &s.reply);
		is_int(s.reply.status, 429, "noun %d: wait", noun);
		ok(noun == NOUN_GRANT ||
		       has(&s.reply.body, "\"code\":\"TOOMANYREQUESTS\""),
		   "  in the registry's word");
		ok(has(&s.reply.head, "Retry-After: 7\r\n"), "  how long");
		stage_clear(&s);
	}
	stage_set(&s, VERB_IMAGE_PUSH, NOUN_MANIFEST, STR("birds/robin"));
	oci_say(&s.call, OUT_TOO_MANY, &s.reply);
	is_int(s.reply.status, 400, "a manifest of too many parts");
	ok(has(&s.reply.body, "MANIFEST_INVALID") &&
	       !has(&s.reply.head, "Retry-After"),
	   "  is not better later");
	stage_clear(&s);
}

static void
test_denied(void)
{
	struct stage s;

	stage_set(&s, VERB_IMAGE_PUSH, NOUN_UPLOAD, STR("birds/robin"));
	s.call.proof = PROOF_BASIC;
	s.call.visit.who =
	    (struct subject){.cred = CRED_REGISTRY_TOKEN, .cred_id = "5866-9d"};
	oci_say(&s.call, OUT_DENIED, &s.reply);
	is_int(s.reply.status, 403, "denied");
	is_str(buf_str(&s.reply.body),
	       STR("{\"errors\":[{\"code\":\"DENIED\",\"message\":"
		   "\"image.push in namespace birds is not permitted to "
		   "registry-token 5866-9d (read-only)\",\"detail\":{"
		   "\"namespace\":\"birds\",\"repository\":\"birds/robin\","
		   "\"action\":\"image.push\"}}]}"),
	       "says namespace, action and who");
	ok(!has(&s.reply.head, "WWW-Authenticate"), "no new login would help");
	stage_clear(&s);

	stage_set(&s, VERB_IMAGE_PULL, NOUN_MANIFEST, STR("birds/robin"));
	s.call.visit.who =
	    (struct subject){.cred = CRED_REGISTRY_TOKEN, .cred_id = "5866-9d"};
	oci_say(&s.call, OUT_DENIED, &s.reply);
	ok(has(&s.reply.body, "(no such namespace in its account)"),
	   "reading is not refused for being read-only");
	stage_clear(&s);

	stage_set(&s, VERB_IMAGE_PULL, NOUN_NAME, STR_NONE);
	(void)note_set(&s.call.note, OUT_DENIED, "'robin' is in no namespace");
	oci_say(&s.call, OUT_DENIED, &s.reply);
	ok(has(&s.reply.body, "'robin' is in no namespace"),
	   "a name without a namespace is told so");
	stage_clear(&s);
}

static void
test_user_name(void)
{
	struct stage s;

	stage_set(&s, VERB_IMAGE_PULL, NOUN_MANIFEST, STR("birds/robin"));
	s.call.proof = PROOF_BASIC;
	oci_say(&s.call, OUT_UNSUPPORTED, &s.reply);
	is_int(s.reply.status, 401, "a user name that is none of the four");
	ok(has(&s.reply.body, "iamapikey") && has(&s.reply.body, "iambearer") &&
	       has(&s.reply.body, "iamrefresh") && has(&s.reply.body, "token"),
	   "all four are named");
	stage_clear(&s);
}

static void
test_heads(void)
{
	struct stage s;

	stage_set(&s, VERB_IMAGE_PUSH, NOUN_UPLOAD, STR("birds/robin"));
	s.oci.size = 10;
	s.oci.ref = STR("aa");
	oci_say(&s.call, OUT_RANGE, &s.reply);
	ok(has(&s.reply.head, "Range: 0-9\r\n"), "416 says how far it is");
	ok(has(&s.reply.head, "/v2/birds/robin/blobs/uploads/aa\r\n"),
	   "and where");
	stage_clear(&s);
	stage_set(&s, VERB_IMAGE_PULL, NOUN_BLOB, STR("birds/robin"));
	s.oci.size = 10;
	oci_say(&s.call, OUT_RANGE, &s.reply);
	ok(has(&s.reply.head, "Content-Range: bytes */10\r\n"),
	   "416 says how long the blob is");
	stage_clear(&s);
	stage_set(&s, VERB_LOGIN, NOUN_LOGIN, STR_NONE);
	s.call.wait_s = 42;
	oci_say(&s.call, OUT_TOO_MANY, &s.reply);
	ok(has(&s.reply.head, "Retry-After: 42\r\n"), "429 says how long");
	stage_clear(&s);
}

static void
test_grant(void)
{
	struct stage s;

	stage_set(&s, VERB_LOGIN, NOUN_GRANT, STR_NONE);
	oci_say(&s.call, OUT_UNPROVEN, &s.reply);
	is_int(s.reply.status, 401, "a bad grant");
	ok(has(&s.reply.body, "\"error\":\"invalid_grant\""),
	   "in OAuth's words");
	ok(has(&s.reply.body, "\"code\":\"UNAUTHORIZED\""), "and in docker's");
	stage_clear(&s);
	stage_set(&s, VERB_LOGIN, NOUN_GRANT, STR_NONE);
	s.oci.code = "unsupported_grant_type";
	oci_say(&s.call, OUT_MALFORMED, &s.reply);
	is_int(s.reply.status, 400, "an unknown grant");
	ok(has(&s.reply.body, "\"error\":\"unsupported_grant_type\""),
	   "in OAuth's words");
	ok(has(&s.reply.body, "\"code\":\"UNSUPPORTED\""), "and in docker's");
	stage_clear(&s);
}

int
main(void)
{
	test_challenge();
	test_rows();
	test_throttled();
	test_denied();
	test_user_name();
	test_heads();
	test_grant();
	return done_testing();
}
