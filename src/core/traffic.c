#include "core/traffic.h"

#include "core/audit.h"
#include "core/gate_inner.h"
#include "core/sql.h"
#include "db/db.h"

#include <errno.h>

#define ALL STR("*") /* no account's id */

static int64_t *
counter_of(struct traffic *t, struct str outcome, struct str verb)
{
	bool login = str_eq(verb, STR("login"));

	if (str_eq(outcome, STR(AUDIT_UNCONFIRMED)))
		return &t->unconfirmed;
	if (str_eq(outcome, STR("refused")))
		return login ? &t->refused_logins : &t->refusals;
	if (login)
		return &t->logins;
	return str_eq(outcome, STR("done")) ? &t->changes : &t->uses;
}

/* When there is no room for another sum, those that there are go first. */
static int
sum_of(struct db_at *at, struct traffic_sums *s, struct str account,
       int64_t quarter, struct traffic **ret)
{
	int r = 0;

	for (size_t i = 0; i < s->n; i++)
		if (s->sums[i].t.at == quarter &&
		    str_eq(s->sums[i].account, account)) {
			*ret = &s->sums[i].t;
			return 0;
		}
	if (s->n == nitems(s->sums))
		r = traffic_put(at, s);
	if (r != 0)
		return r;
	s->sums[s->n].account = account;
	s->sums[s->n].t = (struct traffic){.at = quarter};
	*ret = &s->sums[s->n++].t;
	return 0;
}

int
traffic_gather(struct db_at *at, struct traffic_sums *s, struct str account,
	       int64_t when, struct str outcome, struct str verb, int64_t count)
{
	struct traffic *t = NULL;
	int r = sum_of(at, s, account, when - when % TRAFFIC_QUARTER_MS, &t);

	if (r == 0)
		*counter_of(t, outcome, verb) += count;
	return r;
}

int
traffic_put(struct db_at *at, struct traffic_sums *s)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < s->n; i++) {
		const struct traffic *t = &s->sums[i].t;

		r = FOLD(db_exec(at, SQL_traffic_add, NULL, "siiiiiii",
				 s->sums[i].account, t->at, t->logins,
				 t->refused_logins, t->uses, t->refusals,
				 t->changes, t->unconfirmed));
	}
	s->n = 0;
	return r;
}

/* Steps without a quarter have no row. */
static int
steps_read(struct db_rows *rows, struct traffic *list, size_t n)
{
	int r = 0;

	while (r == 0 && (r = db_next(rows)) == 0) {
		int64_t i = db_int(rows, 0);
		struct traffic *t;

		if (i < 0 || (size_t)i >= n)
			return FAIL(-EUCLEAN);
		t = &list[i];
		t->logins = db_int(rows, 1);
		t->refused_logins = db_int(rows, 2);
		t->uses = db_int(rows, 3);
		t->refusals = db_int(rows, 4);
		t->changes = db_int(rows, 5);
		t->unconfirmed = db_int(rows, 6);
	}
	return r == OUT_ABSENT ? 0 : r;
}

/* Outwards, to whole quarters. */
static void
span_widen(int64_t *since, int64_t *until)
{
	int64_t over = *until % TRAFFIC_QUARTER_MS;

	if (*since < 0 || *until <= *since)
		return;
	*since -= *since % TRAFFIC_QUARTER_MS;
	if (over > 0 && *until < INT64_MAX - TRAFFIC_QUARTER_MS)
		*until += TRAFFIC_QUARTER_MS - over;
}

/* 0: too many of them, or a span that is none. */
static int
steps_of(int64_t since, int64_t until, int64_t step, size_t *ret)
{
	int64_t n;

	if (since < 0 || until <= since) {
		*ret = 0;
		return 0;
	}
	n = (until - since - 1) / step + 1;
	if (n > TRAFFIC_STEPS_MAX)
		return OUT_TOO_LARGE;
	*ret = (size_t)n;
	return 0;
}

int
traffic_count(struct core *core, struct str account, int64_t *since,
	      int64_t *until, int64_t step, struct arena *a,
	      struct traffic **ret, size_t *n)
{
	CLEAN(db_view_endp) struct db_at *view = NULL;
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	struct traffic *list;
	size_t count = 0;
	int r;

	span_widen(since, until);
	r = steps_of(*since, *until, step, &count);
	if (r == 0)
		r = db_view_begin(core->db, &view);
	if (r != 0)
		return r;
	list = arena_get(a, (count + 1) * sizeof(*list));
	if (list == NULL)
		return FAIL(-ENOMEM);
	for (size_t i = 0; i < count; i++)
		list[i] = (struct traffic){.at = *since + (int64_t)i * step};
	if (count > 0)
		r = db_query(view, SQL_traffic_steps, &rows, "siii",
			     account.n > 0 ? account : ALL, *since, *until,
			     step);
	if (r == 0 && count > 0)
		r = steps_read(&rows, list, count);
	if (r != 0)
		return r;
	*ret = list;
	*n = count;
	return 0;
}
