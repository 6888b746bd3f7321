#include "door/bitbucket/inner.h"

#include "base/enc.h"

static int
sort_read(struct call *call, const char *const *sorts)
{
	struct str sort = STR_NONE;
	int r = call_once(call, "sort", &sort);

	if (r != 0 || sort.n == 0)
		return r;
	for (size_t i = 0; sorts[i] != NULL; i++)
		if (str_eq(sort, str_c(sorts[i])))
			return 0;
	return bb_bad(call, "sort", "This list is sorted by %s only.",
		      sorts[0]);
}

int
bb_page_read(struct call *call, bool counts, const char *const *sorts,
	     struct page *ret)
{
	struct page p = {.counts = counts};
	int r =
	    call_number(call, "pagelen", BB_PAGE_DEFAULT, BB_PAGE_MAX, &p.len);

	if (r == 0)
		r = call_number(call, "page", 1, BB_PAGE_NUMBER_MAX, &p.number);
	if (r == 0 && !counts)
		r = call_once(call, "after", &p.after);
	if (r == 0)
		r = sort_read(call, sorts);
	if (r != 0)
		return r;
	/* Behind a mark the number is only for people. */
	p.skip = p.after.n > 0 ? 0 : (p.number - 1) * p.len;
	*ret = p;
	return 0;
}

enum page_spot
bb_page_take(struct page *p)
{
	uint64_t at = p->n++;

	if (at < p->skip)
		return PAGE_BEFORE;
	if (at < p->skip + p->len)
		return PAGE_HERE;
	p->more = true;
	return PAGE_BEHIND;
}

void
bb_page_open(struct jw *w, const struct page *p)
{
	jw_object(w, NULL);
	jw_int(w, "pagelen", (int64_t)p->len);
	jw_array(w, "values");
}

/* The request's own address with another page. */
static void
link_write(struct call *call, struct jw *w, const char *name, uint64_t number,
	   struct str after)
{
	CLEAN(buf_clear) struct buf url = BUF_INIT;

	buf_addstr(&url, call->base);
	buf_addstr(&url, call->req->path);
	buf_addf(&url, "?page=%llu", (unsigned long long)number);
	for (size_t i = 0; i < call->query.n; i++) {
		const struct form_pair *pair = &call->query.pairs[i];

		if (str_eq(pair->name, STR("page")) ||
		    str_eq(pair->name, STR("after")))
			continue;
		buf_addc(&url, '&');
		enc_percent(&url, pair->name);
		buf_addc(&url, '=');
		enc_percent(&url, pair->value);
	}
	if (after.n > 0) {
		buf_adds(&url, "&after=");
		enc_percent(&url, after);
	}
	jw_str(w, name, buf_str(&url));
	if (buf_err(&url) != 0)
		w->b->err = buf_err(&url);
}

int
bb_page_close(struct call *call, struct jw *w, const struct page *p,
	      struct str after, struct http_reply *reply)
{
	jw_end(w);
	jw_int(w, "page", (int64_t)p->number);
	if (p->counts)
		jw_int(w, "size", (int64_t)p->n);
	if (p->more)
		link_write(call, w, "next", p->number + 1, after);
	if (p->number > 1)
		link_write(call, w, "previous", p->number - 1, STR_NONE);
	jw_end(w);
	return bb_json(reply, 200);
}
