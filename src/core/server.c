#include "core/server_inner.h"

#include "base/enc.h"
#include "core/audit.h"
#include "core/git_inner.h"
#include "core/sql.h"
#include "crypt/rand.h"
#include "json/json.h"

#include <errno.h>

const char server_name_rule[] =
    "a server's name has 1 to 63 of a-z A-Z 0-9 -, and no - at its ends";

static bool
is_letter_or_digit(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9');
}

bool
server_name_ok(struct str s)
{
	if (s.n == 0 || s.n > SERVER_NAME_MAX || s.p[0] == '-' ||
	    s.p[s.n - 1] == '-')
		return false;
	for (size_t i = 0; i < s.n; i++)
		if (!is_letter_or_digit(s.p[i]) && s.p[i] != '-')
			return false;
	return true;
}

void
server_print(struct jw *w, const char *name, struct str digest)
{
	char print[SSHKEY_SHA256_LEN + 1];

	pubkey_print(digest, print);
	jw_c(w, name, print);
}

int
server_trail(struct db_at *at, const struct visit *by, struct str place,
	     const struct buf *detail)
{
	char text[AUDIT_THING_MAX];
	struct thing thing = {.kind = THING_SERVER, .name = place};

	if (buf_err(detail) != 0)
		return FAIL(buf_err(detail));
	return audit_change(at, by, audit_thing_text(&thing, text),
			    buf_str(detail));
}

int
server_of_visit(struct db_at *at, const struct visit *by, struct db_rows *ret)
{
	int r = db_one(at, SQL_server_key_now, ret, "s", str_c(by->object));

	if (r != 0)
		return r;
	return visit_is_for(by, db_str(ret, SERVER_NOW_ACCOUNT), THING_SERVER,
			    str_c(by->object))
		   ? 0
		   : OUT_ABSENT;
}

/* --- making --- */

struct create {
	const struct visit *by;
	const struct server_ask *ask;
	struct seed_plan *seed;
	struct note *note;
	char id[SERVER_ID_LEN + 1];
	char name_key[SERVER_NAME_MAX + 1];
};

/* Whoever writes an id means an id: a server called like another one's would
 * have that one deleted in its place. */
static bool
reads_as_id(struct str name)
{
	char key[SERVER_NAME_MAX + 1];
	uint8_t id[SERVER_ID_LEN / 2];

	text_lower(name, key);
	return dec_hex(str_c(key), id, sizeof(id)) == 0;
}

static int
ask_check(const struct server_ask *ask, struct note *note)
{
	if (!server_name_ok(ask->name))
		return note_set(note, OUT_MALFORMED, "%s", server_name_rule);
	if (reads_as_id(ask->name))
		return note_set(note, OUT_MALFORMED,
				"%d hex digits are an id, and no server's name",
				SERVER_ID_LEN);
	if (ask->keypair.n == 0)
		return note_set(note, OUT_MALFORMED,
				"a server is made with a key pair");
	if (ask->user_data.n > USER_DATA_MAX)
		return note_set(note, OUT_TOO_LARGE,
				"user data has at most %zu bytes",
				USER_DATA_MAX);
	return 0;
}

/* "Team/project" is in the second column then. */
static int
room_for_one(struct db_at *at, const struct create *c, struct db_rows *ret)
{
	int r = db_one(at, SQL_server_room, ret, "ss", str_c(c->by->object),
		       str_c(c->by->account));

	if (r != 0)
		return r;
	return db_int(ret, 0) < SERVERS_MAX
		   ? 0
		   : note_set(c->note, OUT_TOO_MANY,
			      "a project has at most %d servers", SERVERS_MAX);
}

static int
name_free(struct db_at *at, const struct create *c)
{
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	int r = db_one(at, SQL_server_taken, &rows, "ss", str_c(c->by->object),
		       str_c(c->name_key));

	if (r != 0)
		return r == OUT_ABSENT ? 0 : r;
	return note_set(c->note, OUT_CONFLICT,
			"there is a server with that name already");
}

static int
insert(struct db_at *at, const struct create *c)
{
	return FOLD(db_exec(at, SQL_server_insert, NULL, "sssssbsi",
			    str_c(c->id), str_c(c->by->account),
			    str_c(c->by->object), c->ask->name,
			    str_c(c->name_key), c->ask->user_data,
			    str_c(c->by->who.identity), c->by->at));
}

static int
create_trail(struct db_at *at, const struct create *c, struct str project,
	     const struct server_pair *pair)
{
	CLEAN(buf_clear) struct buf detail = BUF_INIT;
	char place[SERVER_PLACE_MAX + 1];
	struct jw w = JW(&detail);

	(void)snprintf(place, sizeof(place), "%.*s/%.*s", STR_ARG(project),
		       STR_ARG(c->ask->name));
	jw_object(&w, NULL);
	jw_c(&w, "id", c->id);
	jw_str(&w, "name", c->ask->name);
	jw_str(&w, "key_pair", pair->name);
	server_print(&w, "fingerprint", pair->digest);
	jw_c(&w, "seed", c->seed->id);
	jw_int(&w, "seed_expires_at", c->seed->expires_at);
	jw_end(&w);
	return server_trail(at, c->by, str_c(place), &detail);
}

