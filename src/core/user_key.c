#include "core/git_inner.h"

#include "base/clock.h"
#include "core/audit.h"
#include "core/rules.h"
#include "core/sql.h"
#include "crypt/rand.h"
#include "json/json.h"

#include <errno.h>

/* Columns of user_key_by_id. */
enum {
	COL_ID,
	COL_IDENTITY,
	COL_LABEL,
	COL_COMMENT,
	COL_EXPIRES = 9,
	COL_DIGEST,
	COL_ACCOUNT
};

struct change {
	const struct visit *by;
	const struct user_key_ask *ask;
	struct str id, label, comment;
	struct note *note;
};

static int
trail(struct db_at *at, const struct visit *by, struct db_rows *rows)
{
	CLEAN(buf_clear) struct buf detail = BUF_INIT;
	char thing[AUDIT_THING_MAX], print[SSHKEY_SHA256_LEN + 1];
	struct visit v = *by;
	struct jw w = JW(&detail);
	int r = FIELD_PUT(v.account, db_str(rows, COL_ACCOUNT));

	if (r != 0)
		return r;
	pubkey_print(db_blob(rows, COL_DIGEST), print);
	(void)snprintf(thing, sizeof(thing), "%s:%.*s",
		       cred_kind_name(CRED_USER_KEY),
		       STR_ARG(db_str(rows, COL_ID)));
	jw_object(&w, NULL);
	jw_str(&w, "identity", db_str(rows, COL_IDENTITY));
	jw_str(&w, "label", db_str(rows, COL_LABEL));
	jw_c(&w, "fingerprint", print);
	if (!db_null(rows, COL_EXPIRES))
		jw_int(&w, "expires_at", db_int(rows, COL_EXPIRES));
	jw_end(&w);
	if (buf_err(&detail) != 0)
		return FAIL(buf_err(&detail));
	return audit_change(at, &v, str_c(thing), buf_str(&detail));
}

/*
 * A person of the visit's account. What opens everything that this person may
 * is not given by somebody who may less: as with API keys, nobody makes one for
 * the owner of an account or for the operator but they themselves.
 */
static int
holder_check(struct db_at *at, const struct change *c)
{
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	struct str id = c->ask->identity;
	bool self = str_eq(id, str_c(c->by->who.identity));
	int r = db_one(at, SQL_user_key_holder, &rows, "s", id);

	if (r != 0)
		return r;
	if (!visit_is_for(c->by, db_str(&rows, 0), THING_IDENTITY, id))
		return OUT_ABSENT;
	if (!str_eq(db_str(&rows, 1), STR("user")))
		return note_set(c->note, OUT_MALFORMED,
				"only people have SSH keys of their own");
	if (!self && (db_int(&rows, 2) != 0 || str_eq(db_str(&rows, 3), id)))
		return OUT_DENIED;
	return 0;
}

static int
room_for_one(struct db_at *at, struct str identity)
{
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	int r = db_one(at, SQL_user_key_count, &rows, "s", identity);

	if (r != 0)
		return FOLD(r);
	return db_int(&rows, 0) < USER_KEYS_MAX ? 0 : OUT_TOO_MANY;
}

static int
insert(struct db_at *at, const struct change *c)
{
	const struct user_key_ask *ask = c->ask;
	struct str digest = {(const char *)ask->key->digest, SHA256_LEN};
	struct str by = c->by->who.identity[0] != '\0'
			    ? str_c(c->by->who.identity)
			    : ask->identity;

	return FOLD(db_exec(at, SQL_user_key_insert, NULL, "sbssssiI", c->id,
			    digest, ask->identity, c->label, c->comment, by,
			    c->by->at,
			    ask->expires_at != 0 ? &ask->expires_at : NULL));
}

static int
add_write(struct db_at *at, void *arg)
{
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	const struct change *c = arg;
	int r = 0;

	if (!str_eq(c->ask->identity, str_c(c->by->who.identity)))
		r = user_may_give(at, c->by,
				  "SSH keys are added for oneself, or by who "
				  "may do everything",
				  c->note);
	if (r == 0)
		r = holder_check(at, c);
	if (r == 0)
		r = room_for_one(at, c->ask->identity);
	if (r == 0)
		r = rules_end(at, str_c(c->by->account), RULES_SSH_KEY,
			      c->by->at, c->ask->expires_at, c->note);
	if (r == 0)
		r = pubkey_claim(at, c->ask->key, "user", c->by->at, c->note);
	if (r == 0)
		r = insert(at, c);
	if (r == 0)
		r = FOLD(db_one(at, SQL_user_key_by_id, &rows, "s", c->id));
	if (r != 0)
		return r;
	/* The gate may remember that nobody's key it was. */
	gate_changed(at);
	return trail(at, c->by, &rows);
}

int
user_key_add(const struct visit *by, const struct user_key_ask *ask,
	     struct arena *a, struct user_key *ret, struct note *note)
{
	char id[UUID_LEN + 1];
	struct change c = {.by = by, .ask = ask, .note = note};
	int r;

