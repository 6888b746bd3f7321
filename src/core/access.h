/*
 * IAM access tokens: JWTs signed with ES256, claims as IBM's. One private claim
 * names the stored credential whose end ends the token.
 */
#ifndef CORE_ACCESS_H
#define CORE_ACCESS_H

#include "base/buf.h"
#include "core/user.h"
#include "core/gate.h"

struct access {
	enum cred_kind cred;
	char cred_id[CRED_ID_MAX + 1];
	char account[ACCOUNT_ID_LEN + 1];
	char identity[IDENTITY_ID_MAX + 1];
	char jti[CRED_ID_MAX + 1];
	int64_t issued_at, expires_at; /* ms, whole seconds */
};

struct access_ask {
	const struct access *access;
	const struct user *user;
	struct str grant_type, client_id, session_id;
	/* With a session, ms: when it ends at last, and without a refresh. */
	int64_t session_ends_at, session_next;
};
/* Appends the token. 0, -errno. */
MUST int access_write(struct core *, const struct access_ask *, struct buf *);
/* Checks signature, issuer and times; not whether the credential still is.
 * 0, OUT_UNPROVEN, OUT_EXPIRED, -errno. */
MUST int access_read(struct core *, struct str token, struct access *ret);
/* Would it be let in now, everywhere? Nobody comes in by that: the trail is told
 * nothing. 0, OUT_UNPROVEN, OUT_EXPIRED, -errno. */
MUST int access_look(struct core *, struct str token, struct subject *ret);

#endif
