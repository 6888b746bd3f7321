#include "door/oci/inner.h"

#include "wire/ociref.h"

/* A list being written straight into the reply. */
struct page {
	struct jw w;
	uint64_t limit;
	char last[OCI_NAME_MAX + 1]; /* where the next page begins */
	size_t last_n;
};

static int
page_add(void *arg, struct str name)
{
	struct page *page = arg;

	jw_plain(&page->w, NULL, name);
	page->last_n = name.n < sizeof(page->last) ? name.n : 0;
	memcpy(page->last, name.p, page->last_n);
	return 0;
}

int
oci_page_limit(struct call *call, uint64_t dflt, uint64_t max, uint64_t *ret)
{
	struct str text = STR_NONE;
	uint64_t n = dflt;
	int r = call_once(call, "n", &text);

	oci_of(call)->code = "PAGINATION_NUMBER_INVALID";
	if (r != 0)
		return r;
	if (text.p != NULL) {
		r = str_u64(text, UINT64_MAX, &n);
		if (r == OUT_RANGE)
			n = max;
		else if (r != 0)
			return note_set(&call->note, OUT_MALFORMED,
					"'n' is a number of rows");
	}
	oci_of(call)->code = NULL;
	*ret = n < max ? n : max;
	return 0;
}

/* What a page begins with: 0, or an outcome. */
static int
page_begin(struct call *call, struct http_reply *reply, uint64_t dflt,
	   struct page *page, struct str *ret_after)
{
	int r = oci_page_limit(call, dflt, PAGE_MAX, &page->limit);

	if (r == 0)
		r = call_once(call, "last", ret_after);
	page->w = JW(&reply->body);
	page->last_n = 0;
	return r;
}

/* Names are safe in a URL: their grammar has nothing that needs a code. */
static int
page_end(struct page *page, bool more, struct str path,
	 struct http_reply *reply)
{
	jw_end(&page->w);
	jw_end(&page->w);
	if (more && page->last_n > 0)
		http_headf(reply, "Link",
			   "<%.*s?n=%llu&last=%.*s>; rel=\"next\"",
			   STR_ARG(path), (unsigned long long)page->limit,
			   (int)page->last_n, page->last);
	return reply_json(reply, 200);
}

int
oci_tags_get(struct call *call, struct http_reply *reply)
{
	struct oci *o = oci_of(call);
	struct str after = STR_NONE;
	struct page page;
	bool more = false;
	int r = page_begin(call, reply, PAGE_MAX, &page, &after);

	if (r != 0)
		return r;
	jw_object(&page.w, NULL);
	jw_plain(&page.w, "name", o->at.name);
	jw_array(&page.w, "tags");
	if (page.limit == 0)
		r = repo_exists(call->core, &o->at);
	else
		r = tag_each(call->core, &o->at, after, (int64_t)page.limit,
			     page_add, &page, &more);
	return r != 0 ? r : page_end(&page, more, call->req->path, reply);
}

/* Who may ask sees what they may pull. */
int
oci_catalog_get(struct call *call, struct http_reply *reply)
{
	struct subject *who = &call->visit.who;
	struct str after = STR_NONE;
	struct page page;
	bool more = false;
	int r = page_begin(call, reply, PAGE_DEFAULT, &page, &after);

	if (r != 0)
		return r;
	jw_object(&page.w, NULL);
	jw_array(&page.w, "repositories");
	if (page.limit > 0)
		r = repo_each(call->core, who, str_c(call->region->name), after,
			      (int64_t)page.limit, page_add, &page, &more);
	return r != 0 ? r : page_end(&page, more, call->req->path, reply);
}
