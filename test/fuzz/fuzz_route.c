#include "door/frame/inner.h"

#include <assert.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static const struct route routes[] = {
    {.path = "/v2/"},
    {.path = "/v2/{name+}/manifests/{ref}"},
    {.path = "/v2/{name+}/blobs/uploads/{id}"},
    {.path = "/api/v1/images/{image+}/json"},
    {.path = "/2.0/repositories/{team}/{repo}/deploy-keys/{id}"},
    {.path = "/{team}/{repo}/info/refs"},
    {.path = "/site/{any+}"},
};

/* The pattern with its parameters in it is the path. */
static void
put_together(const struct route *route, const struct str *params, size_t n,
	     struct str path)
{
	CLEAN(buf_clear) struct buf b = BUF_INIT;
	struct str rest = str_c(route->path), part;
	size_t k = 0;

	while (rest.p != NULL && str_next(&rest, '/', &part)) {
		if (b.n > 0 || part.p != route->path)
			(void)buf_addc(&b, '/');
		if (part.n == 0 && b.n == 0)
			continue;
		if (part.n > 0 && part.p[0] == '{')
			assert(k < n && buf_addstr(&b, params[k++]) == 0);
		else
			(void)buf_addstr(&b, part);
	}
	assert(k == n);
	/* One slash at the end makes no difference. */
	if (str_ends(path, STR("/")) != str_ends(buf_str(&b), STR("/")))
		path.n -= str_ends(path, STR("/"));
	assert(str_starts(buf_str(&b), path) && b.n - path.n <= 1);
}

static bool
has_dots(struct str s)
{
	struct str part;

	while (s.p != NULL && str_next(&s, '/', &part))
		if (str_eq(part, STR(".")) || str_eq(part, STR("..")))
			return true;
	return false;
}

static void
decode(struct str *params, size_t n, bool no_coded_slash)
{
	struct arena arena;
	struct door door = {.no_coded_slash = no_coded_slash};
	struct call call = {.door = &door, .arena = &arena};
	int r;

	arena_init(&arena, 256 * KIB);
	r = frame_params_decode(&call, params, n);
	assert(r == 0 || (r == OUT_MALFORMED && call.note.text[0] != '\0'));
	for (size_t i = 0; r == 0 && i < n; i++) {
		assert(call.params[i].n > 0 && str_is_text(call.params[i]));
		assert(!has_dots(call.params[i]));
		assert(!no_coded_slash ||
		       memchr(params[i].p, '/', params[i].n) ||
		       memchr(call.params[i].p, '/', call.params[i].n) == NULL);
	}
	arena_clear(&arena);
}

/* A path that is taken has one reading, and so do its parameters. */
int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct str path = {(const char *)p, n};
	struct str params[FRAME_PARAMS_MAX];

	if (n == 0 || p[0] != '/' || n > HTTP_TARGET_MAX ||
	    frame_path_check(path) != 0)
		return 0;
	assert(str_printable(path) && !has_dots(path));
	assert(memmem(p, n, "//", 2) == NULL);
	for (size_t i = 0; i < nitems(routes); i++) {
		size_t count = 0;

		if (!frame_matches(&routes[i], i % 2 == 0, path, params,
				   &count))
			continue;
		put_together(&routes[i], params, count, path);
		decode(params, count, i % 2 == 0);
	}
	return 0;
}
