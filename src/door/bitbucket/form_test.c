/* What needs no database: ids, times, pages, members of a body, words. */
#include "door/bitbucket/inner.h"

#include "base/clock.h"
#include "base/enc.h"
#include "base/test.h"

#define HEX "0123456789abcdef0123456789abcdef"

static struct {
	struct arena arena;
	struct http_req req;
	struct call call;
	struct http_reply reply;
} w = {.reply = {.head = BUF_INIT, .body = BUF_INIT, .fd = -1}};

static void
start(const char *query)
{
	arena_reset(&w.arena);
	buf_reset(&w.reply.head);
	buf_reset(&w.reply.body);
	w.req = (struct http_req){
	    .path = STR("/2.0/x/y"), .query = str_c(query), .arena = &w.arena};
	json_free(w.call.json);
	w.call = (struct call){.req = &w.req,
			       .arena = &w.arena,
			       .base = STR("http://h:1"),
			       .request_id = "r1"};
	if (form_parse(str_c(query), &w.arena, &w.call.query) != 0)
		printf("Bail out! the query\n");
}

static void
body(const char *text)
{
	start("");
	is_int(json_parse(str_c(text), &w.call.json, NULL), 0, "JSON: %s",
	       text);
}

static const struct {
	const char *text, *id; /* NULL: refused */
} uuids[] = {
    {"{01234567-89ab-cdef-0123-456789abcdef}", HEX},
    {"{01234567-89AB-CDEF-0123-456789ABCDEF}", HEX},
    {"01234567-89ab-cdef-0123-456789abcdef", NULL},
    {"{01234567-89ab-cdef-0123-456789abcde}", NULL},
    {"{01234567-89ab-cdef-0123-456789abcdef0}", NULL},
    {"{0123456789abcdef0123456789abcdef----}", NULL},
    {"{0123456-789ab-cdef-0123-456789abcdef}", NULL},
    {"{01234567-89ab-cdef-0123-456789abcdeg}", NULL},
    {"{01234567-89ab-cdef-0123_456789abcdef}", NULL},
    {"{}", NULL},
    {"{", NULL},
    {"", NULL},
    {HEX, NULL},
};

static void
test_uuids(void)
{
	char text[BB_UUID_LEN + 1];

	bb_uuid(STR(HEX), text);
	is_str(str_c(text), str_c(uuids[0].text), "an id as uuid");
	for (size_t i = 0; i < nitems(uuids); i++) {
		char id[GITREPO_ID_LEN + 1] = "as it was";
		bool fine = uuids[i].id != NULL;

		is_int(bb_uuid_read(str_c(uuids[i].text), id),
		       fine ? 0 : OUT_MALFORMED, "\"%s\"", uuids[i].text);
		is_str(str_c(id), str_c(fine ? uuids[i].id : "as it was"),
		       "  its id");
		start("");
		is_str(bb_uuid_or_slug(&w.arena, str_c(uuids[i].text)),
		       str_c(fine ? uuids[i].id : uuids[i].text),
		       "  or a slug");
	}
}

static const struct {
	const char *iam, *uuid;
} people[] = {
    {"IBMid-0123456789", "{49424d69-642d-3031-3233-343536373839}"},
    {"IBMid-ABCDEFGHUV", "{49424d69-642d-4142-4344-454647485556}"},
    {"iam-ServiceId-01234567-89ab-4def-8123-456789abcdef",
     "{01234567-89ab-4def-8123-456789abcdef}"},
};

