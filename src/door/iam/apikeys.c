/* The list of API keys, and making one. */
#include "base/enc.h"
#include "door/iam/inner.h"

#include <errno.h>

static int
self(struct call *call, struct str *ret)
{
	*ret = arena_str(call->arena, str_c(call->visit.who.identity));
	return ret->p == NULL ? FAIL(-ENOMEM) : 0;
}

/* Whose they are. An identity that is not there is refused like one of another
 * account. */
static int
owner_aim(struct call *call, struct str identity, struct thing *ret)
{
	struct user user;
	int r = user_get(call->core, identity, call->arena, &user);

	if (r != 0)
		return r == OUT_ABSENT ? OUT_DENIED : r;
	*ret = (struct thing){
	    .kind = THING_IDENTITY, .account = user.account, .name = user.id};
	return 0;
}

static int
list_aim(struct call *call, struct page *page, struct thing *ret)
{
	struct account account;
	int r = 0;

	if (!page->whole) {
		if (page->identity.n == 0)
			r = self(call, &page->identity);
		return r != 0 ? r : owner_aim(call, page->identity, ret);
	}
	*ret = (struct thing){.kind = THING_ACCOUNT, .account = page->account};
	if (page->account.n == 0) {
		ret->account =
		    arena_str(call->arena, str_c(call->visit.who.account));
		return ret->account.p == NULL ? FAIL(-ENOMEM) : 0;
	}
	r = account_get(call->core, page->account, call->arena, &account);
	if (r == 0)
		ret->account = account.id;
	return r == OUT_ABSENT ? OUT_DENIED : r;
}

static bool
type_fits(const struct page *page, const struct api_key *k)
{
	bool service = str_starts(k->identity, STR("iam-ServiceId-"));

	return page->type.n == 0 ||
	       service == str_eq(page->type, STR("serviceid"));
}

static int
list_reply(struct call *call, struct http_reply *reply, const struct page *page,
	   const struct api_key *list, size_t n)
{
	struct jw w = JW(&reply->body);

	jw_object(&w, NULL);
	jw_int(&w, "offset", 0);
	jw_int(&w, "limit", (int64_t)page->size);
	page_first(call, page, &w);
	if (n > page->size)
		page_next(call, page, list[page->size - 1].id, &w);
	jw_array(&w, "apikeys");
	for (size_t i = 0; i < n && i < page->size; i++)
		if (type_fits(page, &list[i]))
			apikey_write(call, &w, &list[i], NULL);
	jw_end(&w);
	jw_end(&w);
	return buf_err(&reply->body) != 0 ? buf_err(&reply->body)
					  : reply_json(reply, 200);
}

int
apikeys_list(struct call *call, struct http_reply *reply)
{
	struct api_key_filter filter = {0};
	struct api_key *list = NULL;
	struct thing thing = {0};
	struct page page;
	size_t n = 0;
	int r = page_read(call, &page);

	if (r == 0)
		r = list_aim(call, &page, &thing);
	if (r == 0)
		r = call_pass(call, VERB_APIKEY_LIST, &thing);
	if (r != 0)
		return r;
	filter.account = thing.account;
	filter.identity = page.whole ? STR_NONE : thing.name;
	filter.after = page.after;
	/* One more than is shown: then there is a next page. */
	filter.limit = (int64_t)page.size + 1;
	r = api_key_list(call->core, &filter, call->arena, &list, &n);
	return r != 0 ? r : list_reply(call, reply, &page, list, n);
}

/* --- making one --- */

static int
bad_member(struct call *call, const char *name)
{
	return note_set(&call->note, OUT_MALFORMED,
			"Property '%s' has an invalid value.", name);
}

static int
texts_read(struct call *call, struct api_key_ask *ask, struct str *expires)
{
	const struct {
		const char *name;
		bool must;
		struct str *to;
	} texts[] = {
	    {"name", true, &ask->name},
	    {"iam_id", true, &ask->identity},
	    {"description", false, &ask->description},
	    {"account_id", false, &ask->account},
	    {"apikey", false, &ask->value},
	    {"action_when_leaked", false, &ask->action_when_leaked},
	    {"expires_at", false, expires},
	};

	for (size_t i = 0; i < nitems(texts); i++) {
		const struct json *v = json_get(call->json, texts[i].name);

		if (v == NULL && texts[i].must)
			return note_set(&call->note, OUT_MALFORMED,
					"Missing parameter '%s'.",
					texts[i].name);
		if (v != NULL && json_kind(v) != JSON_NULL &&
		    !json_str(v, texts[i].to))
			return bad_member(call, texts[i].name);
	}
	return 0;
}

static int
flags_read(struct call *call, struct api_key_ask *ask, bool *store)
{
	const struct {
		const char *name;
		bool *to;
	} flags[] = {
	    {"support_sessions", &ask->support_sessions},
	    {"store_value", store},
	};

	for (size_t i = 0; i < nitems(flags); i++) {
		const struct json *v = json_get(call->json, flags[i].name);

		if (v != NULL && json_kind(v) != JSON_NULL &&
		    !json_bool(v, flags[i].to))
			return bad_member(call, flags[i].name);
	}
	return 0;
}

static int
field_flag(struct call *call, const char *name, bool *to)
{
	struct str v = http_field_get(call->req, name, NULL);

	if (v.p != NULL && !str_eq_nocase(v, STR("true")) &&
	    !str_eq_nocase(v, STR("false")))
		return bad_member(call, name);
	*to = str_eq_nocase(v, STR("true"));
	return 0;
}

static bool
leak_action_ok(struct str s)
{
	return str_eq(s, STR("none")) || str_eq(s, STR("disable")) ||
	       str_eq(s, STR("delete"));
}

static int
ask_read(struct call *call, struct api_key_ask *ask)
{
	struct str expires = STR_NONE;
	bool store = false;
	int r;

	if (json_kind(call->json) != JSON_OBJECT)
		return note_set(&call->note, OUT_MALFORMED,
				"The body must be a JSON object.");
	r = texts_read(call, ask, &expires);
	if (r == 0)
		r = flags_read(call, ask, &store);
	if (r == 0)
		r = field_flag(call, "entity-lock", &ask->locked);
	if (r == 0)
		r = field_flag(call, "entity-disable", &ask->disabled);
	if (r != 0)
		return r;
	if (store)
		return note_set(&call->note, OUT_MALFORMED,
				"Property 'store_value': values are never "
				"stored here.");
	if (!leak_action_ok(ask->action_when_leaked))
		return bad_member(call, "action_when_leaked");
	if (expires.n > 0 && dec_time(expires, &ask->expires_at) != 0)
		return bad_member(call, "expires_at");
	return 0;
}

int
apikey_add(struct call *call, struct http_reply *reply)
{
	CLEAN(secret_clear) struct secret value = SECRET_INIT;
	struct api_key_ask ask = {.action_when_leaked = STR("none")};
	struct thing thing = {0};
	struct api_key made;
	int r = ask_read(call, &ask);

	if (r == 0)
		r = owner_aim(call, ask.identity, &thing);
	if (r == 0)
		r = call_pass(call, VERB_APIKEY_CREATE, &thing);
	if (r != 0)
		return r;
	/* A key lives in its identity's account; naming another is a mistake.
	 */
	if (ask.account.n > 0 && !str_eq(ask.account, thing.account))
		return bad_member(call, "account_id");
	ask.account = thing.account;
	ask.identity = thing.name;
	r = api_key_create(&call->visit, &ask, call->arena, &made, &value,
			   &call->note);
	return r != 0 ? r : apikey_reply(call, reply, 201, &made, &value);
}
