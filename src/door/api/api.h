/*
 * Our own REST door: accounts, users, their keys, the trail, and how the server
 * is (/latchkey/v1, /healthz, /readyz, /metrics). Bodies are strict JSON: a
 * member that a route does not know is refused.
 *
 * Proof: an IAM access token as Bearer, or an API key as the Basic password of
 * the user iamapikey. Errors: {"error":{"code","message","request_id"}}.
 */
#ifndef DOOR_API_API_H
#define DOOR_API_API_H

#include "door/frame/frame.h"

/* What only the program knows. All are called from any thread. */
struct api_host {
	const char *version;
	void *arg;
	bool (*ready)(void *arg);		  /* can requests be served? */
	void (*metrics)(void *arg, struct buf *); /* Prometheus lines */
	int64_t (*schema)(void *arg);		  /* of the database */
	/* More members of /latchkey/v1/status; or NULL. */
	void (*status)(void *arg, struct jw *);
};
struct api {
	struct door door; /* first: call->door leads here */
	struct api_host host;
};
void api_init(struct api *, const struct api_host *);

#endif