/* There and back, with braces and without. */
static void
test_people(void)
{
	for (size_t i = 0; i < nitems(people); i++) {
		struct str bare =
		    str_sub(str_c(people[i].uuid), 1, BB_UUID_LEN - 2);
		char text[BB_UUID_LEN + 1];

		start("");
		bb_uuid_of_identity(str_c(people[i].iam), text);
		is_str(str_c(text), str_c(people[i].uuid), "%s", people[i].iam);
		is_str(bb_uuid_or_identity(&w.arena, str_c(text)),
		       str_c(people[i].iam), "  and back");
		is_str(bb_uuid_or_identity(&w.arena, bare),
		       str_c(people[i].iam), "  without braces");
		is_str(bb_uuid_or_identity(&w.arena, str_c(people[i].iam)),
		       str_c(people[i].iam), "  by its own name");
	}
	is_str(bb_uuid_or_identity(&w.arena, STR("me")), STR("me"), "me");
}

static const struct {
	const char *text;
	int64_t ms; /* -1: refused */
} moments[] = {
    {"1970-01-01T00:00:01Z", 1000},
    {"1970-01-01t00:00:01z", 1000},
    {"1970-01-01 00:00:01Z", 1000},
    {"1970-01-01T00:00:01.5Z", 1500},
    {"1970-01-01T00:00:01.123456+00:00", 1123},
    {"1970-01-01T00:00:01.123456789Z", 1123},
    {"1970-01-01T09:00:01+09:00", 1000},
    {"1969-12-31T19:30:01-04:30", 1000},
    {"1970-01-02", DAY_MS},
    {"2024-02-29", INT64_C(1709164800000)},
    {"1970-01-01T00:00:01", -1},
    {"1970-01-01T00:00Z", -1},
    {"1970-01-01T00:00:01.Z", -1},
    {"1970-01-01T00:00:01.1234567890Z", -1},
    {"1970-01-01T00:00:01+0900", -1},
    {"1970-01-01T00:00:01+24:00", -1},
    {"1970-01-01T00:00:01+09:60", -1},
    {"1970-01-01T00:00:01+09-00", -1},
    {"1970-01-01T00:00:01Zx", -1},
    {"1970-01-01T24:00:00Z", -1},
    {"1970-01-01T00:00:60Z", -1},
    {"1970-13-01", -1},
    {"2023-02-29", -1},
    {"1970-1-1", -1},
    {"1970-01-0x", -1},
    {"tomorrow", -1},
    {"1500", -1},
    {"", -1},
};

static void
test_moments(void)
{
	char text[BB_WHEN_LEN + 1];

	bb_when(INT64_C(1534377059993), text);
	is_str(str_c(text), STR("2018-08-15T23:50:59.993000+00:00"),
	       "as Bitbucket writes it");
	for (size_t i = 0; i < nitems(moments); i++) {
		bool fine = moments[i].ms >= 0;
		int64_t ms = -1;

		is_int(bb_when_read(str_c(moments[i].text), &ms),
		       fine ? 0 : OUT_MALFORMED, "\"%s\"", moments[i].text);
		is_int(ms, moments[i].ms, "  its moment");
	}
}

static const struct {
	const char *query;
	bool counts;
	uint64_t rows;
	const char *want; /* rows shown, and the rest */
} pages[] = {
    {"", true, 0, "[]page=1 size=0"},
    {"", true, 3, "[0,1,2]page=1 size=3"},
    {"", true, 10, "[0,1,2,3,4,5,6,7,8,9]page=1 size=10"},
    {"pagelen=2", true, 3, "[0,1]page=1 size=3 next=?page=2&pagelen=2"},
    {"pagelen=2&page=2", true, 3,
     "[2]page=2 size=3 previous=?page=1&pagelen=2"},
    {"pagelen=2&page=2", true, 4,
     "[2,3]page=2 size=4 previous=?page=1&pagelen=2"},
    {"page=3&pagelen=2", true, 3, "[]page=3 size=3 previous=?page=2&pagelen=2"},
    {"pagelen=1&q=a%20%22b%26", true, 2,
     "[0]page=1 size=2 next=?page=2&pagelen=1&q=a%20%22b%26"},
    {"pagelen=2", false, 3, "[0,1]page=1 next=?page=2&pagelen=2&after=a%2F1"},
    {"pagelen=2", false, 2, "[0,1]page=1"},
    {"page=2&pagelen=2", false, 5,
     "[2,3]page=2 next=?page=3&pagelen=2&after=a%2F3 "
     "previous=?page=1&pagelen=2"},
    /* Behind a mark the rows that are offered are those behind it. */
    {"page=2&pagelen=2&after=a%2F1", false, 1,
     "[0]page=2 previous=?page=1&pagelen=2"},
};

