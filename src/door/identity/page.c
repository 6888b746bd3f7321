#include "base/enc.h"
#include "core/resource_group.h"
#include "door/identity/inner.h"

#include <errno.h>

/* Fields of a page token, each followed by a line feed: no id and no name holds
 * one. */
enum {
	PAGE_ACCOUNT,
	PAGE_IDENTITY,
	PAGE_TYPE,
	PAGE_NAME,
	PAGE_FLAGS,
	PAGE_TEXT,
	PAGE_NUMBER,
	PAGE_ID,
	PAGES
};
/* What a token is made of at most, so that it is never one that is refused: the
 * name once (a list by name of one name goes on by id), ids, flags. */
#define PAGE_RAW_MAX (PAGE_TOKEN_MAX / 4 * 3)

static const struct {
	const char *name;
	enum sort_by by;
} sorts[] = {
    {"name", SORT_NAME},
    {"created_at", SORT_CREATED},
    {"modified_at", SORT_MODIFIED},
    {"created_by", SORT_CREATOR},
};

/* --- tokens --- */

/* One letter a flag, then the order's number. */
static void
flags_text(const struct page *p, char ret[8])
{
	char *to = ret;

	if (p->whole)
		*to++ = 'w';
	if (p->history)
		*to++ = 'h';
	if (p->group)
		*to++ = 'g';
	if (p->elsewhere)
		*to++ = 'e';
	if (p->back)
		*to++ = 'b';
	if (p->sort.descending)
		*to++ = 'd';
	*to++ = (char)('0' + (int)p->sort.by);
	*to = '\0';
}

static bool
flags_take(struct str s, struct page *p)
{
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];

		if (c >= '0' && c < '0' + SORTS && i + 1 == s.n) {
			p->sort.by = (enum sort_by)(c - '0');
			return p->list == PAGE_API_KEYS ||
			       p->sort.by != SORT_CREATOR;
		}
		if (c == 'w')
			p->whole = true;
		else if (c == 'h')
			p->history = true;
		else if (c == 'g')
			p->group = true;
		else if (c == 'e')
			p->elsewhere = true;
		else if (c == 'b')
			p->back = true;
		else if (c == 'd')
			p->sort.descending = true;
		else
			return false;
	}
	return false;
}

/* No token of ours has longer ones, and what it goes on to fits again. */
static bool
fields_ok(const struct str fields[PAGES])
{
	static const size_t most[PAGES] = {
	    [PAGE_ACCOUNT] = SLUG_MAX, [PAGE_IDENTITY] = IDENTITY_ID_MAX,
	    [PAGE_TYPE] = 9,	       [PAGE_NAME] = NAME_MAX_BYTES,
	    [PAGE_FLAGS] = 8,	       [PAGE_TEXT] = NAME_MAX_BYTES,
	    [PAGE_NUMBER] = 19,	       [PAGE_ID] = IDENTITY_ID_MAX,
	};

	for (size_t i = 0; i < PAGES; i++)
		if (fields[i].n > most[i] ||
		    (fields[i].n > 0 && !str_is_text(fields[i])))
			return false;
	return true;
}

static int
token_read(struct call *call, struct str token, struct page *ret)
{
	CLEAN(buf_clear) struct buf text = BUF_INIT_MAX(PAGE_RAW_MAX);
	struct str fields[PAGES], rest;
	uint64_t number = 0;
	size_t n = 0;

	if (token.n > PAGE_TOKEN_MAX || dec_b64url(&text, token) != 0)
		return bad_member(call, "pagetoken");
	rest = arena_str(call->arena, buf_str(&text));
	if (rest.p == NULL)
		return FAIL(-ENOMEM);
	while (n < PAGES && str_cut(rest, '\n', &fields[n], &rest))
		n++;
	if (n != PAGES || rest.n != 0 || !fields_ok(fields) ||
	    !flags_take(fields[PAGE_FLAGS], ret) ||
	    str_u64(fields[PAGE_NUMBER], INT64_MAX, &number) != 0)
		return bad_member(call, "pagetoken");
	ret->account = fields[PAGE_ACCOUNT];
	ret->identity = fields[PAGE_IDENTITY];
	ret->type = fields[PAGE_TYPE];
	ret->name = fields[PAGE_NAME];
	ret->sort.after_text = fields[PAGE_TEXT];
	ret->sort.after_number = (int64_t)number;
	ret->sort.after_id = fields[PAGE_ID];
	ret->sort.further = ret->sort.after_id.n > 0;
	return ret->back && !ret->sort.further ? bad_member(call, "pagetoken")
					       : 0;
}

