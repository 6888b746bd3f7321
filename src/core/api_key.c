#include "core/account_inner.h"

#include "base/clock.h"
#include "core/audit.h"
#include "core/sql.h"
#include "crypt/rand.h"
#include "json/json.h"

#include <errno.h>

static const struct str leak_actions[] = {STR_INIT("none"), STR_INIT("disable"),
					  STR_INIT("delete")};

void
key_plan_clear(struct key_plan *p)
{
	secret_clear(&p->value);
}

static bool
action_ok(struct str action)
{
	for (size_t i = 0; i < nitems(leak_actions); i++)
		if (str_eq(leak_actions[i], action))
			return true;
	return action.n == 0;
}

static int
ask_check(const struct api_key_ask *ask, struct note *note)
{
	if (!text_ok(ask->name, NAME_MAX_BYTES, false))
		return note_set(note, OUT_MALFORMED, "not a name");
	if (!text_ok(ask->description, TEXT_MAX_BYTES, true))
		return note_set(note, OUT_MALFORMED, "not a description");
	if (!action_ok(ask->action_when_leaked))
		return note_set(
		    note, OUT_MALFORMED,
		    "action_when_leaked is none, disable or delete");
	if (ask->expires_at != 0 && ask->expires_at <= clock_now())
		return note_set(note, OUT_MALFORMED, "expires in the past");
	if (ask->value.p != NULL &&
	    (ask->value.n < API_KEY_VALUE_MIN || ask->value.n > SECRET_MAX ||
	     !str_printable(ask->value)))
		return note_set(
		    note, OUT_MALFORMED,
		    "a key's value has %d to %d printable characters",
		    API_KEY_VALUE_MIN, SECRET_MAX);
	return 0;
}

int
key_plan_make(struct core *core, const struct api_key_ask *ask,
	      struct key_plan *ret, struct note *note)
{
	CLEAN(key_plan_clear) struct key_plan p = KEY_PLAN_INIT;
	char uuid[UUID_LEN + 1];
	int r = ask_check(ask, note);

	if (r == 0)
		r = rand_uuid(uuid);
	if (r == 0 && ask->value.p != NULL)
		r = secret_set(&p.value, ask->value);
	else if (r == 0)
		r = rand_token(TOKEN_API_KEY, &p.value);
	if (r == 0)
		r = vault_digest(core->vault, secret_reveal(&p.value),
				 p.digest);
	if (r != 0)
		return r;
	(void)snprintf(p.id, sizeof(p.id), "ApiKey-%s", uuid);
	p.ask = ask;
	*ret = p;
	p.value.slot = NULL; /* moved */
	return 0;
}

static int
trail(struct db_at *at, const struct visit *by, enum verb verb, struct str id,
      struct str identity, struct str name)
{
	CLEAN(buf_clear) struct buf detail = BUF_INIT;
	char thing[AUDIT_THING_MAX];
	struct visit v = *by;
	struct jw w = JW(&detail);

	v.verb = verb;
	jw_object(&w, NULL);
	jw_str(&w, "identity", identity);
	jw_str(&w, "name", name);
	jw_end(&w);
	if (buf_err(&detail) != 0)
		return FAIL(buf_err(&detail));
	(void)snprintf(thing, sizeof(thing), "%s:%.*s",
		       cred_kind_name(CRED_API_KEY), STR_ARG(id));
	return audit_change(at, &v, str_c(thing), buf_str(&detail));
}

static int
room_for_one(struct db_at *at, struct str identity)
{
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	int r = db_one(at, SQL_api_key_count, &rows, "s", identity);

	if (r != 0)
		return FOLD(r);
	return db_int(&rows, 0) < API_KEYS_MAX ? 0 : OUT_TOO_MANY;
}

int
key_put(struct db_at *at, const struct visit *by, const struct key_plan *p)
{
	const struct api_key_ask *k = p->ask;
	struct str digest = {(const char *)p->digest, sizeof(p->digest)};
	struct str action = k->action_when_leaked.n > 0 ? k->action_when_leaked
							: leak_actions[0];
	struct str by_id =
	    by->who.identity[0] != '\0' ? str_c(by->who.identity) : k->identity;
	int r = room_for_one(at, k->identity);

	if (r == 0)
		r = db_exec(at, SQL_api_key_insert, NULL, "sssssbiiisIsi",
			    str_c(p->id), k->account, k->identity, k->name,
			    k->description, digest, (int64_t)k->locked,
			    (int64_t)k->disabled, (int64_t)k->support_sessions,
			    action, k->expires_at != 0 ? &k->expires_at : NULL,
			    by_id, by->at);
	return r != 0 ? r
		      : trail(at, by, VERB_APIKEY_CREATE, str_c(p->id),
			      k->identity, k->name);
}

struct create {
	const struct visit *by;
	const struct key_plan *plan;
};

/* The identity must be one of this account, and able to hold a key. */
static int
holder_check(struct db_at *at, const struct create *c)
{
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	struct str id = c->plan->ask->identity;
	bool self = str_eq(id, str_c(c->by->who.identity));
	int r = db_one(at, SQL_identity_rank, &rows, "s", id);

	if (r != 0)
		return r;
	if (!str_eq(db_str(&rows, 0), str_c(c->by->account)))
		return OUT_ABSENT;
	/* An administrator must not become the owner or the operator. */
	if (!self && (db_int(&rows, 1) != 0 || str_eq(db_str(&rows, 3), id)))
		return OUT_DENIED;
	return 0;
}

static int
create_write(struct db_at *at, void *arg)
{
	const struct create *c = arg;
	int r = holder_check(at, c);

	return r != 0 ? r : key_put(at, c->by, c->plan);
}