static void
page_said(struct buf *said)
{
	CLEAN(json_freep) struct json *j = NULL;
	struct str url = STR("http://h:1/2.0/x/y");
	static const char *const links[] = {"next", "previous"};
	int64_t n = -1;

	if (json_parse(buf_str(&w.reply.body), &j, NULL) != 0)
		return;
	(void)json_write(said, json_get(j, "values"));
	if (json_int(json_get(j, "page"), &n))
		buf_addf(said, "page=%lld", (long long)n);
	if (json_int(json_get(j, "size"), &n))
		buf_addf(said, " size=%lld", (long long)n);
	for (size_t i = 0; i < nitems(links); i++) {
		struct str link = json_text(j, links[i]);

		if (str_starts(link, url))
			buf_addf(said, " %s=%.*s", links[i],
				 STR_ARG(str_sub(link, url.n, SIZE_MAX)));
	}
}

static void
test_pages(void)
{
	static const char *const sorts[] = {"slug", NULL};

	for (size_t i = 0; i < nitems(pages); i++) {
		CLEAN(buf_clear) struct buf said = BUF_INIT;
		struct jw jw = JW(&w.reply.body);
		enum page_spot spot = PAGE_BEFORE;
		struct page page;
		char after[8] = "";

		start(pages[i].query);
		is_int(bb_page_read(&w.call, pages[i].counts, sorts, &page), 0,
		       "%llu rows, \"%s\"", (unsigned long long)pages[i].rows,
		       pages[i].query);
		bb_page_open(&jw, &page);
		for (uint64_t k = 0; k < pages[i].rows; k++) {
			spot = bb_page_take(&page);
			if (spot != PAGE_HERE)
				continue;
			jw_int(&jw, NULL, (int64_t)k);
			(void)snprintf(after, sizeof(after), "a/%d", (int)k);
		}
		is_int(bb_page_close(&w.call, &jw, &page,
				     pages[i].counts ? STR_NONE : str_c(after),
				     &w.reply),
		       0, "  is written");
		page_said(&said);
		is_str(buf_str(&said), str_c(pages[i].want), "  rightly");
	}
}

static const struct {
	const char *query, *field;
} bad_pages[] = {
    {"pagelen=0", NULL},	   {"pagelen=101", NULL},  {"pagelen=x", NULL},
    {"pagelen=1&pagelen=2", NULL}, {"page=0", NULL},	   {"page=-1", NULL},
    {"page=100001", NULL},	   {"sort=-slug", "sort"}, {"sort=x", "sort"},
};

static void
test_page_limits(void)
{
	static const char *const sorts[] = {"slug", NULL};
	struct page page;

	for (size_t i = 0; i < nitems(bad_pages); i++) {
		start(bad_pages[i].query);
		is_int(bb_page_read(&w.call, true, sorts, &page), OUT_MALFORMED,
		       "\"%s\" is refused", bad_pages[i].query);
	}
	start("pagelen=100&page=100000&sort=slug");
	is_int(bb_page_read(&w.call, true, sorts, &page), 0, "at the limits");
	is_int((long long)page.len, BB_PAGE_MAX, "  pagelen");
}

