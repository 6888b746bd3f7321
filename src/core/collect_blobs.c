#include "core/collect_inner.h"

#include "base/clock.h"
#include "core/quota.h"
#include "core/sql.h"

#define LINKS_AT_ONCE 64

struct ids {
	int64_t id[COLLECT_ROUND];
	size_t n;
};

static int
ids_read(struct db_at *view, int sql, int64_t limit_at, struct ids *ret)
{
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	int r = db_query(view, sql, &rows, "ii", limit_at,
			 (int64_t)(COLLECT_ROUND - ret->n));

	while (r == 0 && (r = db_next(&rows)) == 0)
		ret->id[ret->n++] = db_int(&rows, 0);
	return r == OUT_ABSENT ? 0 : r;
}

/* The furthest look that there would be by now: others were put down when the
 * grace was longer, or by a clock that was wrong. */
static int64_t
furthest(const struct core *core, int64_t now)
{
	return now + core->grace_ms + COLLECT_PAUSE_MS;
}

static int
due_read(struct core *core, int64_t now, struct ids *ret)
{
	CLEAN(db_view_endp) struct db_at *view = NULL;
	int r = db_view_begin(core->db, &view);

	if (r == 0)
		r = ids_read(view, SQL_collect_due, now, ret);
	if (r == 0)
		r = ids_read(view, SQL_collect_far, furthest(core, now), ret);
	return r;
}

struct look {
	struct core *core;
	const struct ids *ids;
	int64_t now, grace;
	/* Anew each time that the write runs. */
	struct collected sum;
	uint64_t left; /* links that may be ended in this write */
};

/* Of a link that is to end. */
struct home {
	int64_t repo;
	char account[ACCOUNT_ID_LEN + 1];
	char region[REGION_NAME_MAX + 1];
};

static int
homes_read(struct db_at *at, int64_t blob, int64_t until, uint64_t limit,
	   struct home ret[LINKS_AT_ONCE], size_t *n)
{
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	int r = db_query(at, SQL_collect_links, &rows, "iii", blob, until,
			 (int64_t)limit);

	while (r == 0 && (r = db_next(&rows)) == 0) {
		struct home *h = &ret[(*n)++];

		h->repo = db_int(&rows, 0);
		(void)snprintf(h->account, sizeof(h->account), "%.*s",
			       STR_ARG(db_str(&rows, 1)));
		(void)snprintf(h->region, sizeof(h->region), "%.*s",
			       STR_ARG(db_str(&rows, 2)));
	}
	return r == OUT_ABSENT ? 0 : r;
}

/* Ends the links whose time is over; *n is how many, and less than asked for
 * when there are no more. A manifest that needs one all the same keeps it. */
static int
links_end(struct db_at *at, struct look *l, int64_t blob, uint64_t limit,
	  size_t *n)
{
	struct home homes[LINKS_AT_ONCE];
	int r = homes_read(at, blob, l->now - l->grace, limit, homes, n);

	for (size_t i = 0; r == 0 && i < *n; i++) {
		struct link_home home = {.repo = homes[i].repo,
					 .account = str_c(homes[i].account),
					 .region = str_c(homes[i].region)};

		r = link_end(at, &home, blob, l->now);
		l->sum.links += r == 0;
		if (r == 0)
			quota_binned(l->core, home.account, home.region);
		if (r == OUT_CONFLICT)
			r = link_take(at, &home, blob, l->now);
	}
	return FOLD(r);
}

/* OUT_CONFLICT: something needs it after all. */
static int
blob_end(struct db_at *at, struct look *l, int64_t blob)
{
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	int r = db_one(at, SQL_collect_blob_key, &rows, "i", blob);

	if (r == 0)
		r = db_exec(at, SQL_collect_blob, NULL, "i", blob);
	if (r != 0)
		return r;
	l->sum.blobs++;
	l->sum.bytes += (uint64_t)db_int(&rows, 1);
	return FOLD(db_exec(at, SQL_trash_put, NULL, "si", db_str(&rows, 0),
			    l->now + TRASH_DELAY_MS));
}

/* What is left of it decides when the next look is, if there is one at all. */
static int
settle(struct db_at *at, struct look *l, int64_t blob)
{
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	int64_t next = l->now + l->grace + COLLECT_PAUSE_MS;
	bool needed, waits;
	int r = db_one(at, SQL_collect_rest, &rows, "i", blob);

	if (r != 0)
		return FOLD(r);
	needed = db_int(&rows, 0) != 0;
	waits = !db_null(&rows, 1);
	if (waits && db_int(&rows, 1) + l->grace > l->now)
		next = db_int(&rows, 1) + l->grace;
	db_rows_clear(&rows);
	if (!needed) {
		r = blob_end(at, l, blob);
		/* Somebody else's look may have been before ours. */
		if (r != OUT_CONFLICT)
			return r == OUT_ABSENT ? 0 : r;
	}
	return FOLD(db_exec(at, SQL_collect_next, NULL, "Ii",
			    waits || !needed ? &next : NULL, blob));
}

static int
look(struct db_at *at, struct look *l, int64_t blob)
{
	int r = db_exec(at, SQL_collect_young, NULL, "ii", l->now, blob);

	while (r == 0) {
		uint64_t limit =
		    l->left < LINKS_AT_ONCE ? l->left : LINKS_AT_ONCE;
		size_t n = 0;

		/* The rest of them, and it, in another write: it stays due. */
		if (limit == 0)
			return 0;
		r = links_end(at, l, blob, limit, &n);
		l->left -= n;
		if (r == 0 && n < limit) {
			l->sum.looked++;
			return settle(at, l, blob);
		}
	}
	return FOLD(r);
}

static int
look_write(struct db_at *at, void *arg)
{
	struct look *l = arg;
	int r = 0;

	l->sum = (struct collected){0};
	l->left = COLLECT_ROUND;
	for (size_t i = 0; r == 0 && i < l->ids->n && l->left > 0; i++)
		r = look(at, l, l->ids->id[i]);
	return r;
}

int
collect_blobs(struct core *core, struct collected *sum, bool *more)
{
	struct ids ids = {.n = 0};
	struct look l = {.core = core,
			 .ids = &ids,
			 .now = clock_now(),
			 .grace = core->grace_ms};
	int r = due_read(core, l.now, &ids);

	if (r != 0 || ids.n == 0)
		return r;
	r = db_write(core->db, look_write, &l);
	if (r != 0)
		return r;
	sum->looked += l.sum.looked;
	sum->links += l.sum.links;
	sum->blobs += l.sum.blobs;
	sum->bytes += l.sum.bytes;
	if (ids.n == COLLECT_ROUND || l.sum.looked < ids.n)
		*more = true;
	return 0;
}

int
collect_due_count(struct core *core, uint64_t *ret)
{
	CLEAN(db_view_endp) struct db_at *view = NULL;
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	int64_t now = clock_now();
	int r = db_view_begin(core->db, &view);

	if (r == 0)
		r = db_one(view, SQL_collect_due_count, &rows, "ii", now,
			   furthest(core, now));
	if (r == 0)
		*ret = (uint64_t)db_int(&rows, 0);
	return FOLD(r);
}
