/*
 * Servers as they are shown: one, and pages of them.
 */
#include "core/server_inner.h"

#include "core/sql.h"

#include <errno.h>

#define COL_NAME_KEY 29
/* Behind all names and ids. */
#define LAST STR("~")

static int
texts_read(struct db_rows *rows, struct arena *a, struct server *ret)
{
	struct server_key *key = &ret->key;
	struct str *const texts[] = {
	    &ret->id,	     &ret->account,   &ret->project,
	    &ret->place,     &ret->name,      &ret->created_by,
	    &ret->hostname,  &ret->fqdn,      &ret->reported_from,
	    &key->pair,	     &key->pair_name, &key->type,
	    &key->comment,   &key->from_by,   &ret->seed.first_from,
	    &ret->credential};

	for (size_t i = 0; i < nitems(texts); i++) {
		*texts[i] = arena_str(a, db_str(rows, (int)i));
		if (texts[i]->p == NULL)
			return FAIL(-ENOMEM);
	}
	key->blob = arena_str(a, db_blob(rows, 16));
	return key->blob.p == NULL ? FAIL(-ENOMEM) : 0;
}

static int
row_read(struct db_rows *rows, struct arena *a, struct server *ret)
{
	*ret = (struct server){.reported_at = 0};
	ret->key.bits = db_int(rows, 17);
	ret->key.from_at = db_int(rows, 18);
	ret->key.pair_gone = db_int(rows, 19) != 0;
	ret->created_at = db_int(rows, 20);
	ret->user_data_len = db_int(rows, 21);
	ret->reported_at = db_int(rows, 22);
	ret->seed.is = !db_null(rows, 23);
	ret->seed.created_at = db_int(rows, 23);
	ret->seed.expires_at = db_int(rows, 24);
	ret->seed.first_at = db_int(rows, 25);
	ret->seed.enrolled_at = db_int(rows, 26);
	ret->seed.closed_at = db_int(rows, 27);
	ret->follows_since = db_int(rows, 28);
	return texts_read(rows, a, ret);
}

int
server_get(struct core *core, struct str id, struct arena *a,
	   struct server *ret)
{
	CLEAN(db_view_endp) struct db_at *view = NULL;
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	struct server got;
	int r = db_view_begin(core->db, &view);

	if (r == 0)
		r = db_one(view, SQL_server_by_id, &rows, "s", id);
	if (r == 0)
		r = row_read(&rows, a, &got);
	if (r == 0)
		*ret = got;
	return r;
}

/* --- pages --- */

/* Which names a page may show, the first excluded, the last included. */
struct span {
	char after[SERVER_NAME_MAX + 1], search[SERVER_NAME_MAX + 1];
	char end[SERVER_NAME_MAX + 1], end_id[SERVER_ID_LEN + 1];
	struct str after_id;
	bool ends; /* there may be more behind the end */
};

static bool
is_account(const struct server_filter *f)
{
	return f->project.n == 0;
}

/* false: no server has such a name. */
static bool
span_read(const struct server_filter *f, struct span *ret)
{
	struct str name = f->after;

	*ret = (struct span){.after_id = LAST};
	if (is_account(f))
		(void)str_cut(f->after, '/', &name, &ret->after_id);
	text_lower(str_sub(name, 0, SERVER_NAME_MAX), ret->after);
	if (f->search.n > SERVER_NAME_MAX)
		return false;
	for (size_t i = 0; i < f->search.n; i++) {
		char c = f->search.p[i];

		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
		      (c >= '0' && c <= '9') || c == '-'))
			return false;
	}
	text_lower(f->search, ret->search);
	return true;
}

static int
scan_query(struct db_at *at, const struct server_filter *f,
	   const struct span *span, struct db_rows *rows)
{
	int64_t skip = SERVER_SCAN_MAX - 1;
	struct str after = str_c(span->after);

	if (is_account(f))
		return db_one(at, SQL_server_scan_account, rows, "ssibs",
			      f->account, after, skip, f->trusts,
			      span->after_id);
	if (f->trusts.n > 0)
		return db_one(at, SQL_server_scan_trusts, rows, "ssib",
			      f->project, after, skip, f->trusts);
	return db_one(at, SQL_server_scan, rows, "ssi", f->project, after,
		      skip);
}

