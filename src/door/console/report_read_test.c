#include "door/console/inner.h"

#include "base/test.h"

static struct report reports[REPORTS_AT_ONCE];
static size_t n;
static struct note note;

static int
read_body(const char *body, bool many)
{
	n = 99;
	note.text[0] = '\0';
	return reports_read(str_c(body), many, reports, &n, &note);
}

static int
read_old(const char *directive, const char *blocked)
{
	char body[2048];

	(void)snprintf(
	    body, sizeof(body),
	    "{\"csp-report\":{\"document-uri\":\"http://x/\","
	    "\"effective-directive\":\"%s\",\"blocked-uri\":\"%s\"}}",
	    directive, blocked);
	return read_body(body, false);
}

static void
test_words(void)
{
	static const struct {
		const char *blocked, *shown;
	} rows[] = {
	    {"inline", "inline"},
	    {"eval", "eval"},
	    {"data", "data"},
	    {"data:text/html,secret", "data"},
	    {"https://far.example:8443/a/b?token=1",
	     "https://far.example:8443"},
	    {"https://me:word@far.example/", "far.example"},
	    {"http://[::1]:80/x", "http://[::1]:80"},
	    {"", "-"},
	    {"x y=z\\nevent=fake", "x_y_z_event_fake"},
	    {"\\u0451\\\"", "___"},
	};

	for (size_t i = 0; i < nitems(rows); i++) {
		is_int(read_old("script-src-elem", rows[i].blocked), 0, "%s",
		       rows[i].blocked);
		is_str(str_c(reports[0].blocked), str_c(rows[i].shown),
		       "it is shown as %s", rows[i].shown);
	}
	is_str(str_c(reports[0].directive), STR("script-src-elem"),
	       "and so is the directive");
	is_int(read_old("script-src http://a/ http://b/", "inline"), 0,
	       "with its sources");
	is_str(str_c(reports[0].directive), STR("script-src"),
	       "which are left out");
}

static void
test_length(void)
{
	char name[REPORT_WORD_MAX + 3];

	memset(name, 'a', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	is_int(read_old(name, name), 0, "long words");
	is_int((long long)strlen(reports[0].directive), REPORT_WORD_MAX,
	       "are cut");
	is_int((long long)strlen(reports[0].blocked), REPORT_WORD_MAX,
	       "each of them");
}

static void
test_many(void)
{
	CLEAN(buf_clear) struct buf body = BUF_INIT;
	const char *one = "{\"type\":\"csp-violation\",\"body\":"
			  "{\"effectiveDirective\":\"img-src\","
			  "\"blockedURL\":\"https://far.example/x\"}}";

	is_int(read_body("[{\"type\":\"deprecation\",\"body\":{}}]", true), 0,
	       "a report of another kind");
	is_int((long long)n, 0, "is none");
	for (int i = 0; i < REPORTS_AT_ONCE + 1; i++)
		buf_addf(&body, "%s%s", i > 0 ? "," : "[", one);
	buf_addc(&body, ']');
	is_int(read_body(body.p, true), 0, "more than are looked at");
	is_int((long long)n, REPORTS_AT_ONCE, "are as many as are looked at");
	is_str(str_c(reports[n - 1].blocked), STR("https://far.example"),
	       "the last of them");
}

static void
test_malformed(void)
{
	static const struct {
		const char *body;
		bool many;
	} rows[] = {
	    {"", false},
	    {"{}", false},
	    {"{\"csp-report\":{}}", false},
	    {"{\"csp-report\":[1]}", false},
	    {"{\"csp-report\":{\"effective-directive\":1}}", false},
	    {"[]", false},
	    {"{}", true},
	    {"{\"csp-report\":{\"effective-directive\":\"x\"}}", true},
	    {"[", true},
	};

	for (size_t i = 0; i < nitems(rows); i++) {
		is_int(read_body(rows[i].body, rows[i].many), OUT_MALFORMED,
		       "%s", rows[i].body);
		ok(note.text[0] != '\0' && n == 99,
		   "with a reason, and no more");
	}
	is_int(read_body("[1, null, {\"type\":1}]", true), 0,
	       "what is in no form is passed over");
	is_int((long long)n, 0, "wholly");
}

int
main(void)
{
	test_words();
	test_length();
	test_many();
	test_malformed();
	return done_testing();
}
