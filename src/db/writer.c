#include "db/writer.h"

#include <assert.h>
#include <errno.h>
#include <semaphore.h>
#include <signal.h>
#include <time.h>

#define LOG_FRAMES 1000 /* about 4 MiB between two copies to the file */

/* On the stack of the thread that waits for it. */
struct writer_call {
	db_write_fn *fn;
	void *arg;
	int r;
	uint64_t touched;
	sem_t done;
	struct writer_call *next;
};

static void
answer_all(struct writer_call *first, int r)
{
	for (struct writer_call *c = first; c != NULL; c = c->next)
		c->r = r;
}

/* The engine said no: this is what the callers hear. */
static int
refusal(struct writer *w, int code)
{
	int r = conn_result(w->at, code);

	if (w->at->trouble == TROUBLE_GRAVE)
		atomic_store(&w->refuses, true);
	return w->at->trouble == TROUBLE_NO_ROOM ? OUT_BUSY : r;
}

/*
 * Run one function. False when there is no transaction any more, or when what
 * it did must not be kept though it lies outside a savepoint.
 */
static bool
call_run(struct writer *w, struct writer_call *c, bool shared)
{
	struct db_at *at = w->at;
	int code = shared ? conn_word(at, WORD_SAVE) : SQLITE_OK;

	if (code != SQLITE_OK) {
		c->r = refusal(w, code);
		return false;
	}
	at->touched = 0;
	c->r = c->fn(at, c->arg);
	assert(at->live == 0); /* rows left open would block the commit */
	/* Whatever the function made of it. */
	if (at->trouble == TROUBLE_NO_ROOM)
		c->r = OUT_BUSY;
	else if (at->trouble == TROUBLE_GRAVE) {
		atomic_store(&w->refuses, true);
		c->r = FAIL(-EIO);
	}
	c->touched = c->r == 0 ? at->touched : 0;
	at->shares_touched |= c->touched;
	if (at->trouble != TROUBLE_NONE || sqlite3_get_autocommit(at->h)) {
		if (c->r == 0)
			c->r = FAIL(-EIO);
		return false;
	}
	if (!shared)
		return c->r == 0;
	if (c->r != 0 && conn_word(at, WORD_UNDO) != SQLITE_OK)
		return false;
	return conn_word(at, WORD_KEEP) == SQLITE_OK;
}

static void
roll_back(struct db_at *at)
{
	if (!sqlite3_get_autocommit(at->h))
		(void)conn_word(at, WORD_ROLLBACK);
}

static void
committed(struct writer *w, const struct writer_call *first)
{
	void (*touch)(void *, uint64_t) = NULL;
	void *arg = NULL;
	uint64_t touched = 0;

	for (const struct writer_call *c = first; c != NULL; c = c->next) {
		if (c->r == 0)
			atomic_fetch_add(&w->writes, 1);
		touched |= c->touched;
	}
	atomic_fetch_add(&w->commits, 1);
	if (touched == 0)
		return;
	pthread_mutex_lock(&w->lock);
	touch = w->touch;
	arg = w->touch_arg;
	pthread_mutex_unlock(&w->lock);
	if (touch != NULL)
		touch(arg, touched);
}

