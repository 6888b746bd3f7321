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
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <openssl/evp.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#define BLOBS	    256 /* that there are, in all repositories */
#define BLOBS_HOT   16	/* every other one that is chosen is of these */
#define BLOB_MAX    24000
#define REPOS	    4
#define SLOTS	    3 /* tags of a client in a repository */
#define LAYERS_MAX  3
#define CLIENTS_MAX 64
#define REPLY_MAX   (1 << 20)
#define DIGEST_LEN  72 /* "sha256:", 64 digits, NUL */
#define TRIES	    40 /* of one push, when collection was quicker */
#define AWAY_S	    60 /* for the server to be back */

#define MANIFEST_TYPE "application/vnd.oci.image.manifest.v1+json"

struct blob {
	char bytes[BLOB_MAX];
	size_t n;
	char digest[DIGEST_LEN];
};

/* What a client pushes under a tag: everything follows from these. */
struct image {
	unsigned client, number; /* number 0: none */
	int config, layers[LAYERS_MAX], n_layers;
	char subject[DIGEST_LEN]; /* or "" */
};

struct slot {
	struct image now; /* what the tag names */
	bool unsure;	  /* or this, or nothing at all */
	bool or_none;
	struct image perhaps;
};

struct client {
	unsigned id, numbers;
	uint64_t seed;
	int fd;
	struct slot slots[REPOS][SLOTS];
	char *reply; /* head and body of the last one */
	int status;
	const char *head, *body;
	size_t body_n;
};

static struct {
	struct sockaddr_in to;
	char auth[512];
	struct blob blobs[BLOBS];
	time_t end;
} world;

static struct {
	atomic_ulong pushed, retried, given_up, mounted, known, retagged,
	    deleted, untagged, referrers, unlinked, pulled, resolved, lost;
} count;

static void
die(const char *what)
{
	perror(what);
	exit(1);
}

static void lost(const struct client *, const char *, ...)
    __attribute__((format(printf, 2, 3)));

static void
lost(const struct client *c, const char *fmt, ...)
{
	char text[512];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	printf("lost: client %u: %s (status %d)\n", c->id, text, c->status);
	(void)fflush(stdout);
	atomic_fetch_add(&count.lost, 1);
}

static unsigned
chance(struct client *c, unsigned n)
{
	c->seed ^= c->seed << 13;
	c->seed ^= c->seed >> 7;
	c->seed ^= c->seed << 17;
	return (unsigned)(c->seed >> 33) % n;
}

static int
some_blob(struct client *c)
{
	return (int)chance(c, chance(c, 2) == 0 ? BLOBS_HOT : BLOBS);
}

static void
digest_of(const void *p, size_t n, char ret[DIGEST_LEN])
{
	unsigned char sum[32];
	char *at = ret + snprintf(ret, DIGEST_LEN, "sha256:");

	if (EVP_Digest(p, n, sum, NULL, EVP_sha256(), NULL) != 1)
		die("digest");
	for (size_t i = 0; i < sizeof(sum); i++)
		at += snprintf(at, 3, "%02x", sum[i]);
}

static void
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

/* --- HTTP: one connection a client, made again when it ends --- */

static void
hang_up(struct client *c)
{
	if (c->fd >= 0)
		(void)close(c->fd);
	c->fd = -1;
}

static bool
dial(struct client *c)
{
	const struct timeval wait = {.tv_sec = 20};

	c->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (c->fd < 0)
		die("socket");
	(void)setsockopt(c->fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof(wait));
	(void)setsockopt(c->fd, SOL_SOCKET, SO_SNDTIMEO, &wait, sizeof(wait));
	if (connect(c->fd, (const struct sockaddr *)&world.to,
		    sizeof(world.to)) == 0)
		return true;
	hang_up(c);
	return false;
}

/* Until the server is there. */
static void
come_back(struct client *c)
{
	for (int i = 0; i < AWAY_S * 50; i++) {
		if (c->fd >= 0 || dial(c))
			return;
		(void)usleep(20000);
	}
	printf("lost: the server did not come back\n");
	exit(1);
}

static bool
send_all(int fd, const char *p, size_t n)
{
	while (n > 0) {
		ssize_t sent = send(fd, p, n, MSG_NOSIGNAL);

		if (sent <= 0)
			return false;
		p += sent;
		n -= (size_t)sent;
	}
	return true;
}

/* The value of a field of the last reply, or NULL; ended where its line is. */
static const char *
field(const struct client *c, const char *name)
{
	static _Thread_local char value[1024];
	size_t n = strlen(name);

	for (const char *line = strchr(c->head, '\n'); line != NULL;
	     line = strchr(line, '\n')) {
		line++;
		if (strncasecmp(line, name, n) != 0 || line[n] != ':')
			continue;
		line += n + 1;
		line += strspn(line, " ");
		(void)snprintf(value, sizeof(value), "%.*s",
			       (int)strcspn(line, "\r\n"), line);
		return value;
	}
	return NULL;
}

