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
	return call_iam_proof(
	    call, ret, decoded,
	    "an access token is needed: Authorization: Bearer ...");
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
