#include "core/audit_inner.h"

#include "base/clock.h"
#include "core/gather.h"
#include "core/sql.h"

#include <errno.h>

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
	e->settles = who->replaces && e->mark != MARK_REFUSED;
	(void)pthread_mutex_lock(&audit->lock);
	audit->uses += e->mark == MARK_USED;
	audit->refusals += e->mark == MARK_REFUSED;
	if (!gather_add(audit->now, core->gate->cache, e, at))
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
	gather_last_use(core->audit->leaving, str_c(word), &use);
	gather_last_use(core->audit->now, str_c(word), &use);
	/* Copied under the lock: the records may be written and freed. */
	r = use_copy(a, &use, ret);
	(void)pthread_mutex_unlock(&core->audit->lock);
	return r;
}
