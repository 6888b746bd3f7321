/*
 * A small installation in a temporary directory, for the unit tests of this
 * room: two regions, the first account "Own" whose owner runs the server and
 * has the namespace "birds", and what asks the gate as a door would.
 */
#ifndef CORE_CORE_WORLD_H
#define CORE_CORE_WORLD_H

#include "base/clock.h"
#include "base/test.h"
#include "core/api_key.h"
#include "core/user.h"
#include "core/audit.h"
#include "core/core.h"
#include "core/gate.h"
#include "core/image.h"
#include "core/regtoken.h"
#include "core/session.h"
#include "wire/scope.h"

#include <ftw.h>
#include <unistd.h>

#define UNUSED __attribute__((unused))
#define ADDR   str_c(world_from)
#define LOCAL  STR("local")
#define OTHER  STR("eu-de")
#define URL    "http://localhost:8080"

struct world {
	char dir[64];
	struct core *core;
	struct arena arena;
	struct str key; /* the first API key */
	struct visit owner;
};

/* Where proofs come from; moves on before the throttle bites. */
static const char *world_from = "192.0.2.7";

static const struct region world_regions[] = {
    {.name = "local", .host = {"localhost:8080", "127.0.0.1"}, .n_host = 2},
    {.name = "eu-de",
     .alias = {"eu-central"},
     .n_alias = 1,
     .host = {"de.example"},
     .n_host = 1},
};

UNUSED static void
must(int r, const char *what)
{
	if (r == 0)
		return;
	printf("Bail out! %s: %d %s\n", what, r, r < 0 ? fail_place() : "");
	exit(1);
}

UNUSED static struct proof
basic(const char *user, struct str secret)
{
	return (struct proof){.kind = PROOF_BASIC,
			      .user = str_c(user),
			      .secret = secret,
			      .addr = ADDR};
}

UNUSED static struct proof
plain(enum proof_kind kind, struct str secret)
{
	return (struct proof){.kind = kind, .secret = secret, .addr = ADDR};
}

UNUSED static struct thing
repo(const char *name)
{
	return (struct thing){
	    .kind = THING_REPO, .region = LOCAL, .name = str_c(name)};
}

UNUSED static int
pass(struct world *w, struct proof proof, enum verb verb, struct thing thing)
{
	struct visit visit;

	return gate_pass(w->core, &proof, verb, &thing, &visit);
}

UNUSED static int
pulls(struct world *w, struct proof proof, const char *name)
{
	return pass(w, proof, VERB_IMAGE_PULL, repo(name));
}

/* A visit as a door has it in hand. */
UNUSED static struct visit
visit_of(struct world *w, struct str key, enum verb verb, struct thing thing)
{
	struct proof proof = basic("iamapikey", key);
	struct visit visit;

	must(gate_pass(w->core, &proof, verb, &thing, &visit), "visit");
	return visit;
}

UNUSED static int
world_open(struct world *w, bool make)
{
	struct core_conf conf = {.data_dir = w->dir,
				 .regions = world_regions,
				 .n_regions = nitems(world_regions),
				 .public_url = URL,
				 .grace_ms = DAY_MS,
				 .make = make};
	struct note note = {""};
	int r = core_open(&conf, &w->core, &note);

	if (r != 0)
		printf("# %s\n", note.text);
	w->owner.core = w->core;
	return r;
}

UNUSED static void
world_shut(struct world *w)
{
	core_free(TAKE(w->core));
}

UNUSED static struct str
keep(struct world *w, struct str s)
{
	struct str copy = arena_str(&w->arena, s);

	must(copy.p == NULL, "memory");
	return copy;
}

UNUSED static void
world_make(struct world *w)
{
	struct first first = {.slug = STR("Own"),
			      .email = STR("admin@localhost"),
			      .key_name = STR("first")};
	CLEAN(secret_clear) struct secret key = SECRET_INIT;
	bool made;

	*w = (struct world){.dir = "/tmp/latchkey-gate-XXXXXX"};
	arena_init(&w->arena, 64 * MIB);
	must(mkdtemp(w->dir) == NULL, "mkdtemp");
	must(world_open(w, true), "core_open");
	must(account_first(w->core, &first, &key), "account_first");
	w->key = keep(w, secret_reveal(&key));
	w->owner = visit_of(w, w->key, VERB_QUOTA_GET,
			    (struct thing){.kind = THING_ACCOUNT});
	must(namespace_add(&w->owner, LOCAL, STR("birds"), &made), "birds");
}

