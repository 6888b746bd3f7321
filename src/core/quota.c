#include "core/quota_inner.h"

#include "base/clock.h"
#include "core/audit.h"
#include "core/sql.h"
#include "db/db.h"
#include "json/json.h"

#include <errno.h>
#include <stdlib.h>
#include <time.h>

/* Months since 1970, as UTC has them. */
static int64_t
month_now(void)
{
	time_t s = (time_t)(clock_now() / SECOND_MS);
	struct tm tm = {0};

	if (gmtime_r(&s, &tm) == NULL)
		return 0;
	return (int64_t)(tm.tm_year - 70) * 12 + tm.tm_mon;
}

static size_t
bucket_of(struct str account, struct str region)
{
	const struct str parts[] = {account, region};
	uint32_t h = 2166136261U; /* FNV-1a; nobody chooses what is hashed */

	for (size_t i = 0; i < nitems(parts); i++)
		for (size_t j = 0; j < parts[i].n; j++)
			h = (h ^ (unsigned char)parts[i].p[j]) * 16777619U;
	return h % QUOTA_BUCKETS;
}

static struct quota_entry *
entry_find(const struct quotas *q, struct str account, struct str region)
{
	struct quota_entry *e = q->bucket[bucket_of(account, region)];

	while (e != NULL && (!str_eq(str_c(e->account), account) ||
			     !str_eq(str_c(e->region), region)))
		e = e->next;
	return e;
}

struct quota_entry *
quota_entry_get(struct quotas *q, struct str account, struct str region)
{
	struct quota_entry *e = entry_find(q, account, region);
	size_t i;

	if (e != NULL || account.n >= sizeof(e->account) ||
	    region.n >= sizeof(e->region))
		return e;
	e = calloc(1, sizeof(*e));
	if (e == NULL)
		return NULL;
	i = bucket_of(account, region);
	memcpy(e->account, account.p, account.n);
	memcpy(e->region, region.p, region.n);
	e->limit = (struct quota){QUOTA_NONE, QUOTA_NONE};
	e->next = q->bucket[i];
	q->bucket[i] = e;
	return e;
}

/* Another month begins at nothing. */
static void
entry_turn(struct quota_entry *e, int64_t month)
{
	if (e->month == month)
		return;
	e->month = month;
	e->traffic = 0;
}

/* --- opening and closing --- */

static int
load(struct core *core, struct quotas *q)
{
	CLEAN(db_view_endp) struct db_at *view = NULL;
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	int r = db_view_begin(core->db, &view);

	if (r == 0)
		r = db_query(view, SQL_quota_all, &rows, "");
	while (r == 0 && (r = db_next(&rows)) == 0) {
		struct quota_entry *e =
		    quota_entry_get(q, db_str(&rows, 0), db_str(&rows, 1));

		if (e == NULL)
			return FAIL(-ENOMEM);
		e->limit = (struct quota){db_int(&rows, 2), db_int(&rows, 3)};
		e->traffic = db_int(&rows, 4);
		e->month = db_int(&rows, 5);
		quota_entry_mark(core, e);
	}
	return r == OUT_ABSENT ? 0 : r;
}

int
quota_open(struct core *core)
{
	struct quotas *q = calloc(1, sizeof(*q));
	pthread_condattr_t attr;

	if (q == NULL)
		return FAIL(-ENOMEM);
	(void)pthread_condattr_init(&attr);
	(void)pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	(void)pthread_cond_init(&q->moved, &attr);
	(void)pthread_condattr_destroy(&attr);
	(void)pthread_mutex_init(&q->lock, NULL);
	(void)pthread_mutex_init(&q->setting, NULL);
	core->quotas = q;
	return load(core, q);
}

void
quota_close(struct core *core)
{
	struct quotas *q;

	/* What cannot be written now is forgotten, as after a kill. */
	if (core->quotas != NULL)
		(void)!quota_flush(core);
	q = TAKE(core->quotas);
	if (q == NULL)
		return;
	for (size_t i = 0; i < QUOTA_BUCKETS; i++)
		while (q->bucket[i] != NULL) {
			struct quota_entry *e = q->bucket[i];

			q->bucket[i] = e->next;
			free(e);
		}
	(void)pthread_cond_destroy(&q->moved);
	(void)pthread_mutex_destroy(&q->lock);
	(void)pthread_mutex_destroy(&q->setting);
	free(q);
}

/* --- asking --- */

/* Limits and traffic as they are in memory. */
static void
look(struct core *core, struct str account, struct str region,
     struct quota *ret_limit, int64_t *ret_traffic)
{
	struct quotas *q = core->quotas;
	int64_t month = month_now();
	const struct quota_entry *e;

	*ret_limit = (struct quota){QUOTA_NONE, QUOTA_NONE};
	*ret_traffic = 0;
	(void)pthread_mutex_lock(&q->lock);
	e = entry_find(q, account, region);
	if (e != NULL) {
		*ret_limit = e->limit;
		*ret_traffic = e->month == month ? e->traffic : 0;
	}
	(void)pthread_mutex_unlock(&q->lock);
}

static int
stored(struct core *core, struct str account, struct str region, int64_t *ret)
{
	CLEAN(db_view_endp) struct db_at *view = NULL;
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	int r = db_view_begin(core->db, &view);

	if (r == 0)
		r = db_one(view, SQL_quota_get, &rows, "ss", account, region);
	if (r == 0)
		*ret = db_int(&rows, 2);
	else if (r == OUT_ABSENT)
		*ret = 0;
	return r == OUT_ABSENT ? 0 : r;
}

