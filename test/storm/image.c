#include "storm.h"

#include <openssl/evp.h>
#include <stdio.h>
#include <string.h>

unsigned
chance(struct client *c, unsigned n)
{
	c->seed ^= c->seed << 13;
	c->seed ^= c->seed >> 7;
	c->seed ^= c->seed << 17;
	return (unsigned)(c->seed >> 33) % n;
}

int
some_blob(struct client *c)
{
	return (int)chance(c, chance(c, 2) == 0 ? BLOBS_HOT : BLOBS);
}

void
digest_of(const void *p, size_t n, char ret[DIGEST_LEN])
{
	unsigned char sum[32];
	char *at = ret + snprintf(ret, DIGEST_LEN, "sha256:");

	if (EVP_Digest(p, n, sum, NULL, EVP_sha256(), NULL) != 1)
		die("digest");
	for (size_t i = 0; i < sizeof(sum); i++)
		at += snprintf(at, 3, "%02x", sum[i]);
}

void
blobs_make(void)
{
	for (int i = 0; i < BLOBS; i++) {
		struct blob *b = &world.blobs[i];
		size_t whole = 50 + (size_t)i * (BLOB_MAX - 100) / BLOBS;

		while (b->n < whole)
			b->n += (size_t)snprintf(b->bytes + b->n,
						 sizeof(b->bytes) - b->n,
						 "blob %d at %zu\n", i, b->n);
		digest_of(b->bytes, b->n, b->digest);
	}
}

/* --- blobs --- */

static bool
upload_at(struct client *c, const char *location, const struct blob *b)
{
	char path[1200];
	const char *p = strstr(location, "://");

	p = p != NULL ? strchr(p + 3, '/') : location;
	if (p == NULL)
		return false;
	(void)snprintf(path, sizeof(path), "%s%cdigest=%s", p,
		       strchr(p, '?') != NULL ? '&' : '?', b->digest);
	return ask(c, "PUT", path, "application/octet-stream", b->bytes,
		   b->n) &&
	       c->status == 201;
}

static bool
upload(struct client *c, int repo, const struct blob *b)
{
	char path[256];

	if (chance(c, 3) > 0) {
		(void)snprintf(path, sizeof(path),
			       "/v2/birds/r%d/blobs/uploads/?digest=%s", repo,
			       b->digest);
		return ask(c, "POST", path, "application/octet-stream",
			   b->bytes, b->n) &&
		       c->status == 201;
	}
	(void)snprintf(path, sizeof(path), "/v2/birds/r%d/blobs/uploads/",
		       repo);
	return ask(c, "POST", path, NULL, "", 0) && c->status == 202 &&
	       field(c, "location") != NULL &&
	       upload_at(c, field(c, "location"), b);
}

bool
put_blob(struct client *c, int repo, const struct blob *b, bool surely)
{
	char path[512];

	(void)snprintf(path, sizeof(path), "/v2/birds/r%d/blobs/%s", repo,
		       b->digest);
	if (!surely && chance(c, 2) == 0 && get(c, "HEAD", path) == 200) {
		atomic_fetch_add(&count.known, 1);
		return true;
	}
	if (surely || chance(c, 2) == 0)
		return upload(c, repo, b);
	(void)snprintf(path, sizeof(path),
		       "/v2/birds/r%d/blobs/uploads/?mount=%s&from=birds/r%u",
		       repo, b->digest, chance(c, REPOS));
	if (!ask(c, "POST", path, NULL, "", 0))
		return false;
	if (c->status == 201) {
		atomic_fetch_add(&count.mounted, 1);
		return true;
	}
	return c->status == 202 && field(c, "location") != NULL &&
	       upload_at(c, field(c, "location"), b);
}

/* --- images --- */

