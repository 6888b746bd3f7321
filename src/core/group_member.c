#include "core/group.h"

#include "core/account_inner.h"
#include "core/audit.h"
#include "core/policy.h"
#include "core/sql.h"
#include "db/db.h"
#include "json/json.h"

#include <errno.h>

struct change {
	const struct visit *by;
	struct str group, identity;
};

static int
trail(struct db_at *at, const struct change *c)
{
	CLEAN(buf_clear) struct buf detail = BUF_INIT;
	struct thing thing = {.kind = THING_GROUP, .name = c->group};
	char text[AUDIT_THING_MAX];
	struct jw w = JW(&detail);

	jw_object(&w, NULL);
	jw_str(&w, "member", c->identity);
	jw_end(&w);
	if (buf_err(&detail) != 0)
		return FAIL(buf_err(&detail));
	return audit_change(at, c->by, audit_thing_text(&thing, text),
			    buf_str(&detail));
}

/* Of the visit's account, and the one that it was let in for. */
static int
group_here(struct db_at *at, const struct change *c)
{
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	const struct thing *thing = &c->by->thing;

	if (thing->kind == THING_GROUP && !str_eq(thing->name, c->group))
		return OUT_ABSENT;
	return db_one(at, SQL_group_by_id, &rows, "ss", c->group,
		      str_c(c->by->account));
}

/* Of the account, and not locked. */
static int
identity_here(struct db_at *at, const struct change *c)
{
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	int r = db_one(at, SQL_policy_identity, &rows, "ss", c->identity,
		       str_c(c->by->account));

	return r == 0 && db_int(&rows, 0) != 0 ? OUT_CONFLICT : r;
}

static int
room_for_one(struct db_at *at, const struct change *c)
{
	CLEAN(db_rows_clear) struct db_rows in = DB_ROWS_INIT;
	CLEAN(db_rows_clear) struct db_rows of = DB_ROWS_INIT;
	int r = db_one(at, SQL_group_member_total, &in, "s", c->group);

	if (r == 0)
		r = db_one(at, SQL_group_of_total, &of, "ss", c->identity,
			   str_c(c->by->account));
	if (r != 0)
		return FOLD(r);
	return db_int(&in, 0) >= GROUP_MEMBERS_MAX ||
		       db_int(&of, 0) >= GROUPS_OF_MAX
		   ? OUT_TOO_MANY
		   : 0;
}

static int
add_write(struct db_at *at, void *arg)
{
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	const struct change *c = arg;
	int r = group_here(at, c);

	if (r == 0)
		r = identity_here(at, c);
	if (r == 0)
		r = policy_may_give_group(at, c->by, c->group);
	if (r != 0)
		return r;
	r = db_one(at, SQL_group_member_by_id, &rows, "ss", c->group,
		   c->identity);
	if (r != OUT_ABSENT)
		return r;
	r = room_for_one(at, c);
	if (r == 0)
		r = FOLD(db_exec(at, SQL_group_member_insert, NULL, "sssi",
				 c->group, c->identity,
				 str_c(c->by->who.identity), c->by->at));
	gate_granted(at, str_c(c->by->account));
	return r != 0 ? r : trail(at, c);
}

int
group_member_add(const struct visit *by, struct str group, struct str identity)
{
	struct change c = {.by = by, .group = group, .identity = identity};

	return gate_write(by, add_write, &c);
}

static int
remove_write(struct db_at *at, void *arg)
{
	const struct change *c = arg;
	int64_t changed = 0;
	int r = group_here(at, c);

	if (r == 0)
		r = FOLD(db_exec(at, SQL_group_member_delete, &changed, "ss",
				 c->group, c->identity));
	if (r != 0)
		return r;
	if (changed == 0)
		return OUT_ABSENT;
	gate_granted(at, str_c(c->by->account));
	return trail(at, c);
}

int
group_member_remove(const struct visit *by, struct str group,
		    struct str identity)
{
	struct change c = {.by = by, .group = group, .identity = identity};

	return gate_write(by, remove_write, &c);
}

static int
row_read(struct db_rows *rows, struct arena *a, struct group_member *ret)
{
	ret->identity = arena_str(a, db_str(rows, 0));
	ret->added_by = arena_str(a, db_str(rows, 1));
	ret->added_at = db_int(rows, 2);
	return ret->identity.p == NULL || ret->added_by.p == NULL
		   ? FAIL(-ENOMEM)
		   : 0;
}

int
group_member_get(struct core *core, struct str group, struct str identity,
		 struct arena *a, struct group_member *ret)
{
	CLEAN(db_view_endp) struct db_at *view = NULL;
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	struct group_member got = {0};
	int r = db_view_begin(core->db, &view);

	if (r == 0)
		r = db_one(view, SQL_group_member_by_id, &rows, "ss", group,
			   identity);
	if (r == 0)
		r = row_read(&rows, a, &got);
	if (r == 0)
		*ret = got;
	return r;
}

int
group_member_list(struct core *core, struct str group, int64_t offset,
		  int64_t limit, struct arena *a, struct group_member **ret,
		  size_t *n, int64_t *ret_total)
{
	CLEAN(db_view_endp) struct db_at *view = NULL;
	CLEAN(db_rows_clear) struct db_rows all = DB_ROWS_INIT;
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	struct group_member *list;
	size_t count = 0;
	int r;

	limit = page_bound(limit);
	list = arena_get(a, (size_t)limit * sizeof(*list));
	if (list == NULL)
		return FAIL(-ENOMEM);
	r = db_view_begin(core->db, &view);
	if (r == 0)
		r = db_one(view, SQL_group_member_total, &all, "s", group);
	if (r == 0)
		r = db_query(view, SQL_group_member_list, &rows, "sii", group,
			     limit, offset);
	while (r == 0 && count < (size_t)limit && (r = db_next(&rows)) == 0)
		r = row_read(&rows, a, &list[count++]);
	if (r != 0 && r != OUT_ABSENT)
		return r;
	*ret = list;
	*n = count;
	*ret_total = db_int(&all, 0);
	return 0;
}
