#include "door/api/inner.h"

#define V1	   "/latchkey/v1"
#define SMALL	   (64 * KIB)
#define USER	   V1 "/users/{id}"
#define NOTHING	   BODY_NONE, 0
#define JSON_SMALL BODY_JSON, SMALL

static const struct route routes[] = {
    {HTTP_GET, "/healthz", VERB_NONE_NEEDED, NULL, NOTHING, RUN_INLINE,
     health_show, NULL},
    {HTTP_GET, "/readyz", VERB_NONE_NEEDED, NULL, NOTHING, RUN_INLINE,
     ready_show, NULL},
    {HTTP_GET, "/metrics", VERB_NONE_NEEDED, NULL, NOTHING, RUN_POOL,
     metrics_show, NULL},

    {HTTP_GET, V1 "/status", VERB_STATUS_READ, NULL, NOTHING, RUN_INLINE,
     status_show, NULL},
    {HTTP_GET, V1 "/regions", VERB_WHOAMI, NULL, NOTHING, RUN_INLINE,
     regions_show, NULL},
    {HTTP_GET, V1 "/whoami", VERB_WHOAMI, NULL, NOTHING, RUN_POOL, whoami_show,
     NULL},
    {HTTP_DELETE, V1 "/session", VERB_WHOAMI, NULL, NOTHING, RUN_POOL,
     session_remove, NULL},

    {HTTP_POST, V1 "/accounts", VERB_ACCOUNT_CREATE, NULL, JSON_SMALL, RUN_POOL,
     account_add, NULL},
    {HTTP_GET, V1 "/accounts", VERB_ACCOUNT_LIST, NULL, NOTHING, RUN_POOL,
     accounts_show, NULL},
    {HTTP_GET, V1 "/accounts/{id}", VERB_ACCOUNT_LIST, NULL, NOTHING, RUN_POOL,
     account_show, NULL},
    {HTTP_PUT, V1 "/accounts/{id}", VERB_ACCOUNT_UPDATE, api_aim_named_account,
     JSON_SMALL, RUN_POOL, account_put, NULL},

    {HTTP_POST, V1 "/users", VERB_USER_CREATE, api_aim_account, JSON_SMALL,
     RUN_POOL, user_add, NULL},
    {HTTP_GET, V1 "/users", VERB_USER_LIST, api_aim_account, NOTHING, RUN_POOL,
     users_show, NULL},
    {HTTP_GET, USER, VERB_USER_LIST, api_aim_user, NOTHING, RUN_POOL, user_show,
     NULL},
    {HTTP_PATCH, USER, VERB_WHOAMI, api_aim_user, JSON_SMALL, RUN_POOL,
     user_patch, NULL},
    {HTTP_PUT, USER "/password", VERB_PASSWORD_SET, api_aim_user, JSON_SMALL,
     RUN_POOL, user_password, NULL},

    {HTTP_POST, USER "/api-keys", VERB_APIKEY_CREATE, api_aim_user, JSON_SMALL,
     RUN_POOL, key_add, NULL},
    {HTTP_GET, USER "/api-keys", VERB_APIKEY_LIST, api_aim_user, NOTHING,
     RUN_POOL, keys_show, NULL},
    {HTTP_GET, USER "/api-keys/{key}", VERB_APIKEY_GET, api_aim_user, NOTHING,
     RUN_POOL, key_show, NULL},
    {HTTP_DELETE, USER "/api-keys/{key}", VERB_APIKEY_DELETE, api_aim_user,
     NOTHING, RUN_POOL, key_remove, NULL},

    {HTTP_GET, V1 "/audit", VERB_AUDIT_READ, api_aim_account, NOTHING, RUN_POOL,
     audit_show, NULL},
    {HTTP_POST, V1 "/audit/verify", VERB_STATUS_READ, NULL, NOTHING, RUN_POOL,
     audit_check, NULL},
};

static bool
owns(struct str path)
{
	struct str rest = str_sub(path, sizeof(V1) - 1, SIZE_MAX);

	return (str_starts(path, STR(V1)) &&
		(rest.n == 0 || rest.p[0] == '/')) ||
	       str_eq(path, STR("/healthz")) || str_eq(path, STR("/readyz")) ||
	       str_eq(path, STR("/metrics"));
}

static int
proof(struct call *call, struct proof *ret, struct buf *decoded)
{
	return call_iam_proof(
	    call, ret, decoded,
	    "this door takes an access token, or an API key as password of "
	    "the user iamapikey");
}

void
api_init(struct api *api, const struct api_host *host)
{
	*api = (struct api){
	    .door = {.name = "api",
		     .routes = routes,
		     .n_routes = nitems(routes),
		     .proof = proof,
		     .say = api_say,
		     .say_status = api_say_status,
		     .owns = owns},
	    .host = *host,
	};
}