static const struct {
	const char *body;
	int want;
	const char *list;
} lists[] = {
    {"{}", 0, "(none)"},
    {"{\"a\":null}", 0, ""},
    {"{\"a\":[]}", 0, ""},
    {"{\"a\":[\"192.0.2.0/24\",\"2001:db8::/32\"]}", 0,
     "192.0.2.0/24 2001:db8::/32"},
    {"{\"a\":\"192.0.2.0/24\"}", OUT_MALFORMED, ""},
    {"{\"a\":[\"192.0.2.0/24 10.0.0.0/8\"]}", OUT_MALFORMED, ""},
    {"{\"a\":[\"192.0.2.0/24,10.0.0.0/8\"]}", OUT_MALFORMED, ""},
    {"{\"a\":[\"192.0.2.1/24\"]}", OUT_MALFORMED, ""},
    {"{\"a\":[\"192.0.2.0/33\"]}", OUT_MALFORMED, ""},
    {"{\"a\":[\"example.org\"]}", OUT_MALFORMED, ""},
    {"{\"a\":[\"\"]}", OUT_MALFORMED, ""},
    {"{\"a\":[1]}", OUT_MALFORMED, ""},
    {"{\"a\":{}}", OUT_MALFORMED, ""},
};

static void
test_lists(void)
{
	for (size_t i = 0; i < nitems(lists); i++) {
		CLEAN(buf_clear) struct buf got = BUF_INIT;
		bool given = false;

		body(lists[i].body);
		is_int(bb_cidrs(&w.call, "a", &got, &given), lists[i].want,
		       "  outcome");
		if (lists[i].want == 0)
			is_str(given ? buf_str(&got) : STR("(none)"),
			       str_c(lists[i].list), "  list");
	}
}

/* One more than the limit, and the limit. */
static void
test_list_limit(void)
{
	for (int n = CIDR_LIST_MAX - 1; n <= CIDR_LIST_MAX + 1; n++) {
		CLEAN(buf_clear) struct buf text = BUF_INIT;
		CLEAN(buf_clear) struct buf got = BUF_INIT;
		bool given = false;

		buf_adds(&text, "{\"a\":[");
		for (int i = 0; i < n; i++)
			buf_addf(&text, "%s\"192.0.2.%d\"", i > 0 ? "," : "",
				 i);
		buf_adds(&text, "]}");
		body(text.p);
		is_int(bb_cidrs(&w.call, "a", &got, &given),
		       n <= CIDR_LIST_MAX ? 0 : OUT_MALFORMED, "%d prefixes",
		       n);
	}
}

static const struct {
	const char *body;
	int want;
	bool given, none;
} ends[] = {
    {"{}", 0, false, true},
    {"{\"a\":null}", 0, true, true},
    {"{\"a\":\"9999-12-31\"}", 0, true, false},
    {"{\"a\":\"2001-01-01\"}", OUT_MALFORMED, false, true},
    {"{\"a\":\"\"}", OUT_MALFORMED, false, true},
    {"{\"a\":9999}", OUT_MALFORMED, false, true},
};

static void
test_ends(void)
{
	for (size_t i = 0; i < nitems(ends); i++) {
		struct when when = {0};

		body(ends[i].body);
		is_int(bb_moment(&w.call, "a", &when), ends[i].want,
		       "  outcome");
		is_int(when.given, ends[i].given, "  given");
		is_int(when.ms == 0, ends[i].none, "  none");
	}
}

/* The reply blames the member, and says why in a word. */
static void
blamed(const char *key, const char *reason, const char *like)
{
	CLEAN(json_freep) struct json *j = NULL;
	static struct sshkey parsed;
	const struct json *error;
	struct str text;

	start("");
	is_int(bb_key(&w.call, str_c(key), &parsed), OUT_MALFORMED,
	       "%s is refused", reason);
	bb_say(&w.call, OUT_MALFORMED, &w.reply);
	is_int(w.reply.status, 400, "  with 400");
	is_int(json_parse(buf_str(&w.reply.body), &j, NULL), 0, "  in JSON");
	is_str(json_text(j, "type"), STR("error"), "  of its type");
	error = json_get(j, "error");
	is_str(json_text(json_get(error, "data"), "reason"), str_c(reason),
	       "  in a word");
	text = json_text(error, "message");
	ok(strstr(text.p, like) != NULL, "  in a sentence: %.*s",
	   STR_ARG(text));
	ok(json_str(json_at(json_get(json_get(error, "fields"), "key"), 0),
		    &text) &&
	       str_eq(text, json_text(error, "message")),
	   "  at its field");
}

