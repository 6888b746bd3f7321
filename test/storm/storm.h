/*
 * What the parts of gcstorm share. http.c: one connection a client, made again
 * when it ends. image.c: blobs and images that follow from numbers, and what must
 * be there of them. gcstorm.c: what clients do.
 */
#ifndef STORM_H
#define STORM_H

#include <netinet/in.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

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

struct world {
	struct sockaddr_in to;
	char auth[512];
	struct blob blobs[BLOBS];
	time_t end;
};
extern struct world world;

struct count {
	atomic_ulong pushed, retried, given_up, mounted, known, retagged,
	    deleted, untagged, referrers, unlinked, pulled, resolved, lost;
};
extern struct count count;

void die(const char *what);
/* Something that must be there is not. */
void lost(const struct client *, const char *, ...)
    __attribute__((format(printf, 2, 3)));

/* --- http.c --- */

void hang_up(struct client *);
/* The value of a field of the last reply, or NULL; until the next one. */
const char *field(const struct client *, const char *name);
/* False: no answer came. What the server cannot do now (503, 429) was not done,
 * and is asked again. */
bool ask(struct client *, const char *method, const char *path,
    const char *type, const char *body, size_t n);
/* What may be asked twice is, until it is answered: the status. */
int get(struct client *, const char *method, const char *path);

/* --- image.c --- */

unsigned chance(struct client *, unsigned n); /* 0..n-1 */
int some_blob(struct client *);
void digest_of(const void *p, size_t n, char ret[DIGEST_LEN]);
void blobs_make(void);
/* surely: by an upload, whatever is said to be there. False: try again. */
bool put_blob(struct client *, int repo, const struct blob *, bool surely);
size_t manifest_of(const struct image *, char ret[4096]);
void manifest_digest(const struct image *, char ret[DIGEST_LEN]);
bool same(const struct image *, const struct image *);
void tag_path(const struct client *, int repo, int slot, char ret[256]);
void set(struct slot *, const struct image *);
/* The answer was lost: it may have been done. NULL: that the tag goes. */
void unsure(struct slot *, const struct image *);
/* Which of the possible ones it is. */
void resolve(struct client *, int repo, int slot);
/* All of it: bytes of the manifest, and of each blob. */
void pull(struct client *, int repo, int slot);

#endif