int
quota_get(struct core *core, struct str account, struct str region,
	  struct quota *ret_limit, struct quota *ret_used)
{
	struct quota limit, used;
	int r = stored(core, account, region, &used.storage);

	if (r != 0)
		return r;
	look(core, account, region, &limit, &used.traffic);
	*ret_limit = limit;
	*ret_used = used;
	return 0;
}

/* A machine that cannot say how much there is cannot store more either: the
 * push itself will fail. */
bool
quota_may_push(struct core *core, struct str account, struct str region)
{
	struct quota limit;
	int64_t traffic, used;

	look(core, account, region, &limit, &traffic);
	return limit.storage == QUOTA_NONE ||
	       stored(core, account, region, &used) != 0 ||
	       used <= limit.storage;
}

bool
quota_may_pull(struct core *core, struct str account, struct str region)
{
	struct quota limit;
	int64_t traffic;

	look(core, account, region, &limit, &traffic);
	return limit.traffic == QUOTA_NONE || traffic <= limit.traffic;
}

int
quota_refuse(struct core *core, struct str account, struct str region,
	     enum quota_kind kind, struct note *note)
{
	struct quota limit, used;
	bool push = kind == QUOTA_STORAGE;
	int64_t open = 0;
	int r = quota_get(core, account, region, &limit, &used);

	if (r == 0 && push)
		r = quota_open_bytes(core, account, region, &open);
	if (r != 0)
		return r;
	/* What is stored alone is not: uploads are what is too much. */
	if (push && used.storage <= limit.storage)
		return note_set(note, OUT_QUOTA,
				"Uploads that are not finished would take the "
				"account over its storage quota in %.*s: %lld "
				"bytes of %lld are used, and %lld by such "
				"uploads.",
				STR_ARG(region), (long long)used.storage,
				(long long)limit.storage, (long long)open);
	return note_set(note, OUT_QUOTA,
			"The account is over its %s quota in %.*s: %lld bytes "
			"of %lld are used%s.",
			push ? "storage" : "pull traffic", STR_ARG(region),
			(long long)(push ? used.storage : used.traffic),
			(long long)(push ? limit.storage : limit.traffic),
			push ? "" : " in this month");
}

/* --- limits --- */

struct change {
	const struct visit *by;
	struct str region;
	const int64_t *storage, *traffic;
};

static int
trail(struct db_at *at, const struct change *c)
{
	CLEAN(buf_clear) struct buf thing = BUF_INIT;
	CLEAN(buf_clear) struct buf detail = BUF_INIT;
	struct jw w = JW(&detail);

	buf_adds(&thing, "quota:");
	buf_addstr(&thing, c->region);
	jw_object(&w, NULL);
	if (c->storage != NULL)
		jw_int(&w, "storage_bytes", *c->storage);
	if (c->traffic != NULL)
		jw_int(&w, "traffic_bytes", *c->traffic);
	jw_end(&w);
	if (buf_err(&thing) != 0 || buf_err(&detail) != 0)
		return FAIL(-ENOMEM);
	return audit_change(at, c->by, buf_str(&thing), buf_str(&detail));
}

static int
set_write(struct db_at *at, void *arg)
{
	const struct change *c = arg;
	int r =
	    FOLD(db_exec(at, SQL_quota_set, NULL, "ssII", str_c(c->by->account),
			 c->region, c->storage, c->traffic));

	return r != 0 ? r : trail(at, c);
}

/* What was set is asked about from now on. */
static int
remember(const struct change *c)
{
	struct quotas *q = c->by->core->quotas;
	struct quota_entry *e;

	(void)pthread_mutex_lock(&q->lock);
	e = quota_entry_get(q, str_c(c->by->account), c->region);
	if (e != NULL && c->storage != NULL)
		e->limit.storage = *c->storage;
	if (e != NULL && c->traffic != NULL)
		e->limit.traffic = *c->traffic;
	if (e != NULL)
		quota_entry_mark(c->by->core, e);
	(void)pthread_mutex_unlock(&q->lock);
	return e == NULL ? FAIL(-ENOMEM) : 0;
}

static bool
is_limit(const int64_t *limit)
{
	return limit == NULL || *limit == QUOTA_NONE ||
	       (*limit >= 0 && *limit <= QUOTA_MAX);
}

int
quota_set(const struct visit *by, struct str region, const int64_t *storage,
	  const int64_t *traffic)
{
	struct change c = {by, region, storage, traffic};
	struct quotas *q = by->core->quotas;
	int r;

	if (!is_limit(storage) || !is_limit(traffic))
		return OUT_RANGE;
	(void)pthread_mutex_lock(&q->setting);
	r = gate_write(by, set_write, &c);
	if (r == 0)
		r = remember(&c);
	(void)pthread_mutex_unlock(&q->setting);
	return r;
}

/* --- traffic --- */

void
quota_pulled(struct core *core, struct str account, struct str region,
	     uint64_t bytes)
{
	struct quotas *q = core->quotas;
	int64_t month = month_now();
	struct quota_entry *e;

	(void)pthread_mutex_lock(&q->lock);
	e = quota_entry_get(q, account, region);
	if (e != NULL) {
		entry_turn(e, month);
		e->traffic = bytes > (uint64_t)(INT64_MAX - e->traffic)
				 ? INT64_MAX
				 : e->traffic + (int64_t)bytes;
		e->counted++;
	}
	(void)pthread_mutex_unlock(&q->lock);
}
