#include "door/api/inner.h"

#include <assert.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

#define ROOM 512 /* more than any body's struct */

/* Every member was one of the table's, of its kind, and lies where the table
 * says; nothing else was touched. */
static void
check(const struct json *json, const struct field *fields, size_t n,
      const char *to)
{
	size_t found = 0;

	for (size_t i = 0; i < n; i++) {
		const struct json *v = json_get(json, fields[i].name);
		struct str s,
		    *at = (struct str *)(uintptr_t)(to + fields[i].at);

		found += v != NULL;
		assert(v != NULL || !fields[i].must);
		assert(v == NULL || json_kind(v) == fields[i].kind);
		if (v != NULL && fields[i].kind == JSON_STR)
			assert(json_str(v, &s) && str_eq(s, *at));
	}
	assert(found == json_size(json));
}

static void
body(const struct json *json, const struct field *fields, size_t n)
{
	_Alignas(16) char to[ROOM] = {0};
	struct call call = {.json = (struct json *)(uintptr_t)json};
	int r = body_read(&call, fields, n, to);

	assert(r == 0 || (r == OUT_MALFORMED && call.note.text[0] != '\0'));
	assert(str_is_text(str_c(call.note.text)) ||
	       strstr(call.note.text, "unknown member") != NULL);
	if (r == 0)
		check(json, fields, n, to);
}

static void
query(struct str text)
{
	CLEAN(arena_clear) struct arena a;
	struct call call = {.arena = &a};
	struct page page;
	int64_t ms;

	arena_init(&a, MIB);
	if (time_read(&call, "x", text, &ms) == 0)
		assert(text.n >= 1 && text.n <= 24);
	call.note.text[0] = '\0';
	if (form_parse(text, &a, &call.query) != 0)
		return;
	if (list_page_read(&call, &page) == 0)
		assert(page.limit >= 1 && page.limit <= PAGE_MAX);
	else
		assert(call.note.text[0] != '\0');
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	CLEAN(json_freep) struct json *json = NULL;
	struct str text = {(const char *)p, n};

	if (n > 4 * KIB)
		return 0;
	query(text);
	if (json_parse(text, &json, NULL) != 0)
		return 0;
	for (size_t i = 0; i < api_n_bodies; i++)
		body(json, api_bodies[i].fields, api_bodies[i].n);
	return 0;
}
