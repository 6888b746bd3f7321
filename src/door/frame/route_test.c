#include "door/frame/inner.h"

#include "base/test.h"

/* "a|b" for the parameters, or NULL when it does not match. */
static const char *
matched(const char *pattern, const char *path, bool exact)
{
	static char text[512];
	struct route route = {.path = pattern};
	struct str params[FRAME_PARAMS_MAX];
	struct row row;
	size_t n = 0, at = 0;

	frame_row_make(&route, &row);
	if (!frame_row_match(&row, str_c(path), exact, params, &n))
		return NULL;
	text[0] = '\0';
	for (size_t i = 0; i < n; i++)
		at += (size_t)snprintf(text + at, sizeof(text) - at, "%s%.*s",
				       i == 0 ? "" : "|", STR_ARG(params[i]));
	return text;
}

static const struct {
	const char *pattern, *path;
	bool exact;
	const char *want;
} rows[] = {
    {"/", "/", false, ""},
    {"/", "/a", false, NULL},
    {"/a", "/a", false, ""},
    {"/a", "/a/", false, ""},
    {"/a", "/a/", true, NULL},
    {"/a/", "/a/", true, ""},
    {"/a/", "/a", true, NULL},
    {"/a", "/ab", false, NULL},
    {"/a", "/", false, NULL},
    {"/a/{x}", "/a/b", false, "b"},
    {"/a/{x}", "/a/", false, NULL},
    {"/a/{x}", "/a/", true, NULL},
    {"/a/{x}", "/a/b/c", false, NULL},
    {"/a/{x}/{y}/c", "/a/1/2/c", false, "1|2"},
    {"/a/{x}/{y}/c", "/a/1/2/d", false, NULL},
    {"/a/{x}", "/a/%2e", false, "%2e"},
    {"/v2/{n+}/tags/list", "/v2/a/b/tags/list", true, "a/b"},
    {"/v2/{n+}/tags/list", "/v2/tags/list", true, NULL},
    {"/v2/{n+}/tags/list", "/v2//tags/list", true, NULL},
    {"/v2/{n+}/tags/list", "/v2/a/tags/list/", true, NULL},
    {"/v2/{n+}/tags/list", "/v2/a/tags/list/", false, "a"},
    {"/v2/{n+}/tags/list", "/v2/a/tags/list/tags/list", true, "a/tags/list"},
    {"/v2/{n+}/manifests/{r}", "/v2/a/manifests/x/manifests/y", true,
     "a/manifests/x|y"},
    {"/v2/{n+}/manifests/{r}", "/v2/a/manifests/", true, NULL},
    {"/v2/{n+}/manifests/{r}", "/v2/manifests/y", true, NULL},
    {"/v2/{n+}/manifests/{r}", "/v2/manifests/manifests/y", true,
     "manifests|y"},
    {"/v2/{n+}/blobs/uploads/", "/v2/a/b/blobs/uploads/", true, "a/b"},
    {"/v2/{n+}/blobs/uploads/", "/v2/a/b/blobs/uploads", true, NULL},
    {"/v2/{n+}/blobs/uploads/{id}", "/v2/a/blobs/uploads/i", true, "a|i"},
    {"/v2/{n+}/blobs/uploads/{id}", "/v2/a/blobs/uploads/", true, NULL},
    {"/{x+}", "/a", false, "a"},
    {"/{x+}", "/a/b/c", false, "a/b/c"},
    {"/{x+}", "/", false, NULL},
    {"/{x+}/z", "/a/z", false, "a"},
    {"/{x+}/z", "/z", false, NULL},
    {"/i/{x+}", "/i/host%3A1%2Fa", false, "host%3A1%2Fa"},
    {"/{a}/{x+}/{b}", "/1/2/3", false, "1|2|3"},
    {"/{a}/{x+}/{b}", "/1/2/3/4", false, "1|2/3|4"},
    {"/{a}/{x+}/{b}", "/1/2", false, NULL},
    {"/{a}/{b}/{c}/{d}/{e}/{f}", "/1/2/3/4/5/6", false, "1|2|3|4|5|6"},
    {"/{a}/{b}/{c}/{d}/{e}/{f}/{g}", "/1/2/3/4/5/6/7", false, NULL},
    {"/a", "", false, NULL},
    {"/{x+}", "", false, NULL},
};

