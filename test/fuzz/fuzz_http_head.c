#include "http/head.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static struct http_field fields[HTTP_FIELDS_MAX];

static bool
inside(struct str s, const char *p, size_t n)
{
	return s.p == NULL || (s.p >= p && s.p + s.n <= p + n);
}

static bool
has_control(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] < ' ' && s.p[i] != '\t')
			return true;
	return false;
}

/* Each escape is one, and stands for text without NUL. */
static bool
escapes_ok(struct str s)
{
	static char plain[HTTP_TARGET_MAX];
	size_t n = 0, at = 0;

	for (size_t i = 0; i < s.n; i++) {
		char hex[3] = {0}, *end = hex;

		plain[n] = s.p[i];
		if (s.p[i] == '%') {
			if (s.n - i < 3)
				return false;
			memcpy(hex, s.p + i + 1, 2);
			plain[n] = (char)strtoul(hex, &end, 16);
			if (end != hex + 2 || plain[n] == '\0')
				return false;
			i += 2;
		}
		n++;
	}
	while (at < n)
		if (str_utf8((struct str){plain, n}, &at) == UINT32_MAX)
			return false;
	return true;
}

/* What is accepted can be read in one way only. */
static void
check(const struct head *h, const char *p, size_t n)
{
	size_t hosts = 0, lengths = 0, codings = 0;

	assert(h->path.n > 0 && inside(h->path, p, n));
	assert(h->path.p[0] == '/' || str_eq(h->path, STR("*")));
	assert(inside(h->query, p, n) && inside(h->host, p, n));
	assert(str_printable(h->path) && str_printable(h->query));
	assert(escapes_ok(h->path) && escapes_ok(h->query));
	for (size_t i = 0; i < h->n_fields; i++) {
		const struct http_field *f = &fields[i];

		assert(inside(f->name, p, n) && inside(f->value, p, n));
		assert(f->name.n > 0 && str_printable(f->name));
		assert(!has_control(f->value));
		hosts += str_eq(f->name, STR("host"));
		lengths += str_eq(f->name, STR("content-length"));
		codings += str_eq(f->name, STR("transfer-encoding"));
	}
	assert(hosts <= 1 && (hosts == 1 || !h->v11));
	assert(lengths + codings <= 1);
	assert(h->has_length == (lengths == 1) && h->chunked == (codings == 1));
	assert(h->length <= (uint64_t)1 << 62);
}

/* The first byte says how large the pieces are in which the rest comes in. */
int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct head_scan whole = {0}, pieces = {0};
	size_t step, end = 0, same = 0;
	int r, s = HEAD_MORE;
	struct head head;
	char *text;

	if (n < 2)
		return 0;
	step = (size_t)p[0] + 1;
	text = malloc(--n);
	if (text == NULL)
		return 0;
	memcpy(text, p + 1, n);
	r = head_scan(&whole, text, n, &end);
	for (size_t at = 0; at < n && s == HEAD_MORE;) {
		at = n - at < step ? n : at + step;
		s = head_scan(&pieces, text, at, &same);
	}
	assert(r == s && (r != 0 || end == same));
	if (r == 0 && head_parse(text, end, fields, &head) == 0)
		check(&head, text, end);
	free(text);
	return 0;
}
