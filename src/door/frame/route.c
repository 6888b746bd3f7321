#include "door/frame/inner.h"

#include "base/enc.h"

#include <errno.h>

static bool
is_param(struct str part)
{
	return part.n > 2 && part.p[0] == '{';
}

static bool
is_many(struct str part)
{
	return is_param(part) && part.p[part.n - 2] == '+';
}

static size_t
count_slashes(struct str s)
{
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++)
		n += s.p[i] == '/';
	return n;
}

/* The next "/segment" of *rest without its slash; false at the end. */
static bool
next_part(struct str *rest, struct str *ret)
{
	const char *end;

	if (rest->n == 0)
		return false;
	*rest = str_sub(*rest, 1, rest->n);
	end = rest->n == 0 ? NULL : memchr(rest->p, '/', rest->n);
	*ret = end == NULL ? *rest : str_sub(*rest, 0, (size_t)(end - rest->p));
	*rest = str_sub(*rest, ret->n, rest->n);
	return true;
}

void
frame_row_make(const struct route *route, struct row *ret)
{
	struct str pattern = str_c(route->path), rest = pattern, part;

	*ret = (struct row){.route = route, .head = pattern};
	while (next_part(&rest, &part)) {
		if (!is_many(part))
			continue;
		ret->many = true;
		ret->head =
		    str_sub(pattern, 0, (size_t)(part.p - pattern.p) - 1);
		ret->tail = rest;
		ret->tail_parts = count_slashes(rest);
		return;
	}
}

/* Both wholly, segment by segment. */
static bool
match_parts(struct str pattern, struct str path, struct str *params, size_t *n)
{
	struct str want, got;

	while (next_part(&pattern, &want)) {
		if (!next_part(&path, &got))
			return false;
		if (is_param(want)) {
			if (got.n == 0 || *n == FRAME_PARAMS_MAX)
				return false;
			params[(*n)++] = got;
		} else if (!str_eq(want, got)) {
			return false;
		}
	}
	return path.n == 0;
}

/* Where the last parts segments begin, or SIZE_MAX. */
static size_t
tail_start(struct str path, size_t parts)
{
	size_t at = path.n;

	for (; parts > 0; parts--) {
		while (at > 0 && path.p[at - 1] != '/')
			at--;
		if (at == 0)
			return SIZE_MAX;
		at--;
	}
	return at;
}

/* Where the first parts segments end, or SIZE_MAX. */
static size_t
head_end(struct str path, size_t parts)
{
	size_t at = 0;

	for (; parts > 0; parts--) {
		if (at == path.n)
			return SIZE_MAX;
		at++;
		while (at < path.n && path.p[at] != '/')
			at++;
	}
	return at;
}

bool
frame_row_match(const struct row *row, struct str path, bool exact,
		struct str params[FRAME_PARAMS_MAX], size_t *ret_n)
{
	size_t head, tail, n = 0;

	if (!exact && path.n > 1 && path.p[path.n - 1] == '/')
		path.n--;
	if (!row->many) {
		*ret_n = 0;
		return match_parts(row->head, path, params, ret_n);
	}
	head = head_end(path, count_slashes(row->head));
	tail = tail_start(path, row->tail_parts);
	/* Between them "/" and at least one byte more. */
	if (head == SIZE_MAX || tail == SIZE_MAX || tail < head + 2)
		return false;
	if (!match_parts(row->head, str_sub(path, 0, head), params, &n) ||
	    n == FRAME_PARAMS_MAX)
		return false;
	params[n++] = str_sub(path, head + 1, tail - head - 1);
	if (!match_parts(row->tail, str_sub(path, tail, path.n), params, &n))
		return false;
	*ret_n = n;
	return true;
}

static bool
is_hex(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') ||
	       (c >= 'A' && c <= 'F');
}

/* RFC 3986 pchar without the percent sign. */
static bool
is_pchar(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
	       (c >= 'A' && c <= 'Z') ||
	       (c != '\0' && strchr("-._~!$&'()*+,;=:@", c) != NULL);
}

static bool
is_dots(struct str part)
{
	return str_eq(part, STR(".")) || str_eq(part, STR(".."));
}

static bool
has_dots(struct str s)
{
	struct str part;

	while (str_next(&s, '/', &part))
		if (is_dots(part))
			return true;
	return false;
}

