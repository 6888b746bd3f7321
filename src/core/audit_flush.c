#include "core/audit_inner.h"

#include "core/cred_settle.h"
#include "core/gather.h"
#include "core/sql.h"
#include "json/json.h"

#include <errno.h>
#include <stdlib.h>
#include <time.h>

#define FLUSH_EVERY_MS 500
#define FLUSH_ROWS     256 /* in one write: others wait for the writer too */

struct batch {
	struct core *core;
	struct record **records;
	size_t n;
};

static int
record_append(struct db_at *at, struct audit_chain *chain,
	      const struct record *rec)
{
	CLEAN(buf_clear) struct buf detail = BUF_INIT;
	const struct event *e = &rec->event;
	struct jw w = JW(&detail);
	struct audit_line line = {.at = rec->first,
				  .count = rec->count,
				  .outcome = gather_word(e->mark),
				  .verb = verb_row(e->verb)->action,
				  .account = e->account,
				  .identity = e->identity,
				  .cred = e->cred,
				  .thing = e->thing,
				  .addr = e->addr};

	jw_object(&w, NULL);
	if (e->why.n > 0)
		jw_str(&w, "why", e->why);
	jw_end(&w);
	if (buf_err(&detail) != 0)
		return FAIL(buf_err(&detail));
	line.detail = buf_str(&detail);
	return audit_append(at, chain, &line);
}

/* Its first use is told, so the credential before it ends in the same write. */
static int
record_settle(struct db_at *at, struct core *core, const struct event *e)
{
	enum cred_kind kind;
	char id[CRED_ID_MAX + 1];

	if (!e->settles || cred_word_parse(e->cred, &kind, id) != 0)
		return 0;
	return cred_settle(core, at, kind, str_c(id));
}

static int
last_use_write(struct db_at *at, const struct record *rec)
{
	const struct event *e = &rec->event;

	if (e->mark == MARK_REFUSED || e->cred.n == 0)
		return 0;
	return FOLD(db_exec(at, SQL_last_use_put, NULL, "sisssi", e->cred,
			    rec->last, e->addr, e->thing,
			    verb_row(e->verb)->action, rec->count));
}

/* What a use settles has rows of its own, and so comes last. */
static int
batch_write(struct db_at *at, void *arg)
{
	const struct batch *b = arg;
	struct audit_chain chain;
	int r = audit_begin(at, b->core, &chain);

	for (size_t i = 0; r == 0 && i < b->n; i++) {
		if (b->records[i]->event.mark != MARK_TOUCHED)
			r = record_append(at, &chain, b->records[i]);
		if (r == 0)
			r = last_use_write(at, b->records[i]);
	}
	if (r == 0)
		r = audit_end(at, &chain);
	for (size_t i = 0; r == 0 && i < b->n; i++)
		r = record_settle(at, b->core, &b->records[i]->event);
	return r;
}

static int
write_all(struct core *core, struct gathered *g, size_t *ret_written)
{
	size_t done = 0;
	int r = 0;

	while (r == 0 && done < g->n) {
		size_t left = g->n - done;
		struct batch b = {.core = core,
				  .records = g->records + done,
				  .n = left < FLUSH_ROWS ? left : FLUSH_ROWS};

		r = db_write(core->db, batch_write, &b);
		if (r == 0)
			done += b.n;
	}
	*ret_written = done;
	return r;
}

/* Take what is gathered. NULL: nothing is there, or no memory. */
static struct gathered *
take(struct audit *audit, int *ret)
{
	struct gathered *fresh = NULL;
	bool any;

	(void)pthread_mutex_lock(&audit->lock);
	any = audit->now->n > 0;
	(void)pthread_mutex_unlock(&audit->lock);
	*ret = 0;
	if (!any)
		return NULL;
	fresh = calloc(1, sizeof(*fresh));
	(void)pthread_mutex_lock(&audit->lock);
	if (fresh == NULL) {
		*ret = FAIL(-ENOMEM);
		audit->works = false;
	} else {
		audit->leaving = audit->now;
		audit->now = fresh;
	}
	fresh = audit->leaving;
	(void)pthread_mutex_unlock(&audit->lock);
	return fresh;
}

int
audit_flush(struct core *core)
{
	struct audit *audit = core->audit;
	struct gathered *g;
	size_t written = 0;
	int r;

	(void)pthread_mutex_lock(&audit->flushing);
	g = take(audit, &r);
	if (g != NULL) {
		r = write_all(core, g, &written);
		(void)pthread_mutex_lock(&audit->lock);
		audit->works = r == 0;
		audit->leaving = NULL;
		gather_put_back(audit->now, g, written);
		(void)pthread_mutex_unlock(&audit->lock);
		gather_free(g);
	}
	(void)pthread_mutex_unlock(&audit->flushing);
	return r;
}

/* Waits until it is time, or enough is there; false: stop. */
static bool
wait_turn(struct audit *audit)
{
	struct timespec until;
	bool go;

	(void)clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_nsec += FLUSH_EVERY_MS * 1000000L;
	until.tv_sec += until.tv_nsec / 1000000000L;
	until.tv_nsec %= 1000000000L;
	(void)pthread_mutex_lock(&audit->lock);
	while (!audit->stop && audit->now->n <= GATHER_MAX / 2 &&
	       pthread_cond_timedwait(&audit->wake, &audit->lock, &until) == 0)
		;
	go = !audit->stop;
	(void)pthread_mutex_unlock(&audit->lock);
	return go;
}

static void *
run(void *arg)
{
	struct core *core = arg;

	/* A failure shows in audit_works(), and the next round tries again. */
	while (wait_turn(core->audit))
		if (audit_flush(core) != 0)
			(void)clock_nanosleep(
			    CLOCK_MONOTONIC, 0,
			    &(struct timespec){.tv_nsec = 100000000}, NULL);
	return NULL;
}

static void
init_locks(struct audit *audit)
{
	pthread_condattr_t attr;

	(void)pthread_mutex_init(&audit->lock, NULL);
	(void)pthread_mutex_init(&audit->flushing, NULL);
	(void)pthread_condattr_init(&attr);
	(void)pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	(void)pthread_cond_init(&audit->wake, &attr);
	(void)pthread_condattr_destroy(&attr);
}

int
audit_open(struct core *core)
{
	struct audit *audit = calloc(1, sizeof(*audit));

	if (audit == NULL)
		return FAIL(-ENOMEM);
	init_locks(audit);
	audit->works = true;
	core->audit = audit;
	audit->now = calloc(1, sizeof(*audit->now));
	if (audit->now == NULL)
		return FAIL(-ENOMEM);
	if (pthread_create(&audit->thread, NULL, run, core) != 0)
		return FAIL(-EAGAIN);
	audit->running = true;
	return 0;
}

void
audit_close(struct core *core)
{
	struct audit *audit = core->audit;

	if (audit == NULL)
		return;
	if (audit->running) {
		(void)pthread_mutex_lock(&audit->lock);
		audit->stop = true;
		(void)pthread_cond_signal(&audit->wake);
		(void)pthread_mutex_unlock(&audit->lock);
		(void)pthread_join(audit->thread, NULL);
		/* The last chance: nobody is left who could try again. */
		if (audit_flush(core) != 0)
			audit->works = false;
	}
	core->audit = NULL;
	gather_free(audit->now);
	(void)pthread_cond_destroy(&audit->wake);
	(void)pthread_mutex_destroy(&audit->lock);
	(void)pthread_mutex_destroy(&audit->flushing);
	free(audit);
}
