#include "core/machine_world.h"
#include "core/service_id.h"

/* Who asks, in the order of the columns below. */
enum asker {
	OWNER,
	READER,
	WRITER,
	MANAGER,
	VIEWER,
	OPERATOR,
	EDITOR,
	ADMINISTRATOR,
	NO_ROLE,
	SERVICE,
	TOKEN_READ,
	TOKEN_WRITE,
	FOREIGN,
	SSH_READER,
	SSH_WRITER,
	SSH_MANAGER,
	SSH_ACCESS,
	SEED,
	MACHINE,
	NOBODY,
	ASKERS
};
static const char *const names[ASKERS] = {"owner",
					  "reader",
					  "writer",
					  "manager",
					  "viewer",
					  "operator",
					  "editor",
					  "administrator",
					  "no role",
					  "a service ID",
					  "token (read)",
					  "token (write)",
					  "another account",
					  "reader's SSH key",
					  "writer's SSH key",
					  "manager's SSH key",
					  "access key",
					  "a first boot",
					  "a machine",
					  "nobody"};

/* The truth, written by hand: y passes, n is denied, u is not proven. */
static const struct {
	enum verb verb;
	enum thing_kind kind;
	const char *truth;
} table[] = {
    /* owner|RWM|VOEA|none|service|tokens|else|SSH RWM|access
     * key|seed|machine|nobody
     */
    {VERB_NONE_NEEDED, THING_NONE, "yyyyyyyyyyyyyyyyyyyy"},
    {VERB_WHOAMI, THING_NONE, "yyyyyyyyyynnyyyynnnu"},
    {VERB_LOGIN, THING_NONE, "yyyyyyyyyyyyyyyyyyyy"},
    {VERB_IMAGE_PULL, THING_REPO, "yyyynnnnnnyynnnnnnnu"},
    {VERB_IMAGE_PUSH, THING_REPO, "ynyynnnnnnnynnnnnnnu"},
    {VERB_IMAGE_DELETE, THING_REPO, "ynyynnnnnnnnnnnnnnnu"},
    {VERB_IMAGE_INSPECT, THING_REPO, "yynynnnnnnnnnnnnnnnu"},
    {VERB_IMAGE_LIST, THING_REPO, "yynynnnnnnnnnnnnnnnu"},
    {VERB_IMAGE_LIST, THING_ACCOUNT, "yynynnnnnnnnnnnnnnnu"},
    {VERB_IMAGE_LIST, THING_NONE, "yyyyyyyyyyyyynnnnnnu"},
    {VERB_NAMESPACE_LIST, THING_NAMESPACE, "ynyynnnnnnnnnnnnnnnu"},
    {VERB_NAMESPACE_CREATE, THING_NAMESPACE, "ynnynnnnnnnnnnnnnnnu"},
    {VERB_NAMESPACE_DELETE, THING_NAMESPACE, "ynnynnnnnnnnnnnnnnnu"},
    {VERB_NAMESPACE_UPDATE, THING_NAMESPACE, "ynnynnnnnnnnnnnnnnnu"},
    {VERB_QUOTA_GET, THING_ACCOUNT, "yyyynnnnnnnnnnnnnnnu"},
    {VERB_QUOTA_SET, THING_ACCOUNT, "ynnynnnnnnnnnnnnnnnu"},
    {VERB_RETENTION_GET, THING_NAMESPACE, "yynynnnnnnnnnnnnnnnu"},
    {VERB_RETENTION_ANALYZE, THING_NAMESPACE, "yynynnnnnnnnnnnnnnnu"},
    {VERB_RETENTION_SET, THING_NAMESPACE, "ynyynnnnnnnnnnnnnnnu"},
    {VERB_TRASH_LIST, THING_NAMESPACE, "yynynnnnnnnnnnnnnnnu"},
    {VERB_TRASH_RESTORE, THING_REPO, "ynyynnnnnnnnnnnnnnnu"},
    {VERB_REGISTRYTOKEN_CREATE, THING_ACCOUNT, "ynnnnnnynnnnnnnnnnnu"},
    {VERB_REGISTRYTOKEN_GET, THING_TOKEN, "ynnnnnnynnnnnnnnnnnu"},
    {VERB_REGISTRYTOKEN_LIST, THING_ACCOUNT, "ynnnnnnynnnnnnnnnnnu"},
    {VERB_REGISTRYTOKEN_DELETE, THING_TOKEN, "ynnnnnnynnnnnnnnnnnu"},
    {VERB_ACCOUNT_CREATE, THING_NONE, "ynnnnnnnnnnnnnnnnnnu"},
    {VERB_ACCOUNT_LIST, THING_NONE, "yyyyyyyyyynnyyyynnnu"},
    {VERB_USER_CREATE, THING_ACCOUNT, "ynnnnnnynnnnnnnnnnnu"},
    {VERB_USER_LIST, THING_ACCOUNT, "ynnnyyyynnnnnnnnnnnu"},
    {VERB_USER_UPDATE, THING_IDENTITY, "ynnnnnnynnnnnnnnnnnu"},
    {VERB_PASSWORD_SET, THING_IDENTITY, "ynnnnnnynnnnnnnnnnnu"},
    {VERB_APIKEY_CREATE, THING_IDENTITY, "ynnnnnnynnnnnnnnnnnu"},
    {VERB_APIKEY_GET, THING_IDENTITY, "ynnnnnnynnnnnnnnnnnu"},
    {VERB_APIKEY_LIST, THING_IDENTITY, "ynnnnnnynnnnnnnnnnnu"},
    {VERB_APIKEY_DELETE, THING_IDENTITY, "ynnnnnnynnnnnnnnnnnu"},
    {VERB_SESSION_END, THING_IDENTITY, "ynnnnnnynnnnnnnnnnnu"},
    {VERB_APIKEY_UPDATE, THING_IDENTITY, "ynnnnnnynnnnnnnnnnnu"},
    {VERB_SESSION_LIST, THING_IDENTITY, "ynnnnnnynnnnnnnnnnnu"},
    {VERB_SERVICEID_CREATE, THING_ACCOUNT, "ynnnnnyynnnnnnnnnnnu"},
    {VERB_SERVICEID_LIST, THING_ACCOUNT, "ynnnyyyynnnnnnnnnnnu"},
    {VERB_SERVICEID_GET, THING_IDENTITY, "ynnnyyyynnnnnnnnnnnu"},
    {VERB_SERVICEID_UPDATE, THING_IDENTITY, "ynnnnyyynnnnnnnnnnnu"},
    {VERB_SERVICEID_DELETE, THING_IDENTITY, "ynnnnnyynnnnnnnnnnnu"},
    {VERB_USER_DELETE, THING_IDENTITY, "ynnnnnnynnnnnnnnnnnu"},
    {VERB_RULES_GET, THING_ACCOUNT, "ynnnyyyynnnnnnnnnnnu"},
    {VERB_RULES_SET, THING_ACCOUNT, "ynnnnnnynnnnnnnnnnnu"},
    {VERB_ACTIVITY_READ, THING_ACCOUNT, "ynnnnnnynnnnnnnnnnnu"},
    {VERB_CREDENTIAL_END, THING_NONE, "yyyyyyyyyynnyyyynnnu"},
    {VERB_CREDENTIAL_LOOK, THING_NONE, "yyyyyyyyyynnyyyynnnu"},
    {VERB_POLICY_LIST, THING_ACCOUNT, "ynnnyyyynnnnnnnnnnnu"},
    {VERB_POLICY_LIST, THING_IDENTITY, "ynnnyyyynnnnnnnnnnnu"},
    {VERB_POLICY_CREATE, THING_ACCOUNT, "ynnnnnnynnnnnnnnnnnu"},
    {VERB_POLICY_CREATE, THING_IDENTITY, "ynnnnnnynnnnnnnnnnnu"},
    {VERB_POLICY_UPDATE, THING_ACCOUNT, "ynnnnnnynnnnnnnnnnnu"},
    {VERB_POLICY_DELETE, THING_ACCOUNT, "ynnnnnnynnnnnnnnnnnu"},
    {VERB_POLICY_EXPLAIN, THING_ACCOUNT, "ynnnyyyynnnnnnnnnnnu"},
    {VERB_POLICY_EXPLAIN, THING_IDENTITY, "ynnnyyyynnnnnnnnnnnu"},
    {VERB_ROLE_LIST, THING_NONE, "yyyyyyyyyynnyyyynnnu"},
    {VERB_ROLE_CREATE, THING_ACCOUNT, "ynnnnnnynnnnnnnnnnnu"},
    {VERB_ROLE_UPDATE, THING_ACCOUNT, "ynnnnnnynnnnnnnnnnnu"},
    {VERB_ROLE_DELETE, THING_ACCOUNT, "ynnnnnnynnnnnnnnnnnu"},
    {VERB_GROUP_LIST, THING_ACCOUNT, "ynnnyyyynnnnnnnnnnnu"},
    {VERB_GROUP_LIST, THING_GROUP, "ynnnyyyynnnnnnnnnnnu"},
    {VERB_GROUP_CREATE, THING_ACCOUNT, "ynnnnnyynnnnnnnnnnnu"},
    {VERB_GROUP_UPDATE, THING_GROUP, "ynnnnnyynnnnnnnnnnnu"},
    {VERB_GROUP_DELETE, THING_GROUP, "ynnnnnyynnnnnnnnnnnu"},
    {VERB_GROUP_MEMBER_ADD, THING_GROUP, "ynnnnnyynnnnnnnnnnnu"},
    {VERB_GROUP_MEMBER_REMOVE, THING_GROUP, "ynnnnnyynnnnnnnnnnnu"},
    {VERB_PROJECT_LIST, THING_ACCOUNT, "yyyyyyyynnnnnyyynnnu"},
    {VERB_PROJECT_LIST, THING_PROJECT, "yyyyyyyynnnnnyyynnnu"},
    {VERB_PROJECT_CREATE, THING_ACCOUNT, "ynnynnnynnnnnnnynnnu"},
    {VERB_PROJECT_UPDATE, THING_PROJECT, "ynnynnnynnnnnnnynnnu"},
    {VERB_PROJECT_DELETE, THING_PROJECT, "ynnynnnynnnnnnnynnnu"},
    {VERB_GIT_READ, THING_GITREPO, "yyyynnnnnnnnnyyyynnu"},
    {VERB_GIT_PUSH, THING_GITREPO, "ynyynnnnnnnnnnyynnnu"},
    {VERB_GIT_FORCE, THING_GITREPO, "ynnynnnnnnnnnnnynnnu"},
    {VERB_GIT_LIST, THING_ACCOUNT, "yyyyyyyynnnnnyyynnnu"},
    {VERB_GIT_SHOW, THING_GITREPO, "yyyyyyyynnnnnyyynnnu"},
    {VERB_GIT_CREATE, THING_ACCOUNT, "ynnynnnynnnnnnnynnnu"},
    {VERB_GIT_CREATE, THING_PROJECT, "ynnynnnynnnnnnnynnnu"},
    {VERB_GIT_UPDATE, THING_GITREPO, "ynnynnnynnnnnnnynnnu"},
    {VERB_GIT_DELETE, THING_GITREPO, "ynnynnnynnnnnnnynnnu"},
    {VERB_ACCESSKEY_LIST, THING_GITREPO, "ynnynnnynnnnnnnynnnu"},
    {VERB_ACCESSKEY_LIST, THING_PROJECT, "ynnynnnynnnnnnnynnnu"},
    {VERB_ACCESSKEY_CREATE, THING_GITREPO, "ynnynnnynnnnnnnynnnu"},
    {VERB_ACCESSKEY_CREATE, THING_PROJECT, "ynnynnnynnnnnnnynnnu"},
    {VERB_ACCESSKEY_UPDATE, THING_GITREPO, "ynnynnnynnnnnnnynnnu"},
    {VERB_ACCESSKEY_UPDATE, THING_PROJECT, "ynnynnnynnnnnnnynnnu"},
    {VERB_ACCESSKEY_DELETE, THING_GITREPO, "ynnynnnynnnnnnnynnnu"},
    {VERB_ACCESSKEY_DELETE, THING_PROJECT, "ynnynnnynnnnnnnynnnu"},
    {VERB_ACCESSKEY_LIST, THING_ACCOUNT, "ynnynnnynnnnnnnynnnu"},
    {VERB_USERKEY_LIST, THING_IDENTITY, "ynnnnnnynnnnnnnnnnnu"},
    {VERB_USERKEY_CREATE, THING_IDENTITY, "ynnnnnnynnnnnnnnnnnu"},
    {VERB_USERKEY_UPDATE, THING_IDENTITY, "ynnnnnnynnnnnnnnnnnu"},
    {VERB_USERKEY_DELETE, THING_IDENTITY, "ynnnnnnynnnnnnnnnnnu"},
    {VERB_KEYPAIR_LIST, THING_PROJECT, "yyyynnnnnnnnnnnnnnnu"},
    {VERB_KEYPAIR_LIST, THING_KEYPAIR, "yyyynnnnnnnnnnnnnnnu"},
    {VERB_KEYPAIR_CREATE, THING_PROJECT, "ynyynnnnnnnnnnnnnnnu"},
    {VERB_KEYPAIR_IMPORT, THING_PROJECT, "ynyynnnnnnnnnnnnnnnu"},
    {VERB_KEYPAIR_DELETE, THING_KEYPAIR, "ynnynnnnnnnnnnnnnnnu"},
    {VERB_SERVER_LIST, THING_PROJECT, "yyyynnnynnnnnnnnnnnu"},
    {VERB_SERVER_LIST, THING_SERVER, "yyyynnnynnnnnnnnnnnu"},
    {VERB_SERVER_CREATE, THING_PROJECT, "ynyynnnynnnnnnnnnnnu"},
    {VERB_SERVER_SET_KEY, THING_SERVER, "ynnnnnnynnnnnnnnnnnu"},
    {VERB_SERVER_SEED, THING_SERVER, "ynnnnnnynnnnnnnnnnnu"},
    {VERB_SERVER_DELETE, THING_SERVER, "ynnnnnnynnnnnnnnnnnu"},
    {VERB_SEED_READ, THING_SERVER, "nnnnnnnnnnnnnnnnnynu"},
    {VERB_SEED_ENROL, THING_SERVER, "nnnnnnnnnnnnnnnnnynu"},
    {VERB_SEED_REPORT, THING_SERVER, "nnnnnnnnnnnnnnnnnynu"},
    {VERB_SERVER_FOLLOW, THING_SERVER, "nnnnnnnnnnnnnnnnnnyu"},
    {VERB_SEED_READ, THING_ACCOUNT, "nnnnnnnnnnnnnnnnnnnu"},
    {VERB_SERVER_FOLLOW, THING_PROJECT, "nnnnnnnnnnnnnnnnnnnu"},
    {VERB_ACCOUNT_UPDATE, THING_ACCOUNT, "ynnnnnnynnnnnnnnnnnu"},
    {VERB_AUDIT_READ, THING_ACCOUNT, "ynnynnnynnnnnnnnnnnu"},
    {VERB_STATUS_READ, THING_NONE, "ynnnnnnnnnnnnnnnnnnu"},
};