static int64_t
now_us(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

/* One transaction for all of them. False: not done; unless the writer refuses
 * now, the calls of a shared one may be tried alone. */
static bool
batch_try(struct writer *w, struct writer_call *first)
{
	bool shared = first->next != NULL, kept = false;
	struct db_at *at = w->at;
	int64_t before;
	int code;

	at->trouble = TROUBLE_NONE;
	at->touched = at->shares_touched = 0;
	code = conn_word(at, WORD_WRITE);
	if (code != SQLITE_OK) {
		answer_all(first, refusal(w, code));
		return true;
	}
	for (struct writer_call *c = first; c != NULL; c = c->next) {
		if (!call_run(w, c, shared)) {
			roll_back(at);
			return false;
		}
		kept |= c->r == 0;
	}
	before = now_us();
	code = conn_word(at, kept ? WORD_COMMIT : WORD_ROLLBACK);
	if (code == SQLITE_OK) {
		if (kept) {
			histo_add(&w->took, now_us() - before);
			committed(w, first);
		}
		return true;
	}
	atomic_fetch_add(&w->failed, 1);
	answer_all(first, refusal(w, code));
	roll_back(at);
	return false;
}

static void
each_alone(struct writer *w, struct writer_call *first)
{
	for (struct writer_call *c = first, *next; c != NULL; c = next) {
		next = c->next;
		c->next = NULL;
		if (atomic_load(&w->refuses))
			c->r = OUT_BUSY;
		else
			(void)batch_try(w, c);
		c->next = next;
	}
}

static void
batch_run(struct writer *w, struct writer_call *first)
{
	if (atomic_load(&w->refuses)) {
		answer_all(first, OUT_BUSY);
		return;
	}
	if (batch_try(w, first) || first->next == NULL)
		return;
	/* Nothing of it was kept, so neither answer may stand. */
	if (atomic_load(&w->refuses))
		answer_all(first, FAIL(-EIO));
	else
		each_alone(w, first);
}

static void
batch_answer(struct writer_call *first)
{
	for (struct writer_call *c = first, *next; c != NULL; c = next) {
		next = c->next; /* c is gone as soon as its thread wakes */
		(void)sem_post(&c->done);
	}
}

/* After the callers have their answers, as it takes a while. */
static void
log_copy(struct writer *w)
{
	int frames = 0, copied = 0, code;
	struct db_at *at = w->at;

	if (at->wal_frames < LOG_FRAMES)
		w->log_limit = LOG_FRAMES;
	if (at->wal_frames < w->log_limit || atomic_load(&w->refuses))
		return;
	at->trouble = TROUBLE_NONE;
	code = sqlite3_wal_checkpoint_v2(at->h, NULL, SQLITE_CHECKPOINT_PASSIVE,
					 &frames, &copied);
	(void)conn_result(at, code);
	if (at->trouble == TROUBLE_GRAVE)
		atomic_store(&w->refuses, true);
	/* Readers may have kept the log from starting over. */
	w->log_limit = at->wal_frames + LOG_FRAMES;
}

/* NULL when there is nothing left to do, ever. */
static struct writer_call *
batch_take(struct writer *w)
{
	struct writer_call *first, *last;

	pthread_mutex_lock(&w->lock);
	while (w->first == NULL && !w->stop)
		pthread_cond_wait(&w->more, &w->lock);
	first = last = w->first;
	for (size_t n = 1; last != NULL && n < w->batch_max; n++) {
		if (last->next == NULL)
			break;
		last = last->next;
	}
	if (last != NULL) {
		w->first = last->next;
		if (w->first == NULL)
			w->end = &w->first;
		last->next = NULL;
	}
	pthread_mutex_unlock(&w->lock);
	return first;
}

static void *
writer_main(void *arg)
{
	struct writer *w = arg;
	struct writer_call *batch;

	while ((batch = batch_take(w)) != NULL) {
		batch_run(w, batch);
		batch_answer(batch);
		log_copy(w);
	}
	return NULL;
}

/* Signals are for the threads that the program chose for them. */
static int
thread_start(struct writer *w)
{
	sigset_t all, old;
	int e;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	e = pthread_create(&w->thread, NULL, writer_main, w);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	return e == 0 ? 0 : FAIL(-e);
}

int
writer_start(struct writer *w, struct db_at *at, size_t batch_max)
{
	int r;

	*w = (struct writer){.at = at,
			     .batch_max = batch_max == 0 ? 256 : batch_max,
			     .log_limit = LOG_FRAMES,
			     .end = &w->first};
	pthread_mutex_init(&w->lock, NULL);
	pthread_cond_init(&w->more, NULL);
	r = thread_start(w);
	w->running = r == 0;
	return r;
}

void
writer_stop(struct writer *w)
{
	if (w->at == NULL)
		return;
	if (w->running) {
		pthread_mutex_lock(&w->lock);
		w->stop = true;
		pthread_cond_signal(&w->more);
		pthread_mutex_unlock(&w->lock);
		pthread_join(w->thread, NULL);
	}
	if (!atomic_load(&w->refuses))
		(void)sqlite3_wal_checkpoint_v2(
		    w->at->h, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
	pthread_cond_destroy(&w->more);
	pthread_mutex_destroy(&w->lock);
	conn_free(TAKE(w->at));
}

int
writer_call(struct writer *w, db_write_fn *fn, void *arg)
{
	struct writer_call c = {.fn = fn, .arg = arg};
	bool first;

	/* It would wait for itself. */
	assert(!pthread_equal(pthread_self(), w->thread));
	if (atomic_load(&w->refuses))
		return OUT_BUSY;
	if (sem_init(&c.done, 0, 0) != 0)
		return FAIL(-errno);
	pthread_mutex_lock(&w->lock);
	*w->end = &c;
	w->end = &c.next;
	first = w->first == &c;
	pthread_mutex_unlock(&w->lock);
	/* Not under the lock: the writer would wake only to wait for it. */
	if (first)
		pthread_cond_signal(&w->more);
	while (sem_wait(&c.done) != 0)
		assert(errno == EINTR);
	(void)sem_destroy(&c.done);
	return c.r;
}

void
writer_on_touch(struct writer *w, void (*fn)(void *, uint64_t), void *arg)
{
	pthread_mutex_lock(&w->lock);
	w->touch = fn;
	w->touch_arg = arg;
	pthread_mutex_unlock(&w->lock);
}
