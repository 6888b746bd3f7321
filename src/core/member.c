#include "core/invite.h"

#include "core/account_inner.h"
#include "core/audit.h"
#include "core/sql.h"

#include <errno.h>

/* Columns of member_list and member_get behind those of a user. */
enum { COL_STATE = USER_COLS, COL_ADDED, COL_HOME };

/* Of who has not come yet nothing is shown but what the one who invited said:
 * whether they are known elsewhere is nobody's business here. */
static int
row_read(struct db_rows *rows, struct arena *a, struct member *ret)
{
	int r = user_row_read(rows, a, &ret->user);

	ret->pending = !str_eq(db_str(rows, COL_STATE), STR("active"));
	ret->added_at = db_int(rows, COL_ADDED);
	ret->home = db_int(rows, COL_HOME) != 0;
	if (r != 0 || !ret->pending)
		return r;
	ret->home = false;
	ret->user = (struct user){.id = ret->user.id,
				  .kind = ret->user.kind,
				  .name = ret->user.email,
				  .email = ret->user.email,
				  .description = STR(""),
				  .account = STR(""),
				  .version = 1,
				  .created_at = ret->added_at,
				  .modified_at = ret->added_at};
	return 0;
}

int
member_list(struct core *core, struct str account, struct str after,
	    int64_t limit, struct arena *a, struct member **ret, size_t *n)
{
	CLEAN(db_view_endp) struct db_at *view = NULL;
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	struct member *list;
	size_t count = 0;
	int r = db_view_begin(core->db, &view);

	if (r != 0)
		return r;
	limit = page_bound(limit);
	list = arena_get(a, (size_t)limit * sizeof(*list));
	if (list == NULL)
		return FAIL(-ENOMEM);
	r = db_query(view, SQL_member_list, &rows, "ssi", account, after,
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
member_get(struct core *core, struct str account, struct str iam_id,
	   struct arena *a, struct member *ret)
{
	CLEAN(db_view_endp) struct db_at *view = NULL;
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	struct member got;
	int r = db_view_begin(core->db, &view);

	if (r == 0)
		r = db_one(view, SQL_member_get, &rows, "ss", account, iam_id);
	if (r == 0)
		r = row_read(&rows, a, &got);
	if (r == 0)
		*ret = got;
	return r;
}

int
member_count(struct core *core, struct str account, int64_t *ret)
{
	CLEAN(db_view_endp) struct db_at *view = NULL;
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	int r = db_view_begin(core->db, &view);

	if (r == 0)
		r = FOLD(db_one(view, SQL_member_count, &rows, "s", account));
	if (r == 0)
		*ret = db_int(&rows, 0);
	return r;
}

/* --- out of an account --- */

struct leave {
	const struct visit *by;
	struct str id;
};

int
account_leave(struct db_at *at, struct str account, struct str id)
{
	static const int ends[] = {
	    SQL_member_delete,	     SQL_member_end_keys,
	    SQL_member_end_sessions, SQL_member_end_policies,
	    SQL_member_end_groups,   SQL_member_end_invitation,
	};
	int r = 0;

	gate_granted(at, account);
	for (size_t i = 0; r == 0 && i < nitems(ends); i++)
		r = FOLD(db_exec(at, ends[i], NULL, "ss", account, id));
	return r;
}

/* Somebody who never came and is expected elsewhere as well is at home there
 * from now on; everybody else who is at home here ends. */
static int
leave_home(struct db_at *at, const struct leave *l, bool pending)
{
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	struct str account = str_c(l->by->account);
	int r = OUT_ABSENT;

	if (pending)
		r = db_one(at, SQL_member_elsewhere, &rows, "ss", l->id,
			   account);
	if (r == OUT_ABSENT)
		return identity_end(at, STR_NONE, l->id);
	if (r == 0)
		r = account_leave(at, account, l->id);
	if (r == 0)
		gate_granted(at, db_str(&rows, 0));
	if (r == 0)
		r = FOLD(db_exec(at, SQL_member_move, NULL, "ss", l->id,
				 db_str(&rows, 0)));
	return r != 0 ? r
		      : FOLD(db_exec(at, SQL_member_delete, NULL, "ss",
				     db_str(&rows, 0), l->id));
}

enum { RANK_HOME, RANK_OPERATOR, RANK_STATE, RANK_MEMBER, RANK_OWNS };

static int
leave_write(struct db_at *at, void *arg)
{
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	const struct leave *l = arg;
	struct str account = str_c(l->by->account);
	struct thing thing = {.kind = THING_IDENTITY, .name = l->id};
	char text[AUDIT_THING_MAX];
	bool home;
	int r = db_one(at, SQL_member_rank, &rows, "ss", account, l->id);

	if (r != 0)
		return r;
	home = str_eq(db_str(&rows, RANK_HOME), account);
	if (!home && db_null(&rows, RANK_MEMBER))
		return OUT_ABSENT;
	/* Nobody could undo it. */
	if (db_int(&rows, RANK_OWNS) != 0 ||
	    (home && db_int(&rows, RANK_OPERATOR) != 0))
		return OUT_CONFLICT;
	r = audit_change(at, l->by, audit_thing_text(&thing, text), STR("{}"));
	if (r != 0)
		return r;
	return home ? leave_home(
			  at, l,
			  str_eq(db_str(&rows, RANK_STATE), STR("pending")))
		    : account_leave(at, account, l->id);
}

int
member_remove(const struct visit *by, struct str iam_id)
{
	struct leave l = {.by = by, .id = iam_id};

	return gate_write(by, leave_write, &l);
}
