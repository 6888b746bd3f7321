/*
 * Key pairs come and go. Each is one write with its row in the trail.
 */
#include "core/keypair_inner.h"

#include "core/audit.h"
#include "core/sql.h"
#include "crypt/rand.h"
#include "json/json.h"

#include <errno.h>

_Static_assert(KEYPAIR_NAME_MAX <= FOUND_NAME_MAX, "the gate finds all names");
#define WORDS_(n) #n
#define WORDS(n)  WORDS_(n)
const char keypair_name_rule[] = "a key pair's name has " WORDS(
    KEYPAIR_NAME_MIN) " to " WORDS(KEYPAIR_NAME_MAX) " of a-z A-Z 0-9 -";

bool
keypair_name_byte(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9') || c == '-';
}

bool
keypair_name_ok(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!keypair_name_byte(s.p[i]))
			return false;
	return s.n >= KEYPAIR_NAME_MIN && s.n <= KEYPAIR_NAME_MAX;
}

/* --- the trail --- */

int
keypair_trail(struct db_at *at, const struct visit *by, const struct keypair *k,
	      struct keypair_event e)
{
	CLEAN(buf_clear) struct buf detail = BUF_INIT;
	char name[KEYPAIR_PLACE_MAX + 1], text[AUDIT_THING_MAX];
	char print[SSHKEY_SHA256_LEN + 1];
	struct thing thing = {.kind = THING_KEYPAIR};
	struct jw w = JW(&detail);
	int r = sshkey_fingerprint(k->blob, print);

	if (r != 0)
		return r;
	(void)snprintf(name, sizeof(name), "%.*s/%.*s", STR_ARG(k->place),
		       STR_ARG(k->name));
	thing.name = str_c(name);
	jw_object(&w, NULL);
	jw_str(&w, "id", k->id);
	jw_str(&w, "origin", k->origin);
	if (e.state != NULL)
		jw_c(&w, "state", e.state);
	if (e.why != NULL)
		jw_c(&w, "why", e.why);
	if (by->who.cred == CRED_NONE)
		jw_str(&w, "made_by", k->created_by);
	jw_str(&w, "type", k->type);
	jw_int(&w, "bits", k->bits);
	jw_c(&w, "fingerprint", print);
	if (e.gone)
		jw_int(&w, "servers", k->servers);
	jw_end(&w);
	if (buf_err(&detail) != 0)
		return FAIL(buf_err(&detail));
	return audit_change(at, by, audit_thing_text(&thing, text),
			    buf_str(&detail));
}

/* --- adding --- */

struct adding {
	const struct visit *by;
	const struct keypair_ask *ask;
	uint8_t digest[SHA256_LEN];
	char id[KEYPAIR_ID_LEN + 1];
	struct note *note;
	struct arena *arena;
	struct keypair *ret;
};

static int
malformed(struct note *note, const char *what)
{
	return note_set(note, OUT_MALFORMED, "%s", what);
}

static int
name_check(struct str name, struct note *note)
{
	return keypair_name_ok(name) ? 0 : malformed(note, keypair_name_rule);
}

/* Whether the key is a good one is judged at the door; here only that it is
 * what it is said to be. */
static int
ask_check(const struct keypair_ask *ask, struct note *note)
{
	enum sshkey_type type;
	unsigned bits;
	int r = name_check(ask->name, note);

	if (r != 0)
		return r;
	if (ask->blob.n > KEYPAIR_BLOB_MAX)
		return note_set(note, OUT_MALFORMED,
				"a key pair's public key has at most %d bytes",
				KEYPAIR_BLOB_MAX);
	r = sshkey_blob(ask->blob, &type, &bits);
	if (r != 0)
		return r < 0 ? r : malformed(note, "not a public key");
	if (!str_eq(ask->type, sshkey_type_name(type)) ||
	    ask->bits != (int64_t)bits)
		return malformed(note, "the key is not what it is said to be");
	return key_comment(ask->comment, note);
}

static int
room_for_one(struct db_at *at, const struct visit *by, struct note *note)
{
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	int r;

	if (by->thing.kind != THING_PROJECT)
		return OUT_ABSENT;
	r = db_one(at, SQL_keypair_room, &rows, "ss", str_c(by->object),
		   str_c(by->account));
	if (r != 0)
		return r;
	if (db_int(&rows, 0) < KEYPAIRS_MAX)
		return 0;
	return note_set(note, OUT_TOO_MANY,
			"a project has at most %d key pairs", KEYPAIRS_MAX);
}

/* Who has the name now, if that is not dead: OUT_CONFLICT. A dead one is in
 * rows; OUT_ABSENT: nobody. */
static int
name_taken(struct db_at *at, const struct visit *by, const char *key,
	   struct db_rows *rows, struct note *note)
{
	struct keypair k;
	int r = db_one(at, SQL_keypair_by_name, rows, "ss", str_c(by->object),
		       str_c(key));

