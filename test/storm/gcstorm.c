/*
 * gcstorm HOST:PORT USER:SECRET SECONDS CLIENTS SEED: clients of a registry
 * that is killed and started again, and collects all the time what nothing
 * needs. Each pushes, mounts, moves tags, refers, deletes, and pulls; they
 * share blobs and repositories, and each has tags and manifests of its own, so
 * that it knows what must be there: what it was told is done, and either of
 * both when the answer was lost.
 *
 * What must be there and is not, whole and with the right bytes, is printed
 * as "lost: ..."; the last line has counts. Exit status: 0 nothing was lost and
 * everything was tried; 1 otherwise; 2 wrong usage.
 */
#include "storm.h"

#include <arpa/inet.h>
#include <openssl/evp.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MORE_S 120 /* until everything was tried once */

/* --- what clients do --- */

static void
image_make(struct client *c, int repo, struct image *ret)
{
	struct image m = {.client = c->id, .number = ++c->numbers};
	const struct image *other = &c->slots[repo][chance(c, SLOTS)].now;

	m.config = some_blob(c);
	m.n_layers = 1 + (int)chance(c, LAYERS_MAX);
	for (int i = 0; i < m.n_layers; i++)
		m.layers[i] = some_blob(c);
	if (other->number != 0 && chance(c, 4) == 0)
		manifest_digest(other, m.subject);
	*ret = m;
}

static bool
blobs_put(struct client *c, int repo, const struct image *m, bool surely)
{
	bool all = put_blob(c, repo, &world.blobs[m->config], surely);

	for (int i = 0; all && i < m->n_layers; i++)
		all = put_blob(c, repo, &world.blobs[m->layers[i]], surely);
	return all;
}

/* With or without the blobs first. 0: the answer was lost, else the status. */
static int
manifest_put(struct client *c, int repo, int slot, const struct image *m)
{
	char path[256], text[4096];
	size_t n = manifest_of(m, text);

	tag_path(c, repo, slot, path);
	if (ask(c, "PUT", path, MANIFEST_TYPE, text, n))
		return c->status;
	unsure(&c->slots[repo][slot], m);
	return 0;
}

/* By digest: all tags of it go. Nobody else has this manifest. */
static void
delete_image(struct client *c, int repo, const struct image *which)
{
	static const struct image none;
	const struct image m = *which;
	char path[256], digest[DIGEST_LEN];
	bool answered;

	if (m.number == 0)
		return;
	for (int i = 0; i < SLOTS; i++)
		resolve(c, repo, i);
	manifest_digest(&m, digest);
	(void)snprintf(path, sizeof(path), "/v2/birds/r%d/manifests/%s", repo,
		       digest);
	answered = ask(c, "DELETE", path, NULL, "", 0);
	if (answered && c->status != 202)
		lost(c, "delete in r%d: %.*s", repo, (int)c->body_n, c->body);
	for (int i = 0; i < SLOTS; i++) {
		struct slot *s = &c->slots[repo][i];

		if (s->now.number == 0 || !same(&s->now, &m))
			continue;
		if (answered)
			set(s, &none);
		else
			unsure(s, NULL);
	}
	atomic_fetch_add(&count.deleted, 1);
}

static bool
is_tagged(const struct client *c, int repo, const struct image *m)
{
	for (int i = 0; i < SLOTS; i++)
		if (same(&c->slots[repo][i].now, m) ||
		    same(&c->slots[repo][i].perhaps, m))
			return true;
	return false;
}

/* A tag was moved or went: most of what has no other is deleted. The rest stays
 * for ever, since nobody collects what is only untagged. */
static void
tidy(struct client *c, int repo, const struct image *m)
{
	if (m->number != 0 && !is_tagged(c, repo, m) && chance(c, 50) > 0)
		delete_image(c, repo, m);
}

static void
push(struct client *c, int repo, int slot)
{
	const struct image before = c->slots[repo][slot].now;
	struct image m;

	image_make(c, repo, &m);
	for (int i = 0; i < TRIES; i++) {
		int status;

		if (!blobs_put(c, repo, &m, i > 2))
			continue;
		status = manifest_put(c, repo, slot, &m);
		if (status == 201) {
			set(&c->slots[repo][slot], &m);
			atomic_fetch_add(&count.pushed, 1);
			if (m.subject[0] != '\0')
				atomic_fetch_add(&count.referrers, 1);
			tidy(c, repo, &before);
			return;
		}
		if (status == 0)
			return;
		if (strstr(c->body, "MANIFEST_BLOB_UNKNOWN") == NULL)
			lost(c, "push to r%d: %.*s", repo, (int)c->body_n,
			     c->body);
		atomic_fetch_add(&count.retried, 1);
	}
	atomic_fetch_add(&count.given_up, 1);
}

/* The same manifest, which is there, under another tag: nothing is pushed. */
static void
retag(struct client *c, int repo, int slot)
{
	const struct image m = c->slots[repo][slot].now;
	struct image before;
	int to = (int)chance(c, SLOTS), status;

	resolve(c, repo, to);
	if (m.number == 0)
		return;
	before = c->slots[repo][to].now;
	status = manifest_put(c, repo, to, &m);
	if (status == 201) {
		set(&c->slots[repo][to], &m);
		atomic_fetch_add(&count.retagged, 1);
		tidy(c, repo, &before);
	} else if (status != 0)
		lost(c, "tag r%d again: %.*s", repo, (int)c->body_n, c->body);
}

