#include "core/audit_inner.h"

#include "base/clock.h"
#include "core/sql.h"
#include "json/json.h"

#include <errno.h>
#include <stdlib.h>
#include <time.h>

#define FLUSH_EVERY_MS 500
#define FLUSH_ROWS     256   /* in one write: others wait for the writer too */
#define GATHER_MAX     16384 /* records between two flushes */
#define GATHER_SPARE   256   /* for what is counted together beyond that */
#define INDEX_SIZE     (2 * (GATHER_MAX + GATHER_SPARE))

enum mark { MARK_USED, MARK_REFUSED, MARK_TOUCHED };
static const struct str mark_words[] = {
    [MARK_USED] = STR_INIT("used"),
    [MARK_REFUSED] = STR_INIT("refused"),
    [MARK_TOUCHED] = STR_INIT("done"),
};

struct event {
	enum mark mark;
	enum verb verb;
	struct str cred, account, identity, thing, addr, why;
};
struct record {
	uint8_t key[CACHE_KEY_LEN];
	struct event event; /* its texts lie behind */
	int64_t first, last, count;
	char text[];
};
struct gathered {
	size_t n;
	struct record *records[GATHER_MAX + GATHER_SPARE];
	uint32_t index[INDEX_SIZE]; /* 1 + position; 0: free */
};

static void
gathered_free(struct gathered *g)
{
	if (g == NULL)
		return;
	for (size_t i = 0; i < g->n; i++)
		free(g->records[i]);
	free(g);
}

static uint32_t *
index_of(struct gathered *g, const uint8_t *key)
{
	uint64_t hash;
	size_t i;

	memcpy(&hash, key, sizeof(hash));
	for (i = hash % INDEX_SIZE; g->index[i] != 0; i = (i + 1) % INDEX_SIZE)
		if (memcmp(g->records[g->index[i] - 1]->key, key,
			   CACHE_KEY_LEN) == 0)
			break;
	return &g->index[i];
}

static struct str
text_put(char **to, struct str s)
{
	struct str ret = {*to, s.n};

	if (s.n > 0)
		memcpy(*to, s.p, s.n);
	*to += s.n;
	return ret;
}

static struct record *
record_new(const uint8_t *key, const struct event *e, int64_t at)
{
	struct record *rec =
	    malloc(sizeof(*rec) + e->cred.n + e->account.n + e->identity.n +
		   e->thing.n + e->addr.n + e->why.n);
	char *to;

	if (rec == NULL)
		return NULL;
	to = rec->text;
	memcpy(rec->key, key, CACHE_KEY_LEN);
	rec->event = (struct event){.mark = e->mark,
				    .verb = e->verb,
				    .cred = text_put(&to, e->cred),
				    .account = text_put(&to, e->account),
				    .identity = text_put(&to, e->identity),
				    .thing = text_put(&to, e->thing),
				    .addr = text_put(&to, e->addr),
				    .why = text_put(&to, e->why)};
	rec->first = rec->last = at;
	rec->count = 1;
	return rec;
}

static void
event_key(struct core *core, const struct event *e, int64_t at, uint8_t *key)
{
	int64_t minute = at / MINUTE_MS;
	const struct str parts[] = {mark_words[e->mark],
				    verb_row(e->verb)->action,
				    e->cred,
				    e->account,
				    e->thing,
				    e->addr,
				    e->why,
				    {(const char *)&minute, sizeof(minute)}};

	cache_key(core->gate->cache, parts, nitems(parts), key);
}

/* A flood from everywhere is still counted, but no longer told apart. */
static void
event_blur(struct event *e)
{
	e->cred = e->account = e->identity = e->why = STR_NONE;
	e->thing = e->addr = STR("*");
}

/* With the lock held. */
static bool
gather(struct core *core, struct event *e, int64_t at)
{
	struct gathered *g = core->audit->now;
	uint8_t key[CACHE_KEY_LEN];
	struct record *rec;
	uint32_t *place;

	event_key(core, e, at, key);
	place = index_of(g, key);
	if (*place == 0 && g->n >= GATHER_MAX) {
		event_blur(e);
		event_key(core, e, at, key);
		place = index_of(g, key);
	}
	if (*place != 0) {
		rec = g->records[*place - 1];
		rec->count++;
		rec->last = at;
		return true;
	}
	rec = g->n < nitems(g->records) ? record_new(key, e, at) : NULL;
	if (rec == NULL)
		return false;
	g->records[g->n++] = rec;
	*place = (uint32_t)g->n;
	return true;
}

static void
note_event(struct core *core, const struct subject *who, struct event *e)
{
	struct audit *audit = core->audit;
	char cred[CRED_WORD_MAX];
	int64_t at = clock_now();

	cred_word(who->cred, who->cred_id, cred);
	e->cred = str_c(cred);
	e->identity = str_c(who->identity);
	e->addr = str_c(who->addr);
	(void)pthread_mutex_lock(&audit->lock);
	if (!gather(core, e, at))
		audit->works = false;
	if (audit->now->n > GATHER_MAX / 2)
		(void)pthread_cond_signal(&audit->wake);
	(void)pthread_mutex_unlock(&audit->lock);
}

void
audit_use(struct core *core, const struct subject *who, enum verb verb,
	  struct str account, struct str thing)
{
	struct event e = {.mark = MARK_USED,
			  .verb = verb,
			  .account = account,
			  .thing = thing};

