#include "door/policy/inner.h"

#define JSON_SMALL BODY_JSON, 64 * KIB
#define NOTHING	   BODY_NONE, 0
#define WHO	   VERB_WHOAMI, NULL
#define ALL	   "/v2/groups/_allgroups/members/{iam_id}"
#define GROUP	   "/v2/groups/{id}"

/* Whose account and which subject it is about stands in the query, the body or
 * the thing itself, so these ask the gate a second time: call_pass. */
static const struct route routes[] = {
    {HTTP_GET, "/v1/policies", WHO, NOTHING, RUN_POOL, policies_list_v1, NULL},
    {HTTP_POST, "/v1/policies", WHO, JSON_SMALL, RUN_POOL, policy_add_v1, NULL},
    {HTTP_GET, "/v1/policies/{id}", WHO, NOTHING, RUN_POOL, policy_show_v1,
     NULL},
    {HTTP_PUT, "/v1/policies/{id}", WHO, JSON_SMALL, RUN_POOL, policy_put_v1,
     NULL},
    {HTTP_PATCH, "/v1/policies/{id}", WHO, JSON_SMALL, RUN_POOL,
     policy_patch_v1, NULL},
    {HTTP_DELETE, "/v1/policies/{id}", WHO, NOTHING, RUN_POOL, policy_remove,
     NULL},
    {HTTP_GET, "/v2/policies", WHO, NOTHING, RUN_POOL, policies_list_v2, NULL},
    {HTTP_POST, "/v2/policies", WHO, JSON_SMALL, RUN_POOL, policy_add_v2, NULL},
    {HTTP_GET, "/v2/policies/{id}", WHO, NOTHING, RUN_POOL, policy_show_v2,
     NULL},
    {HTTP_PUT, "/v2/policies/{id}", WHO, JSON_SMALL, RUN_POOL, policy_put_v2,
     NULL},
    {HTTP_DELETE, "/v2/policies/{id}", WHO, NOTHING, RUN_POOL, policy_remove,
     NULL},
    {HTTP_GET, "/v2/roles", WHO, NOTHING, RUN_POOL, roles_list, NULL},
    {HTTP_POST, "/v2/roles", WHO, JSON_SMALL, RUN_POOL, role_add, NULL},
    {HTTP_GET, "/v2/roles/{id}", WHO, NOTHING, RUN_POOL, role_show, NULL},
    {HTTP_PUT, "/v2/roles/{id}", WHO, JSON_SMALL, RUN_POOL, role_put, NULL},
    {HTTP_DELETE, "/v2/roles/{id}", WHO, NOTHING, RUN_POOL, role_remove, NULL},
    {HTTP_GET, "/v2/groups", WHO, NOTHING, RUN_POOL, groups_list, NULL},
    {HTTP_POST, "/v2/groups", WHO, JSON_SMALL, RUN_POOL, group_add, NULL},
    {HTTP_PUT, ALL, WHO, JSON_SMALL, RUN_POOL, membership_begin_all, NULL},
    {HTTP_DELETE, ALL, WHO, NOTHING, RUN_POOL, membership_end_all, NULL},
    {HTTP_GET, GROUP, WHO, NOTHING, RUN_POOL, group_show, NULL},
    {HTTP_PATCH, GROUP, WHO, JSON_SMALL, RUN_POOL, group_patch, NULL},
    {HTTP_DELETE, GROUP, WHO, NOTHING, RUN_POOL, group_remove, NULL},
    {HTTP_PUT, GROUP "/members", WHO, JSON_SMALL, RUN_POOL, memberships_add,
     NULL},
    {HTTP_GET, GROUP "/members", WHO, NOTHING, RUN_POOL, memberships_list,
     NULL},
    {HTTP_POST, GROUP "/members/delete", WHO, JSON_SMALL, RUN_POOL,
     memberships_remove, NULL},
    {HTTP_GET, GROUP "/members/{iam_id}", WHO, NOTHING, RUN_POOL, membership_is,
     NULL},
    {HTTP_DELETE, GROUP "/members/{iam_id}", WHO, NOTHING, RUN_POOL,
     membership_end, NULL},
};

/* The registry's own paths below /v2 are taken before this is asked, and what
 * is left of /v1 is the identity door's. */
static bool
owns(struct str path)
{
	return path_below(path, STR("/v1/policies")) ||
	       path_below(path, STR("/v2/policies")) ||
	       path_below(path, STR("/v2/roles")) ||
	       path_below(path, STR("/v2/groups"));
}

const struct door policy_door = {
    .name = "policy",
    .routes = routes,
    .n_routes = nitems(routes),
    .cookie = true,
    .proof = call_access_proof,
    .say = policy_say,
    .say_status = policy_say_status,
    .owns = owns,
    .stamp = call_transaction,
};
