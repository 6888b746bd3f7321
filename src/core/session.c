#include "core/session_inner.h"

#include "base/clock.h"
#include "core/access.h"
#include "core/audit.h"
#include "core/sql.h"
#include "crypt/rand.h"
#include "json/json.h"

#include <errno.h>

static const struct str grant_names[] = {
    [GRANT_API_KEY] = STR_INIT("urn:ibm:params:oauth:grant-type:apikey"),
    [GRANT_PASSWORD] = STR_INIT("password"),
    [GRANT_REFRESH] = STR_INIT("refresh_token"),
};

void
grant_clear(struct grant *g)
{
	buf_clear(&g->access_token);
	secret_clear(&g->refresh_token);
}

void
work_clear(struct work *w)
{
	arena_clear(&w->arena);
	secret_clear(&w->refresh);
	mem_wipe(w->old_digest, sizeof(w->old_digest));
}

/* --- who is it --- */

static int
api_key_who(struct work *w)
{
	CLEAN(db_view_endp) struct db_at *view = NULL;
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	struct str value = w->ask->api_key;
	uint8_t digest[VAULT_DIGEST_LEN];
	int r = OUT_UNPROVEN;

	if (value.n > 0 && value.n <= SECRET_MAX)
		r = vault_digest(w->core->vault, value, digest);
	if (r == 0)
		r = db_view_begin(w->core->db, &view);
	if (r == 0)
		r = db_one(view, SQL_cred_api_key_by_digest, &rows, "b",
			   (struct str){(char *)digest, sizeof(digest)});
	if (r == 0)
		r = cred_load(w->core, view, CRED_API_KEY, db_str(&rows, 0),
			      &w->who);
	/* An ended key looks like one that never was. */
	return r == OUT_ABSENT || r == OUT_EXPIRED ? OUT_UNPROVEN : r;
}

static int
password_who(struct work *w)
{
	int r = user_check_password(w->core, w->ask->user, w->ask->password,
				    &w->arena, &w->user);

	if (r != 0)
		return r;
	w->who =
	    (struct subject){.cred = CRED_SESSION, .expires_at = INT64_MAX};
	r = FIELD_PUT(w->who.account, w->user.account);
	if (r == 0)
		r = FIELD_PUT(w->who.identity, w->user.id);
	return r;
}

/* --- which account --- */

/* What is asked for, by id; one that is not there is like a foreign one. */
static int
account_wanted(struct work *w)
{
	struct account account;
	int r;

	if (w->ask->account.n == 0)
		return 0;
	w->wants_account = true;
	r = account_get(w->core, w->ask->account, &w->arena, &account);
	if (r == 0)
		r = FIELD_PUT(w->account, account.id);
	return r == OUT_ABSENT ? 0 : r;
}

int
work_account(const struct work *w)
{
	return !w->wants_account || strcmp(w->account, w->who.account) == 0
		   ? 0
		   : OUT_DENIED;
}

/* --- sessions --- */

void
work_by(struct work *w)
{
	w->by.who = w->who;
	FIELD_CUT(w->by.who.addr, w->ask->addr);
	FIELD_CUT(w->by.account, str_c(w->who.account));
}

/* A password always makes a session, since something must be there whose end
 * ends the access token; without a client nobody can make it any longer. */
static int
session_plan(struct work *w)
{
	bool client = w->ask->client_id.n > 0;
	char uuid[UUID_LEN + 1];
	int r;

	if (w->ask->kind == GRANT_REFRESH)
		return 0;
	w->makes_session = client || w->ask->kind == GRANT_PASSWORD;
	if (!w->makes_session)
		return 0;
	w->has_session = true;
	w->session_end = w->now + ACCESS_LIFE_S * SECOND_MS;
	r = rand_uuid(uuid);
	if (r == 0 && client)
		r = refresh_make(w);
	(void)snprintf(w->session, sizeof(w->session), "C-%s", uuid);
	return r;
}

