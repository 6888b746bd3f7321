#include "core/retention_inner.h"

#include "base/clock.h"
#include "core/audit.h"
#include "core/sql.h"
#include "json/json.h"

#include <errno.h>

static const struct retention none = {.images_per_repo = RETENTION_ALL,
				      .retain_untagged = true};

static bool
is_none(const struct retention *p)
{
	return p->images_per_repo == RETENTION_ALL && p->retain_untagged;
}

static bool
in_range(const struct retention *p)
{
	return p->images_per_repo >= RETENTION_ALL &&
	       p->images_per_repo <= RETENTION_IMAGES_MAX &&
	       p->threshold_days >= 0 &&
	       p->threshold_days <= RETENTION_DAYS_MAX;
}

/* --- setting --- */

struct change {
	const struct visit *by;
	struct str region;
	const struct retention *policy;
	int64_t now;
};

static int
trail(struct db_at *at, const struct change *c)
{
	CLEAN(buf_clear) struct buf thing = BUF_INIT;
	CLEAN(buf_clear) struct buf detail = BUF_INIT;
	struct jw w = JW(&detail);

	buf_adds(&thing, "namespace:");
	buf_addstr(&thing, c->policy->namespace);
	jw_object(&w, NULL);
	jw_str(&w, "region", c->region);
	jw_int(&w, "images_per_repo", c->policy->images_per_repo);
	jw_bool(&w, "retain_untagged", c->policy->retain_untagged);
	jw_int(&w, "deletion_threshold_days", c->policy->threshold_days);
	jw_end(&w);
	if (buf_err(&thing) != 0 || buf_err(&detail) != 0)
		return FAIL(-ENOMEM);
	return audit_change(at, c->by, buf_str(&thing), buf_str(&detail));
}

static int
put(struct db_at *at, const struct change *c)
{
	char principal[PRINCIPAL_MAX];
	const struct retention *p = c->policy;

	repo_principal(&c->by->who, principal);
	if (is_none(p))
		return FOLD(db_exec(at, SQL_retention_delete, NULL, "ss",
				    c->region, p->namespace));
	return FOLD(db_exec(at, SQL_retention_put, NULL, "ssiiisi", c->region,
			    p->namespace, p->images_per_repo,
			    (int64_t)p->retain_untagged, p->threshold_days,
			    str_c(principal), c->now));
}

static int
set_write(struct db_at *at, void *arg)
{
	const struct change *c = arg;
	char owner[ACCOUNT_ID_LEN + 1];
	int r = namespace_owner(c->by->core, at, c->region,
				c->policy->namespace, owner);

	if (r == 0 && strcmp(owner, c->by->account) != 0)
		r = OUT_ABSENT;
	if (r == 0)
		r = put(at, c);
	return r != 0 ? r : trail(at, c);
}

int
retention_set(const struct visit *by, struct str region,
	      const struct retention *policy)
{
	struct change c = {
	    .by = by, .region = region, .policy = policy, .now = clock_now()};
	struct retention_work work = {.core = by->core,
				      .region = region,
				      .policy = *policy,
				      .set_at = c.now};
	int64_t left = RETENTION_NOW_MAX;
	int r;

	if (!in_range(policy))
		return OUT_RANGE;
	r = gate_write(by, set_write, &c);
	if (r != 0 || is_none(policy))
		return r;
	r = retention_run(&work, &left);
	/* It is set, and due: what cannot be done now is done later. */
	return r > 0 ? 0 : r;
}

/* --- looking --- */

static int
fill(struct db_rows *rows, struct arena *a, struct retention *ret)
{
	*ret = (struct retention){.namespace = arena_str(a, db_str(rows, 0)),
				  .images_per_repo = db_int(rows, 1),
				  .threshold_days = db_int(rows, 2),
				  .retain_untagged = db_int(rows, 3) != 0};
	return ret->namespace.p == NULL ? FAIL(-ENOMEM) : 0;
}

int
retention_get(struct core *core, struct str region, struct str namespace,
	      struct arena *a, struct retention *ret)
{
	CLEAN(db_view_endp) struct db_at *view = NULL;
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	char owner[ACCOUNT_ID_LEN + 1];
	int r = db_view_begin(core->db, &view);

