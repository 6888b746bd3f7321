#include "core/policy_inner.h"

#include "base/clock.h"
#include "core/audit.h"
#include "core/sql.h"
#include "crypt/rand.h"
#include "json/json.h"

#include <errno.h>

#define WRITE_ROOM (2 * MIB)

struct change {
	const struct visit *by;
	struct str id;
	int64_t version;
	const struct policy_text *text; /* NULL: only its state changes */
	struct note *note;
	char same[POLICY_ID_LEN + 1]; /* the one that says the same */
};

/* --- the trail --- */

static void
detail_attributes(struct jw *w, const struct policy_text *t)
{
	jw_object(w, "resource");
	for (size_t i = 0; i < t->n_resources; i++) {
		jw_key(w, t->resources[i].name);
		jw_str(w, NULL, t->resources[i].value);
	}
	jw_end(w);
}

static int
trail(struct db_at *at, const struct change *c, const struct policy_text *t)
{
	CLEAN(buf_clear) struct buf detail = BUF_INIT;
	char thing[POLICY_ID_LEN + 16];
	struct jw w = JW(&detail);

	jw_object(&w, NULL);
	jw_str(&w, "subject", t->subject);
	jw_array(&w, "roles");
	for (size_t i = 0; i < t->n_roles; i++)
		jw_str(&w, NULL, t->roles[i]);
	jw_end(&w);
	detail_attributes(&w, t);
	if (t->pattern.p != NULL)
		jw_str(&w, "pattern", t->pattern);
	jw_end(&w);
	if (buf_err(&detail) != 0)
		return FAIL(buf_err(&detail));
	(void)snprintf(thing, sizeof(thing), "policy:%.*s", STR_ARG(c->id));
	return audit_change(at, c->by, str_c(thing), buf_str(&detail));
}

/* --- what has to hold in the write --- */

static int
subject_find(struct db_at *at, const struct change *c,
	     const struct policy_text *t)
{
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	int r = db_one(at,
		       t->subject_kind == POLICY_GROUP ? SQL_policy_group
						       : SQL_policy_identity,
		       &rows, "ss", t->subject, str_c(c->by->account));

	if (r == OUT_ABSENT)
		return note_set(c->note, r, "there is no %s '%.*s' here",
				policy_subject_word(t->subject_kind),
				STR_ARG(t->subject));
	if (r == 0 && db_int(&rows, 0) != 0)
		return note_set(c->note, OUT_CONFLICT,
				"'%.*s' is locked: unlock it first",
				STR_ARG(t->subject));
	return r;
}

static int
same_find(struct db_at *at, struct change *c, const struct policy_text *t)
{
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	uint8_t digest[SHA256_LEN];
	int r = policy_digest(t, digest);

	if (r == 0)
		r = db_one(at, SQL_policy_same, &rows, "sb",
			   str_c(c->by->account),
			   (struct str){(char *)digest, sizeof(digest)});
	if (r == OUT_ABSENT || (r == 0 && str_eq(db_str(&rows, 0), c->id)))
		return 0;
	if (r == 0)
		r = FIELD_PUT(c->same, db_str(&rows, 0));
	return r != 0 ? r
		      : note_set(c->note, OUT_CONFLICT,
				 "policy %s says the same already", c->same);
}

static int
room_find(struct db_at *at, const struct change *c, const struct policy_text *t)
{
	CLEAN(db_rows_clear) struct db_rows all = DB_ROWS_INIT;
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	struct str account = str_c(c->by->account);
	int r = db_one(at, SQL_policy_count, &all, "si", account,
		       (int64_t)POLICIES_MAX);

	if (r == 0)
		r = db_one(at, SQL_policy_count_subject, &rows, "ssi",
			   t->subject, account, (int64_t)POLICIES_SUBJECT_MAX);
	if (r != 0)
		return FOLD(r);
	if (db_int(&all, 0) >= POLICIES_MAX)
		return note_set(c->note, OUT_TOO_MANY,
				"an account has at most %d policies",
				POLICIES_MAX);
	if (db_int(&rows, 0) >= POLICIES_SUBJECT_MAX)
		return note_set(c->note, OUT_TOO_MANY,
				"a subject has at most %d policies",
				POLICIES_SUBJECT_MAX);
	return 0;
}

static int
may_give(struct db_at *at, const struct change *c, const struct policy_text *t)
{
	int r = policy_may_give(at, c->by, t);

	return r == OUT_DENIED
		   ? note_set(c->note, r,
			      "only who administers all that the policy is "
			      "about may do this")
		   : r;
}

/* Before it is there as it is to be. */
static int
may_become(struct db_at *at, struct change *c, const struct policy_text *t)
{
	int r = may_give(at, c, t);

	if (r == 0)
		r = subject_find(at, c, t);
	if (r == 0)
		r = policy_check_roles(at, str_c(c->by->account), t, c->note);
	return r != 0 ? r : same_find(at, c, t);
}

/* --- the writes --- */

static int
create_write(struct db_at *at, void *arg)
{
	struct change *c = arg;
	int r = may_become(at, c, c->text);

	if (r == 0)
		r = room_find(at, c, c->text);
	if (r == 0)
		r = policy_put(at, c->by, c->id, c->text);
	return r != 0 ? r : trail(at, c, c->text);
}

/* What it comes to, and whether it is still as the caller saw it. */
static int
now_read(struct db_at *at, const struct change *c, struct arena *a,
	 struct policy *ret)
{
	int r = policy_load(at, str_c(c->by->account), c->id, a, ret);

	if (r != 0)
		return r;
	return c->version != 0 && ret->version != c->version ? OUT_STALE : 0;
}