struct askers {
	struct cast git;
	struct sshkey keys[ASKERS];
	struct proof proofs[ASKERS];
	struct str ids[ASKERS]; /* of those who are users */
	struct user bystander;
	struct service_id robot; /* SERVICE; the editor made it */
	struct planted pair, server;
};

static void
robot_make(struct askers *c)
{
	struct world *w = &c->git.w;
	struct service_id_ask ask = {.name = STR("robot")};
	struct thing account = {.kind = THING_ACCOUNT};
	struct proof maker = c->proofs[EDITOR];
	struct api_key key;
	struct visit visit;

	must(
	    gate_pass(w->core, &maker, VERB_SERVICEID_CREATE, &account, &visit),
	    "an editor may");
	must(service_id_create(&visit, &ask, &w->arena, &c->robot, NULL, NULL,
			       NULL),
	     "service ID");
	c->proofs[SERVICE] =
	    basic("iamapikey", world_key(w, c->robot.iam_id, 0, &key));
}

/* A pair that nobody of them made, and a server. */
static void
machines_make(struct askers *c)
{
	const char *own = c->git.w.owner.account;

	c->pair = planted_new(&c->git);
	c->server = planted_new(&c->git);
	plant(&c->git,
	      (struct plant[]){
		  {&c->pair, true, own, own, "web-key", "IBMid-nobody"},
		  {&c->server, false, own, own, "web-1", "IBMid-nobody"}},
	      2);
	c->proofs[SEED] = seed_of(&c->server);
	c->proofs[MACHINE] = machine_of(&c->server);
}