	if (r == 0)
		r = namespace_owner(core, view, region, namespace, owner);
	if (r != 0)
		return r;
	r = db_one(view, SQL_retention_get, &rows, "ss", region, namespace);
	if (r == 0)
		return fill(&rows, a, ret);
	if (r != OUT_ABSENT)
		return r;
	*ret = none;
	ret->namespace = arena_str(a, namespace);
	return ret->namespace.p == NULL ? FAIL(-ENOMEM) : 0;
}

int
retention_list(struct core *core, struct str account, struct str region,
	       struct arena *a, struct retention **ret, size_t *n)
{
	CLEAN(db_view_endp) struct db_at *view = NULL;
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	struct retention *list = arena_get(a, NAMESPACES_MAX * sizeof(*list));
	size_t count = 0;
	int r = db_view_begin(core->db, &view);

	if (list == NULL)
		return FAIL(-ENOMEM);
	if (r == 0)
		r = db_query(view, SQL_retention_list, &rows, "ss", account,
			     region);
	while (r == 0 && (r = db_next(&rows)) == 0) {
		if (count == NAMESPACES_MAX)
			return FAIL(-EUCLEAN);
		r = fill(&rows, a, &list[count++]);
	}
	if (r != OUT_ABSENT)
		return r;
	*ret = list;
	*n = count;
	return 0;
}

static int
tell(struct db_at *at, const struct retention_plan *plan, struct str repo,
     retention_each_fn *fn, void *arg)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < plan->n; i++) {
		CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;

		r = FOLD(db_one(at, SQL_retention_digest, &rows, "i",
				plan->items[i].id));
		if (r == 0)
			r = fn(arg, repo, db_str(&rows, 0));
	}
	return r;
}

int
retention_analyze(struct core *core, struct str region,
		  const struct retention *policy, retention_each_fn *fn,
		  void *arg)
{
	CLEAN(db_view_endp) struct db_at *view = NULL;
	CLEAN(buf_clear) struct buf name = BUF_INIT;
	char owner[ACCOUNT_ID_LEN + 1];
	int64_t repo;
	int r;

	if (!in_range(policy))
		return OUT_RANGE;
	r = db_view_begin(core->db, &view);
	if (r == 0)
		r = namespace_owner(core, view, region, policy->namespace,
				    owner);
	while (r == 0) {
		CLEAN(retention_plan_clear) struct retention_plan plan = {0};

		r = retention_next_repo(view, region, policy->namespace, &name,
					&repo);
		if (r == OUT_ABSENT)
			return 0;
		if (r == 0)
			r = retention_plan(view, repo, policy, clock_now(),
					   &plan);
		if (r == 0)
			r = tell(view, &plan, buf_str(&name), fn, arg);
	}
	return r;
}

/* --- daily --- */

struct due {
	struct retention_work work;
	struct buf namespace, region;
};

static void
due_clear(struct due *d)
{
	buf_clear(&d->namespace);
	buf_clear(&d->region);
}

static int
due_next(struct core *core, struct due *ret)
{
	CLEAN(db_view_endp) struct db_at *view = NULL;
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	int r = db_view_begin(core->db, &view);

	if (r == 0)
		r = db_one(view, SQL_retention_due, &rows, "i", clock_now());
	if (r == 0)
		r = buf_addstr(&ret->namespace, db_str(&rows, 0));
	if (r == 0)
		r = buf_addstr(&ret->region, db_str(&rows, 5));
	if (r != 0)
		return r;
	ret->work = (struct retention_work){
	    .core = core,
	    .region = buf_str(&ret->region),
	    .policy = {.namespace = buf_str(&ret->namespace),
		       .images_per_repo = db_int(&rows, 1),
		       .threshold_days = db_int(&rows, 2),
		       .retain_untagged = db_int(&rows, 3) != 0},
	    .set_at = db_int(&rows, 4)};
	return 0;
}

#define DUE_MAX 8 /* namespaces in a round */

/* One that fails keeps none of the others waiting. */
int
retention_tidy(struct core *core)
{
	int64_t left = RETENTION_ROUND_MAX;
	int r = 0, failed = 0;

	for (int i = 0; r == 0 && left > 0 && i < DUE_MAX; i++) {
		CLEAN(due_clear)
		struct due due = {.namespace = BUF_INIT, .region = BUF_INIT};

		r = due_next(core, &due);
		if (r != 0)
			break;
		r = retention_run(&due.work, &left);
		if (r == 0)
			continue;
		failed = failed != 0 ? failed : r;
		r = retention_put_off(&due.work);
	}
	r = r == OUT_ABSENT ? 0 : r;
	return failed != 0 ? failed : r;
}
