/*
 * The gate's second look at somebody who is inside already: while a transfer
 * goes on, and in the commit that makes a change.
 */
#include "core/decide.h"

#include "base/clock.h"
#include "core/audit.h"
#include "db/db.h"

/* As this place of the database has it; of what is remembered, only what was
 * granted counts, and only if it still is. */
static int
look_again(struct db_at *at, const struct visit *v)
{
	struct subject now;
	struct ask ask = {.core = v->core,
			  .who = &now,
			  .at = at,
			  .least = gate_generation(v->core),
			  .verb = v->verb,
			  .thing = v->thing};
	int r =
	    cred_load(v->core, at, v->who.cred, str_c(v->who.cred_id), &now);

	if (r == 0 && v->who.jti[0] != '\0')
		r = cred_jti(at, str_c(v->who.jti), &now);
	if (r != 0)
		return r < 0 ? r : OUT_UNPROVEN;
	/* A bearer is of one region, wherever its credential may go. */
	memcpy(now.region, v->who.region, sizeof(now.region));
	now.bearer = v->who.bearer;
	memcpy(now.addr, v->who.addr, sizeof(now.addr));
	/* What was found may have another name by now. */
	memcpy(ask.found.id, v->object, sizeof(ask.found.id));
	memcpy(ask.found.account, v->account, sizeof(ask.found.account));
	return decide(&ask, false);
}

int
gate_may_now(struct db_at *at, const struct visit *v, enum verb verb,
	     const struct thing *thing)
{
	struct ask ask = {.core = v->core,
			  .who = &v->who,
			  .at = at,
			  .least = gate_generation(v->core),
			  .verb = verb,
			  .thing = *thing};

	return v->who.cred == CRED_NONE ? 0 : decide(&ask, true);
}

bool
gate_still(struct core *core, const struct visit *v)
{
	CLEAN(db_view_endp) struct db_at *view = NULL;

	if (verb_row(v->verb)->rule == RULE_PUBLIC)
		return true;
	if (v->who.expires_at <= clock_now())
		return false;
	if (!v->timed && v->who.seen == gate_generation(core))
		return true;
	return db_view_begin(core->db, &view) == 0 && look_again(view, v) == 0;
}

struct change {
	const struct visit *by;
	int (*fn)(struct db_at *, void *);
	void *arg;
};

/* On the writer's thread the generation is exact: it counts every commit before
 * this one, and the database knows of those that share it. */
static int
visit_holds(struct db_at *at, const struct visit *v)
{
	if (v->who.cred == CRED_NONE)
		return 0;
	if (v->who.expires_at <= clock_now())
		return OUT_UNPROVEN;
	if (!v->timed && v->who.seen == gate_generation(v->core) &&
	    db_touched(at) == 0)
		return 0;
	return look_again(at, v);
}

static int
change_write(struct db_at *at, void *arg)
{
	const struct change *c = arg;
	int r = visit_holds(at, c->by);

	return r != 0 ? r : c->fn(at, c->arg);
}

void
gate_refused(const struct visit *v, int r)
{
	char text[AUDIT_THING_MAX];

	if (r == OUT_DENIED || r == OUT_UNPROVEN)
		audit_refusal(v->core, &v->who, v->verb, str_c(v->account),
			      audit_thing_text(&v->thing, text), out_text(r));
}

int
gate_write(const struct visit *by, int (*fn)(struct db_at *, void *), void *arg)
{
	struct change c = {.by = by, .fn = fn, .arg = arg};
	int r = db_write(by->core->db, change_write, &c);

	gate_refused(by, r);
	return r;
}
