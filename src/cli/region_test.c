/* Where a session's registry is, from what the server says of its regions. */
#include "base/test.h"
#include "cli/cr.h"

#include <stdlib.h>
#include <string.h>

static const char said[] =
    "{\"regions\":["
    "{\"name\":\"south\",\"aliases\":[\"old-south\"],"
    "\"hosts\":[\"south.test\",\"two.south.test\",\"127.0.0.1:8080\"],"
    "\"here\":true},"
    "{\"name\":\"east\",\"aliases\":[],\"hosts\":[\"east.test\"],"
    "\"here\":false},"
    "{\"name\":\"west\",\"aliases\":[],\"hosts\":[\"west.test:5000\"],"
    "\"here\":false},"
    "{\"name\":\"bare\",\"aliases\":[],\"hosts\":[],\"here\":false},"
    "{\"name\":\"evil\",\"aliases\":[],\"hosts\":[\"a.test/x\"],"
    "\"here\":false}]}";

static void
test_urls(void)
{
	static const struct {
		const char *url, *host, *wanted; /* NULL: refused */
	} rows[] = {
	    {"https://a.test", "b.test", "https://b.test"},
	    {"https://a.test:8443", "b.test", "https://b.test:8443"},
	    {"https://a.test:8443", "b.test:5000", "https://b.test:5000"},
	    {"http://a.test", "b.test:5000", "http://b.test:5000"},
	    {"http://[::1]:80", "b.test", "http://b.test:80"},
	    {"http://[::1]", "b.test", "http://b.test"},
	    {"http://a.test:80", "[::1]", "http://[::1]:80"},
	    {"http://a.test:80", "[::1]:81", "http://[::1]:81"},
	    {"http://a.test", "", NULL},
	    {"http://a.test", "b.test/x", NULL},
	    {"http://a.test", "who@b.test", NULL},
	    {"http://a.test", "b.test?x", NULL},
	    {"http://a.test", "b test", NULL},
	    {"http://a.test", "b.test\r\nX: y", NULL},
	};

	for (size_t i = 0; i < nitems(rows); i++) {
		CLEAN(buf_clear) struct buf url = BUF_INIT;
		int r = region_url(rows[i].url, str_c(rows[i].host), &url);

		is_int(r, rows[i].wanted != NULL ? 0 : OUT_MALFORMED,
		       "%s beside %s", rows[i].host, rows[i].url);
		if (rows[i].wanted != NULL)
			is_str(buf_str(&url), str_c(rows[i].wanted), "is %s",
			       rows[i].wanted);
	}
}

static void
test_target(const struct json *regions)
{
	static const struct {
		const char *word, *region, *registry; /* NULL: the session's */
		int out;
	} rows[] = {
	    {"south", "south", NULL, 0},
	    {"old-south", "south", NULL, 0},
	    {"two.south.test", "south", "http://two.south.test:8080", 0},
	    {"TWO.south.test:8080", "south", "http://TWO.south.test:8080", 0},
	    {"east", "east", "http://east.test:8080", 0},
	    {"east.test", "east", "http://east.test:8080", 0},
	    {"west", "west", "http://west.test:5000", 0},
	    {"West", NULL, NULL, OUT_ABSENT},
	    {"", NULL, NULL, OUT_ABSENT},
	    {"bare", NULL, NULL, OUT_UNSUPPORTED},
	    {"evil", NULL, NULL, OUT_MALFORMED},
	};

	for (size_t i = 0; i < nitems(rows); i++) {
		struct cli cli = {0};
		struct session *s = &cli.session;

		session_set(&s->url, STR("http://127.0.0.1:8080"));
		session_set(&s->region, STR("was"));
		session_set(&s->registry, STR("http://was.test"));
		is_int(region_target(&cli, regions, rows[i].word), rows[i].out,
		       "'%s'", rows[i].word);
		is_str(str_c(s->region),
		       str_c(rows[i].out == 0 ? rows[i].region : "was"),
		       "its region");
		is_str(str_c(s->registry),
		       str_c(rows[i].out == 0 ? rows[i].registry
					      : "http://was.test"),
		       "its registry");
		session_clear(s);
	}
}

static void
test_unknown(const struct json *regions)
{
	struct cli cli = {0};

	session_set(&cli.session.url, STR("http://127.0.0.1:8080"));
	is_int(region_target(&cli, regions, "mars"), OUT_ABSENT, "unknown");
	ok(strstr(cli.note.text, "south, east, west, bare, evil") != NULL,
	   "the note has the names: %s", cli.note.text);
	session_clear(&cli.session);
}

static void
test_session(void)
{
	struct session s = {0};

	is_str(session_registry(&s), STR(""), "nobody is logged in");
	session_set(&s.url, STR("https://a.test:8443"));
	is_str(session_registry(&s), STR("a.test:8443"), "the server's own");
	session_set(&s.registry, STR("https://b.test"));
	is_str(session_registry(&s), STR("b.test"), "another");
	is_str(url_host("a.test"), STR(""), "no URL");
	session_clear(&s);
}

int
main(void)
{
	CLEAN(json_freep) struct json *regions = NULL;

	if (json_parse(str_c(said), &regions, NULL) != 0)
		return EXIT_FAILURE;
	test_urls();
	test_target(regions);
	test_unknown(regions);
	test_session();
	return done_testing();
}
