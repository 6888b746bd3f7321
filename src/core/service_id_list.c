/* Service IDs of an account, in every order that has an index. */
#include "core/account_inner.h"
#include "core/service_id.h"
#include "core/sql.h"

#include <errno.h>

/* SORT_CREATOR has no index and no list: the doors refuse it. */
static const int lists[2][SORTS][2] = {
    {[SORT_ID] = {SQL_service_id_id_up, SQL_service_id_id_down},
     [SORT_NAME] = {SQL_service_id_name_up, SQL_service_id_name_down},
     [SORT_CREATED] = {SQL_service_id_created_up, SQL_service_id_created_down},
     [SORT_MODIFIED] = {SQL_service_id_modified_up,
			SQL_service_id_modified_down},
     [SORT_CREATOR] = {SQL_service_id_id_up, SQL_service_id_id_down}},
    {[SORT_ID] = {SQL_service_id_named_id_up, SQL_service_id_named_id_down},
     [SORT_NAME] = {SQL_service_id_named_id_up, SQL_service_id_named_id_down},
     [SORT_CREATED] = {SQL_service_id_named_created_up,
		       SQL_service_id_named_created_down},
     [SORT_MODIFIED] = {SQL_service_id_named_modified_up,
			SQL_service_id_named_modified_down},
     [SORT_CREATOR] = {SQL_service_id_named_id_up,
		       SQL_service_id_named_id_down}},
};

static int
list_query(struct db_at *at, const struct service_id_filter *f, int64_t limit,
	   struct db_rows *ret)
{
	struct sort_from from = sort_from(&f->sort);
	enum sort_by by = f->sort.by;
	bool named = f->name.n > 0;
	int sql = lists[named][by][f->sort.descending];

	if (by == SORT_CREATOR || (named && by == SORT_NAME))
		by = SORT_ID;
	if (by == SORT_ID)
		return db_query(at, sql, ret, named ? "ssis" : "ssi",
				f->account, from.id, limit, f->name);
	if (by == SORT_NAME)
		return db_query(at, sql, ret, "ssis", f->account, from.text,
				limit, from.id);
	return db_query(at, sql, ret, named ? "siiss" : "siis", f->account,
			from.number, limit, from.id, f->name);
}

struct str
service_id_sort_text(const struct service_id *s, enum sort_by by)
{
	return by == SORT_NAME ? s->name : STR("");
}

int64_t
service_id_sort_number(const struct service_id *s, enum sort_by by)
{
	if (by == SORT_CREATED)
		return s->created_at;
	return by == SORT_MODIFIED ? s->modified_at : 0;
}

int
service_id_list(struct core *core, const struct service_id_filter *f,
		struct arena *a, struct service_id **ret, size_t *n)
{
	CLEAN(db_view_endp) struct db_at *view = NULL;
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	size_t limit = (size_t)page_bound(f->limit);
	struct service_id *list;
	size_t count = 0;
	int r = db_view_begin(core->db, &view);

	if (r != 0)
		return r;
	list = arena_get(a, limit * sizeof(*list));
	if (list == NULL)
		return FAIL(-ENOMEM);
	r = list_query(view, f, (int64_t)limit, &rows);
	while (r == 0 && count < limit && (r = db_next(&rows)) == 0)
		r = service_id_of_row(&rows, a, &list[count++]);
	if (r != 0 && r != OUT_ABSENT)
		return r;
	*ret = list;
	*n = count;
	return 0;
}