static void
untag(struct client *c, int repo, int slot)
{
	static const struct image none;
	struct slot *s = &c->slots[repo][slot];
	const struct image before = s->now;
	char path[256];

	if (s->now.number == 0)
		return;
	tag_path(c, repo, slot, path);
	if (!ask(c, "DELETE", path, NULL, "", 0)) {
		unsure(s, NULL);
		return;
	}
	if (c->status != 202)
		lost(c, "untag r%d: %.*s", repo, (int)c->body_n, c->body);
	set(s, &none);
	atomic_fetch_add(&count.untagged, 1);
	tidy(c, repo, &before);
}

/* What is needed may not be unlinked; which is what pulls find out. */
static void
unlink_one(struct client *c, int repo)
{
	const struct blob *b = &world.blobs[some_blob(c)];
	char path[256];

	if (!put_blob(c, repo, b, true))
		return;
	(void)snprintf(path, sizeof(path), "/v2/birds/r%d/blobs/%s", repo,
		       b->digest);
	if (ask(c, "DELETE", path, NULL, "", 0) && c->status == 202)
		atomic_fetch_add(&count.unlinked, 1);
}

static void
act(struct client *c)
{
	int repo = (int)chance(c, REPOS), slot = (int)chance(c, SLOTS);

	resolve(c, repo, slot);
	switch (chance(c, 10)) {
	case 0:
	case 1:
	case 2:
	case 3:
		push(c, repo, slot);
		break;
	case 4:
		retag(c, repo, slot);
		break;
	case 5:
		untag(c, repo, slot);
		break;
	case 6:
		delete_image(c, repo, &c->slots[repo][slot].now);
		break;
	case 7:
		unlink_one(c, repo);
		break;
	default:
		if (c->slots[repo][slot].now.number != 0)
			pull(c, repo, slot);
	}
}

/* Each of what clients do was done at least once. */
static bool
tried(void)
{
	return count.pushed > 0 && count.mounted > 0 && count.known > 0 &&
	       count.retagged > 0 && count.deleted > 0 && count.untagged > 0 &&
	       count.referrers > 0 && count.unlinked > 0 && count.pulled > 0;
}

static void *
client_run(void *arg)
{
	struct client *c = arg;

	c->reply = malloc(REPLY_MAX + 1);
	if (c->reply == NULL)
		die("malloc");
	/* A slow machine gets more time. */
	while (time(NULL) < world.end ||
	       (!tried() && time(NULL) < world.end + MORE_S))
		act(c);
	for (int repo = 0; repo < REPOS; repo++)
		for (int slot = 0; slot < SLOTS; slot++) {
			resolve(c, repo, slot);
			if (c->slots[repo][slot].now.number != 0)
				pull(c, repo, slot);
		}
	hang_up(c);
	free(c->reply);
	return NULL;
}

/* --- all of them --- */

static void
auth_make(const char *text)
{
	if (strlen(text) > 300)
		die("a credential that is too long");
	(void)EVP_EncodeBlock((unsigned char *)world.auth,
			      (const unsigned char *)text, (int)strlen(text));
}

static bool
address_read(char *text)
{
	char *colon = strrchr(text, ':');

	if (colon == NULL)
		return false;
	*colon = '\0';
	world.to.sin_family = AF_INET;
	world.to.sin_port = htons((uint16_t)strtoul(colon + 1, NULL, 10));
	return inet_pton(AF_INET, text, &world.to.sin_addr) == 1;
}

static bool
summary(void)
{
	printf("pushed=%lu retried=%lu given_up=%lu mounted=%lu known=%lu "
	       "retagged=%lu deleted=%lu untagged=%lu referrers=%lu "
	       "unlinked=%lu pulled=%lu resolved=%lu lost=%lu\n",
	       count.pushed, count.retried, count.given_up, count.mounted,
	       count.known, count.retagged, count.deleted, count.untagged,
	       count.referrers, count.unlinked, count.pulled, count.resolved,
	       count.lost);
	return tried() && count.lost == 0;
}

int
main(int argc, char **argv)
{
	static struct client clients[CLIENTS_MAX];
	pthread_t threads[CLIENTS_MAX];
	unsigned long n;

	n = argc == 6 ? strtoul(argv[4], NULL, 10) : 0;
	if (n == 0 || n > CLIENTS_MAX || !address_read(argv[1])) {
		fprintf(stderr, "usage: gcstorm HOST:PORT USER:SECRET SECONDS "
				"CLIENTS SEED\n");
		return 2;
	}
	auth_make(argv[2]);
	world.end = time(NULL) + (time_t)strtoul(argv[3], NULL, 10);
	blobs_make();
	for (unsigned i = 0; i < n; i++) {
		clients[i].id = i;
		clients[i].fd = -1;
		clients[i].seed = (strtoul(argv[5], NULL, 10) + 1) * (i + 1) *
				  0x9e3779b97f4a7c15U;
		if (pthread_create(&threads[i], NULL, client_run,
				   &clients[i]) != 0)
			die("pthread_create");
	}
	for (unsigned i = 0; i < n; i++)
		(void)pthread_join(threads[i], NULL);
	return summary() ? 0 : 1;
}
