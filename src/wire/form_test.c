#include "wire/form.h"

#include "base/buf.h"
#include "base/test.h"

#include <errno.h>

static struct arena arena;
static struct form form;

static int
parse(struct str text)
{
	arena_reset(&arena);
	return form_parse(text, &arena, &form);
}

static void
test_good(void)
{
	is_int(parse(STR("scope=a%3Ab+c&scope=d%20e&service=&x&=y&&n=a=b")), 0,
	       "a query");
	is_int(form.n, 6, "pairs");
	is_str(form_get(&form, "scope"), STR("a:b c"), "the first");
	is_int(form_count(&form, "scope"), 2, "both are kept");
	is_str(form.pairs[1].value, STR("d e"), "%%20 and + are alike");
	ok(form_get(&form, "service").p != NULL &&
	       form_get(&form, "service").n == 0,
	   "empty is not absent");
	ok(form_get(&form, "x").p != NULL, "a name alone");
	is_str(form_get(&form, ""), STR("y"), "a value alone");
	is_str(form_get(&form, "n"), STR("a=b"), "the first = counts");
	ok(form_get(&form, "none").p == NULL, "absent");
	is_int(form_count(&form, "none"), 0, "not there");
	is_int(parse(STR("%6Eame=%26%3D%25&Name=x")), 0, "codes");
	is_str(form_get(&form, "name"), STR("&=%"), "decoded after splitting");
	is_int(parse(STR("a=%252e")), 0, "coded twice");
	is_str(form_get(&form, "a"), STR("%2e"), "decoded once");
	is_int(parse(STR("a;b=c")), 0, "semicolons");
	is_str(form_get(&form, "a;b"), STR("c"), "separate nothing");
	is_int(parse(STR("")), 0, "an empty form");
	is_int(form.n, 0, "has no pairs");
	is_int(parse(STR_NONE), 0, "no form");
	is_int(parse(STR("&&&")), 0, "only separators");
	is_int(form.n, 0, "no pairs");
}

static void
test_bad(void)
{
	static const struct str rows[] = {
	    STR_INIT("a=%"),	 STR_INIT("a=%4"),	STR_INIT("a=%zz"),
	    STR_INIT("%=a"),	 STR_INIT("a=%00"),	STR_INIT("%00=a"),
	    STR_INIT("a=b\0"),	 STR_INIT("a=b&c=%g1"), STR_INIT("a=%%41"),
	    STR_INIT("a=%u0041")};

	for (size_t i = 0; i < nitems(rows); i++)
		is_int(parse(rows[i]), OUT_MALFORMED, "refused %s", rows[i].p);
}

static void
test_limits(void)
{
	CLEAN(buf_clear) struct buf b = BUF_INIT;
	CLEAN(arena_clear) struct arena small;

	for (int i = 0; i < FORM_PAIRS_MAX - 1; i++)
		(void)buf_adds(&b, "a=b&");
	is_int(parse(buf_str(&b)), 0, "max - 1");
	(void)buf_adds(&b, "a=b&&");
	is_int(parse(buf_str(&b)), 0, "max");
	is_int(form.n, FORM_PAIRS_MAX, "all of them");
	(void)buf_adds(&b, "a");
	is_int(parse(buf_str(&b)), OUT_TOO_MANY, "max + 1");
	arena_init(&small, 64);
	is_int(form_parse(STR("a=0123456789012345678901234567890123456789"),
			  &small, &form),
	       -ENOMEM, "the arena's limit holds");
}

int
main(void)
{
	arena_init(&arena, MIB);
	test_good();
	test_bad();
	test_limits();
	arena_clear(&arena);
	return done_testing();
}
