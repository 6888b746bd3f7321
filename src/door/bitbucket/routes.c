#include "door/bitbucket/inner.h"

#define V2	   "/2.0"
#define WS	   V2 "/workspaces/{ws}"
#define PROJECT	   WS "/projects/{key}"
#define REPOS	   V2 "/repositories"
#define REPO	   REPOS "/{ws}/{slug}"
#define USER	   V2 "/users/{user}"
#define KEYS	   "/deploy-keys"
#define ONE_KEY	   "/deploy-keys/{id}"
#define SITE_SSH   "/site/ssh"
#define NOTHING	   BODY_NONE, 0, RUN_POOL
#define JSON_SMALL BODY_JSON, 64 * KIB, RUN_POOL

/* Lists show what the caller may see, so any identity of the account may ask
 * for them. A slash at the end changes nothing. */
static const struct route routes[] = {
    {HTTP_GET, SITE_SSH, VERB_NONE_NEEDED, NULL, NOTHING, bb_site_ssh, NULL},

    {HTTP_GET, V2 "/user", VERB_WHOAMI, NULL, NOTHING, bb_user_self, NULL},
    {HTTP_GET, USER, VERB_WHOAMI, bb_aim_user, NOTHING, bb_user_show, NULL},
    {HTTP_GET, USER "/ssh-keys", VERB_USERKEY_LIST, bb_aim_user, NOTHING,
     bb_user_keys, NULL},
    {HTTP_POST, USER "/ssh-keys", VERB_USERKEY_CREATE, bb_aim_user, JSON_SMALL,
     bb_user_key_add, NULL},
    {HTTP_GET, USER "/ssh-keys/{id}", VERB_USERKEY_LIST, bb_aim_user, NOTHING,
     bb_user_key_show, NULL},
    {HTTP_PUT, USER "/ssh-keys/{id}", VERB_USERKEY_UPDATE, bb_aim_user,
     JSON_SMALL, bb_user_key_update, NULL},
    {HTTP_DELETE, USER "/ssh-keys/{id}", VERB_USERKEY_DELETE, bb_aim_user,
     NOTHING, bb_user_key_drop, NULL},

    {HTTP_GET, V2 "/workspaces", VERB_WHOAMI, NULL, NOTHING, bb_workspaces,
     NULL},
    {HTTP_GET, WS, VERB_WHOAMI, bb_aim_account, NOTHING, bb_workspace_show,
     NULL},
    {HTTP_GET, WS KEYS, VERB_ACCESSKEY_LIST, bb_aim_account, NOTHING,
     bb_keys_of_account, NULL},
    {HTTP_GET, WS "/projects", VERB_WHOAMI, bb_aim_account, NOTHING,
     bb_projects, NULL},
    {HTTP_POST, WS "/projects", VERB_PROJECT_CREATE, bb_aim_account, JSON_SMALL,
     bb_project_add, NULL},
    {HTTP_GET, PROJECT, VERB_PROJECT_LIST, bb_aim_project, NOTHING,
     bb_project_show, NULL},
    {HTTP_PUT, PROJECT, VERB_PROJECT_UPDATE, bb_aim_project_or_account,
     JSON_SMALL, bb_project_put, NULL},
    {HTTP_DELETE, PROJECT, VERB_PROJECT_DELETE, bb_aim_project, NOTHING,
     bb_project_drop, NULL},
    {HTTP_GET, PROJECT KEYS, VERB_ACCESSKEY_LIST, bb_aim_project, NOTHING,
     bb_keys, NULL},
    {HTTP_POST, PROJECT KEYS, VERB_ACCESSKEY_CREATE, bb_aim_project, JSON_SMALL,
     bb_key_add, NULL},
    {HTTP_GET, PROJECT ONE_KEY, VERB_ACCESSKEY_LIST, bb_aim_project, NOTHING,
     bb_key_show, NULL},
    {HTTP_PUT, PROJECT ONE_KEY, VERB_ACCESSKEY_UPDATE, bb_aim_project,
     JSON_SMALL, bb_key_update, NULL},
    {HTTP_DELETE, PROJECT ONE_KEY, VERB_ACCESSKEY_DELETE, bb_aim_project,
     NOTHING, bb_key_drop, NULL},
    {HTTP_POST, PROJECT ONE_KEY "/rotate", VERB_ACCESSKEY_CREATE,
     bb_aim_project, JSON_SMALL, bb_key_rotate, NULL},

    {HTTP_GET, REPOS, VERB_WHOAMI, NULL, NOTHING, bb_repos_all, NULL},
    {HTTP_GET, REPOS "/{ws}", VERB_WHOAMI, bb_aim_account, NOTHING, bb_repos,
     NULL},
    {HTTP_GET, REPO, VERB_GIT_SHOW, bb_aim_repo, NOTHING, bb_repo_show, NULL},
    {HTTP_POST, REPO, VERB_GIT_CREATE, bb_aim_account, JSON_SMALL, bb_repo_add,
     NULL},
    {HTTP_PUT, REPO, VERB_GIT_UPDATE, bb_aim_repo_or_account, JSON_SMALL,
     bb_repo_put, NULL},
    {HTTP_DELETE, REPO, VERB_GIT_DELETE, bb_aim_repo, NOTHING, bb_repo_drop,
     NULL},
    {HTTP_POST, REPO "/restore", VERB_GIT_UPDATE, bb_aim_repo, JSON_SMALL,
     bb_repo_restore, NULL},
    {HTTP_GET, REPO KEYS, VERB_ACCESSKEY_LIST, bb_aim_repo, NOTHING, bb_keys,
     NULL},
    {HTTP_POST, REPO KEYS, VERB_ACCESSKEY_CREATE, bb_aim_repo, JSON_SMALL,
     bb_key_add, NULL},
    {HTTP_GET, REPO ONE_KEY, VERB_ACCESSKEY_LIST, bb_aim_repo, NOTHING,
     bb_key_show, NULL},
    {HTTP_PUT, REPO ONE_KEY, VERB_ACCESSKEY_UPDATE, bb_aim_repo, JSON_SMALL,
     bb_key_update, NULL},
    {HTTP_DELETE, REPO ONE_KEY, VERB_ACCESSKEY_DELETE, bb_aim_repo, NOTHING,
     bb_key_drop, NULL},
    {HTTP_POST, REPO ONE_KEY "/rotate", VERB_ACCESSKEY_CREATE, bb_aim_repo,
     JSON_SMALL, bb_key_rotate, NULL},
};

