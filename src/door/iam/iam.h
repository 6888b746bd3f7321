/*
 * The token service (/identity, and /oidc/token as its old name), wire-compatible
 * with IBM Cloud IAM, so that its published SDKs work unchanged. Members of a form
 * that nobody knows are passed over, as the original does. Clients (Basic "bx:bx")
 * are known by name: their secrets are in every copy of a program, and are not
 * looked at.
 *
 * Its error body is {"errorCode","errorMessage",...}; what identities and policies
 * are managed with are doors of their own, with other error bodies.
 */
#ifndef DOOR_IAM_IAM_H
#define DOOR_IAM_IAM_H

#include "door/frame/frame.h"

/* What only the program knows. Called from any thread. */
struct iam_host {
	void *arg;
	/* {"keys":[...]} of RFC 7517: what access tokens are checked with. */
	int (*keys)(void *arg, struct buf *);
};
struct iam {
	struct door door; /* first: call->door leads here */
	struct iam_host host;
};
void iam_init(struct iam *, const struct iam_host *);

#endif
