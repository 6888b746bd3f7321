/*
 * The private half of a pair arrived, or it did not.
 */
#include "core/keypair_inner.h"

#include "base/clock.h"
#include "core/sql.h"

#define TIDY_ROUND 100 /* in one write */

struct settling {
	const struct visit *by;
	struct str id;
	const char *state, *why;
};

static int
settle_write(struct db_at *at, void *arg)
{
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	const struct settling *s = arg;
	struct keypair k;
	int64_t changed = 0;
	int r = FOLD(db_exec(at, SQL_keypair_settle, &changed, "ss", s->id,
			     str_c(s->state)));

	if (r == 0 && changed == 0)
		return OUT_ABSENT;
	if (r == 0)
		r = FOLD(db_one(at, SQL_keypair_by_id, &rows, "s", s->id));
	if (r != 0)
		return r;
	keypair_look(&rows, &k);
	if (!str_eq(k.account, str_c(s->by->account)))
		return OUT_ABSENT;
	return keypair_trail(
	    at, s->by, &k,
	    (struct keypair_event){.state = s->state, .why = s->why});
}

int
keypair_delivered(const struct visit *by, struct str id)
{
	struct settling s = {.by = by, .id = id, .state = "alive"};

	return gate_write(by, settle_write, &s);
}

/* What is lost is lost whatever the visitor may by now, so that nobody is
 * asked: it is this program's own doing, and the row names who made the pair.
 */
static struct visit
own_visit(struct core *core, const char *account)
{
	struct visit v = {
	    .core = core, .verb = VERB_KEYPAIR_CREATE, .at = clock_now()};

	FIELD_CUT(v.account, str_c(account));
	return v;
}

int
keypair_lost(const struct visit *by, struct str id, const char *why)
{
	struct visit own = own_visit(by->core, by->account);
	struct settling s = {.by = &own, .id = id, .state = "dead", .why = why};

	return gate_write(&own, settle_write, &s);
}

struct tidying {
	struct core *core;
	int64_t until; /* made then, or before */
	size_t n;
};

static int
dead_one(struct db_at *at, struct core *core, const char *id)
{
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	struct visit own = own_visit(core, "");
	struct settling s = {.by = &own,
			     .id = str_c(id),
			     .state = "dead",
			     .why = "not delivered"};
	int r = db_one(at, SQL_keypair_by_id, &rows, "s", s.id);
	struct keypair k;

	if (r != 0)
		return r;
	keypair_look(&rows, &k);
	r = FIELD_PUT(own.account, k.account);
	return r != 0 ? r : settle_write(at, &s);
}

static int
tidy_write(struct db_at *at, void *arg)
{
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	char ids[TIDY_ROUND][KEYPAIR_ID_LEN + 1];
	struct tidying *t = arg;
	size_t n = 0;
	int r = db_query(at, SQL_keypair_pending, &rows, "ii", t->until,
			 (int64_t)TIDY_ROUND);

	while (r == 0 && n < TIDY_ROUND && (r = db_next(&rows)) == 0)
		r = FIELD_PUT(ids[n++], db_str(&rows, 0));
	if (r != 0 && r != OUT_ABSENT)
		return r;
	r = 0;
	db_rows_clear(&rows);
	for (size_t i = 0; r == 0 && i < n; i++)
		r = FOLD(dead_one(at, t->core, ids[i]));
	t->n = n;
	return r;
}

int
keypair_tidy(struct core *core, int64_t older_ms)
{
	/* At a start all are of a process that is gone, whatever the clock was
	 * then. */
	struct tidying t = {.core = core,
			    .until = older_ms == 0 ? INT64_MAX
						   : clock_now() - older_ms};
	int r;

	do
		r = db_write(core->db, tidy_write, &t);
	while (r == 0 && t.n == TIDY_ROUND);
	return r;
}