static void
askers_make(struct askers *c)
{
	struct world *w = &c->git.w;
	struct regtoken token;
	struct api_key key;

	cast_new(&c->git);
	c->proofs[OWNER] = basic("iamapikey", w->key);
	for (int i = READER; i <= NO_ROLE; i++) {
		char email[64];
		struct user user;
		unsigned role = i == NO_ROLE ? 0 : 1U << (i - READER);

		(void)snprintf(email, sizeof(email), "u%d@example.org", i);
		user = world_user(w, email, role);
		c->ids[i] = user.id;
		c->proofs[i] =
		    basic("iamapikey", world_key(w, user.id, 0, &key));
	}
	robot_make(c);
	c->proofs[TOKEN_READ] =
	    basic("token", world_token(w, false, true, &token));
	c->proofs[TOKEN_WRITE] =
	    basic("token", world_token(w, true, true, &token));
	c->proofs[FOREIGN] = basic("iamapikey", c->git.other_key);
	for (int i = SSH_READER; i <= SSH_ACCESS; i++) {
		struct user_key row;

		c->keys[i] = pubkey();
		c->proofs[i] = ssh(&c->keys[i]);
		if (i == SSH_ACCESS)
			(void)STAND(&c->git, &c->keys[i],
				    .repo = c->git.test.id);
		else
			must(user_key_try(&c->git,
					  c->ids[READER + i - SSH_READER],
					  &c->keys[i], 0, &row),
			     "user key");
	}
	c->proofs[NOBODY] = (struct proof){.kind = PROOF_NONE, .addr = ADDR};
	c->bystander = world_user(w, "bystander@example.org", 0);
	machines_make(c);
}

