#include "core/account_inner.h"

#include "base/clock.h"
#include "core/audit.h"
#include "core/cred_settle.h"
#include "core/rules.h"
#include "core/sql.h"
#include "json/json.h"

struct change {
	const struct visit *by;
	struct str id;
	int64_t version;
	const struct api_key_change *what;
	bool on;
	struct note *note;
};

/* The key of the identity that the gate was asked about, no other. */
static int
find(struct db_at *at, const struct change *c, struct db_rows *ret)
{
	const struct thing *thing = &c->by->thing;
	int r = db_one(at, SQL_api_key_by_id, ret, "s", c->id);

	if (r != 0)
		return r;
	return str_eq(db_str(ret, API_KEY_COL_ACCOUNT),
		      str_c(c->by->account)) &&
		       (thing->kind != THING_IDENTITY ||
			str_eq(db_str(ret, API_KEY_COL_IDENTITY), thing->name))
		   ? 0
		   : OUT_ABSENT;
}

static int
tell(struct db_at *at, const struct change *c, struct db_rows *rows)
{
	return key_trail(at, c->by, c->by->verb, c->id,
			 db_str(rows, API_KEY_COL_IDENTITY),
			 db_str(rows, API_KEY_COL_NAME));
}

static int
delete_write(struct db_at *at, void *arg)
{
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	const struct change *c = arg;
	int r = find(at, c, &rows);

	if (r != 0)
		return r;
	if (db_int(&rows, API_KEY_COL_LOCKED) != 0)
		return OUT_CONFLICT;
	r = cred_inherit(at, CRED_API_KEY, c->id);
	if (r == 0)
		r = FOLD(db_exec(at, SQL_api_key_delete, NULL, "s", c->id));
	if (r != 0)
		return r;
	gate_changed(at);
	return tell(at, c, &rows);
}

int
api_key_delete(const struct visit *by, struct str id)
{
	struct change c = {.by = by, .id = id};

	return gate_write(by, delete_write, &c);
}

/* --- what it says of itself --- */

static int
change_check(const struct api_key_change *w, struct note *note)
{
	if (w->name.p != NULL && !text_ok(w->name, NAME_MAX_BYTES, false))
		return note_set(note, OUT_MALFORMED, "not a name");
	if (w->description.p != NULL &&
	    !text_ok(w->description, TEXT_MAX_BYTES, true))
		return note_set(note, OUT_MALFORMED, "not a description");
	if (w->action_when_leaked.p != NULL &&
	    !key_action_ok(w->action_when_leaked))
		return note_set(
		    note, OUT_MALFORMED,
		    "action_when_leaked is none, disable or delete");
	if (w->expires_at != NULL && *w->expires_at != 0 &&
	    *w->expires_at <= clock_now())
		return note_set(note, OUT_MALFORMED, "expires in the past");
	return 0;
}

/* A rule counts from when the key was made, or it could be put off for ever. To
 * end sooner is always fine. */
static int
end_check(struct db_at *at, const struct change *c, struct db_rows *rows)
{
	const int64_t *end = c->what->expires_at;
	int64_t was = db_int(rows, API_KEY_COL_EXPIRES);

	if (end == NULL || *end == was ||
	    (*end != 0 && (was == 0 || *end < was)))
		return 0;
	return rules_end(at, str_c(c->by->account), RULES_API_KEY,
			 db_int(rows, API_KEY_COL_CREATED), *end, c->note);
}

static int
update_row(struct db_at *at, const struct change *c, struct db_rows *rows)
{
	const struct api_key_change *w = c->what;
	struct str action =
	    text_or_row(w->action_when_leaked, rows, API_KEY_COL_ACTION);
	int64_t end = w->expires_at != NULL ? *w->expires_at
					    : db_int(rows, API_KEY_COL_EXPIRES);
	int64_t sessions = w->support_sessions != NULL
			       ? (int64_t)*w->support_sessions
			       : db_int(rows, API_KEY_COL_SESSIONS);

	return FOLD(
	    db_exec(at, SQL_api_key_update, NULL, "ssssiIi", c->id,
		    text_or_row(w->name, rows, API_KEY_COL_NAME),
		    text_or_row(w->description, rows, API_KEY_COL_DESCRIPTION),
		    action.n > 0 ? action : STR("none"), sessions,
		    end != 0 ? &end : NULL, c->by->at));
}

static int
update_write(struct db_at *at, void *arg)
{
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	const struct change *c = arg;
	int r = find(at, c, &rows);

	if (r != 0)
		return r;
	if (c->version != 0 && c->version != db_int(&rows, API_KEY_COL_VERSION))
		return OUT_STALE;
	if (db_int(&rows, API_KEY_COL_LOCKED) != 0)
		return OUT_CONFLICT;
	r = end_check(at, c, &rows);
	if (r == 0)
		r = update_row(at, c, &rows);
	if (r != 0)
		return r;
	/* Its end is part of what is remembered of it. */
	if (c->what->expires_at != NULL)
		gate_changed(at);
	return tell(at, c, &rows);
}

int
api_key_update(const struct visit *by, struct str id, int64_t version,
	       const struct api_key_change *what, struct arena *a,
	       struct api_key *ret, struct note *note)
{
	struct change c = {
	    .by = by, .id = id, .version = version, .what = what, .note = note};
	int r = change_check(what, note);

	if (r == 0)
		r = gate_write(by, update_write, &c);
	return r != 0 ? r : api_key_get(by->core, id, a, ret);
}

/* --- lock and switch --- */

static int
switch_write(struct db_at *at, const struct change *c, int sql,
	     const char *word)
{
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	char thing[AUDIT_THING_MAX], detail[64];
	int r = find(at, c, &rows);

	if (r == 0)
		r = FOLD(db_exec(at, sql, NULL, "sii", c->id, (int64_t)c->on,
				 c->by->at));
	if (r != 0)
		return r;
	(void)snprintf(thing, sizeof(thing), "%s:%.*s",
		       cred_kind_name(CRED_API_KEY), STR_ARG(c->id));
	(void)snprintf(detail, sizeof(detail), "{\"%s\":%s}", word,
		       c->on ? "true" : "false");
	return audit_change(at, c->by, str_c(thing), str_c(detail));
}

static int
lock_write(struct db_at *at, void *arg)
{
	return switch_write(at, arg, SQL_api_key_lock, "locked");
}

int
api_key_lock(const struct visit *by, struct str id, bool locked)
{
	struct change c = {.by = by, .id = id, .on = locked};

	return gate_write(by, lock_write, &c);
}

static int
disable_write(struct db_at *at, void *arg)
{
	gate_changed(at);
	return switch_write(at, arg, SQL_api_key_disable, "disabled");
}

int
api_key_disable(const struct visit *by, struct str id, bool disabled)
{
	struct change c = {.by = by, .id = id, .on = disabled};

	return gate_write(by, disable_write, &c);
}
