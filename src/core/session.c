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
    [GRANT_PASSCODE] = STR_INIT("urn:ibm:params:oauth:grant-type:passcode"),
};

struct str
session_grant_name(enum grant_kind kind)
{
	return grant_names[kind];
}

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

/* As any door would know it, from memory too: an ended key looks like one that
 * never was. A key stays in its account, whoever it is of: else the rules of an
 * account for its keys could be left through another one. */
static int
api_key_who(struct work *w)
{
	struct proof proof = {.kind = PROOF_BASIC,
			      .user = STR("iamapikey"),
			      .secret = w->ask->api_key,
			      .addr = w->ask->addr};
	int r = gate_known(w->core, &proof, &w->who);

	if (r != 0)
		return r == OUT_EXPIRED ? OUT_UNPROVEN : r;
	memcpy(w->key, w->who.cred_id, sizeof(w->key));
	return w->wants_account && strcmp(w->account, w->who.account) != 0
		   ? OUT_DENIED
		   : 0;
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
	memcpy(w->who.cred_id, w->fresh, sizeof(w->who.cred_id));
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
work_select(struct db_at *at, struct work *w)
{
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	int r;

	if (!w->wants_account || strcmp(w->account, w->who.account) == 0)
		return 0;
	if (w->key[0] != '\0')
		return OUT_DENIED;
	r = db_one(at, SQL_session_account, &rows, "ss", str_c(w->account),
		   str_c(w->who.identity));
	if (r == 0)
		r = FIELD_PUT(w->who.account, str_c(w->account));
	return r == OUT_ABSENT ? OUT_DENIED : r;
}

void
work_by(struct work *w)
{
	w->by.who = w->who;
	FIELD_CUT(w->by.who.addr, w->ask->addr);
	FIELD_CUT(w->by.account, str_c(w->who.account));
}

int
work_trail(struct db_at *at, const struct work *w, enum verb verb,
	   const char *session, const char *why)
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
	(void)snprintf(thing, sizeof(thing), "session:%s", session);
	return audit_change(at, &v, str_c(thing), buf_str(&detail));
}

/* --- a new session --- */

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
	struct work *w = arg;
	int r = still_proven(at, w);

	if (r == 0)
		r = work_select(at, w);
	if (r != 0)
		return r;
	work_by(w);
	w->ends_at = INT64_MAX;
	return session_put(at, w, NULL);
}

static bool
is_plain(const struct grant_ask *ask)
{
	return ask->kind == GRANT_API_KEY && ask->client_id.n == 0;
}

/* An API key without a client is a plain call of an API, and has no session:
 * its token ends with the key. Whether the key's owner chose support_sessions
 * is not asked of a client that says its name: the original's command line logs
 * in so with every key. */
static int
plain_view(struct work *w)
{
	CLEAN(db_view_endp) struct db_at *view = NULL;
	int r = db_view_begin(w->core->db, &view);

	if (r == 0)
		r = session_rules(view, w);
	/* In the same view, since a second one costs as much as both reads. */
	if (r == 0)
		r = user_get(w->core, str_c(w->who.identity), &w->arena,
			     &w->user);
	return r == OUT_ABSENT ? OUT_UNPROVEN : r;
}

static int
begin(struct work *w, work_fn *who)
{
	int r = who(w);

	if (r != 0)
		return r;
	if (is_plain(w->ask))
		return plain_view(w);
	w->has_session = true;
	return db_write(w->core->db, session_write, w);
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
				 .session_id = str_c(w->session),
				 .session_ends_at = w->ends_at,
				 .session_next = w->session_end};

	access.expires_at =
	    access.issued_at + w->rules.access_life_s * SECOND_MS;
	if (w->has_session)
		access.cred = CRED_SESSION;
	if (w->has_session && w->session_end < access.expires_at)
		access.expires_at = w->session_end / SECOND_MS * SECOND_MS;
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
	int r = 0;

	if (!is_plain(w->ask))
		r = user_get(w->core, str_c(w->who.identity), &w->arena,
			     &w->user);
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

/* Everything random, before any write. A password or a passcode always makes a
 * session, since something must be there whose end ends the access token;
 * without a client nobody can make it any longer. */
int
grant_plan(struct work *w)
{
	char uuid[UUID_LEN + 1];
	int r = account_wanted(w);

	if (r != 0 || is_plain(w->ask))
		return r;
	r = rand_uuid(uuid);
	if (r == 0 && w->browser)
		r = session_cookie_make(w);
	else if (r == 0 && w->ask->client_id.n > 0)
		r = refresh_make(w);
	if (r == 0)
		(void)snprintf(w->fresh, sizeof(w->fresh), "C-%s", uuid);
	return r;
}

int
grant_run(struct work *w)
{
	int r = grant_plan(w);

	if (r != 0)
		return r;
	switch (w->ask->kind) {
	case GRANT_API_KEY:
		return begin(w, api_key_who);
	case GRANT_PASSWORD:
		return begin(w, password_who);
	case GRANT_REFRESH:
		return refresh_run(w);
	case GRANT_PASSCODE:
		return passcode_run(w);
	}
	return OUT_UNPROVEN;
}

/* A session's row in the trail tells of the login already. */
void
grant_used(struct work *w)
{
	work_by(w);
	if (!w->has_session)
		audit_use(w->core, &w->by.who, VERB_LOGIN,
			  str_c(w->who.account), STR_NONE);
	else
		audit_touch(w->core, &w->by.who, VERB_LOGIN, STR_NONE);
}

static void
settle(struct work *w, struct str name, int r)
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

void
work_init(struct work *w, struct core *core, const struct grant_ask *ask)
{
	*w = (struct work){.core = core,
			   .ask = ask,
			   .refresh = SECRET_INIT,
			   .life_s = w->life_s,
			   .browser = w->browser,
			   .ends_at = INT64_MAX,
			   .now = clock_now()};
	w->by = (struct visit){.core = core, .verb = VERB_LOGIN, .at = w->now};
	arena_init(&w->arena, WORK_ARENA_MAX);
}

int
grant_work_begin(struct core *core, const struct grant_ask *ask, work_fn *run,
		 struct work *w, int64_t *ret_wait_s)
{
	char name[EMAIL_MAX + 1] = "";
	int r, bitten;

	work_init(w, core, ask);
	if (!audit_works(core))
		return OUT_BUSY;
	if (ask->kind == GRANT_PASSWORD && ask->user.n <= EMAIL_MAX)
		text_lower(ask->user, name);
	bitten = gate_throttle(core, ask->addr, str_c(name), ret_wait_s);
	if (bitten != 0 && ask->kind == GRANT_PASSWORD)
		return bitten;
	r = run(w);
	settle(w, str_c(name), r);
	return bitten != 0 && r == OUT_UNPROVEN ? bitten : r;
}

int
session_grant(struct core *core, const struct grant_ask *ask, struct grant *ret,
	      int64_t *ret_wait_s)
{
	CLEAN(work_clear) struct work w = {.life_s = 0};
	int r = grant_work_begin(core, ask, grant_run, &w, ret_wait_s);

	if (r == 0)
		r = grant_make(&w, ret);
	if (r == 0)
		grant_used(&w);
	return r;
}
