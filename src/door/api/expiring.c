#include "base/clock.h"
#include "core/expiry.h"
#include "door/api/inner.h"

#define DAYS_DEFAULT 30
#define DAYS_MAX     3650

static void
one_write(struct jw *w, const struct expiring *e)
{
	jw_object(w, NULL);
	found_write(w, &e->cred);
	if (e->last_used != 0)
		time_write(w, "last_used", e->last_used);
	jw_bool(w, "against_rules", e->against);
	jw_end(w);
}

/* Each sees what they may know of. */
static void
list_write(struct call *call, struct jw *w, const struct expiring *list,
	   size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (found_may(call->core, &call->visit.who, &list[i].cred))
			one_write(w, &list[i]);
}

int
expiring_show(struct call *call, struct http_reply *reply)
{
	struct str account = str_c(call->visit.who.account);
	struct expiring *soon = NULL, *against = NULL;
	struct jw w = JW(&reply->body);
	size_t n_soon = 0, n_against = 0;
	uint64_t days = 0;
	int r = call_number(call, "days", DAYS_DEFAULT, DAYS_MAX, &days);

	if (r == 0)
		r = expiry_list(call->core, account,
				clock_now() + (int64_t)days * DAY_MS, PAGE_MAX,
				call->arena, &soon, &n_soon);
	if (r == 0)
		r = expiry_against(call->core, account, PAGE_MAX, call->arena,
				   &against, &n_against);
	if (r != 0)
		return r;
	jw_object(&w, NULL);
	jw_array(&w, "expiring");
	list_write(call, &w, soon, n_soon);
	jw_end(&w);
	jw_array(&w, "against_rules");
	list_write(call, &w, against, n_against);
	jw_end(&w);
	jw_end(&w);
	return json_done(call, reply, 200);
}
