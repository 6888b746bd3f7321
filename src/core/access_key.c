#include "core/git_inner.h"

#include "base/clock.h"
#include "core/audit.h"
#include "core/rules.h"
#include "core/sql.h"
#include "json/json.h"

#include <errno.h>

#define CIDRS_TEXT_MAX (CIDR_LIST_MAX * 44) /* an IPv6 prefix, a blank */

struct add {
	const struct visit *by;
	const struct access_key_ask *ask;
	struct str label, comment;
	struct note *note;
	int64_t id;
};

static bool
is_repo(const struct access_key_ask *ask)
{
	return ask->repo.n > 0;
}

static void
detail_write(struct jw *w, struct db_rows *rows)
{
	bool project = db_null(rows, ACCESS_KEY_COL_REPO);
	char place[PLACE_MAX + 16], print[SSHKEY_SHA256_LEN + 1];

	pubkey_print(db_blob(rows, ACCESS_KEY_COL_DIGEST), print);
	(void)snprintf(place, sizeof(place), "%s:%.*s/%.*s",
		       project ? "project" : "git", STR_ARG(db_str(rows, 3)),
		       STR_ARG(db_str(rows, 4)));
	jw_object(w, NULL);
	jw_c(w, "place", place);
	jw_str(w, "label", db_str(rows, ACCESS_KEY_COL_LABEL));
	jw_c(w, "fingerprint", print);
	if (db_str(rows, ACCESS_KEY_COL_CIDRS).n > 0)
		jw_str(w, "cidrs", db_str(rows, ACCESS_KEY_COL_CIDRS));
	if (!db_null(rows, ACCESS_KEY_COL_EXPIRES))
		jw_int(w, "expires_at", db_int(rows, ACCESS_KEY_COL_EXPIRES));
	if (!db_null(rows, ACCESS_KEY_COL_REPLACES))
		jw_int(w, "replaces", db_int(rows, ACCESS_KEY_COL_REPLACES));
	jw_end(w);
}

static int
trail(struct db_at *at, const struct visit *by, enum verb verb, int64_t id,
      struct db_rows *rows)
{
	CLEAN(buf_clear) struct buf detail = BUF_INIT;
	char thing[AUDIT_THING_MAX];
	struct visit v = *by;
	struct jw w = JW(&detail);
	int r;

	v.verb = verb;
	r = FIELD_PUT(v.account, db_str(rows, ACCESS_KEY_COL_ACCOUNT));
	if (r != 0)
		return r;
	detail_write(&w, rows);
	if (buf_err(&detail) != 0)
		return FAIL(buf_err(&detail));
	(void)snprintf(thing, sizeof(thing), "%s:%lld",
		       cred_kind_name(CRED_ACCESS_KEY), (long long)id);
	return audit_change(at, &v, str_c(thing), buf_str(&detail));
}

static int
trail_now(struct db_at *at, const struct visit *by, enum verb verb, int64_t id)
{
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	int r = FOLD(db_one(at, SQL_access_key_by_id, &rows, "i", id));

	return r != 0 ? r : trail(at, by, verb, id, &rows);
}

static int
place_check(struct db_at *at, const struct add *c)
{
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	bool repo = is_repo(c->ask);
	struct str id = repo ? c->ask->repo : c->ask->project;
	int r = db_one(
	    at, repo ? SQL_access_key_on_repo : SQL_access_key_on_project,
	    &rows, "s", id);

	if (r != 0)
		return r;
	return visit_is_for(c->by, db_str(&rows, 0),
			    repo ? THING_GITREPO : THING_PROJECT, id)
		   ? 0
		   : OUT_ABSENT;
}

static int
room_for_one(struct db_at *at, const struct access_key_ask *ask)
{
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	int r = is_repo(ask) ? db_one(at, SQL_access_key_count_repo, &rows, "s",
				      ask->repo)
			     : db_one(at, SQL_access_key_count_project, &rows,
				      "s", ask->project);

	if (r != 0)
		return FOLD(r);
	return db_int(&rows, 0) < ACCESS_KEYS_MAX ? 0 : OUT_TOO_MANY;
}

