#include "base/enc.h"
#include "door/policy/inner.h"

#include <errno.h>

#define START_MAX 128

struct question {
	struct policy_filter filter;
	struct str account, iam_id, group, service_type, tag_name, tag_value,
	    service_group, sort, state, start, format;
	uint64_t limit;
	bool display;
};

static int
bad(struct call *call, const char *name)
{
	return note_set(&call->note, OUT_MALFORMED,
			"'%s' has no value that is known here", name);
}

static int
start_read(struct call *call, struct question *q)
{
	CLEAN(buf_clear) struct buf text = BUF_INIT_MAX(START_MAX);
	struct str key, id;
	uint64_t number = 0;

	if (q->start.p == NULL)
		return 0;
	if (dec_b64url(&text, q->start) != 0 ||
	    !str_cut(buf_str(&text), ' ', &key, &id) || id.n == 0 ||
	    str_u64(key, INT64_MAX, &number) != 0)
		return bad(call, "start");
	q->filter.further = true;
	q->filter.after_key = (int64_t)number;
	q->filter.after = arena_str(call->arena, id);
	return q->filter.after.p == NULL ? FAIL(-ENOMEM) : 0;
}

static int
sort_read(struct call *call, struct question *q)
{
	static const struct {
		struct str name;
		enum policy_order order;
	} orders[] = {
	    {STR_INIT("id"), POLICY_BY_ID},
	    {STR_INIT("created_at"), POLICY_BY_CREATED},
	    {STR_INIT("last_modified_at"), POLICY_BY_MODIFIED},
	    {STR_INIT("type"), POLICY_BY_TYPE},
	};
	bool descending = str_starts(q->sort, STR("-"));
	struct str name = str_sub(q->sort, descending, q->sort.n);

	if (q->sort.n == 0)
		return 0;
	for (size_t i = 0; i < nitems(orders); i++)
		if (str_eq(orders[i].name, name)) {
			q->filter.order = orders[i].order;
			q->filter.descending = descending;
			return 0;
		}
	return note_set(&call->note, OUT_UNSUPPORTED,
			"lists are sorted by id, created_at, last_modified_at "
			"or type, with '-' in front the other way");
}

static int
texts_read(struct call *call, struct question *q)
{
	const struct {
		const char *name;
		struct str *to;
	} texts[] = {
	    {"account_id", &q->account},
	    {"iam_id", &q->iam_id},
	    {"access_group_id", &q->group},
	    {"type", &q->filter.type},
	    {"service_type", &q->service_type},
	    {"service_name", &q->filter.service},
	    {"service_group_id", &q->service_group},
	    {"tag_name", &q->tag_name},
	    {"tag_value", &q->tag_value},
	    {"sort", &q->sort},
	    {"state", &q->state},
	    {"start", &q->start},
	    {"format", &q->format},
	};
	int r = 0;

	for (size_t i = 0; r == 0 && i < nitems(texts); i++)
		r = call_once(call, texts[i].name, texts[i].to);
	return r;
}

static int
question_read(struct call *call, struct question *q)
{
	int r = texts_read(call, q);

	if (r == 0)
		r = call_number(call, "limit", PAGE_MAX, PAGE_MAX, &q->limit);
	if (r == 0)
		r = start_read(call, q);
	if (r == 0)
		r = sort_read(call, q);
	if (r != 0)
		return r;
	if (q->state.n > 0 && !str_eq(q->state, STR("active")) &&
	    !str_eq(q->state, STR("deleted")))
		return bad(call, "state");
	if (q->format.n > 0 && !str_eq(q->format, STR("display")) &&
	    !str_eq(q->format, STR("include_last_permit")))
		return bad(call, "format");
	if (q->iam_id.n > 0 && q->group.n > 0)
		return bad(call, "access_group_id");
	q->filter.deleted = str_eq(q->state, STR("deleted"));
	q->filter.subject = q->iam_id.n > 0 ? q->iam_id : q->group;
	q->filter.limit = (int64_t)q->limit;
	q->display = str_eq(q->format, STR("display"));
	return 0;
}

/* To whom may see all of the account's, nobody has none. */
static int
pass(struct call *call, const struct question *q)
{
	struct thing thing = {.kind = THING_IDENTITY, .name = q->iam_id};
	struct thing all = {.kind = THING_ACCOUNT};
	int r;

	if (q->iam_id.n == 0)
		return account_pass(call, VERB_POLICY_LIST, q->account);
	thing.account = arena_str(
	    call->arena, q->account.n > 0 ? q->account : account_own(call));
	if (thing.account.p == NULL)
		return FAIL(-ENOMEM);
	r = call_pass(call, VERB_POLICY_LIST, &thing);
	all.account = thing.account;
	return r == OUT_DENIED && gate_may(call->core, &call->visit.who,
					   VERB_POLICY_LIST, &all)
		   ? 0
		   : r;
}

