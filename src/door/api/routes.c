#include "door/api/inner.h"

#define V1	   "/latchkey/v1"
#define SMALL	   (64 * KIB)
#define USER	   V1 "/users/{id}"
#define PROJECT	   V1 "/projects/{account}/{project}"
#define PAIRS	   PROJECT "/keypairs"
#define PAIR	   PAIRS "/{name}"
#define SERVERS	   PROJECT "/servers"
#define SERVER	   SERVERS "/{name}"
#define USER_DATA  (128 * KIB) /* USER_DATA_MAX in base64, and the rest */
#define LOOK_BYTES (256 * KIB) /* LOOK_MAX tokens */
#define NOTHING	   BODY_NONE, 0
#define JSON_SMALL BODY_JSON, SMALL

static const struct route routes[] = {
    {HTTP_GET, "/healthz", VERB_NONE_NEEDED, NULL, NOTHING, RUN_INLINE,
     health_show, NULL},
    {HTTP_GET, "/readyz", VERB_NONE_NEEDED, NULL, NOTHING, RUN_INLINE,
     ready_show, NULL},
    {HTTP_GET, "/metrics", VERB_NONE_NEEDED, NULL, NOTHING, RUN_POOL,
     metrics_show, NULL},

    {HTTP_GET, V1 "/openapi.json", VERB_NONE_NEEDED, NULL, NOTHING, RUN_INLINE,
     openapi_show, NULL},
    {HTTP_GET, V1 "/status", VERB_STATUS_READ, NULL, NOTHING, RUN_POOL,
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

    {HTTP_POST, V1 "/invitations/accept", VERB_LOGIN, NULL, JSON_SMALL,
     RUN_POOL, invitation_accept, NULL},

    {HTTP_POST, USER "/api-keys", VERB_APIKEY_CREATE, api_aim_user, JSON_SMALL,
     RUN_POOL, key_add, NULL},
    {HTTP_GET, USER "/api-keys", VERB_APIKEY_LIST, api_aim_user, NOTHING,
     RUN_POOL, keys_show, NULL},
    {HTTP_GET, USER "/api-keys/{key}", VERB_APIKEY_GET, api_aim_user, NOTHING,
     RUN_POOL, key_show, NULL},
    {HTTP_DELETE, USER "/api-keys/{key}", VERB_APIKEY_DELETE, api_aim_user,
     NOTHING, RUN_POOL, key_remove, NULL},

    {HTTP_GET, PAIRS, VERB_KEYPAIR_LIST, api_aim_project, NOTHING, RUN_POOL,
     keypairs_show, NULL},
    {HTTP_POST, PAIRS, VERB_KEYPAIR_CREATE, api_aim_project, BODY_JSON_SEND,
     SMALL, RUN_POOL, keypair_post, NULL},
    {HTTP_GET, PAIR, VERB_KEYPAIR_LIST, api_aim_keypair, NOTHING, RUN_POOL,
     keypair_show, NULL},
    {HTTP_DELETE, PAIR, VERB_KEYPAIR_DELETE, api_aim_keypair, NOTHING, RUN_POOL,
     keypair_remove, NULL},
    {HTTP_GET, PAIR "/servers", VERB_KEYPAIR_LIST, api_aim_keypair, NOTHING,
     RUN_POOL, keypair_servers_show, NULL},

    {HTTP_GET, SERVERS, VERB_SERVER_LIST, api_aim_project, NOTHING, RUN_POOL,
     servers_show, NULL},
    {HTTP_POST, SERVERS, VERB_SERVER_CREATE, api_aim_project, BODY_JSON,
     USER_DATA, RUN_POOL, server_post, NULL},
    {HTTP_GET, SERVER, VERB_SERVER_LIST, api_aim_server, NOTHING, RUN_POOL,
     server_show, NULL},
    {HTTP_DELETE, SERVER, VERB_SERVER_DELETE, api_aim_server, NOTHING, RUN_POOL,
     server_remove, NULL},
    {HTTP_PUT, SERVER "/keypair", VERB_SERVER_SET_KEY, api_aim_server,
     JSON_SMALL, RUN_POOL, server_keypair_put, NULL},
    {HTTP_GET, SERVER "/keys", VERB_SERVER_LIST, api_aim_server, NOTHING,
     RUN_POOL, server_keys_show, NULL},
    {HTTP_POST, SERVER "/seed", VERB_SERVER_SEED, api_aim_server, JSON_SMALL,
     RUN_POOL, server_seed_post, NULL},

    {HTTP_GET, V1 "/namespaces/{name}", VERB_NAMESPACE_LIST, api_aim_namespace,
     NOTHING, RUN_POOL, namespace_show, NULL},
    {HTTP_PATCH, V1 "/namespaces/{name}", VERB_NAMESPACE_UPDATE,
     api_aim_namespace, JSON_SMALL, RUN_POOL, namespace_patch, NULL},

    {HTTP_POST, V1 "/revoke", VERB_CREDENTIAL_END, NULL, JSON_SMALL, RUN_POOL,
     revoke_post, NULL},
    {HTTP_POST, V1 "/look", VERB_CREDENTIAL_LOOK, NULL, BODY_JSON, LOOK_BYTES,
     RUN_POOL, look_post, NULL},
    {HTTP_POST, V1 "/leaked", VERB_CREDENTIAL_END, NULL, JSON_SMALL, RUN_POOL,
     leaked_post, NULL},
    {HTTP_POST, V1 "/explain", VERB_WHOAMI, NULL, JSON_SMALL, RUN_POOL,
     explain_post, NULL},
    {HTTP_POST, V1 "/explain/who", VERB_POLICY_LIST, api_aim_account,
     JSON_SMALL, RUN_POOL, explain_who_post, NULL},
    {HTTP_GET, V1 "/sessions", VERB_WHOAMI, NULL, NOTHING, RUN_POOL,
     sessions_show, NULL},
    {HTTP_DELETE, V1 "/sessions/{id}", VERB_CREDENTIAL_END, NULL, NOTHING,
     RUN_POOL, session_drop, NULL},
    {HTTP_GET, V1 "/expiring", VERB_WHOAMI, NULL, NOTHING, RUN_POOL,
     expiring_show, NULL},
    {HTTP_GET, V1 "/unused", VERB_WHOAMI, NULL, NOTHING, RUN_POOL, unused_show,
     NULL},

    {HTTP_GET, V1 "/audit", VERB_AUDIT_READ, api_aim_account, NOTHING, RUN_POOL,
     audit_show, NULL},
    {HTTP_GET, V1 "/activity", VERB_AUDIT_READ, api_aim_account, NOTHING,
     RUN_POOL, traffic_show, NULL},
    {HTTP_POST, V1 "/audit/verify", VERB_STATUS_READ, NULL, NOTHING, RUN_POOL,
     audit_check, NULL},
};

#define BODY(name)                                                             \
	{                                                                      \
		name, name##_fields, nitems(name##_fields)                     \
	}
const struct api_body api_bodies[] = {
    BODY(account_add),	    BODY(account_put),	     BODY(user_add),
    BODY(user_patch),	    BODY(user_password),     BODY(key_add),
    BODY(keypair_post),	    BODY(server_post),	     BODY(server_keypair_put),
    BODY(server_seed_post), BODY(namespace_patch),   BODY(revoke_post),
    BODY(look_post),	    BODY(leaked_post),	     BODY(explain_post),
    BODY(explain_who_post), BODY(invitation_accept),
};
const size_t api_n_bodies = nitems(api_bodies);

static bool
owns(struct str path)
{
	return path_below(path, STR(V1)) || str_eq(path, STR("/healthz")) ||
	       str_eq(path, STR("/readyz")) || str_eq(path, STR("/metrics"));
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
		     .cookie = true,
		     .proof = proof,
		     .say = api_say,
		     .say_status = api_say_status,
		     .owns = owns},
	    .host = *host,
	};
	makings_init(&api->makings);
}
