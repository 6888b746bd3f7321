#include "core/account_inner.h"

#include "core/sql.h"

#include <errno.h>
#include <stdlib.h>

static int
row_read(struct db_rows *rows, struct arena *a, struct api_key *ret)
{
	struct str *const texts[] = {&ret->id,
				     &ret->account,
				     &ret->identity,
				     &ret->name,
				     &ret->description,
				     &ret->created_by,
				     &ret->action_when_leaked};

	for (size_t i = 0; i < nitems(texts); i++) {
		*texts[i] = arena_str(a, db_str(rows, (int)i));
		if (texts[i]->p == NULL)
			return FAIL(-ENOMEM);
	}
	ret->locked = db_int(rows, API_KEY_COL_LOCKED) != 0;
	ret->disabled = db_int(rows, 8) != 0;
	ret->support_sessions = db_int(rows, 9) != 0;
	ret->expires_at = db_int(rows, 10);
	ret->version = db_int(rows, API_KEY_COL_VERSION);
	ret->created_at = db_int(rows, 12);
	ret->modified_at = db_int(rows, 13);
	ret->replaces = arena_str(a, db_str(rows, 14));
	return ret->replaces.p == NULL ? FAIL(-ENOMEM) : 0;
}

int
api_key_get(struct core *core, struct str id, struct arena *a,
	    struct api_key *ret)
{
	CLEAN(db_view_endp) struct db_at *view = NULL;
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	struct api_key got;
	int r = db_view_begin(core->db, &view);

	if (r == 0)
		r = db_one(view, SQL_api_key_by_id, &rows, "s", id);
	if (r == 0)
		r = row_read(&rows, a, &got);
	if (r == 0)
		*ret = got;
	return r;
}

int
api_key_find(struct core *core, struct str value, struct arena *a,
	     struct api_key *ret)
{
	CLEAN(db_view_endp) struct db_at *view = NULL;
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	uint8_t digest[VAULT_DIGEST_LEN];
	struct api_key got;
	int r = OUT_ABSENT;

	if (value.n > 0 && value.n <= SECRET_MAX)
		r = vault_digest(core->vault, value, digest);
	if (r == 0)
		r = db_view_begin(core->db, &view);
	if (r == 0)
		r = db_one(view, SQL_api_key_by_digest, &rows, "b",
			   (struct str){(char *)digest, sizeof(digest)});
	if (r == 0)
		r = row_read(&rows, a, &got);
	if (r == 0)
		*ret = got;
	return r;
}

/* --- lists --- */

static const int account_lists[SORTS][2] = {
    [SORT_ID] = {SQL_api_key_list_id_up, SQL_api_key_list_id_down},
    [SORT_NAME] = {SQL_api_key_list_name_up, SQL_api_key_list_name_down},
    [SORT_CREATED] = {SQL_api_key_list_created_up,
		      SQL_api_key_list_created_down},
    [SORT_MODIFIED] = {SQL_api_key_list_modified_up,
		       SQL_api_key_list_modified_down},
    [SORT_CREATOR] = {SQL_api_key_list_creator_up,
		      SQL_api_key_list_creator_down},
};

static int
account_query(struct db_at *at, const struct api_key_filter *f, int64_t limit,
	      struct db_rows *ret)
{
	struct sort_from from = sort_from(&f->sort);
	int sql = account_lists[f->sort.by][f->sort.descending];

	if (f->sort.by == SORT_ID)
		return db_query(at, sql, ret, "ssii", f->account, from.id,
				limit, (int64_t)f->owners);
	if (sort_is_text(f->sort.by))
		return db_query(at, sql, ret, "ssiis", f->account, from.text,
				limit, (int64_t)f->owners, from.id);
	return db_query(at, sql, ret, "siiis", f->account, from.number, limit,
			(int64_t)f->owners, from.id);
}

static int
by_number(int64_t a, int64_t b)
{
	return (a > b) - (a < b);
}

/* Is key before, at or behind the place, in ascending order? */
static int
place_cmp(const struct api_key *key, enum sort_by by, struct str text,
	  int64_t number, struct str id)
{
	int c = 0;

	switch (by) {
	case SORT_ID:
		break;
	case SORT_NAME:
		c = str_cmp(key->name, text);
		break;
	case SORT_CREATOR:
		c = str_cmp(key->created_by, text);
		break;
	case SORT_CREATED:
		c = by_number(key->created_at, number);
		break;
	case SORT_MODIFIED:
		c = by_number(key->modified_at, number);
		break;
	case SORTS:
		break;
	}
	return c != 0 ? c : str_cmp(key->id, id);
}

struct str
api_key_sort_text(const struct api_key *k, enum sort_by by)
{
	if (by == SORT_NAME)
		return k->name;
	return by == SORT_CREATOR ? k->created_by : STR("");
}

int64_t
api_key_sort_number(const struct api_key *k, enum sort_by by)
{
	if (by == SORT_CREATED)
		return k->created_at;
	return by == SORT_MODIFIED ? k->modified_at : 0;
}

static int
pair_cmp(const void *a, const void *b, void *arg)
{
	const struct api_key *x = a, *y = b;
	const struct sort *s = arg;
	int c = place_cmp(x, s->by, api_key_sort_text(y, s->by),
			  api_key_sort_number(y, s->by), y->id);

	return s->descending ? -c : c;
}

/* One identity's are few: they are put in order here, and what lies before the
 * place is left out. */
static size_t
few_sort(const struct sort *s, struct api_key *list, size_t n, size_t limit)
{
	struct sort_from from = sort_from(s);
	size_t kept = 0;

	qsort_r(list, n, sizeof(*list), pair_cmp, (void *)(uintptr_t)s);
	for (size_t i = 0; i < n && kept < limit; i++) {
		int c =
		    place_cmp(&list[i], s->by, from.text, from.number, from.id);

		if (s->descending ? c < 0 : c > 0)
			list[kept++] = list[i];
	}
	return kept;
}

int
api_key_list(struct core *core, const struct api_key_filter *f, struct arena *a,
	     struct api_key **ret, size_t *n)
{
	CLEAN(db_view_endp) struct db_at *view = NULL;
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	bool few = f->identity.n > 0;
	size_t limit = (size_t)page_bound(f->limit);
	size_t count = 0, most;
	struct api_key *list;
	int r = db_view_begin(core->db, &view);

	if (r != 0)
		return r;
	most = few ? API_KEYS_MAX : limit;
	list = arena_get(a, most * sizeof(*list));
	if (list == NULL)
		return FAIL(-ENOMEM);
	r = few ? db_query(view, SQL_api_key_list_identity, &rows, "ss",
			   f->identity, f->account)
		: account_query(view, f, (int64_t)limit, &rows);
	while (r == 0 && count < most && (r = db_next(&rows)) == 0)
		r = row_read(&rows, a, &list[count++]);
	if (r != 0 && r != OUT_ABSENT)
		return r;
	*ret = list;
	*n = few ? few_sort(&f->sort, list, count, limit) : count;
	return 0;
}
