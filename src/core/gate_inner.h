/*
 * The gate's inside: what a proof turned out to be, and the steps of the way
 * in. proof.c looks up and compares, grants.c knows what was granted, gate.c
 * decides.
 */
#ifndef CORE_GATE_INNER_H
#define CORE_GATE_INNER_H

#include "core/cache.h"
#include "core/gate.h"
#include "core/grants.h"
#include "db/db.h"
#include "wire/scope.h"

#define BEARER_KEY_LEN 32
#define BEARER_KID_LEN 16
/* A touch of the database has a bit for anything, and one for each of these. */
#define GRANTED_SLOTS 63
struct gate {
	struct cache *cache; /* struct proven, grants, owner, machine */
	struct throttle *throttle;
	_Atomic uint64_t generation;
	_Atomic uint64_t granted[GRANTED_SLOTS]; /* of accounts, by hash */
	uint8_t bearer_key[BEARER_KEY_LEN];
	char bearer_kid[BEARER_KID_LEN + 1];
};
uint64_t gate_generation(const struct core *);
/* The generation that the latest change of what is granted in an account made;
 * other accounts may share it. */
uint64_t gate_granted_at(const struct core *, struct str account);
/* Whether this transaction changed what is granted there. */
bool gate_grants_now(struct db_at *, struct str account);

/* A proof that held. Immutable. */
struct proven {
	struct cached cached;
	struct subject who;  /* without an address */
	int64_t until;       /* ms: the end of what was presented */
	bool narrowed;       /* a bearer: no more than its access says */
	bool once;	     /* may end without the generation telling */
	size_t n_access;
	struct scope access[]; /* names lie behind */
};
static inline void
proven_unrefp(struct proven **p)
{
	if (*p != NULL)
		cached_unref(&(*p)->cached);
}
/* A copy of access goes into it. NULL: no memory. */
struct proven *proven_new(const struct subject *, int64_t until, bool narrowed,
    const struct scope *access, size_t n);

/* Look up and compare, without any memory of earlier answers; whether until
 * has passed is the caller's to see. 0, OUT_UNPROVEN, OUT_EXPIRED,
 * OUT_UNSUPPORTED, -errno. On UNPROVEN and EXPIRED
 * known says as much as is known of the credential, for the trail. */
MUST int proof_resolve(struct core *, const struct proof *,
    struct proven **ret, struct subject *known);

/* As gate_prove(), but counts no failure and tells the trail nothing: that is for
 * the caller. ret says on a refusal what is known, for that. */
MUST int gate_known(struct core *, const struct proof *, struct subject *ret);

/* What a name turned out to be: a project, or something that is in one. */
#define FOUND_ID_LEN 32
/* SLUG_MAX, GITREPO_SLUG_MAX, PROJECT_SLUG_MAX, KEYPAIR_NAME_MAX,
 * SERVER_NAME_MAX */
#define FOUND_NAME_MAX 63
struct found {
	char account[ACCOUNT_ID_LEN + 1];
	char id[FOUND_ID_LEN + 1];
	char project[FOUND_ID_LEN + 1]; /* a project's own */
	/* In lower case; slug is a repository's, else empty. */
	char slug[FOUND_NAME_MAX + 1], project_slug[FOUND_NAME_MAX + 1];
	char created_by[IDENTITY_ID_MAX + 1]; /* of a KEYPAIR or SERVER */
	/* "Team/repo", "Team/project/pair", for the trail */
	char shown[3 * FOUND_NAME_MAX + 3];
};
/* A GITREPO or PROJECT by "account/slug", a KEYPAIR or SERVER by
 * "account/project/name", each part its id or slug. Removed repositories are
 * there by id for GIT_UPDATE and GIT_DELETE alone. 0, OUT_ABSENT, -errno; the
 * account is filled in as soon as it is known. */
MUST int gate_find(struct db_at *, const struct thing *, enum verb,
    struct found *ret);
/* The same one again, by account and id. */
MUST int gate_find_again(struct db_at *, const struct thing *, enum verb,
    struct found *);

/* Whose key is this blob? As cred_load; in like time for all, and for one that
 * nobody knows. */
MUST int gate_ssh_load(struct core *, struct db_at *, struct str blob,
    struct subject *ret);
/* cred_load's part for CRED_ACCESS_KEY, by fingerprint or number of a row. */
MUST int gate_ssh_load_access(struct db_at *, struct subject *);
/* An access key at a repository: becomes the row that opens it for this address
 * now, the repository's own before its project's. OUT_ABSENT: none does. */
MUST int gate_ssh_stand(struct db_at *, struct subject *, const struct found *,
    bool *ret_settle);
/* A person becomes who they are in another account. OUT_ABSENT: nobody. */
MUST int gate_ssh_join(struct db_at *, struct subject *, const char *account);

/* The registry's own bearer, see gate_bearer(). The same outcomes. */
MUST int bearer_read(struct core *, struct db_at *, struct str token,
    struct proven **ret, struct subject *known);

MUST int throttle_new(struct throttle **ret);
void throttle_free(struct throttle *);

/* Who came with this access token, which may have been ended by itself. 0,
 * OUT_UNPROVEN, -errno. */
MUST int cred_jti(struct db_at *, struct str jti, struct subject *);

/* Into a field of fixed size. 0, or -EUCLEAN when it does not fit. */
MUST int field_put(char *to, size_t size, struct str);
#define FIELD_PUT(to, s) field_put((to), sizeof(to), (s))
/* The same, cut off where it does not fit. */
void field_cut(char *to, size_t size, struct str);
#define FIELD_CUT(to, s) field_cut((to), sizeof(to), (s))

/* "session:C-..." both ways, as the trail and tokens name a credential. */
#define CRED_WORD_MAX (CRED_ID_MAX + 24)
void cred_word(enum cred_kind, const char *id, char ret[CRED_WORD_MAX]);
MUST int cred_word_parse(struct str, enum cred_kind *ret_kind,
    char ret_id[CRED_ID_MAX + 1]); /* OUT_MALFORMED */

#endif