static void
test_match(void)
{
	for (size_t i = 0; i < nitems(rows); i++) {
		const char *got =
		    matched(rows[i].pattern, rows[i].path, rows[i].exact);

		if (rows[i].want == NULL)
			ok(got == NULL, "%s does not take '%s'",
			   rows[i].pattern, rows[i].path);
		else
			is_str(str_c(got), str_c(rows[i].want), "%s takes '%s'",
			       rows[i].pattern, rows[i].path);
	}
}

static const struct {
	struct str path;
	bool good;
} paths[] = {
    {STR_INIT("/"), true},	  {STR_INIT("/a/b.c/~x-_!$&'()*+,;=:@"), true},
    {STR_INIT("/a/"), true},	  {STR_INIT("/a%2fb%3A"), true},
    {STR_INIT("/..a/b.."), true}, {STR_INIT("//"), false},
    {STR_INIT("/a//b"), false},	  {STR_INIT("/a//"), false},
    {STR_INIT("/./a"), false},	  {STR_INIT("/a/.."), false},
    {STR_INIT("/a/../b"), false}, {STR_INIT("/%"), false},
    {STR_INIT("/%2"), false},	  {STR_INIT("/%zz"), false},
    {STR_INIT("/a%2/b"), false},  {STR_INIT("/a\\b"), false},
    {STR_INIT("/a#b"), false},	  {STR_INIT("/a b"), false},
    {STR_INIT("/a\0b"), false},	  {STR_INIT("/\xc3\xa9"), false},
    {STR_INIT("/a\"b"), false},	  {STR_INIT("/a<b>"), false},
    {STR_INIT("/a{b}"), false},
};

static int
decoded(struct str raw, bool no_coded_slash, struct str want)
{
	struct door door = {.no_coded_slash = no_coded_slash};
	struct arena arena;
	struct call call = {.door = &door, .arena = &arena};
	int r;

	arena_init(&arena, 4 * KIB);
	r = frame_params_decode(&call, &raw, 1);
	if (r == 0)
		is_str(call.params[0], want, "'%.*s' decoded", STR_ARG(raw));
	arena_clear(&arena);
	return r;
}

static void
test_decode(void)
{
	is_int(decoded(STR("plain"), true, STR("plain")), 0, "plain");
	is_int(decoded(STR("sha256%3aab"), true, STR("sha256:ab")), 0,
	       "a colon");
	is_int(decoded(STR("a%2Fb"), false, STR("a/b")), 0,
	       "a coded slash where it may be");
	is_int(decoded(STR("%252e"), true, STR("%2e")), 0, "only once");
	is_int(decoded(STR("a%2Fb"), true, STR("")), OUT_MALFORMED,
	       "a coded slash where it may not");
	is_int(decoded(STR("a%2fb"), true, STR("")), OUT_MALFORMED,
	       "also in lower case");
	is_int(decoded(STR("%2e%2e"), false, STR("")), OUT_MALFORMED, "dots");
	is_int(decoded(STR("a%2f%2e%2e%2fb"), false, STR("")), OUT_MALFORMED,
	       "dots between slashes");
	is_int(decoded(STR("a%00b"), false, STR("")), OUT_MALFORMED, "NUL");
	is_int(decoded(STR("a%0d%0aX:y"), false, STR("")), OUT_MALFORMED,
	       "CR LF");
	is_int(decoded(STR("%c0%af"), false, STR("")), OUT_MALFORMED,
	       "overlong UTF-8");
	is_int(decoded(STR("%e2%80%ae"), false, STR("")), OUT_MALFORMED,
	       "a bidirectional override");
}

static void
test_below(void)
{
	ok(path_below(STR("/v1/a"), STR("/v1/a")), "a path is its own");
	ok(path_below(STR("/v1/a/b"), STR("/v1/a")), "below it");
	ok(path_below(STR("/v1/a/"), STR("/v1/a")), "a slash at the end");
	ok(!path_below(STR("/v1/ab"), STR("/v1/a")), "a longer word is not");
	ok(!path_below(STR("/v1"), STR("/v1/a")), "nor is what is above");
}

int
main(void)
{
	test_match();
	test_below();
	for (size_t i = 0; i < nitems(paths); i++)
		is_int(frame_path_check(paths[i].path),
		       paths[i].good ? 0 : OUT_MALFORMED, "path '%.*s'",
		       STR_ARG(paths[i].path));
	test_decode();
	return done_testing();
}