	if (r != 0)
		return r;
	keypair_look(rows, &k);
	if (str_eq(k.state, STR("dead")))
		return 0;
	return note_set(note, OUT_CONFLICT,
			"there is a key pair of that name already");
}

static int
drop(struct db_at *at, const struct visit *by, const struct keypair *k,
     const char *why)
{
	struct visit v = *by;
	int r = FOLD(db_exec(at, SQL_keypair_delete, NULL, "s", k->id));

	if (r == 0)
		r = FOLD(db_exec(at, SQL_keypair_counted, NULL, "si",
				 k->project, (int64_t)-1));
	v.verb = VERB_KEYPAIR_DELETE;
	return r != 0 ? r
		      : keypair_trail(
			    at, &v, k,
			    (struct keypair_event){.why = why, .gone = true});
}

/* A name is free when nobody has it, or one that never arrived anywhere. */
static int
name_clear(struct db_at *at, const struct adding *a, const char *key)
{
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	struct keypair k;
	int r = name_taken(at, a->by, key, &rows, a->note);

	if (r != 0)
		return r == OUT_ABSENT ? 0 : r;
	keypair_look(&rows, &k);
	return drop(at, a->by, &k, "dead, and its name was wanted");
}

static int
insert(struct db_at *at, const struct adding *a, const char *key)
{
	const struct keypair_ask *ask = a->ask;
	const struct visit *by = a->by;
	struct str project = str_c(by->object);
	int r = FOLD(db_exec(
	    at, SQL_keypair_insert, NULL, "ssssssssibbssi", str_c(a->id),
	    str_c(by->account), project, ask->name, str_c(key),
	    ask->made ? STR("made") : STR("imported"),
	    ask->made ? STR("pending") : STR("alive"), ask->type, ask->bits,
	    ask->blob, (struct str){(const char *)a->digest, SHA256_LEN},
	    ask->comment, str_c(by->who.identity), by->at));

	return r != 0 ? r
		      : FOLD(db_exec(at, SQL_keypair_counted, NULL, "si",
				     project, (int64_t)1));
}

static int
add_write(struct db_at *at, void *arg)
{
	char key[KEYPAIR_NAME_MAX + 1];
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	const struct adding *a = arg;
	struct keypair k;
	int r;

	text_lower(a->ask->name, key);
	r = name_clear(at, a, key);
	if (r == 0)
		r = room_for_one(at, a->by, a->note);
	if (r == 0)
		r = insert(at, a, key);
	if (r == 0)
		r = FOLD(
		    db_one(at, SQL_keypair_by_id, &rows, "s", str_c(a->id)));
	if (r != 0)
		return r;
	keypair_look(&rows, &k);
	r = keypair_trail(at, a->by, &k,
			  (struct keypair_event){
			      .state = a->ask->made ? "pending" : "alive"});
	return r != 0 ? r : keypair_keep(a->arena, &k, a->ret);
}

int
keypair_add(const struct visit *by, const struct keypair_ask *ask,
	    struct arena *arena, struct keypair *ret, struct note *note)
{
	struct keypair k;
	struct adding a = {
	    .by = by, .ask = ask, .note = note, .arena = arena, .ret = &k};
	int r = ask_check(ask, note);

	if (r == 0)
		r = digest_sha256(ask->blob, a.digest);
	if (r == 0)
		r = rand_hex(a.id, KEYPAIR_ID_LEN);
	if (r == 0)
		r = gate_write(by, add_write, &a);
	if (r == 0)
		*ret = k;
	return r;
}

int
keypair_may_add(const struct visit *by, struct str name, struct note *note)
{
	char key[KEYPAIR_NAME_MAX + 1];
	CLEAN(db_view_endp) struct db_at *view = NULL;
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	int r = name_check(name, note);

	if (r == 0)
		r = db_view_begin(by->core->db, &view);
	if (r != 0)
		return r;
	text_lower(name, key);
	r = name_taken(view, by, key, &rows, note);
	/* Where a dead one makes room there is room. */
	return r == OUT_ABSENT ? room_for_one(view, by, note) : r;
}

/* --- going --- */

static int
delete_write(struct db_at *at, void *arg)
{
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	const struct visit *by = arg;
	struct keypair k;
	int r;

	if (by->thing.kind != THING_KEYPAIR)
		return OUT_ABSENT;
	r = db_one(at, SQL_keypair_by_id, &rows, "s", str_c(by->object));
	if (r != 0)
		return r;
	keypair_look(&rows, &k);
	if (!str_eq(k.account, str_c(by->account)))
		return OUT_ABSENT;
	return drop(at, by, &k, NULL);
}

int
keypair_delete(const struct visit *by)
{
	struct visit v = *by;

	return gate_write(by, delete_write, &v);
}