/* The row that is to be replaced stands on the same place. */
static int
rotate(struct db_at *at, const struct add *c)
{
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	const struct access_key_ask *ask = c->ask;
	int r;

	if (ask->replaces == 0)
		return 0;
	r = db_one(at, SQL_access_key_by_id, &rows, "i", ask->replaces);
	if (r != 0)
		return r;
	if (!str_eq(db_str(&rows, ACCESS_KEY_COL_REPO), ask->repo) ||
	    !str_eq(db_str(&rows, ACCESS_KEY_COL_PROJECT), ask->project))
		return OUT_ABSENT;
	if (ask->until == 0)
		return 0;
	r = FOLD(db_exec(at, SQL_access_key_end, NULL, "ii", ask->replaces,
			 ask->until));
	return r != 0
		   ? r
		   : trail_now(at, c->by, VERB_ACCESSKEY_UPDATE, ask->replaces);
}

static int
next_id(struct db_at *at, int64_t *ret)
{
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	int r = db_one(at, SQL_access_key_next_id, &rows, "");

	if (r == 0)
		*ret = db_int(&rows, 0);
	return FOLD(r);
}

static int
insert(struct db_at *at, struct add *c)
{
	const struct access_key_ask *ask = c->ask;
	struct str digest = {(const char *)ask->key->digest, SHA256_LEN};
	struct str repo = is_repo(ask) ? ask->repo : STR_NONE;
	struct str project = is_repo(ask) ? STR_NONE : ask->project;
	int r = next_id(at, &c->id);

	if (r != 0)
		return r;
	r = db_exec(at, SQL_access_key_insert, NULL, "ibsSSsssIsiI", c->id,
		    digest, str_c(c->by->account), repo, project, c->label,
		    c->comment, ask->cidrs,
		    ask->replaces != 0 ? &ask->replaces : NULL,
		    str_c(c->by->who.identity), c->by->at,
		    ask->expires_at != 0 ? &ask->expires_at : NULL);
	if (r == OUT_CONFLICT)
		return note_set(c->note, r,
				"Someone has already registered that SSH key.");
	return r;
}

static int
add_write(struct db_at *at, void *arg)
{
	struct add *c = arg;
	int r = place_check(at, c);

	if (r == 0)
		r = room_for_one(at, c->ask);
	if (r == 0)
		r = rules_end(at, str_c(c->by->account), RULES_ACCESS_KEY,
			      c->by->at, c->ask->expires_at, c->note);
	if (r == 0)
		r = pubkey_claim(at, c->ask->key, "access", c->by->at, c->note);
	if (r == 0)
		r = rotate(at, c);
	if (r == 0)
		r = insert(at, c);
	if (r != 0)
		return r;
	/* An end may have come closer, and the gate may remember that the key
	 * opened nothing here. */
	gate_changed(at);
	return trail_now(at, c->by, c->by->verb, c->id);
}

static int
cidrs_check(struct str cidrs, struct note *note)
{
	return cidrs.n <= CIDRS_TEXT_MAX && str_printable(cidrs)
		   ? 0
		   : note_set(note, OUT_MALFORMED, "not a list of addresses");
}

static int
ask_check(struct add *c)
{
	const struct access_key_ask *ask = c->ask;
	int r = key_label(ask->label, &c->label, c->note);

	c->comment =
	    ask->comment.p != NULL ? ask->comment : str_c(ask->key->comment);
	if ((ask->repo.n > 0) == (ask->project.n > 0))
		return note_set(c->note, OUT_MALFORMED,
				"an access key stands on a repository or on a "
				"project");
	if (r == 0)
		r = key_comment(c->comment, c->note);
	if (r == 0)
		r = cidrs_check(ask->cidrs, c->note);
	if (r == 0)
		r = key_end(ask->expires_at, c->note);
	if (r == 0 && ask->until != 0 && ask->replaces == 0)
		r = note_set(c->note, OUT_MALFORMED,
			     "until goes with the key that is replaced");
	return r != 0 ? r : key_end(ask->until, c->note);
}

