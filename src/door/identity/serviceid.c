#include "core/audit.h"
#include "core/resource_group.h"
#include "door/identity/inner.h"

#include <errno.h>

static int
keys_activity(struct call *call, struct jw *w, const struct service_id *s)
{
	struct api_key_filter filter = {.account = s->account,
					.identity = s->iam_id};
	struct api_key *keys = NULL;
	size_t n = 0;
	int r = api_key_list(call->core, &filter, call->arena, &keys, &n);

	if (r == 0)
		activity_write(call, w, keys, n);
	return r;
}

int
serviceid_write(struct call *call, struct jw *w, const struct service_id *s,
		bool history, bool group)
{
	struct str id = service_id_word(s->iam_id);
	char group_id[RESOURCE_GROUP_ID_LEN + 1];
	int r = 0;

	jw_str(w, "id", id);
	jw_str(w, "iam_id", s->iam_id);
	jw_str(w, "entity_tag", identity_tag(call, s->version, id));
	jw_str(w, "crn",
	       arena_strf(call->arena,
			  "crn:v1:bluemix:public:iam-identity::a/%.*s::"
			  "serviceid:%.*s",
			  STR_ARG(s->account), STR_ARG(id)));
	jw_bool(w, "locked", s->locked);
	jw_bool(w, "disabled", s->disabled);
	minute_write(w, "created_at", s->created_at);
	jw_str(w, "created_by", s->created_by);
	minute_write(w, "modified_at", s->modified_at);
	jw_str(w, "account_id", s->account);
	jw_str(w, "name", s->name);
	jw_str(w, "description", s->description);
	jw_raw(w, "unique_instance_crns", s->instances);
	if (group) {
		resource_group_id(s->account, group_id);
		jw_c(w, "group_id", group_id);
	}
	if (history)
		r = history_write(
		    call, w, s->account,
		    audit_thing(call->arena,
				&(struct thing){.kind = THING_IDENTITY,
						.name = s->iam_id}));
	if (r == 0 && asked(call, "include_activity"))
		r = keys_activity(call, w, s);
	return r;
}

/* key: one that was made with it, or NULL. */
static int
serviceid_reply(struct call *call, struct http_reply *reply, int status,
		const struct service_id *s, const struct api_key *key,
		const struct secret *value)
{
	struct jw w = JW(&reply->body);
	int r;

	reply->wipe = key != NULL;
	jw_object(&w, NULL);
	r = serviceid_write(call, &w, s, asked(call, "include_history"),
			    asked(call, "show_group_id"));
	if (r == 0 && key != NULL)
		r = apikey_write(call, &w, "apikey", key, value, false);
	jw_end(&w);
	if (r != 0)
		return r;
	if (buf_err(&reply->body) != 0)
		return buf_err(&reply->body);
	http_head(reply, "ETag",
		  identity_tag(call, s->version, service_id_word(s->iam_id)));
	return reply_json(reply, status);
}

/* The one of the path, by its id alone: a client that tries a name first goes
 * by this very 404. */
static int
here(struct call *call, enum verb verb, struct service_id *ret)
{
	char id[IDENTITY_ID_MAX + 1];
	struct thing thing = {.kind = THING_IDENTITY};
	int r = service_id_parse(call->params[0], id);

	if (r != 0)
		return OUT_ABSENT;
	r = service_id_get(call->core, str_c(id), call->arena, ret);
	if (r != 0)
		return r;
	thing.account = ret->account;
	thing.name = ret->iam_id;
	return pass_seen(call, verb, VERB_SERVICEID_GET, &thing);
}

static int
locked(struct call *call, int r)
{
	return r != OUT_CONFLICT || call->note.text[0] != '\0'
		   ? r
		   : note_set(&call->note, r,
			      "The service ID is locked, or one of its keys "
			      "is: unlock it first.");
}

int
serviceid_show(struct call *call, struct http_reply *reply)
{
	struct service_id s;
	int r = here(call, VERB_SERVICEID_GET, &s);

	return r != 0 ? r : serviceid_reply(call, reply, 200, &s, NULL, NULL);
}

/* "unique_instance_crns", as the text that is stored. */
static int
instances_read(struct call *call, struct service_id_ask *ask)
{
	CLEAN(buf_clear) struct buf text = BUF_INIT;
	const struct json *list = json_get(call->json, "unique_instance_crns");

	if (json_kind(list) == JSON_NULL)
		return 0;
	if (json_kind(list) != JSON_ARRAY)
		return bad_member(call, "unique_instance_crns");
	if (json_write(&text, list) != 0)
		return FAIL(buf_err(&text));
	ask->instances = arena_str(call->arena, buf_str(&text));
	return ask->instances.p == NULL ? FAIL(-ENOMEM) : 0;
}

