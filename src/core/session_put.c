#include "core/session_inner.h"

#include "base/clock.h"
#include "core/access.h"
#include "core/audit.h"
#include "core/gather.h"
#include "core/sql.h"

#include <errno.h>

int
session_rules(struct db_at *at, struct work *w)
{
	return rules_get(at, str_c(w->who.account), NULL, &w->rules);
}

int64_t
session_idle(const struct work *w)
{
	const struct rules *r = &w->rules;

	if (w->browser)
		return r->session_idle_s < CONSOLE_IDLE_S ? r->session_idle_s
							  : CONSOLE_IDLE_S;
	if (w->ask->client_id.n == 0)
		return r->access_life_s;
	return r->session_idle_s < r->refresh_life_s ? r->session_idle_s
						     : r->refresh_life_s;
}

int64_t
session_life(const struct work *w)
{
	int64_t most = w->rules.session_life_s;

	return w->browser && CONSOLE_LIFE_S < most ? CONSOLE_LIFE_S : most;
}

#define OLD_MAX 50 /* that give way in one write */

struct old {
	char ids[OLD_MAX][CRED_ID_MAX + 1];
	int64_t n;
};

/* The n oldest, but none that the new one comes from: that would end it, too.
 */
static int
find_old(struct db_at *at, const struct work *w, int64_t after, int64_t n,
	 struct old *ret)
{
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	int r;

	ret->n = 0;
	if (n <= 0)
		return 0;
	r = db_query(at, SQL_session_oldest, &rows, "ssisi",
		     str_c(w->who.account), str_c(w->who.identity), after,
		     str_c(w->parent), n < OLD_MAX ? n : (int64_t)OLD_MAX);
	while (r == 0 && ret->n < OLD_MAX && (r = db_next(&rows)) == 0)
		r = FIELD_PUT(ret->ids[ret->n++], db_str(&rows, 0));
	if (r != 0 && r != OUT_ABSENT)
		return r;
	return ret->n > 0 ? 0 : OUT_TOO_MANY;
}

/* What is more than may ever be counts whether it has ended or not, and so does
 * what gives way to it: nothing is looked for among thousands. */
static int
count_old(struct db_at *at, const struct work *w, struct old *ret)
{
	CLEAN(db_rows_clear) struct db_rows all = DB_ROWS_INIT;
	CLEAN(db_rows_clear) struct db_rows living = DB_ROWS_INIT;
	struct str account = str_c(w->who.account), id = str_c(w->who.identity);
	int64_t over, most = w->rules.sessions_max;
	bool full;
	int r = db_one(at, SQL_session_count, &all, "ssi", account, id,
		       (int64_t)SESSIONS_MAX + OLD_MAX);

	if (r == 0 && most != 0)
		r = db_one(at, SQL_session_count_live, &living, "ssii", account,
			   id, (int64_t)SESSIONS_MAX, w->now);
	if (r != 0)
		return FOLD(r);
	over = db_int(&all, 0) - (SESSIONS_MAX - 1);
	full = over > 0;
	if (most != 0 && db_int(&living, 0) - (most - 1) > over)
		over = db_int(&living, 0) - (most - 1);
	return find_old(at, w, full ? 0 : w->now, over, ret);
}

/* Room for one more. Those who use the older ones log in again. A number that
 * was lowered is come to by and by: no login waits for thousands. */
static int
make_room(struct db_at *at, const struct work *w)
{
	struct old old;
	int r = count_old(at, w, &old);

	if (r != 0 || old.n == 0)
		return r;
	gate_changed(at);
	for (int64_t i = 0; r == 0 && i < old.n; i++) {
		r = FOLD(db_exec(at, SQL_session_delete, NULL, "s",
				 str_c(old.ids[i])));
		if (r == 0)
			r = work_trail(at, w, VERB_SESSION_END, old.ids[i],
				       "one more than the account allows");
	}
	return r;
}

/* A line without an end could not be ended at once. */
static int
line_check(struct db_at *at, const struct work *w)
{
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	int r;

	if (w->parent[0] == '\0')
		return 0;
	r = FOLD(db_one(at, SQL_session_line, &rows, "s", str_c(w->parent)));
	if (r != 0)
		return r;
	return db_int(&rows, 0) < SESSION_LINE_MAX ? 0 : OUT_TOO_MANY;
}

/* What people read where a session began: no more of it than fits a line, and
 * nothing that a terminal would obey. */
static struct str
agent_of(const struct work *w)
{
	struct str s = str_sub(w->ask->agent, 0, AGENT_MAX);

	return s.n > 0 && str_printable(s) ? s : STR("");
}

static void
times(struct work *w)
{
	int64_t most = w->now + session_life(w) * SECOND_MS;

	if (most < w->ends_at)
		w->ends_at = most;
	w->session_end = w->now + session_idle(w) * SECOND_MS;
	if (w->ends_at < w->session_end)
		w->session_end = w->ends_at;
}

