#include "core/audit.h"
#include "door/api/inner.h"

static void
last_use_write(struct call *call, struct jw *w, const struct api_key *k)
{
	struct last_use use;

	if (audit_last_use(call->core, CRED_API_KEY, k->id, call->arena,
			   &use) != 0)
		return;
	jw_object(w, "last_used");
	time_write(w, "at", use.at);
	jw_str(w, "addr", use.addr);
	jw_str(w, "thing", use.thing);
	jw_str(w, "verb", use.verb);
	jw_int(w, "count", use.count);
	jw_end(w);
}

/* Without the end, so that the one who made it can add the value. */
static void
key_write(struct call *call, struct jw *w, const struct api_key *k)
{
	jw_object(w, NULL);
	jw_str(w, "id", k->id);
	jw_str(w, "account", k->account);
	jw_str(w, "identity", k->identity);
	jw_str(w, "name", k->name);
	jw_str(w, "description", k->description);
	jw_bool(w, "locked", k->locked);
	jw_bool(w, "disabled", k->disabled);
	if (k->expires_at != 0)
		time_write(w, "expires_at", k->expires_at);
	jw_str(w, "created_by", k->created_by);
	time_write(w, "created_at", k->created_at);
	time_write(w, "modified_at", k->modified_at);
	last_use_write(call, w, k);
}

struct key_body {
	struct str name, description, expires_at;
};

#define AT(member) offsetof(struct key_body, member)
const struct field key_add_fields[] = {
    {"name", JSON_STR, true, AT(name)},
    {"description", JSON_STR, false, AT(description)},
    {"expires_at", JSON_STR, false, AT(expires_at)},
};

int
key_add(struct call *call, struct http_reply *reply)
{
	CLEAN(secret_clear) struct secret value = SECRET_INIT;
	struct api_key_ask ask = {.identity = call->thing.name,
				  .account = call->thing.account,
				  .action_when_leaked = STR("none")};
	struct key_body body = {.name = STR_NONE};
	struct api_key made;
	struct jw w = JW(&reply->body);
	int r = body_read(call, key_add_fields, nitems(key_add_fields), &body);

	ask.name = body.name;
	ask.description = body.description;
	if (r == 0 && body.expires_at.p != NULL)
		r = time_read(call, "expires_at", body.expires_at,
			      &ask.expires_at);
	if (r == 0)
		r = api_key_create(&call->visit, &ask, call->arena, &made,
				   &value, &call->note);
	if (r != 0)
		return r;
	reply->wipe = true;
	key_write(call, &w, &made);
	jw_str(&w, "apikey", secret_reveal(&value));
	jw_end(&w);
	return json_done(call, reply, 201);
}

int
keys_show(struct call *call, struct http_reply *reply)
{
	struct api_key_filter filter = {.account = call->thing.account,
					.identity = call->thing.name};
	struct jw w = JW(&reply->body);
	struct api_key *list = NULL;
	uint64_t limit = 0;
	size_t n = 0;
	int r = call_number(call, "limit", PAGE_DEFAULT, PAGE_MAX, &limit);

	if (r == 0)
		r = call_once(call, "after", &filter.sort.after_id);
	filter.sort.further = filter.sort.after_id.n > 0;
	filter.limit = (int64_t)limit;
	if (r == 0)
		r = api_key_list(call->core, &filter, call->arena, &list, &n);
	if (r != 0)
		return r;
	jw_object(&w, NULL);
	jw_array(&w, "api_keys");
	for (size_t i = 0; i < n; i++) {
		key_write(call, &w, &list[i]);
		jw_end(&w);
	}
	jw_end(&w);
	if (n == limit)
		jw_str(&w, "next", list[n - 1].id);
	jw_end(&w);
	return json_done(call, reply, 200);
}

/* The key of the path, if it is the identity's of the path: that is whom the
 * gate was asked about. */
static int
key_here(struct call *call, struct api_key *ret)
{
	int r = api_key_get(call->core, call->params[1], call->arena, ret);

	if (r != 0)
		return r;
	return str_eq(ret->identity, call->thing.name) ? 0 : OUT_ABSENT;
}

int
key_show(struct call *call, struct http_reply *reply)
{
	struct jw w = JW(&reply->body);
	struct api_key key;
	int r = key_here(call, &key);

	if (r != 0)
		return r;
	key_write(call, &w, &key);
	jw_end(&w);
	return json_done(call, reply, 200);
}

int
key_remove(struct call *call, struct http_reply *reply)
{
	struct api_key key;
	int r = key_here(call, &key);

	if (r == 0)
		r = api_key_delete(&call->visit, key.id);
	return r != 0 ? r : reply_empty(reply, 204);
}