int
access_key_add(const struct visit *by, const struct access_key_ask *ask,
	       struct arena *a, struct access_key *ret, struct note *note)
{
	struct add c = {.by = by, .ask = ask, .note = note};
	int r = ask_check(&c);

	if (r == 0)
		r = gate_write(by, add_write, &c);
	return r != 0 ? r : access_key_get(by->core, c.id, a, ret);
}

struct change {
	const struct visit *by;
	const struct access_key_change *to;
	struct str label;
	struct note *note;
	int64_t id;
};

static int
of_visit(struct db_at *at, const struct change *c, struct db_rows *ret)
{
	int r = db_one(at, SQL_access_key_by_id, ret, "i", c->id);
	bool project;

	if (r != 0)
		return r;
	project = db_null(ret, ACCESS_KEY_COL_REPO);
	return visit_is_for(c->by, db_str(ret, ACCESS_KEY_COL_ACCOUNT),
			    project ? THING_PROJECT : THING_GITREPO,
			    db_str(ret, project ? ACCESS_KEY_COL_PROJECT
						: ACCESS_KEY_COL_REPO))
		   ? 0
		   : OUT_ABSENT;
}

static struct str
or_as_is(struct str s, struct db_rows *rows, int col)
{
	return s.p != NULL ? s : db_str(rows, col);
}

static int
update_write(struct db_at *at, void *arg)
{
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	const struct change *c = arg;
	int r = of_visit(at, c, &rows);
	int64_t end;

	if (r != 0)
		return r;
	end = c->to->expires_at != NULL ? *c->to->expires_at
					: db_int(&rows, ACCESS_KEY_COL_EXPIRES);
	if (c->to->expires_at != NULL)
		r = rules_end(at, str_c(c->by->account), RULES_ACCESS_KEY,
			      c->by->at, end, c->note);
	if (r != 0)
		return r;
	r = FOLD(
	    db_exec(at, SQL_access_key_update, NULL, "isssI", c->id,
		    or_as_is(c->label, &rows, ACCESS_KEY_COL_LABEL),
		    or_as_is(c->to->comment, &rows, ACCESS_KEY_COL_COMMENT),
		    or_as_is(c->to->cidrs, &rows, ACCESS_KEY_COL_CIDRS),
		    end != 0 ? &end : NULL));
	if (r != 0)
		return r;
	gate_changed(at);
	return trail_now(at, c->by, c->by->verb, c->id);
}

int
access_key_update(const struct visit *by, int64_t id,
		  const struct access_key_change *to, struct note *note)
{
	struct change c = {.by = by, .to = to, .note = note, .id = id};
	int r = to->label.p != NULL ? key_label(to->label, &c.label, note) : 0;

	if (r == 0)
		r = key_comment(to->comment, note);
	if (r == 0)
		r = cidrs_check(to->cidrs, note);
	if (r == 0 && to->expires_at != NULL)
		r = key_end(*to->expires_at, note);
	return r != 0 ? r : gate_write(by, update_write, &c);
}

int
access_key_drop(struct db_at *at, const struct visit *by, int64_t id)
{
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	int r = db_one(at, SQL_access_key_by_id, &rows, "i", id);
	int64_t before;

	if (r != 0)
		return r;
	before = db_int(&rows, ACCESS_KEY_COL_REPLACES);
	r = FOLD(db_exec(at, SQL_access_key_inherit, NULL, "iI", id,
			 before != 0 ? &before : NULL));
	if (r == 0)
		r = FOLD(db_exec(at, SQL_access_key_delete, NULL, "i", id));
	if (r == 0)
		r = pubkey_drop(at, db_blob(&rows, ACCESS_KEY_COL_DIGEST));
	if (r != 0)
		return r;
	gate_changed(at);
	return trail(at, by, VERB_ACCESSKEY_DELETE, id, &rows);
}

static int
remove_write(struct db_at *at, void *arg)
{
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	const struct change *c = arg;
	int r = of_visit(at, c, &rows);

	return r != 0 ? r : access_key_drop(at, c->by, c->id);
}

int
access_key_remove(const struct visit *by, int64_t id)
{
	struct change c = {.by = by, .id = id};

	return gate_write(by, remove_write, &c);
}
