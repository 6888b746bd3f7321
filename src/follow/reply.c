#include "follow/reply.h"

#include <string.h>

void
reply_clear(struct reply *reply)
{
	buf_clear(&reply->body);
	reply->status = 0;
}

/* What the fields say about the body. */
struct frame {
	bool has_length, chunked;
	uint64_t length;
};

/* The next line without CR LF. */
static int
line_next(struct str *rest, size_t max, struct str *ret)
{
	struct str s = str_sub(*rest, 0, max + 2);
	const char *end = s.n > 0 ? memchr(s.p, '\n', s.n) : NULL;

	if (end == NULL)
		return rest->n > max + 1 ? OUT_TOO_LARGE : OUT_BUSY;
	ret->p = s.p;
	ret->n = (size_t)(end - s.p);
	if (ret->n == 0 || ret->p[ret->n - 1] != '\r')
		return OUT_MALFORMED;
	*rest = str_sub(*rest, ret->n + 1, SIZE_MAX);
	ret->n--;
	return 0;
}

/* "HTTP/1.1 200 OK"; the reason may be empty, or left out with its blank. */
static int
status_read(struct str line, int *ret)
{
	uint64_t status = 0;

	if (!str_starts(line, STR("HTTP/1.1 ")) &&
	    !str_starts(line, STR("HTTP/1.0 ")))
		return OUT_MALFORMED;
	if (str_u64(str_sub(line, 9, 3), 599, &status) != 0 || status < 100 ||
	    (line.n > 12 && line.p[12] != ' '))
		return OUT_MALFORMED;
	*ret = (int)status;
	return 0;
}

static bool
is_token(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];

		if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
		      (c >= 'A' && c <= 'Z')) &&
		    (c == '\0' || strchr("!#$%&'*+-.^_`|~", c) == NULL))
			return false;
	}
	return s.n > 0;
}

static bool
has_control(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (((unsigned char)s.p[i] < ' ' && s.p[i] != '\t') ||
		    s.p[i] == 0x7f)
			return true;
	return false;
}

static int
field_read(struct str line, struct frame *frame)
{
	struct str name, value;

	if (!str_cut(line, ':', &name, &value) || !is_token(name) ||
	    has_control(value))
		return OUT_MALFORMED;
	value = str_trim(value);
	if (str_eq_nocase(name, STR("content-length"))) {
		if (frame->has_length ||
		    str_u64(value, INT64_MAX, &frame->length) != 0)
			return OUT_MALFORMED;
		frame->has_length = true;
	} else if (str_eq_nocase(name, STR("transfer-encoding"))) {
		if (frame->chunked || !str_eq_nocase(value, STR("chunked")))
			return OUT_MALFORMED;
		frame->chunked = true;
	} else if (str_eq_nocase(name, STR("content-encoding")) &&
		   !str_eq_nocase(value, STR("identity"))) {
		return OUT_UNSUPPORTED;
	}
	return 0;
}

static int
fields_read(struct str *rest, size_t left, struct frame *frame)
{
	struct str line;

	for (int i = 0; i <= REPLY_FIELDS_MAX; i++) {
		int r = line_next(rest, left, &line);

		if (r != 0)
			return r;
		if (line.n == 0)
			return frame->has_length && frame->chunked
				   ? OUT_MALFORMED
				   : 0;
		r = field_read(line, frame);
		if (r != 0)
			return r;
		left -= line.n;
	}
	return OUT_TOO_LARGE;
}

/* A head may be in the middle of its last line for as long as it is small. */
static int
head_read(struct str *rest, int *ret_status, struct frame *ret)
{
	struct str line, s = *rest;
	int r = line_next(&s, REPLY_HEAD_MAX, &line);

	if (r == 0)
		r = status_read(line, ret_status);
	if (r == 0)
		r = fields_read(&s, REPLY_HEAD_MAX - line.n, ret);
	if (r == OUT_BUSY && rest->n > REPLY_HEAD_MAX + 2 * REPLY_FIELDS_MAX)
		return OUT_TOO_LARGE;
	if (r == 0)
		*rest = s;
	return r;
}

/* Without an extension: nobody has a use for one here. */
static int
chunk_size(struct str line, size_t *ret)
{
	size_t n = 0;

	if (line.n == 0 || line.n > 8)
		return OUT_MALFORMED;
	for (size_t i = 0; i < line.n; i++) {
		const char *digits = "0123456789abcdef";
		char c = line.p[i];
		const char *at;

		if (c >= 'A' && c <= 'F')
			c = (char)(c - 'A' + 'a');
		at = c != '\0' ? strchr(digits, c) : NULL;
		if (at == NULL)
			return OUT_MALFORMED;
		n = n << 4 | (size_t)(at - digits);
	}
	*ret = n;
	return n > REPLY_BODY_MAX ? OUT_TOO_LARGE : 0;
}

static int
chunks_read(struct str rest, struct buf *body)
{
	struct frame trailer = {.length = 0};
	struct str line;
	size_t n = 0;

	for (;;) {
		int r = line_next(&rest, REPLY_LINE_MAX, &line);

		if (r == 0)
			r = chunk_size(line, &n);
		if (r != 0)
			return r;
		if (n == 0)
			break;
		if (body->n + n > REPLY_BODY_MAX)
			return OUT_TOO_LARGE;
		if (rest.n < n + 2)
			return OUT_BUSY;
		if (rest.p[n] != '\r' || rest.p[n + 1] != '\n')
			return OUT_MALFORMED;
		r = buf_add(body, rest.p, n);
		if (r != 0)
			return r;
		rest = str_sub(rest, n + 2, SIZE_MAX);
	}
	return fields_read(&rest, REPLY_HEAD_MAX, &trailer);
}

static int
body_read(struct str rest, const struct frame *frame, int status,
	  struct buf *body)
{
	if (status == 204 || status == 304)
		return 0;
	if (frame->chunked)
		return chunks_read(rest, body);
	if (!frame->has_length)
		return OUT_UNSUPPORTED;
	if (frame->length > REPLY_BODY_MAX)
		return OUT_TOO_LARGE;
	if (rest.n < frame->length)
		return OUT_BUSY;
	return buf_addstr(body, str_sub(rest, 0, (size_t)frame->length));
}

int
reply_read(struct str bytes, struct reply *ret)
{
	struct frame frame;

	buf_reset(&ret->body);
	for (int i = 0; i <= REPLY_INTERIM_MAX; i++) {
		int r;

		frame = (struct frame){.length = 0};
		r = head_read(&bytes, &ret->status, &frame);
		if (r != 0)
			return r;
		if (ret->status >= 200)
			return body_read(bytes, &frame, ret->status,
					 &ret->body);
		if (ret->status == 101)
			return OUT_MALFORMED;
	}
	return OUT_TOO_LARGE;
}