static bool
owns(struct str path)
{
	struct str rest = str_sub(path, sizeof(V2) - 1, SIZE_MAX);

	if (str_starts(path, STR(V2)))
		return rest.n == 0 || rest.p[0] == '/';
	return str_eq(path, STR(SITE_SSH)) || str_eq(path, STR(SITE_SSH "/"));
}

/*
 * Bitbucket's clients send all sorts of user names, so that the name says
 * nothing here: the password is an API key. Two names stand for an access token
 * as password, Bitbucket's own and IBM's.
 */
static int
proof(struct call *call, struct proof *ret, struct buf *decoded)
{
	struct auth auth;
	int r = call_auth(call, decoded, &auth);

	if (r != 0)
		return r < 0 ? r
			     : note_set(&call->note, OUT_UNPROVEN,
					"The Authorization field is not well "
					"formed.");
	*ret = (struct proof){.kind = PROOF_NONE};
	if (auth.scheme == AUTH_OTHER)
		return note_set(&call->note, OUT_UNPROVEN,
				"Basic with an API key as password, or Bearer "
				"with an access token.");
	if (auth.scheme == AUTH_BEARER)
		*ret =
		    (struct proof){.kind = PROOF_ACCESS, .secret = auth.token};
	if (auth.scheme != AUTH_BASIC)
		return 0;
	*ret = (struct proof){.kind = PROOF_BASIC,
			      .user = STR("iamapikey"),
			      .secret = auth.secret};
	if (str_eq(auth.user, STR("x-token-auth")) ||
	    str_eq(auth.user, STR("iambearer")))
		ret->kind = PROOF_ACCESS;
	return 0;
}

void
bitbucket_init(struct bitbucket *bb, const struct bitbucket_host *host)
{
	*bb = (struct bitbucket){
	    .door = {.name = "bitbucket",
		     .routes = routes,
		     .n_routes = nitems(routes),
		     .no_coded_slash = true,
		     .cookie = true,
		     .proof = proof,
		     .say = bb_say,
		     .say_status = bb_say_status,
		     .owns = owns,
		     .stamp = bb_stamp},
	    .host = *host,
	};
}
