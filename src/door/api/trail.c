#include "core/audit.h"
#include "door/api/inner.h"

static void
event_write(struct jw *w, const struct audit_row *e)
{
	jw_object(w, NULL);
	jw_str(w, "node", e->node);
	jw_int(w, "seq", e->seq);
	time_write(w, "at", e->at);
	jw_str(w, "outcome", e->outcome);
	jw_str(w, "verb", e->verb);
	jw_str(w, "account", e->account);
	jw_str(w, "identity", e->identity);
	jw_str(w, "cred", e->cred);
	jw_str(w, "thing", e->thing);
	jw_str(w, "addr", e->addr);
	jw_int(w, "count", e->count);
	if (e->detail.n > 0)
		jw_raw(w, "detail", e->detail);
	jw_c(w, "hash", e->hash);
	jw_end(w);
}

static int
filter_texts(struct call *call, struct audit_filter *f)
{
	const struct {
		const char *name;
		struct str *to;
	} texts[] = {
	    {"cred", &f->cred},		{"verb", &f->verb},
	    {"thing", &f->thing},	{"outcome", &f->outcome},
	    {"identity", &f->identity},
	};
	int r = 0;

	for (size_t i = 0; r == 0 && i < nitems(texts); i++)
		r = call_once(call, texts[i].name, texts[i].to);
	if (r == 0 && f->outcome.n > 0 && !str_eq(f->outcome, STR("done")) &&
	    !str_eq(f->outcome, STR("used")) &&
	    !str_eq(f->outcome, STR("refused")) &&
	    !str_eq(f->outcome, STR(AUDIT_UNCONFIRMED)))
		return note_set(&call->note, OUT_MALFORMED,
				"'outcome' must be done, used, refused or "
				"unconfirmed");
	return r;
}

static int
filter_times(struct call *call, struct audit_filter *f)
{
	struct str since = STR_NONE, until = STR_NONE;
	int r = call_once(call, "since", &since);

	if (r == 0)
		r = call_once(call, "until", &until);
	if (r == 0 && since.p != NULL)
		r = time_read(call, "since", since, &f->since);
	if (r == 0 && until.p != NULL)
		r = time_read(call, "until", until, &f->until);
	return r;
}

static int
filter_read(struct call *call, struct audit_filter *f, bool *ret_all)
{
	uint64_t limit = 0, after = 0;
	int r = filter_texts(call, f);

	f->newest_first = true;
	if (r == 0)
		r = filter_times(call, f);
	if (r == 0)
		r = flag_read(call, "newest", &f->newest_first);
	if (r == 0)
		r = flag_read(call, "all", ret_all);
	if (r == 0)
		r = call_number(call, "limit", PAGE_DEFAULT, PAGE_MAX, &limit);
	if (r == 0)
		r = call_number(call, "after", 0, INT64_MAX, &after);
	f->limit = (int64_t)limit;
	f->after_seq = (int64_t)after;
	return r;
}

int
audit_show(struct call *call, struct http_reply *reply)
{
	struct audit_filter filter = {.account = str_c(call->visit.account)};
	struct jw w = JW(&reply->body);
	struct audit_row *rows = NULL;
	bool all = false;
	size_t n = 0;
	int r = filter_read(call, &filter, &all);

	if (r == 0 && all) {
		r = call_pass(call, VERB_STATUS_READ, &(struct thing){0});
		filter.account = STR_NONE;
	}
	if (r == 0)
		r = audit_list(call->core, &filter, call->arena, &rows, &n);
	if (r != 0)
		return r;
	jw_object(&w, NULL);
	jw_array(&w, "events");
	for (size_t i = 0; i < n; i++)
		event_write(&w, &rows[i]);
	jw_end(&w);
	if (n == (size_t)filter.limit)
		jw_int(&w, "next", rows[n - 1].seq);
	jw_end(&w);
	return json_done(call, reply, 200);
}

int
audit_check(struct call *call, struct http_reply *reply)
{
	struct jw w = JW(&reply->body);
	int64_t rows = 0;
	int r = audit_verify(call->core, &rows, &call->note);

	if (r != 0 && r != OUT_MISMATCH)
		return r;
	jw_object(&w, NULL);
	jw_bool(&w, "intact", r == 0);
	jw_int(&w, "rows", rows);
	if (r != 0)
		jw_c(&w, "reason", call->note.text);
	jw_end(&w);
	return json_done(call, reply, 200);
}
