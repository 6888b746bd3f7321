/*
 * A small world for the tests of images and uploads: an installation in a
 * folder of its own with two accounts, a namespace of each ("birds" of the
 * first, "stones" of the second), and short words for what tests do.
 */
#ifndef CORE_IMAGE_WORLD_H
#define CORE_IMAGE_WORLD_H

#include "base/clock.h"
#include "base/test.h"
#include "core/api_key.h"
#include "core/user.h"
#include "core/collect.h"
#include "core/repo.h"
#include "core/upload.h"

#include <ftw.h>
#include <unistd.h>

#define WORLD_USED   __attribute__((unused))
#define OCI_MANIFEST "application/vnd.oci.image.manifest.v1+json"
#define OCI_INDEX    "application/vnd.oci.image.index.v1+json"
#define OCI_CONFIG   "application/vnd.oci.image.config.v1+json"
#define OCI_LAYER    "application/vnd.oci.image.layer.v1.tar+gzip"
#define REGION	     STR("local")

struct world {
	char dir[64];
	struct core *core;
	struct arena arena;
	struct visit a, b; /* the owners of the two accounts */
};

WORLD_USED static void
must(int r, const char *what)
{
	if (r == 0)
		return;
	printf("Bail out! %s: %d %s\n", what, r, r < 0 ? fail_place() : "");
	exit(1);
}

WORLD_USED static int
world_remove_one(const char *path, const struct stat *st, int kind,
		 struct FTW *at)
{
	(void)st;
	(void)kind;
	(void)at;
	return remove(path);
}

/* A daemon's start, on what is there. */
WORLD_USED static void
world_start(struct world *w)
{
	struct core_conf conf = {.data_dir = w->dir,
				 .public_url = "http://127.0.0.1:8080",
				 .grace_ms = DAY_MS,
				 .make = true};
	struct note note = {""};
	int r = core_open(&conf, &w->core, &note);

	if (r != 0)
		printf("# %s\n", note.text);
	must(r, "core_open");
	w->a.core = w->b.core = w->core;
}

WORLD_USED static void
world_stop(struct world *w)
{
	core_free(TAKE(w->core));
}

/* One round of collection. */
WORLD_USED static int
world_collect(struct world *w)
{
	struct collected sum = {0};
	bool more;

	return collect_round(w->core, &sum, &more);
}

WORLD_USED static void
world_enter(struct world *w, const struct secret *key, struct visit *ret)
{
	struct proof proof = {.kind = PROOF_BASIC,
			      .user = STR("iamapikey"),
			      .secret = secret_reveal(key),
			      .addr = STR("192.0.2.1")};

	*ret = (struct visit){.core = w->core, .verb = VERB_IMAGE_PUSH};
	must(gate_prove(w->core, &proof, &ret->who), "gate_prove");
	memcpy(ret->account, ret->who.account, sizeof(ret->account));
}

WORLD_USED static void
world_open(struct world *w)
{
	struct first first = {.slug = STR("anna"),
			      .email = STR("anna@example.org"),
			      .key_name = STR("first")};
	struct account_ask ask = {.slug = STR("berta"),
				  .name = STR("Berta"),
				  .owner_email = STR("berta@example.org"),
				  .owner_name = STR("Berta")};
	CLEAN(secret_clear) struct secret key = SECRET_INIT;
	CLEAN(secret_clear) struct secret other = SECRET_INIT;
	struct account account;
	bool made;

	*w = (struct world){.dir = "/tmp/latchkey-core-XXXXXX"};
	must(mkdtemp(w->dir) == NULL ? -1 : 0, "mkdtemp");
	arena_init(&w->arena, 64 * MIB);
	world_start(w);
	must(account_first(w->core, &first, &key), "account_first");
	world_enter(w, &key, &w->a);
	must(account_create(&w->a, &ask, &w->arena, &account, &other, NULL),
	     "account_create");
	world_enter(w, &other, &w->b);
	must(namespace_add(&w->a, REGION, STR("birds"), &made), "birds");
	must(namespace_add(&w->b, REGION, STR("stones"), &made), "stones");
}

