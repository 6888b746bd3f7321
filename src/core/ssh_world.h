/*
 * A small world with git in it, for the tests of the gate: on top of
 * core_world.h repositories "Own/test" and "Own/tools", "Own/site" in the
 * project "Own/web", and "Else/far" of another account; and public keys, as
 * many as one likes.
 */
#ifndef CORE_SSH_WORLD_H
#define CORE_SSH_WORLD_H

#include "core/core_world.h"
#include "core/gitrepo.h"
#include "core/project.h"
#include "core/pubkey.h"
#include "core/sql.h"
#include "crypt/digest.h"
#include "db/db.h"

struct cast {
	struct world w;
	struct project web;
	struct gitrepo test, tools, site, far;
	struct account other;
	struct str other_key; /* API key of its owner */
	struct visit other_owner;
};

/* A new key each time; nobody has its private half. */
UNUSED static struct sshkey
pubkey(void)
{
	static const char head[] = "\0\0\0\013ssh-ed25519\0\0\0\040";
	static unsigned serial;
	struct sshkey key = {.type = SSHKEY_ED25519,
			     .bits = 256,
			     .blob_len = sizeof(head) - 1 + 32};

	memcpy(key.blob, head, sizeof(head) - 1);
	(void)snprintf((char *)key.blob + sizeof(head) - 1, 32, "%031u",
		       ++serial);
	must(digest_sha256((struct str){(char *)key.blob, key.blob_len},
			   key.digest),
	     "digest");
	return key;
}

/* Borrows from the key. */
UNUSED static struct proof
ssh(const struct sshkey *key)
{
	return plain(PROOF_SSH_KEY,
		     (struct str){(const char *)key->blob, key->blob_len});
}

UNUSED static int
proves(struct cast *c, const struct sshkey *key, struct subject *ret)
{
	struct proof proof = ssh(key);

	return gate_prove(c->w.core, &proof, ret);
}

UNUSED static void
disable(struct cast *c, struct str identity, bool disabled)
{
	struct visit by = c->w.owner;

	by.verb = VERB_USER_UPDATE;
	must(user_disable(&by, identity, disabled), "user_disable");
}

UNUSED static struct thing
git(const char *name)
{
	return (struct thing){.kind = THING_GITREPO, .name = str_c(name)};
}

UNUSED static struct thing
project(const char *name)
{
	return (struct thing){.kind = THING_PROJECT, .name = str_c(name)};
}

UNUSED static int
reads(struct cast *c, const struct sshkey *key, const char *name)
{
	return pass(&c->w, ssh(key), VERB_GIT_READ, git(name));
}

/* Somebody who reads, as the door has them in hand. */
UNUSED static struct visit
inside(struct cast *c, const struct sshkey *key, const char *name)
{
	struct proof proof = ssh(key);
	struct thing thing = git(name);
	struct visit visit;

	must(gate_pass(c->w.core, &proof, VERB_GIT_READ, &thing, &visit),
	     "inside");
	return visit;
}

UNUSED static struct gitrepo
git_repo(struct world *w, const struct visit *by, const char *slug,
	 struct str in)
{
	char id[GITREPO_ID_LEN + 1];
	struct gitrepo_ask ask = {.slug = str_c(slug),
				  .project = in,
				  .force_push = FORCE_PROTECT};
	struct note note = {""};
	struct gitrepo repo;

	must(gitrepo_id(id), "gitrepo_id");
	ask.id = str_c(id);
	must(gitrepo_create(by, &ask, &w->arena, &repo, &note), slug);
	return repo;
}

UNUSED static int
user_key_try(struct cast *c, struct str identity, const struct sshkey *key,
	     int64_t expires_at, struct user_key *ret)
{
	struct user_key_ask ask = {.identity = identity,
				   .key = key,
				   .label = STR("laptop"),
				   .expires_at = expires_at};
	struct note note = {""};

	return user_key_add(&c->w.owner, &ask, &c->w.arena, ret, &note);
}

UNUSED static struct sshkey
user_key(struct cast *c, struct str identity, int64_t expires_at,
	 struct user_key *ret)
{
	struct sshkey key = pubkey();

	must(user_key_try(c, identity, &key, expires_at, ret), "user key");
	return key;
}

struct where {
	struct str repo, project, cidrs;
	int64_t expires_at, replaces;
};
UNUSED static int
access_key_try(struct cast *c, const struct visit *by, const struct sshkey *key,
	       struct where at, struct access_key *ret)
{
	struct access_key_ask ask = {.repo = at.repo,
				     .project = at.project,
				     .key = key,
				     .label = STR("web-1"),
				     .cidrs = at.cidrs,
				     .expires_at = at.expires_at,
				     .replaces = at.replaces};
	struct note note = {""};

	return access_key_add(by, &ask, &c->w.arena, ret, &note);
}

/* Stand the key there; the number of the row. */
UNUSED static int64_t
stand(struct cast *c, const struct sshkey *key, struct where at)
{
	struct access_key row;

	must(access_key_try(c, &c->w.owner, key, at, &row), "access key");
	return row.id;
}
#define STAND(c, key, ...) stand((c), (key), (struct where){__VA_ARGS__})

/* Something changes that is no business of who is inside: the gate looks again
 * instead of remembering. */
UNUSED static bool
still(struct cast *c, const struct visit *v)
{
	struct sshkey other = pubkey();

	(void)STAND(c, &other, .repo = c->tools.id);
	return gate_still(c->w.core, v);
}

UNUSED static void
cast_git(struct cast *c)
{
	struct project_ask web = {.slug = STR("web")};
	struct note note = {""};
	struct world *w = &c->w;

	must(project_create(&w->owner, &web, &w->arena, &c->web, &note), "web");
	c->test = git_repo(w, &w->owner, "test", STR_NONE);
	c->tools = git_repo(w, &w->owner, "tools", STR_NONE);
	c->site = git_repo(w, &w->owner, "site", c->web.id);
	c->other_key = world_other(w, &c->other);
	c->other_owner = visit_of(w, c->other_key, VERB_QUOTA_GET,
				  (struct thing){.kind = THING_ACCOUNT});
	c->far = git_repo(w, &c->other_owner, "far", STR_NONE);
}

UNUSED static void
cast_new(struct cast *c)
{
	*c = (struct cast){.web.id = STR_NONE};
	world_make(&c->w);
	cast_git(c);
}

/* Statements of a test's own, on the tables while nobody serves them. */
UNUSED static struct db *
cast_db(struct cast *c, const struct db_sql *statements, size_t n)
{
	static struct db_schema schema;
	struct db_conf conf = {.schema = &schema};
	struct db *db = NULL;
	char path[128];

	(void)snprintf(path, sizeof(path), "%s/latchkey.db", c->w.dir);
	conf.path = path;
	schema = sql_schema;
	schema.statements = statements;
	schema.n_statements = n;
	must(db_open(&conf, &db, NULL), "db_open");
	return db;
}

#endif
