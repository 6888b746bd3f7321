/*
 * Our own REST door: accounts, users, their keys, key pairs, servers, the trail,
 * and how the server is (/latchkey/v1, /healthz, /readyz, /metrics). Bodies are
 * strict JSON: a member that a route does not know is refused. doc/openapi.json
 * describes all of it; the tests hold the two against each other.
 *
 * Proof: an IAM access token as Bearer, or an API key as the Basic password of
 * the user iamapikey. Errors: {"error":{"code","message","request_id"}}.
 */
#ifndef DOOR_API_API_H
#define DOOR_API_API_H

#include "door/frame/frame.h"
#include "wire/keymaker.h"

#include <pthread.h>

/* A key pair that waits for being fetched. */
struct made_key {
	uint8_t blob[KEYMAKER_BLOB_MAX];
	size_t blob_len, text_len;
	int fd;
};

/* What only the program knows. All are called from any thread. */
struct api_host {
	const char *version;
	void *arg;
	bool (*ready)(void *arg);		  /* can requests be served? */
	void (*metrics)(void *arg, struct buf *); /* Prometheus lines */
	int64_t (*schema)(void *arg);		  /* of the database */
	/* More members of /latchkey/v1/status; or NULL. */
	void (*status)(void *arg, struct jw *);
	/* Have a key pair made by a process of its own: its public half, and a
	 * stream from which text_len bytes of the private half can be read
	 * once; the caller closes it. OUT_BUSY too many are being made;
	 * OUT_UNSUPPORTED not one that can be made, each with a note; -errno.
	 * NULL: this program makes none. */
	int (*key_make)(void *arg, const struct keymaker_order *,
			struct made_key *ret, struct note *);
};

/* Key pairs that are on their way out, private half and all. */
#define API_MAKINGS_MAX		16 /* at once: 503 */
#define API_MAKINGS_ACCOUNT_MAX 4  /* of them in one account: 429 */
#define API_DELIVERY_MS		30000 /* then a private half was not taken */
struct makings {
	pthread_mutex_t lock;
	char account[API_MAKINGS_MAX][ACCOUNT_ID_LEN + 1]; /* "": free */
};
struct api {
	struct door door; /* first: call->door leads here */
	struct api_host host;
	struct makings makings;
};
void api_init(struct api *, const struct api_host *);

#endif
