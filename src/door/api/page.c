#include "door/api/inner.h"

int
list_page_read(struct call *call, struct page *ret)
{
	struct page page = {.search = STR_NONE};
	int r = call_number(call, "limit", PAGE_DEFAULT, PAGE_MAX, &page.limit);

	if (r == 0)
		r = call_once(call, "search", &page.search);
	if (r == 0)
		r = call_once(call, "after", &page.after);
	if (r == 0)
		*ret = page;
	return r;
}
