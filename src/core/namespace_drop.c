#include "core/collect_inner.h"

#include "base/clock.h"
#include "core/bin.h"
#include "core/quota.h"
#include "core/sql.h"

#define SOME   64  /* of each kind, of one repository, in one write */
#define ENOUGH 256 /* of all: nothing more is begun */

struct ids {
	int64_t id[SOME];
	size_t n;
};

static int
ids_read(struct db_at *at, int sql, int64_t repo, struct ids *ret)
{
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	int r = db_query(at, sql, &rows, "ii", repo, (int64_t)SOME);

	ret->n = 0;
	while (r == 0 && (r = db_next(&rows)) == 0)
		ret->id[ret->n++] = db_int(&rows, 0);
	return r == OUT_ABSENT ? 0 : r;
}

/* In any order: what joins them to others goes first. */
static int
manifests_drop(struct db_at *at, const struct ended *e,
	       const struct link_home *home, const struct ids *ids)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < ids->n; i++) {
		r = db_exec(at, SQL_ended_children, NULL, "i", ids->id[i]);
		if (r == 0)
			r = link_release(at, home, ids->id[i], e->now,
					 e->review_at);
		if (r == 0)
			r = db_exec(at, SQL_manifest_delete, NULL, "i",
				    ids->id[i]);
	}
	return FOLD(r);
}

static int
links_drop(struct db_at *at, const struct ended *e,
	   const struct link_home *home, const struct ids *ids)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < ids->n; i++)
		r = link_end(at, home, ids->id[i], e->review_at);
	return FOLD(r);
}

/* Some of what hangs on the repository, leaves first; *ret_done: it was all,
 * and the repository went too. How many uploads there are is limited. */
static int
repo_drop_some(struct db_at *at, const struct ended *e, int64_t repo,
	       size_t *count, bool *ret_done)
{
	struct link_home home = {
	    .repo = repo, .account = e->account, .region = e->region};
	int64_t tags = 0;
	struct ids manifests = {.n = 0}, links = {.n = 0};
	int r = db_exec(at, SQL_ended_upload_keys, NULL, "ii", e->now, repo);

	if (r == 0)
		r = db_exec(at, SQL_ended_uploads, NULL, "i", repo);
	if (r == 0)
		r = db_exec(at, SQL_ended_tags, &tags, "ii", repo,
			    (int64_t)SOME);
	*ret_done = false;
	*count += (size_t)tags + 1;
	if (r != 0 || tags == SOME)
		return FOLD(r);
	r = ids_read(at, SQL_ended_manifests, repo, &manifests);
	if (r == 0)
		r = manifests_drop(at, e, &home, &manifests);
	*count += manifests.n;
	if (r != 0 || manifests.n == SOME)
		return r;
	r = ids_read(at, SQL_ended_links, repo, &links);
	if (r == 0)
		r = links_drop(at, e, &home, &links);
	*count += links.n;
	if (r != 0 || links.n == SOME)
		return r;
	*ret_done = true;
	return FOLD(db_exec(at, SQL_ended_repo_drop, NULL, "i", repo));
}

static int
repo_next(struct db_at *at, const struct ended *e, int64_t *ret)
{
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	int r = db_one(at, SQL_ended_repo, &rows, "ss", e->region, e->name);

	if (r == 0)
		*ret = db_int(&rows, 0);
	return r;
}

int
namespace_drop_some(struct db_at *at, const struct ended *e, int64_t *ret_repos,
		    bool *ret_done)
{
	int64_t repo, repos = 0, binned = 0;
	size_t count = 0;
	bool done = true;
	int r = 0;

	while (done && count < ENOUGH && (r = repo_next(at, e, &repo)) == 0) {
		r = repo_drop_some(at, e, repo, &count, &done);
		if (r != 0)
			return r;
		repos += done;
	}
	*ret_repos = repos;
	*ret_done = false;
	if (r != OUT_ABSENT)
		return r;
	r = bin_end_namespace(at, e->region, e->name, e->review_at,
			      (int64_t)SOME, &binned);
	*ret_done = r == 0 && binned < SOME;
	return r != 0 || !*ret_done ? r
				    : FOLD(db_exec(at, SQL_ended_drop, NULL,
						   "ss", e->region, e->name));
}

struct dropping {
	struct core *core;
	int64_t now, repos;
	bool any, done;
};

static int
drop_write(struct db_at *at, void *arg)
{
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	struct dropping *d = arg;
	struct ended e = {.now = d->now, .review_at = d->now};
	int r = db_one(at, SQL_ended_next, &rows, "");

	d->repos = 0;
	d->any = r == 0;
	if (r != 0)
		return r == OUT_ABSENT ? 0 : r;
	e.region = db_str(&rows, 0);
	e.name = db_str(&rows, 1);
	e.account = db_str(&rows, 2);
	quota_binned(d->core, e.account, e.region);
	return namespace_drop_some(at, &e, &d->repos, &d->done);
}

static bool
any_ended(struct core *core)
{
	CLEAN(db_view_endp) struct db_at *view = NULL;
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;

	return db_view_begin(core->db, &view) == 0 &&
	       db_one(view, SQL_ended_next, &rows, "") == 0;
}

int
collect_namespaces(struct core *core, struct collected *sum, bool *more)
{
	struct dropping d = {.core = core, .now = clock_now()};
	int r;

	if (!any_ended(core))
		return 0;
	r = db_write(core->db, drop_write, &d);
	if (r != 0)
		return r;
	sum->repos += (uint64_t)d.repos;
	if (d.any)
		*more = true;
	return 0;
}
