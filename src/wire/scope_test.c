#include "wire/scope.h"

#include "base/buf.h"
#include "base/out.h"
#include "base/test.h"

static struct scope all[SCOPE_COUNT_MAX];
static size_t count;

static int
parse(struct str text)
{
	count = 0;
	return scope_parse(text, all, nitems(all), &count);
}

static void
test_good(void)
{
	is_int(parse(STR("repository:ns/a:pull")), 0, "one");
	ok(count == 1 && all[0].actions == SCOPE_PULL, "pull");
	is_str(all[0].name, STR("ns/a"), "its name");
	is_int(parse(STR("repository(plugin):ns/a:push,pull")), 0, "a class");
	ok(count == 1 && all[0].actions == (SCOPE_PULL | SCOPE_PUSH), "both");
	is_int(parse(STR("  repository:ns/a:pull   repository:ns/b:delete "
			 "repository:ns/a:push registry:catalog:*")),
	       0, "several");
	is_int(count, 3, "same names are merged");
	ok(all[0].actions == (SCOPE_PULL | SCOPE_PUSH), "into the first");
	ok(all[1].actions == SCOPE_DELETE, "the second");
	ok(all[2].actions == SCOPE_ALL_CATALOG && all[2].name.n == 0,
	   "the catalog");
	is_int(
	    scope_parse(STR("repository:ns/b:pull"), all, nitems(all), &count),
	    0, "another parameter");
	ok(count == 3 && all[1].actions == (SCOPE_DELETE | SCOPE_PULL),
	   "is merged as well");
	is_int(parse(STR("repository:ns/a:pull,push,delete,*")), 0, "a star");
	ok(count == 1 && all[0].actions == (1 | 2 | 4), "is no action here");
}

/* None of these is an error, and none grants anything. */
static void
test_nothing(void)
{
	static const struct str rows[] = {
	    STR_INIT(""),
	    STR_INIT(" "),
	    STR_INIT(":"),
	    STR_INIT("::"),
	    STR_INIT("repository"),
	    STR_INIT("repository:ns/a"),
	    STR_INIT("repository:ns/a:"),
	    STR_INIT("repository::pull"),
	    STR_INIT("repository:a:"),
	    STR_INIT("repository:a:pull"),
	    STR_INIT("repository:host:5000/a:pull"),
	    STR_INIT("repository:a:b:c:pull"),
	    STR_INIT("repository:../x:pull"),
	    STR_INIT("repository:a/../b:pull"),
	    STR_INIT("repository:*:pull"),
	    STR_INIT("repository:a/*:pull"),
	    STR_INIT("repository:ns/a:*"),
	    STR_INIT("repository:ns/a:PULL"),
	    STR_INIT("repository:ns/a:pull:"),
	    STR_INIT("repository:ns/a:,"),
	    STR_INIT("Repository:ns/a:pull"),
	    STR_INIT("repository():ns/a:pull"),
	    STR_INIT("repository(:ns/a:pull"),
	    STR_INIT("repository(a:ns/a:pull"),
	    STR_INIT("repository(a)b:ns/a:pull"),
	    STR_INIT("repositoryx:ns/a:pull"),
	    STR_INIT("repository:NS/a:pull"),
	    STR_INIT("repository:ns/a:pull\tx"),
	    STR_INIT("repository:ns/a:pull\nrepository:ns/b:pull"),
	    STR_INIT("repository:ns/a\0:pull"),
	    STR_INIT("repository:ns/a:pull\0"),
	    STR_INIT("registry:catalog:pull"),
	    STR_INIT("registry:catalog:*,*"),
	    STR_INIT("registry:other:*"),
	    STR_INIT("registry:catalog"),
	    STR_INIT("catalog:*")};

	for (size_t i = 0; i < nitems(rows); i++) {
		is_int(parse(rows[i]), 0, "row %zu: %s", i, rows[i].p);
		is_int(count, 0, "grants nothing");
	}
	is_int(parse(STR_NONE), 0, "no scope");
	is_int(count, 0, "no grant");
}

static void
test_limits(void)
{
	CLEAN(buf_clear) struct buf b = BUF_INIT;

	for (size_t i = 0; i < SCOPE_COUNT_MAX; i++)
		(void)buf_addf(&b, "repository:ns/r%zu:pull ", i);
	is_int(parse(buf_str(&b)), 0, "as many as fit");
	is_int(count, SCOPE_COUNT_MAX, "are there");
	(void)buf_adds(&b, "repository:ns/r0:push bad:x:y");
	is_int(parse(buf_str(&b)), 0, "old names need no room");
	(void)buf_adds(&b, " repository:ns/new:pull");
	is_int(parse(buf_str(&b)), OUT_TOO_MANY, "one more");
	buf_reset(&b);
	for (int i = 0; i < 1000; i++)
		(void)buf_adds(&b, "repository:ns/a:pull ");
	is_int(parse(buf_str(&b)), 0, "a thousand times the same");
	is_int(count, 1, "is one");
	buf_reset(&b);
	(void)buf_adds(&b, "repository:");
	while (b.n < 64 * KIB)
		(void)buf_addc(&b, 'a');
	(void)buf_adds(&b, "/b:pull");
	is_int(parse(buf_str(&b)), 0, "64 KiB in one");
	is_int(count, 0, "grant nothing");
}

int
main(void)
{
	test_good();
	test_nothing();
	test_limits();
	return done_testing();
}