static struct thing
thing_of(const struct askers *c, enum thing_kind kind)
{
	struct thing thing = {.kind = kind, .region = LOCAL};

	if (kind != THING_NONE)
		thing.account = str_c(c->git.w.owner.account);
	if (kind == THING_REPO)
		thing.name = STR("birds/app");
	if (kind == THING_NAMESPACE)
		thing.name = STR("birds");
	if (kind == THING_IDENTITY)
		thing.name = c->bystander.id;
	if (kind == THING_GITREPO)
		thing.name = STR("Own/test");
	if (kind == THING_PROJECT)
		thing.name = STR("Own/default");
	if (kind == THING_KEYPAIR)
		thing.name = STR("Own/default/web-key");
	if (kind == THING_SERVER)
		thing.name = STR("Own/default/web-1");
	if (kind == THING_GROUP)
		thing.name = STR("AccessGroupId-1");
	if (kind == THING_TOKEN)
		thing.name = STR("some-token");
	return thing;
}

static void
walk(struct askers *c)
{
	bool seen[VERB_MAX] = {false};

	for (size_t i = 0; i < nitems(table); i++) {
		struct thing thing = thing_of(c, table[i].kind);
		enum verb verb = table[i].verb;

		seen[verb] = true;
		for (int who = 0; who < ASKERS; who++) {
			int want = table[i].truth[who] == 'y'	? 0
				   : table[i].truth[who] == 'n' ? OUT_DENIED
								: OUT_UNPROVEN;

			is_int(pass(&c->git.w, c->proofs[who], verb, thing),
			       want, "%s asks %.*s (thing %d)", names[who],
			       STR_ARG(verb_row(verb)->action),
			       (int)thing.kind);
		}
	}
	for (int verb = 0; verb < VERB_MAX; verb++)
		ok(seen[verb], "%.*s stands in the table",
		   STR_ARG(verb_row((enum verb)verb)->action));
}

