#include "door/identity/inner.h"

#define JSON_SMALL BODY_JSON, 64 * KIB
#define NOTHING	   BODY_NONE, 0

/* Whose things it is about stands in the query, the body or the thing itself,
 * so these ask the gate a second time: call_pass. */
static const struct route routes[] = {
    {HTTP_GET, "/v1/apikeys", VERB_WHOAMI, NULL, NOTHING, RUN_POOL,
     apikeys_list, NULL},
    {HTTP_POST, "/v1/apikeys", VERB_WHOAMI, NULL, JSON_SMALL, RUN_POOL,
     apikey_add, NULL},
    {HTTP_GET, "/v1/apikeys/details", VERB_WHOAMI, NULL, NOTHING, RUN_POOL,
     apikey_details, NULL},
    {HTTP_GET, "/v1/apikeys/{id}", VERB_WHOAMI, NULL, NOTHING, RUN_POOL,
     apikey_show, NULL},
    {HTTP_PUT, "/v1/apikeys/{id}", VERB_WHOAMI, NULL, JSON_SMALL, RUN_POOL,
     apikey_put, NULL},
    {HTTP_DELETE, "/v1/apikeys/{id}", VERB_WHOAMI, NULL, NOTHING, RUN_POOL,
     apikey_remove, NULL},
    {HTTP_POST, "/v1/apikeys/{id}/lock", VERB_WHOAMI, NULL, JSON_SMALL,
     RUN_POOL, apikey_lock, NULL},
    {HTTP_DELETE, "/v1/apikeys/{id}/lock", VERB_WHOAMI, NULL, NOTHING, RUN_POOL,
     apikey_unlock, NULL},
    {HTTP_POST, "/v1/apikeys/{id}/disable", VERB_WHOAMI, NULL, JSON_SMALL,
     RUN_POOL, apikey_disable, NULL},
    {HTTP_DELETE, "/v1/apikeys/{id}/disable", VERB_WHOAMI, NULL, NOTHING,
     RUN_POOL, apikey_enable, NULL},

    {HTTP_GET, "/v1/serviceids", VERB_WHOAMI, NULL, NOTHING, RUN_POOL,
     serviceids_list, NULL},
    {HTTP_POST, "/v1/serviceids", VERB_WHOAMI, NULL, JSON_SMALL, RUN_POOL,
     serviceid_add, NULL},
    {HTTP_GET, "/v1/serviceids/{id}", VERB_WHOAMI, NULL, NOTHING, RUN_POOL,
     serviceid_show, NULL},
    {HTTP_PUT, "/v1/serviceids/{id}", VERB_WHOAMI, NULL, JSON_SMALL, RUN_POOL,
     serviceid_put, NULL},
    {HTTP_DELETE, "/v1/serviceids/{id}", VERB_WHOAMI, NULL, NOTHING, RUN_POOL,
     serviceid_remove, NULL},
    {HTTP_POST, "/v1/serviceids/{id}/lock", VERB_WHOAMI, NULL, JSON_SMALL,
     RUN_POOL, serviceid_lock, NULL},
    {HTTP_DELETE, "/v1/serviceids/{id}/lock", VERB_WHOAMI, NULL, NOTHING,
     RUN_POOL, serviceid_unlock, NULL},
    {HTTP_POST, "/v1/serviceids/{id}/disable", VERB_WHOAMI, NULL, JSON_SMALL,
     RUN_POOL, serviceid_disable, NULL},
    {HTTP_DELETE, "/v1/serviceids/{id}/disable", VERB_WHOAMI, NULL, NOTHING,
     RUN_POOL, serviceid_enable, NULL},

    {HTTP_GET, "/v1/accounts/{id}/settings/identity", VERB_RULES_GET,
     settings_aim, NOTHING, RUN_POOL, settings_show, NULL},
    {HTTP_PUT, "/v1/accounts/{id}/settings/identity", VERB_RULES_SET,
     settings_aim, JSON_SMALL, RUN_POOL, settings_put, NULL},
    {HTTP_POST, "/v1/activity/accounts/{id}/report", VERB_ACTIVITY_READ,
     settings_aim, JSON_SMALL, RUN_POOL, activity_ask, NULL},
    {HTTP_GET, "/v1/activity/accounts/{id}/report/{reference}",
     VERB_ACTIVITY_READ, settings_aim, NOTHING, RUN_POOL, activity_show, NULL},

    {HTTP_GET, "/v2/accounts/{id}/users", VERB_USER_LIST, settings_aim, NOTHING,
     RUN_POOL, account_users_list, NULL},
    {HTTP_POST, "/v2/accounts/{id}/users", VERB_USER_CREATE, settings_aim,
     JSON_SMALL, RUN_POOL, account_users_invite, NULL},
    {HTTP_GET, "/v2/accounts/{id}/users/{iam_id}", VERB_WHOAMI, NULL, NOTHING,
     RUN_POOL, account_user_show, NULL},
    {HTTP_PATCH, "/v2/accounts/{id}/users/{iam_id}", VERB_WHOAMI, NULL,
     JSON_SMALL, RUN_POOL, account_user_patch, NULL},
    {HTTP_DELETE, "/v2/accounts/{id}/users/{iam_id}", VERB_WHOAMI, NULL,
     NOTHING, RUN_POOL, account_user_remove, NULL},
    {HTTP_GET, "/v2/resource_groups", VERB_WHOAMI, NULL, NOTHING, RUN_POOL,
     resource_groups_list, NULL},
};

/* The registry's own paths below /v2 are taken before this is asked. */
static bool
owns(struct str path)
{
	return path_below(path, STR("/v1")) ||
	       path_below(path, STR("/v2/accounts")) ||
	       path_below(path, STR("/v2/resource_groups"));
}

const struct door identity_door = {
    .name = "identity",
    .routes = routes,
    .n_routes = nitems(routes),
    .cookie = true,
    .proof = call_access_proof,
    .say = identity_say,
    .say_status = identity_say_status,
    .owns = owns,
    .stamp = call_transaction,
};
