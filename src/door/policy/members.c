#include "door/policy/inner.h"

#include <errno.h>

static const char *
type_of(struct str identity)
{
	return str_starts(identity, STR("iam-ServiceId-")) ? "service" : "user";
}

/* One part of a reply that has many: how it went for this one. */
static int
result_write(struct call *call, struct jw *w, int r, int done)
{
	if (r < 0)
		return r;
	jw_int(w, "status_code", r == 0 ? done : policy_words[r].status);
	if (r != 0) {
		jw_c(w, "trace", call->request_id);
		policy_errors(w, &policy_words[r], out_text(r), STR_NONE);
	}
	return 0;
}

/* A list of 1 to MEMBERS_AT_ONCE, of texts or of objects with an iam_id. */
static int
members_read(struct call *call, bool objects, const struct json **ret,
	     size_t *n)
{
	const struct json *list = json_get(call->json, "members");

	*n = json_size(list);
	if (json_kind(list) != JSON_ARRAY || *n == 0 || *n > MEMBERS_AT_ONCE)
		return note_set(&call->note, OUT_MALFORMED,
				"'members' has to be a list of 1 to %d",
				MEMBERS_AT_ONCE);
	for (size_t i = 0; i < *n; i++) {
		const struct json *one = json_at(list, i);
		struct str id;

		if (!json_str(objects ? json_get(one, "iam_id") : one, &id))
			return note_set(&call->note, OUT_MALFORMED,
					"a member has an iam_id");
	}
	*ret = list;
	return 0;
}

static int
added_write(struct call *call, struct jw *w, struct str group, struct str id)
{
	struct group_member m = {.identity = id};
	int r = group_member_add(&call->visit, group, id);

	if (r == 0)
		r = group_member_get(call->core, group, id, call->arena, &m);
	jw_object(w, NULL);
	jw_str(w, "iam_id", id);
	jw_c(w, "type", type_of(id));
	if (r == 0) {
		moment_write(w, "created_at", m.added_at);
		jw_str(w, "created_by_id", m.added_by);
	}
	r = result_write(call, w, r, 200);
	jw_end(w);
	return r;
}

static int
many_reply(struct http_reply *reply, int r)
{
	if (r == 0)
		r = buf_err(&reply->body);
	return r != 0 ? r : reply_json(reply, 207);
}

int
memberships_add(struct call *call, struct http_reply *reply)
{
	struct jw w = JW(&reply->body);
	const struct json *list = NULL;
	struct group group;
	size_t n = 0;
	int r = group_pass(call, VERB_GROUP_MEMBER_ADD, &group);

	if (r == 0)
		r = members_read(call, true, &list, &n);
	if (r != 0)
		return r;
	jw_object(&w, NULL);
	jw_array(&w, "members");
	for (size_t i = 0; r == 0 && i < n; i++)
		r = added_write(call, &w, group.id,
				json_text(json_at(list, i), "iam_id"));
	jw_end(&w);
	jw_end(&w);
	return many_reply(reply, r);
}

int
memberships_remove(struct call *call, struct http_reply *reply)
{
	struct jw w = JW(&reply->body);
	const struct json *list = NULL;
	struct group group;
	size_t n = 0;
	int r = group_pass(call, VERB_GROUP_MEMBER_REMOVE, &group);

	if (r == 0)
		r = members_read(call, false, &list, &n);
	if (r != 0)
		return r;
	jw_object(&w, NULL);
	jw_str(&w, "access_group_id", group.id);
	jw_array(&w, "members");
	for (size_t i = 0; r == 0 && i < n; i++) {
		struct str id = STR_NONE;

		(void)json_str(json_at(list, i), &id);
		jw_object(&w, NULL);
		jw_str(&w, "iam_id", id);
		r = result_write(
		    call, &w, group_member_remove(&call->visit, group.id, id),
		    204);
		jw_end(&w);
	}
	jw_end(&w);
	jw_end(&w);
	return many_reply(reply, r);
}

