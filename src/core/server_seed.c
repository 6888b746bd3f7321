/*
 * The first boot: a token for one server and one address, until an end; and
 * what a machine asks for afterwards.
 */
#include "core/server_seed.h"

#include "base/clock.h"
#include "core/audit.h"
#include "core/sql.h"
#include "crypt/rand.h"
#include "json/json.h"

#include <errno.h>

void
seed_plan_clear(struct seed_plan *p)
{
	secret_clear(&p->token);
}

int
seed_plan_make(struct core *core, int64_t life_s, struct seed_plan *ret,
	       struct note *note)
{
	int64_t life = life_s == 0 ? SEED_LIFE_S : life_s;
	int r;

	if (life < SEED_LIFE_MIN_S || life > SEED_LIFE_MAX_S)
		return note_set(note, OUT_MALFORMED,
				"a seed lives for %d to %d seconds",
				SEED_LIFE_MIN_S, SEED_LIFE_MAX_S);
	ret->life_ms = life * SECOND_MS;
	r = rand_hex(ret->id, SERVER_ID_LEN);
	if (r == 0)
		r = rand_token(TOKEN_SEED, &ret->token);
	return r != 0 ? r
		      : vault_digest(core->vault, secret_reveal(&ret->token),
				     ret->digest);
}

int
seed_put(struct db_at *at, const struct visit *by, struct str server,
	 struct seed_plan *p)
{
	struct str digest = {(const char *)p->digest, sizeof(p->digest)};
	int64_t now = clock_now();

	p->expires_at = now + p->life_ms;
	return FOLD(db_exec(at, SQL_server_seed_insert, NULL, "ssbsii",
			    str_c(p->id), server, digest,
			    str_c(by->who.identity), now, p->expires_at));
}

/* --- a new one --- */

struct renewal {
	const struct visit *by;
	struct seed_plan *seed;
};

static int
renew_trail(struct db_at *at, const struct renewal *c, struct str place)
{
	CLEAN(buf_clear) struct buf detail = BUF_INIT;
	struct jw w = JW(&detail);

	jw_object(&w, NULL);
	jw_c(&w, "id", c->by->object);
	jw_c(&w, "seed", c->seed->id);
	jw_int(&w, "seed_expires_at", c->seed->expires_at);
	jw_end(&w);
	return server_trail(at, c->by, place, &detail);
}

static int
renew_write(struct db_at *at, void *arg)
{
	CLEAN(db_rows_clear) struct db_rows now = DB_ROWS_INIT;
	const struct renewal *c = arg;
	struct str id = str_c(c->by->object);
	int r = server_of_visit(at, c->by, &now);

	if (r == 0)
		r = FOLD(db_exec(at, SQL_server_seed_end, NULL, "s", id));
	if (r == 0)
		r = seed_put(at, c->by, id, c->seed);
	if (r != 0)
		return r;
	gate_changed(at);
	return renew_trail(at, c, db_str(&now, SERVER_NOW_PLACE));
}

int
server_seed_renew(const struct visit *by, int64_t life_s, struct arena *a,
		  struct server *ret, struct secret *ret_token,
		  struct note *note)
{
	CLEAN(seed_plan_clear) struct seed_plan seed = SEED_PLAN_INIT;
	struct renewal c = {.by = by, .seed = &seed};
	int r = seed_plan_make(by->core, life_s, &seed, note);

	if (r == 0)
		r = gate_write(by, renew_write, &c);
	if (r == 0)
		r = server_get(by->core, str_c(by->object), a, ret);
	if (r == 0)
		ret_token->slot = TAKE(seed.token.slot);
	return r;
}

/* --- the boot --- */

int
first_boot_row(struct db_at *at, const struct visit *by, struct db_rows *ret)
{
	int r = db_one(at, SQL_server_seed_state, ret, "s", str_c(by->object));

	/* The server is gone, or has another seed by now. */
	if (r == OUT_ABSENT)
		return OUT_UNPROVEN;
	if (r != 0)
		return r;
	if (by->who.cred != CRED_SEED ||
	    !str_eq(db_str(ret, BOOT_ID), str_c(by->who.cred_id)))
		return OUT_UNPROVEN;
	if (db_int(ret, BOOT_EXPIRES_AT) <= clock_now())
		return OUT_EXPIRED;
	if (!db_null(ret, BOOT_FIRST_AT) &&
	    !str_eq(db_str(ret, BOOT_FIRST_FROM), str_c(by->who.addr)))
		return OUT_DENIED;
	return 0;
}

