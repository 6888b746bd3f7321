#include "core/session_inner.h"

#include "base/clock.h"
#include "core/audit.h"
#include "core/sql.h"
#include "crypt/rand.h"

#include <errno.h>

static struct str
digest_str(const uint8_t digest[VAULT_DIGEST_LEN])
{
	return (struct str){(const char *)digest, VAULT_DIGEST_LEN};
}

int
refresh_make(struct work *w)
{
	int r = rand_token(TOKEN_REFRESH, &w->refresh);

	if (r != 0)
		return r;
	w->session_end = w->now + REFRESH_LIFE_S * SECOND_MS;
	return vault_digest(w->core->vault, secret_reveal(&w->refresh),
			    w->digest);
}

int
refresh_put(struct db_at *at, const struct work *w, bool delegated)
{
	return FOLD(db_exec(at, SQL_refresh_token_insert, NULL, "bsiii",
			    digest_str(w->digest), str_c(w->session), w->now,
			    w->session_end, (int64_t)delegated));
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
	return work_trail(at, w, VERB_SESSION_END, "replayed refresh token");
}

/* 0 to go on; else what w->outcome says is the answer. */
static int
refresh_check(struct db_at *at, struct work *w, struct db_rows *rows)
{
	int r = FIELD_PUT(w->session, db_str(rows, 0));

	if (r != 0)
		return r;
	/* A delegated one opens the registry and makes nothing new. */
	if (!str_eq(db_str(rows, 3), w->ask->client_id) || db_int(rows, 4) != 0)
		w->outcome = OUT_UNPROVEN;
	else if (db_int(rows, 1) <= w->now)
		w->outcome = OUT_EXPIRED;
	if (w->outcome != 0)
		return 0;
	r = cred_load(w->core, at, CRED_SESSION, str_c(w->session), &w->who);
	if (r < 0)
		return r;
	work_by(w);
	if (!db_null(rows, 2) && db_int(rows, 2) + REFRESH_GRACE_MS <= w->now)
		return replayed(at, w);
	/* Before anything is rotated: a wrong account costs no token. */
	w->outcome = r != 0 ? r : work_account(w);
	return 0;
}

static int
delegated_put(struct db_at *at, const struct work *w)
{
	int r = refresh_put(at, w, true);

	return r != 0 ? r : work_trail(at, w, VERB_LOGIN, "delegated");
}

static int
refresh_write(struct db_at *at, void *arg)
{
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	struct work *w = arg;
	int r = db_one(at, SQL_refresh_token_get, &rows, "b",
		       digest_str(w->old_digest));

	w->outcome = 0;
	if (r != 0)
		return r == OUT_ABSENT ? OUT_UNPROVEN : r;
	r = refresh_check(at, w, &rows);
	if (r != 0 || w->outcome != 0)
		return r;
	if (w->delegates)
		return delegated_put(at, w);
	r = FOLD(db_exec(at, SQL_refresh_token_replace, NULL, "bi",
			 digest_str(w->old_digest), w->now));
	if (r == 0)
		r = refresh_put(at, w, false);
	if (r == 0)
		r = FOLD(db_exec(at, SQL_session_extend, NULL, "si",
				 str_c(w->session), w->session_end));
	return r != 0 ? r : work_trail(at, w, VERB_LOGIN, NULL);
}

/* Who it is shows only in the write: two who refresh at once must not both
 * take the same token for a fresh one. */
int
refresh_run(struct work *w)
{
	struct str value = w->ask->refresh_token;
	int r;

	if (!token_looks(TOKEN_REFRESH, value))
		return OUT_UNPROVEN;
	r = vault_digest(w->core->vault, value, w->old_digest);
	if (r == 0)
		r = refresh_make(w);
	if (r == 0)
		r = db_write(w->core->db, refresh_write, w);
	w->has_session = true;
	return r != 0 ? r : w->outcome;
}

int
session_delegate(struct core *core, struct str refresh_token,
		 struct str client_id, struct str addr, struct secret *ret)
{
	struct grant_ask ask = {.kind = GRANT_REFRESH,
				.refresh_token = refresh_token,
				.client_id = client_id,
				.addr = addr};
	CLEAN(work_clear)
	struct work w = {.core = core,
			 .ask = &ask,
			 .refresh = SECRET_INIT,
			 .delegates = true,
			 .now = clock_now()};
	int r;

	w.by = (struct visit){.core = core, .verb = VERB_LOGIN, .at = w.now};
	arena_init(&w.arena, WORK_ARENA_MAX);
	if (!audit_works(core))
		return OUT_BUSY;
	r = refresh_run(&w);
	work_settle(&w, STR_NONE, r);
	if (r == 0)
		ret->slot = TAKE(w.refresh.slot);
	return r;
}