/* Without a search each row that is looked at is shown. */
static int
span_end(struct db_at *at, const struct server_filter *f, struct span *span)
{
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	int r;

	FIELD_CUT(span->end, LAST);
	FIELD_CUT(span->end_id, LAST);
	if (f->search.n == 0)
		return 0;
	r = scan_query(at, f, span, &rows);
	if (r != 0)
		return r == OUT_ABSENT ? 0 : r;
	span->ends = true;
	r = FIELD_PUT(span->end, db_str(&rows, 0));
	if (r == 0 && is_account(f))
		r = FIELD_PUT(span->end_id, db_str(&rows, 1));
	return r;
}

static int
list_query(struct db_at *at, const struct server_filter *f,
	   const struct span *span, int64_t limit, struct db_rows *rows)
{
	struct str after = str_c(span->after), end = str_c(span->end);
	struct str search = str_c(span->search);

	if (is_account(f))
		return db_query(at, SQL_server_list_account, rows, "ssissbss",
				f->account, after, limit, end, search,
				f->trusts, span->after_id, str_c(span->end_id));
	if (f->trusts.n > 0)
		return db_query(at, SQL_server_list_trusts, rows, "ssissb",
				f->project, after, limit, end, search,
				f->trusts);
	return db_query(at, SQL_server_list, rows, "ssiss", f->project, after,
			limit, end, search);
}

static int
next_write(struct arena *a, const struct server_filter *f, struct str name,
	   struct str id, struct str *ret)
{
	*ret = is_account(f)
		   ? arena_strf(a, "%.*s/%.*s", STR_ARG(name), STR_ARG(id))
		   : arena_str(a, name);
	return ret->p == NULL ? FAIL(-ENOMEM) : 0;
}

struct page {
	struct server *list;
	size_t n, limit;
	struct str next;
};

static int
page_read(struct db_at *at, const struct server_filter *f, struct arena *a,
	  struct span *span, struct page *p)
{
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	struct str last = STR_NONE;
	int r = list_query(at, f, span, (int64_t)p->limit + 1, &rows);

	while (r == 0 && (r = db_next(&rows)) == 0) {
		if (p->n == p->limit)
			return next_write(a, f, last, p->list[p->n - 1].id,
					  &p->next);
		r = row_read(&rows, a, &p->list[p->n++]);
		if (r == 0)
			last = arena_str(a, db_str(&rows, COL_NAME_KEY));
		if (r == 0 && last.p == NULL)
			r = FAIL(-ENOMEM);
	}
	if (r != OUT_ABSENT)
		return r;
	return span->ends ? next_write(a, f, str_c(span->end),
				       str_c(span->end_id), &p->next)
			  : 0;
}

int
server_list(struct core *core, const struct server_filter *f, struct arena *a,
	    struct server **ret, size_t *n, struct str *ret_next)
{
	struct span span; /* the rows borrow from it */
	CLEAN(db_view_endp) struct db_at *view = NULL;
	int64_t limit = page_bound(f->limit);
	struct page p = {.next = STR("")};
	int r = db_view_begin(core->db, &view);

	if (r != 0)
		return r;
	if (is_account(f) && f->trusts.n == 0)
		return FAIL(-EINVAL);
	p.limit = (size_t)limit;
	p.list = arena_get(a, p.limit * sizeof(*p.list));
	if (p.list == NULL)
		return FAIL(-ENOMEM);
	if (span_read(f, &span)) {
		r = span_end(view, f, &span);
		if (r == 0)
			r = page_read(view, f, a, &span, &p);
	}
	if (r != 0)
		return r;
	*ret = p.list;
	*n = p.n;
	*ret_next = p.next;
	return 0;
}

int
server_host_keys(struct core *core, struct str id, struct arena *a,
		 struct server_host_key **ret, size_t *n)
{
	CLEAN(db_view_endp) struct db_at *view = NULL;
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	struct server_host_key *list;
	size_t count = 0;
	int r = db_view_begin(core->db, &view);

	if (r != 0)
		return r;
	list = arena_get(a, SERVER_HOST_KEYS_MAX * sizeof(*list));
	if (list == NULL)
		return FAIL(-ENOMEM);
	r = db_query(view, SQL_server_host_keys, &rows, "s", id);
	while (r == 0 && count < SERVER_HOST_KEYS_MAX &&
	       (r = db_next(&rows)) == 0) {
		struct server_host_key *key = &list[count++];

		key->type = arena_str(a, db_str(&rows, 0));
		key->blob = arena_str(a, db_blob(&rows, 1));
		if (key->type.p == NULL || key->blob.p == NULL)
			return FAIL(-ENOMEM);
	}
	if (r != 0 && r != OUT_ABSENT)
		return r;
	*ret = list;
	*n = count;
	return 0;
}
