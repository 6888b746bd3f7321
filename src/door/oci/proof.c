#include "door/oci/inner.h"

#include <string.h>

void
oci_proof_basic(struct str user, struct str secret, struct proof *ret)
{
	/* "iam oauth-tokens" prints the token behind this word, and people
	 * take both. */
	if (str_eq(user, STR("iambearer")) &&
	    str_starts(secret, STR("Bearer ")))
		secret = str_sub(secret, sizeof("Bearer ") - 1, secret.n);
	*ret =
	    (struct proof){.kind = PROOF_BASIC, .user = user, .secret = secret};
}

/* What cannot be read proves nothing: 401 and not 400, so that clients log in
 * again. */
int
oci_proof(struct call *call, struct proof *ret, struct buf *decoded)
{
	struct auth auth;
	int r = call_auth(call, decoded, &auth);

	if (r < 0)
		return r;
	if (r > 0 || auth.scheme == AUTH_OTHER) {
		call->proof = PROOF_BEARER;
		return OUT_UNPROVEN;
	}
	*ret = (struct proof){.kind = PROOF_NONE};
	if (auth.scheme == AUTH_BASIC)
		oci_proof_basic(auth.user, auth.secret, ret);
	if (auth.scheme == AUTH_BEARER)
		*ret =
		    (struct proof){.kind = PROOF_BEARER, .secret = auth.token};
	return 0;
}

/* A registry token opens its own region: elsewhere it is nobody's. */
static int
region_check(struct call *call)
{
	const char *own = call->visit.who.region;

	if (own[0] == '\0' || strcmp(own, call->region->name) == 0)
		return 0;
	return note_set(&call->note, OUT_UNPROVEN,
			"the credential is of another region");
}

int
oci_prove(struct call *call, struct proof *proof)
{
	int r;

	proof->addr = call->addr;
	call->proof = proof->kind;
	r = gate_prove(call->core, proof, &call->visit.who);
	if (r == OUT_TOO_MANY)
		(void)!gate_throttle(call->core, call->addr, STR_NONE,
				     &call->wait_s);
	return r != 0 ? r : region_check(call);
}

/* Is there somebody, and is this a registry? */
int
oci_base_get(struct call *call, struct http_reply *reply)
{
	CLEAN(buf_clear) struct buf decoded = BUF_INIT_MAX(HTTP_HEAD_MAX);
	struct proof proof = {.kind = PROOF_NONE};
	int r = call_proof(call, &proof, &decoded);

	if (r == 0)
		r = oci_prove(call, &proof);
	if (r != 0)
		return r;
	buf_adds(&reply->body, "{}");
	return reply_json(reply, 200);
}