static int
ask_read(struct call *call, struct service_id_ask *ask, bool must)
{
	const struct text_member texts[] = {
	    {"name", must, &ask->name},
	    {"description", false, &ask->description},
	};
	int r = body_is_object(call, call->json);

	if (r == 0)
		r = member_texts(call, call->json, texts, nitems(texts));
	return r != 0 ? r : instances_read(call, ask);
}

int
serviceid_put(struct call *call, struct http_reply *reply)
{
	struct service_id_ask ask = {.name = STR_NONE};
	struct service_id s;
	int64_t version = 0;
	int r = here(call, VERB_SERVICEID_UPDATE, &s);

	if (r == 0)
		r = ask_read(call, &ask, false);
	if (r == 0)
		r = identity_match(call, s.version, service_id_word(s.iam_id),
				   &version);
	if (r == 0)
		r = locked(call, service_id_update(&call->visit, s.iam_id,
						   version, &ask, call->arena,
						   &s, &call->note));
	return r != 0 ? r : serviceid_reply(call, reply, 200, &s, NULL, NULL);
}

int
serviceid_remove(struct call *call, struct http_reply *reply)
{
	struct service_id s;
	int r = here(call, VERB_SERVICEID_DELETE, &s);

	if (r == 0)
		r = locked(call, service_id_delete(&call->visit, s.iam_id));
	return r != 0 ? r : reply_empty(reply, 204);
}

typedef int switch_fn(const struct visit *, struct str, bool);

static int
id_switch(struct call *call, struct http_reply *reply, switch_fn *run, bool on)
{
	struct service_id s;
	int r = here(call, VERB_SERVICEID_UPDATE, &s);

	if (r == 0)
		r = run(&call->visit, s.iam_id, on);
	return r != 0 ? r : reply_empty(reply, 204);
}

int
serviceid_lock(struct call *call, struct http_reply *reply)
{
	return id_switch(call, reply, service_id_lock, true);
}

int
serviceid_unlock(struct call *call, struct http_reply *reply)
{
	return id_switch(call, reply, service_id_lock, false);
}

int
serviceid_disable(struct call *call, struct http_reply *reply)
{
	return id_switch(call, reply, service_id_disable, true);
}

int
serviceid_enable(struct call *call, struct http_reply *reply)
{
	return id_switch(call, reply, service_id_disable, false);
}

/* --- making one --- */

struct making {
	struct service_id_ask ask;
	struct api_key_ask key;
	struct str account, group;
};

static int
making_read(struct call *call, struct making *m)
{
	const struct text_member texts[] = {
	    {"account_id", true, &m->account},
	    {"group_id", false, &m->group},
	};
	const struct json *key = json_get(call->json, "apikey");
	int r = ask_read(call, &m->ask, true);

	if (r == 0)
		r = member_texts(call, call->json, texts, nitems(texts));
	if (r == 0)
		r = field_flag(call, "entity-lock", &m->ask.locked);
	if (r != 0 || json_kind(key) == JSON_NULL)
		return r;
	m->key.action_when_leaked = STR("none");
	r = key_members_read(call, key, &m->key);
	if (r == 0 && m->key.replaces.n > 0)
		return bad_member(call, "replaces");
	m->ask.key = &m->key;
	return r;
}

static int
group_check(struct call *call, const struct making *m)
{
	char id[RESOURCE_GROUP_ID_LEN + 1];

	if (m->group.n == 0)
		return 0;
	resource_group_id(m->account, id);
	return str_eq(m->group, str_c(id)) ? 0 : bad_member(call, "group_id");
}

int
serviceid_add(struct call *call, struct http_reply *reply)
{
	CLEAN(secret_clear) struct secret value = SECRET_INIT;
	struct making m = {.account = STR_NONE};
	struct thing thing = {.kind = THING_ACCOUNT};
	struct service_id made;
	struct api_key key;
	int r = making_read(call, &m);

	if (r == 0)
		r = group_check(call, &m);
	thing.account = m.account;
	if (r == 0)
		r = call_pass(call, VERB_SERVICEID_CREATE, &thing);
	if (r == 0)
		r = service_id_create(&call->visit, &m.ask, call->arena, &made,
				      &key, &value, &call->note);
	return r != 0
		   ? r
		   : serviceid_reply(call, reply, 201, &made,
				     m.ask.key != NULL ? &key : NULL, &value);
}
