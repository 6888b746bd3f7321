#include "wire/cookie.h"

#include "base/out.h"
#include "base/test.h"

#define NAME "latchkey"

static const struct {
	const char *header;
	int r;
	const char *value;
} rows[] = {
    {"latchkey=lk_c_1", 0, "lk_c_1"},
    {"a=b; latchkey=lk_c_1; c=d", 0, "lk_c_1"},
    {"a=b;latchkey=lk_c_1", 0, "lk_c_1"},
    {"a=b;  latchkey=lk_c_1 ;", 0, "lk_c_1"},
    {"latchkey=a=b", 0, "a=b"},
    {"a=\"x, y\"; latchkey=1; \xc3\xa9=\\", 0, "1"},
    {"", OUT_ABSENT, ""},
    {"a=b", OUT_ABSENT, ""},
    {";;; ;", OUT_ABSENT, ""},
    {"Latchkey=1", OUT_ABSENT, ""},
    {"xlatchkey=1", OUT_ABSENT, ""},
    {"latchkeyx=1", OUT_ABSENT, ""},
    {"__Host-latchkey=1", OUT_ABSENT, ""},
    {"a=latchkey=1", OUT_ABSENT, ""},
    {"=latchkey", OUT_ABSENT, ""},
    {"latchkey=1; latchkey=1", OUT_CONFLICT, ""},
    {"latchkey=1; a=b; latchkey=2", OUT_CONFLICT, ""},
    {"latchkey =1; latchkey=2", OUT_CONFLICT, ""},
    {"latchkey; latchkey=2", OUT_CONFLICT, ""},
    /* As others read it, the quotes would hide a second one. */
    {"a=\"; latchkey=1; b=\"; latchkey=2", OUT_CONFLICT, ""},
    {"latchkey", OUT_MALFORMED, ""},
    {"latchkey=", OUT_MALFORMED, ""},
    {"latchkey=\"1\"", OUT_MALFORMED, ""},
    {"latchkey=a b", OUT_MALFORMED, ""},
    {"latchkey=a,b", OUT_MALFORMED, ""},
    {"latchkey=a\\b", OUT_MALFORMED, ""},
    {"latchkey=\xc3\xa9", OUT_MALFORMED, ""},
    {"latchkey=a\tb", OUT_MALFORMED, ""},
};

int
main(void)
{
	struct str got;

	for (size_t i = 0; i < nitems(rows); i++) {
		got = STR("");
		is_int(cookie_parse(str_c(rows[i].header), STR(NAME), &got),
		       rows[i].r, "\"%s\"", rows[i].header);
		is_str(got, str_c(rows[i].value), "its value");
	}
	got = STR("untouched");
	is_int(cookie_parse(STR_NONE, STR(NAME), &got), OUT_ABSENT, "nothing");
	is_int(cookie_parse((struct str){"latchkey=a\0b", 12}, STR(NAME), &got),
	       OUT_MALFORMED, "NUL");
	is_str(got, STR("untouched"), "a refusal fills in nothing");
	is_int(cookie_parse(STR("__Host-latchkey=1"), STR("__Host-latchkey"),
			    &got),
	       0, "the other name");
	return done_testing();
}