/* Of a locked subject nothing changes. */
static int
may_change(struct db_at *at, struct change *c, const struct policy *now)
{
	int r = may_give(at, c, &now->text);

	if (r == 0)
		r = subject_find(at, c, &now->text);
	/* Whoever it was for has gone: that may be cleared away. */
	return r == OUT_ABSENT ? 0 : r;
}

static int
update(struct db_at *at, const struct change *c)
{
	const struct policy_text *t = c->text;
	uint8_t digest[SHA256_LEN];
	int r = policy_digest(t, digest);

	if (r != 0)
		return r;
	r = FOLD(db_exec(at, SQL_policy_update, NULL, "sssssSSbsi", c->id,
			 str_c(policy_subject_word(t->subject_kind)),
			 t->subject, t->subject_op, t->description, t->pattern,
			 t->rule, (struct str){(char *)digest, sizeof(digest)},
			 str_c(c->by->who.identity), c->by->at));
	if (r == 0)
		r = FOLD(db_exec(at, SQL_policy_drop_roles, NULL, "s", c->id));
	if (r == 0)
		r = FOLD(
		    db_exec(at, SQL_policy_drop_attributes, NULL, "s", c->id));
	gate_granted(at, str_c(c->by->account));
	return r != 0 ? r : policy_put_parts(at, c->id, t);
}

static int
replace_write(struct db_at *at, void *arg)
{
	CLEAN(arena_clear) struct arena arena;
	struct change *c = arg;
	struct policy now;
	int r;

	arena_init(&arena, WRITE_ROOM);
	r = now_read(at, c, &arena, &now);
	if (r == 0 && now.deleted)
		r = OUT_ABSENT;
	if (r == 0 && !str_eq(now.text.type, c->text->type))
		return note_set(c->note, OUT_MALFORMED,
				"a policy keeps its type");
	if (r == 0)
		r = may_change(at, c, &now);
	if (r == 0)
		r = may_become(at, c, c->text);
	if (r == 0 && !str_eq(now.text.subject, c->text->subject))
		r = room_find(at, c, c->text);
	if (r == 0)
		r = update(at, c);
	return r != 0 ? r : trail(at, c, c->text);
}

static int
state_set(struct db_at *at, const struct change *c, struct str state,
	  const struct policy_text *t)
{
	int r = FOLD(db_exec(at, SQL_policy_set_state, NULL, "sssi", c->id,
			     state, str_c(c->by->who.identity), c->by->at));

	gate_granted(at, str_c(c->by->account));
	return r != 0 ? r : trail(at, c, t);
}

static int
restore_write(struct db_at *at, void *arg)
{
	CLEAN(arena_clear) struct arena arena;
	struct change *c = arg;
	struct policy now;
	int r;

	arena_init(&arena, WRITE_ROOM);
	r = now_read(at, c, &arena, &now);
	if (r != 0 || !now.deleted)
		return r;
	if (now.modified_at < c->by->at - POLICY_KEPT_MS)
		return OUT_ABSENT;
	r = may_become(at, c, &now.text);
	if (r == 0)
		r = room_find(at, c, &now.text);
	return r != 0 ? r : state_set(at, c, STR("active"), &now.text);
}

static int
delete_write(struct db_at *at, void *arg)
{
	CLEAN(arena_clear) struct arena arena;
	struct change *c = arg;
	struct policy now;
	int r;

	arena_init(&arena, WRITE_ROOM);
	r = now_read(at, c, &arena, &now);
	if (r == 0 && now.deleted)
		r = OUT_ABSENT;
	if (r == 0)
		r = may_change(at, c, &now);
	if (r == 0)
		r = state_set(at, c, STR("deleted"), &now.text);
	return r != 0 ? r
		      : FOLD(db_exec(at, SQL_policy_forget_oldest, NULL, "sis",
				     str_c(c->by->account),
				     (int64_t)POLICIES_KEPT_MAX - 1, c->id));
}

/* The policy as it is now, or, for a conflict, the one that is in the way. */
static int
finish(struct change *c, int r, struct arena *a, struct policy *ret)
{
	if (r == OUT_CONFLICT) {
		*ret = (struct policy){.id = arena_str(a, str_c(c->same))};
		return ret->id.p == NULL ? FAIL(-ENOMEM) : r;
	}
	return r != 0 ? r
		      : policy_get(c->by->core, str_c(c->by->account), c->id, a,
				   ret);
}

int
policy_create(const struct visit *by, const struct policy_text *text,
	      struct arena *a, struct policy *ret, struct note *note)
{
	char id[CRED_ID_MAX + 1];
	struct change c = {.by = by, .text = text, .note = note};
	int r = policy_check(str_c(by->account), text, note);

	if (r == 0)
		r = rand_uuid(id);
	if (r != 0)
		return r;
	c.id = str_c(id);
	return finish(&c, gate_write(by, create_write, &c), a, ret);
}

int
policy_replace(const struct visit *by, struct str id, int64_t version,
	       const struct policy_text *text, struct arena *a,
	       struct policy *ret, struct note *note)
{
	struct change c = {
	    .by = by, .id = id, .version = version, .text = text, .note = note};
	int r = policy_check(str_c(by->account), text, note);

	return r != 0 ? r
		      : finish(&c, gate_write(by, replace_write, &c), a, ret);
}

int
policy_restore(const struct visit *by, struct str id, int64_t version,
	       struct arena *a, struct policy *ret, struct note *note)
{
	struct change c = {
	    .by = by, .id = id, .version = version, .note = note};

	return finish(&c, gate_write(by, restore_write, &c), a, ret);
}

int
policy_delete(const struct visit *by, struct str id, struct note *note)
{
	struct change c = {.by = by, .id = id, .note = note};

	return gate_write(by, delete_write, &c);
}