/* --- questions --- */

static int
sort_read(struct call *call, struct page *ret)
{
	struct str sort = STR_NONE, order = STR_NONE;
	int r = call_once(call, "sort", &sort);

	if (r == 0)
		r = call_once(call, "order", &order);
	if (r != 0)
		return r;
	if (order.p != NULL && !str_eq(order, STR("asc")) &&
	    !str_eq(order, STR("desc")))
		return bad_member(call, "order");
	ret->sort.descending = str_eq(order, STR("desc"));
	if (sort.p == NULL)
		return 0;
	for (size_t i = 0; i < nitems(sorts); i++)
		if (str_eq(sort, str_c(sorts[i].name)) &&
		    (ret->list == PAGE_API_KEYS ||
		     sorts[i].by != SORT_CREATOR)) {
			ret->sort.by = sorts[i].by;
			return 0;
		}
	return note_set(&call->note, OUT_UNSUPPORTED,
			"'sort' by this is not supported: name, created_at or "
			"modified_at%s",
			ret->list == PAGE_API_KEYS ? ", or created_by" : "");
}

static int
flag_query(struct call *call, const char *name, bool *ret)
{
	struct str v = STR_NONE;
	int r = call_once(call, name, &v);

	if (r != 0)
		return r;
	if (v.p != NULL && !str_eq(v, STR("true")) && !str_eq(v, STR("false")))
		return bad_member(call, name);
	*ret = str_eq(v, STR("true"));
	return 0;
}

/* Ids and names as long as such a thing can have, so that a token of this
 * question stays within its bounds. */
static int
text_query(struct call *call, const char *name, size_t max, struct str *ret)
{
	int r = call_once(call, name, ret);

	if (r != 0)
		return r;
	return ret->n <= max && (ret->n == 0 || str_is_text(*ret))
		   ? 0
		   : bad_member(call, name);
}

static int
texts_query(struct call *call, struct page *ret)
{
	struct str scope = STR_NONE, filter = STR_NONE;
	int r = text_query(call, "account_id", SLUG_MAX, &ret->account);

	if (r == 0)
		r = text_query(call, "iam_id", IDENTITY_ID_MAX, &ret->identity);
	if (r == 0 && ret->list == PAGE_SERVICE_IDS)
		r = text_query(call, "name", NAME_MAX_BYTES, &ret->name);
	if (r == 0)
		r = call_once(call, "type", &ret->type);
	if (r == 0)
		r = call_once(call, "scope", &scope);
	if (r == 0)
		r = call_once(call, "filter", &filter);
	if (r != 0)
		return r;
	if (filter.n > 0)
		return note_set(&call->note, OUT_UNSUPPORTED,
				"'filter' is not supported");
	if (ret->type.p != NULL && !str_eq(ret->type, STR("user")) &&
	    !str_eq(ret->type, STR("serviceid")))
		return bad_member(call, "type");
	if (scope.p != NULL && !str_eq(scope, STR("entity")) &&
	    !str_eq(scope, STR("account")))
		return bad_member(call, "scope");
	ret->whole = str_eq(scope, STR("account"));
	return 0;
}

