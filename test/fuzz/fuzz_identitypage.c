#include "door/identity/inner.h"

#include <assert.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static int
page_of(struct str query, enum page_list list, struct arena *a,
	struct page *ret)
{
	struct http_req req = {.n_fields = 0};
	struct call call = {.req = &req, .arena = a};
	int r = form_parse(query, a, &call.query);

	if (r != 0)
		return r;
	r = page_read(&call, list, ret);
	assert(r == 0 || ((r == OUT_MALFORMED || r == OUT_UNSUPPORTED) &&
			  call.note.text[0] != '\0'));
	return r;
}

/* What stands behind the question mark of a page's address. */
static struct str
query_of(const struct page *page, const struct page_place *at,
	 const char *which, struct arena *a)
{
	CLEAN(buf_clear) struct buf text = BUF_INIT;
	CLEAN(json_freep) struct json *j = NULL;
	struct call call = {.arena = a, .base = STR("http://h")};
	struct str url, head, query, token;
	struct jw w = JW(&text);

	jw_object(&w, NULL);
	page_links(&call, page, true, at, at, &w);
	jw_end(&w);
	assert(buf_err(&text) == 0);
	assert(json_parse(buf_str(&text), &j, NULL) == 0);
	url = json_text(j, which);
	assert(str_cut(url, '?', &head, &query));
	assert(str_eq(head, page->list == PAGE_API_KEYS
				? STR("http://h/v1/apikeys")
				: STR("http://h/v1/serviceids")));
	assert(str_rcut(query, '=', &head, &token));
	assert(token.n <= PAGE_TOKEN_MAX);
	return arena_str(a, query);
}

static void
same_question(const struct page *a, const struct page *b)
{
	assert(str_eq(a->account, b->account));
	assert(str_eq(a->identity, b->identity));
	assert(str_eq(a->type, b->type) && str_eq(a->name, b->name));
	assert(a->whole == b->whole && a->history == b->history);
	assert(a->group == b->group && a->elsewhere == b->elsewhere);
	assert(a->size == b->size && a->sort.by == b->sort.by);
	assert(a->sort.descending == b->sort.descending);
}

/* The pages around this one ask the same question. */
static void
pages_of(struct str query, enum page_list list)
{
	static const struct page_place at = {.text = STR_INIT("birds"),
					     .number = 7,
					     .id = STR_INIT("ApiKey-1")};
	CLEAN(arena_clear) struct arena a;
	struct page page, next;

	arena_init(&a, MIB);
	if (page_of(query, list, &a, &page) != 0)
		return;
	assert(page.size >= 1 && page.size <= PAGE_SIZE_MAX);
	/* A field with a line end in it would be two in a token; a type has none
	 * and the rest is text. */
	assert(page_of(query_of(&page, &at, "next", &a), list, &a, &next) == 0);
	same_question(&page, &next);
	assert(!next.back && next.sort.further);
	assert(str_eq(next.sort.after_id, at.id));
	page.sort.further = true;
	assert(page_of(query_of(&page, &at, "previous", &a), list, &a, &next) ==
	       0);
	same_question(&page, &next);
	assert(next.back);
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct str query = {(const char *)p, n};

	pages_of(query, PAGE_API_KEYS);
	pages_of(query, PAGE_SERVICE_IDS);
	return 0;
}
