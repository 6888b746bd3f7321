#include "core/activity.h"

#include "base/clock.h"
#include "core/account_inner.h"
#include "core/find_inner.h"
#include "core/sql.h"
#include "db/db.h"

#include <errno.h>

static int
row_read(struct db_rows *rows, struct arena *a, struct idle *ret)
{
	struct str *const texts[] = {&ret->id, &ret->name, &ret->email,
				     &ret->identity};
	struct str whose;

	for (size_t i = 0; i < nitems(texts); i++) {
		*texts[i] = arena_str(a, db_str(rows, (int)i));
		if (texts[i]->p == NULL)
			return FAIL(-ENOMEM);
	}
	whose = ret->identity.n > 0 ? ret->identity : ret->id;
	ret->service = str_starts(whose, STR("iam-"));
	ret->last = db_int(rows, 4);
	return 0;
}

/* A view, and room for a page of things of one size. */
static int
page_open(struct core *core, struct arena *a, size_t size, int64_t *limit,
	  struct db_at **ret_view, void **ret_list)
{
	*limit = page_bound(*limit);
	*ret_list = arena_get(a, (size_t)*limit * size);
	return *ret_list == NULL ? FAIL(-ENOMEM)
				 : db_view_begin(core->db, ret_view);
}

static int
idle(struct core *core, int sql, struct str account, int64_t before,
     struct str after, int64_t limit, struct arena *a, struct idle **ret,
     size_t *n)
{
	CLEAN(db_view_endp) struct db_at *view = NULL;
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	struct idle *list;
	void *room = NULL;
	size_t count = 0;
	int r = page_open(core, a, sizeof(*list), &limit, &view, &room);

	list = room;
	if (r == 0)
		r = db_query(view, sql, &rows, "sisi", account, before, after,
			     limit);
	while (r == 0 && count < (size_t)limit && (r = db_next(&rows)) == 0)
		r = row_read(&rows, a, &list[count++]);
	if (r != 0 && r != OUT_ABSENT)
		return r;
	*ret = list;
	*n = count;
	return 0;
}

int
activity_idle_keys(struct core *core, struct str account, int64_t before,
		   struct str after, int64_t limit, struct arena *a,
		   struct idle **ret, size_t *n)
{
	return idle(core, SQL_activity_idle_keys, account, before, after, limit,
		    a, ret, n);
}

int
activity_idle_identities(struct core *core, struct str account, int64_t before,
			 struct str after, int64_t limit, struct arena *a,
			 struct idle **ret, size_t *n)
{
	return idle(core, SQL_activity_idle_identities, account, before, after,
		    limit, a, ret, n);
}

static int
unused_read(struct finding *f, struct db_rows *rows, struct unused *ret)
{
	int r = find_row_named(f, rows);

	if (r != 0)
		return r;
	ret->cred = f->list[0];
	ret->last_used = db_int(rows, 11);
	ret->created_at = db_int(rows, 12);
	return 0;
}

int
activity_unused(struct core *core, struct str account, int64_t before,
		int64_t fresh, int64_t limit, struct arena *a,
		struct unused **ret, size_t *n)
{
	CLEAN(db_view_endp) struct db_at *view = NULL;
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	struct found_cred one;
	struct finding f = {.core = core, .arena = a, .list = &one};
	struct unused *list;
	void *room = NULL;
	size_t count = 0;
	int r = page_open(core, a, sizeof(*list), &limit, &view, &room);

	list = room;
	f.at = view;
	if (r == 0)
		r = db_query(view, SQL_activity_unused, &rows, "siiii", account,
			     before, fresh, clock_now(), limit);
	while (r == 0 && count < (size_t)limit && (r = db_next(&rows)) == 0) {
		r = unused_read(&f, &rows, &list[count]);
		/* Of somebody who is locked out it opens nothing. */
		count += r == 0 && list[count].cred.live;
	}
	if (r != 0 && r != OUT_ABSENT)
		return r;
	*ret = list;
	*n = count;
	return 0;
}
