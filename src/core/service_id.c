#include "core/service_id.h"

#include "core/account_inner.h"
#include "core/audit.h"
#include "core/rules.h"
#include "core/sql.h"
#include "crypt/rand.h"
#include "json/json.h"

#include <errno.h>

/* Columns of service_id_get and of the lists. */
enum {
	COL_ID,
	COL_ACCOUNT,
	COL_NAME,
	COL_DESCRIPTION,
	COL_CREATED_BY,
	COL_INSTANCES,
	COL_LOCKED,
	COL_DISABLED,
	COL_VERSION,
	COL_CREATED,
	COL_MODIFIED
};

int
service_id_of_row(struct db_rows *rows, struct arena *a, struct service_id *ret)
{
	struct str *const texts[] = {
	    [COL_ID] = &ret->iam_id,
	    [COL_ACCOUNT] = &ret->account,
	    [COL_NAME] = &ret->name,
	    [COL_DESCRIPTION] = &ret->description,
	    [COL_CREATED_BY] = &ret->created_by,
	    [COL_INSTANCES] = &ret->instances,
	};

	for (size_t i = 0; i < nitems(texts); i++) {
		*texts[i] = arena_str(a, db_str(rows, (int)i));
		if (texts[i]->p == NULL)
			return FAIL(-ENOMEM);
	}
	ret->locked = db_int(rows, COL_LOCKED) != 0;
	ret->disabled = db_int(rows, COL_DISABLED) != 0;
	ret->version = db_int(rows, COL_VERSION);
	ret->created_at = db_int(rows, COL_CREATED);
	ret->modified_at = db_int(rows, COL_MODIFIED);
	return 0;
}

int
service_id_get(struct core *core, struct str iam_id, struct arena *a,
	       struct service_id *ret)
{
	CLEAN(db_view_endp) struct db_at *view = NULL;
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	struct service_id got;
	int r = db_view_begin(core->db, &view);

	if (r == 0)
		r = db_one(view, SQL_service_id_get, &rows, "s", iam_id);
	if (r == 0)
		r = service_id_of_row(&rows, a, &got);
	if (r == 0)
		*ret = got;
	return r;
}

/* --- what may be asked for --- */

static int
instances_check(struct str text, struct note *note)
{
	CLEAN(json_freep) struct json *list = NULL;
	struct str crn;
	int r = json_parse(text, &list, NULL);

	if (r < 0)
		return r;
	if (r != 0 || json_kind(list) != JSON_ARRAY)
		return note_set(note, OUT_MALFORMED,
				"unique_instance_crns is a list");
	if (json_size(list) > SERVICE_ID_INSTANCES_MAX)
		return note_set(note, OUT_MALFORMED,
				"unique_instance_crns has %d at most",
				SERVICE_ID_INSTANCES_MAX);
	for (size_t i = 0; i < json_size(list); i++)
		if (!json_str(json_at(list, i), &crn) ||
		    !text_ok(crn, TEXT_MAX_BYTES, false) ||
		    !str_starts(crn, STR("crn:")))
			return note_set(note, OUT_MALFORMED,
					"unique_instance_crns has CRNs");
	return 0;
}

static int
ask_check(const struct service_id_ask *ask, struct note *note)
{
	if (ask->name.p != NULL && !text_ok(ask->name, NAME_MAX_BYTES, false))
		return note_set(note, OUT_MALFORMED, "not a name");
	if (ask->description.p != NULL &&
	    !text_ok(ask->description, TEXT_MAX_BYTES, true))
		return note_set(note, OUT_MALFORMED, "not a description");
	return ask->instances.p != NULL ? instances_check(ask->instances, note)
					: 0;
}

struct change {
	const struct visit *by;
	const struct service_id_ask *ask;
	const struct key_plan *key; /* NULL: none */
	struct str id;
	int64_t version;
	bool on;
	struct note *note;
};

