#include "core/keypair_inner.h"

#include "core/sql.h"

#include <errno.h>

void
keypair_look(struct db_rows *rows, struct keypair *ret)
{
	struct str *const texts[] = {
	    &ret->id,	   &ret->account,   &ret->project, &ret->place,
	    &ret->name,	   &ret->origin,    &ret->state,   &ret->type,
	    &ret->comment, &ret->created_by};

	for (size_t i = 0; i < nitems(texts); i++)
		*texts[i] = db_str(rows, (int)i);
	ret->blob = db_blob(rows, 10);
	ret->bits = db_int(rows, 11);
	ret->created_at = db_int(rows, 12);
	ret->servers = db_int(rows, 13);
}

int
keypair_keep(struct arena *a, const struct keypair *from, struct keypair *ret)
{
	struct keypair k = *from;
	struct str *const texts[] = {&k.id,	 &k.account,   &k.project,
				     &k.place,	 &k.name,      &k.origin,
				     &k.state,	 &k.type,      &k.blob,
				     &k.comment, &k.created_by};

	for (size_t i = 0; i < nitems(texts); i++) {
		*texts[i] = arena_str(a, *texts[i]);
		if (texts[i]->p == NULL)
			return FAIL(-ENOMEM);
	}
	*ret = k;
	return 0;
}

int
keypair_get(struct core *core, struct str id, struct arena *a,
	    struct keypair *ret)
{
	CLEAN(db_view_endp) struct db_at *view = NULL;
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	struct keypair k;
	int r = db_view_begin(core->db, &view);

	if (r == 0)
		r = db_one(view, SQL_keypair_by_id, &rows, "s", id);
	if (r != 0)
		return r;
	keypair_look(&rows, &k);
	return keypair_keep(a, &k, ret);
}

struct page {
	struct arena *arena;
	struct keypair *list;
	size_t n, limit;
	char last[KEYPAIR_NAME_MAX + 1]; /* as it is matched */
	bool more;
};

static int
page_row(struct page *p, struct db_rows *rows)
{
	struct keypair k;
	int r;

	if (p->n == p->limit) {
		p->more = true;
		return OUT_ABSENT;
	}
	keypair_look(rows, &k);
	r = FIELD_PUT(p->last, db_str(rows, KEYPAIR_COL_NAME_KEY));
	return r != 0 ? r : keypair_keep(p->arena, &k, &p->list[p->n++]);
}

/* What no name can contain is in none. */
static bool
search_key(struct str search, char ret[KEYPAIR_NAME_MAX + 1])
{
	if (search.n > KEYPAIR_NAME_MAX)
		return false;
	for (size_t i = 0; i < search.n; i++)
		if (!keypair_name_byte(search.p[i]))
			return false;
	text_lower(search, ret);
	return true;
}

/* The last name that a search looks at. */
struct end {
	char key[KEYPAIR_NAME_MAX + 1];
	bool more; /* there are others behind it */
};

static int
search_end(struct db_at *at, struct str project, struct str after,
	   struct end *ret)
{
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	int r = db_query(at, SQL_keypair_search_end, &rows, "ssi", project,
			 after, (int64_t)(KEYPAIR_SCAN_MAX - 1));

	/* Behind every name. */
	*ret = (struct end){.key = "~"};
	if (r == 0)
		r = db_next(&rows);
	if (r == 0)
		r = FIELD_PUT(ret->key, db_str(&rows, 0));
	if (r == 0)
		r = db_next(&rows);
	ret->more = r == 0;
	return r == OUT_ABSENT ? 0 : r;
}

static int
page_rows(struct page *p, struct db_rows *rows)
{
	int r = 0;

	while (r == 0 && (r = db_next(rows)) == 0)
		r = page_row(p, rows);
	return r == OUT_ABSENT ? 0 : r;
}

static int
page_all(struct db_at *at, struct str project, struct str after, struct page *p)
{
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	int r = db_query(at, SQL_keypair_list, &rows, "ssii", project, after,
			 (int64_t)p->limit + 1, (int64_t)KEYPAIR_SERVERS_MAX);

	return r != 0 ? r : page_rows(p, &rows);
}

static int
page_search(struct db_at *at, struct str project, struct str after,
	    struct str search, struct page *p)
{
	struct end end; /* the rows borrow from it */
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	int r = search_end(at, project, after, &end);

	if (r == 0)
		r = db_query(at, SQL_keypair_search, &rows, "ssissi", project,
			     after, (int64_t)p->limit + 1, str_c(end.key),
			     search, (int64_t)KEYPAIR_SERVERS_MAX);
	if (r == 0)
		r = page_rows(p, &rows);
	if (r != 0 || p->more || !end.more)
		return r;
	p->more = true;
	memcpy(p->last, end.key, sizeof(p->last));
	return 0;
}

int
keypair_list(struct core *core, const struct keypair_filter *f, struct arena *a,
	     struct keypair **ret, size_t *n, struct str *ret_next)
{
	char after[KEYPAIR_NAME_MAX + 1], search[KEYPAIR_NAME_MAX + 1] = "";
	CLEAN(db_view_endp) struct db_at *view = NULL;
	int64_t limit = page_bound(f->limit);
	struct page p = {.arena = a};
	struct str next = STR_NONE;
	int r;

	p.limit = (size_t)limit;
	p.list = arena_get(a, p.limit * sizeof(*p.list));
	if (p.list == NULL)
		return FAIL(-ENOMEM);
	text_lower(str_sub(f->after, 0, KEYPAIR_NAME_MAX), after);
	if (search_key(f->search, search)) {
		r = db_view_begin(core->db, &view);
		if (r == 0)
			r = search[0] == '\0'
				? page_all(view, f->project, str_c(after), &p)
				: page_search(view, f->project, str_c(after),
					      str_c(search), &p);
		if (r != 0)
			return r;
	}
	if (p.more)
		next = arena_str(a, str_c(p.last));
	if (p.more && next.p == NULL)
		return FAIL(-ENOMEM);
	*ret = p.list;
	*n = p.n;
	*ret_next = next;
	return 0;
}
