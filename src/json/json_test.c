#include "json/json.h"

#include "base/test.h"

#include <errno.h>

static void
test_read(void)
{
	CLEAN(json_freep) struct json *j = NULL;
	CLEAN(buf_clear) struct buf b = BUF_INIT;
	const struct json *v = NULL;
	struct str text = STR_NONE;
	void *iter = NULL;
	bool flag = false;
	int64_t n = 0;

	is_int(
	    json_parse(STR(" {\"z\":\"\\u00e9\\n\",\"i\":-9223372036854775808,"
			   "\"a\":[true,null,1.5,{}],\"\":0} "),
		       &j, NULL),
	    0, "an object");
	is_int(json_kind(j), JSON_OBJECT, "is one");
	is_int(json_size(j), 4, "of four");
	is_str(json_text(j, "z"), STR("\xc3\xa9\n"), "text");
	ok(json_text(j, "i").p == NULL, "a number is no text");
	ok(json_text(j, "no").p == NULL, "nor is what is not there");
	ok(json_int(json_get(j, "i"), &n) && n == INT64_MIN, "number");
	ok(!json_int(json_get(j, "z"), &n), "text is no number");
	v = json_get(j, "a");
	is_int(json_kind(v), JSON_ARRAY, "array");
	is_int(json_size(v), 4, "of four");
	ok(json_bool(json_at(v, 0), &flag) && flag, "true");
	is_int(json_kind(json_at(v, 1)), JSON_NULL, "null");
	is_int(json_kind(json_at(v, 2)), JSON_REAL, "real");
	ok(!json_int(json_at(v, 2), &n), "a real is no whole number");
	is_int(json_kind(json_at(v, 3)), JSON_OBJECT, "empty object");
	ok(json_at(v, 4) == NULL, "past the end");
	ok(json_get(v, "z") == NULL && json_at(j, 0) == NULL, "wrong kinds");
	ok(json_get(NULL, "z") == NULL && json_size(NULL) == 0, "of NULL");
	ok(!json_str(NULL, &text) && !json_bool(NULL, &flag), "no value");
	ok(json_each(j, &iter, &text, &v) && str_eq(text, STR("z")), "first");
	ok(json_each(j, &iter, &text, &v) && str_eq(text, STR("i")), "second");
	ok(json_each(j, &iter, &text, &v) && str_eq(text, STR("a")), "third");
	ok(json_each(j, &iter, &text, &v) && text.n == 0, "fourth");
	ok(!json_each(j, &iter, &text, &v), "the end");
	is_int(json_write(&b, j), 0, "write");
	is_str(buf_str(&b),
	       STR("{\"z\":\"\xc3\xa9\\n\",\"i\":-9223372036854775808,"
		   "\"a\":[true,null,1.5,{}],\"\":0}"),
	       "as it was read");
}

static void
test_refused(void)
{
	static const struct str bad[] = {STR_INIT(""),
					 STR_INIT("  "),
					 STR_INIT("{} {}"),
					 STR_INIT("{},"),
					 STR_INIT("[1,]"),
					 STR_INIT("{\"a\":1,}"),
					 STR_INIT("{'a':1}"),
					 STR_INIT("{a:1}"),
					 STR_INIT("NaN"),
					 STR_INIT("[Infinity]"),
					 STR_INIT("1e400"),
					 STR_INIT("9223372036854775808"),
					 STR_INIT("[01]"),
					 STR_INIT("[+1]"),
					 STR_INIT("[1.]"),
					 STR_INIT("/*x*/1"),
					 STR_INIT("1//x"),
					 STR_INIT("\"\\u0000\""),
					 STR_INIT("{\"\\u0000\":1}"),
					 STR_INIT("\"a\0b\""),
					 STR_INIT("1\0"),
					 STR_INIT("{}\0{"),
					 STR_INIT("\"\xc3\""),
					 STR_INIT("\"\xc0\x80\""),
					 STR_INIT("\"\xed\xa0\x80\""),
					 STR_INIT("\"\\ud800\""),
					 STR_INIT("\"\\udc00\\ud800\""),
					 STR_INIT("\"a\nb\""),
					 STR_INIT("\"\\x41\""),
					 STR_INIT("{\"a\":1,\"a\":2}"),
					 STR_INIT("{\"a\":1,\"\\u0061\":2}"),
					 STR_INIT("[1"),
					 STR_INIT("\xef\xbb\xbf{}"),
					 STR_INIT("tru"),
					 STR_INIT("True")};
	struct json *j = NULL;
	struct note note;

	for (size_t i = 0; i < nitems(bad); i++) {
		note.text[0] = '\0';
		is_int(json_parse(bad[i], &j, &note), OUT_MALFORMED,
		       "refused: %.*s", STR_ARG(bad[i]));
		ok(note.text[0] != '\0', "why: %s", note.text);
	}
	is_int(json_parse(STR_NONE, &j, NULL), OUT_MALFORMED, "no text");
	ok(j == NULL, "ret untouched");
	is_int(json_parse(STR("{\"password\":hunter2}"), &j, &note),
	       OUT_MALFORMED, "a value without quotes");
	ok(strstr(note.text, "hunter2") == NULL, "is not repeated: %s",
	   note.text);
	is_int(json_parse(STR("{\"hunter2\":1,\"hunter2\":1}"), &j, &note),
	       OUT_MALFORMED, "a duplicate");
	ok(strstr(note.text, "hunter2") == NULL, "neither: %s", note.text);
}

static int
parse_deep(size_t depth, const char *in, const char *out)
{
	CLEAN(json_freep) struct json *j = NULL;
	CLEAN(buf_clear) struct buf b = BUF_INIT;

	for (size_t i = 0; i < depth; i++)
		(void)buf_adds(&b, in);
	(void)buf_adds(&b, "1");
	for (size_t i = 0; i < depth; i++)
		(void)buf_adds(&b, out);
	return json_parse(buf_str(&b), &j, NULL);
}

static void
test_depth(void)
{
	CLEAN(json_freep) struct json *j = NULL;

	is_int(parse_deep(JSON_DEPTH_MAX - 1, "[", "]"), 0, "depth max - 1");
	is_int(parse_deep(JSON_DEPTH_MAX, "[", "]"), 0, "depth max");
	is_int(parse_deep(JSON_DEPTH_MAX, "{\"a\":", "}"), 0, "of objects");
	is_int(parse_deep(JSON_DEPTH_MAX + 1, "[", "]"), OUT_MALFORMED,
	       "depth max + 1");
	is_int(parse_deep(100000, "{\"a\":", "}"), OUT_MALFORMED, "100 000");
	is_int(json_parse(STR("[\"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[\","
			      "\"\\\"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[\"]"),
			  &j, NULL),
	       0, "brackets in strings do not count");
}

static void
test_write_max(void)
{
	CLEAN(json_freep) struct json *j = NULL;
	CLEAN(buf_clear) struct buf b = BUF_INIT_MAX(6);

	if (json_parse(STR("[1,2,3]"), &j, NULL) != 0)
		abort();
	is_int(json_write(&b, j), -ENOBUFS, "max + 1");
	b.max = 7;
	buf_reset(&b);
	is_int(json_write(&b, j), 0, "max");
	is_int(json_write(&b, NULL), -ENOBUFS, "and no more");
}

int
main(void)
{
	test_read();
	test_refused();
	test_depth();
	test_write_max();
	return done_testing();
}
