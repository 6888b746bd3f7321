/*
 * What an account demands of its credentials: how long sessions and tokens live,
 * how long at most anything long-lived may, whether it must have an end at all.
 * Looked at in the write that makes a credential; what exists already stays, and
 * is shown as against the rules by core/expiry.h.
 */
#ifndef CORE_RULES_H
#define CORE_RULES_H

#include "core/gate.h"

#define RULES_ACCESS_LIFE_MIN 900
#define RULES_ACCESS_LIFE_MAX 3600
#define RULES_REFRESH_LIFE_MAX 259200
#define RULES_SESSION_LIFE_MAX (30 * 86400) /* and at least 900, as the others */
#define RULES_SESSIONS_MAX 1000 /* SESSIONS_MAX of core/session.h */
#define RULES_DAYS_MAX 3650

struct rules {
	int64_t access_life_s;  /* 3600 */
	int64_t refresh_life_s; /* 259200 */
	int64_t session_life_s; /* whatever is refreshed; 30 days */
	int64_t session_idle_s; /* without a refresh; refresh_life_s */
	int64_t sessions_max;   /* per identity: the oldest gives way; 0: as many
				   as there may be at all (core/session.h) */
	int64_t api_key_days, registry_token_days, access_key_days, ssh_key_days;
	bool endless;           /* may have no end; true */
	bool restrict_service_id, restrict_api_key;
	int64_t version, modified_at; /* 0: never set */
	struct str modified_by;
};
enum rules_kind {
	RULES_API_KEY, RULES_REGISTRY_TOKEN, RULES_ACCESS_KEY, RULES_SSH_KEY
};
void rules_default(struct rules *ret);
/* arena NULL: without modified_by. */
MUST int rules_get(struct db_at *, struct str account, struct arena *,
    struct rules *ret);
MUST int rules_of(struct core *, struct str account, struct arena *,
    struct rules *ret); /* in a view of its own */
/* version -1: whatever it is; else OUT_STALE. OUT_MALFORMED with a note. */
MUST int rules_set(const struct visit *, int64_t version, const struct rules *,
    struct arena *, struct rules *ret, struct note *);
/* In a write: may a credential be made that ends then (0: never)? OUT_MALFORMED
 * with a note that says which rule and until when it could be. */
MUST int rules_end(struct db_at *, struct str account, enum rules_kind,
    int64_t now, int64_t expires_at, struct note *);

#endif
