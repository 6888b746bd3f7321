/*
 * IAM tokens: what the token service hands out for an API key, a password or a
 * refresh token, and what identity tokens the registry hands to docker.
 */
#ifndef CORE_SESSION_H
#define CORE_SESSION_H

#include "base/secret.h"
#include "core/account.h"

#define ACCESS_LIFE_S 3600
#define REFRESH_LIFE_S (72 * 3600)
#define REFRESH_GRACE_MS (60 * 1000)
#define IDENTITY_TOKEN_LIFE_S (30 * 24 * 3600)

enum grant_kind { GRANT_API_KEY, GRANT_PASSWORD, GRANT_REFRESH };
struct grant_ask {
	enum grant_kind kind;
	struct str api_key, user, password, refresh_token;
	struct str account;   /* id or slug; empty: the identity's own */
	struct str client_id; /* "" without client authentication */
	struct str addr;
};
struct grant {
	struct buf access_token;       /* JWT */
	struct secret refresh_token;   /* SECRET_INIT: "not_supported" */
	char session_id[CRED_ID_MAX + 1]; /* "" without a session */
	int64_t issued_at, expires_at; /* ms */
};
#define GRANT_INIT { .access_token = BUF_INIT }
void grant_clear(struct grant *);
/*
 * A client id ("bx") makes a session with a refresh token; without one an API
 * key gives an access token only. 0; OUT_UNPROVEN unknown, wrong, disabled,
 * deleted alike; OUT_EXPIRED a refresh token past its end; OUT_DENIED account
 * not theirs; OUT_TOO_MANY throttled (ret_wait_s); OUT_BUSY. Pool threads only.
 */
MUST int session_grant(struct core *, const struct grant_ask *,
    struct grant *ret, int64_t *ret_wait_s);
/*
 * A refresh token for another receiver, such as the registry's clients: it
 * belongs to the same session and ends with it, is not replaced by use, and
 * proves only as PROOF_BASIC "iamrefresh"; session_grant() refuses it. Asked
 * for with response_type=delegated_refresh_token. Presenting the caller's own
 * refresh token here does not replace it. Outcomes as session_grant.
 */
MUST int session_delegate(struct core *, struct str refresh_token,
    struct str client_id, struct str addr, struct secret *ret);
MUST int session_end(const struct visit *, struct str session_id);

/* An identity token whose life hangs on subject's credential. OUT_DENIED for a
 * subject that cannot have one (a bearer's, another identity token's). */
MUST int identity_token_issue(struct core *, const struct subject *,
    struct str region, struct secret *ret);

#endif