	c.comment =
	    ask->comment.p != NULL ? ask->comment : str_c(ask->key->comment);
	r = key_label(ask->label, &c.label, note);
	if (r == 0)
		r = key_comment(c.comment, note);
	if (r == 0)
		r = key_end(ask->expires_at, note);
	if (r == 0)
		r = rand_uuid(id);
	if (r != 0)
		return r;
	c.id = str_c(id);
	r = gate_write(by, add_write, &c);
	return r != 0 ? r : user_key_get(by->core, c.id, a, ret);
}

static int
row_read(struct db_rows *rows, struct arena *a, struct user_key *ret)
{
	struct str *const texts[] = {&ret->id,	  &ret->identity,
				     &ret->label, &ret->comment,
				     &ret->type,  &ret->created_by};

	for (size_t i = 0; i < nitems(texts); i++) {
		*texts[i] = arena_str(a, db_str(rows, (int)i));
		if (texts[i]->p == NULL)
			return FAIL(-ENOMEM);
	}
	ret->blob = arena_str(a, db_blob(rows, 6));
	ret->bits = db_int(rows, 7);
	ret->created_at = db_int(rows, 8);
	ret->expires_at = db_int(rows, COL_EXPIRES);
	return ret->blob.p == NULL ? FAIL(-ENOMEM) : 0;
}

int
user_key_get(struct core *core, struct str id, struct arena *a,
	     struct user_key *ret)
{
	CLEAN(db_view_endp) struct db_at *view = NULL;
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	struct user_key got;
	int r = db_view_begin(core->db, &view);

	if (r == 0)
		r = db_one(view, SQL_user_key_by_id, &rows, "s", id);
	if (r == 0)
		r = row_read(&rows, a, &got);
	if (r == 0)
		*ret = got;
	return r;
}

int
user_key_list(struct core *core, struct str identity, struct arena *a,
	      struct user_key **ret, size_t *n)
{
	CLEAN(db_view_endp) struct db_at *view = NULL;
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	struct user_key *list;
	size_t count = 0;
	int r = db_view_begin(core->db, &view);

	if (r != 0)
		return r;
	list = arena_get(a, USER_KEYS_MAX * sizeof(*list));
	if (list == NULL)
		return FAIL(-ENOMEM);
	r = db_query(view, SQL_user_key_list, &rows, "s", identity);
	while (r == 0 && count < USER_KEYS_MAX && (r = db_next(&rows)) == 0)
		r = row_read(&rows, a, &list[count++]);
	if (r != 0 && r != OUT_ABSENT)
		return r;
	*ret = list;
	*n = count;
	return 0;
}

/* Somebody else's key looks like none. */
static int
of_visit(struct db_at *at, const struct change *c, struct db_rows *ret)
{
	int r = db_one(at, SQL_user_key_by_id, ret, "s", c->id);

	if (r != 0)
		return r;
	return visit_is_for(c->by, db_str(ret, COL_ACCOUNT), THING_IDENTITY,
			    db_str(ret, COL_IDENTITY))
		   ? 0
		   : OUT_ABSENT;
}

static int
update_write(struct db_at *at, void *arg)
{
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	const struct change *c = arg;
	int r = of_visit(at, c, &rows);

	if (r == 0)
		r = FOLD(db_exec(
		    at, SQL_user_key_update, NULL, "sss", c->id,
		    c->label.p != NULL ? c->label : db_str(&rows, COL_LABEL),
		    c->comment.p != NULL ? c->comment
					 : db_str(&rows, COL_COMMENT)));
	db_rows_clear(&rows);
	if (r == 0)
		r = FOLD(db_one(at, SQL_user_key_by_id, &rows, "s", c->id));
	return r != 0 ? r : trail(at, c->by, &rows);
}

int
user_key_update(const struct visit *by, struct str id, struct str label,
		struct str comment, struct note *note)
{
	struct change c = {.by = by, .id = id, .comment = comment};
	int r = label.p != NULL ? key_label(label, &c.label, note) : 0;

	if (r == 0)
		r = key_comment(comment, note);
	return r != 0 ? r : gate_write(by, update_write, &c);
}

int
user_key_drop(struct db_at *at, const struct visit *by, struct str id)
{
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	int r = db_one(at, SQL_user_key_by_id, &rows, "s", id);

	if (r == 0)
		r = FOLD(db_exec(at, SQL_user_key_delete, NULL, "s", id));
	if (r == 0)
		r = pubkey_drop(at, db_blob(&rows, COL_DIGEST));
	if (r != 0)
		return r;
	gate_changed(at);
	return trail(at, by, &rows);
}

static int
remove_write(struct db_at *at, void *arg)
{
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	const struct change *c = arg;
	int r = of_visit(at, c, &rows);

	return r != 0 ? r : user_key_drop(at, c->by, c->id);
}

int
user_key_remove(const struct visit *by, struct str id)
{
	struct change c = {.by = by, .id = id};

	return gate_write(by, remove_write, &c);
}