size_t
manifest_of(const struct image *m, char ret[4096])
{
	size_t n = (size_t)snprintf(
	    ret, 4096,
	    "{\"schemaVersion\":2,\"mediaType\":\"" MANIFEST_TYPE "\","
	    "\"config\":{\"mediaType\":\"application/octet-stream\","
	    "\"digest\":\"%s\",\"size\":%zu},\"layers\":[",
	    world.blobs[m->config].digest, world.blobs[m->config].n);

	for (int i = 0; i < m->n_layers; i++)
		n += (size_t)snprintf(
		    ret + n, 4096 - n,
		    "%s{\"mediaType\":"
		    "\"application/vnd.oci.image.layer.v1.tar\","
		    "\"digest\":\"%s\",\"size\":%zu}",
		    i > 0 ? "," : "", world.blobs[m->layers[i]].digest,
		    world.blobs[m->layers[i]].n);
	n += (size_t)snprintf(ret + n, 4096 - n, "],");
	if (m->subject[0] != '\0')
		n += (size_t)snprintf(
		    ret + n, 4096 - n,
		    "\"artifactType\":\"application/x.storm\",\"subject\":"
		    "{\"mediaType\":\"" MANIFEST_TYPE "\",\"digest\":\"%s\","
		    "\"size\":7},",
		    m->subject);
	n += (size_t)snprintf(ret + n, 4096 - n,
			      "\"annotations\":{\"storm\":\"%u-%u\"}}",
			      m->client, m->number);
	return n;
}

void
manifest_digest(const struct image *m, char ret[DIGEST_LEN])
{
	char text[4096];

	digest_of(text, manifest_of(m, text), ret);
}

bool
same(const struct image *a, const struct image *b)
{
	return a->number == b->number;
}

void
tag_path(const struct client *c, int repo, int slot, char ret[256])
{
	(void)snprintf(ret, 256, "/v2/birds/r%d/manifests/c%u-t%d", repo, c->id,
		       slot);
}

void
set(struct slot *s, const struct image *m)
{
	*s = (struct slot){.now = *m};
}

void
unsure(struct slot *s, const struct image *m)
{
	s->unsure = true;
	if (m == NULL)
		s->or_none = true;
	else
		s->perhaps = *m;
}

void
resolve(struct client *c, int repo, int slot)
{
	static const struct image none;
	struct slot *s = &c->slots[repo][slot];
	char path[256], now[4096], perhaps[4096];
	size_t n_now, n_perhaps;
	int status;

	if (!s->unsure)
		return;
	tag_path(c, repo, slot, path);
	status = get(c, "GET", path);
	n_now = manifest_of(&s->now, now);
	n_perhaps = manifest_of(&s->perhaps, perhaps);
	atomic_fetch_add(&count.resolved, 1);
	if (status == 404 && (s->or_none || s->now.number == 0))
		set(s, &none);
	else if (status == 200 && s->perhaps.number != 0 &&
		 c->body_n == n_perhaps &&
		 memcmp(c->body, perhaps, n_perhaps) == 0) {
		const struct image m = s->perhaps;

		set(s, &m);
	} else if (status == 200 && s->now.number != 0 && c->body_n == n_now &&
		   memcmp(c->body, now, n_now) == 0)
		s->unsure = s->or_none = false;
	else {
		lost(c, "r%d tag %d is none of what it can be", repo, slot);
		set(s, &none);
	}
}

void
pull(struct client *c, int repo, int slot)
{
	const struct image *m = &c->slots[repo][slot].now;
	char path[256], text[4096];
	size_t n = manifest_of(m, text);

	tag_path(c, repo, slot, path);
	if (get(c, "GET", path) != 200 || c->body_n != n ||
	    memcmp(c->body, text, n) != 0) {
		lost(c, "manifest of r%d tag %d", repo, slot);
		return;
	}
	for (int i = -1; i < m->n_layers; i++) {
		const struct blob *b =
		    &world.blobs[i < 0 ? m->config : m->layers[i]];

		(void)snprintf(path, sizeof(path), "/v2/birds/r%d/blobs/%s",
			       repo, b->digest);
		if (get(c, "GET", path) != 200 || c->body_n != b->n ||
		    memcmp(c->body, b->bytes, b->n) != 0)
			lost(c, "blob %s of r%d tag %d", b->digest, repo, slot);
	}
	if (m->subject[0] != '\0') {
		char digest[DIGEST_LEN];

		manifest_digest(m, digest);
		(void)snprintf(path, sizeof(path), "/v2/birds/r%d/referrers/%s",
			       repo, m->subject);
		if (get(c, "GET", path) != 200 ||
		    strstr(c->body, digest) == NULL)
			lost(c, "referrer %s in r%d", digest, repo);
	}
	atomic_fetch_add(&count.pulled, 1);
}