static int
trail(struct db_at *at, const struct change *c, struct str detail)
{
	struct thing thing = {.kind = THING_IDENTITY, .name = c->id};
	char text[AUDIT_THING_MAX];

	return audit_change(at, c->by, audit_thing_text(&thing, text), detail);
}

static int
trail_name(struct db_at *at, const struct change *c, struct str name)
{
	CLEAN(buf_clear) struct buf detail = BUF_INIT;
	struct jw w = JW(&detail);

	jw_object(&w, NULL);
	jw_str(&w, "name", name);
	jw_end(&w);
	if (buf_err(&detail) != 0)
		return FAIL(buf_err(&detail));
	return trail(at, c, buf_str(&detail));
}

/* --- making one --- */

static int
may_create(struct db_at *at, const struct change *c)
{
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	struct rules rules;
	int r = rules_get(at, str_c(c->by->account), NULL, &rules);

	if (r != 0)
		return r;
	if (rules.restrict_service_id)
		r = user_administers(at, c->by);
	if (r == OUT_DENIED)
		return note_set(c->note, r,
				"the account's rules let its administrators "
				"alone make service IDs");
	if (r != 0)
		return r;
	r = db_one(at, SQL_service_id_count, &rows, "si", str_c(c->by->account),
		   (int64_t)SERVICE_IDS_MAX);
	if (r != 0)
		return FOLD(r);
	return db_int(&rows, 0) < SERVICE_IDS_MAX ? 0 : OUT_TOO_MANY;
}

static int
create_write(struct db_at *at, void *arg)
{
	const struct change *c = arg;
	const struct service_id_ask *ask = c->ask;
	struct str instances =
	    ask->instances.p != NULL ? ask->instances : STR("[]");
	struct str description =
	    ask->description.p != NULL ? ask->description : STR("");
	int r = may_create(at, c);

	if (r == 0)
		r = FOLD(db_exec(at, SQL_service_id_insert, NULL, "sssssisi",
				 c->id, str_c(c->by->account), ask->name,
				 description, instances, (int64_t)ask->locked,
				 str_c(c->by->who.identity), c->by->at));
	if (r == 0)
		r = trail_name(at, c, ask->name);
	return r != 0 || c->key == NULL ? r
					: key_put(at, c->by, c->key, c->note);
}

static int
key_plan(struct change *c, struct api_key_ask *key, struct key_plan *plan)
{
	if (c->ask->key == NULL)
		return 0;
	*key = *c->ask->key;
	key->identity = c->id;
	key->account = str_c(c->by->account);
	c->key = plan;
	return key_plan_make(c->by->core, key, plan, c->note);
}

int
service_id_create(const struct visit *by, const struct service_id_ask *ask,
		  struct arena *a, struct service_id *ret,
		  struct api_key *ret_key, struct secret *ret_value,
		  struct note *note)
{
	CLEAN(key_plan_clear) struct key_plan plan = KEY_PLAN_INIT;
	struct change c = {.by = by, .ask = ask, .note = note};
	char uuid[UUID_LEN + 1], id[IDENTITY_ID_MAX + 1];
	struct api_key_ask key;
	int r = ask_check(ask, note);

	if (r == 0 && ask->name.p == NULL)
		return note_set(note, OUT_MALFORMED, "a name is needed");
	if (r == 0)
		r = rand_uuid(uuid);
	if (r != 0)
		return r;
	(void)snprintf(id, sizeof(id), "iam-ServiceId-%s", uuid);
	c.id = str_c(id);
	r = key_plan(&c, &key, &plan);
	if (r == 0)
		r = gate_write(by, create_write, &c);
	if (r == 0)
		r = service_id_get(by->core, c.id, a, ret);
	if (r != 0 || c.key == NULL)
		return r;
	r = api_key_get(by->core, str_c(plan.id), a, ret_key);
	if (r == 0)
		ret_value->slot = TAKE(plan.value.slot);
	return r;
}

/* --- changing one --- */

