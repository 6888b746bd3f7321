#include "core/quota_inner.h"

#include "core/sql.h"
#include "db/db.h"

#include <errno.h>
#include <time.h>

#define MOVE_WAIT_S 5 /* for writes of others, at most */

int
quota_stored(struct db_at *at, struct str account, struct str region,
	     int64_t bytes)
{
	return FOLD(
	    db_exec(at, SQL_quota_stored, NULL, "ssi", account, region, bytes));
}

/* --- uploads under way --- */

/* What rows know of: used, and received by uploads. */
static int
rows_read(struct core *core, struct str account, struct str region,
	  int64_t *ret_used, int64_t *ret_uploads)
{
	CLEAN(db_view_endp) struct db_at *view = NULL;
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	int r = db_view_begin(core->db, &view);

	if (r == 0)
		r = db_one(view, SQL_quota_room, &rows, "ss", account, region);
	if (r != 0)
		return FOLD(r);
	*ret_used = db_int(&rows, 0);
	*ret_uploads = db_int(&rows, 1);
	return 0;
}

struct holding {
	int64_t limit, others; /* others: what they have in hand */
	bool moving;	       /* some of that may be seen in rows as well */
	uint64_t moves;
};

static struct holding
holding_of(const struct quota_entry *e, int64_t others)
{
	return (struct holding){.limit = e->limit.storage,
				.others = others,
				.moving = e->moving > 0,
				.moves = e->moves};
}

static int
take(struct quotas *q, struct str account, struct str region, int64_t bytes,
     struct holding *ret)
{
	struct quota_entry *e;

	(void)pthread_mutex_lock(&q->lock);
	e = quota_entry_get(q, account, region);
	if (e != NULL) {
		*ret = holding_of(e, e->held);
		e->held += bytes;
	}
	(void)pthread_mutex_unlock(&q->lock);
	return e == NULL ? FAIL(-ENOMEM) : 0;
}

void
quota_let(struct core *core, struct str account, struct str region,
	  uint64_t bytes)
{
	struct quotas *q = core->quotas;
	struct quota_entry *e;

	if (bytes == 0)
		return;
	(void)pthread_mutex_lock(&q->lock);
	e = quota_entry_get(q, account, region);
	if (e != NULL)
		e->held -= (int64_t)bytes;
	(void)pthread_mutex_unlock(&q->lock);
}

void
quota_move_begin(struct core *core, struct str account, struct str region)
{
	struct quotas *q = core->quotas;
	struct quota_entry *e;

	(void)pthread_mutex_lock(&q->lock);
	e = quota_entry_get(q, account, region);
	if (e != NULL) {
		e->moving++;
		e->moves++;
	}
	(void)pthread_mutex_unlock(&q->lock);
}

void
quota_move_end(struct core *core, struct str account, struct str region)
{
	struct quotas *q = core->quotas;
	struct quota_entry *e;

	(void)pthread_mutex_lock(&q->lock);
	e = quota_entry_get(q, account, region);
	if (e != NULL && --e->moving == 0)
		(void)pthread_cond_broadcast(&q->moved);
	(void)pthread_mutex_unlock(&q->lock);
}

/* Or is there another look, after what was seen twice? Who waits in vain, or
 * among many others for too long, is told what was seen. */
static bool
look_stands(struct quotas *q, struct str account, struct str region,
	    int64_t bytes, const struct timespec *until, struct holding *h)
{
	struct quota_entry *e;
	bool stands = true;
	int r = 0;

	(void)pthread_mutex_lock(&q->lock);
	e = quota_entry_get(q, account, region);
	if (e != NULL && (h->moving || h->moves != e->moves)) {
		while (e->moving > 0 && r == 0)
			r = pthread_cond_timedwait(&q->moved, &q->lock, until);
		*h = holding_of(e, e->held - bytes);
		stands = r != 0;
	}
	(void)pthread_mutex_unlock(&q->lock);
	return stands;
}

/* In hand first, then the rows: what goes from there to here meanwhile is seen
 * twice, and never not at all. Of two that ask at once one sees the other. */
