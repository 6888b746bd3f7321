#include "core/bin.h"

#include "base/clock.h"
#include "core/sql.h"
#include "crypt/rand.h"
#include "db/db.h"

#include <assert.h>

static int
put_row(struct db_at *at, struct core *core, int64_t manifest, struct str by,
	int64_t now, int64_t *ret)
{
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	int64_t id;
	int r = rand_id(&id);

	if (r == 0)
		r = db_one(at, SQL_bin_put, &rows, "isiii", id, by, now,
			   now + core->bin_ms, manifest);
	if (r == 0)
		*ret = db_int(&rows, 0);
	return r;
}

int
bin_put(struct db_at *at, struct core *core, int64_t manifest, struct str by,
	int64_t now)
{
	int64_t id;
	int r;

	if (core->bin_ms <= 0)
		return 0;
	r = put_row(at, core, manifest, by, now, &id);
	if (r == 0)
		r = db_exec(at, SQL_bin_put_tags, NULL, "iii", id, manifest,
			    (int64_t)BIN_TAGS_MAX);
	if (r == 0)
		r = db_exec(at, SQL_bin_put_blobs, NULL, "ii", id, manifest);
	return FOLD(r);
}

int
bin_end_namespace(struct db_at *at, struct str region, struct str namespace,
		  int64_t review_at, int64_t limit, int64_t *ret_ended)
{
	int64_t ended = 0;
	int r = db_exec(at, SQL_bin_end_review, NULL, "issi", review_at, region,
			namespace, limit);

	if (r == 0)
		r = db_exec(at, SQL_bin_end, &ended, "ssi", region, namespace,
			    limit);
	if (r == 0)
		*ret_ended = ended;
	return FOLD(r);
}

int
bin_expire(struct db_at *at, int64_t now, int64_t limit, int64_t *ret_ended)
{
	int64_t ended = 0;
	int r = db_exec(at, SQL_bin_expire_review, NULL, "ii", now, limit);

	if (r == 0)
		r = db_exec(at, SQL_bin_expire, &ended, "ii", now, limit);
	if (r == 0)
		*ret_ended = ended;
	return FOLD(r);
}

/* --- when it holds too much --- */

#define FIT_BATCH 256 /* places in one write */

struct fitting {
	struct str account, region;
	int64_t now, grace;
	struct {
		int64_t id, deleted_at;
	} place[BIN_LOOK_MAX];
	size_t n, from; /* from: where the write begins */
	int64_t ended;	/* in that write */
};

static int
too_much_read(struct core *core, int64_t bound, struct fitting *f)
{
	CLEAN(db_view_endp) struct db_at *view = NULL;
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	int r = db_view_begin(core->db, &view);

	if (r == 0)
		r = db_query(view, SQL_bin_too_much, &rows, "ssii", f->account,
			     f->region, bound, (int64_t)BIN_LOOK_MAX);
	while (r == 0 && (r = db_next(&rows)) == 0) {
		f->place[f->n].id = db_int(&rows, 0);
		f->place[f->n++].deleted_at = db_int(&rows, 1);
	}
	return r == OUT_ABSENT ? 0 : r;
}

/* Whoever deletes the same image again takes its place over: what was looked at
 * is not what is there then. OUT_ABSENT. */
static int
is_same(struct db_at *at, int64_t id, int64_t deleted_at)
{
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;

	return db_one(at, SQL_bin_same, &rows, "ii", id, deleted_at);
}

/* Links that waited in case somebody had seen the blob do so no longer: what
 * the bin gives up would stay for another day. */
static int
leave(struct db_at *at, const struct fitting *f, int64_t id)
{
	int r = db_exec(at, SQL_bin_leave_review, NULL, "ii", f->now, id);

	if (r == 0)
		r = db_exec(at, SQL_bin_leave_links, NULL, "ssii", f->account,
			    f->region, f->now - f->grace, id);
	return r != 0 ? r : db_exec(at, SQL_bin_leave, NULL, "i", id);
}

static int
fit_write(struct db_at *at, void *arg)
{
	struct fitting *f = arg;
	int r = 0;

	f->ended = 0;
	for (size_t i = f->from; r == 0 && i < f->n && i < f->from + FIT_BATCH;
	     i++) {
		r = is_same(at, f->place[i].id, f->place[i].deleted_at);
		if (r == 0)
			r = leave(at, f, f->place[i].id);
		f->ended += r == 0;
		r = r == OUT_ABSENT ? 0 : r;
	}
	return FOLD(r);
}

int
bin_fit(struct core *core, struct str account, struct str region, int64_t bound,
	int64_t *ret_ended)
{
	struct fitting f = {.account = account,
			    .region = region,
			    .now = clock_now(),
			    .grace = core->grace_ms};
	int64_t ended = 0;
	int r;

	assert(bound >= 0);
	r = too_much_read(core, bound, &f);
	for (; r == 0 && f.from < f.n; f.from += FIT_BATCH) {
		r = db_write(core->db, fit_write, &f);
		ended += r == 0 ? f.ended : 0;
	}
	if (r == 0)
		*ret_ended = ended;
	return r;
}
