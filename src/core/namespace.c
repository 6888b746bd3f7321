#include "core/audit.h"
#include "core/collect_inner.h"

#include "base/clock.h"
#include "core/quota.h"
#include "core/sql.h"
#include "wire/ociref.h"
#include "json/json.h"

#include <errno.h>

struct change {
	const struct visit *by;
	struct str region, name;
	int64_t now;
	bool made;
};

static int
owner_in(struct db_at *at, struct str region, struct str name,
	 char account[ACCOUNT_ID_LEN + 1])
{
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	struct str owner;
	int r = db_one(at, SQL_namespace_owner, &rows, "ss", region, name);

	if (r != 0)
		return r;
	owner = db_str(&rows, 0);
	if (owner.n > ACCOUNT_ID_LEN)
		return FAIL(-EUCLEAN);
	memcpy(account, owner.p, owner.n);
	account[owner.n] = '\0';
	return 0;
}

int
namespace_owner(struct core *core, struct db_at *at, struct str region,
		struct str name, char account[ACCOUNT_ID_LEN + 1])
{
	CLEAN(db_view_endp) struct db_at *view = NULL;
	int r = 0;

	if (at == NULL) {
		r = db_view_begin(core->db, &view);
		at = view;
	}
	return r != 0 ? r : owner_in(at, region, name, account);
}

static int
trail(struct db_at *at, const struct change *c)
{
	CLEAN(buf_clear) struct buf thing = BUF_INIT;
	CLEAN(buf_clear) struct buf detail = BUF_INIT;
	struct jw w = JW(&detail);

	buf_adds(&thing, "namespace:");
	buf_addstr(&thing, c->name);
	jw_object(&w, NULL);
	jw_str(&w, "region", c->region);
	jw_end(&w);
	if (buf_err(&thing) != 0 || buf_err(&detail) != 0)
		return FAIL(-ENOMEM);
	return audit_change(at, c->by, buf_str(&thing), buf_str(&detail));
}

static int
room_for_one(struct db_at *at, const struct change *c)
{
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	int r = db_one(at, SQL_namespace_count, &rows, "ss",
		       str_c(c->by->account), c->region);

	if (r != 0)
		return FOLD(r);
	return db_int(&rows, 0) < NAMESPACES_MAX ? 0 : OUT_TOO_MANY;
}

static int
still_ending(struct db_at *at, const struct change *c)
{
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	int r =
	    db_one(at, SQL_namespace_ended, &rows, "ss", c->region, c->name);

	return r == 0 ? OUT_BUSY : r == OUT_ABSENT ? 0 : r;
}

static int
add_write(struct db_at *at, void *arg)
{
	struct change *c = arg;
	char owner[ACCOUNT_ID_LEN + 1];
	int r = owner_in(at, c->region, c->name, owner);

	c->made = false;
	if (r == 0)
		return strcmp(owner, c->by->account) == 0 ? 0 : OUT_CONFLICT;
	if (r == OUT_ABSENT)
		r = still_ending(at, c);
	if (r == 0)
		r = room_for_one(at, c);
	if (r != 0)
		return r;
	r = db_exec(at, SQL_namespace_insert, NULL, "sssii", c->region, c->name,
		    str_c(c->by->account), c->now, c->now);
	if (r != 0)
		return FOLD(r);
	c->made = true;
	/* The gate may remember that nobody owned it. */
	gate_changed(at);
	return trail(at, c);
}

int
namespace_add(const struct visit *by, struct str region, struct str name,
	      bool *ret_new)
{
	struct change c = {
	    .by = by, .region = region, .name = name, .now = clock_now()};
	int r;

	if (!ociref_is_namespace(name))
		return OUT_MALFORMED;
	r = gate_write(by, add_write, &c);
	if (r == 0)
		*ret_new = c.made;
	return r;
}

static int
remove_write(struct db_at *at, void *arg)
{
	struct change *c = arg;
	struct ended ended = {.region = c->region,
			      .name = c->name,
			      .account = str_c(c->by->account),
			      .now = c->now,
			      .review_at = c->now};
	char owner[ACCOUNT_ID_LEN + 1];
	int64_t repos;
	bool done;
	int r = owner_in(at, c->region, c->name, owner);

	if (r == 0 && strcmp(owner, c->by->account) != 0)
		return OUT_ABSENT;
	if (r != 0)
		return r;
	r = db_exec(at, SQL_namespace_end, NULL, "iss", c->now, c->region,
		    c->name);
	if (r == 0)
		r = db_exec(at, SQL_namespace_end_retention, NULL, "ss",
			    c->region, c->name);
	/* A small one goes at once, a large one in rounds of collection. */
	if (r == 0)
		r = namespace_drop_some(at, &ended, &repos, &done);
	if (r != 0)
		return FOLD(r);
	gate_changed(at);
	quota_binned(c->by->core, ended.account, c->region);
	return trail(at, c);
}

int
namespace_remove(const struct visit *by, struct str region, struct str name)
{
	struct change c = {
	    .by = by, .region = region, .name = name, .now = clock_now()};

	return gate_write(by, remove_write, &c);
}

static int
list_fill(struct db_rows *rows, struct arena *a, struct namespace_row *ret)
{
	ret->name = arena_str(a, db_str(rows, 0));
	ret->account = arena_str(a, db_str(rows, 1));
	ret->created_at = db_int(rows, 2);
	ret->updated_at = db_int(rows, 3);
	ret->options.immutable_tags = db_int(rows, 4) != 0;
	ret->options.allow_sparse = db_int(rows, 5) != 0;
	return ret->name.p == NULL || ret->account.p == NULL ? FAIL(-ENOMEM)
							     : 0;
}

int
namespace_list(struct core *core, struct str account, struct str region,
	       struct arena *a, struct namespace_row **ret, size_t *n)
{
	CLEAN(db_view_endp) struct db_at *view = NULL;
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	struct namespace_row *list;
	size_t count = 0;
	int r = db_view_begin(core->db, &view);

	if (r != 0)
		return r;
	list = arena_get(a, NAMESPACES_MAX * sizeof(*list));
	if (list == NULL)
		return FAIL(-ENOMEM);
	r = db_query(view, SQL_namespace_list, &rows, "ss", account, region);
	while (r == 0 && (r = db_next(&rows)) == 0) {
		if (count == NAMESPACES_MAX)
			break;
		r = list_fill(&rows, a, &list[count++]);
	}
	if (r != 0 && r != OUT_ABSENT)
		return r;
	*ret = list;
	*n = count;
	return 0;
}