static const struct policy_attr *
attribute(const struct policy_text *t, struct str name)
{
	for (size_t i = 0; i < t->n_resources; i++)
		if (str_eq(t->resources[i].name, name))
			return &t->resources[i];
	return NULL;
}

static bool
of_type(const struct policy_text *t, struct str type)
{
	const struct policy_attr *said = attribute(t, STR("serviceType"));
	const struct policy_attr *name = attribute(t, STR("serviceName"));

	if (type.n == 0)
		return true;
	if (said != NULL)
		return str_eq(said->value, type);
	return name != NULL && str_eq(verb_service_type(name->value), type);
}

static bool
tagged(const struct policy_text *t, const struct question *q)
{
	if (q->tag_name.n == 0 && q->tag_value.n == 0)
		return true;
	for (size_t i = 0; i < t->n_tags; i++)
		if ((q->tag_name.n == 0 ||
		     str_eq(t->tags[i].name, q->tag_name)) &&
		    (q->tag_value.n == 0 ||
		     str_eq(t->tags[i].value, q->tag_value)))
			return true;
	return false;
}

static bool
fits(const struct policy_text *t, const struct question *q)
{
	const struct policy_attr *group = attribute(t, STR("service_group_id"));

	if (q->service_group.n > 0 &&
	    (group == NULL || !str_eq(group->value, q->service_group)))
		return false;
	return of_type(t, q->service_type) && tagged(t, q);
}

/* The same question again, from there on. */
static int
link_write(struct call *call, struct jw *w, const char *name, struct str start)
{
	CLEAN(buf_clear) struct buf url = BUF_INIT;
	char sep = '?';

	buf_addf(&url, "%.*s%.*s", STR_ARG(call->base),
		 STR_ARG(call->req->path));
	for (size_t i = 0; i < call->query.n; i++) {
		if (str_eq(call->query.pairs[i].name, STR("start")))
			continue;
		buf_addc(&url, sep);
		enc_percent(&url, call->query.pairs[i].name);
		buf_addc(&url, '=');
		enc_percent(&url, call->query.pairs[i].value);
		sep = '&';
	}
	if (start.n > 0)
		buf_addf(&url, "%cstart=%.*s", sep, STR_ARG(start));
	jw_object(w, name);
	jw_str(w, "href", buf_str(&url));
	if (start.n > 0)
		jw_str(w, "start", start);
	jw_end(w);
	return buf_err(&url);
}

static int
next_write(struct call *call, struct jw *w, const struct policy_filter *f,
	   const struct policy *last)
{
	CLEAN(buf_clear) struct buf place = BUF_INIT;
	CLEAN(buf_clear) struct buf start = BUF_INIT;

	buf_addf(&place, "%lld %.*s", (long long)policy_key(last, f->order),
		 STR_ARG(last->id));
	enc_b64url(&start, buf_str(&place));
	if (buf_err(&place) != 0)
		return FAIL(buf_err(&place));
	if (buf_err(&start) != 0)
		return FAIL(buf_err(&start));
	return link_write(call, w, "next", buf_str(&start));
}

int
policies_list(struct call *call, struct http_reply *reply,
	      enum policy_form_version version)
{
	struct question q = {.filter = {.plain = version == POLICY_V1}};
	struct shower s = {.call = call, .version = version};
	struct jw w = JW(&reply->body);
	struct policy *list = NULL;
	bool more = false;
	size_t n = 0;
	int r = question_read(call, &q);

	if (r == 0)
		r = pass(call, &q);
	if (r != 0)
		return r;
	q.filter.account = str_c(call->visit.account);
	s.display = q.display;
	r = policy_list(call->core, &q.filter, call->arena, &list, &n, &more);
	if (r != 0)
		return r;
	jw_object(&w, NULL);
	jw_int(&w, "limit", (int64_t)q.limit);
	r = link_write(call, &w, "first", STR_NONE);
	if (r == 0 && more)
		r = next_write(call, &w, &q.filter, &list[n - 1]);
	jw_array(&w, "policies");
	for (size_t i = 0; r == 0 && i < n; i++)
		if (fits(&list[i].text, &q))
			r = policy_write(&s, &w, &list[i]);
	jw_end(&w);
	jw_end(&w);
	if (r == 0)
		r = buf_err(&reply->body);
	return r != 0 ? r : reply_json(reply, 200);
}

int
policies_list_v1(struct call *call, struct http_reply *reply)
{
	return policies_list(call, reply, POLICY_V1);
}

int
policies_list_v2(struct call *call, struct http_reply *reply)
{
	return policies_list(call, reply, POLICY_V2);
}
