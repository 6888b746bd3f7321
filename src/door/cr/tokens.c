#include "base/enc.h"
#include "core/audit.h"
#include "core/regtoken.h"
#include "door/cr/inner.h"
#include "wire/jwt.h"

#include <errno.h>

/* Whoever holds only a token's value may name it by that: the id stands in it,
 * and nothing else of it is believed. The value itself goes no further, so that
 * neither the trail nor a message can show it. */
static int
id_read(struct call *call, struct str text, struct str *ret)
{
	CLEAN(jwt_clear) struct jwt jwt = JWT_INIT;

	*ret = text;
	if (memchr(text.p, '.', text.n) == NULL)
		return 0;
	if (jwt_parse(text, &jwt) != 0)
		return note_set(&call->note, OUT_MALFORMED,
				"That is neither a token nor its identifier.");
	*ret = arena_str(call->arena, json_text(jwt.payload, "jti"));
	return ret->p == NULL ? FAIL(-ENOMEM) : 0;
}

int
cr_aim_token(struct call *call)
{
	int r = cr_aim_account(call);

	if (r == 0)
		r = id_read(call, call->params[0], &call->thing.name);
	call->thing.kind = THING_TOKEN;
	return r;
}

static struct str
region_of(const struct call *call)
{
	return str_c(call->region->name);
}

/* The value, once more: the only way a token leaves. */
static int
value_reply(struct http_reply *reply, const struct buf *value)
{
	struct jw w = JW(&reply->body);

	reply->wipe = true;
	jw_object(&w, NULL);
	jw_str(&w, "token", buf_str(value));
	jw_end(&w);
	return cr_json(reply, 200);
}

/* Ours: the token that this one takes the place of, and until when both are
 * valid; without a moment until this one is used. */
static int
rotation_read(struct call *call, struct regtoken_ask *ask)
{
	struct str until = STR_NONE;
	int r = call_once(call, "replaces", &ask->replaces);

	if (r == 0 && ask->replaces.p != NULL)
		r = id_read(call, ask->replaces, &ask->replaces);
	if (r == 0)
		r = call_once(call, "until", &until);
	if (r != 0 || until.p == NULL)
		return r;
	if (dec_time(until, &ask->until) != 0 || ask->until <= 0)
		return note_set(&call->note, OUT_MALFORMED,
				"'until' is a time such as "
				"2026-11-21T10:20:30Z.");
	return 0;
}

int
token_add(struct call *call, struct http_reply *reply)
{
	CLEAN(buf_clear) struct buf value = BUF_INIT_MAX(JWT_MAX);
	struct regtoken_ask ask = {.region = region_of(call),
				   .issuer = cr_host(call),
				   .note = &call->note};
	struct regtoken made;
	int r = call_once(call, "description", &ask.description);

	if (r == 0)
		r = cr_flag(call, "permanent", false, &ask.permanent);
	if (r == 0)
		r = cr_flag(call, "write", false, &ask.may_write);
	if (r == 0)
		r = rotation_read(call, &ask);
	if (r == 0)
		r = regtoken_add(&call->visit, &ask, call->arena, &made,
				 &value);
	if (r == OUT_MALFORMED && call->note.text[0] == '\0')
		return note_set(&call->note, r,
				"'description' is text of at most %d bytes.",
				REGTOKEN_DESCRIPTION_MAX);
	if (r == OUT_TOO_MANY)
		return note_set(&call->note, r,
				"The account has %d tokens here, which is the "
				"limit: remove some.",
				REGTOKENS_MAX);
	return r != 0 ? r : value_reply(reply, &value);
}

static void
last_use_write(struct call *call, struct jw *w, struct str id)
{
	struct last_use use;
	char at[32];

	if (audit_last_use(call->core, CRED_REGISTRY_TOKEN, id, call->arena,
			   &use) != 0)
		return;
	enc_time(use.at, at);
	jw_object(w, "last_used");
	jw_c(w, "at", at);
	jw_str(w, "addr", use.addr);
	jw_str(w, "thing", use.thing);
	jw_end(w);
}

/* The value stays out of lists: to see it again is an act of its own, with a
 * line in the trail. */
static void
token_write(struct call *call, struct jw *w, const struct regtoken *t)
{
	jw_object(w, NULL);
	jw_str(w, "_id", t->id);
	jw_str(w, "owner", t->account);
	jw_str(w, "secondary_owner", t->description);
	jw_bool(w, "readonly", !t->may_write);
	jw_bool(w, "revoked", false);
	jw_int(w, "created", t->created_at / SECOND_MS);
	jw_str(w, "created_by", t->created_by);
	if (t->expires_at != 0)
		jw_int(w, "expiry", t->expires_at / SECOND_MS);
	if (t->ends_at != 0)
		jw_int(w, "replaced_until", t->ends_at / SECOND_MS);
	if (t->replaces.n > 0)
		jw_str(w, "replaces", t->replaces);
	last_use_write(call, w, t->id);
	jw_end(w);
}

int
tokens_list(struct call *call, struct http_reply *reply)
{
	struct jw w = JW(&reply->body);
	struct regtoken *list = NULL;
	size_t n = 0;
	int r = regtoken_list(call->core, str_c(call->visit.account),
			      region_of(call), call->arena, &list, &n);

	if (r != 0)
		return r;
	jw_object(&w, NULL);
	jw_array(&w, "tokens");
	for (size_t i = 0; i < n; i++)
		token_write(call, &w, &list[i]);
	jw_end(&w);
	jw_end(&w);
	return cr_json(reply, 200);
}

static int
absent(struct call *call)
{
	return note_set(&call->note, OUT_ABSENT,
			"The account has no such token here.");
}

int
token_show(struct call *call, struct http_reply *reply)
{
	CLEAN(buf_clear) struct buf value = BUF_INIT_MAX(JWT_MAX);
	struct regtoken token;
	int r = regtoken_get(call->core, str_c(call->visit.account),
			     region_of(call), call->thing.name, call->arena,
			     &token);

	if (r == OUT_ABSENT)
		return absent(call);
	if (r == 0)
		r = regtoken_reveal(&call->visit, &token, &value);
	return r != 0 ? r : value_reply(reply, &value);
}

int
token_drop(struct call *call, struct http_reply *reply)
{
	int r =
	    regtoken_remove(&call->visit, region_of(call), call->thing.name);

	if (r == OUT_ABSENT)
		return absent(call);
	return r != 0 ? r : reply_empty(reply, 204);
}

int
tokens_drop(struct call *call, struct http_reply *reply)
{
	struct str description = STR_NONE;
	int64_t n = 0;
	int r = call_once(call, "secondaryOwner", &description);

	if (r == 0 && description.p == NULL)
		return note_set(&call->note, OUT_MALFORMED,
				"'secondaryOwner' is missing: the description "
				"of the tokens to remove.");
	if (r == 0)
		r = regtoken_remove_described(&call->visit, region_of(call),
					      description, &n);
	return r != 0 ? r : reply_empty(reply, 204);
}
