#include "door/console/inner.h"

#include "base/test.h"

static const struct {
	const char *field;
	bool gzip;
} codings[] = {
    {"gzip", true},
    {"gzip, deflate, br", true},
    {"br;q=1.0, GZIP;q=0.8, *;q=0.1", true},
    {"gzip;q=0.001", true},
    {"*", true},
    {"identity;q=0.5, gzip;q=1.0", true},
    {"identity;q=0, gzip", true},
    {" gzip ; q = 1 ", true},
    {"", false},
    {"br", false},
    {"gzip;q=0", false},
    {"gzip;q=0.000", false},
    {"gzip;q=0, *", false},
    {"*;q=0", false},
    {"identity", false},
    {"identity, gzip;q=0.5", false},
    {"gzip;q=2", false},
    {"gzip;q=1.001", false},
    {"gzip;q=x", false},
    {"gzip;q=", false},
    {"gzip;q=0.0001", false},
    {"gzipped", false},
};

static void
test_codings(void)
{
	ok(!accept_gzip(STR_NONE), "no field is no gzip");
	for (size_t i = 0; i < nitems(codings); i++)
		is_int(accept_gzip(str_c(codings[i].field)), codings[i].gzip,
		       "\"%s\"", codings[i].field);
}

static void
test_tags(void)
{
	struct str tag = STR("\"ab\"");

	ok(accept_tag(tag, tag), "the tag");
	ok(accept_tag(STR("\"x\", \"ab\""), tag), "among others");
	ok(accept_tag(STR("W/\"ab\""), tag), "as a proxy weakens it");
	ok(accept_tag(STR("*"), tag), "any");
	ok(!accept_tag(STR("\"abc\""), tag), "a longer one");
	ok(!accept_tag(STR("ab"), tag), "without quotes");
	ok(!accept_tag(STR(""), tag), "none");
}

int
main(void)
{
	test_codings();
	test_tags();
	return done_testing();
}
