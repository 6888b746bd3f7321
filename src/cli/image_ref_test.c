/* What people name images and restrictions by. */
#include "base/clock.h"
#include "base/test.h"
#include "cli/cr.h"

#include <string.h>

static void
test_only(void)
{
	static const struct {
		const char *given, *ref;
		bool has;
	} rows[] = {
	    {NULL, "a.test/birds/robin@sha256:00", true},
	    {"birds", "a.test/birds/robin", true},
	    {"birds", "a.test:5000/birds/robin/nest", true},
	    {"birds", "birds/robin", true},
	    {"birds", "a.test/nests/birds", false},
	    {"birds", "a.test/birdsong/robin", false},
	    {"birds/robin", "a.test/birds/robin", true},
	    {"a.test/birds/robin", "a.test/birds/robin:1", true},
	    {"birds/robin", "a.test/birds/robins", false},
	    {"birds/robin", "a.test/birds/robin/nest", false},
	    {"birds", "no reference", false},
	};

	for (size_t i = 0; i < nitems(rows); i++) {
		struct cli cli = {0};
		struct only only;

		is_int(only_read(&cli, rows[i].given, &only), 0, "%s",
		       rows[i].given != NULL ? rows[i].given : "nothing");
		is_int(only_has(&only, str_c(rows[i].ref)), rows[i].has, "%s",
		       rows[i].ref);
	}
}

static void
test_only_refused(void)
{
	static const char *const rows[] = {
	    "",
	    "abc",
	    "Birds",
	    "birds/",
	    "birds/robin:1",
	    "birds/robin:latest",
	    "/robin",
	    "birds/robin@sha256:00",
	    "bir\033ds",
	    "birds/ro bin",
	};

	for (size_t i = 0; i < nitems(rows); i++) {
		struct cli cli = {0};
		struct only only;

		is_int(only_read(&cli, rows[i], &only), OUT_MALFORMED,
		       "refused: row %zu", i);
		is_int(cli.status, CLI_USAGE, "as wrong usage");
		ok(str_is_text(str_c(cli.note.text)), "said as text");
	}
}

static void
test_refs(void)
{
	struct refs r = REFS_INIT;
	const char *at;
	size_t n = 0;

	ok(refs_first(&r) == NULL, "none at first");
	refs_add(&r, STR("a/b@1"));
	refs_add(&r, STR("a/b@2"));
	refs_add(&r, STR("a/b@3"));
	for (at = refs_first(&r); at != NULL; at = refs_next(&r, at))
		ok(at[4] == (char)('1' + (int)n++), "%s is in its place", at);
	is_int(n, 3, "all of them");
	is_int(r.n, 3, "counted");
	refs_clear(&r);
	ok(refs_first(&r) == NULL && r.n == 0, "none at last");
}

static void
test_looks(void)
{
	char text[AGE_ROOM];
	int64_t now = clock_now() / 1000;

	is_str(digest_text(STR("sha256:0123456789abcdef"), false),
	       STR("0123456789ab"), "a digest for people");
	is_str(digest_text(STR("sha256:0123456789abcdef"), true),
	       STR("sha256:0123456789abcdef"), "and whole");
	is_str(digest_text(STR("odd"), false), STR("odd"), "none");
	age_text(0, text);
	is_str(str_c(text), STR("-"), "no time");
	age_text(now + 100, text);
	is_str(str_c(text), STR("just now"), "a clock that is ahead");
	age_text(now - 3 * 86400 - 5, text);
	is_str(str_c(text), STR("3 days ago"), "days");
	age_text(now - 366 * 86400, text);
	is_str(str_c(text), STR("1 year ago"), "a year");
}

int
main(void)
{
	test_only();
	test_only_refused();
	test_refs();
	test_looks();
	return done_testing();
}
