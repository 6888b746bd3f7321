#include "base/enc.h"
#include "core/audit.h"
#include "door/iam/inner.h"

static void
time_write(struct jw *w, const char *name, int64_t ms)
{
	char text[32];

	enc_time_iam(ms, text);
	jw_c(w, name, text);
}

/* "<version>-<32 hex>": the digits are the key's own, so that tags of two keys
 * never agree. */
static struct str
entity_tag(const struct call *call, const struct api_key *k)
{
	char hex[33];
	size_t n = 0;

	for (size_t i = sizeof("ApiKey-") - 1; i < k->id.n && n < 32; i++)
		if (k->id.p[i] != '-')
			hex[n++] = k->id.p[i];
	hex[n] = '\0';
	return arena_strf(call->arena, "%lld-%s", (long long)k->version, hex);
}

static void
activity_write(struct call *call, struct jw *w, const struct api_key *k)
{
	struct last_use use = {0};

	if (!str_eq(call_query(call, "include_activity"), STR("true")))
		return;
	jw_object(w, "activity");
	if (audit_last_use(call->core, CRED_API_KEY, k->id, call->arena,
			   &use) == 0)
		time_write(w, "last_authn", use.at);
	jw_int(w, "authn_count", use.count);
	jw_end(w);
}

void
apikey_write(struct call *call, struct jw *w, const struct api_key *k,
	     const struct secret *value)
{
	jw_object(w, NULL);
	jw_str(w, "id", k->id);
	jw_str(w, "entity_tag", entity_tag(call, k));
	jw_str(w, "crn",
	       arena_strf(call->arena,
			  "crn:v1:bluemix:public:iam-identity::a/%.*s::apikey:"
			  "%.*s",
			  STR_ARG(k->account), STR_ARG(k->id)));
	jw_bool(w, "locked", k->locked);
	jw_bool(w, "disabled", k->disabled);
	time_write(w, "created_at", k->created_at);
	jw_str(w, "created_by", k->created_by);
	time_write(w, "modified_at", k->modified_at);
	jw_str(w, "name", k->name);
	jw_bool(w, "support_sessions", k->support_sessions);
	jw_str(w, "action_when_leaked", k->action_when_leaked);
	if (k->expires_at != 0)
		time_write(w, "expires_at", k->expires_at);
	jw_str(w, "description", k->description);
	jw_str(w, "iam_id", k->identity);
	jw_str(w, "account_id", k->account);
	/* Said once, at creation; the member must be there all the same. */
	jw_str(w, "apikey", value != NULL ? secret_reveal(value) : STR(""));
	activity_write(call, w, k);
	jw_end(w);
}

int
apikey_reply(struct call *call, struct http_reply *reply, int status,
	     const struct api_key *k, const struct secret *value)
{
	struct jw w = JW(&reply->body);

	reply->wipe = value != NULL;
	apikey_write(call, &w, k, value);
	if (buf_err(&reply->body) != 0)
		return buf_err(&reply->body);
	http_head(reply, "ETag", entity_tag(call, k));
	return reply_json(reply, status);
}

/* Ask the gate about the key's owner. To those who may not, it is not there. */
static int
key_pass(struct call *call, enum verb verb, const struct api_key *k)
{
	struct thing thing = {
	    .kind = THING_IDENTITY, .account = k->account, .name = k->identity};
	int r = call_pass(call, verb, &thing);

	return r == OUT_DENIED ? OUT_ABSENT : r;
}

static int
key_here(struct call *call, enum verb verb, struct api_key *ret)
{
	int r = api_key_get(call->core, call->params[0], call->arena, ret);

	return r != 0 ? r : key_pass(call, verb, ret);
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
		r = api_key_delete(&call->visit, key.id);
	if (r == OUT_CONFLICT)
		return note_set(&call->note, r,
				"The API key is locked: unlock it first.");
	return r != 0 ? r : reply_empty(reply, 204);
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
