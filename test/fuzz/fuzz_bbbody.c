#include "door/bitbucket/inner.h"

#include "wire/cidr.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static void
said_why(const struct call *call, int r)
{
	assert(r == 0 || r == OUT_MALFORMED || r == OUT_TOO_MANY ||
	       r == OUT_TOO_LARGE || r == OUT_UNSUPPORTED);
	assert(r == 0 || call->note.text[0] != '\0');
}

static void
key_and_time(struct call *call)
{
	struct when when = {.given = false};
	struct sshkey key;
	struct str text;
	int r = bb_text(call, call->json, "key", &text);

	said_why(call, r);
	if (r == 0)
		said_why(call, bb_key(call, text, &key));
	r = bb_text_in(call, "user", "uuid", &text);
	said_why(call, r);
	assert(r != 0 || text.p == NULL ||
	       json_kind(json_get(call->json, "user")) == JSON_OBJECT);
	r = bb_moment(call, "expires_on", &when);
	said_why(call, r);
	assert(r != 0 ||
	       when.given == (json_get(call->json, "expires_on") != NULL));
}

/* Prefixes that are taken are a list that is taken. */
static void
cidrs(struct call *call)
{
	CLEAN(buf_clear) struct buf list = BUF_INIT;
	CLEAN(buf_clear) struct buf again = BUF_INIT;
	struct note note = {""};
	bool given;
	int r = bb_cidrs(call, "allowed_cidrs", &list, &given);

	said_why(call, r);
	if (r != 0 || list.n == 0)
		return;
	assert(given && cidr_list_parse(buf_str(&list), &again, &note) == 0);
	assert(str_eq(buf_str(&list), buf_str(&again)));
}

static void
page(struct arena *a, struct str query)
{
	static const char *const sorts[] = {"name", NULL};
	struct call call = {.arena = a};
	struct page page;
	uint64_t here = 0;
	int r;

	if (form_parse(query, a, &call.query) != 0)
		return;
	r = bb_page_read(&call, true, sorts, &page);
	said_why(&call, r);
	if (r != 0)
		return;
	assert(page.len >= 1 && page.len <= BB_PAGE_MAX && page.number >= 1);
	assert(page.skip == (page.number - 1) * page.len);
	for (uint64_t i = 0; i < 500; i++)
		here += bb_page_take(&page) == PAGE_HERE;
	assert(here <= page.len);
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	CLEAN(arena_clear) struct arena a;
	CLEAN(json_freep) struct json *json = NULL;
	struct str text = {(const char *)p, n};
	struct http_req req = {.n_fields = 0};
	struct call call = {.arena = &a, .req = &req};

	arena_init(&a, MIB);
	if (n > 8 * KIB)
		return 0;
	page(&a, text);
	if (json_parse(text, &json, NULL) != 0)
		return 0;
	call.json = json;
	if (bb_body(&call, true) != 0)
		return 0;
	key_and_time(&call);
	cidrs(&call);
	return 0;
}
