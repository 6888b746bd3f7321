#include "base/enc.h"
#include "door/identity/inner.h"

int
bad_member(struct call *call, const char *name)
{
	return note_set(&call->note, OUT_MALFORMED,
			"Property '%s' has an invalid value.", name);
}

int
body_is_object(struct call *call, const struct json *body)
{
	return json_kind(body) == JSON_OBJECT
		   ? 0
		   : note_set(&call->note, OUT_MALFORMED,
			      "The body must be a JSON object.");
}

int
member_texts(struct call *call, const struct json *body,
	     const struct text_member *members, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const struct json *v = json_get(body, members[i].name);

		if (json_kind(v) == JSON_NULL && members[i].must)
			return note_set(&call->note, OUT_MALFORMED,
					"Missing parameter '%s'.",
					members[i].name);
		if (json_kind(v) != JSON_NULL && !json_str(v, members[i].to))
			return bad_member(call, members[i].name);
	}
	return 0;
}

int
member_flag(struct call *call, const struct json *body, const char *name,
	    bool *ret, bool *ret_given)
{
	const struct json *v = json_get(body, name);

	if (json_kind(v) == JSON_NULL)
		return 0;
	if (!json_bool(v, ret))
		return bad_member(call, name);
	if (ret_given != NULL)
		*ret_given = true;
	return 0;
}

int
field_flag(struct call *call, const char *name, bool *ret)
{
	struct str v = http_field_get(call->req, name, NULL);

	if (v.p != NULL && !str_eq_nocase(v, STR("true")) &&
	    !str_eq_nocase(v, STR("false")))
		return bad_member(call, name);
	*ret = str_eq_nocase(v, STR("true"));
	return 0;
}

int
key_members_read(struct call *call, const struct json *body,
		 struct api_key_ask *ask)
{
	struct str expires = STR_NONE, until = STR_NONE;
	const struct text_member texts[] = {
	    {"name", true, &ask->name},
	    {"description", false, &ask->description},
	    {"apikey", false, &ask->value},
	    {"action_when_leaked", false, &ask->action_when_leaked},
	    {"expires_at", false, &expires},
	    {"replaces", false, &ask->replaces},
	    {"replaces_until", false, &until},
	};
	bool store = false;
	int r = body_is_object(call, body);

	if (r == 0)
		r = member_texts(call, body, texts, nitems(texts));
	if (r == 0)
		r = member_flag(call, body, "support_sessions",
				&ask->support_sessions, NULL);
	if (r == 0)
		r = member_flag(call, body, "store_value", &store, NULL);
	if (r != 0)
		return r;
	if (store)
		return note_set(&call->note, OUT_MALFORMED,
				"Property 'store_value': values are never "
				"stored here.");
	if (expires.n > 0 && dec_time(expires, &ask->expires_at) != 0)
		return bad_member(call, "expires_at");
	if (until.n > 0 && dec_time(until, &ask->until) != 0)
		return bad_member(call, "replaces_until");
	if (until.n > 0 && ask->replaces.n == 0)
		return bad_member(call, "replaces");
	return 0;
}
