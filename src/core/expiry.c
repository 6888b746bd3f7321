#include "core/expiry.h"

#include "base/clock.h"
#include "core/find_inner.h"
#include "core/regtoken.h"
#include "core/sql.h"

#include <errno.h>

static int
row_read(struct finding *f, struct db_rows *rows, struct expiring *ret)
{
	int r = find_row_named(f, rows);

	if (r != 0)
		return r;
	ret->cred = f->list[0];
	ret->last_used = db_int(rows, 11);
	return 0;
}

static int
list_read(struct finding *f, struct db_rows *rows, int64_t limit, bool against,
	  struct expiring **ret, size_t *n)
{
	struct found_cred one;
	struct expiring *list =
	    arena_get(f->arena, (size_t)limit * sizeof(*list));
	size_t count = 0;
	int r = 0;

	if (list == NULL)
		return FAIL(-ENOMEM);
	f->list = &one;
	while (r == 0 && count < (size_t)limit && (r = db_next(rows)) == 0) {
		r = row_read(f, rows, &list[count]);
		list[count++].against = against;
	}
	if (r != 0 && r != OUT_ABSENT)
		return r;
	*ret = list;
	*n = count;
	return 0;
}

int
expiry_list(struct core *core, struct str account, int64_t before,
	    int64_t limit, struct arena *a, struct expiring **ret, size_t *n)
{
	CLEAN(db_view_endp) struct db_at *view = NULL;
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	struct finding f = {.core = core, .arena = a};
	int r = db_view_begin(core->db, &view);

	f.at = view;
	if (r == 0)
		r = db_query(view, SQL_expiry_soon, &rows, "sii", account,
			     before, page_bound(limit));
	return r != 0 ? r
		      : list_read(&f, &rows, page_bound(limit), false, ret, n);
}

int
expiry_against(struct core *core, struct str account, int64_t limit,
	       struct arena *a, struct expiring **ret, size_t *n)
{
	CLEAN(db_view_endp) struct db_at *view = NULL;
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	struct finding f = {.core = core, .arena = a};
	int r = db_view_begin(core->db, &view);

	f.at = view;
	if (r == 0)
		r = db_query(view, SQL_expiry_against, &rows, "si", account,
			     page_bound(limit));
	return r != 0 ? r
		      : list_read(&f, &rows, page_bound(limit), true, ret, n);
}

static int
sum_query(struct db_at *at, struct db_rows *rows)
{
	int64_t now = clock_now();

	return db_query(at, SQL_expiry_sum, rows, "iiii", now,
			now + EXPIRY_SOON_MS, now - EXPIRY_SOON_MS,
			(int64_t)REGTOKEN_LIFE_S * SECOND_MS);
}

int
expiry_sum(struct core *core, struct expiry_sum *ret)
{
	CLEAN(db_view_endp) struct db_at *view = NULL;
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	struct expiry_sum sum = {0};
	int r = db_view_begin(core->db, &view);

	if (r == 0)
		r = sum_query(view, &rows);
	while (r == 0 && (r = db_next(&rows)) == 0) {
		sum.soon += db_int(&rows, 2);
		sum.soon_used += db_int(&rows, 3);
	}
	if (r != OUT_ABSENT)
		return r;
	*ret = sum;
	return 0;
}

int
expiry_accounts(struct core *core, struct arena *a, struct expiry_account **ret,
		size_t *n)
{
	CLEAN(db_view_endp) struct db_at *view = NULL;
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	struct expiry_account *list =
	    arena_get(a, EXPIRY_ACCOUNTS_MAX * sizeof(*list));
	size_t count = 0;
	int r = list == NULL ? FAIL(-ENOMEM) : db_view_begin(core->db, &view);

	if (r == 0)
		r = sum_query(view, &rows);
	while (r == 0 && count < EXPIRY_ACCOUNTS_MAX &&
	       (r = db_next(&rows)) == 0) {
		struct expiry_account *e = &list[count++];

		e->id = arena_str(a, db_str(&rows, 0));
		e->slug = arena_str(a, db_str(&rows, 1));
		e->sum.soon = db_int(&rows, 2);
		e->sum.soon_used = db_int(&rows, 3);
		e->first = db_int(&rows, 4);
		if (e->id.p == NULL || e->slug.p == NULL)
			r = FAIL(-ENOMEM);
	}
	if (r != 0 && r != OUT_ABSENT)
		return r;
	*ret = list;
	*n = count;
	return 0;
}
