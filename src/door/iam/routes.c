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
    /* Who may ask is looked at there: a client is no credential. */
    {HTTP_POST, "/identity/introspect", VERB_LOGIN, NULL, FORM_SMALL, RUN_POOL,
     introspect_post, NULL},
    {HTTP_POST, "/identity/passcode", VERB_LOGIN, NULL, FORM_SMALL, RUN_POOL,
     passcode_post, NULL},
    {HTTP_GET, "/identity/passcode", VERB_NONE_NEEDED, NULL, NOTHING,
     RUN_INLINE, passcode_get, NULL},
    {HTTP_PATCH, "/v1/sessions/{id}/state", VERB_LOGIN, NULL, BODY_RAW, 4 * KIB,
     RUN_POOL, session_patch, NULL},
};

static bool
owns(struct str path)
{
	return path_below(path, STR("/identity")) ||
	       path_below(path, STR("/oidc")) ||
	       path_below(path, STR("/v1/sessions"));
}

void
iam_init(struct iam *iam, const struct iam_host *host)
{
	*iam = (struct iam){
	    .door = {.name = "iam",
		     .routes = routes,
		     .n_routes = nitems(routes),
		     .proof = call_access_proof,
		     .say = iam_say,
		     .say_status = iam_say_status,
		     .owns = owns,
		     .stamp = call_transaction},
	    .host = *host,
	};
}