#define POINT "AAAAC3NzaC1lZDI1NTE5AAAAI"
#define REST  "CxRZQBETP+nSYJnSFO+cPfgMdNSqNC2flA8iJN0/OhI"

static void
test_keys(void)
{
	blamed("-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n"
	       "-----END OPENSSH PRIVATE KEY-----\n",
	       sshkey_why_word(SSHKEY_PRIVATE), "");
	ok(strstr(w.reply.body.p, "AAAA") == NULL, "  and is not echoed");
	blamed("", sshkey_why_word(SSHKEY_EMPTY), "");
	blamed("ssh-ed25519 " POINT "\n" REST " me", "several_keys",
	       "over several lines");
	blamed("command=\"x\" ssh-ed25519 " POINT REST,
	       sshkey_why_word(SSHKEY_OPTIONS), "");
}

static void
test_words(void)
{
	for (int out = 1; out < OUT_MAX; out++) {
		CLEAN(json_freep) struct json *j = NULL;

		start("");
		(void)note_set(&w.call.note, out, "why \"so\"");
		bb_say(&w.call, out, &w.reply);
		is_int(w.reply.status,
		       out == OUT_DENIED ? 404 : bb_words[out].status,
		       "status of: %s", out_text(out));
		is_int(json_parse(buf_str(&w.reply.body), &j, NULL), 0,
		       "  JSON");
		is_str(json_text(j, "type"), STR("error"), "  an error");
		ok(json_text(json_get(j, "error"), "message").n > 0,
		   "  with a message");
		is_str(json_text(json_get(j, "error"), "id"), STR("r1"),
		       "  and the request's id");
	}
	start("");
	(void)note_set(&w.call.note, 0, "inner details");
	bb_say(&w.call, -5, &w.reply);
	is_int(w.reply.status, 500, "a failure is 500");
	ok(strstr(w.reply.body.p, "inner details") == NULL,
	   "and says nothing of the inside");
	start("");
	w.call.wait_s = 7;
	bb_say(&w.call, OUT_TOO_MANY, &w.reply);
	is_int(w.reply.status, 429, "guessing is 429");
	ok(strstr(w.reply.head.p, "Retry-After: 7\r\n") != NULL,
	   "and says how long to wait");
	start("");
	bb_say(&w.call, OUT_UNPROVEN, &w.reply);
	ok(strstr(w.reply.head.p,
		  "WWW-Authenticate: Basic realm=\"latchkey\"") != NULL,
	   "401 asks for Basic");
}

/* What stands in the reply of every DELETE; trap of a published client. */
static void
test_done(void)
{
	start("");
	is_int(bb_done(&w.reply), 0, "nothing more to say");
	is_int(w.reply.status, 204, "  is 204");
	is_int((long long)w.reply.body.n, 0, "  without a body");
	is_str(buf_str(&w.reply.head),
	       STR("Content-Type: text/html; charset=utf-8\r\n"),
	       "  with the type of text");
}

int
main(void)
{
	arena_init(&w.arena, FRAME_ARENA_MAX);
	test_uuids();
	test_people();
	test_moments();
	test_pages();
	test_page_limits();
	test_lists();
	test_list_limit();
	test_ends();
	test_keys();
	test_words();
	test_done();
	start("");
	arena_clear(&w.arena);
	buf_clear(&w.reply.head);
	buf_clear(&w.reply.body);
	return done_testing();
}
