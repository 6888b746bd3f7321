#include "core/gate_inner.h"

#include "core/access.h"
#include "core/regtoken.h"
#include "core/session.h"
#include "core/sql.h"
#include "crypt/rand.h"
#include "crypt/vault.h"
#include "db/db.h"

#include <errno.h>
#include <stdlib.h>

/* One look-up under way. */
struct look {
	struct core *core;
	struct db_at *at;
	struct str secret;
	struct subject who;
	struct proven *proven; /* made already, by a bearer */
	int64_t until;
	bool once;
};

static void
proven_free(struct cached *cached)
{
	mem_wipe(cached, sizeof(struct proven));
	free(cached);
}

struct proven *
proven_new(const struct subject *who, int64_t until, bool narrowed,
	   const struct scope *access, size_t n)
{
	size_t names = 0;
	struct proven *p;
	char *to;

	for (size_t i = 0; i < n; i++)
		names += access[i].name.n;
	p = calloc(1, sizeof(*p) + n * sizeof(*access) + names);
	if (p == NULL)
		return NULL;
	atomic_init(&p->cached.refs, 1);
	p->cached.generation = who->seen;
	p->cached.free = proven_free;
	p->who = *who;
	p->until = until;
	p->narrowed = narrowed;
	p->n_access = n;
	to = (char *)&p->access[n];
	for (size_t i = 0; i < n; i++) {
		p->access[i] = access[i];
		p->access[i].name.p = to;
		if (access[i].name.n > 0)
			memcpy(to, access[i].name.p, access[i].name.n);
		to += access[i].name.n;
	}
	return p;
}

static int
digest_of(struct look *look, uint8_t digest[VAULT_DIGEST_LEN])
{
	if (look->secret.n == 0 || look->secret.n > SECRET_MAX)
		return OUT_UNPROVEN;
	return vault_digest(look->core->vault, look->secret, digest);
}

/* The id that a stored digest stands for is the first column of sql. */
static int
look_digest(struct look *look, enum cred_kind kind, int sql)
{
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	uint8_t digest[VAULT_DIGEST_LEN];
	int r = digest_of(look, digest);

	if (r == 0)
		r = db_one(look->at, sql, &rows, "b",
			   (struct str){(char *)digest, sizeof(digest)});
	if (r == 0)
		r = cred_load(look->core, look->at, kind, db_str(&rows, 0),
			      &look->who);
	return r == OUT_ABSENT ? OUT_UNPROVEN : r;
}

static int
look_api_key(struct look *look)
{
	return look_digest(look, CRED_API_KEY, SQL_cred_api_key_by_digest);
}

static int
look_identity_token(struct look *look)
{
	if (!token_looks(TOKEN_IDENTITY, look->secret))
		return OUT_UNPROVEN;
	return look_digest(look, CRED_IDENTITY_TOKEN,
			   SQL_cred_identity_token_by_digest);
}

/* Not rotated by being used here: clients keep it as their password. A stale
 * one in a client's file is no sign of theft either; only the token service
 * ends a session over it. */
static int
look_refresh_token(struct look *look)
{
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	uint8_t digest[VAULT_DIGEST_LEN];
	int r = token_looks(TOKEN_REFRESH, look->secret)
		    ? digest_of(look, digest)
		    : OUT_UNPROVEN;

	if (r == 0)
		r = db_one(look->at, SQL_cred_refresh_token_by_digest, &rows,
			   "b", (struct str){(char *)digest, sizeof(digest)});
	if (r == 0)
		r = cred_load(look->core, look->at, CRED_SESSION,
			      db_str(&rows, 0), &look->who);
	if (r != 0)
		return r == OUT_ABSENT ? OUT_UNPROVEN : r;
	/* It is replaced by every use of its session: that changes nothing for
	 * anybody else, so the generation does not tell. */
	look->once = true;
	look->until = db_int(&rows, 1);
	if (!db_null(&rows, 2) &&
	    db_int(&rows, 2) + REFRESH_GRACE_MS < look->until)
		look->until = db_int(&rows, 2) + REFRESH_GRACE_MS;
	return 0;
}

static int
look_registry_token(struct look *look)
{
	char id[CRED_ID_MAX + 1] = "";
	int r = regtoken_prove(look->core, look->at, look->secret, id);

	if (r != 0)
		return r;
	return cred_load(look->core, look->at, CRED_REGISTRY_TOKEN, str_c(id),
			 &look->who);
}

