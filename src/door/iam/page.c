#include "base/enc.h"
#include "door/iam/inner.h"

#include <errno.h>

/* Fields of a page token, each followed by a line feed: no id holds one. */
enum { PAGE_ACCOUNT, PAGE_IDENTITY, PAGE_TYPE, PAGE_SCOPE, PAGE_AFTER, PAGES };
#define PAGE_TOKEN_MAX 1024

static int
bad(struct call *call, const char *name)
{
	return note_set(&call->note, OUT_MALFORMED,
			"Property '%s' has an invalid value.", name);
}

static int
token_read(struct call *call, struct str token, struct page *ret)
{
	CLEAN(buf_clear) struct buf text = BUF_INIT_MAX(PAGE_TOKEN_MAX);
	struct str fields[PAGES], rest;
	size_t n = 0;

	if (dec_b64url(&text, token) != 0)
		return bad(call, "pagetoken");
	rest = arena_str(call->arena, buf_str(&text));
	if (rest.p == NULL)
		return FAIL(-ENOMEM);
	while (n < PAGES && str_cut(rest, '\n', &fields[n], &rest))
		n++;
	if (n != PAGES || rest.n != 0)
		return bad(call, "pagetoken");
	ret->account = fields[PAGE_ACCOUNT];
	ret->identity = fields[PAGE_IDENTITY];
	ret->type = fields[PAGE_TYPE];
	ret->whole = str_eq(fields[PAGE_SCOPE], STR("account"));
	ret->after = fields[PAGE_AFTER];
	return 0;
}

static int
question_read(struct call *call, struct page *ret)
{
	struct str scope = STR_NONE, sort = STR_NONE;
	int r = call_once(call, "account_id", &ret->account);

	if (r == 0)
		r = call_once(call, "iam_id", &ret->identity);
	if (r == 0)
		r = call_once(call, "type", &ret->type);
	if (r == 0)
		r = call_once(call, "scope", &scope);
	if (r == 0)
		r = call_once(call, "sort", &sort);
	if (r != 0)
		return r;
	if (ret->type.p != NULL && !str_eq(ret->type, STR("user")) &&
	    !str_eq(ret->type, STR("serviceid")))
		return bad(call, "type");
	if (scope.p != NULL && !str_eq(scope, STR("entity")) &&
	    !str_eq(scope, STR("account")))
		return bad(call, "scope");
	if (sort.p != NULL)
		return note_set(&call->note, OUT_UNSUPPORTED,
				"'sort' is not supported: lists are in the "
				"order of their ids");
	ret->whole = str_eq(scope, STR("account"));
	return 0;
}

int
page_read(struct call *call, struct page *ret)
{
	struct str token = STR_NONE;
	struct page page = {0};
	int r = call_number(call, "pagesize", PAGE_SIZE_DEFAULT, PAGE_SIZE_MAX,
			    &page.size);

	if (r == 0)
		r = call_once(call, "pagetoken", &token);
	if (r == 0)
		r = token.n > 0 ? token_read(call, token, &page)
				: question_read(call, &page);
	if (r == 0)
		*ret = page;
	return r;
}

static void
page_address(const struct call *call, const struct page *p, struct str after,
	     const char *name, struct jw *w)
{
	CLEAN(buf_clear) struct buf text = BUF_INIT;
	CLEAN(buf_clear) struct buf url = BUF_INIT;
	const struct str fields[PAGES] = {
	    p->account, p->identity, p->type,
	    p->whole ? STR("account") : STR("entity"), after};

	for (size_t i = 0; i < PAGES; i++) {
		buf_addstr(&text, fields[i]);
		buf_addc(&text, '\n');
	}
	buf_addf(&url, "%.*s/v1/apikeys?pagesize=%llu&pagetoken=",
		 STR_ARG(call->base), (unsigned long long)p->size);
	enc_b64url(&url, buf_str(&text));
	/* A page that cannot be named is an error, not the last page. */
	if (buf_err(&text) != 0 || buf_err(&url) != 0)
		w->b->err = -ENOMEM;
	jw_str(w, name, buf_str(&url));
}

void
page_next(const struct call *call, const struct page *p, struct str after,
	  struct jw *w)
{
	page_address(call, p, after, "next", w);
}

void
page_first(const struct call *call, const struct page *p, struct jw *w)
{
	page_address(call, p, STR(""), "first", w);
}