int
work_trail(struct db_at *at, const struct work *w, enum verb verb,
	   const char *why)
{
	CLEAN(buf_clear) struct buf detail = BUF_INIT;
	char thing[AUDIT_THING_MAX];
	struct visit v = w->by;
	struct jw j = JW(&detail);

	v.verb = verb;
	jw_object(&j, NULL);
	jw_str(&j, "grant_type", grant_names[w->ask->kind]);
	if (why != NULL)
		jw_c(&j, "why", why);
	jw_end(&j);
	if (buf_err(&detail) != 0)
		return FAIL(buf_err(&detail));
	(void)snprintf(thing, sizeof(thing), "session:%s", w->session);
	return audit_change(at, &v, str_c(thing), buf_str(&detail));
}

/* What was proven before the write, is it still so? A session must not outlive
 * the password or the key that it began with. */
static int
still_proven(struct db_at *at, const struct work *w)
{
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	struct subject now;
	int r;

	if (w->who.cred == CRED_API_KEY)
		r = cred_load(w->core, at, CRED_API_KEY, str_c(w->who.cred_id),
			      &now);
	else
		r = db_one(at, SQL_identity_by_id, &rows, "s",
			   str_c(w->who.identity));
	if (r == 0 && w->who.cred != CRED_API_KEY &&
	    db_int(&rows, 9) != w->user.version)
		return OUT_UNPROVEN;
	return r > 0 ? OUT_UNPROVEN : r;
}

static int
session_write(struct db_at *at, void *arg)
{
	const struct work *w = arg;
	struct str key =
	    w->who.cred == CRED_API_KEY ? str_c(w->who.cred_id) : STR_NONE;
	int r = still_proven(at, w);

	if (r == 0)
		r = db_exec(at, SQL_session_insert, NULL, "sssSssii",
			    str_c(w->session), str_c(w->who.account),
			    str_c(w->who.identity), key, w->ask->client_id,
			    grant_names[w->ask->kind], w->now, w->session_end);

	/* The key or the user has gone in the meantime. */
	if (r == OUT_CONFLICT)
		return OUT_UNPROVEN;
	if (r == 0 && w->refresh.slot != NULL)
		r = refresh_put(at, w, false);
	return r != 0 ? r : work_trail(at, w, VERB_LOGIN, NULL);
}

/* --- what is handed out --- */

static int
access_make(struct work *w, struct grant *g)
{
	struct access access = {.cred = w->who.cred,
				.issued_at = w->now / SECOND_MS * SECOND_MS};
	struct access_ask ask = {.access = &access,
				 .user = &w->user,
				 .grant_type = grant_names[w->ask->kind],
				 .client_id = w->ask->client_id,
				 .session_id = str_c(w->session)};

	access.expires_at = access.issued_at + ACCESS_LIFE_S * SECOND_MS;
	if (w->has_session)
		access.cred = CRED_SESSION;
	if (w->who.expires_at < access.expires_at)
		access.expires_at = w->who.expires_at / SECOND_MS * SECOND_MS;
	memcpy(access.cred_id, w->has_session ? w->session : w->who.cred_id,
	       sizeof(access.cred_id));
	memcpy(access.account, w->who.account, sizeof(access.account));
	memcpy(access.identity, w->who.identity, sizeof(access.identity));
	g->issued_at = access.issued_at;
	g->expires_at = access.expires_at;
	return access_write(w->core, &ask, &g->access_token);
}

static int
grant_make(struct work *w, struct grant *ret)
{
	CLEAN(grant_clear) struct grant g = GRANT_INIT;
	int r = user_get(w->core, str_c(w->who.identity), &w->arena, &w->user);

	if (r == 0)
		r = access_make(w, &g);
	if (r != 0)
		return r == OUT_ABSENT ? OUT_UNPROVEN : r;
	memcpy(g.session_id, w->session, sizeof(g.session_id));
	g.refresh_token.slot = TAKE(w->refresh.slot);
	*ret = g;
	g = (struct grant)GRANT_INIT; /* moved */
	return 0;
}

