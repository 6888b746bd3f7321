/* The list of service IDs. */
#include "door/identity/inner.h"

#include <errno.h>

static struct page_place
place_of(const struct page *page, const struct service_id *s)
{
	return (struct page_place){
	    .text = service_id_sort_text(s, page->sort.by),
	    .number = service_id_sort_number(s, page->sort.by),
	    .id = s->iam_id};
}

static int
rows_write(struct call *call, const struct page *page,
	   const struct service_id *list, size_t n, struct jw *w)
{
	int r = 0;

	jw_array(w, "serviceids");
	for (size_t i = 0; r == 0 && i < n; i++) {
		jw_object(w, NULL);
		r = serviceid_write(call, w, &list[i], page->history,
				    page->group);
		jw_end(w);
	}
	jw_end(w);
	return r;
}

static int
list_reply(struct call *call, struct http_reply *reply, const struct page *page,
	   struct service_id *list, size_t n)
{
	struct page_place first, last;
	struct jw w = JW(&reply->body);
	bool more;
	int r;

	n = page_turn(page, list, n, sizeof(*list), &more);
	if (n > 0) {
		first = place_of(page, &list[0]);
		last = place_of(page, &list[n - 1]);
	}
	jw_object(&w, NULL);
	page_links(call, page, more, n > 0 ? &first : NULL,
		   n > 0 ? &last : NULL, &w);
	r = rows_write(call, page, list, n, &w);
	jw_end(&w);
	if (r != 0)
		return r;
	return buf_err(&reply->body) != 0 ? buf_err(&reply->body)
					  : reply_json(reply, 200);
}

int
serviceids_list(struct call *call, struct http_reply *reply)
{
	struct service_id_filter filter = {0};
	struct thing thing = {.kind = THING_ACCOUNT};
	struct service_id *list = NULL;
	struct page page;
	size_t n = 0;
	int r = page_read(call, PAGE_SERVICE_IDS, &page);

	if (r != 0)
		return r;
	thing.account = page.account;
	r = call_pass(call, VERB_SERVICEID_LIST, &thing);
	if (r != 0)
		return r;
	filter.account = str_c(call->visit.account);
	filter.name = page.name;
	filter.sort = page_sort(&page);
	filter.limit = (int64_t)page.size + 1;
	if (!page.elsewhere)
		r = service_id_list(call->core, &filter, call->arena, &list,
				    &n);
	return r != 0 ? r : list_reply(call, reply, &page, list, n);
}