/* What is let in with an access token ends with it, transfers too. */
static int
look_access(struct look *look)
{
	struct access access = {.cred = CRED_NONE};
	int r = access_read(look->core, look->secret, &access);

	if (r != 0)
		return r;
	r = cred_load(look->core, look->at, access.cred, str_c(access.cred_id),
		      &look->who);
	if (r == 0)
		r = cred_jti(look->at, str_c(access.jti), &look->who);
	if (r == 0 && (strcmp(access.account, look->who.account) != 0 ||
		       strcmp(access.identity, look->who.identity) != 0))
		return OUT_UNPROVEN;
	look->until = access.expires_at;
	if (look->until < look->who.expires_at)
		look->who.expires_at = look->until;
	return r;
}

static int
look_bearer_name(struct look *look)
{
	static const struct str word = STR_INIT("Bearer ");

	if (look->secret.n > word.n &&
	    str_eq_nocase(str_sub(look->secret, 0, word.n), word))
		look->secret = str_sub(look->secret, word.n, look->secret.n);
	return look_access(look);
}

static int
look_bearer(struct look *look)
{
	return bearer_read(look->core, look->at, look->secret, &look->proven,
			   &look->who);
}

/* Not remembered: where a key stands, each place has an end of its own. */
static int
look_ssh_key(struct look *look)
{
	look->once = true;
	return gate_ssh_load(look->core, look->at, look->secret, &look->who);
}

static int
look_seed(struct look *look)
{
	if (!token_looks(TOKEN_SEED, look->secret))
		return OUT_UNPROVEN;
	return look_digest(look, CRED_SEED, SQL_cred_seed_by_digest);
}

static int
look_machine(struct look *look)
{
	if (!token_looks(TOKEN_MACHINE, look->secret))
		return OUT_UNPROVEN;
	return look_digest(look, CRED_MACHINE, SQL_cred_machine_by_digest);
}

static int
look_cookie(struct look *look)
{
	if (!token_looks(TOKEN_COOKIE, look->secret))
		return OUT_UNPROVEN;
	return look_digest(look, CRED_SESSION, SQL_cred_cookie_by_digest);
}

typedef int look_fn(struct look *);
static const struct {
	struct str user;
	look_fn *look;
} users[] = {
    {STR_INIT("iamapikey"), look_api_key},
    {STR_INIT("iambearer"), look_bearer_name},
    {STR_INIT("iamrefresh"), look_refresh_token},
    {STR_INIT("token"), look_registry_token},
    /* How credential helpers hand over an identity token. */
    {STR_INIT("<token>"), look_identity_token},
};

static look_fn *
look_of(const struct proof *proof)
{
	switch (proof->kind) {
	case PROOF_BASIC:
		for (size_t i = 0; i < nitems(users); i++)
			if (str_eq(users[i].user, proof->user))
				return users[i].look;
		break;
	case PROOF_ACCESS:
		return look_access;
	case PROOF_BEARER:
		return look_bearer;
	case PROOF_IDENTITY:
		return look_identity_token;
	case PROOF_SSH_KEY:
		return look_ssh_key;
	case PROOF_SEED:
		return look_seed;
	case PROOF_MACHINE:
		return look_machine;
	case PROOF_COOKIE:
		return look_cookie;
	case PROOF_NONE:
		break;
	}
	return NULL;
}

static int
look_make(struct look *look, uint64_t seen, struct proven **ret)
{
	if (look->proven == NULL) {
		look->who.seen = seen;
		look->proven =
		    proven_new(&look->who, look->until, false, NULL, 0);
	} else {
		look->proven->who.seen = seen;
		look->proven->cached.generation = seen;
	}
	*ret = look->proven;
	if (look->proven == NULL)
		return FAIL(-ENOMEM);
	look->proven->once = look->once;
	return 0;
}

int
proof_resolve(struct core *core, const struct proof *proof, struct proven **ret,
	      struct subject *known)
{
	/* Before the view: a change that the view misses makes this old. */
	uint64_t seen = gate_generation(core);
	CLEAN(db_view_endp) struct db_at *view = NULL;
	struct look look = {
	    .core = core, .secret = proof->secret, .until = INT64_MAX};
	look_fn *fn = look_of(proof);
	int r;

	*known = (struct subject){.cred = CRED_NONE};
	if (fn == NULL)
		return proof->kind == PROOF_BASIC ? OUT_UNSUPPORTED
						  : OUT_UNPROVEN;
	r = db_view_begin(core->db, &view);
	if (r != 0)
		return r;
	look.at = view;
	r = fn(&look);
	*known = look.who;
	return r != 0 ? r : look_make(&look, seen, ret);
}
