/*
 * Servers for their unit tests: on top of git_world.h key pairs in any state,
 * servers made from them, and machines that knock. What the rooms do not let
 * one do is done to the database while the daemon is down.
 */
#ifndef CORE_SERVER_WORLD_H
#define CORE_SERVER_WORLD_H

#include "core/git_world.h"
#include "core/server.h"
#include "crypt/rand.h"

#define OWN "Own/default"

enum { RAW_PAIR, RAW_PAIR_DROP, RAW_PAIR_COUNT, RAW_COUNT, RAW_SERVERS, RAW_KEYS, RAW_LEFT,
       RAWS };
static const struct db_sql raws[RAWS] = {
    {"pair",
     "INSERT INTO key_pair (id, account_id, project_id, name, name_key, "
     "origin, state, type, bits, blob, digest, comment, created_by, "
     "created_at) VALUES ($1, $2, $3, $4, lower($4), 'made', $5, "
     "'ssh-ed25519', 256, $6, $7, 'a comment', 'me', 1)"},
    {"pair_drop", "DELETE FROM key_pair WHERE id = $1"},
    {"pair_count",
     "UPDATE project SET key_pairs = (SELECT COUNT(*) FROM key_pair k "
     "WHERE k.project_id = project.id)"},
    {"count", "UPDATE project SET servers = $2 WHERE id = $1"},
    {"servers",
     "INSERT INTO server (id, account_id, project_id, name, name_key, "
     "user_data, created_by, created_at) "
     "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n "
     "WHERE i < $3) "
     "SELECT printf('%032x', i), $1, $2, printf('N%07d', i), "
     "printf('n%07d', i), '', 'me', 1 FROM n"},
    {"keys",
     "INSERT INTO server_key (server_id, seq, pair_id, pair_name, type, bits, "
     "blob, digest, comment, from_at, from_by, account_id, project_id, "
     "name_key) "
     "SELECT id, 1, 'pair', 'pair', 'ssh-ed25519', 256, $2, $3, '', 1, 'me', "
     "account_id, project_id, name_key FROM server WHERE project_id = $1"},
    {"left", "SELECT (SELECT COUNT(*) FROM server WHERE id = $1) "
	     "+ (SELECT COUNT(*) FROM server_key WHERE server_id = $1) "
	     "+ (SELECT COUNT(*) FROM server_seed WHERE server_id = $1) "
	     "+ (SELECT COUNT(*) FROM server_credential WHERE server_id = $1) "
	     "+ (SELECT COUNT(*) FROM server_host_key WHERE server_id = $1)"},
};

UNUSED static struct db *
raw_open(struct world *w)
{
	static struct db_schema schema;
	struct db_conf conf = {.schema = &schema};
	struct db *db = NULL;
	char path[128];

	world_shut(w);
	(void)snprintf(path, sizeof(path), "%s/latchkey.db", w->dir);
	conf.path = path;
	schema = sql_schema;
	schema.statements = raws;
	schema.n_statements = RAWS;
	must(db_open(&conf, &db, NULL), "db_open");
	return db;
}

UNUSED static void
raw_close(struct world *w, struct db *db)
{
	db_free(db);
	must(world_open(w, false), "world_open");
}

struct raw {
	int sql;
	struct str id, account, project, name, state;
	struct sshkey key;
	int64_t n;
};

UNUSED static int
raw_pair(struct db_at *at, const struct raw *raw)
{
	int r;

	if (raw->sql == RAW_PAIR_DROP)
		r = db_exec(at, raw->sql, NULL, "s", raw->id);
	else
		r = db_exec(at, raw->sql, NULL, "sssssbb", raw->id,
			    raw->account, raw->project, raw->name, raw->state,
			    blob_of(&raw->key), digest_of(&raw->key));
	return r != 0 ? r : db_exec(at, RAW_PAIR_COUNT, NULL, "");
}

UNUSED static int
raw_write(struct db_at *at, void *arg)
{
	const struct raw *raw = arg;

	if (raw->sql == RAW_COUNT)
		return db_exec(at, raw->sql, NULL, "si", raw->id, raw->n);
	if (raw->sql == RAW_SERVERS)
		return db_exec(at, raw->sql, NULL, "ssi", raw->account,
			       raw->project, raw->n);
	if (raw->sql == RAW_KEYS)
		return db_exec(at, raw->sql, NULL, "sbb", raw->project,
			       blob_of(&raw->key), digest_of(&raw->key));
	return raw_pair(at, raw);
}

