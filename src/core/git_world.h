/*
 * What the unit tests of projects, git repositories and keys have in common:
 * keys made by hand, repositories without a folder, and the trail's latest row.
 */
#ifndef CORE_GIT_WORLD_H
#define CORE_GIT_WORLD_H

#include "core/core_world.h"
#include "core/gate_inner.h"
#include "core/gitrepo.h"
#include "core/project.h"
#include "core/pubkey.h"
#include "core/sql.h"
#include "crypt/digest.h"
#include "db/db.h"

UNUSED static struct str
blob_of(const struct sshkey *key)
{
	return (struct str){(const char *)key->blob, key->blob_len};
}

/* An ed25519 key as it is on the wire; another number, another key. */
UNUSED static struct sshkey
key_of(unsigned number)
{
	static const char head[] = "\0\0\0\x0bssh-ed25519\0\0\0\x20";
	struct sshkey key = {.type = SSHKEY_ED25519,
			     .bits = 256,
			     .comment = "deploy@web-1"};
	size_t n = sizeof(head) - 1;

	memcpy(key.blob, head, n);
	(void)snprintf((char *)key.blob + n, 33, "%032u", number);
	key.blob_len = n + 32;
	must(digest_sha256(blob_of(&key), key.digest), "digest");
	return key;
}

UNUSED static struct str
digest_of(const struct sshkey *key)
{
	return (struct str){(const char *)key->digest, SHA256_LEN};
}

UNUSED static struct visit
on_account(struct world *w, struct str key, enum verb verb)
{
	return visit_of(w, key, verb, (struct thing){.kind = THING_ACCOUNT});
}

UNUSED static struct visit
on_repo(struct world *w, struct str key, enum verb verb, const char *name)
{
	return visit_of(
	    w, key, verb,
	    (struct thing){.kind = THING_GITREPO, .name = str_c(name)});
}

UNUSED static struct visit
on_project(struct world *w, struct str key, enum verb verb, const char *name)
{
	return visit_of(
	    w, key, verb,
	    (struct thing){.kind = THING_PROJECT, .name = str_c(name)});
}

UNUSED static int
repo_try(struct world *w, struct str key, struct gitrepo_ask ask,
	 struct gitrepo *ret, struct note *note)
{
	struct visit by = on_account(w, key, VERB_GIT_CREATE);
	char id[GITREPO_ID_LEN + 1];

	must(gitrepo_id(id), "gitrepo_id");
	ask.id = str_c(id);
	return gitrepo_create(&by, &ask, &w->arena, ret, note);
}

UNUSED static struct gitrepo
repo_make(struct world *w, struct str key, const char *slug)
{
	struct gitrepo_ask ask = {.slug = str_c(slug),
				  .force_push = FORCE_PROTECT};
	struct gitrepo repo;

	must(repo_try(w, key, ask, &repo, NULL), slug);
	return repo;
}

UNUSED static struct project
project_make(struct world *w, struct str key, const char *slug)
{
	struct visit by = on_account(w, key, VERB_PROJECT_CREATE);
	struct project_ask ask = {.slug = str_c(slug)};
	struct project project;

	must(project_create(&by, &ask, &w->arena, &project, NULL), slug);
	return project;
}

/* Changes that the trail has of this account. */
UNUSED static size_t
trail_rows(struct world *w, struct str account, const char *verb,
	   struct audit_row **ret)
{
	struct audit_filter filter = {.account = account,
				      .verb = str_c(verb),
				      .outcome = STR("done"),
				      .newest_first = true,
				      .limit = PAGE_MAX};
	size_t n = 0;

	must(audit_list(w->core, &filter, &w->arena, ret, &n), "audit_list");
	return n;
}

/* The latest of them. */
UNUSED static struct audit_row
trail_last(struct world *w, struct str account, const char *verb)
{
	struct audit_row *rows = NULL;
	struct audit_row none = {.detail = STR("no row")};

	return trail_rows(w, account, verb, &rows) > 0 ? rows[0] : none;
}

#endif
