/*
 * The gate: the one place where it is decided who may do what. Every request
 * at every door becomes a proof, a verb and a thing; the gate finds out who it
 * is, whether they may, and lets the trail know. Doors only translate.
 *
 * Answers are remembered by digest of the proof and by a generation that each
 * revocation, policy change or deletion raises in the commit that makes it
 * durable, so a remembered yes never outlives the change that ended it.
 */
#ifndef CORE_GATE_H
#define CORE_GATE_H

#include "core/core.h"
#include "core/verb.h"

struct db_at;

enum proof_kind {
	PROOF_NONE,
	PROOF_BASIC,    /* user says what secret is: the four names below */
	PROOF_ACCESS,   /* IAM access token (JWT, ES256) */
	PROOF_BEARER,   /* the registry's own bearer */
	PROOF_IDENTITY, /* the registry's identity token */
	PROOF_SSH_KEY,  /* secret is the blob of a public key that signed */
	PROOF_SEED,     /* a server's first boot: the token of its URL */
	PROOF_MACHINE,  /* a server's own credential */
	PROOF_COOKIE,   /* a browser's session at the console */
};
struct proof {
	enum proof_kind kind;
	struct str user;   /* BASIC: iamapikey, iambearer, iamrefresh, token */
	struct str secret; /* borrowed; never kept */
	struct str addr;   /* where it came from */
};

enum cred_kind {
	CRED_NONE, CRED_API_KEY, CRED_SESSION, CRED_REGISTRY_TOKEN,
	CRED_IDENTITY_TOKEN, CRED_USER_KEY, CRED_ACCESS_KEY, CRED_SEED,
	CRED_MACHINE, CRED_KINDS
};
const char *cred_kind_name(enum cred_kind); /* "api-key", "session", ... */

/* Who somebody turned out to be: plain values, may be copied. */
struct subject {
	enum cred_kind cred;             /* the stored thing whose end ends this */
	char cred_id[CRED_ID_MAX + 1];
	char account[ACCOUNT_ID_LEN + 1];
	char identity[IDENTITY_ID_MAX + 1]; /* "" for a registry token */
	char region[REGION_NAME_MAX + 1];   /* "" : all */
	char machine[33]; /* id of the server that a SEED or MACHINE is of */
	char jti[CRED_ID_MAX + 1]; /* of the access token that this came with, or
				      ""; it may end by itself */
	char addr[56];
	bool owner;    /* owns account */
	bool server;   /* operator of this server */
	bool may_write; /* registry tokens */
	bool bearer;    /* came with a bearer: can have no identity token */
	bool replaces;  /* its first use ends the credential before it */
	int64_t expires_at; /* ms; INT64_MAX: never by itself */
	uint64_t seen;  /* the generation at which all this was true */
};
/*
 * Two kinds of subject become definite only at a thing. A person's SSH key
 * (USER_KEY) is of its owner's home account until it asks for something of
 * another one that the person belongs to; it opens git and says who somebody is,
 * nothing else. An access key (ACCESS_KEY) has no account and no identity; its
 * cred_id is the fingerprint's 43 characters until it is at a repository that it
 * stands on, itself or with its project, and then the number of the row that
 * opens it: that is what its use, its end and its addresses belong to. It may
 * GIT_READ there; whatever else it asks for is DENIED, and a GITREPO that it
 * stands on is seen in the visit all the same: gate_may(GIT_READ) says of
 * visit.who whether this key reads what it must not write to.
 */

enum thing_kind {
	THING_NONE, THING_ACCOUNT, THING_NAMESPACE, THING_REPO, THING_IDENTITY,
	THING_TOKEN, THING_PROJECT, THING_GITREPO, THING_KEYPAIR, THING_SERVER,
	THING_GROUP, THING_KINDS
};
/* All borrowed. gate_pass looks up who owns the namespace of a NAMESPACE or
 * REPO; an account that is given must then be that one. An empty account of any
 * other thing is the subject's own. A GITREPO is named "account/slug", without
 * case, and either may be its id, which comes first; a PROJECT likewise.
 * gate_pass finds both, in whichever account the name says, and what it finds is
 * in the visit. From then on the visit is for that id, whatever its name
 * becomes. A removed repository is absent, but for GIT_UPDATE and GIT_DELETE by
 * its id: to put it back, or away; and for ACCESSKEY_LIST and ACCESSKEY_DELETE:
 * a key that is lost must not open it when it comes back.
 * A KEYPAIR or SERVER is "account/project/name", likewise, each part a name or
 * an id. A SERVER without a name is the one that a SEED or MACHINE is of; these
 * have no identity, open the verbs of RULE_MACHINE on that server, and nothing
 * else. An IDENTITY is named by its iam id; a GROUP by its own. */
struct thing {
	enum thing_kind kind;
	struct str account, region;
	struct str name; /* namespace, repository, identity id, token id */
};

/* Somebody who was let in, for one verb on one thing. Borrows thing. */
struct visit {
	struct core *core;
	struct subject who;
	enum verb verb;
	struct thing thing;
	char account[ACCOUNT_ID_LEN + 1]; /* the thing's account */
	char object[33]; /* the id of a GITREPO, PROJECT, KEYPAIR or SERVER
			    that was found */
	bool settle; /* an ACCESS_KEY whose first use ends another: the caller
			calls access_key_settle() when it was used */
	bool timed;  /* only a condition on the time let it in: that may end by
			itself, so it is asked again each time */
	int64_t at;
};

