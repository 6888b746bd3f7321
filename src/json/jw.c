#include "json/json.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* A comma where one is due, and the name. Names in calls are literals that
 * need no escape. */
static void
begin(struct jw *w, const char *name)
{
	size_t n = name == NULL ? 0 : strlen(name);
	char *p;

	if (buf_room(w->b, n + 4) != 0)
		return;
	p = w->b->p + w->b->n;
	if (w->comma)
		*p++ = ',';
	if (name != NULL) {
		*p++ = '"';
		memcpy(p, name, n);
		p += n;
		*p++ = '"';
		*p++ = ':';
	}
	*p = '\0';
	w->b->n = (size_t)(p - w->b->p);
	w->comma = true;
}

static void
open_level(struct jw *w, const char *name, bool object)
{
	assert(w->depth < JSON_DEPTH_MAX);
	begin(w, name);
	(void)buf_addc(w->b, object ? '{' : '[');
	w->kinds = w->kinds << 1 | object;
	w->depth++;
	w->comma = false;
}

void
jw_object(struct jw *w, const char *name)
{
	open_level(w, name, true);
}

void
jw_array(struct jw *w, const char *name)
{
	open_level(w, name, false);
}

void
jw_end(struct jw *w)
{
	assert(w->depth > 0);
	(void)buf_addc(w->b, (w->kinds & 1) != 0 ? '}' : ']');
	w->kinds >>= 1;
	w->depth--;
	w->comma = true;
}

/* How many bytes at i need no escape and are well-formed UTF-8. */
static size_t
plain_run(struct str s, size_t i)
{
	size_t from = i;

	while (i < s.n) {
		unsigned char c = (unsigned char)s.p[i];
		size_t next = i;

		if (c < ' ' || c == '"' || c == '\\')
			break;
		if (c >= 0x80 && str_utf8(s, &next) == UINT32_MAX)
			break;
		i = c < 0x80 ? i + 1 : next;
	}
	return i - from;
}

static void
add_escaped(struct buf *b, unsigned char c)
{
	static const char shorts[] = {
	    ['\b'] = 'b', ['\t'] = 't', ['\n'] = 'n', ['\f'] = 'f',
	    ['\r'] = 'r', ['"'] = '"',	['\\'] = '\\'};
	char pair[2] = {'\\', c < sizeof(shorts) ? shorts[c] : '\0'};

	/* A byte that is no text cannot be said in JSON. */
	if (c >= 0x80)
		(void)buf_adds(b, "\xef\xbf\xbd");
	else if (pair[1] != '\0')
		(void)buf_add(b, pair, sizeof(pair));
	else
		(void)buf_addf(b, "\\u%04x", c);
}

static void
add_string(struct buf *b, struct str s)
{
	(void)buf_addc(b, '"');
	for (size_t i = 0; i < s.n;) {
		size_t n = plain_run(s, i);

		(void)buf_add(b, s.p + i, n);
		i += n;
		if (i < s.n)
			add_escaped(b, (unsigned char)s.p[i++]);
	}
	(void)buf_addc(b, '"');
}

void
jw_str(struct jw *w, const char *name, struct str s)
{
	begin(w, name);
	add_string(w->b, s);
}

void
jw_c(struct jw *w, const char *name, const char *c)
{
	if (c == NULL)
		jw_null(w, name);
	else
		jw_str(w, name, str_c(c));
}

void
jw_int(struct jw *w, const char *name, int64_t v)
{
	char text[24];
	int n = snprintf(text, sizeof(text), "%" PRId64, v);

	begin(w, name);
	(void)buf_add(w->b, text, (size_t)n);
}

void
jw_bool(struct jw *w, const char *name, bool v)
{
	begin(w, name);
	(void)buf_addstr(w->b, v ? STR("true") : STR("false"));
}

void
jw_null(struct jw *w, const char *name)
{
	begin(w, name);
	(void)buf_addstr(w->b, STR("null"));
}

void
jw_raw(struct jw *w, const char *name, struct str json)
{
	begin(w, name);
	(void)buf_addstr(w->b, json);
}

void
jw_json(struct jw *w, const char *name, const struct json *j)
{
	begin(w, name);
	(void)json_write(w->b, j);
}

void
jw_plain(struct jw *w, const char *name, struct str s)
{
	char *p;

	begin(w, name);
	if (s.n > SIZE_MAX / 2 || buf_room(w->b, s.n + 2) != 0)
		return;
	p = w->b->p + w->b->n;
	p[0] = '"';
	if (s.n > 0)
		memcpy(p + 1, s.p, s.n);
	p[s.n + 1] = '"';
	p[s.n + 2] = '\0';
	w->b->n += s.n + 2;
}

void
jw_key(struct jw *w, struct str name)
{
	begin(w, NULL);
	add_string(w->b, name);
	(void)buf_addc(w->b, ':');
	w->comma = false;
}
