/*
 * Servers: what their files share. Functions that take a place of the database
 * run in the write of a visit, or in a view.
 */
#ifndef CORE_SERVER_INNER_H
#define CORE_SERVER_INNER_H

#include "core/account_inner.h"
#include "core/keypair.h"
#include "core/project.h"
#include "core/server.h"
#include "crypt/vault.h"
#include "db/db.h"

/* "Team/project/name" */
#define SERVER_PLACE_MAX                                                       \
	(SLUG_MAX + 1 + PROJECT_SLUG_MAX + 1 + SERVER_NAME_MAX)

/* What a server is to trust; borrowed from the row of a pair, which borrows from
 * asked: so this outlives the rows. */
struct server_pair {
	char asked[KEYPAIR_ID_LEN + 1];
	struct str id, name, type, blob, digest, comment;
	int64_t bits;
};
/* key: a name or id. OUT_MISSING_PART, OUT_CONFLICT it is not alive; each with
 * a note. */
MUST int server_pair_find(struct db_at *, struct str project, struct str key,
    struct db_rows *, struct server_pair *ret, struct note *);

/* Whose key a row is. */
struct server_spot {
	struct str id, account, project, name_key;
};
MUST int server_key_put(struct db_at *, const struct visit *,
    const struct server_spot *, int64_t seq, const struct server_pair *);

/* The visit's server and the key that it trusts. OUT_ABSENT. */
enum {
	SERVER_NOW_SEQ, SERVER_NOW_DIGEST, SERVER_NOW_PAIR, SERVER_NOW_ACCOUNT,
	SERVER_NOW_PROJECT, SERVER_NOW_NAME_KEY, SERVER_NOW_PLACE
};
MUST int server_of_visit(struct db_at *, const struct visit *,
    struct db_rows *ret);

/* A first boot to be: all that is random is made before the write. */
struct seed_plan {
	char id[SERVER_ID_LEN + 1];
	uint8_t digest[VAULT_DIGEST_LEN];
	int64_t life_ms, expires_at; /* the latter from seed_put() on */
	struct secret token;
};
#define SEED_PLAN_INIT { .token = SECRET_INIT }
void seed_plan_clear(struct seed_plan *);
/* life_s 0: SEED_LIFE_S. OUT_MALFORMED with a note. */
MUST int seed_plan_make(struct core *, int64_t life_s, struct seed_plan *ret,
    struct note *);
MUST int seed_put(struct db_at *, const struct visit *, struct str server,
    struct seed_plan *);

/* A digest as pubkey_print() shows it, as a member. */
struct jw;
void server_print(struct jw *, const char *name, struct str digest);
/* The visit's verb on "server:Team/project/name". */
MUST int server_trail(struct db_at *, const struct visit *, struct str place,
    const struct buf *detail);

/* What both a first boot and a machine are told: the columns of server_boot and
 * server_follow. */
MUST int server_boot_read(struct db_rows *, struct arena *,
    struct server_boot *ret);

#endif
