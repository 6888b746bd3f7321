#include "core/policy_inner.h"

#include "core/sort.h"
#include "core/sql.h"

#include <errno.h>

static int
take(struct arena *a, struct db_rows *rows, int col, struct str *ret)
{
	*ret = STR_NONE;
	if (db_null(rows, col))
		return 0;
	*ret = arena_str(a, db_str(rows, col));
	return ret->p == NULL ? FAIL(-ENOMEM) : 0;
}

int
policy_row(struct db_rows *rows, struct arena *a, struct policy *ret)
{
	struct policy p = {.version = db_int(rows, 12)};
	struct {
		int col;
		struct str *to;
	} texts[] = {
	    {0, &p.id},
	    {1, &p.account},
	    {2, &p.text.type},
	    {4, &p.text.subject},
	    {5, &p.text.subject_op},
	    {6, &p.text.description},
	    {7, &p.text.pattern},
	    {8, &p.text.rule},
	    {9, &p.created_by},
	    {10, &p.modified_by},
	};
	int r = 0;

	for (size_t i = 0; r == 0 && i < nitems(texts); i++)
		r = take(a, rows, texts[i].col, texts[i].to);
	if (p.text.description.n == 0)
		p.text.description = STR_NONE;
	p.text.subject_kind = str_eq(db_str(rows, 3), STR("iam_id"))
				  ? POLICY_IDENTITY
				  : POLICY_GROUP;
	p.deleted = !str_eq(db_str(rows, 11), STR("active"));
	p.created_at = db_int(rows, 13);
	p.modified_at = db_int(rows, 14);
	if (r == 0)
		*ret = p;
	return r;
}

static int
roles_read(struct db_at *at, struct arena *a, struct policy *p)
{
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	struct str *roles = arena_get(a, POLICY_ROLES_MAX * sizeof(*roles));
	size_t n = 0;
	int r;

	if (roles == NULL)
		return FAIL(-ENOMEM);
	r = db_query(at, SQL_policy_roles, &rows, "s", p->id);
	while (r == 0 && n < POLICY_ROLES_MAX && (r = db_next(&rows)) == 0)
		r = take(a, &rows, 0, &roles[n++]);
	p->text.roles = roles;
	p->text.n_roles = r == OUT_ABSENT || r == 0 ? n : 0;
	return r == OUT_ABSENT ? 0 : r;
}

static int
attribute_read(struct db_rows *rows, struct arena *a, struct policy_attr *ret)
{
	struct str form = db_str(rows, 4);
	int r = take(a, rows, 1, &ret->name);

	if (r == 0)
		r = take(a, rows, 2, &ret->op);
	ret->said = db_int(rows, 3) != 0;
	if (str_eq(form, STR("list")))
		ret->form = POLICY_LIST;
	else if (str_eq(form, STR("flag")))
		ret->form = POLICY_FLAG;
	return r != 0 ? r : take(a, rows, 5, &ret->value);
}

/* Resources come before tags. */
static int
attributes_read(struct db_at *at, struct arena *a, struct policy *p)
{
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	struct policy_attr found[POLICY_ATTRS_MAX] = {0};
	struct policy_attr *list;
	size_t n = 0, n_tags = 0;
	int r = db_query(at, SQL_policy_attributes, &rows, "s", p->id);

	while (r == 0 && n < POLICY_ATTRS_MAX && (r = db_next(&rows)) == 0) {
		n_tags += str_eq(db_str(&rows, 0), STR("tag"));
		r = attribute_read(&rows, a, &found[n++]);
	}
	if (r != 0 && r != OUT_ABSENT)
		return r;
	list = arena_get(a, (n + 1) * sizeof(*list));
	if (list == NULL)
		return FAIL(-ENOMEM);
	memcpy(list, found, n * sizeof(*list));
	p->text.resources = list;
	p->text.n_resources = n - n_tags;
	p->text.tags = list + (n - n_tags);
	p->text.n_tags = n_tags;
	return 0;
}

int
policy_parts(struct db_at *at, struct arena *a, struct policy *p)
{
	int r = roles_read(at, a, p);

	return r != 0 ? r : attributes_read(at, a, p);
}

