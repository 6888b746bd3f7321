/*
 * Credentials that are taken away again and have no end of their own that one
 * function knows: what ends by its row, what ends at a moment, what is locked.
 */
#include "core/since_inner.h"

#include "base/clock.h"
#include "core/account_inner.h"
#include "core/audit.h"
#include "core/regtoken.h"
#include "core/server.h"
#include "core/service_id.h"
#include "core/session.h"
#include "core/sql.h"

int
since_visit(const struct since_one *one, enum verb verb, struct visit *ret)
{
	*ret = (struct visit){.core = one->core,
			      .verb = verb,
			      .at = clock_now(),
			      .who = {.addr = "restore"}};
	return FIELD_PUT(ret->account, one->account);
}

/* A moment as the statements give it; 0: none. */
static int64_t
moment(struct str text)
{
	uint64_t at;

	return str_u64(text, INT64_MAX, &at) == 0 ? (int64_t)at : 0;
}

static bool
is_sooner(int64_t end, int64_t other)
{
	return end != 0 && (other == 0 || end < other);
}

bool
since_ends_later(struct str here, struct str there)
{
	return is_sooner(moment(there), moment(here));
}

/* One that would have ended by now ends by itself. */
bool
since_not_ended(struct str here, struct str there)
{
	return moment(here) == 0 && moment(there) > clock_now();
}

/* --- API keys --- */

struct key_state {
	bool disabled;
	int64_t expires_at;
};

static struct key_state
key_state(struct str text)
{
	struct str disabled, end;

	if (!str_cut(text, ' ', &disabled, &end))
		return (struct key_state){.disabled = true};
	return (struct key_state){str_eq(disabled, STR("1")), moment(end)};
}

bool
since_key_lives(struct str here, struct str there)
{
	struct key_state a = key_state(here), b = key_state(there);

	return (b.disabled && !a.disabled) ||
	       is_sooner(b.expires_at, a.expires_at);
}

struct end {
	struct visit v;
	const struct since_one *one;
	struct str word; /* what the trail calls it */
	int sql;
	bool in_account;
	int64_t at;
};

/* Also of one that is locked, and to a moment that is over. */
static int
key_end_write(struct db_at *at, void *arg)
{
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	const struct end *e = arg;
	int r = db_one(at, SQL_api_key_by_id, &rows, "s", e->one->id);

	if (r == 0)
		r = FOLD(db_exec(at, SQL_api_key_end_at, NULL, "sii",
				 e->one->id, e->at, e->v.at));
	if (r != 0)
		return r;
	gate_changed(at);
	return key_trail(at, &e->v, e->v.verb, e->one->id,
			 db_str(&rows, API_KEY_COL_IDENTITY),
			 db_str(&rows, API_KEY_COL_NAME));
}

int
since_key_change(const struct since_one *one)
{
	struct key_state here = key_state(one->here);
	struct key_state there = key_state(one->there);
	struct end e = {.one = one, .at = there.expires_at};
	int r = since_visit(one, VERB_APIKEY_UPDATE, &e.v);

	if (r == 0 && there.disabled && !here.disabled)
		r = api_key_disable(&e.v, one->id, true);
	if (r == 0 && is_sooner(there.expires_at, here.expires_at))
		r = gate_write(&e.v, key_end_write, &e);
	return r;
}

typedef int lock_fn(const struct visit *, struct str id, bool locked);

/* What was locked then was unlocked before it was deleted. */
static int
unlock(const struct since_one *one, enum verb verb, int locked, lock_fn *lock)
{
	struct visit v;
	CLEAN(db_view_endp) struct db_at *view = NULL;
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	int r = since_visit(one, verb, &v);

	if (r == 0)
		r = db_view_begin(one->core->db, &view);
	if (r == 0)
		r = db_query(view, locked, &rows, "s", one->id);
	while (r == 0 && (r = db_next(&rows)) == 0)
		r = lock(&v, db_str(&rows, 0), false);
	return r == OUT_ABSENT ? 0 : r;
}

int
since_key_delete(const struct since_one *one)
{
	struct visit v;
	int r = since_visit(one, VERB_APIKEY_DELETE, &v);

	if (r == 0)
		r = unlock(one, VERB_APIKEY_UPDATE, SQL_since_locked_key,
			   api_key_lock);
	return r != 0 ? r : api_key_delete(&v, one->id);
}

