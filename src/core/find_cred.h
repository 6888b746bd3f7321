/*
 * Which credential is meant? By its value, a fingerprint, a public key, or an id:
 * whatever people have in hand when something has leaked.
 */
#ifndef CORE_FIND_CRED_H
#define CORE_FIND_CRED_H

#include "core/gate.h"

#define FIND_CRED_MAX 100 /* places where one public key stands */
#define FIND_WHAT_MAX (16 * 1024)
#define FIND_MD5_MAX 5000 /* public keys that one MD5 is compared with */

enum found_kind {
	FOUND_API_KEY, FOUND_SESSION, FOUND_ACCESS_TOKEN, FOUND_REGISTRY_TOKEN,
	FOUND_IDENTITY_TOKEN, FOUND_USER_KEY, FOUND_ACCESS_KEY, FOUND_KEY_PAIR,
	FOUND_MACHINE, FOUND_SEED, FOUND_USER, FOUND_SERVICE_ID, FOUND_POLICY,
	FOUND_GROUP, FOUND_INVITATION, FOUND_KINDS
};
const char *found_kind_name(enum found_kind);
struct found_cred {
	enum found_kind kind;
	struct str id;       /* in its own table */
	struct str account;  /* whose; "" for somebody's SSH key: home's */
	struct str identity; /* "" when it is nobody's */
	struct str place;    /* repository, project, region, server, ... */
	struct str name;     /* or label, or description */
	struct thing thing;  /* what the gate is asked about it */
	bool value;          /* found by the secret itself: who asks has it */
	bool live;           /* opens something now */
	int64_t expires_at;  /* 0: never */
};
/* what: a value of ours, a JWT of ours, a line of a public key (a paste that was
 * wrapped, too), SHA256:... or MD5 fingerprint, an id (ApiKey-..., C-..., a uuid,
 * iam-ServiceId-..., ServiceId-..., IBMid-..., a policy's), a word of the trail
 * ("machine:..."). All that it means, up to FIND_CRED_MAX; none: OUT_ABSENT;
 * OUT_MALFORMED with a note. A bearer of the registry has nothing of its own to
 * end: found is its credential, and the note says so. Whether the asker may know
 * of each is for the caller: found_may(). Pool threads only. */
MUST int find_cred(struct core *, struct str what, struct arena *,
    struct found_cred **ret, size_t *n, struct note *);
/* May they know that it is there? Who has the value does. */
bool found_may(struct core *, const struct subject *,
    const struct found_cred *);

/* One end for everything. by: a visit for VERB_CREDENTIAL_END; each kind's own verb
 * is asked of the gate, and again in the write: OUT_DENIED; OUT_ABSENT it is gone,
 * or is nothing that they may know of. OUT_CONFLICT with a note: locked. Users and
 * service IDs are disabled, groups and policies deleted, key pairs not at all
 * (servers that trust them go on: OUT_UNSUPPORTED with a note). */
MUST int end_cred(const struct visit *by, const struct found_cred *,
    struct note *);
/* What its owner said is to happen when it leaks (action_when_leaked): "delete",
 * "disable", or "none", as all that is no API key has it; locked or not. For who
 * has the value: OUT_DENIED to others; no right is needed. ret: the word. */
MUST int leaked_cred(const struct visit *by, const struct found_cred *,
    struct str *ret);

#endif