static void
told(const struct visit *by, int r)
{
	char text[AUDIT_THING_MAX];

	if (r == OUT_EXPIRED || r == OUT_CONFLICT)
		audit_refusal(by->core, &by->who, by->verb, str_c(by->account),
			      audit_thing_text(&by->thing, text), out_text(r));
}

int
first_boot_look(const struct visit *by, struct first_boot *ret,
		int (*more)(struct db_at *, struct db_rows *, void *),
		void *arg)
{
	CLEAN(db_view_endp) struct db_at *view = NULL;
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	int r = db_view_begin(by->core->db, &view);

	ret->by = *by;
	if (r == 0)
		r = first_boot_row(view, by, &rows);
	/* Of no other is there a row, then. */
	if (rows.stmt != NULL) {
		FIELD_CUT(ret->place, db_str(&rows, BOOT_PLACE));
		ret->by.thing.name = str_c(ret->place);
	}
	if (r == 0) {
		ret->fetched = !db_null(&rows, BOOT_FIRST_AT);
		r = more(view, &rows, arg);
	}
	gate_refused(&ret->by, r);
	told(&ret->by, r);
	return r;
}

int
first_boot_write(const struct first_boot *boot,
		 int (*fn)(struct db_at *, void *), void *arg)
{
	int r = gate_write(&boot->by, fn, arg);

	told(&boot->by, r);
	return r;
}

/* From now on it is this address's. That is worth a row of its own: the records
 * of what was fetched are gathered. */
int
first_boot_bind(struct db_at *at, const struct visit *by, struct db_rows *rows)
{
	CLEAN(buf_clear) struct buf detail = BUF_INIT;
	struct visit v = *by;
	struct jw w = JW(&detail);
	int r;

	if (!db_null(rows, BOOT_FIRST_AT))
		return 0;
	r = FOLD(db_exec(at, SQL_server_seed_first, NULL, "sis",
			 str_c(by->object), clock_now(), str_c(by->who.addr)));
	if (r != 0)
		return r;
	v.verb = VERB_SEED_READ;
	jw_object(&w, NULL);
	jw_c(&w, "first_fetch_from", by->who.addr);
	jw_end(&w);
	return server_trail(at, &v, db_str(rows, BOOT_PLACE), &detail);
}

static int
is_open(struct db_at *at, struct db_rows *rows, void *arg)
{
	(void)at;
	(void)arg;
	return db_null(rows, BOOT_CLOSED_AT) ? 0 : OUT_DENIED;
}

static int
fetch_write(struct db_at *at, void *arg)
{
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	const struct visit *by = arg;
	int r = first_boot_row(at, by, &rows);

	if (r == 0)
		r = is_open(at, &rows, NULL);
	return r != 0 ? r : first_boot_bind(at, by, &rows);
}

int
server_boot_read(struct db_rows *rows, struct arena *a, struct server_boot *ret)
{
	struct str *const texts[] = {&ret->id,	       &ret->name,
				     &ret->key.pair,   &ret->key.pair_name,
				     &ret->key.type,   &ret->key.comment,
				     &ret->key.from_by};

	*ret = (struct server_boot){.user_data = STR("")};
	for (size_t i = 0; i < nitems(texts); i++) {
		*texts[i] = arena_str(a, db_str(rows, (int)i));
		if (texts[i]->p == NULL)
			return FAIL(-ENOMEM);
	}
	ret->key.blob = arena_str(a, db_blob(rows, 7));
	if (ret->key.blob.p == NULL)
		return FAIL(-ENOMEM);
	ret->key.bits = db_int(rows, 8);
	ret->key.from_at = db_int(rows, 9);
	return 0;
}