UNUSED static void
raw_do(struct world *w, const struct raw *raw)
{
	struct db *db = raw_open(w);

	must(db_write(db, raw_write, (void *)raw), raws[raw->sql].name);
	raw_close(w, db);
}

/* Rows of all kinds that a server has. */
UNUSED static int64_t
raw_left(struct world *w, struct str id)
{
	struct db *db = raw_open(w);
	int64_t n;

	{
		CLEAN(db_view_endp) struct db_at *view = NULL;
		CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;

		must(db_view_begin(db, &view), "view");
		must(db_one(view, RAW_LEFT, &rows, "s", id), "left");
		n = db_int(&rows, 0);
	}
	raw_close(w, db);
	return n;
}

/* A pair with the key of that number; its id. */
UNUSED static struct str
pair_put(struct world *w, struct str project, const char *name,
	 const char *state, unsigned number)
{
	struct raw raw = {.sql = RAW_PAIR,
			  .account = str_c(w->owner.account),
			  .project = project,
			  .name = str_c(name),
			  .state = str_c(state),
			  .key = key_of(number)};
	char id[33];

	must(rand_hex(id, 32), "id");
	raw.id = keep(w, str_c(id));
	raw_do(w, &raw);
	return raw.id;
}

UNUSED static void
pair_drop(struct world *w, struct str id)
{
	struct raw raw = {.sql = RAW_PAIR_DROP, .id = id};

	raw_do(w, &raw);
}

struct made {
	struct server server;
	struct str token;
	struct note note;
};
UNUSED static int
server_try(struct world *w, const char *place, const struct server_ask *ask,
	   struct made *ret)
{
	CLEAN(secret_clear) struct secret token = SECRET_INIT;
	struct visit by = on_project(w, w->key, VERB_SERVER_CREATE, place);
	int r;

	ret->note.text[0] = '\0';
	r = server_create(&by, ask, &w->arena, &ret->server, &token,
			  &ret->note);
	if (r == 0)
		ret->token = keep(w, secret_reveal(&token));
	return r;
}

UNUSED static struct made
server_make(struct world *w, const char *place, const char *name,
	    const char *pair)
{
	struct server_ask ask = {.name = str_c(name), .keypair = str_c(pair)};
	struct made made;

	must(server_try(w, place, &ask, &made), name);
	return made;
}

/* A visit to a server, by its place or by id. */
UNUSED static struct visit
on_server(struct world *w, enum verb verb, struct str name)
{
	return visit_of(w, w->key, verb,
			(struct thing){.kind = THING_SERVER, .name = name});
}

UNUSED static struct visit
at_server(struct world *w, enum verb verb, const struct server *s)
{
	struct str name = arena_strf(&w->arena, "%.*s/%.*s",
				     STR_ARG(s->place), STR_ARG(s->id));

	must(name.p == NULL, "memory");
	return on_server(w, verb, name);
}

UNUSED static struct server
server_now(struct world *w, struct str id)
{
	struct server s;

	must(server_get(w->core, id, &w->arena, &s), "server_get");
	return s;
}

/* A machine at the gate. */
UNUSED static int
knock(struct world *w, enum proof_kind kind, struct str token, enum verb verb,
      const char *addr, struct visit *ret)
{
	static const struct thing self = {.kind = THING_SERVER};
	struct proof proof = {
	    .kind = kind, .secret = token, .addr = str_c(addr)};

	return gate_pass(w->core, &proof, verb, &self, ret);
}

UNUSED static struct visit
let_in(struct world *w, enum proof_kind kind, struct str token, enum verb verb,
       const char *addr)
{
	struct visit v;

	must(knock(w, kind, token, verb, addr, &v), "let_in");
	return v;
}

/* Records with this outcome. */
UNUSED static size_t
trail_of(struct world *w, const char *outcome, const char *verb,
	 struct audit_row **ret)
{
	struct audit_filter filter = {.verb = str_c(verb),
				      .outcome = str_c(outcome),
				      .newest_first = true,
				      .limit = PAGE_MAX};
	size_t n = 0;

	must(audit_flush(w->core), "flush");
	must(audit_list(w->core, &filter, &w->arena, ret, &n), "audit_list");
	return n;
}

UNUSED static bool
str_has(struct str s, struct str part)
{
	for (size_t i = 0; i + part.n <= s.n; i++)
		if (str_eq(str_sub(s, i, part.n), part))
			return true;
	return false;
}

#endif
