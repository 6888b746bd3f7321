/*
 * The core: what exists, who may do what, and what happened. It names no
 * protocol. One struct core per program holds the rooms below together.
 */
#ifndef CORE_CORE_H
#define CORE_CORE_H

#include "base/buf.h"
#include "base/arena.h"
#include "base/out.h"
#include "base/str.h"

#include <stdint.h>

#define ACCOUNT_ID_LEN 32
#define IDENTITY_ID_MAX 50 /* iam-ServiceId-<uuid> */
#define SERVICE_ID_HEAD "iam-ServiceId-"
#define CRED_ID_MAX 48
#define REGION_NAME_MAX 32
#define REGIONS_MAX 16
#define REGION_WORDS_MAX 8

#define PAGE_DEFAULT 100 /* lists: rows when nothing is asked for */
#define PAGE_MAX 1000    /* lists: rows at most */
/* How many rows a list reads of which limit are asked for: 0 and less is the
 * default. */
static inline int64_t
page_bound(int64_t limit)
{
	if (limit <= 0)
		return PAGE_DEFAULT;
	return limit > PAGE_MAX ? PAGE_MAX : limit;
}

/* A registry endpoint with its own namespaces, images and registry tokens. */
struct region {
	char name[REGION_NAME_MAX + 1];
	char alias[REGION_WORDS_MAX][REGION_NAME_MAX + 1]; /* old names */
	size_t n_alias;
	char host[REGION_WORDS_MAX][256]; /* host or host:port, lower case */
	size_t n_host;
};

struct core_conf {
	const char *data_dir;
	const struct region *regions; /* the first is the default */
	size_t n_regions;
	const char *public_url; /* "http://127.0.0.1:8080", no slash at the end */
	bool make;              /* a fresh installation may be made */
	bool look;              /* see core_open() */
	struct vault *vault;    /* the core's from then on, begun or to be begun
	                         * (crypt/vault.h) by whoever gives it; NULL: one
	                         * in this process */
	int64_t grace_ms;       /* core/collect.h; may be 0 */
	int64_t bin_ms;         /* core/bin.h; 0: no bin */
	int64_t bin_max;        /* bytes of an account's bin; 0: core/bin.h */
};

struct core {
	struct db *db;
	struct blob_store *blobs;
	struct keys *keys;     /* of blobs to be */
	struct youngs *youngs; /* uploads without bytes */
	struct vault *vault;
	struct gate *gate;
	struct audit *audit;
	struct quotas *quotas;
	struct collector *collector;
	int64_t grace_ms, bin_ms, bin_max;
	struct region regions[REGIONS_MAX];
	size_t n_regions;
	char public_url[256]; /* set before doors open, then constant */
	char ssh_host[256];   /* for clone URLs; "": no SSH here. Likewise */
	unsigned ssh_port;
	char boot[37];        /* the kernel's boot id */
	char node[33];        /* this installation's id, kept in DATA/node */
	char data_dir[4096];
};

/* Opens database, blobs, vault; starts the trail's writer; key pairs whose
 * private half was under way when it ended last become dead. 0; OUT_ABSENT when
 * there is nothing and make is false; OUT_BUSY when another daemon holds the
 * data; OUT_UNSUPPORTED newer data; -errno. look: no more than to see that what is
 * on disk can be opened, and to bring it up to date; core_free() is all that such a
 * core is good for. */
MUST int core_open(const struct core_conf *, struct core **ret, struct note *);
void core_free(struct core *);
DEFINE_FREEP(core)

/* The region that a Host value (may carry a port) names, or NULL. */
const struct region *core_region_of_host(const struct core *, struct str host);
/* By name or old name; NULL when unknown. */
const struct region *core_region_by_name(const struct core *, struct str);
/* Add a host name that the default region answers to (the bound address). */
void core_add_host(struct core *, const char *host);

/* House-keeping of a running daemon: expired sessions and tokens. One bounded
 * round; called about once a minute by the server room, as collect_round is. */
MUST int core_tidy(struct core *);
/* Check the invariants; prints a line per invariant through say(). Returns 0
 * or OUT_MISMATCH when one does not hold. deep: hash every blob again. */
MUST int core_verify(struct core *, bool deep,
    void (*say)(void *, const char *line), void *arg);

#endif
