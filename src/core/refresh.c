#include "core/session_inner.h"

#include "base/clock.h"
#include "core/audit.h"
#include "core/sql.h"
#include "crypt/rand.h"

#include <errno.h>

int
refresh_make(struct work *w)
{
	int r = rand_token(TOKEN_REFRESH, &w->refresh);

	return r != 0 ? r
		      : vault_digest(w->core->vault, secret_reveal(&w->refresh),
				     w->digest);
}

int
refresh_put(struct db_at *at, const struct work *w, bool delegated)
{
	return FOLD(db_exec(at, SQL_refresh_token_insert, NULL, "bsiii",
			    digest_str(w->digest), str_c(w->session), w->now,
			    w->session_end, (int64_t)delegated));
}

int
refresh_look(struct work *w)
{
	struct str value = w->ask->refresh_token;

	if (!token_looks(TOKEN_REFRESH, value))
		return OUT_UNPROVEN;
	return vault_digest(w->core->vault, value, w->old_digest);
}

/* A replaced token came back after its grace: somebody has a copy, and nobody
 * knows who. The whole session ends, and this write is kept. */
static int
replayed(struct db_at *at, struct work *w)
{
	int r =
	    FOLD(db_exec(at, SQL_session_delete, NULL, "s", str_c(w->session)));

	if (r != 0)
		return r;
	gate_changed(at);
	w->outcome = OUT_UNPROVEN;
	return work_trail(at, w, VERB_SESSION_END, w->session,
			  "replayed refresh token");
}

int
refresh_check(struct db_at *at, struct work *w)
{
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	int r = db_one(at, SQL_refresh_token_get, &rows, "b",
		       digest_str(w->old_digest));

	w->outcome = 0;
	if (r == OUT_ABSENT)
		w->outcome = OUT_UNPROVEN;
	if (r != 0)
		return r == OUT_ABSENT ? 0 : r;
	r = FIELD_PUT(w->session, db_str(&rows, 0));
	if (r == 0)
		r = FIELD_PUT(w->key, db_str(&rows, 5));
	if (r != 0)
		return r;
	w->ends_at = db_int(&rows, 6);
	/* A delegated one opens the registry and makes nothing new. */
	if (!str_eq(db_str(&rows, 3), w->ask->client_id) ||
	    db_int(&rows, 4) != 0)
		w->outcome = OUT_UNPROVEN;
	else if (db_int(&rows, 1) <= w->now || w->ends_at <= w->now)
		w->outcome = OUT_EXPIRED;
	if (w->outcome != 0)
		return 0;
	r = cred_load(w->core, at, CRED_SESSION, str_c(w->session), &w->who);
	if (r < 0)
		return r;
	work_by(w);
	if (!db_null(&rows, 2) && db_int(&rows, 2) + REFRESH_GRACE_MS <= w->now)
		return replayed(at, w);
	w->outcome = r;
	return 0;
}

/* --- a refresh --- */

/* The token that was presented is of the old session, which goes on: what was
 * delegated by it stays in its account. */
static int
move(struct db_at *at, struct work *w)
{
	work_by(w);
	memcpy(w->parent, w->session, sizeof(w->parent));
	return session_put(at, w, "from another account");
}

static int
extend(struct db_at *at, struct work *w)
{
	int r = session_rules(at, w);

	if (r != 0)
		return r;
	w->session_end = w->now + session_idle(w) * SECOND_MS;
	if (w->ends_at < w->session_end)
		w->session_end = w->ends_at;
	r = FOLD(db_exec(at, SQL_refresh_token_replace, NULL, "bi",
			 digest_str(w->old_digest), w->now));
	if (r == 0)
		r = refresh_put(at, w, false);
	if (r == 0)
		r = FOLD(db_exec(at, SQL_session_extend, NULL, "si",
				 str_c(w->session), w->session_end));
	/* It lives longer now than when it was looked at. */
	if (r == 0)
		r = FOLD(cred_load(w->core, at, CRED_SESSION, str_c(w->session),
				   &w->who));
	return r != 0 ? r : work_trail(at, w, VERB_LOGIN, w->session, NULL);
}

static int
refresh_write(struct db_at *at, void *arg)
{
	struct work *w = arg;
	char account[ACCOUNT_ID_LEN + 1];
	int r = refresh_check(at, w);

	if (r != 0 || w->outcome != 0)
		return r;
	memcpy(account, w->who.account, sizeof(account));
	/* Before anything is rotated: a wrong account costs no token. */
	r = work_select(at, w);
	if (r == OUT_DENIED)
		w->outcome = r;
	if (r != 0)
		return r < 0 ? r : 0;
	return strcmp(account, w->who.account) == 0 ? extend(at, w)
						    : move(at, w);
}

/* Who it is shows only in the write: two who refresh at once must not both
 * take the same token for a fresh one. */
int
refresh_run(struct work *w)
{
	int r = refresh_look(w);

	w->has_session = true;
	if (r == 0)
		r = db_write(w->core->db, refresh_write, w);
	return r != 0 ? r : w->outcome;
}

/* --- for another receiver --- */

static int
delegate_write(struct db_at *at, void *arg)
{
	struct work *w = arg;
	int r = refresh_check(at, w);

	if (r == 0 && w->outcome == 0)
		r = session_rules(at, w);
	if (r != 0 || w->outcome != 0)
		return r;
	w->session_end =
	    w->now +
	    (w->life_s > 0 ? w->life_s : w->rules.refresh_life_s) * SECOND_MS;
	if (w->ends_at < w->session_end)
		w->session_end = w->ends_at;
	r = refresh_put(at, w, true);
	return r != 0 ? r
		      : work_trail(at, w, VERB_LOGIN, w->session, "delegated");
}

static int
delegate_run(struct work *w)
{
	int r = refresh_look(w);

	if (r == 0)
		r = refresh_make(w);
	if (r == 0)
		r = db_write(w->core->db, delegate_write, w);
	return r != 0 ? r : w->outcome;
}

int
session_delegate(struct core *core, const struct grant_ask *ask, int64_t life_s,
		 struct secret *ret, int64_t *ret_wait_s)
{
	CLEAN(work_clear) struct work w = {.life_s = life_s};
	int r = grant_work_begin(core, ask, delegate_run, &w, ret_wait_s);

	if (r == 0)
		ret->slot = TAKE(w.refresh.slot);
	return r;
}