int
server_boot(const struct visit *by, struct arena *a, struct server_boot *ret)
{
	CLEAN(db_view_endp) struct db_at *view = NULL;
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	struct first_boot boot;
	struct server_boot got;
	int r = first_boot_look(by, &boot, is_open, NULL);

	if (r == 0 && !boot.fetched)
		r = first_boot_write(&boot, fetch_write, &boot.by);
	if (r == 0)
		r = db_view_begin(by->core->db, &view);
	if (r == 0)
		r = db_one(view, SQL_server_boot, &rows, "s",
			   str_c(by->object));
	if (r == 0)
		r = server_boot_read(&rows, a, &got);
	if (r != 0)
		return r == OUT_ABSENT ? OUT_UNPROVEN : r;
	got.user_data = arena_str(a, db_blob(&rows, 10));
	if (got.user_data.p == NULL)
		return FAIL(-ENOMEM);
	*ret = got;
	return 0;
}

/* --- the machine's own credential --- */

struct enrolment {
	const struct visit *by;
	char id[SERVER_ID_LEN + 1];
	uint8_t digest[VAULT_DIGEST_LEN];
};

static int
is_not_enrolled(struct db_at *at, struct db_rows *rows, void *arg)
{
	if (!db_null(rows, BOOT_ENROLLED_AT))
		return OUT_CONFLICT;
	return is_open(at, rows, arg);
}

/* Whatever it had before, as a credential's word in the trail. */
static int
older_end(struct db_at *at, struct str server, struct jw *w)
{
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	char word[CRED_WORD_MAX], id[CRED_ID_MAX + 1];
	int r = db_one(at, SQL_server_credential_of, &rows, "s", server);

	if (r != 0)
		return r == OUT_ABSENT ? 0 : r;
	r = FIELD_PUT(id, db_str(&rows, 0));
	if (r != 0)
		return r;
	cred_word(CRED_MACHINE, id, word);
	jw_c(w, "replaces", word);
	return FOLD(db_exec(at, SQL_server_credential_end, NULL, "s", server));
}

static int
credential_put(struct db_at *at, const struct enrolment *e, struct str place)
{
	CLEAN(buf_clear) struct buf detail = BUF_INIT;
	struct str server = str_c(e->by->object);
	struct str digest = {(const char *)e->digest, sizeof(e->digest)};
	char word[CRED_WORD_MAX];
	struct jw w = JW(&detail);
	int r;

	cred_word(CRED_MACHINE, e->id, word);
	jw_object(&w, NULL);
	jw_c(&w, "credential", word);
	r = older_end(at, server, &w);
	jw_end(&w);
	if (r == 0)
		r = FOLD(db_exec(at, SQL_server_credential_insert, NULL,
				 "ssbis", str_c(e->id), server, digest,
				 clock_now(), str_c(e->by->who.addr)));
	return r != 0 ? r : server_trail(at, e->by, place, &detail);
}

static int
enrol_write(struct db_at *at, void *arg)
{
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	const struct enrolment *e = arg;
	int r = first_boot_row(at, e->by, &rows);

	if (r == 0)
		r = is_not_enrolled(at, &rows, NULL);
	if (r == 0)
		r = first_boot_bind(at, e->by, &rows);
	if (r == 0)
		r = credential_put(at, e, db_str(&rows, BOOT_PLACE));
	if (r != 0)
		return r;
	gate_changed(at);
	return FOLD(db_exec(at, SQL_server_seed_enrolled, NULL, "si",
			    str_c(e->by->object), clock_now()));
}

int
server_enrol(const struct visit *by, struct secret *ret)
{
	CLEAN(secret_clear) struct secret token = SECRET_INIT;
	struct enrolment e;
	struct first_boot boot;
	int r = first_boot_look(by, &boot, is_not_enrolled, NULL);

	e.by = &boot.by;
	if (r == 0)
		r = rand_hex(e.id, SERVER_ID_LEN);
	if (r == 0)
		r = rand_token(TOKEN_MACHINE, &token);
	if (r == 0)
		r = vault_digest(by->core->vault, secret_reveal(&token),
				 e.digest);
	if (r == 0)
		r = first_boot_write(&boot, enrol_write, &e);
	if (r == 0)
		ret->slot = TAKE(token.slot);
	return r;
}

int
server_follow(const struct visit *by, struct arena *a, struct server_boot *ret)
{
	CLEAN(db_view_endp) struct db_at *view = NULL;
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	struct server_boot got;
	int r = db_view_begin(by->core->db, &view);

	if (r == 0)
		r = db_one(view, SQL_server_follow, &rows, "s",
			   str_c(by->object));
	if (r == 0)
		r = server_boot_read(&rows, a, &got);
	if (r == 0)
		*ret = got;
	return r;
}
