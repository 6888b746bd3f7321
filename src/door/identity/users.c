/* People of an account. */
#include "base/enc.h"
#include "core/invite.h"
#include "door/identity/inner.h"

#define USERS_MAX 100 /* of a page */

/* To whom may see the account's people, an id of nobody is absent; to others it
 * is as forbidden as somebody's. */
static int
user_pass(struct call *call, enum verb verb)
{
	struct thing all = {.kind = THING_ACCOUNT, .account = call->params[0]};
	struct thing one = {.kind = THING_IDENTITY,
			    .account = call->params[0],
			    .name = call->params[1]};
	struct member m;
	int r = call_pass(call, verb, &one);

	if (r != OUT_DENIED ||
	    !gate_may(call->core, &call->visit.who, VERB_USER_LIST, &all))
		return r;
	r = member_get(call->core, call->params[0], call->params[1],
		       call->arena, &m);
	return r == 0 ? OUT_DENIED : r;
}

static const char *
state_of(const struct member *m)
{
	if (m->pending)
		return "PENDING";
	return m->user.disabled ? "DISABLED" : "ACTIVE";
}

static void
user_write(struct call *call, struct jw *w, const struct member *m)
{
	struct str first = m->user.name, last = STR("");
	char added[32];

	if (str_eq(m->user.name, m->user.email))
		first = STR("");
	else if (!str_rcut(m->user.name, ' ', &first, &last))
		last = STR("");
	enc_time_ms(m->added_at, added);
	jw_object(w, NULL);
	jw_str(w, "id", m->user.id);
	jw_str(w, "iam_id", m->user.id);
	jw_c(w, "realm", "IBMid");
	jw_str(w, "user_id", m->user.email);
	jw_str(w, "firstname", first);
	jw_str(w, "lastname", last);
	jw_c(w, "state", state_of(m));
	jw_str(w, "email", m->user.email);
	jw_c(w, "phonenumber", "");
	jw_c(w, "altphonenumber", "");
	jw_c(w, "photo", "");
	jw_str(w, "account_id", str_c(call->visit.account));
	jw_c(w, "added_on", added);
	jw_end(w);
}

int
account_user_show(struct call *call, struct http_reply *reply)
{
	struct jw w = JW(&reply->body);
	struct member m;
	int r = user_pass(call, VERB_USER_LIST);

	if (r == 0)
		r = member_get(call->core, str_c(call->visit.account),
			       call->params[1], call->arena, &m);
	if (r != 0)
		return r;
	user_write(call, &w, &m);
	return buf_err(&reply->body) != 0 ? buf_err(&reply->body)
					  : reply_json(reply, 200);
}

/* --- the list --- */

static bool
holds(struct str text, struct str part)
{
	for (size_t i = 0; i + part.n <= text.n; i++)
		if (str_eq_nocase(str_sub(text, i, part.n), part))
			return true;
	return false;
}

static bool
wanted(const struct member *m, struct str user_id, struct str search)
{
	if (user_id.n > 0 && !str_eq_nocase(m->user.email, user_id))
		return false;
	return search.n == 0 || holds(m->user.email, search) ||
	       holds(m->user.name, search);
}

struct question {
	uint64_t limit;
	struct str start, user_id, search;
};

static int
question_take(struct call *call, struct question *q)
{
	int r = call_number(call, "limit", USERS_MAX, USERS_MAX, &q->limit);

	if (r == 0)
		r = call_once(call, "_start", &q->start);
	if (r == 0)
		r = call_once(call, "user_id", &q->user_id);
	if (r == 0)
		r = call_once(call, "search", &q->search);
	return r == 0 && q->start.n > IDENTITY_ID_MAX
		   ? bad_member(call, "_start")
		   : r;
}

static void
url_write(struct call *call, struct jw *w, const char *name,
	  const struct question *q, struct str start)
{
	CLEAN(buf_clear) struct buf url = BUF_INIT;
	const struct {
		const char *name;
		struct str value;
	} parts[] = {
	    {"user_id", q->user_id}, {"search", q->search}, {"_start", start}};

	buf_addf(&url, "%.*s/v2/accounts/%s/users?limit=%llu",
		 STR_ARG(call->base), call->visit.account,
		 (unsigned long long)q->limit);
	for (size_t i = 0; i < nitems(parts); i++) {
		if (parts[i].value.n == 0)
			continue;
		buf_addf(&url, "&%s=", parts[i].name);
		(void)enc_percent(&url, parts[i].value);
	}
	if (buf_err(&url) != 0)
		w->b->err = buf_err(&url);
	jw_str(w, name, buf_str(&url));
}

int
account_users_list(struct call *call, struct http_reply *reply)
{
	struct str account = str_c(call->visit.account);
	struct jw w = JW(&reply->body);
	struct question q = {.limit = 0};
	struct member *list = NULL;
	int64_t total = 0;
	size_t n = 0;
	int r = question_take(call, &q);

	if (r == 0)
		r = member_count(call->core, account, &total);
	if (r == 0)
		r = member_list(call->core, account, q.start,
				(int64_t)q.limit + 1, call->arena, &list, &n);
	if (r != 0)
		return r;
	jw_object(&w, NULL);
	jw_int(&w, "total_results", total);
	jw_int(&w, "limit", (int64_t)q.limit);
	url_write(call, &w, "first_url", &q, STR_NONE);
	if (n > q.limit)
		url_write(call, &w, "next_url", &q, list[q.limit - 1].user.id);
	jw_array(&w, "resources");
	for (size_t i = 0; i < n && i < q.limit; i++)
		if (wanted(&list[i], q.user_id, q.search))
			user_write(call, &w, &list[i]);
	jw_end(&w);
	jw_end(&w);
	return buf_err(&reply->body) != 0 ? buf_err(&reply->body)
					  : reply_json(reply, 200);
}

/* --- changing and ending --- */

int
account_user_patch(struct call *call, struct http_reply *reply)
{
	struct str state = STR_NONE;
	const struct text_member members[] = {{"state", true, &state}};
	struct member m;
	int r = user_pass(call, VERB_USER_UPDATE);

	if (r == 0)
		r = body_is_object(call, call->json);
	if (r == 0)
		r = member_texts(call, call->json, members, nitems(members));
	if (r != 0)
		return r;
	if (!str_eq(state, STR("ACTIVE")) && !str_eq(state, STR("DISABLED")))
		return bad_member(call, "state");
	r = member_get(call->core, str_c(call->visit.account), call->params[1],
		       call->arena, &m);
	if (r == 0 && !m.home)
		return note_set(&call->note, OUT_CONFLICT,
				"Who is at home in another account, or has not "
				"come yet, is removed and not disabled.");
	if (r == 0)
		r = user_disable(&call->visit, m.user.id,
				 str_eq(state, STR("DISABLED")));
	if (r == OUT_CONFLICT)
		return note_set(&call->note, r,
				"The account's owner cannot be shut out.");
	return r != 0 ? r : reply_empty(reply, 204);
}

int
account_user_remove(struct call *call, struct http_reply *reply)
{
	int r = user_pass(call, VERB_USER_DELETE);

	if (r == 0)
		r = member_remove(&call->visit, call->params[1]);
	if (r == OUT_CONFLICT)
		return note_set(&call->note, r,
				"The account's owner cannot be removed.");
	return r != 0 ? r : reply_empty(reply, 204);
}
