#include "core/quota_inner.h"

#include "core/sql.h"
#include "db/db.h"

#define FLUSH_BATCH 64 /* accounts in one write */

struct flush {
	struct quota_entry *from[FLUSH_BATCH];
	struct quota_entry copy[FLUSH_BATCH];
	size_t n;
};

static void
flush_gather(struct quotas *q, struct flush *f)
{
	f->n = 0;
	(void)pthread_mutex_lock(&q->lock);
	for (size_t i = 0; i < QUOTA_BUCKETS && f->n < FLUSH_BATCH; i++)
		for (struct quota_entry *e = q->bucket[i];
		     e != NULL && f->n < FLUSH_BATCH; e = e->next)
			if (e->counted != e->written) {
				f->from[f->n] = e;
				f->copy[f->n++] = *e;
			}
	(void)pthread_mutex_unlock(&q->lock);
}

static int
flush_write(struct db_at *at, void *arg)
{
	const struct flush *f = arg;
	int r = 0;

	for (size_t i = 0; r == 0 && i < f->n; i++) {
		const struct quota_entry *e = &f->copy[i];

		r = db_exec(at, SQL_quota_traffic, NULL, "ssii",
			    str_c(e->account), str_c(e->region), e->traffic,
			    e->month);
		/* The account is gone. */
		r = r == OUT_CONFLICT ? 0 : r;
	}
	return r;
}

static void
flush_done(struct quotas *q, const struct flush *f)
{
	(void)pthread_mutex_lock(&q->lock);
	for (size_t i = 0; i < f->n; i++)
		f->from[i]->written = f->copy[i].counted;
	(void)pthread_mutex_unlock(&q->lock);
}

int
quota_flush(struct core *core)
{
	struct quotas *q = core->quotas;
	struct flush f = {.n = FLUSH_BATCH};
	int r = 0;

	while (r == 0 && f.n == FLUSH_BATCH) {
		flush_gather(q, &f);
		if (f.n > 0)
			r = db_write(core->db, flush_write, &f);
		if (r == 0)
			flush_done(q, &f);
	}
	return r;
}