int
since_service_id_delete(const struct since_one *one)
{
	struct visit v;
	int r = since_visit(one, VERB_SERVICEID_DELETE, &v);

	if (r == 0)
		r = unlock(one, VERB_SERVICEID_UPDATE,
			   SQL_since_locked_identity, service_id_lock);
	if (r == 0)
		r = unlock(one, VERB_APIKEY_UPDATE, SQL_since_locked_keys,
			   api_key_lock);
	return r != 0 ? r : service_id_delete(&v, one->id);
}

/* --- what ends by its row --- */

static int
row_write(struct db_at *at, void *arg)
{
	const struct end *e = arg;
	struct str id = e->one->id;
	char thing[AUDIT_THING_MAX];
	int64_t n = 0;
	int r = e->in_account
		    ? db_exec(at, e->sql, &n, "ss", id, str_c(e->v.account))
		    : db_exec(at, e->sql, &n, "s", id);

	if (r != 0)
		return FOLD(r);
	if (n == 0)
		return OUT_ABSENT;
	gate_changed(at);
	(void)snprintf(thing, sizeof(thing), "%.*s:%.*s", STR_ARG(e->word),
		       STR_ARG(id));
	return audit_change(at, &e->v, str_c(thing), STR("{}"));
}

static int
row_end(const struct since_one *one, enum verb verb, struct end *e)
{
	int r = since_visit(one, verb, &e->v);

	e->one = one;
	return r != 0 ? r : gate_write(&e->v, row_write, e);
}

int
since_identity_token(const struct since_one *one)
{
	struct end e = {.word = STR("identity-token"),
			.sql = SQL_identity_token_delete};

	return row_end(one, VERB_SESSION_END, &e);
}

int
since_seed(const struct since_one *one)
{
	struct end e = {.word = STR("seed"), .sql = SQL_since_seed_end};

	return row_end(one, VERB_SERVER_SEED, &e);
}

int
since_invitation(const struct since_one *one)
{
	struct end e = {.word = STR("invitation"),
			.sql = SQL_invitation_withdraw,
			.in_account = true};

	return row_end(one, VERB_USER_CREATE, &e);
}

/* The thing is who was invited again: the code from before is what the copy
 * has.
 */
int
since_invited(const struct since_one *one)
{
	struct since_one code = *one;

	code.id = one->here;
	return since_invitation(&code);
}

/* --- tokens --- */

static int
access_end_write(struct db_at *at, void *arg)
{
	const struct end *e = arg;
	char thing[AUDIT_THING_MAX];
	int r = access_end(at, e->one->id, e->at);

	if (r != 0)
		return r;
	(void)snprintf(thing, sizeof(thing), "access-token:%.*s",
		       STR_ARG(e->one->id));
	return audit_change(at, &e->v, str_c(thing), STR("{}"));
}

int
since_access_token(const struct since_one *one)
{
	struct end e = {.one = one, .at = moment(one->there)};
	int r = since_visit(one, VERB_SESSION_END, &e.v);

	return r != 0 ? r : gate_write(&e.v, access_end_write, &e);
}

/* Of a token the trail does not always say where it is. */
int
since_token_delete(const struct since_one *one)
{
	CLEAN(db_view_endp) struct db_at *view = NULL;
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	struct visit v;
	int r = since_visit(one, VERB_REGISTRYTOKEN_DELETE, &v);

	if (r == 0)
		r = db_view_begin(one->core->db, &view);
	if (r == 0)
		r = db_one(view, SQL_since_token_region, &rows, "s", one->id);
	return r != 0 ? r : regtoken_remove(&v, db_str(&rows, 0), one->id);
}

static int
token_end_write(struct db_at *at, void *arg)
{
	const struct end *e = arg;
	char thing[AUDIT_THING_MAX];
	int r =
	    FOLD(db_exec(at, SQL_regtoken_end, NULL, "si", e->one->id, e->at));

	if (r != 0)
		return r;
	gate_changed(at);
	(void)snprintf(thing, sizeof(thing), "token:%.*s", STR_ARG(e->one->id));
	return audit_change(at, &e->v, str_c(thing), STR("{}"));
}

int
since_token_end(const struct since_one *one)
{
	struct end e = {.one = one, .at = moment(one->there)};
	int r = since_visit(one, VERB_REGISTRYTOKEN_DELETE, &e.v);

	return r != 0 ? r : gate_write(&e.v, token_end_write, &e);
}