static int
insert(struct db_at *at, const struct work *w)
{
	struct str key = w->key[0] != '\0' ? str_c(w->key) : STR_NONE;
	struct str parent = w->parent[0] != '\0' ? str_c(w->parent) : STR_NONE;
	int r =
	    db_exec(at, SQL_session_insert, NULL, "sssSssiiissS",
		    str_c(w->session), str_c(w->who.account),
		    str_c(w->who.identity), key, w->ask->client_id,
		    session_grant_name(w->ask->kind), w->now, w->session_end,
		    w->ends_at, str_c(w->by.who.addr), agent_of(w), parent);

	/* The key, the user or the parent has gone in the meantime. */
	return r == OUT_CONFLICT ? OUT_UNPROVEN : r;
}

int
session_put(struct db_at *at, struct work *w, const char *why)
{
	int r = session_rules(at, w);

	if (r != 0)
		return r;
	memcpy(w->session, w->fresh, sizeof(w->session));
	times(w);
	r = line_check(at, w);
	if (r == 0)
		r = make_room(at, w);
	if (r == 0)
		r = insert(at, w);
	if (r == 0 && w->browser)
		r = session_cookie_put(at, w);
	else if (r == 0 && w->refresh.slot != NULL)
		r = refresh_put(at, w, false);
	return r != 0 ? r : work_trail(at, w, VERB_LOGIN, w->session, why);
}

/* --- the ones there are --- */

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

static int
leave_write(struct db_at *at, void *arg)
{
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	const struct visit *by = arg;
	struct visit v = *by;
	struct str id = str_c(by->who.cred_id);
	char word[CRED_WORD_MAX];
	int r = db_one(at, SQL_session_get, &rows, "s", id);

	/* Two at once leave it once. */
	if (r == OUT_ABSENT)
		return OUT_UNPROVEN;
	if (r == 0)
		r = FOLD(db_exec(at, SQL_session_delete, NULL, "s", id));
	if (r != 0)
		return r;
	gate_changed(at);
	v.verb = VERB_SESSION_END;
	memcpy(v.account, by->who.account, sizeof(v.account));
	cred_word(CRED_SESSION, by->who.cred_id, word);
	return audit_change(at, &v, str_c(word), STR("{}"));
}

int
session_leave(const struct visit *by)
{
	struct visit v = *by;

	return by->who.cred != CRED_SESSION ? OUT_UNPROVEN
					    : gate_write(by, leave_write, &v);
}

int
session_alive(struct core *core, struct str id, struct str client_id)
{
	CLEAN(db_view_endp) struct db_at *view = NULL;
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	struct subject who;
	int r = db_view_begin(core->db, &view);

	if (r == 0)
		r = db_one(view, SQL_session_alive, &rows, "ssi", id, client_id,
			   clock_now());
	if (r == 0)
		r = cred_load(core, view, CRED_SESSION, id, &who);
	return r > 0 ? OUT_ABSENT : r;
}

static int
row_read(struct db_rows *rows, struct arena *a, struct session *ret)
{
	struct session s = {0};
	struct str *const texts[] = {&s.id,	 &s.account,   &s.identity,
				     &s.api_key, &s.client_id, &s.grant_type,
				     &s.addr,	 &s.agent,     &s.parent};

	for (size_t i = 0; i < nitems(texts); i++) {
		*texts[i] = arena_str(a, db_str(rows, (int)i));
		if (texts[i]->p == NULL)
			return FAIL(-ENOMEM);
	}
	s.created_at = db_int(rows, 9);
	s.expires_at = db_int(rows, 10);
	s.ends_at = db_int(rows, 11);
	s.refreshed_at = db_int(rows, 12);
	*ret = s;
	return 0;
}

int
session_list(struct core *core, struct str account, struct str identity,
	     struct arena *a, struct session **ret, size_t *n)
{
	CLEAN(db_view_endp) struct db_at *view = NULL;
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	struct session *list = arena_get(a, PAGE_MAX * sizeof(*list));
	size_t count = 0;
	int r = list == NULL ? FAIL(-ENOMEM) : db_view_begin(core->db, &view);

	if (r == 0 && identity.n > 0)
		r = db_query(view, SQL_session_list_of, &rows, "siis", account,
			     clock_now(), (int64_t)PAGE_MAX, identity);
	else if (r == 0)
		r = db_query(view, SQL_session_list, &rows, "sii", account,
			     clock_now(), (int64_t)PAGE_MAX);
	while (r == 0 && count < PAGE_MAX && (r = db_next(&rows)) == 0)
		r = row_read(&rows, a, &list[count++]);
	if (r != 0 && r != OUT_ABSENT)
		return r;
	*ret = list;
	*n = count;
	return 0;
}

/* --- one token alone --- */

int
access_end(struct db_at *at, struct str jti, int64_t expires_at)
{
	int r = FOLD(
	    db_exec(at, SQL_ended_token_insert, NULL, "si", jti, expires_at));

	if (r == 0)
		gate_changed(at);
	return r;
}
