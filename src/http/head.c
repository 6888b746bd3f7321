#include "http/head.h"

#include <string.h>

#define LENGTH_MAX ((uint64_t)1 << 62)
/* Method, two blanks, version and line end around a target of full length. */
#define LINE_MAX_ (HTTP_TARGET_MAX + 64)

/* RFC 9110 section 5.6.2: the characters of a token, one bit each. */
static const uint32_t token_map[8] = {0x00000000, 0x03ff6cfa, 0xc7fffffe,
				      0x57ffffff};

static bool
is_token(char c)
{
	unsigned char u = (unsigned char)c;

	return (token_map[u >> 5] >> (u & 31)) & 1;
}

static bool
all_token(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!is_token(s.p[i]))
			return false;
	return s.n > 0;
}

/* HTTP/0.9 has no head that could end: its one line is refused when it is
 * there, and not at the deadline. */
static bool
names_version(const char *line, size_t n)
{
	return n > 9 && memcmp(line + n - 9, " HTTP/", 6) == 0;
}

int
head_scan(struct head_scan *scan, const char *p, size_t n, size_t *ret_end)
{
	const char *nl;

	if (scan->seen == 0 && n > 0 && !is_token(p[0]))
		return 400;
	while ((nl = memchr(p + scan->seen, '\n', n - scan->seen)) != NULL) {
		size_t at = (size_t)(nl - p);
		bool empty = at == scan->line + 1;

		if (at == scan->line || p[at - 1] != '\r')
			return 400;
		if (scan->line == 0 && at > LINE_MAX_)
			return 414;
		if (scan->line == 0 && !names_version(p, at - 1))
			return 400;
		scan->seen = scan->line = at + 1;
		if (scan->line > HTTP_HEAD_MAX)
			return 431;
		if (empty) {
			*ret_end = scan->line;
			return 0;
		}
	}
	scan->seen = n;
	if (scan->line == 0 && n > LINE_MAX_)
		return 414;
	return n > HTTP_HEAD_MAX ? 431 : HEAD_MORE;
}

static int
refuse(struct head *h, int status, const char *why)
{
	h->why = why;
	return status;
}

static const struct str methods[HTTP_METHODS] = {
    [HTTP_GET] = STR_INIT("GET"),	  [HTTP_HEAD] = STR_INIT("HEAD"),
    [HTTP_POST] = STR_INIT("POST"),	  [HTTP_PUT] = STR_INIT("PUT"),
    [HTTP_PATCH] = STR_INIT("PATCH"),	  [HTTP_DELETE] = STR_INIT("DELETE"),
    [HTTP_OPTIONS] = STR_INIT("OPTIONS"),
};

const char *
http_method_name(enum http_method m)
{
	return methods[m].p;
}

static int
method_read(struct head *h, struct str s)
{
	for (size_t i = 0; i < HTTP_METHODS; i++) {
		if (str_eq(s, methods[i])) {
			h->method = (enum http_method)i;
			return 0;
		}
	}
	if (str_eq(s, STR("CONNECT")) || str_eq(s, STR("TRACE")))
		return refuse(h, 405, "method not allowed");
	return refuse(h, 501, "unknown method");
}

static int
version_read(struct head *h, struct str s)
{
	if (s.n != 8 || !str_starts(s, STR("HTTP/")) || s.p[6] != '.' ||
	    s.p[5] < '0' || s.p[5] > '9' || s.p[7] < '0' || s.p[7] > '9')
		return refuse(h, 400, "malformed protocol version");
	if (s.p[5] != '1' || s.p[7] > '1')
		return refuse(h, 505, "only HTTP/1.1 and HTTP/1.0 are spoken");
	h->v11 = h->keep = s.p[7] == '1';
	return 0;
}

static int
target_read(struct head *h, struct str target)
{
	struct str path = target, query = STR_NONE;
	const char *flaw;

	if (target.n > HTTP_TARGET_MAX)
		return refuse(h, 414, "request target too long");
	if (str_eq(target, STR("*")) && h->method == HTTP_OPTIONS) {
		h->path = target;
		return 0;
	}
	(void)str_cut(target, '?', &path, &query);
	/* Also of a refused target: whose words the refusal takes hangs on it.
	 */
	h->path = path;
	h->query = query;
	flaw = target_path_flaw(path);
	if (flaw == NULL && query.p != NULL)
		flaw = target_query_flaw(query);
	return flaw != NULL ? refuse(h, 400, flaw) : 0;
}

static int
request_line_read(struct head *h, struct str line)
{
	struct str method, target, version;
	int r;

	if (!str_cut(line, ' ', &method, &target) || !all_token(method))
		return refuse(h, 400, "malformed request line");
	if (!str_cut(target, ' ', &target, &version))
		return refuse(h, 400, "malformed request line");
	r = version_read(h, version);
	if (r == 0)
		r = method_read(h, method);
	return r == 0 ? target_read(h, target) : r;
}

/* Which of the fields that steer the framing have been seen. */
struct seen {
	bool host, length, coding;
};

static int
on_host(struct head *h, struct seen *seen, struct str value)
{
	if (seen->host)
		return refuse(h, 400, "more than one Host");
	seen->host = true;
	if (!target_host_ok(value))
		return refuse(h, 400, "malformed Host");
	h->host = value;
	return 0;
}

/* A second length is refused even when it is equal: what a proxy before us
 * made of the two is unknown. */
