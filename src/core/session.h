/*
 * IAM tokens: what the token service hands out for an API key, a password or a
 * refresh token, and what identity tokens the registry hands to docker.
 */
#ifndef CORE_SESSION_H
#define CORE_SESSION_H

#include "base/secret.h"
#include "core/user.h"

#define ACCESS_LIFE_S 3600
#define REFRESH_LIFE_S (72 * 3600)
#define REFRESH_GRACE_MS (60 * 1000)
#define IDENTITY_TOKEN_LIFE_S (30 * 24 * 3600)
#define IDENTITY_TOKENS_MAX 1000 /* of one credential; the oldest gives way */
#define AGENT_MAX 200 /* bytes of a User-Agent that are kept */
#define SESSIONS_MAX 1000 /* of an identity in an account; the oldest gives way */
#define SESSION_LINE_MAX 8 /* that came one from the other, the first included */

/*
 * How long these live, and how many sessions there may be, is the account's to
 * say (core/rules.h); ACCESS_LIFE_S and REFRESH_LIFE_S are what it says at first.
 * A session ends at its ends_at whatever is refreshed, and what one begets (by a
 * passcode, or for another account) ends with it, no later than it would at last,
 * and with the API key that it began with: logging in again is never had from a
 * token alone. That nobody refreshes it any longer ends a session and not what it
 * begot. A number in the account's rules that was lowered is come to by and by.
 */
enum grant_kind { GRANT_API_KEY, GRANT_PASSWORD, GRANT_REFRESH, GRANT_PASSCODE };
struct grant_ask {
	enum grant_kind kind;
	struct str api_key, user, password, refresh_token, passcode;
	/* Id or slug; empty: the identity's own, or the session's. Another one
	 * that the identity owns or is an active member of; but an API key, and
	 * what began with one, stays in the account of the key. */
	struct str account;
	struct str client_id; /* "" without client authentication */
	struct str addr, agent; /* agent: User-Agent, for people */
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
 * not theirs; OUT_TOO_MANY throttled (ret_wait_s), or, at once, no more sessions
 * from that one; OUT_BUSY. Pool threads only.
 */
MUST int session_grant(struct core *, const struct grant_ask *,
    struct grant *ret, int64_t *ret_wait_s);
/*
 * A refresh token for another receiver, such as the registry's clients: it
 * belongs to the same session and ends with it, is not replaced by use, and
 * proves only as PROOF_BASIC "iamrefresh"; session_grant() refuses it. Asked
 * for with response_type=delegated_refresh_token. Presenting the caller's own
 * refresh token here does not replace it. life_s 0: as long as a refresh token;
 * never past the session's ends_at. Outcomes as session_grant.
 */
MUST int session_delegate(struct core *, const struct grant_ask *,
    int64_t life_s, struct secret *ret, int64_t *ret_wait_s);
MUST int session_end(const struct visit *, struct str session_id);
/* The visitor's own is over: they need no right to that but the secret. 0,
 * OUT_UNPROVEN it is already, -errno. */
MUST int session_leave(const struct visit *);

/* A code for one login elsewhere, as whom the refresh token is of: once, for
 * PASSCODE_LIFE_MS, and as long as the session lives. The refresh token is not
 * replaced by that. Outcomes as session_grant. */
#define PASSCODE_LIFE_MS (5 * 60 * 1000)
#define PASSCODES_MAX 5 /* of a session, unused; the oldest gives way */
MUST int passcode_make(struct core *, const struct grant_ask *,
    struct secret *ret, int64_t *ret_wait_s);

/*
 * A browser's session at the console: a row like the others, of the client
 * CONSOLE_CLIENT, whose secret is a cookie that proves as PROOF_COOKIE and
 * nowhere else. It can not be refreshed and is given no access token: whoever
 * sits there says that they stay. No token service takes that client's name.
 */
#define CONSOLE_CLIENT "console"
#define CONSOLE_IDLE_S (2 * 3600)
#define CONSOLE_LIFE_S (24 * 3600) /* both no more than the account's rules */
#define CONSOLE_STAY_MS (60 * 1000) /* the end is not moved more often */
struct sign_in {
	struct secret cookie;
	struct subject who; /* expires_at: when nobody stays */
	int64_t ends_at;
};
#define SIGN_IN_INIT { .cookie = SECRET_INIT }
void sign_in_clear(struct sign_in *);
/* With GRANT_API_KEY or GRANT_PASSWORD; client_id is not asked. Outcomes, time
 * and trail as session_grant; OUT_MALFORMED a password longer than any may be,
 * before it is looked at. Pool threads only. */
MUST int session_sign_in(struct core *, const struct grant_ask *,
    struct sign_in *ret, int64_t *ret_wait_s);
/* The visitor's own goes on; ret: who they are now, ret_ends_at as above. 0,
 * OUT_UNPROVEN it is over or is no browser's, -errno. */
MUST int session_stay(const struct visit *, struct subject *ret,
    int64_t *ret_ends_at);
/* The visitor's own becomes one in another account that is theirs, by id or slug:
 * with another cookie, from here on, until the same end; the old one is over. 0,
 * OUT_DENIED, OUT_UNPROVEN, -errno. */
MUST int session_into(const struct visit *, struct str account,
    struct str agent, struct sign_in *ret);

struct session {
	struct str id, account, identity, api_key, client_id, grant_type;
	struct str addr, agent;
	struct str parent; /* the session that begot this one; "" */
	int64_t created_at, refreshed_at, expires_at, ends_at;
};
/* Is there a live session of this id that this client began? 0, OUT_ABSENT. */
MUST int session_alive(struct core *, struct str session_id,
    struct str client_id);
/* Live ones of an identity (empty: of all) in an account, the newest first; no
 * more than PAGE_MAX. */
MUST int session_list(struct core *, struct str account, struct str identity,
    struct arena *, struct session **ret, size_t *n);
/* In a write: end one access token by its jti, until it would have ended. */
MUST int access_end(struct db_at *, struct str jti, int64_t expires_at);

/* An identity token whose life hangs on subject's credential. OUT_DENIED for a
 * subject that cannot have one (a bearer's, another identity token's). */
MUST int identity_token_issue(struct core *, const struct subject *,
    struct str region, struct secret *ret);

#endif