/*
 * Ask whether the bearer of proof may do verb to thing, now; always in the
 * order look up, compare, policy, trail. ret is filled only on 0, but who and
 * verb are filled on DENIED too (the door names them).
 * 0; OUT_UNPROVEN no or bad credential; OUT_EXPIRED a good one past its end;
 * OUT_DENIED; OUT_ABSENT never (absent things are denied alike);
 * OUT_UNSUPPORTED a Basic user name that is not one of the four; OUT_TOO_MANY
 * instead of UNPROVEN to an address that keeps guessing (gate_throttle says how
 * long); OUT_BUSY the trail cannot be written; -errno, and nobody passes.
 * Never blocks beyond point reads: fit for event threads. Not inside a view.
 */
MUST int gate_pass(struct core *, const struct proof *, enum verb,
    const struct thing *, struct visit *ret);

/* Only who it is: for token services, before anything is asked. Same outcomes
 * but DENIED. Refusals are counted against addr and go into the trail. */
MUST int gate_prove(struct core *, const struct proof *, struct subject *ret);

/* Is a key that somebody only shows worth a signature: would it be let in? Tells
 * the trail nothing. 0, OUT_UNPROVEN (unknown, expired, its owner disabled),
 * -errno. Equal time for known and unknown. */
MUST int gate_offered(struct core *, struct str blob);

/* May this subject, now? A plain yes or no for lists and granted subsets; asks
 * nothing of the trail, and believes the account of the thing (one of git is
 * found by its name anyway). Fine in views. */
bool gate_may(struct core *, const struct subject *, enum verb,
    const struct thing *);
/* The same of a visitor, in a write and as that will have it. 0, OUT_DENIED,
 * -errno. */
MUST int gate_may_now(struct db_at *, const struct visit *, enum verb,
    const struct thing *);
/* Is what was let in still alive and allowed? For guards of long transfers. */
bool gate_still(struct core *, const struct visit *);

/*
 * How a visit changes anything: fn runs in a write of the database, after
 * another look, in the same transaction, at whether the visitor's credential
 * lives and may. So rights are those at the commit, not those at the door.
 * What fn returns, or OUT_UNPROVEN, or OUT_DENIED: these two, whoever said so,
 * are in the trail then. A visit without a credential is this program's own.
 */
MUST int gate_write(const struct visit *,
    int (*fn)(struct db_at *, void *), void *arg);
/* For the trail: a no that was found out behind the gate. Other outcomes are
 * none of its business. */
void gate_refused(const struct visit *, int r);

/*
 * The registry's bearer: claims of RFC 7519 and "access" of the Docker token
 * specification, HS256 with a key of this process that is made anew at each
 * start. Only what gate_may grants now is written into it; the actions granted
 * are also put into scopes[i].actions. A bearer narrows: at use, the gate asks
 * again whether the subject may. OUT_UNPROVEN: the subject's credential is of
 * another region; OUT_UNSUPPORTED: not for BEARER_AUDIENCE.
 */
#define BEARER_AUDIENCE "registry"
#define BEARER_LIFE_S 300
struct scope;
MUST int gate_bearer(struct core *, const struct subject *,
    const struct region *, struct str issuer, struct str audience,
    struct scope *scopes, size_t n, struct buf *ret_token,
    int64_t *ret_expires_in_s);

/*
 * Throttle of guessing: failed proofs per source address and per name, in
 * memory; OUT_TOO_MANY with the seconds to wait. A success forgets the name's
 * failures. What people choose (passwords) is not even looked at while it
 * bites. A random secret cannot be guessed: the right one always opens, so that
 * nobody is locked out by a neighbour behind the same address. A machine's own
 * counts for nothing here: one that ended is shown at every login there.
 */
#define THROTTLE_FREE 20        /* failures before it bites */
#define THROTTLE_WINDOW_MS (60 * 1000)
MUST int gate_throttle(struct core *, struct str addr, struct str name,
    int64_t *ret_wait_s);
void gate_throttle_fail(struct core *, struct str addr, struct str name);
void gate_throttle_ok(struct core *, struct str addr, struct str name);

/* In a write: raise the generation with this commit. */
void gate_changed(struct db_at *);
/* The same, and forget what was granted in this account: for who changes its
 * policies, custom roles, groups or members. What was compiled from them outlives
 * every other change. p NULL: in all accounts. */
void gate_granted(struct db_at *, struct str account);

/* For core_open/core_free. */
MUST int gate_open(struct core *);
void gate_close(struct core *);

/* Room-internal to core: find a stored credential's present state. 0,
 * OUT_UNPROVEN (gone, disabled, locked-out owner), OUT_EXPIRED, -errno. On
 * UNPROVEN and EXPIRED ret says what was found, for the trail. seen stays 0:
 * only who read the generation before the view began can fill it. */
MUST int cred_load(struct core *, struct db_at *, enum cred_kind,
    struct str id, struct subject *ret);

#endif
