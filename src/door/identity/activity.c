/* Reports of what nobody uses. A report is made when it is fetched: its
 * reference says what was asked for, and when. */
#include "core/activity.h"
#include "base/clock.h"
#include "door/identity/inner.h"

#define HOURS_DEFAULT 720

struct report {
	uint64_t hours;
	int64_t at; /* when it was asked for */
};

int
activity_ask(struct call *call, struct http_reply *reply)
{
	struct jw w = JW(&reply->body);
	struct str type = STR_NONE;
	uint64_t hours = 0;
	int r = call_number(call, "duration", HOURS_DEFAULT, ACTIVITY_HOURS_MAX,
			    &hours);

	if (r == 0)
		r = call_once(call, "type", &type);
	if (r != 0)
		return r;
	if (type.n > 0 && !str_eq(type, STR("inactive")))
		return note_set(&call->note, OUT_UNSUPPORTED,
				"'type' is 'inactive': what nobody uses");
	jw_object(&w, NULL);
	jw_str(&w, "reference",
	       arena_strf(call->arena, "%llu-%lld", (unsigned long long)hours,
			  (long long)clock_now()));
	jw_end(&w);
	return buf_err(&reply->body) != 0 ? buf_err(&reply->body)
					  : reply_json(reply, 202);
}

static int
reference_take(struct str ref, struct report *ret)
{
	struct str hours, at;
	uint64_t ms;

	*ret = (struct report){.hours = HOURS_DEFAULT, .at = clock_now()};
	if (str_eq(ref, STR("latest")))
		return 0;
	if (!str_cut(ref, '-', &hours, &at) ||
	    str_u64(hours, ACTIVITY_HOURS_MAX, &ret->hours) != 0 ||
	    ret->hours == 0 || str_u64(at, (uint64_t)clock_now(), &ms) != 0)
		return OUT_ABSENT;
	ret->at = (int64_t)ms;
	return 0;
}

static void
last_write(struct jw *w, const struct idle *i)
{
	if (i->last != 0)
		minute_write(w, "last_authn", i->last);
	jw_end(w);
}

static void
identity_write(struct jw *w, const struct idle *i)
{
	jw_object(w, NULL);
	if (i->service)
		jw_str(w, "id", service_id_word(i->id));
	jw_str(w, "iam_id", i->id);
	jw_str(w, "name", i->name);
	if (!i->service) {
		jw_str(w, "username", i->email);
		jw_str(w, "email", i->email);
	}
	last_write(w, i);
}

static void
key_write(struct jw *w, const struct idle *i)
{
	jw_object(w, NULL);
	jw_str(w, "id", i->id);
	jw_str(w, "name", i->name);
	jw_c(w, "type", i->service ? "serviceid" : "user");
	jw_object(w, i->service ? "serviceid" : "user");
	if (i->service)
		jw_str(w, "id", service_id_word(i->identity));
	jw_str(w, "iam_id", i->identity);
	jw_end(w);
	last_write(w, i);
}

typedef int list_fn(struct core *, struct str, int64_t, struct str, int64_t,
		    struct arena *, struct idle **, size_t *);

/* Some at a time, up to what one report holds. want: 0 all, 'u', 's'. */
static int
section(struct call *call, struct jw *w, const char *name, list_fn *list,
	char want, int64_t before, bool *ret_more)
{
	struct str after = STR("");
	size_t n = 0, sum = 0;
	struct idle *rows;
	int r = 0;

	jw_array(w, name);
	do {
		r = list(call->core, call->thing.account, before, after,
			 PAGE_MAX, call->arena, &rows, &n);
		for (size_t i = 0; r == 0 && i < n; i++) {
			if (want == 0)
				key_write(w, &rows[i]);
			else if (rows[i].service == (want == 's'))
				identity_write(w, &rows[i]);
		}
		if (r == 0 && n > 0)
			after = rows[n - 1].id;
		sum += n;
	} while (r == 0 && n == PAGE_MAX && sum < ACTIVITY_ROWS_MAX);
	jw_end(w);
	*ret_more = *ret_more || n == PAGE_MAX;
	return r;
}

int
activity_show(struct call *call, struct http_reply *reply)
{
	struct jw w = JW(&reply->body);
	struct report report;
	int64_t before;
	bool more = false;
	int r = reference_take(call->params[1], &report);

	if (r != 0)
		return r;
	before = report.at - (int64_t)report.hours * HOUR_MS;
	jw_object(&w, NULL);
	jw_str(&w, "created_by", str_c(call->visit.who.identity));
	jw_str(&w, "reference", call->params[1]);
	jw_str(
	    &w, "report_duration",
	    arena_strf(call->arena, "%llu", (unsigned long long)report.hours));
	minute_write(&w, "report_start_time", before < 0 ? 0 : before);
	minute_write(&w, "report_end_time", report.at);
	r = section(call, &w, "users", activity_idle_identities, 'u', before,
		    &more);
	if (r == 0)
		r = section(call, &w, "serviceids", activity_idle_identities,
			    's', before, &more);
	if (r == 0)
		r = section(call, &w, "apikeys", activity_idle_keys, 0, before,
			    &more);
	jw_array(&w, "profiles");
	jw_end(&w);
	jw_bool(&w, "more", more);
	jw_end(&w);
	if (r != 0)
		return r;
	return buf_err(&reply->body) != 0 ? buf_err(&reply->body)
					  : reply_json(reply, 200);
}