WORLD_USED static void
world_close(struct world *w)
{
	world_stop(w);
	arena_clear(&w->arena);
	(void)nftw(w->dir, world_remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

/* Somebody else in the first account, who holds these roles there. */
WORLD_USED static void
world_user(struct world *w, const char *email, unsigned roles,
	   struct visit *ret)
{
	struct user_ask ask = {
	    .email = str_c(email), .name = str_c(email), .roles = roles};
	struct api_key_ask key = {.name = STR("key"),
				  .account = str_c(w->a.account)};
	CLEAN(secret_clear) struct secret value = SECRET_INIT;
	struct api_key made;
	struct user user;

	must(user_create(&w->a, &ask, &w->arena, &user, NULL), "user_create");
	key.identity = user.id;
	must(api_key_create(&w->a, &key, &w->arena, &made, &value, NULL),
	     "api_key_create");
	world_enter(w, &value, ret);
}

/* --- words --- */

WORLD_USED static struct place
in(const char *repo)
{
	return (struct place){.region = REGION, .name = str_c(repo)};
}

WORLD_USED static struct str
digest_by(struct world *w, enum digest_kind kind, struct str bytes)
{
	char text[DIGEST_TEXT_MAX];

	hasher_text(kind, bytes, text);
	return arena_strf(&w->arena, "%s", text);
}

WORLD_USED static struct str
digest_of(struct world *w, struct str bytes)
{
	return digest_by(w, DIGEST_SHA256, bytes);
}

/* A blob in one go. */
WORLD_USED static int
put_blob(const struct visit *by, const char *repo, struct str bytes,
	 struct str digest)
{
	CLEAN(upload_drop) struct upload u = UPLOAD_INIT;
	struct place at = in(repo);
	int r = upload_begin(by, &at, DIGEST_SHA256, &u);

	if (r == 0)
		r = upload_write(&u, bytes.p, bytes.n);
	return r != 0 ? r : upload_finish(&u, digest);
}

WORLD_USED static struct str
blob(struct world *w, const struct visit *by, const char *repo,
     struct str bytes)
{
	struct str digest = digest_of(w, bytes);

	must(put_blob(by, repo, bytes, digest), "put_blob");
	return digest;
}

/* {"mediaType":...,"digest":...,"size":n} */
WORLD_USED static struct str
descriptor(struct world *w, const char *type, struct str digest, size_t size)
{
	return arena_strf(&w->arena,
			  "{\"mediaType\":\"%s\",\"digest\":\"%.*s\","
			  "\"size\":%zu}",
			  type, STR_ARG(digest), size);
}

struct pushed {
	struct manifest_put put;
	struct note note;
};

WORLD_USED static int
push(struct world *w, const struct visit *by, const char *repo, const char *ref,
     const char *type, struct str body, struct pushed *ret)
{
	struct manifest_ask ask = {.at = in(repo),
				   .ref = str_c(ref),
				   .media_type = str_c(type),
				   .body = body};
	struct pushed none;

	if (ret == NULL)
		ret = &none;
	*ret = (struct pushed){.note = {""}};
	return manifest_push(by, &ask, &w->arena, &ret->put, &ret->note);
}

/* An image of one layer and a config, both pushed. */
WORLD_USED static struct str
image(struct world *w, const struct visit *by, const char *repo,
      struct str config, struct str layer)
{
	struct str c = blob(w, by, repo, config);
	struct str l = blob(w, by, repo, layer);

	c = descriptor(w, OCI_CONFIG, c, config.n);
	l = descriptor(w, OCI_LAYER, l, layer.n);
	return arena_strf(&w->arena,
			  "{\"schemaVersion\":2,\"mediaType\":\"" OCI_MANIFEST
			  "\",\"config\":%.*s,\"layers\":[%.*s]}\n",
			  STR_ARG(c), STR_ARG(l));
}

/* What a reference gives, or "" when it is absent. */
WORLD_USED static struct str
body_of(struct world *w, const char *repo, struct str ref)
{
	CLEAN(buf_clear) struct buf body = BUF_INIT;
	struct place at = in(repo);
	struct manifest m;
	int r = manifest_get(w->core, &at, ref, &w->arena, &m, &body);

	if (r == OUT_ABSENT)
		return STR("");
	must(r, "manifest_get");
	return arena_str(&w->arena, buf_str(&body));
}

struct names {
	char text[4096];
	size_t n;
	bool more;
};

WORLD_USED static int
names_add(void *arg, struct str name)
{
	struct names *l = arg;

	l->n += (size_t)snprintf(l->text + l->n, sizeof(l->text) - l->n,
				 "%s%.*s", l->n > 0 ? " " : "", STR_ARG(name));
	return l->n < sizeof(l->text) ? 0 : -1;
}

WORLD_USED static struct str
tags_of(struct world *w, const char *repo, const char *last, int64_t limit,
	struct names *l)
{
	struct place at = in(repo);

	*l = (struct names){0};
	must(tag_each(w->core, &at, str_c(last), limit, names_add, l, &l->more),
	     "tag_each");
	return str_c(l->text);
}

WORLD_USED static struct str
repos_of(struct world *w, const struct visit *by, const char *last,
	 int64_t limit, struct names *l)
{
	*l = (struct names){0};
	must(repo_each(w->core, &by->who, REGION, str_c(last), limit, names_add,
		       l, &l->more),
	     "repo_each");
	return str_c(l->text);
}

#endif