/* The one that the gate was asked about. */
static int
find(struct db_at *at, const struct change *c, struct db_rows *ret)
{
	const struct thing *thing = &c->by->thing;
	int r = db_one(at, SQL_service_id_get, ret, "s", c->id);

	if (r != 0)
		return r;
	return str_eq(db_str(ret, COL_ACCOUNT), str_c(c->by->account)) &&
		       (thing->kind != THING_IDENTITY ||
			str_eq(c->id, thing->name))
		   ? 0
		   : OUT_ABSENT;
}

static int
update_write(struct db_at *at, void *arg)
{
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	const struct change *c = arg;
	struct str name;
	int r = find(at, c, &rows);

	if (r != 0)
		return r;
	if (c->version != 0 && c->version != db_int(&rows, COL_VERSION))
		return OUT_STALE;
	if (db_int(&rows, COL_LOCKED) != 0)
		return OUT_CONFLICT;
	name = text_or_row(c->ask->name, &rows, COL_NAME);
	r = FOLD(db_exec(
	    at, SQL_service_id_update, NULL, "ssssi", c->id, name,
	    text_or_row(c->ask->description, &rows, COL_DESCRIPTION),
	    text_or_row(c->ask->instances, &rows, COL_INSTANCES), c->by->at));
	return r != 0 ? r : trail_name(at, c, name);
}

int
service_id_update(const struct visit *by, struct str iam_id, int64_t version,
		  const struct service_id_ask *ask, struct arena *a,
		  struct service_id *ret, struct note *note)
{
	struct change c = {
	    .by = by, .ask = ask, .id = iam_id, .version = version};
	int r = ask_check(ask, note);

	if (r == 0)
		r = gate_write(by, update_write, &c);
	return r != 0 ? r : service_id_get(by->core, iam_id, a, ret);
}

static int
locked_keys(struct db_at *at, struct str id)
{
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	int r = FOLD(db_one(at, SQL_service_id_locked_keys, &rows, "s", id));

	if (r != 0)
		return r;
	return db_int(&rows, 0) == 0 ? 0 : OUT_CONFLICT;
}

static int
delete_write(struct db_at *at, void *arg)
{
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	const struct change *c = arg;
	int r = find(at, c, &rows);

	if (r == 0 && db_int(&rows, COL_LOCKED) != 0)
		r = OUT_CONFLICT;
	if (r == 0)
		r = locked_keys(at, c->id);
	if (r == 0)
		r = trail_name(at, c, db_str(&rows, COL_NAME));
	if (r != 0)
		return r;
	return identity_end(at, str_c(c->by->account), c->id);
}

int
service_id_delete(const struct visit *by, struct str iam_id)
{
	struct change c = {.by = by, .id = iam_id};

	return gate_write(by, delete_write, &c);
}

static int
switch_write(struct db_at *at, const struct change *c, int sql,
	     const char *word)
{
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	char detail[64];
	int r = find(at, c, &rows);

	if (r == 0)
		r = FOLD(db_exec(at, sql, NULL, "sii", c->id, (int64_t)c->on,
				 c->by->at));
	if (r != 0)
		return r;
	gate_changed(at);
	(void)snprintf(detail, sizeof(detail), "{\"%s\":%s}", word,
		       c->on ? "true" : "false");
	return trail(at, c, str_c(detail));
}

static int
lock_write(struct db_at *at, void *arg)
{
	return switch_write(at, arg, SQL_service_id_lock, "locked");
}

int
service_id_lock(const struct visit *by, struct str iam_id, bool locked)
{
	struct change c = {.by = by, .id = iam_id, .on = locked};

	return gate_write(by, lock_write, &c);
}

static int
disable_write(struct db_at *at, void *arg)
{
	return switch_write(at, arg, SQL_identity_disable, "disabled");
}

int
service_id_disable(const struct visit *by, struct str iam_id, bool disabled)
{
	struct change c = {.by = by, .id = iam_id, .on = disabled};

	return gate_write(by, disable_write, &c);
}