/* The same question with nothing remembered, and through gate_may. */
static void
walk_may(struct askers *c)
{
	for (size_t i = 0; i < nitems(table); i++) {
		struct thing thing = thing_of(c, table[i].kind);

		for (int who = 0; who < NOBODY; who++) {
			struct subject subject;

			if (gate_prove(c->git.w.core, &c->proofs[who],
				       &subject) != 0) {
				ok(false, "%s is known", names[who]);
				continue;
			}
			is_int(gate_may(c->git.w.core, &subject, table[i].verb,
					&thing),
			       table[i].truth[who] == 'y', "%s may %.*s",
			       names[who],
			       STR_ARG(verb_row(table[i].verb)->action));
		}
	}
}

static const enum verb own[] = {VERB_PASSWORD_SET,   VERB_APIKEY_CREATE,
				VERB_APIKEY_GET,     VERB_APIKEY_LIST,
				VERB_APIKEY_DELETE,  VERB_SESSION_END,
				VERB_USERKEY_LIST,   VERB_USERKEY_CREATE,
				VERB_USERKEY_UPDATE, VERB_USERKEY_DELETE};

static void
self(struct askers *c)
{
	struct thing thing = {.kind = THING_IDENTITY, .region = LOCAL};

	for (size_t i = 0; i < nitems(own); i++) {
		thing.name = c->ids[NO_ROLE];
		is_int(pass(&c->git.w, c->proofs[NO_ROLE], own[i], thing), 0,
		       "own things need no role: %.*s",
		       STR_ARG(verb_row(own[i])->action));
		thing.name = STR("");
		is_int(pass(&c->git.w, c->proofs[TOKEN_WRITE], own[i], thing),
		       OUT_DENIED, "a token is nobody's self");
	}
}

