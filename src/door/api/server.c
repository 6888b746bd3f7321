#include "core/server.h"
#include "base/enc.h"
#include "door/api/inner.h"

#include <errno.h>

struct server_body {
	struct str name, keypair, user_data;
	struct body_number seed_life;
};

#define AT(member) offsetof(struct server_body, member)
const struct field server_post_fields[] = {
    {"name", JSON_STR, true, AT(name)},
    {"keypair", JSON_STR, true, AT(keypair)},
    {"user_data", JSON_STR, false, AT(user_data)},
    {"seed_life", JSON_INT, false, AT(seed_life)},
};
const struct field server_keypair_put_fields[] = {
    {"keypair", JSON_STR, true, 0},
};
const struct field server_seed_post_fields[] = {
    {"life", JSON_INT, false, 0},
};

static int
life_read(struct call *call, const char *name, const struct body_number *life,
	  int64_t *ret)
{
	if (life->given &&
	    (life->is < SEED_LIFE_MIN_S || life->is > SEED_LIFE_MAX_S))
		return note_set(&call->note, OUT_MALFORMED,
				"'%s' is a number of seconds from %d to %d",
				name, SEED_LIFE_MIN_S, SEED_LIFE_MAX_S);
	*ret = life->is;
	return 0;
}

static int
user_data_read(struct call *call, struct str text, struct buf *ret)
{
	int r;

	ret->max = USER_DATA_MAX;
	r = dec_b64(ret, text);
	if (r == -ENOBUFS)
		return note_set(&call->note, OUT_TOO_LARGE,
				"'user_data' has at most %d bytes",
				(int)USER_DATA_MAX);
	if (r == OUT_MALFORMED)
		return note_set(&call->note, r,
				"'user_data' must be base64 (RFC 4648, with "
				"padding)");
	return r;
}

/* With the token of its seed, which is shown this once. */
static int
reply_with_token(struct call *call, const struct server *s,
		 const struct secret *token, struct http_reply *reply,
		 int status)
{
	reply->wipe = true;
	return server_reply(call, s, secret_reveal(token), reply, status);
}

int
server_post(struct call *call, struct http_reply *reply)
{
	CLEAN(secret_clear) struct secret token = SECRET_INIT;
	CLEAN(buf_clear) struct buf user_data = BUF_INIT;
	struct server_body body = {.name = STR_NONE};
	struct server_ask ask = {0};
	struct server s;
	int r = body_read(call, server_post_fields, nitems(server_post_fields),
			  &body);

	if (r == 0)
		r = life_read(call, "seed_life", &body.seed_life,
			      &ask.seed_life_s);
	if (r == 0)
		r = user_data_read(call, body.user_data, &user_data);
	ask.name = body.name;
	ask.keypair = body.keypair;
	ask.user_data = buf_str(&user_data);
	if (r == 0)
		r = server_create(&call->visit, &ask, call->arena, &s, &token,
				  &call->note);
	return r != 0 ? r : reply_with_token(call, &s, &token, reply, 201);
}

int
server_remove(struct call *call, struct http_reply *reply)
{
	int r = server_delete(&call->visit);

	return r != 0 ? r : reply_empty(reply, 204);
}

int
server_keypair_put(struct call *call, struct http_reply *reply)
{
	struct str keypair = STR_NONE;
	struct server s;
	int r = body_read(call, server_keypair_put_fields,
			  nitems(server_keypair_put_fields), &keypair);

	if (r == 0)
		r = server_set_key(&call->visit, keypair, &call->note);
	if (r == 0)
		r = server_get(call->core, str_c(call->visit.object),
			       call->arena, &s);
	return r != 0 ? r : server_reply(call, &s, STR_NONE, reply, 200);
}

int
server_seed_post(struct call *call, struct http_reply *reply)
{
	CLEAN(secret_clear) struct secret token = SECRET_INIT;
	struct body_number life = {false, 0};
	struct server s;
	int64_t life_s = 0;
	int r = 0;

	if (call->json != NULL)
		r = body_read(call, server_seed_post_fields,
			      nitems(server_seed_post_fields), &life);
	if (r == 0)
		r = life_read(call, "life", &life, &life_s);
	if (r == 0)
		r = server_seed_renew(&call->visit, life_s, call->arena, &s,
				      &token, &call->note);
	return r != 0 ? r : reply_with_token(call, &s, &token, reply, 200);
}
