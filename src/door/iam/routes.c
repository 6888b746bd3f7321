#include "door/iam/inner.h"

#define FORM_SMALL BODY_FORM, 64 * KIB
#define NOTHING	   BODY_NONE, 0

static const struct route routes[] = {
    {HTTP_POST, "/identity/token", VERB_LOGIN, NULL, FORM_SMALL, RUN_POOL,
     token_post, NULL},
    {HTTP_POST, "/oidc/token", VERB_LOGIN, NULL, FORM_SMALL, RUN_POOL,
     token_post, NULL},
    {HTTP_GET, "/identity/keys", VERB_NONE_NEEDED, NULL, NOTHING, RUN_INLINE,
     keys_get, NULL},
    {HTTP_GET, "/identity/.well-known/openid-configuration", VERB_NONE_NEEDED,
     NULL, NOTHING, RUN_INLINE, discovery_get, NULL},
    {HTTP_GET, "/identity/userinfo", VERB_WHOAMI, NULL, NOTHING, RUN_POOL,
     userinfo_get, NULL},

    /* Whose keys it is about stands in the query, the body or the key itself,
     * so these ask the gate a second time: iam_pass. */
    {HTTP_GET, "/v1/apikeys", VERB_WHOAMI, NULL, NOTHING, RUN_POOL,
     apikeys_list, NULL},
    {HTTP_POST, "/v1/apikeys", VERB_WHOAMI, NULL, BODY_JSON, 64 * KIB, RUN_POOL,
     apikey_add, NULL},
    {HTTP_GET, "/v1/apikeys/details", VERB_WHOAMI, NULL, NOTHING, RUN_POOL,
     apikey_details, NULL},
    {HTTP_GET, "/v1/apikeys/{id}", VERB_WHOAMI, NULL, NOTHING, RUN_POOL,
     apikey_show, NULL},
    {HTTP_DELETE, "/v1/apikeys/{id}", VERB_WHOAMI, NULL, NOTHING, RUN_POOL,
     apikey_remove, NULL},
};

static bool
below(struct str path, struct str head)
{
	return str_starts(path, head) &&
	       (path.n == head.n || path.p[head.n] == '/');
}

static bool
owns(struct str path)
{
	return below(path, STR("/identity")) || below(path, STR("/oidc")) ||
	       below(path, STR("/v1"));
}

static int
proof(struct call *call, struct proof *ret, struct buf *decoded)
{
	struct auth auth;

	if (call_auth(call, decoded, &auth) != 0)
		return note_set(&call->note, OUT_UNPROVEN,
				"the Authorization field is not well formed");
	switch (auth.scheme) {
	case AUTH_NONE:
		return 0;
	case AUTH_BEARER:
		ret->kind = PROOF_ACCESS;
		ret->secret = auth.token;
		return 0;
	case AUTH_BASIC:
		ret->kind = PROOF_BASIC;
		ret->user = auth.user;
		ret->secret = auth.secret;
		if (str_eq(auth.user, STR("iamapikey")))
			return 0;
		break;
	case AUTH_OTHER:
		break;
	}
	return note_set(&call->note, OUT_UNPROVEN,
			"an access token is needed: Authorization: Bearer ...");
}

int
iam_pass(struct call *call, enum verb verb, const struct thing *thing)
{
	CLEAN(buf_clear) struct buf decoded = BUF_INIT_MAX(HTTP_HEAD_MAX);
	struct proof p = {.kind = PROOF_NONE};
	int r = proof(call, &p, &decoded);

	if (r != 0)
		return r;
	p.addr = call->addr;
	call->thing = *thing;
	return gate_pass(call->core, &p, verb, &call->thing, &call->visit);
}

void
iam_init(struct iam *iam, const struct iam_host *host)
{
	*iam = (struct iam){
	    .door = {.name = "iam",
		     .routes = routes,
		     .n_routes = nitems(routes),
		     .proof = proof,
		     .say = iam_say,
		     .say_status = iam_say_status,
		     .owns = owns,
		     .stamp = iam_stamp},
	    .host = *host,
	};
}