/* There is one resource group in an account; any other has nothing in it. */
static int
group_query(struct call *call, struct page *ret)
{
	char id[RESOURCE_GROUP_ID_LEN + 1];
	struct str group = STR_NONE;
	int r = call_once(call, "group_id", &group);

	if (r != 0 || group.n == 0)
		return r;
	resource_group_id(ret->account.n > 0 ? ret->account
					     : str_c(call->visit.who.account),
			  id);
	ret->elsewhere = !str_eq(group, str_c(id));
	return 0;
}

static int
question_read(struct call *call, struct page *ret)
{
	int r = texts_query(call, ret);

	if (r == 0)
		r = sort_read(call, ret);
	if (r == 0)
		r = flag_query(call, "include_history", &ret->history);
	if (r == 0)
		r = flag_query(call, "show_group_id", &ret->group);
	return r != 0 ? r : group_query(call, ret);
}

int
page_read(struct call *call, enum page_list list, struct page *ret)
{
	struct str token = STR_NONE;
	struct page page = {.list = list};
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

/* --- pages --- */

struct sort
page_sort(const struct page *p)
{
	struct sort s = p->sort;

	s.descending = s.descending != p->back;
	return s;
}

size_t
page_turn(const struct page *p, void *rows, size_t n, size_t size,
	  bool *ret_more)
{
	char *low = rows, *high;

	*ret_more = n > p->size;
	if (n > p->size)
		n = p->size;
	high = low + n * size;
	while (p->back && low + size < high) {
		high -= size;
		for (size_t i = 0; i < size; i++) {
			char c = low[i];

			low[i] = high[i];
			high[i] = c;
		}
		low += size;
	}
	return n;
}

static void
token_write(const struct page *p, const struct page_place *at, struct buf *url)
{
	CLEAN(buf_clear) struct buf text = BUF_INIT_MAX(PAGE_RAW_MAX);
	bool by_name = p->sort.by == SORT_NAME && p->name.n == 0;
	bool by_text = by_name || p->sort.by == SORT_CREATOR;
	char flags[8];

	flags_text(p, flags);
	buf_addf(&text, "%.*s\n%.*s\n%.*s\n%.*s\n%s\n", STR_ARG(p->account),
		 STR_ARG(p->identity), STR_ARG(p->type), STR_ARG(p->name),
		 flags);
	buf_addf(&text, "%.*s\n%lld\n%.*s\n",
		 STR_ARG(by_text && at != NULL ? at->text : STR_NONE),
		 at != NULL ? (long long)at->number : 0LL,
		 STR_ARG(at != NULL ? at->id : STR_NONE));
	enc_b64url(url, buf_str(&text));
	/* A page that cannot be named is an error, not the last page. */
	if (buf_err(&text) != 0)
		url->err = buf_err(&text);
}

static void
address_write(const struct call *call, const struct page *p,
	      const struct page_place *at, const char *name, struct jw *w)
{
	CLEAN(buf_clear) struct buf url = BUF_INIT;

	buf_addf(&url,
		 "%.*s/v1/%s?pagesize=%llu&pagetoken=", STR_ARG(call->base),
		 p->list == PAGE_API_KEYS ? "apikeys" : "serviceids",
		 (unsigned long long)p->size);
	token_write(p, at, &url);
	if (buf_err(&url) != 0)
		w->b->err = buf_err(&url);
	jw_str(w, name, buf_str(&url));
}

void
page_links(const struct call *call, const struct page *p, bool more,
	   const struct page_place *first, const struct page_place *last,
	   struct jw *w)
{
	struct page there = *p;

	jw_int(w, "offset", 0);
	jw_int(w, "limit", (int64_t)p->size);
	there.back = false;
	address_write(call, &there, NULL, "first", w);
	if (last != NULL && (more || p->back))
		address_write(call, &there, last, "next", w);
	there.back = true;
	if (first != NULL && (p->back ? more : p->sort.further))
		address_write(call, &there, first, "previous", w);
}
