#include "core/session_inner.h"

#include "base/clock.h"
#include "core/sql.h"
#include "crypt/rand.h"

/* --- made --- */

static int
make_write(struct db_at *at, void *arg)
{
	struct work *w = arg;
	int r = refresh_check(at, w);

	if (r != 0 || w->outcome != 0)
		return r;
	r = FOLD(db_exec(at, SQL_passcode_make_room, NULL, "si",
			 str_c(w->session), (int64_t)PASSCODES_MAX - 1));
	if (r == 0)
		r = FOLD(db_exec(at, SQL_passcode_insert, NULL, "bsi",
				 digest_str(w->digest), str_c(w->session),
				 w->now + PASSCODE_LIFE_MS));
	return r != 0 ? r
		      : work_trail(at, w, VERB_LOGIN, w->session,
				   "a passcode was made");
}

static int
make_run(struct work *w)
{
	int r = refresh_look(w);

	if (r == 0)
		r = rand_token(TOKEN_PASSCODE, &w->refresh);
	if (r == 0)
		r = vault_digest(w->core->vault, secret_reveal(&w->refresh),
				 w->digest);
	if (r == 0)
		r = db_write(w->core->db, make_write, w);
	return r != 0 ? r : w->outcome;
}

int
passcode_make(struct core *core, const struct grant_ask *ask,
	      struct secret *ret, int64_t *ret_wait_s)
{
	CLEAN(work_clear) struct work w = {.life_s = 0};
	int r = grant_work_begin(core, ask, make_run, &w, ret_wait_s);

	if (r == 0)
		ret->slot = TAKE(w.refresh.slot);
	return r;
}

/* --- used --- */

/* The session that it is of lends its end and its API key to the new one: else
 * whoever has a refresh token would never have to log in again. */
static int
parent_load(struct db_at *at, struct work *w)
{
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	int r =
	    db_one(at, SQL_passcode_get, &rows, "b", digest_str(w->old_digest));

	if (r == 0 && db_int(&rows, 1) <= w->now)
		return OUT_UNPROVEN;
	if (r == 0)
		r = FIELD_PUT(w->key, db_str(&rows, 2));
	if (r == 0)
		w->ends_at = db_int(&rows, 3);
	if (r == 0)
		r = FIELD_PUT(w->parent, db_str(&rows, 0));
	if (r == 0)
		r = cred_load(w->core, at, CRED_SESSION, db_str(&rows, 0),
			      &w->who);
	return r > 0 ? OUT_UNPROVEN : r;
}

/* A refusal undoes it all: a wrong account costs no passcode. */
static int
use_write(struct db_at *at, void *arg)
{
	struct work *w = arg;
	int r = parent_load(at, w);

	if (r == 0)
		r = work_select(at, w);
	if (r == 0)
		r = FOLD(db_exec(at, SQL_passcode_delete, NULL, "b",
				 digest_str(w->old_digest)));
	if (r != 0)
		return r;
	work_by(w);
	r = session_put(at, w, NULL);
	/* It is the new one that is asked for from now on. */
	if (r == 0)
		r = FOLD(cred_load(w->core, at, CRED_SESSION, str_c(w->session),
				   &w->who));
	return r;
}

int
passcode_run(struct work *w)
{
	struct str value = w->ask->passcode;
	int r = token_looks(TOKEN_PASSCODE, value)
		    ? vault_digest(w->core->vault, value, w->old_digest)
		    : OUT_UNPROVEN;

	w->has_session = true;
	return r != 0 ? r : db_write(w->core->db, use_write, w);
}
