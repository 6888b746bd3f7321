/* The answer with a private key in it: taken apart without a copy, or refused.
 */
#include "base/test.h"
#include "cli/pairs.h"

#include <string.h>

/* What madekey_split() says of a text; the key and the rest stay with it. */
struct tried {
	struct buf answer, rest;
	struct str key;
	int r;
};

static void
try_it(struct tried *t, struct str text)
{
	*t = (struct tried){.answer = BUF_INIT, .rest = BUF_INIT};
	(void)buf_addstr(&t->answer, text);
	t->r = madekey_split(&t->answer, &t->key, &t->rest);
}

static void
tried_clear(struct tried *t)
{
	buf_clear(&t->answer);
	buf_clear(&t->rest);
}

static void
taken(struct str text, struct str key, struct str rest, const char *what)
{
	struct tried t;

	try_it(&t, text);
	is_int(t.r, 0, "%s", what);
	is_str(t.key, key, "%s: the key", what);
	is_str(buf_str(&t.rest), rest, "%s: the rest", what);
	ok(t.key.p >= t.answer.p &&
	       t.key.p + t.key.n <= t.answer.p + t.answer.n,
	   "%s: the key is where it was", what);
	tried_clear(&t);
}

static void
refused(struct str text, const char *what)
{
	struct tried t;

	try_it(&t, text);
	is_int(t.r, OUT_MALFORMED, "%s", what);
	is_int(t.rest.n, 0, "%s: nothing comes of it", what);
	tried_clear(&t);
}

static void
every_end_test(void)
{
	const struct str whole =
	    STR("{\"id\":\"1\",\"private_key\":\"a\\nb\\n\"}");
	bool all = true;

	for (size_t n = 0; n < whole.n; n++) {
		struct tried t;

		try_it(&t, str_sub(whole, 0, n));
		all = all && t.r == OUT_MALFORMED;
		tried_clear(&t);
	}
	ok(all, "an answer that ends early is never taken for a whole one");
}

int
main(void)
{
	taken(STR("{\"id\":\"1\",\"private_key\":\"a\\nb\\/\\\\\\\"c\"}"),
	      STR("a\nb/\\\"c"), STR("{\"id\":\"1\"}"), "the last member");
	taken(STR("{\"private_key\" : \"x\" , \"id\":2}"), STR("x"),
	      STR("{ \"id\":2}"), "the first member");
	taken(STR("{\"private_key\":\"x\"}"), STR("x"), STR("{}"),
	      "the only member");
	taken(STR("{\"a\":{\"private_key\":\"n\"},\"b\":[\"private_key\"],"
		  "\"private_key\":\"y\"}\n"),
	      STR("y"),
	      STR("{\"a\":{\"private_key\":\"n\"},\"b\":[\"private_key\"]}\n"),
	      "deeper ones of that name are not it");
	taken(STR("{\"a\":\"\\\"private_key\\\":\\\"n\\\"\","
		  "\"private_key\":\"y\"}"),
	      STR("y"), STR("{\"a\":\"\\\"private_key\\\":\\\"n\\\"\"}"),
	      "nor is a text that looks like it");
	refused(STR("{\"id\":\"1\"}"), "no such member");
	refused(STR("{\"private_key\":null}"), "no string");
	refused(STR("{\"private_key\":\"\"}"), "an empty one");
	refused(STR("{\"private_key\":\"x\",\"private_key\":\"y\"}"), "two");
	refused(STR("{\"private_key\":\"\\u0041\"}"), "an escape PEM has not");
	refused(STR("{\"private_key\":\"a\nb\"}"), "a bare line end");
	refused(STR("[\"private_key\",\"x\"]"), "no object");
	refused(STR("{\"private_key\":\"x\"} {}"), "something behind it");
	refused(STR("{\"private_key\":\"x\"]"), "another bracket");
	refused(STR("x{\"private_key\":\"x\"}"), "something before it");
	every_end_test();
	return done_testing();
}
