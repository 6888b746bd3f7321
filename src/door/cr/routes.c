#include "door/cr/inner.h"

#define V1	   "/api/v1"
#define IMAGE	   V1 "/images/{image+}"
#define NOTHING	   BODY_NONE, 0
#define JSON_SMALL BODY_JSON, 64 * KIB
#define JSON_LARGE BODY_JSON, MIB

/* Lists show what the caller may see, so any identity may ask for them. */
static const struct route routes[] = {
    {HTTP_GET, V1 "/namespaces", VERB_WHOAMI, cr_aim_account, NOTHING, RUN_POOL,
     namespaces_list, NULL},
    {HTTP_GET, V1 "/namespaces/details", VERB_WHOAMI, cr_aim_account, NOTHING,
     RUN_POOL, namespaces_details, NULL},
    {HTTP_PUT, V1 "/namespaces/{name}", VERB_NAMESPACE_CREATE, cr_aim_namespace,
     NOTHING, RUN_POOL, namespace_put, NULL},
    {HTTP_PATCH, V1 "/namespaces/{name}", VERB_NAMESPACE_UPDATE,
     cr_aim_namespace, NOTHING, RUN_POOL, namespace_assign, NULL},
    {HTTP_DELETE, V1 "/namespaces/{name}", VERB_NAMESPACE_DELETE,
     cr_aim_account, NOTHING, RUN_POOL, namespace_drop, NULL},

    {HTTP_POST, V1 "/tokens", VERB_REGISTRYTOKEN_CREATE, cr_aim_account,
     NOTHING, RUN_POOL, token_add, NULL},
    {HTTP_GET, V1 "/tokens", VERB_REGISTRYTOKEN_LIST, cr_aim_account, NOTHING,
     RUN_POOL, tokens_list, NULL},
    {HTTP_DELETE, V1 "/tokens", VERB_REGISTRYTOKEN_DELETE, cr_aim_account,
     NOTHING, RUN_POOL, tokens_drop, NULL},
    {HTTP_GET, V1 "/tokens/{id}", VERB_REGISTRYTOKEN_GET, cr_aim_token, NOTHING,
     RUN_POOL, token_show, NULL},
    {HTTP_DELETE, V1 "/tokens/{id}", VERB_REGISTRYTOKEN_DELETE, cr_aim_token,
     NOTHING, RUN_POOL, token_drop, NULL},

    {HTTP_GET, V1 "/images", VERB_WHOAMI, cr_aim_account, NOTHING, RUN_POOL,
     images_list, NULL},
    {HTTP_POST, V1 "/images/digests", VERB_WHOAMI, cr_aim_account, JSON_LARGE,
     RUN_POOL, images_digests, NULL},
    {HTTP_POST, V1 "/images/bulkdelete", VERB_WHOAMI, cr_aim_account,
     JSON_LARGE, RUN_POOL, images_bulk_delete, NULL},
    {HTTP_POST, V1 "/images/tags", VERB_IMAGE_PUSH, cr_aim_target, NOTHING,
     RUN_POOL, image_tag, NULL},
    {HTTP_GET, IMAGE "/json", VERB_IMAGE_INSPECT, cr_aim_image, NOTHING,
     RUN_POOL, image_inspect, NULL},
    {HTTP_GET, IMAGE "/manifest", VERB_IMAGE_INSPECT, cr_aim_image, NOTHING,
     RUN_POOL, image_manifest, NULL},
    {HTTP_GET, IMAGE "/vulnerabilities", VERB_IMAGE_INSPECT, cr_aim_image,
     NOTHING, RUN_INLINE, image_vulnerabilities, NULL},
    {HTTP_DELETE, IMAGE, VERB_IMAGE_DELETE, cr_aim_image, NOTHING, RUN_POOL,
     image_drop, NULL},
    {HTTP_DELETE, V1 "/tags/{image+}", VERB_IMAGE_DELETE, cr_aim_image, NOTHING,
     RUN_POOL, image_untag, NULL},

    {HTTP_GET, V1 "/retentions", VERB_WHOAMI, cr_aim_account, NOTHING, RUN_POOL,
     retentions_list, NULL},
    {HTTP_POST, V1 "/retentions", VERB_WHOAMI, cr_aim_account, JSON_SMALL,
     RUN_POOL, retention_change, NULL},
    {HTTP_POST, V1 "/retentions/analyze", VERB_WHOAMI, cr_aim_account,
     JSON_SMALL, RUN_POOL, retention_try, NULL},
    {HTTP_GET, V1 "/retentions/{name}", VERB_RETENTION_GET, cr_aim_namespace,
     NOTHING, RUN_POOL, retention_show, NULL},

    {HTTP_GET, V1 "/trash", VERB_WHOAMI, cr_aim_account, NOTHING, RUN_POOL,
     trash_list, NULL},
    {HTTP_POST, V1 "/trash/{image+}/restore", VERB_TRASH_RESTORE, cr_aim_image,
     NOTHING, RUN_POOL, trash_restore, NULL},
    {HTTP_POST, V1 "/trash/{image+}/restoretags", VERB_TRASH_RESTORE,
     cr_aim_image, NOTHING, RUN_POOL, trash_restore_tags, NULL},

    {HTTP_GET, V1 "/auth", VERB_WHOAMI, cr_aim_account, NOTHING, RUN_INLINE,
     auth_get, NULL},
    {HTTP_PATCH, V1 "/auth", VERB_WHOAMI, cr_aim_account, JSON_SMALL,
     RUN_INLINE, auth_set, NULL},
    {HTTP_GET, V1 "/plans", VERB_WHOAMI, cr_aim_account, NOTHING, RUN_INLINE,
     plan_get, NULL},
    {HTTP_PATCH, V1 "/plans", VERB_WHOAMI, cr_aim_account, JSON_SMALL,
     RUN_INLINE, plan_set, NULL},
    {HTTP_GET, V1 "/settings", VERB_WHOAMI, cr_aim_account, NOTHING, RUN_INLINE,
     settings_get, NULL},
    {HTTP_PATCH, V1 "/settings", VERB_WHOAMI, cr_aim_account, JSON_SMALL,
     RUN_INLINE, settings_set, NULL},
    {HTTP_GET, V1 "/quotas", VERB_QUOTA_GET, cr_aim_account, NOTHING, RUN_POOL,
     quota_show, NULL},
    {HTTP_PATCH, V1 "/quotas", VERB_QUOTA_SET, cr_aim_account, JSON_SMALL,
     RUN_POOL, quota_change, NULL},
    {HTTP_GET, V1 "/messages", VERB_NONE_NEEDED, NULL, NOTHING, RUN_INLINE,
     messages_get, NULL},
};

static bool
owns(struct str path)
{
	return path_below(path, STR(V1));
}

static int
proof(struct call *call, struct proof *ret, struct buf *decoded)
{
	return call_iam_proof(
	    call, ret, decoded,
	    "An IAM access token is needed: Authorization: Bearer ... "
	    "Registry tokens open the registry only.");
}

const struct door cr_door = {
    .name = "cr",
    .routes = routes,
    .n_routes = nitems(routes),
    .cookie = true,
    .proof = proof,
    .say = cr_say,
    .say_status = cr_say_status,
    .owns = owns,
};
