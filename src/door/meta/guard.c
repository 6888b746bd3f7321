#include "door/meta/inner.h"
#include "door/meta/rate.h"

#include "base/clock.h"

static bool
is_browser(const struct http_req *req)
{
	for (size_t i = 0; i < req->n_fields; i++)
		if (str_eq(req->fields[i].name, STR("origin")) ||
		    str_starts(req->fields[i].name, STR("sec-fetch-")))
			return true;
	return false;
}

static int
refuse(struct call *call, struct meta_word *word)
{
	call->own = word;
	return OUT_DENIED;
}

/* All that can be said without knowing whose the secret is, before anybody
 * looks it up. */
static int
guard(struct call *call, struct str secret, unsigned max)
{
	if (call_forwarded(call))
		return refuse(call, &meta_forwarded);
	if (is_browser(call->req))
		return refuse(call, &meta_browser);
	call->thing.kind = THING_SERVER;
	return meta_rate_take(meta_of(call)->rate, secret, max, clock_mono(),
			      &call->wait_s);
}

struct str
meta_token(const struct call *call)
{
	struct str path = call->req->path, token = STR_NONE;

	path = str_sub(path, sizeof("/metadata/") - 1, path.n);
	(void)str_cut(path, '/', &token, &path);
	return token;
}

static struct str
bearer(const struct call *call)
{
	CLEAN(buf_clear) struct buf decoded = BUF_INIT_MAX(HTTP_HEAD_MAX);
	struct auth auth;

	if (call_auth(call, &decoded, &auth) != 0 || auth.scheme != AUTH_BEARER)
		return STR_NONE;
	return auth.token;
}

int
meta_aim_seed(struct call *call)
{
	return guard(call, meta_token(call), META_RATE);
}

/* Without a credential the answer is the same to all, and they share a count
 * that says nothing; so it is not counted. */
int
meta_aim_machine(struct call *call)
{
	struct str token = bearer(call);

	if (token.n == 0) {
		call->own = &meta_no_credential;
		return OUT_UNPROVEN;
	}
	return guard(call, token, META_FOLLOW_RATE);
}

int
meta_proof(struct call *call, struct proof *ret, struct buf *decoded)
{
	(void)decoded;
	if (call->route->aim == meta_aim_machine) {
		ret->kind = PROOF_MACHINE;
		ret->secret = bearer(call);
	} else {
		ret->kind = PROOF_SEED;
		ret->secret = meta_token(call);
	}
	return 0;
}
