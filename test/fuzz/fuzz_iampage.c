#include "door/iam/inner.h"

#include <assert.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static int
page_of(struct str query, struct arena *a, struct page *ret)
{
	struct http_req req = {.n_fields = 0};
	struct call call = {.req = &req, .arena = a};
	int r = form_parse(query, a, &call.query);

	if (r != 0)
		return r;
	r = page_read(&call, ret);
	assert(r == 0 || ((r == OUT_MALFORMED || r == OUT_UNSUPPORTED) &&
			  call.note.text[0] != '\0'));
	return r;
}

/* What stands behind the question mark of the page's own address. */
static struct str
query_of(const struct page *page, struct arena *a)
{
	CLEAN(buf_clear) struct buf text = BUF_INIT;
	CLEAN(json_freep) struct json *j = NULL;
	struct call call = {.arena = a, .base = STR("http://h")};
	struct str url, head, query;
	struct jw w = JW(&text);

	jw_object(&w, NULL);
	page_next(&call, page, STR("ApiKey-1"), &w);
	jw_end(&w);
	assert(buf_err(&text) == 0);
	assert(json_parse(buf_str(&text), &j, NULL) == 0);
	url = json_text(j, "next");
	assert(str_cut(url, '?', &head, &query));
	assert(str_eq(head, STR("http://h/v1/apikeys")));
	return arena_str(a, query);
}

static bool
same(struct str a, struct str b)
{
	return str_eq(a, b);
}

/* The next page asks the same question. */
int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	CLEAN(arena_clear) struct arena a;
	struct page page, next;
	struct str query;

	arena_init(&a, MIB);
	/* A longer question has no next page: nothing has such ids. */
	if (n > 512 ||
	    page_of((struct str){(const char *)p, n}, &a, &page) != 0)
		return 0;
	assert(page.size >= 1 && page.size <= PAGE_SIZE_MAX);
	/* A field with a line end in it would be two in a token. */
	if (memchr(page.account.p != NULL ? page.account.p : "", '\n',
		   page.account.n) != NULL ||
	    memchr(page.identity.p != NULL ? page.identity.p : "", '\n',
		   page.identity.n) != NULL)
		return 0;
	query = query_of(&page, &a);
	assert(page_of(query, &a, &next) == 0);
	assert(same(next.account, page.account) &&
	       same(next.identity, page.identity) &&
	       same(next.type, page.type) && next.whole == page.whole &&
	       next.size == page.size && same(next.after, STR("ApiKey-1")));
	return 0;
}