static int
create_write(struct db_at *at, void *arg)
{
	struct server_pair pair;
	CLEAN(db_rows_clear) struct db_rows room = DB_ROWS_INIT;
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	const struct create *c = arg;
	struct str project = str_c(c->by->object);
	struct server_spot spot = {str_c(c->id), str_c(c->by->account), project,
				   str_c(c->name_key)};
	int r = room_for_one(at, c, &room);

	if (r == 0)
		r = name_free(at, c);
	if (r == 0)
		r = server_pair_find(at, project, c->ask->keypair, &rows, &pair,
				     c->note);
	if (r == 0)
		r = insert(at, c);
	if (r == 0)
		r = server_key_put(at, c->by, &spot, 1, &pair);
	if (r == 0)
		r = seed_put(at, c->by, spot.id, c->seed);
	if (r == 0)
		r = FOLD(db_exec(at, SQL_server_counted, NULL, "si", project,
				 (int64_t)1));
	return r != 0 ? r : create_trail(at, c, db_str(&room, 1), &pair);
}

int
server_create(const struct visit *by, const struct server_ask *ask,
	      struct arena *a, struct server *ret, struct secret *ret_token,
	      struct note *note)
{
	CLEAN(seed_plan_clear) struct seed_plan seed = SEED_PLAN_INIT;
	struct create c = {.by = by, .ask = ask, .seed = &seed, .note = note};
	int r = ask_check(ask, note);

	if (r == 0)
		r = seed_plan_make(by->core, ask->seed_life_s, &seed, note);
	if (r == 0)
		r = rand_hex(c.id, SERVER_ID_LEN);
	if (r != 0)
		return r;
	text_lower(ask->name, c.name_key);
	r = gate_write(by, create_write, &c);
	if (r == 0)
		r = server_get(by->core, str_c(c.id), a, ret);
	if (r == 0)
		ret_token->slot = TAKE(seed.token.slot);
	return r;
}

/* --- removing --- */

static int
delete_trail(struct db_at *at, const struct visit *by, struct db_rows *now)
{
	CLEAN(buf_clear) struct buf detail = BUF_INIT;
	struct jw w = JW(&detail);

	jw_object(&w, NULL);
	jw_c(&w, "id", by->object);
	jw_str(&w, "key_pair", db_str(now, SERVER_NOW_PAIR));
	server_print(&w, "fingerprint", db_blob(now, SERVER_NOW_DIGEST));
	jw_end(&w);
	return server_trail(at, by, db_str(now, SERVER_NOW_PLACE), &detail);
}

static int
delete_write(struct db_at *at, void *arg)
{
	CLEAN(db_rows_clear) struct db_rows now = DB_ROWS_INIT;
	const struct visit *by = arg;
	int r = server_of_visit(at, by, &now);

	if (r == 0)
		r = delete_trail(at, by, &now);
	if (r == 0)
		r = FOLD(db_exec(at, SQL_server_counted, NULL, "si",
				 db_str(&now, SERVER_NOW_PROJECT),
				 (int64_t)-1));
	if (r != 0)
		return r;
	/* The seed and the machine's credential end with it. */
	gate_changed(at);
	return FOLD(
	    db_exec(at, SQL_server_delete, NULL, "s", str_c(by->object)));
}

int
server_delete(const struct visit *by)
{
	return gate_write(by, delete_write, (void *)by);
}

struct ending {
	const struct visit *by;
	struct str id;
};

static int
ending_write(struct db_at *at, void *arg)
{
	CLEAN(db_rows_clear) struct db_rows now = DB_ROWS_INIT;
	CLEAN(db_rows_clear) struct db_rows has = DB_ROWS_INIT;
	CLEAN(buf_clear) struct buf detail = BUF_INIT;
	const struct ending *e = arg;
	struct str server = str_c(e->by->object);
	struct jw w = JW(&detail);
	int r = server_of_visit(at, e->by, &now);

	if (r == 0)
		r = db_one(at, SQL_server_credential_of, &has, "s", server);
	if (r == 0 && !str_eq(db_str(&has, 0), e->id))
		r = OUT_ABSENT;
	if (r != 0)
		return r;
	jw_object(&w, NULL);
	jw_str(&w, "ended", e->id);
	jw_end(&w);
	r = FOLD(db_exec(at, SQL_server_credential_end, NULL, "s", server));
	if (r != 0)
		return r;
	gate_changed(at);
	return server_trail(at, e->by, db_str(&now, SERVER_NOW_PLACE), &detail);
}

int
server_credential_end(const struct visit *by, struct str id)
{
	struct ending e = {.by = by, .id = id};

	return gate_write(by, ending_write, &e);
}
