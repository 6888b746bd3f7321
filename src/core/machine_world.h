/*
 * Key pairs and servers as the gate finds them, for its tests: on top of
 * ssh_world.h each server with its seed's token and its own credential, put
 * there past the rooms that make them.
 */
#ifndef CORE_MACHINE_WORLD_H
#define CORE_MACHINE_WORLD_H

#include "core/ssh_world.h"
#include "crypt/rand.h"
#include "crypt/vault.h"

enum {
	PLANT_PAIR,
	PLANT_SERVER,
	PLANT_SEED,
	PLANT_CREDENTIAL,
	PLANTS
};
static const struct db_sql plants[PLANTS] = {
    {"pair",
     "INSERT INTO key_pair (id, account_id, project_id, name, name_key, "
     "origin, state, type, bits, blob, digest, comment, created_by, "
     "created_at) VALUES ($1, $2, $3, $4, lower($4), 'made', 'alive', "
     "'ssh-ed25519', 256, $5, $6, '', $7, 1)"},
    {"server", "INSERT INTO server (id, account_id, project_id, name, "
	       "name_key, user_data, created_by, created_at) VALUES ($1, $2, "
	       "$3, $4, lower($4), '', $5, 1)"},
    {"seed", "INSERT INTO server_seed (id, server_id, digest, created_by, "
	     "created_at, expires_at) VALUES ($1, $2, $3, '', 1, $4)"},
    {"credential", "INSERT INTO server_credential (id, server_id, digest, "
		   "created_at, created_from) VALUES ($1, $2, $3, 1, '')"},
};

struct planted {
	char id[33];	 /* of the pair or server */
	char seed[33], credential[33];
	struct str seed_token, token;
	uint8_t digests[2][VAULT_DIGEST_LEN];
};
#define SEED_ENDS_MS (60 * MINUTE_MS)

UNUSED static void
planted_token(struct cast *c, enum token_kind kind, uint8_t *digest,
	      struct str *ret)
{
	CLEAN(secret_clear) struct secret value = SECRET_INIT;

	must(rand_token(kind, &value), "token");
	*ret = keep(&c->w, secret_reveal(&value));
	must(vault_digest(c->w.core->vault, *ret, digest), "digest");
}

/* What is random, while the vault is open. */
UNUSED static struct planted
planted_new(struct cast *c)
{
	struct planted p;

	must(rand_hex(p.id, 32), "id");
	must(rand_hex(p.seed, 32), "id");
	must(rand_hex(p.credential, 32), "id");
	planted_token(c, TOKEN_SEED, p.digests[0], &p.seed_token);
	planted_token(c, TOKEN_MACHINE, p.digests[1], &p.token);
	return p;
}

struct plant {
	struct planted *p;
	bool pair;
	const char *account, *project, *name, *by;
};

UNUSED static int
plant_write(struct db_at *at, void *arg)
{
	const struct plant *plant = arg;
	const struct planted *p = plant->p;
	struct sshkey key = pubkey();
	struct str id = str_c(p->id), account = str_c(plant->account);
	struct str project = str_c(plant->project), name = str_c(plant->name);
	int r;

	if (plant->pair)
		return db_exec(
		    at, PLANT_PAIR, NULL, "ssssbbs", id, account, project, name,
		    (struct str){(const char *)key.blob, key.blob_len},
		    (struct str){(const char *)key.digest, SHA256_LEN},
		    str_c(plant->by));
	r = db_exec(at, PLANT_SERVER, NULL, "sssss", id, account, project, name,
		    str_c(plant->by));
	if (r == 0)
		r = db_exec(at, PLANT_SEED, NULL, "ssbi", str_c(p->seed), id,
			    (struct str){(const char *)p->digests[0],
					 VAULT_DIGEST_LEN},
			    clock_now() + SEED_ENDS_MS);
	if (r == 0)
		r = db_exec(at, PLANT_CREDENTIAL, NULL, "ssb",
			    str_c(p->credential), id,
			    (struct str){(const char *)p->digests[1],
					 VAULT_DIGEST_LEN});
	return r;
}

/* Everything at once: the daemon is down meanwhile, and its memory empty. */
UNUSED static void
plant(struct cast *c, struct plant *list, size_t n)
{
	struct db *db;

	world_shut(&c->w);
	db = cast_db(c, plants, PLANTS);
	for (size_t i = 0; i < n; i++)
		must(db_write(db, plant_write, &list[i]), list[i].name);
	db_free(db);
	must(world_open(&c->w, false), "world_open");
	c->other_owner.core = c->w.core;
}

UNUSED static struct proof
seed_of(const struct planted *p)
{
	return plain(PROOF_SEED, p->seed_token);
}

UNUSED static struct proof
machine_of(const struct planted *p)
{
	return plain(PROOF_MACHINE, p->token);
}

UNUSED static struct thing
server(const char *name)
{
	return (struct thing){.kind = THING_SERVER, .name = str_c(name)};
}

UNUSED static struct thing
pair(const char *name)
{
	return (struct thing){.kind = THING_KEYPAIR, .name = str_c(name)};
}

#endif