	note_event(core, who, &e);
}

void
audit_touch(struct core *core, const struct subject *who, enum verb verb,
	    struct str thing)
{
	struct event e = {.mark = MARK_TOUCHED, .verb = verb, .thing = thing};

	note_event(core, who, &e);
}

void
audit_refusal(struct core *core, const struct subject *who, enum verb verb,
	      struct str account, struct str thing, const char *why)
{
	struct event e = {.mark = MARK_REFUSED,
			  .verb = verb,
			  .account = account,
			  .thing = thing,
			  .why = str_c(why)};

	note_event(core, who, &e);
}

bool
audit_works(struct core *core)
{
	bool works;

	(void)pthread_mutex_lock(&core->audit->lock);
	works = core->audit->works;
	(void)pthread_mutex_unlock(&core->audit->lock);
	return works;
}

struct batch {
	struct core *core;
	struct record **records;
	size_t n;
};

static int
record_append(struct db_at *at, struct core *core, const struct record *rec)
{
	CLEAN(buf_clear) struct buf detail = BUF_INIT;
	const struct event *e = &rec->event;
	struct jw w = JW(&detail);
	struct audit_line line = {.at = rec->first,
				  .count = rec->count,
				  .outcome = mark_words[e->mark],
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
	return audit_append(at, core, &line);
}

static int
batch_write(struct db_at *at, void *arg)
{
	const struct batch *b = arg;
	int r = 0;

	for (size_t i = 0; r == 0 && i < b->n; i++) {
		const struct record *rec = b->records[i];
		const struct event *e = &rec->event;

		if (e->mark != MARK_TOUCHED)
			r = record_append(at, b->core, rec);
		if (r == 0 && e->mark != MARK_REFUSED && e->cred.n > 0)
			r = FOLD(db_exec(at, SQL_last_use_put, NULL, "sisssi",
					 e->cred, rec->last, e->addr, e->thing,
					 verb_row(e->verb)->action,
					 rec->count));
	}
	return r;
}

/* Everything from position on goes back to what is still to be written. */
static void
put_back(struct audit *audit, struct gathered *from, size_t position)
{
	struct gathered *to = audit->now;

	for (; position < from->n; position++) {
		struct record *rec = from->records[position];
		uint32_t *place = index_of(to, rec->key);

		if (*place != 0) {
			struct record *have = to->records[*place - 1];

			have->count += rec->count;
			have->first = rec->first;
		} else if (to->n < nitems(to->records)) {
			to->records[to->n++] = rec;
			*place = (uint32_t)to->n;
			from->records[position] = NULL;
		}
	}
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
		put_back(audit, g, written);
		(void)pthread_mutex_unlock(&audit->lock);
		gathered_free(g);
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
	gathered_free(audit->now);
	(void)pthread_cond_destroy(&audit->wake);
	(void)pthread_mutex_destroy(&audit->lock);
	(void)pthread_mutex_destroy(&audit->flushing);
	free(audit);
}

/* What the gathered records add to the row; with the lock held. */
static void
add_gathered(const struct gathered *g, struct str cred, struct last_use *use)
{
	for (size_t i = 0; g != NULL && i < g->n; i++) {
		const struct record *rec = g->records[i];

		if (rec->event.mark == MARK_REFUSED ||
		    !str_eq(rec->event.cred, cred))
			continue;
		use->count += rec->count;
		if (rec->last < use->at)
			continue;
		use->at = rec->last;
		use->addr = rec->event.addr;
		use->thing = rec->event.thing;
		use->verb = verb_row(rec->event.verb)->action;
	}
}

static int
use_copy(struct arena *a, const struct last_use *use, struct last_use *ret)
{
	if (use->count == 0)
		return OUT_ABSENT;
	*ret = (struct last_use){.at = use->at,
				 .count = use->count,
				 .addr = arena_str(a, use->addr),
				 .thing = arena_str(a, use->thing),
				 .verb = arena_str(a, use->verb)};
	return ret->addr.p == NULL || ret->thing.p == NULL ||
		       ret->verb.p == NULL
		   ? FAIL(-ENOMEM)
		   : 0;
}

int
audit_last_use(struct core *core, enum cred_kind kind, struct str id,
	       struct arena *a, struct last_use *ret)
{
	CLEAN(db_view_endp) struct db_at *view = NULL;
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	char name[CRED_ID_MAX + 1], word[CRED_WORD_MAX];
	struct last_use use = {.count = 0};
	int r = db_view_begin(core->db, &view);

	if (r != 0)
		return r;
	if (FIELD_PUT(name, id) != 0)
		return OUT_ABSENT;
	cred_word(kind, name, word);
	r = db_one(view, SQL_last_use_get, &rows, "s", str_c(word));
	if (r != 0 && r != OUT_ABSENT)
		return r;
	if (r == 0)
		use = (struct last_use){.at = db_int(&rows, 0),
					.addr = db_str(&rows, 1),
					.thing = db_str(&rows, 2),
					.verb = db_str(&rows, 3),
					.count = db_int(&rows, 4)};
	(void)pthread_mutex_lock(&core->audit->lock);
	add_gathered(core->audit->leaving, str_c(word), &use);
	add_gathered(core->audit->now, str_c(word), &use);
	/* Copied under the lock: the records may be written and freed. */
	r = use_copy(a, &use, ret);
	(void)pthread_mutex_unlock(&core->audit->lock);
	return r;
}
