#include "core/collect_inner.h"

#include "base/clock.h"
#include "core/sql.h"
#include "core/young.h"

struct page {
	int64_t id[COLLECT_ROUND]; /* those that are empty */
	size_t n, looked;
	int64_t last;
};

/* An upload that has no row yet holds its repository, too. */
static int
page_read(struct core *core, int64_t after, int64_t made_until,
	  struct page *ret)
{
	CLEAN(db_view_endp) struct db_at *view = NULL;
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	int r = db_view_begin(core->db, &view);

	if (r == 0)
		r = db_query(view, SQL_collect_repo_page, &rows, "iii",
			     made_until, after, (int64_t)COLLECT_ROUND);
	while (r == 0 && (r = db_next(&rows)) == 0) {
		ret->last = db_int(&rows, 0);
		ret->looked++;
		if (db_int(&rows, 1) != 0 && !young_is_in(core, ret->last))
			ret->id[ret->n++] = ret->last;
	}
	return r == OUT_ABSENT ? 0 : r;
}

struct emptying {
	struct core *core;
	const struct page *page;
	uint64_t ended;
};

static int
empty_write(struct db_at *at, void *arg)
{
	struct emptying *e = arg;
	int r = 0;

	e->ended = 0;
	for (size_t i = 0; r == 0 && i < e->page->n; i++) {
		int64_t changed = 0, id = e->page->id[i];

		if (young_is_in(e->core, id))
			continue;
		r = db_exec(at, SQL_collect_repo, &changed, "i", id);
		e->ended += (uint64_t)changed;
	}
	return FOLD(r);
}

int
collect_repos(struct core *core, struct collected *sum, bool *more)
{
	struct collector *c = core->collector;
	struct page page = {.n = 0};
	struct emptying e = {.core = core, .page = &page};
	int r =
	    page_read(core, c->repo_after, clock_now() - core->grace_ms, &page);

	if (r == 0 && page.n > 0)
		r = db_write(core->db, empty_write, &e);
	if (r != 0)
		return r;
	sum->repos += e.ended;
	*more = page.looked == COLLECT_ROUND;
	c->repo_after = *more ? page.last : 0;
	return 0;
}
