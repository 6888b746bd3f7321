/*
 * The IAM door: the token service (/identity, and /oidc/token as its old name)
 * and API keys (/v1/apikeys), wire-compatible with IBM Cloud IAM, so that its
 * published SDKs work unchanged. Members of a body that nobody knows are passed
 * over, as the original does.
 *
 * Two error bodies, as in the original: {"errorCode","errorMessage",...} from
 * the token service, {"status_code","errors":[...],"trace"} from the rest.
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