UNUSED static int
world_rm(const char *path, const struct stat *st, int flag, struct FTW *ftw)
{
	(void)st;
	(void)flag;
	(void)ftw;
	return remove(path);
}

UNUSED static void
world_end(struct world *w)
{
	world_shut(w);
	arena_clear(&w->arena);
	(void)nftw(w->dir, world_rm, 16, FTW_DEPTH | FTW_PHYS);
}

/* Another account with the namespace "stones"; its owner's API key. */
UNUSED static struct str
world_other(struct world *w, struct account *ret)
{
	struct account_ask ask = {.slug = STR("Else"),
				  .owner_email = STR("else@example.org")};
	CLEAN(secret_clear) struct secret value = SECRET_INIT;
	struct visit visit;
	struct str key;
	bool made;

	must(account_create(&w->owner, &ask, &w->arena, ret, &value, NULL),
	     "account_create");
	key = keep(w, secret_reveal(&value));
	visit = visit_of(w, key, VERB_QUOTA_GET,
			 (struct thing){.kind = THING_ACCOUNT});
	must(namespace_add(&visit, LOCAL, STR("stones"), &made), "stones");
	return key;
}

UNUSED static struct user
world_user(struct world *w, const char *email, unsigned roles)
{
	struct user_ask ask = {.email = str_c(email), .roles = roles};
	struct user user;

	must(user_create(&w->owner, &ask, &w->arena, &user, NULL),
	     "user_create");
	return user;
}

UNUSED static struct str
world_key(struct world *w, struct str identity, int64_t expires_at,
	  struct api_key *ret)
{
	struct api_key_ask ask = {.identity = identity,
				  .account = str_c(w->owner.account),
				  .name = STR("key"),
				  .expires_at = expires_at};
	CLEAN(secret_clear) struct secret value = SECRET_INIT;

	must(api_key_create(&w->owner, &ask, &w->arena, ret, &value, NULL),
	     "api_key_create");
	return keep(w, secret_reveal(&value));
}

UNUSED static struct str
world_token(struct world *w, bool may_write, bool permanent,
	    struct regtoken *ret)
{
	struct regtoken_ask ask = {.region = LOCAL,
				   .description = STR("for tests"),
				   .issuer = STR("localhost:8080"),
				   .may_write = may_write,
				   .permanent = permanent};
	CLEAN(buf_clear) struct buf value = BUF_INIT;

	must(regtoken_add(&w->owner, &ask, &w->arena, ret, &value),
	     "regtoken_add");
	return keep(w, buf_str(&value));
}

UNUSED static struct str
world_bearer(struct world *w, struct proof proof, const char *name,
	     unsigned actions)
{
	struct scope scope = {.name = str_c(name), .actions = actions};
	CLEAN(buf_clear) struct buf token = BUF_INIT;
	struct subject who;
	int64_t life;

	must(gate_prove(w->core, &proof, &who), "gate_prove");
	must(gate_bearer(w->core, &who, &w->core->regions[0], STR(URL),
			 STR(BEARER_AUDIENCE), &scope, 1, &token, &life),
	     "gate_bearer");
	return keep(w, buf_str(&token));
}

struct login {
	struct str access, refresh;
	char session[CRED_ID_MAX + 1];
	int64_t expires_at;
};
UNUSED static int
world_login(struct world *w, const struct grant_ask *ask, struct login *ret)
{
	CLEAN(grant_clear) struct grant grant = GRANT_INIT;
	int64_t wait = 0;
	int r = session_grant(w->core, ask, &grant, &wait);

	if (r != 0)
		return r;
	*ret = (struct login){.access = keep(w, buf_str(&grant.access_token)),
			      .refresh =
				  keep(w, secret_reveal(&grant.refresh_token)),
			      .expires_at = grant.expires_at};
	memcpy(ret->session, grant.session_id, sizeof(ret->session));
	return 0;
}

UNUSED static struct login
world_session(struct world *w, struct str api_key)
{
	struct grant_ask ask = {.kind = GRANT_API_KEY,
				.api_key = api_key,
				.client_id = STR("bx"),
				.addr = ADDR};
	struct login login;

	must(world_login(w, &ask, &login), "session_grant");
	return login;
}

#endif
