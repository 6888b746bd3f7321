#include "base/enc.h"
#include "door/policy/inner.h"

#include <errno.h>

static void
group_write(struct call *call, struct jw *w, const struct group *g)
{
	jw_object(w, NULL);
	jw_str(w, "id", g->id);
	jw_str(w, "name", g->name);
	jw_str(w, "description", g->description);
	jw_str(w, "account_id", g->account);
	moment_write(w, "created_at", g->created_at);
	jw_str(w, "created_by_id", g->created_by);
	moment_write(w, "last_modified_at", g->modified_at);
	jw_str(w, "last_modified_by_id", g->modified_by);
	jw_str(w, "href",
	       arena_strf(call->arena, "%.*s/v2/groups/%.*s",
			  STR_ARG(call->base), STR_ARG(g->id)));
	jw_bool(w, "is_federated", false);
	jw_end(w);
}

static int
show(struct call *call, struct http_reply *reply, int status,
     const struct group *g)
{
	struct jw w = JW(&reply->body);

	group_write(call, &w, g);
	if (buf_err(&reply->body) != 0)
		return buf_err(&reply->body);
	http_head(reply, "ETag", etag_text(call->arena, g->version, g->id));
	return reply_json(reply, status);
}

static void
href_write(struct call *call, struct jw *w, const char *name, uint64_t limit,
	   uint64_t offset)
{
	CLEAN(buf_clear) struct buf url = BUF_INIT;
	char sep = '?';

	buf_addf(&url, "%.*s%.*s", STR_ARG(call->base),
		 STR_ARG(call->req->path));
	for (size_t i = 0; i < call->query.n; i++) {
		const struct form_pair *pair = &call->query.pairs[i];

		if (str_eq(pair->name, STR("limit")) ||
		    str_eq(pair->name, STR("offset")))
			continue;
		buf_addc(&url, sep);
		enc_percent(&url, pair->name);
		buf_addc(&url, '=');
		enc_percent(&url, pair->value);
		sep = '&';
	}
	buf_addf(&url, "%climit=%llu&offset=%llu", sep,
		 (unsigned long long)limit, (unsigned long long)offset);
	jw_object(w, name);
	jw_str(w, "href", buf_str(&url));
	jw_end(w);
	if (buf_err(&url) != 0)
		w->b->err = buf_err(&url);
}

void
span_write(struct call *call, struct jw *w, const struct span *s, int64_t total)
{
	uint64_t all = (uint64_t)total;

	jw_int(w, "limit", (int64_t)s->limit);
	jw_int(w, "offset", (int64_t)s->offset);
	jw_int(w, "total_count", total);
	href_write(call, w, "first", s->limit, 0);
	if (s->offset > 0)
		href_write(call, w, "previous", s->limit,
			   s->offset > s->limit ? s->offset - s->limit : 0);
	if (s->offset + s->limit < all)
		href_write(call, w, "next", s->limit, s->offset + s->limit);
	href_write(call, w, "last", s->limit,
		   all == 0 ? 0 : (all - 1) / s->limit * s->limit);
}

int
span_read(struct call *call, struct span *ret)
{
	struct str text = STR_NONE;
	int r = call_number(call, "limit", SPAN_DEFAULT, SPAN_MAX, &ret->limit);

	ret->offset = 0;
	if (r == 0)
		r = call_once(call, "offset", &text);
	if (r == 0 && text.p != NULL &&
	    str_u64(text, INT32_MAX, &ret->offset) != 0)
		return note_set(&call->note, OUT_MALFORMED,
				"'offset' is a number");
	return r;
}

int
groups_list(struct call *call, struct http_reply *reply)
{
	struct str account = STR_NONE, identity = STR_NONE;
	struct jw w = JW(&reply->body);
	struct group *list = NULL;
	struct span span = {0};
	int64_t total = 0;
	size_t n = 0;
	int r = span_read(call, &span);

	if (r == 0)
		r = call_once(call, "account_id", &account);
	if (r == 0)
		r = call_once(call, "iam_id", &identity);
	if (r == 0)
		r = account_pass(call, VERB_GROUP_LIST, account);
	if (r == 0)
		r = group_list(call->core, str_c(call->visit.account), identity,
			       (int64_t)span.offset, (int64_t)span.limit,
			       call->arena, &list, &n, &total);
	if (r != 0)
		return r;
	jw_object(&w, NULL);
	span_write(call, &w, &span, total);
	jw_array(&w, "groups");
	for (size_t i = 0; i < n; i++)
		group_write(call, &w, &list[i]);
	jw_end(&w);
	jw_end(&w);
	return buf_err(&reply->body) != 0 ? buf_err(&reply->body)
					  : reply_json(reply, 200);
}

static int
names_read(struct call *call, bool must, struct str *name, struct str *text)
{
	int r = body_object(call);

	if (r == 0)
		r = body_text(call, call->json, "name", must, name);
	return r != 0 ? r
		      : body_text(call, call->json, "description", false, text);
}

int
group_add(struct call *call, struct http_reply *reply)
{
	struct str account = STR_NONE, name = STR_NONE, text = STR("");
	struct group made;
	int r = call_once(call, "account_id", &account);

	if (r == 0)
		r = names_read(call, true, &name, &text);
	if (r == 0)
		r = account_pass(call, VERB_GROUP_CREATE, account);
	if (r == 0)
		r = group_create(&call->visit, name, text, call->arena, &made,
				 &call->note);
	return r != 0 ? r : show(call, reply, 201, &made);
}

/* To those who may not even see it, it is not there. */
int
group_pass(struct call *call, enum verb verb, struct group *ret)
{
	struct thing thing = {.kind = THING_GROUP};
	int seen, r = group_get(call->core, account_own(call), call->params[0],
				call->arena, ret);

	if (r != 0)
		return r;
	thing.account = ret->account;
	thing.name = ret->id;
	r = call_pass(call, verb, &thing);
	if (r != OUT_DENIED)
		return r;
	seen = call_pass(call, VERB_GROUP_LIST, &thing);
	if (seen == OUT_DENIED)
		return OUT_ABSENT;
	return seen != 0 ? seen : r;
}

int
group_show(struct call *call, struct http_reply *reply)
{
	struct group g;
	int r = group_pass(call, VERB_GROUP_LIST, &g);

	return r != 0 ? r : show(call, reply, 200, &g);
}

int
group_patch(struct call *call, struct http_reply *reply)
{
	struct str name = STR_NONE, text = STR_NONE;
	struct group now, made;
	int64_t seen = 0;
	int r = group_pass(call, VERB_GROUP_UPDATE, &now);

	if (r == 0)
		r = etag_match(call, now.id, &seen);
	if (r == 0)
		r = names_read(call, false, &name, &text);
	if (r == 0)
		r = group_update(&call->visit, now.id, seen, name, text,
				 call->arena, &made, &call->note);
	return r != 0 ? r : show(call, reply, 200, &made);
}

int
group_remove(struct call *call, struct http_reply *reply)
{
	struct str force = STR_NONE;
	struct group now;
	int r = call_once(call, "force", &force);

	if (r == 0)
		r = group_pass(call, VERB_GROUP_DELETE, &now);
	if (r == 0)
		r = group_delete(&call->visit, now.id,
				 str_eq(force, STR("true")));
	if (r == OUT_CONFLICT)
		return note_set(&call->note, r,
				"it has members: force=true removes it with "
				"them");
	return r != 0 ? r : reply_empty(reply, 204);
}