/* --- the way in --- */

static int
identify(struct work *w)
{
	switch (w->ask->kind) {
	case GRANT_API_KEY:
		return api_key_who(w);
	case GRANT_PASSWORD:
		return password_who(w);
	case GRANT_REFRESH:
		return refresh_run(w);
	}
	return OUT_UNPROVEN;
}

static int
work_run(struct work *w, struct grant *ret)
{
	int r = account_wanted(w);

	if (r == 0)
		r = identify(w);
	if (r == 0)
		r = work_account(w);
	if (r == 0)
		r = session_plan(w);
	if (r == 0 && w->ask->kind == GRANT_PASSWORD)
		memcpy(w->who.cred_id, w->session, sizeof(w->who.cred_id));
	if (r != 0)
		return r;
	work_by(w);
	if (w->makes_session)
		r = db_write(w->core->db, session_write, w);
	if (r == 0)
		r = grant_make(w, ret);
	/* A session's row in the trail tells of the login already. */
	if (r == 0 && !w->has_session)
		audit_use(w->core, &w->by.who, VERB_LOGIN,
			  str_c(w->who.account), STR_NONE);
	else if (r == 0)
		audit_touch(w->core, &w->by.who, VERB_LOGIN, STR_NONE);
	return r;
}

void
work_settle(struct work *w, struct str name, int r)
{
	struct subject *who = &w->by.who;

	work_by(w);
	if (r == 0)
		gate_throttle_ok(w->core, w->ask->addr, name);
	if (r != OUT_UNPROVEN && r != OUT_EXPIRED && r != OUT_DENIED)
		return;
	if (r == OUT_UNPROVEN)
		gate_throttle_fail(w->core, w->ask->addr, name);
	audit_refusal(w->core, who, VERB_LOGIN, str_c(who->account), STR_NONE,
		      out_text(r));
}

int
session_grant(struct core *core, const struct grant_ask *ask, struct grant *ret,
	      int64_t *ret_wait_s)
{
	CLEAN(work_clear)
	struct work w = {.core = core,
			 .ask = ask,
			 .refresh = SECRET_INIT,
			 .now = clock_now()};
	char name[EMAIL_MAX + 1] = "";
	int r, bitten = 0;

	w.by = (struct visit){.core = core, .verb = VERB_LOGIN, .at = w.now};
	arena_init(&w.arena, WORK_ARENA_MAX);
	if (!audit_works(core))
		return OUT_BUSY;
	if (ask->kind == GRANT_PASSWORD && ask->user.n <= EMAIL_MAX)
		text_lower(ask->user, name);
	bitten = gate_throttle(core, ask->addr, str_c(name), ret_wait_s);
	if (bitten != 0 && ask->kind == GRANT_PASSWORD)
		return bitten;
	r = work_run(&w, ret);
	work_settle(&w, str_c(name), r);
	return bitten != 0 && r == OUT_UNPROVEN ? bitten : r;
}

struct end {
	const struct visit *by;
	struct str id;
};

static int
end_write(struct db_at *at, void *arg)
{
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	const struct end *e = arg;
	const struct thing *thing = &e->by->thing;
	char word[CRED_WORD_MAX];
	int r = db_one(at, SQL_session_get, &rows, "s", e->id);

	if (r != 0)
		return r;
	if (!str_eq(db_str(&rows, 0), str_c(e->by->account)) ||
	    (thing->kind == THING_IDENTITY &&
	     !str_eq(db_str(&rows, 1), thing->name)))
		return OUT_ABSENT;
	r = FOLD(db_exec(at, SQL_session_delete, NULL, "s", e->id));
	if (r != 0)
		return r;
	gate_changed(at);
	(void)snprintf(word, sizeof(word), "session:%.*s", STR_ARG(e->id));
	return audit_change(at, e->by, str_c(word), STR("{}"));
}

int
session_end(const struct visit *by, struct str id)
{
	struct end e = {.by = by, .id = id};

	return gate_write(by, end_write, &e);
}
