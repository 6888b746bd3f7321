#include "core/group.h"

#include "core/account_inner.h"
#include "core/audit.h"
#include "core/policy.h"
#include "core/sql.h"
#include "crypt/rand.h"
#include "json/json.h"

#include <errno.h>

struct change {
	const struct visit *by;
	struct str id, name, description; /* p NULL: as it is */
	struct str identity;
	int64_t version;
	bool force;
	struct note *note;
};

static int
trail(struct db_at *at, const struct change *c, struct str name)
{
	CLEAN(buf_clear) struct buf detail = BUF_INIT;
	struct thing thing = {.kind = THING_GROUP, .name = c->id};
	char text[AUDIT_THING_MAX];
	struct jw w = JW(&detail);

	jw_object(&w, NULL);
	if (name.n > 0)
		jw_str(&w, "name", name);
	if (c->identity.n > 0)
		jw_str(&w, "member", c->identity);
	jw_end(&w);
	if (buf_err(&detail) != 0)
		return FAIL(buf_err(&detail));
	return audit_change(at, c->by, audit_thing_text(&thing, text),
			    buf_str(&detail));
}

static int
ask_check(const struct change *c)
{
	if (!text_ok(c->name, GROUP_NAME_MAX, c->name.p == NULL))
		return note_set(c->note, OUT_MALFORMED,
				"a group's name has 1 to %d bytes",
				GROUP_NAME_MAX);
	if (!text_ok(c->description, TEXT_MAX_BYTES, true))
		return note_set(c->note, OUT_MALFORMED,
				"a description has at most %d bytes",
				TEXT_MAX_BYTES);
	return 0;
}

static int
name_free(struct db_at *at, const struct change *c, struct str name)
{
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	char key[GROUP_NAME_MAX + 1];
	int r;

	text_lower(name, key);
	r = db_one(at, SQL_group_taken, &rows, "ss", str_c(c->by->account),
		   str_c(key));
	if (r == OUT_ABSENT || (r == 0 && str_eq(db_str(&rows, 0), c->id)))
		return 0;
	return r != 0 ? r
		      : note_set(c->note, OUT_CONFLICT,
				 "there is a group with that name already");
}

static int
total(struct db_at *at, int sql, struct str a, struct str b, int64_t *ret)
{
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	int r = db_one(at, sql, &rows, b.p != NULL ? "ss" : "s", a, b);

	if (r == 0)
		*ret = db_int(&rows, 0);
	return FOLD(r);
}

static int
create_write(struct db_at *at, void *arg)
{
	struct change *c = arg;
	char key[GROUP_NAME_MAX + 1];
	int64_t n = 0;
	int r = total(at, SQL_group_total, str_c(c->by->account), STR(""), &n);

	if (r == 0 && n >= GROUPS_MAX)
		return note_set(c->note, OUT_TOO_MANY,
				"an account has at most %d groups", GROUPS_MAX);
	if (r == 0)
		r = name_free(at, c, c->name);
	text_lower(c->name, key);
	if (r == 0)
		r = FOLD(db_exec(at, SQL_group_insert, NULL, "ssssssi", c->id,
				 str_c(c->by->account), c->name, str_c(key),
				 c->description, str_c(c->by->who.identity),
				 c->by->at));
	return r != 0 ? r : trail(at, c, c->name);
}

int
group_create(const struct visit *by, struct str name, struct str description,
	     struct arena *a, struct group *ret, struct note *note)
{
	char uuid[CRED_ID_MAX + 1], id[CRED_ID_MAX + 24];
	struct change c = {
	    .by = by, .name = name, .description = description, .note = note};
	int r;

	if (c.name.p == NULL)
		c.name = STR("");
	r = ask_check(&c);
	if (r == 0)
		r = rand_uuid(uuid);
	if (r != 0)
		return r;
	(void)snprintf(id, sizeof(id), "AccessGroupId-%s", uuid);
	c.id = str_c(id);
	r = gate_write(by, create_write, &c);
	return r != 0 ? r
		      : group_get(by->core, str_c(by->account), c.id, a, ret);
}

static int
row_read(struct db_rows *rows, struct arena *a, struct group *ret)
{
	struct group got = {0};
	struct str *const texts[] = {&got.id,	      &got.account,
				     &got.name,	      &got.description,
				     &got.created_by, &got.modified_by};

	for (size_t i = 0; i < nitems(texts); i++) {
		*texts[i] = arena_str(a, db_str(rows, (int)i));
		if (texts[i]->p == NULL)
			return FAIL(-ENOMEM);
	}
	got.version = db_int(rows, 6);
	got.created_at = db_int(rows, 7);
	got.modified_at = db_int(rows, 8);
	*ret = got;
	return 0;
}