static int
on_length(struct head *h, struct seen *seen, struct str value)
{
	uint64_t n = 0;

	if (seen->length)
		return refuse(h, 400, "more than one Content-Length");
	seen->length = true;
	for (size_t i = 0; i < value.n; i++)
		if (value.p[i] < '0' || value.p[i] > '9')
			return refuse(h, 400, "malformed Content-Length");
	if (value.n == 0)
		return refuse(h, 400, "malformed Content-Length");
	for (size_t i = 0; i < value.n; i++) {
		uint64_t digit = (uint64_t)(value.p[i] - '0');

		if (n > (LENGTH_MAX - digit) / 10)
			return refuse(h, 413, "Content-Length too large");
		n = n * 10 + digit;
	}
	h->has_length = true;
	h->length = n;
	return 0;
}

static int
on_coding(struct head *h, struct seen *seen, struct str value)
{
	if (seen->coding)
		return refuse(h, 400, "more than one Transfer-Encoding");
	seen->coding = true;
	if (!h->v11)
		return refuse(h, 400, "Transfer-Encoding with HTTP/1.0");
	if (!str_eq_nocase(value, STR("chunked")))
		return refuse(h, 501, "unknown transfer coding");
	h->chunked = true;
	return 0;
}

static int
on_connection(struct head *h, struct seen *seen, struct str value)
{
	struct str rest = value, word;

	(void)seen;
	while (rest.p != NULL && str_next(&rest, ',', &word)) {
		word = str_trim(word);
		if (str_eq_nocase(word, STR("close")))
			h->keep = false;
		else if (!h->v11 && str_eq_nocase(word, STR("keep-alive")))
			h->keep = true;
	}
	return 0;
}

static int
on_expect(struct head *h, struct seen *seen, struct str value)
{
	(void)seen;
	if (!str_eq_nocase(value, STR("100-continue")))
		return refuse(h, 417, "unknown expectation");
	h->expect = h->v11; /* HTTP/1.0 must not be sent a 100 */
	return 0;
}

/* Whether a body may be coded at all is the program's to say. */
static int
on_content_coding(struct head *h, struct seen *seen, struct str value)
{
	(void)seen;
	if (str_eq_nocase(value, STR("identity")))
		return 0;
	if (h->gzip || (!str_eq_nocase(value, STR("gzip")) &&
			!str_eq_nocase(value, STR("x-gzip"))))
		return refuse(h, 415, "content coding not supported");
	h->gzip = true;
	return 0;
}

static const struct {
	struct str name;
	int (*on)(struct head *, struct seen *, struct str value);
} steering[] = {
    {STR_INIT("host"), on_host},
    {STR_INIT("content-length"), on_length},
    {STR_INIT("transfer-encoding"), on_coding},
    {STR_INIT("connection"), on_connection},
    {STR_INIT("expect"), on_expect},
    {STR_INIT("content-encoding"), on_content_coding},
};

static bool
value_ok(struct str s)
{
	bool bad = false;

	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		bad |= (c < ' ' && c != '\t') || c == 0x7f;
	}
	return !bad;
}

/* Check a name and put it into lower case; false when it is no token. */
static bool
name_lower(char *p, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (!is_token(p[i]))
			return false;
		if (p[i] >= 'A' && p[i] <= 'Z')
			p[i] = (char)(p[i] | 0x20);
	}
	return n > 0;
}

static int
field_read(struct head *h, struct seen *seen, char *line, size_t n,
	   struct http_field *ret)
{
	char *colon = memchr(line, ':', n);
	size_t name_n = colon == NULL ? 0 : (size_t)(colon - line);

	if (line[0] == ' ' || line[0] == '\t')
		return refuse(h, 400, "folded header field");
	if (colon == NULL || !name_lower(line, name_n))
		return refuse(h, 400, "malformed header field name");
	ret->name = (struct str){line, name_n};
	ret->value = str_trim((struct str){colon + 1, n - name_n - 1});
	if (!value_ok(ret->value))
		return refuse(h, 400, "control byte in a header field");
	for (size_t i = 0; i < nitems(steering); i++)
		if (str_eq(ret->name, steering[i].name))
			return steering[i].on(h, seen, ret->value);
	return 0;
}

/* What only the whole head shows. */
static int
framing_check(struct head *h, const struct seen *seen)
{
	if (seen->length && seen->coding)
		return refuse(h, 400, "Content-Length and Transfer-Encoding");
	if (!seen->host && h->v11)
		return refuse(h, 400, "no Host");
	if (!h->chunked && h->length == 0)
		h->expect = false; /* there is no body to wait for */
	return 0;
}

/* A refusal that needs the client to have framed its request clearly is kept
 * back while a worse flaw may follow: 400 wins over 501, 417 and the like. */
static int
worse(struct head *h, int first, const char *first_why, int second)
{
	if (first == 0 || second == 400)
		return second;
	h->why = first_why;
	return first;
}

int
head_parse(char *p, size_t n, struct http_field *fields, struct head *ret)
{
	char *end = p + n - 2, *line = p; /* without the empty line */
	char *eol = memchr(p, '\n', n);
	struct seen seen = {0};
	const char *why;
	int r, status;

	*ret = (struct head){.method = HTTP_GET};
	status = request_line_read(ret, (struct str){p, (size_t)(eol - p) - 1});
	if (status != 0)
		return status;
	for (line = eol + 1; line < end; line = eol + 1) {
		eol = memchr(line, '\n', (size_t)(end - line));
		if (ret->n_fields == HTTP_FIELDS_MAX)
			return refuse(ret, 431, "too many header fields");
		why = ret->why;
		r = field_read(ret, &seen, line, (size_t)(eol - line) - 1,
			       &fields[ret->n_fields]);
		status = worse(ret, status, why, r);
		if (status == 400)
			return status;
		ret->n_fields++;
	}
	why = ret->why;
	return worse(ret, status, why, framing_check(ret, &seen));
}
