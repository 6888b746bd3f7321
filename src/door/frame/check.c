#include "door/frame/inner.h"

static int
bad(struct note *note, const struct route *r, const char *why)
{
	return note_set(note, OUT_MALFORMED, "%s %s: %s",
			http_method_name(r->method),
			r->path == NULL ? "(no path)" : r->path, why);
}

static bool
part_ok(struct str part, bool last, size_t *params, size_t *manys)
{
	size_t name;

	if (part.n == 0)
		return last; /* a slash at the end */
	if (part.p[0] != '{')
		return memchr(part.p, '{', part.n) == NULL &&
		       memchr(part.p, '}', part.n) == NULL;
	if (part.n < 3 || part.p[part.n - 1] != '}')
		return false;
	name = part.n - 2;
	if (part.p[part.n - 2] == '+') {
		name--;
		++*manys;
	}
	++*params;
	return name > 0;
}

static bool
pattern_ok(struct str pattern)
{
	struct str rest = pattern, part;
	size_t params = 0, manys = 0;

	if (pattern.n == 0 || pattern.p[0] != '/')
		return false;
	rest = str_sub(pattern, 1, pattern.n);
	while (str_cut(rest, '/', &part, &rest))
		if (!part_ok(part, false, &params, &manys))
			return false;
	return part_ok(rest, true, &params, &manys) && manys <= 1 &&
	       params <= FRAME_PARAMS_MAX;
}

/* A path that fits: "x" for {x}, "x/y" for {x+}. */
static void
sample_of(struct str pattern, struct buf *b)
{
	for (size_t i = 0; i < pattern.n; i++) {
		if (pattern.p[i] != '{') {
			buf_addc(b, pattern.p[i]);
			continue;
		}
		while (pattern.p[i] != '}')
			i++;
		buf_adds(b, pattern.p[i - 1] == '+' ? "x/y" : "x");
	}
}

static const char *
row_wrong(const struct route *r)
{
	bool takes =
	    r->body == BODY_JSON || r->body == BODY_FORM || r->body == BODY_RAW;
	bool streams = r->body == BODY_STREAM || r->body == BODY_EXCHANGE ||
		       r->body == BODY_JSON_SEND;

	if (r->method >= HTTP_METHODS || r->method == HTTP_HEAD)
		return "no such method (HEAD is GET's)";
	if ((unsigned)r->verb >= VERB_MAX)
		return "no such verb";
	if (r->run == NULL)
		return "no handler";
	if (takes != (r->body_max > 0 && !streams))
		return "a body needs a limit, and none has none";
	if (streams && r->body_max == 0)
		return "a stream needs a limit";
	if (streams && r->where != RUN_POOL)
		return "a stream runs in the pool";
	if (verb_row(r->verb)->trail == TRAIL_CHANGE && r->where != RUN_POOL)
		return "a change waits for the disk: pool";
	return NULL;
}

/* Reached by its own sample, and not hidden by a row before it. */
static const char *
row_hidden(const struct door *door, size_t at)
{
	CLEAN(buf_clear) struct buf path = BUF_INIT;
	const struct route *mine = &door->routes[at];
	struct str params[FRAME_PARAMS_MAX];
	size_t n;

	sample_of(str_c(mine->path), &path);
	if (buf_err(&path) != 0)
		return "out of memory";
	if (!door->owns(buf_str(&path)))
		return "its door does not own it";
	for (size_t i = 0; i <= at; i++) {
		struct row row;

		if (door->routes[i].method != mine->method)
			continue;
		frame_row_make(&door->routes[i], &row);
		if (frame_row_match(&row, buf_str(&path), door->exact, params,
				    &n))
			return i == at ? NULL : "another row hides it";
	}
	return "nothing matches it";
}

int
frame_check(const struct door *door, struct note *note)
{
	if (door->name == NULL || door->routes == NULL || door->proof == NULL ||
	    door->say == NULL || door->say_status == NULL || door->owns == NULL)
		return note_set(note, OUT_MALFORMED, "the door lacks a part");
	for (size_t i = 0; i < door->n_routes; i++) {
		const struct route *r = &door->routes[i];
		const char *why = NULL;

		if (!pattern_ok(str_c(r->path)))
			why = "the pattern is not well formed";
		if (why == NULL)
			why = row_wrong(r);
		if (why == NULL)
			why = row_hidden(door, i);
		if (why != NULL)
			return bad(note, r, why);
	}
	return 0;
}

bool
frame_matches(const struct route *route, bool exact, struct str path,
	      struct str params[FRAME_PARAMS_MAX], size_t *ret_n)
{
	struct row row;

	frame_row_make(route, &row);
	return frame_row_match(&row, path, exact, params, ret_n);
}