static bool
read_reply(struct client *c, bool no_body)
{
	size_t n = 0, want = 0;
	char *end = NULL;

	for (;;) {
		ssize_t got = recv(c->fd, c->reply + n, REPLY_MAX - n, 0);

		if (got <= 0)
			return false;
		n += (size_t)got;
		c->reply[n] = '\0';
		if (end == NULL && (end = strstr(c->reply, "\r\n\r\n"))) {
			const char *length;

			end[2] = '\0';
			c->head = c->reply;
			c->body = end + 4;
			length = field(c, "content-length");
			want = length == NULL || no_body
				   ? 0
				   : strtoul(length, NULL, 10);
			if (want > REPLY_MAX / 2)
				die("a reply that is too long");
		}
		if (end == NULL)
			continue;
		c->body_n = n - (size_t)(c->body - c->reply);
		if (c->body_n >= want)
			return sscanf(c->reply, "HTTP/1.%*d %d", &c->status) ==
			       1;
	}
}

static bool
answer_once(struct client *c, const char *method, const char *path,
	    const char *type, const char *body, size_t n)
{
	char head[2048];
	const char *close_it;
	int len =
	    snprintf(head, sizeof(head),
		     "%s %s HTTP/1.1\r\nHost: %s:%u\r\n"
		     "Authorization: Basic %s\r\nContent-Length: %zu\r\n"
		     "%s%s%s\r\n",
		     method, path, inet_ntoa(world.to.sin_addr),
		     ntohs(world.to.sin_port), world.auth, n,
		     type != NULL ? "Content-Type: " : "",
		     type != NULL ? type : "", type != NULL ? "\r\n" : "");

	if (len < 0 || len >= (int)sizeof(head))
		die("a request that is too long");
	if (!send_all(c->fd, head, (size_t)len) || !send_all(c->fd, body, n) ||
	    !read_reply(c, strcmp(method, "HEAD") == 0)) {
		hang_up(c);
		return false;
	}
	close_it = field(c, "connection");
	if (close_it != NULL && strcasecmp(close_it, "close") == 0)
		hang_up(c);
	return true;
}

/* False: no answer came. What the server cannot do now (503, 429) was not done,
 * and is asked again. */
static bool
ask(struct client *c, const char *method, const char *path, const char *type,
    const char *body, size_t n)
{
	for (int i = 0; i < 500; i++) {
		c->status = 0;
		come_back(c);
		if (!answer_once(c, method, path, type, body, n))
			return false;
		if (c->status > 503 || c->status == 500)
			lost(c, "%s %s: %.*s", method, path, (int)c->body_n,
			     c->body);
		if (c->status != 503 && c->status != 429)
			return true;
		(void)usleep(20000);
	}
	return true;
}

/* What may be asked twice is, until it is answered. */
static int
get(struct client *c, const char *method, const char *path)
{
	while (!ask(c, method, path, NULL, "", 0))
		;
	return c->status;
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

static bool
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

static size_t
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

static void
manifest_digest(const struct image *m, char ret[DIGEST_LEN])
{
	char text[4096];

	digest_of(text, manifest_of(m, text), ret);
}

static bool
same(const struct image *a, const struct image *b)
{
	return a->number == b->number;
}

static void
tag_path(const struct client *c, int repo, int slot, char ret[256])
{
	(void)snprintf(ret, 256, "/v2/birds/r%d/manifests/c%u-t%d", repo, c->id,
		       slot);
}

static void
set(struct slot *s, const struct image *m)
{
	*s = (struct slot){.now = *m};
}

/* The answer was lost: it may have been done. */
static void
unsure(struct slot *s, const struct image *m)
{
	s->unsure = true;
	if (m == NULL)
		s->or_none = true;
	else
		s->perhaps = *m;
}

/* Which of the possible ones it is. */
static void
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

/* All of it: bytes of the manifest, and of each blob. */
static void
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
	char path[256];

	(void)snprintf(path, sizeof(path), "/v2/birds/r%d/blobs/%s", repo,
		       world.blobs[some_blob(c)].digest);
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

static void *
client_run(void *arg)
{
	struct client *c = arg;

	c->reply = malloc(REPLY_MAX + 1);
	if (c->reply == NULL)
		die("malloc");
	while (time(NULL) < world.end)
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
	bool tried = count.pushed > 0 && count.mounted > 0 && count.known > 0 &&
		     count.retagged > 0 && count.deleted > 0 &&
		     count.untagged > 0 && count.referrers > 0 &&
		     count.unlinked > 0 && count.pulled > 0;

	printf("pushed=%lu retried=%lu given_up=%lu mounted=%lu known=%lu "
	       "retagged=%lu deleted=%lu untagged=%lu referrers=%lu "
	       "unlinked=%lu pulled=%lu resolved=%lu lost=%lu\n",
	       count.pushed, count.retried, count.given_up, count.mounted,
	       count.known, count.retagged, count.deleted, count.untagged,
	       count.referrers, count.unlinked, count.pulled, count.resolved,
	       count.lost);
	return tried && count.lost == 0;
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
