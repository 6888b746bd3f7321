#include "core/traffic.h"
#include "base/clock.h"
#include "core/activity.h"
#include "door/api/inner.h"

#define STEPS	     24 /* as many as end now, when no beginning is named */
#define DAYS_DEFAULT 90
#define DAYS_MAX     3650
#define FRESH_MS     DAY_MS /* nobody can have forgotten it before */

struct span {
	int64_t since, until, step;
};

static int
step_read(struct call *call, struct span *ret)
{
	struct str step = STR_NONE;
	int r = call_once(call, "step", &step);

	if (r != 0)
		return r;
	if (step.p == NULL)
		step = STR("hour");
	if (!str_eq(step, STR("hour")) && !str_eq(step, STR("day")))
		return note_set(&call->note, OUT_MALFORMED,
				"'step' must be hour or day");
	ret->step = str_eq(step, STR("hour")) ? HOUR_MS : DAY_MS;
	return 0;
}

static int
span_read(struct call *call, struct span *ret)
{
	struct str since = STR_NONE, until = STR_NONE;
	int r = step_read(call, ret);

	if (r == 0)
		r = call_once(call, "since", &since);
	if (r == 0)
		r = call_once(call, "until", &until);
	ret->until = clock_now() + 1;
	if (r == 0 && until.p != NULL)
		r = time_read(call, "until", until, &ret->until);
	ret->since =
	    ret->until > STEPS * ret->step ? ret->until - STEPS * ret->step : 0;
	if (r == 0 && since.p != NULL)
		r = time_read(call, "since", since, &ret->since);
	if (r == 0 && (ret->since < 0 || ret->since >= ret->until))
		return note_set(&call->note, OUT_MALFORMED,
				"'since' must be before 'until'");
	return r;
}

static void
step_write(struct jw *w, const struct traffic *t)
{
	jw_object(w, NULL);
	time_write(w, "at", t->at);
	jw_int(w, "logins", t->logins);
	jw_int(w, "refused_logins", t->refused_logins);
	jw_int(w, "uses", t->uses);
	jw_int(w, "refusals", t->refusals);
	jw_int(w, "changes", t->changes);
	jw_int(w, "unconfirmed", t->unconfirmed);
	jw_end(w);
}

/* Of the whole server, for its operator: guesses at logins are nobody's. */
static int
whose_read(struct call *call, struct str *ret)
{
	bool all = false;
	int r = flag_read(call, "all", &all);

	if (r == 0 && all)
		r = call_pass(call, VERB_STATUS_READ, &(struct thing){0});
	if (r == 0)
		*ret = all ? STR_NONE : str_c(call->visit.account);
	return r;
}

int
traffic_show(struct call *call, struct http_reply *reply)
{
	struct str account = str_c(call->visit.account);
	struct jw w = JW(&reply->body);
	struct traffic *list = NULL;
	struct span span = {0};
	size_t n = 0;
	int r = span_read(call, &span);

	if (r == 0)
		r = whose_read(call, &account);
	if (r == 0)
		r = traffic_count(call->core, account, &span.since, &span.until,
				  span.step, call->arena, &list, &n);
	if (r == OUT_TOO_LARGE)
		return note_set(&call->note, OUT_MALFORMED,
				"at most %d steps fit between 'since' and "
				"'until'",
				TRAFFIC_STEPS_MAX);
	if (r != 0)
		return r;
	jw_object(&w, NULL);
	time_write(&w, "since", span.since);
	time_write(&w, "until", span.until);
	jw_c(&w, "step", span.step == HOUR_MS ? "hour" : "day");
	jw_array(&w, "steps");
	for (size_t i = 0; i < n; i++)
		step_write(&w, &list[i]);
	jw_end(&w);
	jw_end(&w);
	return json_done(call, reply, 200);
}

static void
unused_write(struct jw *w, const struct unused *u)
{
	jw_object(w, NULL);
	found_write(w, &u->cred);
	time_write(w, "created_at", u->created_at);
	if (u->last_used != 0)
		time_write(w, "last_used", u->last_used);
	jw_end(w);
}

/* As with what expires, each sees what they may know of. */
int
unused_show(struct call *call, struct http_reply *reply)
{
	struct unused *list = NULL;
	struct jw w = JW(&reply->body);
	int64_t now = clock_now();
	uint64_t days = 0;
	size_t n = 0;
	int r = call_number(call, "days", DAYS_DEFAULT, DAYS_MAX, &days);

	if (r == 0)
		r = activity_unused(call->core, str_c(call->visit.who.account),
				    now - (int64_t)days * DAY_MS,
				    now - FRESH_MS, PAGE_MAX, call->arena,
				    &list, &n);
	if (r != 0)
		return r;
	jw_object(&w, NULL);
	jw_array(&w, "unused");
	for (size_t i = 0; i < n; i++)
		if (found_may(call->core, &call->visit.who, &list[i].cred))
			unused_write(&w, &list[i]);
	jw_end(&w);
	jw_end(&w);
	return json_done(call, reply, 200);
}