int
group_get(struct core *core, struct str account, struct str id, struct arena *a,
	  struct group *ret)
{
	CLEAN(db_view_endp) struct db_at *view = NULL;
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	int r = db_view_begin(core->db, &view);

	if (r == 0)
		r = db_one(view, SQL_group_by_id, &rows, "ss", id, account);
	return r != 0 ? r : row_read(&rows, a, ret);
}

int
group_list(struct core *core, struct str account, struct str identity,
	   int64_t offset, int64_t limit, struct arena *a, struct group **ret,
	   size_t *n, int64_t *ret_total)
{
	CLEAN(db_view_endp) struct db_at *view = NULL;
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	struct str who = identity.n > 0 ? identity : STR("");
	struct group *list;
	size_t count = 0;
	int64_t all = 0;
	int r;

	limit = page_bound(limit);
	list = arena_get(a, (size_t)limit * sizeof(*list));
	if (list == NULL)
		return FAIL(-ENOMEM);
	r = db_view_begin(core->db, &view);
	if (r == 0)
		r = total(view, SQL_group_total, account, who, &all);
	if (r == 0)
		r = db_query(view, SQL_group_list, &rows, "ssii", account, who,
			     limit, offset);
	while (r == 0 && count < (size_t)limit && (r = db_next(&rows)) == 0)
		r = row_read(&rows, a, &list[count++]);
	if (r != 0 && r != OUT_ABSENT)
		return r;
	*ret = list;
	*n = count;
	*ret_total = all;
	return 0;
}

/* Of the visit's account, and the one that it was let in for. */
static int
find(struct db_at *at, const struct change *c, struct db_rows *ret)
{
	const struct thing *thing = &c->by->thing;

	if (thing->kind == THING_GROUP && !str_eq(thing->name, c->id))
		return OUT_ABSENT;
	return db_one(at, SQL_group_by_id, ret, "ss", c->id,
		      str_c(c->by->account));
}

static int
update_write(struct db_at *at, void *arg)
{
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	const struct change *c = arg;
	char key[GROUP_NAME_MAX + 1];
	struct str name, text;
	int r = find(at, c, &rows);

	if (r != 0)
		return r;
	if (c->version != 0 && db_int(&rows, 6) != c->version)
		return OUT_STALE;
	name = c->name.p != NULL ? c->name : db_str(&rows, 2);
	text = c->description.p != NULL ? c->description : db_str(&rows, 3);
	text_lower(name, key);
	r = name_free(at, c, name);
	if (r == 0)
		r = FOLD(db_exec(at, SQL_group_update, NULL, "sssssi", c->id,
				 name, str_c(key), text,
				 str_c(c->by->who.identity), c->by->at));
	return r != 0 ? r : trail(at, c, name);
}

int
group_update(const struct visit *by, struct str id, int64_t version,
	     struct str name, struct str description, struct arena *a,
	     struct group *ret, struct note *note)
{
	struct change c = {.by = by,
			   .id = id,
			   .version = version,
			   .name = name,
			   .description = description,
			   .note = note};
	int r = ask_check(&c);

	if (r == 0)
		r = gate_write(by, update_write, &c);
	return r != 0 ? r : group_get(by->core, str_c(by->account), id, a, ret);
}

static int
delete_write(struct db_at *at, void *arg)
{
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	const struct change *c = arg;
	int64_t n = 0;
	int r = find(at, c, &rows);

	if (r == 0)
		r = total(at, SQL_group_member_total, c->id, STR_NONE, &n);
	if (r == 0 && n > 0 && !c->force)
		return OUT_CONFLICT;
	/* Its policies go with it, and that is theirs to do who gave them. */
	if (r == 0)
		r = policy_may_give_group(at, c->by, c->id);
	if (r == 0)
		r = policy_end_subject(at, str_c(c->by->account), c->id);
	if (r == 0)
		r = trail(at, c, db_str(&rows, 2));
	db_rows_clear(&rows);
	if (r != 0)
		return r;
	gate_granted(at, str_c(c->by->account));
	return FOLD(db_exec(at, SQL_group_delete, NULL, "s", c->id));
}

int
group_delete(const struct visit *by, struct str id, bool force)
{
	struct change c = {.by = by, .id = id, .force = force};

	return gate_write(by, delete_write, &c);
}