static int
room_look(struct core *core, struct str account, struct str region,
	  int64_t bytes, struct holding *h)
{
	int64_t used = 0, uploads = 0;
	struct timespec until;
	int r;

	(void)clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += MOVE_WAIT_S;
	do {
		r = rows_read(core, account, region, &used, &uploads);
		if (r == 0 && h->limit != QUOTA_NONE &&
		    used + uploads + h->others > h->limit)
			r = OUT_QUOTA;
	} while (r == OUT_QUOTA &&
		 !look_stands(core->quotas, account, region, bytes, &until, h));
	return r;
}

int
quota_hold(struct core *core, struct str account, struct str region,
	   uint64_t bytes)
{
	struct holding h;
	int r = take(core->quotas, account, region, (int64_t)bytes, &h);

	if (r != 0 || h.limit == QUOTA_NONE)
		return r;
	r = room_look(core, account, region, (int64_t)bytes, &h);
	if (r != 0)
		quota_let(core, account, region, bytes);
	return r;
}

int
quota_open_bytes(struct core *core, struct str account, struct str region,
		 int64_t *ret)
{
	struct holding h;
	int64_t used = 0, uploads = 0;
	int r = take(core->quotas, account, region, 0, &h);

	if (r == 0)
		r = rows_read(core, account, region, &used, &uploads);
	if (r == 0)
		*ret = uploads + h.others;
	return r;
}

/* --- bins --- */

/* As much as the account may store, or what the operator allows when that is
 * less; QUOTA_NONE. */
static int64_t
bin_bound_of(const struct core *core, const struct quota_entry *e)
{
	int64_t limit = e->limit.storage;

	if (limit == QUOTA_NONE || (core->bin_max > 0 && core->bin_max < limit))
		return core->bin_max > 0 ? core->bin_max : QUOTA_NONE;
	return limit;
}

void
quota_entry_mark(struct core *core, struct quota_entry *e)
{
	if (e->binned || bin_bound_of(core, e) == QUOTA_NONE)
		return;
	e->binned = true;
	core->quotas->n_binned++;
}

void
quota_binned(struct core *core, struct str account, struct str region)
{
	struct quotas *q = core->quotas;
	struct quota_entry *e;

	(void)pthread_mutex_lock(&q->lock);
	e = quota_entry_get(q, account, region);
	if (e != NULL)
		quota_entry_mark(core, e);
	(void)pthread_mutex_unlock(&q->lock);
}

size_t
quota_binned_count(struct core *core)
{
	struct quotas *q = core->quotas;
	size_t n;

	(void)pthread_mutex_lock(&q->lock);
	n = q->n_binned;
	(void)pthread_mutex_unlock(&q->lock);
	return n;
}

/* NULL: there is none. */
static struct quota_entry *
binned_find(const struct quotas *q)
{
	for (size_t i = 0; q->n_binned > 0 && i < QUOTA_BUCKETS; i++)
		for (struct quota_entry *e = q->bucket[i]; e != NULL;
		     e = e->next)
			if (e->binned)
				return e;
	return NULL;
}

static int
nothing_write(struct db_at *at, void *arg)
{
	(void)at;
	(void)arg;
	return 0;
}

int
quota_binned_take(struct core *core, char ret_account[ACCOUNT_ID_LEN + 1],
		  char ret_region[REGION_NAME_MAX + 1], int64_t *ret_bound)
{
	struct quotas *q = core->quotas;
	struct quota_entry *e;
	int r;

	(void)pthread_mutex_lock(&q->lock);
	e = binned_find(q);
	if (e != NULL) {
		memcpy(ret_account, e->account, sizeof(e->account));
		memcpy(ret_region, e->region, sizeof(e->region));
		*ret_bound = bin_bound_of(core, e);
		e->binned = false;
		q->n_binned--;
	}
	(void)pthread_mutex_unlock(&q->lock);
	if (e == NULL)
		return OUT_ABSENT;
	/* It was marked within a write: that is over when another one is. */
	r = db_write(core->db, nothing_write, NULL);
	if (r != 0)
		quota_binned(core, str_c(ret_account), str_c(ret_region));
	return r;
}