/*
 * On a service ID: its maker has what people have on themselves, whatever their
 * role; it looks at itself and changes nothing; a role on all of the service
 * reaches it, and who has none does not.
 */
static const struct {
	enum verb verb;
	/* the editor who made it, the service ID, viewer, operator,
	 * administrator, no role, another account */
	const char *truth;
} robots[] = {
    {VERB_PASSWORD_SET, "ynnnynn"},	{VERB_APIKEY_CREATE, "ynnnynn"},
    {VERB_APIKEY_GET, "yynnynn"},	{VERB_APIKEY_LIST, "yynnynn"},
    {VERB_APIKEY_UPDATE, "ynnnynn"},	{VERB_APIKEY_DELETE, "ynnnynn"},
    {VERB_SESSION_LIST, "yynnynn"},	{VERB_SESSION_END, "ynnnynn"},
    {VERB_SERVICEID_GET, "yyyyynn"},	{VERB_SERVICEID_UPDATE, "ynnyynn"},
    {VERB_SERVICEID_DELETE, "ynnnynn"}, {VERB_POLICY_LIST, "yyyyynn"},
    {VERB_POLICY_EXPLAIN, "yyyyynn"},	{VERB_USERKEY_LIST, "yynnynn"},
    {VERB_USERKEY_CREATE, "ynnnynn"},	{VERB_USERKEY_UPDATE, "ynnnynn"},
    {VERB_USERKEY_DELETE, "ynnnynn"},	{VERB_USER_UPDATE, "nnnnynn"},
    {VERB_POLICY_CREATE, "nnnnynn"},
};

static void
robot(struct askers *c)
{
	static const enum asker who[] = {
	    EDITOR, SERVICE, VIEWER, OPERATOR, ADMINISTRATOR, NO_ROLE, FOREIGN};
	struct thing thing = {.kind = THING_IDENTITY,
			      .account = str_c(c->git.w.owner.account),
			      .name = c->robot.iam_id};
	bool seen[VERB_MAX] = {false};

	for (size_t i = 0; i < nitems(robots); i++) {
		seen[robots[i].verb] = true;
		for (size_t j = 0; j < nitems(who); j++)
			is_int(pass(&c->git.w, c->proofs[who[j]],
				    robots[i].verb, thing),
			       robots[i].truth[j] == 'y' ? 0 : OUT_DENIED,
			       "%s asks %.*s of a service ID", names[who[j]],
			       STR_ARG(verb_row(robots[i].verb)->action));
	}
	for (int verb = 0; verb < VERB_MAX; verb++)
		ok(seen[verb] || verb_row((enum verb)verb)->rule != RULE_SELF,
		   "%.*s of a service ID stands in the table",
		   STR_ARG(verb_row((enum verb)verb)->action));
	thing.name = STR("iam-ServiceId-none");
	is_int(pass(&c->git.w, c->proofs[OWNER], VERB_SERVICEID_GET, thing),
	       OUT_DENIED, "one that is not there is nobody's");
	thing.account = STR_NONE;
	thing.name = c->robot.iam_id;
	is_int(pass(&c->git.w, c->proofs[FOREIGN], VERB_SERVICEID_GET, thing),
	       OUT_DENIED, "nor is one of another account");
}

/* Whatever a bearer says, it opens images and nothing else. */
static void
bearer(struct askers *c)
{
	struct str token =
	    world_bearer(&c->git.w, c->proofs[OWNER], "birds/app",
			 SCOPE_PULL | SCOPE_PUSH | SCOPE_DELETE);
	struct proof proof = plain(PROOF_BEARER, token);

	for (size_t i = 0; i < nitems(table); i++) {
		enum verb verb = table[i].verb;
		bool image = verb == VERB_IMAGE_PULL ||
			     verb == VERB_IMAGE_PUSH ||
			     verb == VERB_IMAGE_DELETE;
		bool public = verb_row(verb)->rule == RULE_PUBLIC;

		is_int(pass(&c->git.w, proof, verb, thing_of(c, table[i].kind)),
		       image || public ? 0 : OUT_DENIED,
		       "the owner's bearer asks %.*s (thing %d)",
		       STR_ARG(verb_row(verb)->action), (int)table[i].kind);
	}
}

int
main(void)
{
	static struct askers c;

	askers_make(&c);
	walk(&c);
	walk(&c);
	walk_may(&c);
	self(&c);
	robot(&c);
	bearer(&c);
	world_end(&c.git.w);
	return done_testing();
}