int
policy_load(struct db_at *at, struct str account, struct str id,
	    struct arena *a, struct policy *ret)
{
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	struct policy p;
	int r = db_one(at, SQL_policy_by_id, &rows, "ss", id, account);

	if (r == 0)
		r = policy_row(&rows, a, &p);
	if (r == 0)
		r = policy_parts(at, a, &p);
	if (r == 0)
		*ret = p;
	return r;
}

int
policy_get(struct core *core, struct str account, struct str id,
	   struct arena *a, struct policy *ret)
{
	CLEAN(db_view_endp) struct db_at *view = NULL;
	int r = db_view_begin(core->db, &view);

	return r != 0 ? r : policy_load(view, account, id, a, ret);
}

int64_t
policy_key(const struct policy *p, enum policy_order order)
{
	switch (order) {
	case POLICY_BY_CREATED:
		return p->created_at;
	case POLICY_BY_MODIFIED:
		return p->modified_at;
	case POLICY_BY_TYPE:
		return !str_eq(p->text.type, STR("access"));
	case POLICY_BY_ID:
		break;
	}
	return 0;
}

static int
order_open(struct db_at *at, const struct policy_filter *f, int64_t limit,
	   struct db_rows *ret)
{
	static const int statements[2][2] = {
	    {SQL_policy_list_account_up, SQL_policy_list_account_down},
	    {SQL_policy_list_subject_up, SQL_policy_list_subject_down}};
	const struct sort s = {.descending = f->descending,
			       .further = f->further,
			       .after_id = f->after,
			       .after_number = f->after_key};
	struct sort_from from = sort_from(&s);

	return db_query(
	    at, statements[f->subject.n > 0][f->descending], ret, "ssisssisiii",
	    f->account, f->subject.n > 0 ? f->subject : STR(""),
	    (int64_t)(f->subject.n > 0 && f->groups_too),
	    f->deleted ? STR("deleted") : STR("active"),
	    f->type.n > 0 ? f->type : STR(""),
	    f->service.n > 0 ? f->service : STR(""), (int64_t)f->plain, from.id,
	    limit + 1, (int64_t)f->order, from.number);
}

static int
list_open(struct db_at *at, const struct policy_filter *f, int64_t limit,
	  struct db_rows *ret)
{
	if (f->order != POLICY_BY_ID || f->descending)
		return order_open(at, f, limit, ret);
	return db_query(at,
			f->subject.n > 0 ? SQL_policy_list_subject
					 : SQL_policy_list_account,
			ret, "ssisssisi", f->account,
			f->subject.n > 0 ? f->subject : STR(""),
			(int64_t)(f->subject.n > 0 && f->groups_too),
			f->deleted ? STR("deleted") : STR("active"),
			f->type.n > 0 ? f->type : STR(""),
			f->service.n > 0 ? f->service : STR(""),
			(int64_t)f->plain, f->further ? f->after : STR(""),
			limit + 1);
}

int
policy_list(struct core *core, const struct policy_filter *f, struct arena *a,
	    struct policy **ret, size_t *n, bool *ret_more)
{
	CLEAN(db_view_endp) struct db_at *view = NULL;
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	int64_t limit = page_bound(f->limit);
	size_t count = 0, used = a->used;
	struct policy *list;
	int r;

	list = arena_get(a, (size_t)limit * sizeof(*list));
	if (list == NULL)
		return FAIL(-ENOMEM);
	r = db_view_begin(core->db, &view);
	if (r == 0)
		r = list_open(view, f, limit, &rows);
	while (r == 0 && (r = db_next(&rows)) == 0) {
		if (count == (size_t)limit ||
		    (count > 0 && a->used - used > POLICY_PAGE_BYTES))
			break;
		r = policy_row(&rows, a, &list[count]);
		if (r == 0)
			r = policy_parts(view, a, &list[count]);
		count++;
	}
	if (r != 0 && r != OUT_ABSENT)
		return r;
	*ret = list;
	*n = count;
	*ret_more = r == 0;
	return 0;
}
