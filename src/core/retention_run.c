#include "core/retention_inner.h"

#include "base/clock.h"
#include "core/manifest_inner.h"
#include "core/sql.h"

/* Some of a plan, in one write. */
struct batch {
	const struct retention_work *work;
	const struct retention_item *items;
	size_t n;
	struct visit own; /* this program's own doing */
	struct place at;
	int64_t repo, now;
	int64_t removed;
};

/* 0: the policy is still the one that was set, and the namespace as it was. */
static int
holds(struct db_at *at, struct batch *b)
{
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	const struct retention_work *w = b->work;
	int r = db_one(at, SQL_retention_holds, &rows, "ssi", w->region,
		       w->policy.namespace, w->set_at);

	if (r == 0)
		r = namespace_owner(w->core, at, w->region, w->policy.namespace,
				    b->own.account);
	return r;
}

/* One that was tagged or taken into an index meanwhile stays. */
static int
remove_one(struct db_at *at, struct batch *b, const struct retention_item *i)
{
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	CLEAN(buf_clear) struct buf digest = BUF_INIT;
	struct manifest_end end = {.by = &b->own,
				   .at = &b->at,
				   .why = "retention",
				   .repo = b->repo,
				   .id = i->id,
				   .now = b->now};
	int r = db_one(at, SQL_retention_image, &rows, "iii", i->id, b->repo,
		       i->tagged_at);

	if (r == 0)
		r = buf_addstr(&digest, db_str(&rows, 0));
	if (r != 0)
		return r == OUT_ABSENT ? 0 : r;
	db_rows_clear(&rows);
	end.digest = buf_str(&digest);
	b->removed++;
	return manifest_end(at, &end);
}

static int
batch_write(struct db_at *at, void *arg)
{
	struct batch *b = arg;
	int r = holds(at, b);

	b->removed = 0;
	for (size_t i = 0; r == 0 && i < b->n; i++)
		r = remove_one(at, b, &b->items[i]);
	return r;
}

/* 0; OUT_TOO_MANY there is more than *left; OUT_ABSENT the policy is gone. */
static int
remove_all(const struct retention_work *w, struct str name, int64_t repo,
	   const struct retention_plan *plan, int64_t *left)
{
	struct batch b = {.work = w,
			  .own = {.core = w->core,
				  .verb = VERB_IMAGE_DELETE,
				  .at = clock_now()},
			  .at = {.region = w->region, .name = name},
			  .repo = repo,
			  .now = clock_now()};
	int r = 0;

	for (size_t i = 0; r == 0 && i < plan->n; i += b.n) {
		size_t room =
		    *left < RETENTION_BATCH ? (size_t)*left : RETENTION_BATCH;

		if (room == 0)
			return OUT_TOO_MANY;
		b.items = plan->items + i;
		b.n = plan->n - i < room ? plan->n - i : room;
		r = gate_write(&b.own, batch_write, &b);
		*left -= r == 0 ? (int64_t)b.n : 0;
	}
	return r;
}

static int
plan_next(const struct retention_work *w, struct buf *name, int64_t *repo,
	  struct retention_plan *plan)
{
	CLEAN(db_view_endp) struct db_at *view = NULL;
	int r = db_view_begin(w->core->db, &view);

	if (r == 0)
		r = retention_next_repo(view, w->region, w->policy.namespace,
					name, repo);
	return r != 0
		   ? r
		   : retention_plan(view, *repo, &w->policy, clock_now(), plan);
}

struct done {
	const struct retention_work *work;
	int64_t due_at;
};

static int
done_write(struct db_at *at, void *arg)
{
	const struct done *d = arg;

	return FOLD(db_exec(at, SQL_retention_done, NULL, "issi", d->due_at,
			    d->work->region, d->work->policy.namespace,
			    d->work->set_at));
}

static int
done(const struct retention_work *w, int64_t again_ms)
{
	struct done d = {.work = w, .due_at = clock_now() + again_ms};

	return db_write(w->core->db, done_write, &d);
}

int
retention_put_off(const struct retention_work *w)
{
	return done(w, RETENTION_PAUSE_MS);
}

int
retention_run(const struct retention_work *w, int64_t *left)
{
	CLEAN(buf_clear) struct buf name = BUF_INIT;
	int64_t repo = 0;
	int r = 0;

	while (r == 0) {
		CLEAN(retention_plan_clear) struct retention_plan plan = {0};

		r = plan_next(w, &name, &repo, &plan);
		/* No repository is left: all is done. */
		if (r == OUT_ABSENT)
			return done(w, DAY_MS);
		if (r == 0)
			r = remove_all(w, buf_str(&name), repo, &plan, left);
	}
	/* What is left over is due at once: the next round goes on with it. */
	if (r == OUT_TOO_MANY)
		return done(w, 0);
	return r == OUT_ABSENT ? 0 : r;
}