int
api_key_create(const struct visit *by, const struct api_key_ask *ask,
	       struct arena *a, struct api_key *ret, struct secret *ret_value,
	       struct note *note)
{
	CLEAN(key_plan_clear) struct key_plan plan = KEY_PLAN_INIT;
	struct create c = {.by = by, .plan = &plan};
	int r;

	if (!str_eq(ask->account, str_c(by->account)))
		return OUT_DENIED;
	if (!str_eq(ask->identity, str_c(by->who.identity)) &&
	    !user_may_give(by))
		return note_set(
		    note, OUT_DENIED,
		    "keys are made for oneself, or by who may do everything");
	r = key_plan_make(by->core, ask, &plan, note);
	if (r == 0)
		r = gate_write(by, create_write, &c);
	if (r == 0)
		r = api_key_get(by->core, str_c(plan.id), a, ret);
	if (r == 0)
		ret_value->slot = TAKE(plan.value.slot);
	return r;
}

static int
row_read(struct db_rows *rows, struct arena *a, struct api_key *ret)
{
	struct str *const texts[] = {&ret->id,
				     &ret->account,
				     &ret->identity,
				     &ret->name,
				     &ret->description,
				     &ret->created_by,
				     &ret->action_when_leaked};

	for (size_t i = 0; i < nitems(texts); i++) {
		*texts[i] = arena_str(a, db_str(rows, (int)i));
		if (texts[i]->p == NULL)
			return FAIL(-ENOMEM);
	}
	ret->locked = db_int(rows, 7) != 0;
	ret->disabled = db_int(rows, 8) != 0;
	ret->support_sessions = db_int(rows, 9) != 0;
	ret->expires_at = db_int(rows, 10);
	ret->version = db_int(rows, 11);
	ret->created_at = db_int(rows, 12);
	ret->modified_at = db_int(rows, 13);
	return 0;
}

int
api_key_get(struct core *core, struct str id, struct arena *a,
	    struct api_key *ret)
{
	CLEAN(db_view_endp) struct db_at *view = NULL;
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	struct api_key got;
	int r = db_view_begin(core->db, &view);

	if (r == 0)
		r = db_one(view, SQL_api_key_by_id, &rows, "s", id);
	if (r == 0)
		r = row_read(&rows, a, &got);
	if (r == 0)
		*ret = got;
	return r;
}

int
api_key_find(struct core *core, struct str value, struct arena *a,
	     struct api_key *ret)
{
	CLEAN(db_view_endp) struct db_at *view = NULL;
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	uint8_t digest[VAULT_DIGEST_LEN];
	struct api_key got;
	int r = OUT_ABSENT;

	if (value.n > 0 && value.n <= SECRET_MAX)
		r = vault_digest(core->vault, value, digest);
	if (r == 0)
		r = db_view_begin(core->db, &view);
	if (r == 0)
		r = db_one(view, SQL_api_key_by_digest, &rows, "b",
			   (struct str){(char *)digest, sizeof(digest)});
	if (r == 0)
		r = row_read(&rows, a, &got);
	if (r == 0)
		*ret = got;
	return r;
}

static int
list_query(struct db_at *at, const struct api_key_filter *f, int64_t limit,
	   struct db_rows *ret)
{
	if (f->identity.n > 0)
		return db_query(at, SQL_api_key_list_identity, ret, "sssi",
				f->account, f->identity, f->after, limit);
	return db_query(at, SQL_api_key_list_account, ret, "ssi", f->account,
			f->after, limit);
}

int
api_key_list(struct core *core, const struct api_key_filter *f, struct arena *a,
	     struct api_key **ret, size_t *n)
{
	CLEAN(db_view_endp) struct db_at *view = NULL;
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	int64_t limit = f->limit > 0 ? f->limit : PAGE_DEFAULT;
	struct api_key *list;
	size_t count = 0;
	int r = db_view_begin(core->db, &view);

	if (r != 0)
		return r;
	if (limit > PAGE_MAX)
		limit = PAGE_MAX;
	list = arena_get(a, (size_t)limit * sizeof(*list));
	if (list == NULL)
		return FAIL(-ENOMEM);
	r = list_query(view, f, limit, &rows);
	while (r == 0 && count < (size_t)limit && (r = db_next(&rows)) == 0)
		r = row_read(&rows, a, &list[count++]);
	if (r != 0 && r != OUT_ABSENT)
		return r;
	*ret = list;
	*n = count;
	return 0;
}

struct removal {
	const struct visit *by;
	struct str id;
};

static int
delete_write(struct db_at *at, void *arg)
{
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	const struct removal *d = arg;
	const struct thing *thing = &d->by->thing;
	int r = db_one(at, SQL_api_key_by_id, &rows, "s", d->id);

	if (r != 0)
		return r;
	/* The key of the identity that the gate was asked about, no other. */
	if (!str_eq(db_str(&rows, 1), str_c(d->by->account)) ||
	    (thing->kind == THING_IDENTITY &&
	     !str_eq(db_str(&rows, 2), thing->name)))
		return OUT_ABSENT;
	if (db_int(&rows, 7) != 0)
		return OUT_CONFLICT;
	r = FOLD(db_exec(at, SQL_api_key_delete, NULL, "s", d->id));
	if (r != 0)
		return r;
	gate_changed(at);
	return trail(at, d->by, d->by->verb, d->id, db_str(&rows, 2),
		     db_str(&rows, 3));
}

int
api_key_delete(const struct visit *by, struct str id)
{
	struct removal d = {.by = by, .id = id};

	return gate_write(by, delete_write, &d);
}
