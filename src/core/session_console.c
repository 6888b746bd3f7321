/* A browser's session: it begins as others do, goes on while somebody says that
 * they stay, and moves into another account. */
#include "core/session_inner.h"

#include "base/clock.h"
#include "core/audit.h"
#include "core/sql.h"
#include "crypt/passwd.h"
#include "crypt/rand.h"

void
sign_in_clear(struct sign_in *s)
{
	secret_clear(&s->cookie);
}

/* --- the cookie --- */

int
session_cookie_make(struct work *w)
{
	int r = rand_token(TOKEN_COOKIE, &w->refresh);

	return r != 0 ? r
		      : vault_digest(w->core->vault, secret_reveal(&w->refresh),
				     w->digest);
}

int
session_cookie_put(struct db_at *at, struct work *w)
{
	int r = FOLD(db_exec(at, SQL_session_cookie_set, NULL, "sb",
			     str_c(w->session), digest_str(w->digest)));

	/* A key that ends at this very moment takes it along. */
	if (r == 0)
		r = cred_load(w->core, at, CRED_SESSION, str_c(w->session),
			      &w->now_as);
	return r > 0 ? OUT_UNPROVEN : r;
}

static void
sign_in_take(struct work *w, struct sign_in *ret)
{
	*ret = (struct sign_in){.who = w->now_as, .ends_at = w->ends_at};
	ret->cookie.slot = TAKE(w->refresh.slot);
	FIELD_CUT(ret->who.addr, w->ask->addr);
}

/* --- it begins --- */

int
session_sign_in(struct core *core, const struct grant_ask *ask,
		struct sign_in *ret, int64_t *ret_wait_s)
{
	CLEAN(work_clear) struct work w = {.browser = true};
	struct grant_ask mine = *ask;
	int r;

	if (ask->kind == GRANT_PASSWORD && ask->password.n > PASSWD_MAX)
		return OUT_MALFORMED;
	mine.client_id = STR(CONSOLE_CLIENT);
	r = grant_work_begin(core, &mine, grant_run, &w, ret_wait_s);
	if (r != 0)
		return r;
	grant_used(&w);
	sign_in_take(&w, ret);
	return 0;
}

/* --- it goes on --- */

struct browser {
	int64_t expires_at, ends_at, stayed_at;
	char key[CRED_ID_MAX + 1];
	enum grant_kind kind;
};

static int
browser_read(struct db_at *at, const struct visit *by, struct browser *ret)
{
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	int r = by->who.cred != CRED_SESSION
		    ? OUT_ABSENT
		    : db_one(at, SQL_session_browser, &rows, "s",
			     str_c(by->who.cred_id));

	if (r != 0)
		return r == OUT_ABSENT ? OUT_UNPROVEN : r;
	ret->expires_at = db_int(&rows, 0);
	ret->ends_at = db_int(&rows, 1);
	ret->stayed_at = db_int(&rows, 2);
	ret->kind = str_eq(db_str(&rows, 4), session_grant_name(GRANT_PASSWORD))
			? GRANT_PASSWORD
			: GRANT_API_KEY;
	return FIELD_PUT(ret->key, db_str(&rows, 3));
}

struct stay {
	const struct visit *by;
	struct subject who;
	int64_t ends_at;
};

/* In a view or a write. */
static int
stay_look(struct db_at *at, struct stay *s, struct browser *b)
{
	int r = browser_read(at, s->by, b);

	if (r == 0)
		r = cred_load(s->by->core, at, CRED_SESSION,
			      str_c(s->by->who.cred_id), &s->who);
	if (r != 0)
		return r < 0 ? r : OUT_UNPROVEN;
	memcpy(s->who.addr, s->by->who.addr, sizeof(s->who.addr));
	s->ends_at = b->ends_at;
	return 0;
}

/* Nothing new is granted, so the trail has nothing to hear. What was remembered
 * of its end is old now. */
static int
stay_write(struct db_at *at, void *arg)
{
	struct stay *s = arg;
	struct work w = {.browser = true};
	struct browser b;
	int64_t end;
	int r = stay_look(at, s, &b);

	w.who = s->who;
	if (r == 0)
		r = session_rules(at, &w);
	if (r != 0)
		return r;
	end = s->by->at + session_idle(&w) * SECOND_MS;
	if (b.ends_at < end)
		end = b.ends_at;
	r = FOLD(db_exec(at, SQL_session_stay, NULL, "sii",
			 str_c(s->by->who.cred_id), end, s->by->at));
	if (r != 0)
		return r;
	gate_changed(at);
	return stay_look(at, s, &b);
}

static int
stay_view(struct stay *s, struct browser *b)
{
	CLEAN(db_view_endp) struct db_at *view = NULL;
	int r = db_view_begin(s->by->core->db, &view);

	return r != 0 ? r : stay_look(view, s, b);
}

int
session_stay(const struct visit *by, struct subject *ret, int64_t *ret_ends_at)
{
	struct stay s = {.by = by};
	struct browser b;
	int r = stay_view(&s, &b);

	/* Each write waits for the disk, and there are pages that ask often. */
	if (r == 0 && by->at - b.stayed_at >= CONSOLE_STAY_MS)
		r = gate_write(by, stay_write, &s);
	if (r != 0)
		return r;
	*ret = s.who;
	*ret_ends_at = s.ends_at;
	return 0;
}

/* --- into another account --- */

/* One browser has one session: were the old one to go on, nobody could sign out
 * of it any longer. */
static int
leave(struct db_at *at, struct work *w)
{
	struct str old = str_c(w->by.who.cred_id);
	int r = FOLD(db_exec(at, SQL_session_delete, NULL, "s", old));

	if (r != 0)
		return r;
	gate_changed(at);
	return work_trail(at, w, VERB_SESSION_END, w->by.who.cred_id,
			  "goes on in another account");
}

struct into {
	struct work work;
	struct grant_ask ask;
	const struct visit *visit;
};

static int
into_write(struct db_at *at, void *arg)
{
	struct into *in = arg;
	struct work *w = &in->work;
	struct browser b;
	int r = browser_read(at, in->visit, &b);

	if (r != 0)
		return r;
	/* Run again, it begins where it began: the end of the old one is told
	 * in the account that it was in. */
	w->by = *in->visit;
	in->ask.kind = b.kind;
	w->ends_at = b.ends_at;
	memcpy(w->key, b.key, sizeof(w->key));
	w->who = in->visit->who;
	r = work_select(at, w);
	if (r == 0)
		r = leave(at, w);
	if (r != 0)
		return r;
	work_by(w);
	return session_put(at, w, "from another account");
}

int
session_into(const struct visit *by, struct str account, struct str agent,
	     struct sign_in *ret)
{
	struct into in = {.visit = by,
			  .ask = {.client_id = STR(CONSOLE_CLIENT),
				  .account = account,
				  .addr = str_c(by->who.addr),
				  .agent = agent}};
	struct work *w = &in.work;
	int r;

	w->browser = true;
	work_init(w, by->core, &in.ask);
	r = grant_plan(w);
	if (r == 0)
		r = gate_write(by, into_write, &in);
	if (r == 0)
		sign_in_take(w, ret);
	else if (r == OUT_DENIED)
		audit_refusal(by->core, &by->who, VERB_LOGIN,
			      str_c(by->who.account), STR_NONE, out_text(r));
	work_clear(w);
	return r;
}
