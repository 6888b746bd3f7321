/*
 * House-keeping of git repositories: what is known of them after a push, which
 * are to be maintained, and which are over.
 */
#include "core/git_inner.h"

#include "base/clock.h"
#include "core/sql.h"

#include <errno.h>

struct fact {
	struct core *core;
	int sql;
	struct str id;
	int64_t size, now;
};

static int
fact_write(struct db_at *at, void *arg)
{
	const struct fact *f = arg;
	int64_t n;
	int r;

	if (f->sql == SQL_gitrepo_pushed)
		r = db_exec(at, f->sql, &n, "sii", f->id, f->size, f->now);
	else
		r = db_exec(at, f->sql, &n, "si", f->id, f->size);
	if (r != 0)
		return FOLD(r);
	return n == 0 ? OUT_ABSENT : 0;
}

int
gitrepo_pushed(struct core *core, struct str id, int64_t size)
{
	struct fact f = {.sql = SQL_gitrepo_pushed,
			 .id = id,
			 .size = size,
			 .now = clock_now()};

	return db_write(core->db, fact_write, &f);
}

int
gitrepo_maintained(struct core *core, struct str id, int64_t size)
{
	struct fact f = {.sql = SQL_gitrepo_maintained, .id = id, .size = size};

	return db_write(core->db, fact_write, &f);
}

static int
ids_read(struct core *core, int sql, int64_t from, int64_t limit,
	 struct arena *a, struct str **ret, size_t *n)
{
	CLEAN(db_view_endp) struct db_at *view = NULL;
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	struct str *list;
	size_t count = 0;
	int r = db_view_begin(core->db, &view);

	if (r != 0)
		return r;
	if (limit <= 0 || limit > PAGE_MAX)
		limit = PAGE_MAX;
	list = arena_get(a, (size_t)limit * sizeof(*list));
	if (list == NULL)
		return FAIL(-ENOMEM);
	r = db_query(view, sql, &rows, "ii", from, limit);
	while (r == 0 && count < (size_t)limit && (r = db_next(&rows)) == 0) {
		list[count] = arena_str(a, db_str(&rows, 0));
		if (list[count++].p == NULL)
			r = FAIL(-ENOMEM);
	}
	if (r != 0 && r != OUT_ABSENT)
		return r;
	*ret = list;
	*n = count;
	return 0;
}

int
gitrepo_worn(struct core *core, int64_t pushes_min, int64_t limit,
	     struct arena *a, struct str **ret, size_t *n)
{
	return ids_read(core, SQL_gitrepo_worn, pushes_min, limit, a, ret, n);
}

int
gitrepo_over(struct core *core, int64_t limit, struct arena *a,
	     struct str **ret, size_t *n)
{
	return ids_read(core, SQL_gitrepo_over, clock_now() - GITREPO_GRACE_MS,
			limit, a, ret, n);
}

/* Between the look at what is over and this, somebody may have put it back. */
static int
forget_write(struct db_at *at, void *arg)
{
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	const struct fact *f = arg;
	struct visit by = {.core = f->core, .verb = VERB_GIT_DELETE};
	struct gitrepo repo;
	int r = db_one(at, SQL_gitrepo_by_id, &rows, "s", f->id);

	if (r == 0)
		r = gitrepo_look(&rows, &repo);
	if (r == 0)
		r = FIELD_PUT(by.account, repo.account);
	if (r != 0)
		return r;
	if (repo.removed_at == 0 || repo.removed_at > f->now - GITREPO_GRACE_MS)
		return OUT_CONFLICT;
	r = access_keys_drop(at, &by, SQL_access_key_of_repo, f->id);
	if (r == 0)
		r = gitrepo_trail(at, &by, &repo, STR("{\"purged\":true}"));
	if (r == 0)
		r = FOLD(db_exec(at, SQL_gitrepo_forget, NULL, "s", f->id));
	gate_changed(at);
	return r;
}

int
gitrepo_forget(struct core *core, struct str id)
{
	struct fact f = {.core = core, .id = id, .now = clock_now()};

	return db_write(core->db, forget_write, &f);
}

int
gitrepo_is(struct core *core, struct str id, bool *ret)
{
	CLEAN(db_view_endp) struct db_at *view = NULL;
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	int r = db_view_begin(core->db, &view);

	if (r == 0)
		r = db_one(view, SQL_gitrepo_is, &rows, "s", id);
	if (r != 0 && r != OUT_ABSENT)
		return r;
	*ret = r == 0;
	return 0;
}