int
memberships_list(struct call *call, struct http_reply *reply)
{
	struct group_member *list = NULL;
	struct jw w = JW(&reply->body);
	struct span span = {0};
	struct group group;
	int64_t total = 0;
	size_t n = 0;
	int r = span_read(call, &span);

	if (r == 0)
		r = group_pass(call, VERB_GROUP_LIST, &group);
	if (r == 0)
		r = group_member_list(call->core, group.id,
				      (int64_t)span.offset, (int64_t)span.limit,
				      call->arena, &list, &n, &total);
	if (r != 0)
		return r;
	jw_object(&w, NULL);
	span_write(call, &w, &span, total);
	jw_array(&w, "members");
	for (size_t i = 0; i < n; i++) {
		jw_object(&w, NULL);
		jw_str(&w, "iam_id", list[i].identity);
		jw_c(&w, "type", type_of(list[i].identity));
		jw_c(&w, "membership_type", "static");
		moment_write(&w, "created_at", list[i].added_at);
		jw_str(&w, "created_by_id", list[i].added_by);
		jw_end(&w);
	}
	jw_end(&w);
	jw_end(&w);
	return buf_err(&reply->body) != 0 ? buf_err(&reply->body)
					  : reply_json(reply, 200);
}

int
membership_is(struct call *call, struct http_reply *reply)
{
	struct group_member member;
	struct group group;
	int r = group_pass(call, VERB_GROUP_LIST, &group);

	if (r == 0)
		r = group_member_get(call->core, group.id, call->params[1],
				     call->arena, &member);
	return r != 0 ? r : reply_empty(reply, 204);
}

int
membership_end(struct call *call, struct http_reply *reply)
{
	struct group group;
	int r = group_pass(call, VERB_GROUP_MEMBER_REMOVE, &group);

	if (r == 0)
		r = group_member_remove(&call->visit, group.id,
					call->params[1]);
	return r != 0 ? r : reply_empty(reply, 204);
}

/* The groups that a body names. */
static int
groups_read(struct call *call, const struct str **ret, size_t *n)
{
	int r = body_object(call);

	return r != 0 ? r
		      : body_texts(call, call->json, "groups", MEMBERS_AT_ONCE,
				   ret, n);
}

int
membership_begin_all(struct call *call, struct http_reply *reply)
{
	struct str account = STR_NONE, id = call->params[0];
	const struct str *groups = NULL;
	struct jw w = JW(&reply->body);
	size_t n = 0;
	int r = call_once(call, "account_id", &account);

	if (r == 0)
		r = groups_read(call, &groups, &n);
	if (r == 0)
		r = account_pass(call, VERB_GROUP_MEMBER_ADD, account);
	if (r != 0)
		return r;
	jw_object(&w, NULL);
	jw_str(&w, "iam_id", id);
	jw_array(&w, "groups");
	for (size_t i = 0; r == 0 && i < n; i++) {
		jw_object(&w, NULL);
		jw_str(&w, "access_group_id", groups[i]);
		r = result_write(call, &w,
				 group_member_add(&call->visit, groups[i], id),
				 200);
		jw_end(&w);
	}
	jw_end(&w);
	jw_end(&w);
	return many_reply(reply, r);
}

int
membership_end_all(struct call *call, struct http_reply *reply)
{
	struct str account = STR_NONE;
	struct jw w = JW(&reply->body);
	struct group *list = NULL;
	int64_t total = 0;
	size_t n = 0;
	int r = call_once(call, "account_id", &account);

	if (r == 0)
		r = account_pass(call, VERB_GROUP_MEMBER_REMOVE, account);
	if (r == 0)
		r = group_list(call->core, str_c(call->visit.account),
			       call->params[0], 0, GROUPS_OF_MAX, call->arena,
			       &list, &n, &total);
	if (r == 0 && n == 0)
		r = OUT_ABSENT;
	if (r != 0)
		return r;
	jw_object(&w, NULL);
	jw_str(&w, "iam_id", call->params[0]);
	jw_array(&w, "groups");
	for (size_t i = 0; r == 0 && i < n; i++) {
		jw_object(&w, NULL);
		jw_str(&w, "access_group_id", list[i].id);
		r = result_write(call, &w,
				 group_member_remove(&call->visit, list[i].id,
						     call->params[0]),
				 204);
		jw_end(&w);
	}
	jw_end(&w);
	jw_end(&w);
	return many_reply(reply, r);
}
