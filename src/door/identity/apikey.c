#include "base/enc.h"
#include "core/audit.h"
#include "door/identity/inner.h"

int
apikey_write(struct call *call, struct jw *w, const char *name,
	     const struct api_key *k, const struct secret *value, bool history)
{
	int r = 0;

	jw_object(w, name);
	jw_str(w, "id", k->id);
	jw_str(w, "entity_tag", identity_tag(call, k->version, k->id));
	jw_str(w, "crn",
	       arena_strf(call->arena,
			  "crn:v1:bluemix:public:iam-identity::a/%.*s::apikey:"
			  "%.*s",
			  STR_ARG(k->account), STR_ARG(k->id)));
	jw_bool(w, "locked", k->locked);
	jw_bool(w, "disabled", k->disabled);
	minute_write(w, "created_at", k->created_at);
	jw_str(w, "created_by", k->created_by);
	minute_write(w, "modified_at", k->modified_at);
	jw_str(w, "name", k->name);
	jw_bool(w, "support_sessions", k->support_sessions);
	jw_str(w, "action_when_leaked", k->action_when_leaked);
	if (k->expires_at != 0)
		minute_write(w, "expires_at", k->expires_at);
	if (k->replaces.n > 0)
		jw_str(w, "replaces", k->replaces);
	jw_str(w, "description", k->description);
	jw_str(w, "iam_id", k->identity);
	jw_str(w, "account_id", k->account);
	/* Said once, at creation; the member must be there all the same. */
	jw_str(w, "apikey", value != NULL ? secret_reveal(value) : STR(""));
	if (history)
		r = history_write(call, w, k->account,
				  arena_strf(call->arena, "%s:%.*s",
					     cred_kind_name(CRED_API_KEY),
					     STR_ARG(k->id)));
	if (asked(call, "include_activity"))
		activity_write(call, w, k, 1);
	jw_end(w);
	return r;
}

int
apikey_reply(struct call *call, struct http_reply *reply, int status,
	     const struct api_key *k, const struct secret *value)
{
	struct jw w = JW(&reply->body);
	int r;

	reply->wipe = value != NULL;
	r = apikey_write(call, &w, NULL, k, value,
			 asked(call, "include_history"));
	if (r != 0)
		return r;
	if (buf_err(&reply->body) != 0)
		return buf_err(&reply->body);
	http_head(reply, "ETag", identity_tag(call, k->version, k->id));
	return reply_json(reply, status);
}

/* Ask the gate about the key's owner. */
static int
key_pass(struct call *call, enum verb verb, const struct api_key *k)
{
	struct thing thing = {
	    .kind = THING_IDENTITY, .account = k->account, .name = k->identity};

	return pass_seen(call, verb, VERB_APIKEY_GET, &thing);
}

static int
key_here(struct call *call, enum verb verb, struct api_key *ret)
{
	int r = api_key_get(call->core, call->params[0], call->arena, ret);

	return r != 0 ? r : key_pass(call, verb, ret);
}

static int
locked(struct call *call, int r)
{
	return r != OUT_CONFLICT || call->note.text[0] != '\0'
		   ? r
		   : note_set(&call->note, r,
			      "The API key is locked: unlock it first.");
}

int
apikey_show(struct call *call, struct http_reply *reply)
{
	struct api_key key;
	int r = key_here(call, VERB_APIKEY_GET, &key);

	return r != 0 ? r : apikey_reply(call, reply, 200, &key, NULL);
}

int
apikey_remove(struct call *call, struct http_reply *reply)
{
	struct api_key key;
	int r = key_here(call, VERB_APIKEY_DELETE, &key);

	if (r == 0)
		r = locked(call, api_key_delete(&call->visit, key.id));
	return r != 0 ? r : reply_empty(reply, 204);
}

struct put {
	struct api_key_change change;
	int64_t expires_at;
	bool sessions;
};

/* A null end is none, as "" is; another member that is null is not there. */
static int
put_read(struct call *call, struct put *p)
{
	struct str expires = STR_NONE;
	const struct text_member texts[] = {
	    {"name", false, &p->change.name},
	    {"description", false, &p->change.description},
	    {"action_when_leaked", false, &p->change.action_when_leaked},
	    {"expires_at", false, &expires},
	};
	bool given = false;
	int r = body_is_object(call, call->json);

	if (r == 0)
		r = member_texts(call, call->json, texts, nitems(texts));
	if (r == 0)
		r = member_flag(call, call->json, "support_sessions",
				&p->sessions, &given);
	if (r != 0)
		return r;
	if (given)
		p->change.support_sessions = &p->sessions;
	if (json_get(call->json, "expires_at") != NULL)
		p->change.expires_at = &p->expires_at;
	if (expires.n > 0 && dec_time(expires, &p->expires_at) != 0)
		return bad_member(call, "expires_at");
	return 0;
}

int
apikey_put(struct call *call, struct http_reply *reply)
{
	struct put put = {.expires_at = 0};
	struct api_key key;
	int64_t version = 0;
	int r = key_here(call, VERB_APIKEY_UPDATE, &key);

	if (r == 0)
		r = put_read(call, &put);
	if (r == 0)
		r = identity_match(call, key.version, key.id, &version);
	if (r == 0)
		r = locked(call, api_key_update(&call->visit, key.id, version,
						&put.change, call->arena, &key,
						&call->note));
	return r != 0 ? r : apikey_reply(call, reply, 200, &key, NULL);
}

typedef int switch_fn(const struct visit *, struct str, bool);

static int
key_switch(struct call *call, struct http_reply *reply, switch_fn *run, bool on)
{
	struct api_key key;
	int r = key_here(call, VERB_APIKEY_UPDATE, &key);

	if (r == 0)
		r = run(&call->visit, key.id, on);
	return r != 0 ? r : reply_empty(reply, 204);
}

int
apikey_lock(struct call *call, struct http_reply *reply)
{
	return key_switch(call, reply, api_key_lock, true);
}

int
apikey_unlock(struct call *call, struct http_reply *reply)
{
	return key_switch(call, reply, api_key_lock, false);
}

int
apikey_disable(struct call *call, struct http_reply *reply)
{
	return key_switch(call, reply, api_key_disable, true);
}

int
apikey_enable(struct call *call, struct http_reply *reply)
{
	return key_switch(call, reply, api_key_disable, false);
}

int
apikey_details(struct call *call, struct http_reply *reply)
{
	struct str value = http_field_get(call->req, "iam-apikey", NULL);
	const struct subject *who = &call->visit.who;
	struct api_key key;
	int r = OUT_ABSENT;

	if (value.n > 0)
		r = api_key_find(call->core, value, call->arena, &key);
	else if (who->cred == CRED_API_KEY)
		r = api_key_get(call->core, str_c(who->cred_id), call->arena,
				&key);
	if (r == 0)
		r = key_pass(call, VERB_APIKEY_GET, &key);
	return r != 0 ? r : apikey_reply(call, reply, 200, &key, NULL);
}