int
frame_path_check(struct str path)
{
	struct str rest = path, part;

	while (next_part(&rest, &part)) {
		/* A slash at the end is fine, two in a row are not. */
		if ((part.n == 0 && rest.n > 0) || is_dots(part))
			return OUT_MALFORMED;
		for (size_t i = 0; i < part.n; i++) {
			if (is_pchar(part.p[i]))
				continue;
			if (part.p[i] != '%' || part.n - i < 3 ||
			    !is_hex(part.p[i + 1]) || !is_hex(part.p[i + 2]))
				return OUT_MALFORMED;
			i += 2;
		}
	}
	return 0;
}

static bool
has_coded_slash(struct str s)
{
	for (size_t i = 0; i + 2 < s.n; i++)
		if (s.p[i] == '%' && s.p[i + 1] == '2' &&
		    (s.p[i + 2] == 'f' || s.p[i + 2] == 'F'))
			return true;
	return false;
}

static int
param_decode(struct call *call, struct str raw, struct str *ret)
{
	CLEAN(buf_clear) struct buf text = BUF_INIT_MAX(HTTP_TARGET_MAX);
	int r;

	*ret = raw;
	if (memchr(raw.p, '%', raw.n) == NULL)
		return 0;
	if (call->door->no_coded_slash && has_coded_slash(raw))
		return OUT_MALFORMED;
	r = dec_percent(&text, raw, false);
	if (r != 0)
		return r;
	if (!str_is_text(buf_str(&text)) || has_dots(buf_str(&text)))
		return OUT_MALFORMED;
	*ret = arena_str(call->arena, buf_str(&text));
	return ret->p == NULL ? FAIL(-ENOMEM) : 0;
}

int
frame_params_decode(struct call *call, struct str *params, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		int r = param_decode(call, params[i], &call->params[i]);

		if (r == OUT_MALFORMED)
			return note_set(&call->note, r,
					"the path is not well formed");
		if (r != 0)
			return r;
	}
	return 0;
}

static bool
takes(const struct inner *in, const struct gang *gang, const struct row *row,
      struct str *params, size_t *n)
{
	return frame_row_match(row, in->call.req->path, gang->door->exact,
			       params, n);
}

/* A door's GET is its HEAD as well, unless it says no. */
static bool
is_head(const struct inner *in, const struct door *door)
{
	return in->call.req->method == HTTP_HEAD && !door->no_head;
}

/* Does this door have a row for the path? If not, what else would it take? */
static const struct route *
find_row(struct inner *in, const struct gang *gang, struct str *params,
	 size_t *n)
{
	enum http_method method = in->call.req->method;

	if (is_head(in, gang->door))
		method = HTTP_GET;
	for (size_t i = 0; i < gang->door->n_routes; i++) {
		const struct row *row = &gang->rows[i];

		if (row->route->method == method &&
		    takes(in, gang, row, params, n))
			return row->route;
	}
	for (size_t i = 0; i < gang->door->n_routes; i++) {
		const struct row *row = &gang->rows[i];

		if (takes(in, gang, row, params, n))
			in->allow |= 1u << row->route->method;
	}
	return NULL;
}

/* The first door that owns the path speaks, unless a later one has a row. */
int
frame_route_step(struct inner *in)
{
	struct call *call = &in->call;
	struct frame *frame = in->frame;
	struct str params[FRAME_PARAMS_MAX];
	size_t n = 0;

	if (in->gang == NULL)
		return inner_status(in, 404, "no such address");
	if (frame_path_check(call->req->path) != 0)
		return note_set(&call->note, OUT_MALFORMED,
				"the path is not well formed");
	for (struct gang *g = in->gang; g < frame->gangs + frame->n_gangs;
	     g++) {
		if (!g->door->owns(call->req->path))
			continue;
		call->route = find_row(in, g, params, &n);
		if (call->route == NULL)
			continue;
		in->gang = g;
		call->door = g->door;
		return frame_params_decode(call, params, n);
	}
	if (in->allow != 0)
		return inner_status(in, 405, "not a method of this address");
	return inner_status(in, 404, "no such address");
}

bool
path_below(struct str path, struct str head)
{
	return str_starts(path, head) &&
	       (path.n == head.n || path.p[head.n] == '/');
}
