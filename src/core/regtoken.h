/*
 * Registry tokens: they belong to an account and a region, open every namespace
 * of it there (later ones too) read-only or read-write, and nothing else. Their
 * value is never stored: the same claims are signed again.
 */
#ifndef CORE_REGTOKEN_H
#define CORE_REGTOKEN_H

#include "core/gate.h"

#define REGTOKEN_LIFE_S 86400
#define REGTOKEN_DESCRIPTION_MAX 1024
#define REGTOKENS_MAX 1000 /* per account and region */

struct regtoken {
	struct str id, account, region, description, issuer, created_by;
	struct str replaces; /* the token that ends with this one's first use */
	bool may_write;
	int64_t key_version, created_at;
	int64_t expires_at; /* as its value says; 0: never */
	int64_t ends_at;    /* replaced, and ends then; 0: not */
};
struct regtoken_ask {
	struct str region, description, issuer;
	bool may_write, permanent;
	int64_t life_s; /* 0: REGTOKEN_LIFE_S */
	/* Rotation: the token of the same account and region that this one takes
	 * the place of. It ends at until, or (0) with this one's first use. */
	struct str replaces;
	int64_t until;
	struct note *note; /* or NULL */
};
/* Into the visit's account. The value is appended to value (wipe it).
 * OUT_MALFORMED, also against the account's rules (core/rules.h); OUT_ABSENT no
 * such token to replace; OUT_TOO_MANY. */
MUST int regtoken_add(const struct visit *, const struct regtoken_ask *,
    struct arena *, struct regtoken *ret, struct buf *value);
MUST int regtoken_get(struct core *, struct str account, struct str region,
    struct str id, struct arena *, struct regtoken *ret);
/* The value again, byte for byte; a reveal is a change in the trail. */
MUST int regtoken_reveal(const struct visit *, const struct regtoken *,
    struct buf *value);
/* Live ones, oldest first. */
MUST int regtoken_list(struct core *, struct str account, struct str region,
    struct arena *, struct regtoken **ret, size_t *n);
MUST int regtoken_remove(const struct visit *, struct str region,
    struct str id); /* OUT_ABSENT */
/* All with exactly this description; how many in *n. */
MUST int regtoken_remove_described(const struct visit *, struct str region,
    struct str description, int64_t *n);
/* Which token is this value? 0 or OUT_UNPROVEN; its end and its account are
 * cred_load's business. For the gate. */
MUST int regtoken_prove(struct core *, struct db_at *, struct str value,
    char ret_id[CRED_ID_MAX + 1]);

#endif
