#include "json/json.h"

#include "base/test.h"

#include <errno.h>

static void
test_shapes(void)
{
	CLEAN(json_freep) struct json *j = NULL;
	CLEAN(buf_clear) struct buf b = BUF_INIT;
	struct jw w = JW(&b);

	if (json_parse(STR("{\"x\":[1]}"), &j, NULL) != 0)
		abort();
	jw_object(&w, NULL);
	jw_str(&w, "s", STR("v"));
	jw_c(&w, "c", "v");
	jw_c(&w, "none", NULL);
	jw_array(&w, "a");
	jw_int(&w, NULL, INT64_MIN);
	jw_int(&w, NULL, INT64_MAX);
	jw_object(&w, NULL);
	jw_end(&w);
	jw_array(&w, NULL);
	jw_bool(&w, NULL, true);
	jw_end(&w);
	jw_end(&w);
	jw_bool(&w, "b", false);
	jw_null(&w, "n");
	jw_raw(&w, "r", STR("{}"));
	jw_json(&w, "j", j);
	jw_json(&w, "jn", NULL);
	jw_plain(&w, "p", STR("tag"));
	jw_plain(&w, "e", STR_NONE);
	jw_key(&w, STR("k\""));
	jw_array(&w, NULL);
	jw_end(&w);
	jw_key(&w, STR("l"));
	jw_int(&w, NULL, 0);
	jw_end(&w);
	is_str(
	    buf_str(&b),
	    STR("{\"s\":\"v\",\"c\":\"v\",\"none\":null,\"a\":["
		"-9223372036854775808,9223372036854775807,{},[true]],"
		"\"b\":false,\"n\":null,\"r\":{},\"j\":{\"x\":[1]},"
		"\"jn\":null,\"p\":\"tag\",\"e\":\"\",\"k\\\"\":[],\"l\":0}"),
	    "all shapes");
	ok(w.depth == 0, "closed");
}

/* What is written as a JSON string is read back as the same bytes. */
static void
test_escapes(void)
{
	CLEAN(buf_clear) struct buf b = BUF_INIT;
	struct jw w = JW(&b);

	jw_str(&w, NULL, STR("\"\\/\b\f\n\r\t\x01\x1f\x7f<\xea\xb0\x80"));
	is_str(
	    buf_str(&b),
	    STR("\"\\\"\\\\/\\b\\f\\n\\r\\t\\u0001\\u001f\x7f<\xea\xb0\x80\""),
	    "escapes");
	buf_reset(&b);
	w = JW(&b);
	jw_str(&w, NULL, STR("a\0b"));
	is_str(buf_str(&b), STR("\"a\\u0000b\""), "NUL");
	buf_reset(&b);
	w = JW(&b);
	jw_str(&w, NULL, STR("a\xff\xe2\"\xc3"));
	is_str(buf_str(&b),
	       STR("\"a\xef\xbf\xbd\xef\xbf\xbd\\\"\xef\xbf\xbd\""),
	       "bytes that are no text do not eat the quote");
	buf_reset(&b);
	w = JW(&b);
	jw_str(&w, NULL, STR_NONE);
	is_str(buf_str(&b), STR("\"\""), "empty");
}

static void
test_round_trip(void)
{
	char bytes[127 * 2];
	struct str want = {bytes, sizeof(bytes)};
	CLEAN(json_freep) struct json *j = NULL;
	CLEAN(buf_clear) struct buf b = BUF_INIT;
	struct jw w = JW(&b);
	struct str got = STR_NONE;

	for (size_t i = 0; i < 127; i++) {
		bytes[i] = (char)(i + 1);
		bytes[sizeof(bytes) - 1 - i] = (char)(i + 1);
	}
	jw_str(&w, NULL, want);
	is_int(json_parse(buf_str(&b), &j, NULL), 0, "what is written parses");
	ok(json_str(j, &got), "as a string");
	is_str(got, want, "with the same bytes");
}

static void
test_errors(void)
{
	CLEAN(buf_clear) struct buf b = BUF_INIT_MAX(10);
	struct jw w = JW(&b);

	jw_array(&w, NULL);
	for (int i = 0; i < 20; i++)
		jw_plain(&w, NULL, STR("abc"));
	jw_end(&w);
	is_int(buf_err(&b), -ENOBUFS, "a full buf is seen at the end");

	buf_clear(&b);
	b.max = 0;
	w = JW(&b);
	for (int i = 0; i < JSON_DEPTH_MAX; i++)
		i % 2 == 0 ? jw_array(&w, NULL) : jw_object(&w, "a");
	for (int i = 0; i < JSON_DEPTH_MAX; i++)
		jw_end(&w);
	ok(buf_err(&b) == 0 && str_ends(buf_str(&b), STR("}]}]")),
	   "all levels");
}

int
main(void)
{
	test_shapes();
	test_escapes();
	test_round_trip();
	test_errors();
	return done_testing();
}
