#include "core/git_inner.h"

#include "base/clock.h"
#include "core/audit.h"
#include "core/sql.h"
#include "crypt/rand.h"
#include "json/json.h"

#include <errno.h>

#define DEFAULT_SLUG STR("default")

bool
visit_is_for(const struct visit *by, struct str account, enum thing_kind kind,
	     struct str id)
{
	const struct thing *thing = &by->thing;

	if (!str_eq(account, str_c(by->account)))
		return false;
	switch (thing->kind) {
	case THING_IDENTITY:
		return kind == THING_IDENTITY && str_eq(thing->name, id);
	case THING_PROJECT:
	case THING_GITREPO:
	case THING_KEYPAIR:
	case THING_SERVER:
		return kind == thing->kind && str_eq(str_c(by->object), id);
	case THING_NONE:
	case THING_ACCOUNT:
	case THING_NAMESPACE:
	case THING_REPO:
	case THING_TOKEN:
	case THING_GROUP:
	case THING_KINDS:
		break;
	}
	return true;
}

static bool
slug_ok(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];
		bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');

		if (!letter && (i == 0 || !((c >= '0' && c <= '9') ||
					    c == '_' || c == '-')))
			return false;
	}
	return s.n > 0 && s.n <= PROJECT_SLUG_MAX;
}

static int
ask_check(const struct project_ask *ask, struct note *note)
{
	if (ask->slug.p != NULL && !slug_ok(ask->slug))
		return note_set(note, OUT_MALFORMED,
				"a project's key has 1 to %d of a-z A-Z 0-9 "
				"_ -, first a letter",
				PROJECT_SLUG_MAX);
	if (!text_ok(ask->name, NAME_MAX_BYTES, ask->name.p == NULL))
		return note_set(note, OUT_MALFORMED, "not a name");
	if (!text_ok(ask->description, TEXT_MAX_BYTES, true))
		return note_set(note, OUT_MALFORMED, "not a description");
	return 0;
}

struct change {
	const struct visit *by;
	struct project_ask ask;
	struct str id;
	struct note *note;
};

static int
trail(struct db_at *at, const struct change *c, struct str team,
      struct str slug, const struct project_ask *now)
{
	CLEAN(buf_clear) struct buf detail = BUF_INIT;
	char name[PLACE_MAX + 1], text[AUDIT_THING_MAX];
	struct thing thing = {.kind = THING_PROJECT};
	struct jw w = JW(&detail);

	(void)snprintf(name, sizeof(name), "%.*s/%.*s", STR_ARG(team),
		       STR_ARG(slug));
	thing.name = str_c(name);
	jw_object(&w, NULL);
	if (now != NULL) {
		jw_str(&w, "slug", now->slug);
		jw_str(&w, "name", now->name);
	}
	jw_end(&w);
	if (buf_err(&detail) != 0)
		return FAIL(buf_err(&detail));
	return audit_change(at, c->by, audit_thing_text(&thing, text),
			    buf_str(&detail));
}

static int
insert(struct db_at *at, const struct visit *by, struct str id,
       const struct project_ask *ask)
{
	char key[PROJECT_SLUG_MAX + 1];

	text_lower(ask->slug, key);
	return db_exec(at, SQL_project_insert, NULL, "ssssssi", id,
		       str_c(by->account), ask->slug, str_c(key), ask->name,
		       ask->description, by->at);
}

int
project_put_default(struct db_at *at, const struct visit *by)
{
	struct project_ask ask = {.slug = DEFAULT_SLUG, .name = DEFAULT_SLUG};

	return insert(at, by, str_c(by->account), &ask);
}

static int
room_for_one(struct db_at *at, const struct visit *by)
{
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	int r = db_one(at, SQL_project_count, &rows, "s", str_c(by->account));

	if (r != 0)
		return FOLD(r);
	return db_int(&rows, 0) < PROJECTS_MAX ? 0 : OUT_TOO_MANY;
}

/* By id first: a slug that looks like another project's id hides nothing but
 * itself. The rows borrow from lower. */
static int
find(struct db_at *at, struct str account, struct str key,
     char lower[PROJECT_SLUG_MAX + 1], struct db_rows *ret)
{
	int r;

	if (key.n > PROJECT_SLUG_MAX)
		return OUT_ABSENT;
	text_lower(key, lower);
	r = db_one(at, SQL_project_by_id, ret, "ss", account, str_c(lower));
	if (r != OUT_ABSENT)
		return r;
	db_rows_clear(ret);
	return db_one(at, SQL_project_by_slug, ret, "ss", account,
		      str_c(lower));
}

int
project_find(struct db_at *at, struct str account, struct str key,
	     char ret[PROJECT_ID_LEN + 1])
{
	char lower[PROJECT_SLUG_MAX + 1];
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	int r = find(at, account, key.n > 0 ? key : account, lower, &rows);

	return r != 0 ? r
		      : field_put(ret, PROJECT_ID_LEN + 1, db_str(&rows, 0));
}

static int
slug_free(struct db_at *at, const struct change *c)
{
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	char lower[PROJECT_SLUG_MAX + 1];
	int r;

	text_lower(c->ask.slug, lower);
	r = db_one(at, SQL_project_by_slug, &rows, "ss", str_c(c->by->account),
		   str_c(lower));
	if (r == OUT_ABSENT || (r == 0 && str_eq(db_str(&rows, 0), c->id)))
		return 0;
	return r != 0 ? r
		      : note_set(c->note, OUT_CONFLICT,
				 "there is a project with that key already");
}

static int
create_write(struct db_at *at, void *arg)
{
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	const struct change *c = arg;
	int r = room_for_one(at, c->by);

	if (r == 0)
		r = slug_free(at, c);
	if (r == 0)
		r = FOLD(insert(at, c->by, c->id, &c->ask));
	if (r == 0)
		r = FOLD(db_one(at, SQL_project_by_id, &rows, "ss",
				str_c(c->by->account), c->id));
	if (r != 0)
		return r;
	/* The gate may remember that there was none. */
	gate_changed(at);
	return trail(at, c, db_str(&rows, 2), c->ask.slug, &c->ask);
}

int
project_create(const struct visit *by, const struct project_ask *ask,
	       struct arena *a, struct project *ret, struct note *note)
{
	char id[PROJECT_ID_LEN + 1];
	struct change c = {.by = by, .ask = *ask, .note = note};
	int r;

	if (c.ask.slug.p == NULL)
		c.ask.slug = STR("");
	if (c.ask.name.n == 0)
		c.ask.name = c.ask.slug;
	r = ask_check(&c.ask, note);
	if (r == 0)
		r = rand_hex(id, PROJECT_ID_LEN);
	if (r != 0)
		return r;
	c.id = str_c(id);
	r = gate_write(by, create_write, &c);
	return r != 0 ? r
		      : project_get(by->core, str_c(by->account), c.id, a, ret);
}

static int
row_read(struct db_rows *rows, struct arena *a, struct project *ret)
{
	struct str *const texts[] = {&ret->id,		 &ret->account,
				     &ret->account_slug, &ret->slug,
				     &ret->name,	 &ret->description};

	for (size_t i = 0; i < nitems(texts); i++) {
		*texts[i] = arena_str(a, db_str(rows, (int)i));
		if (texts[i]->p == NULL)
			return FAIL(-ENOMEM);
	}
	ret->created_at = db_int(rows, 6);
	ret->modified_at = db_int(rows, 7);
	return 0;
}

int
project_get(struct core *core, struct str account, struct str slug_or_id,
	    struct arena *a, struct project *ret)
{
	char lower[PROJECT_SLUG_MAX + 1];
	CLEAN(db_view_endp) struct db_at *view = NULL;
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	struct project got;
	int r = db_view_begin(core->db, &view);

	if (r == 0)
		r = find(view, account, slug_or_id, lower, &rows);
	if (r == 0)
		r = row_read(&rows, a, &got);
	if (r == 0)
		*ret = got;
	return r;
}

int
project_list(struct core *core, struct str account, struct str after,
	     int64_t limit, struct arena *a, struct project **ret, size_t *n)
{
	CLEAN(db_view_endp) struct db_at *view = NULL;
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	char key[PROJECT_SLUG_MAX + 1];
	struct project *list;
	size_t count = 0;
	int r = db_view_begin(core->db, &view);

	if (r != 0)
		return r;
	limit = page_bound(limit);
	text_lower(str_sub(after, 0, PROJECT_SLUG_MAX), key);
	list = arena_get(a, (size_t)limit * sizeof(*list));
	if (list == NULL)
		return FAIL(-ENOMEM);
	r = db_query(view, SQL_project_list, &rows, "ssi", account, str_c(key),
		     limit);
	while (r == 0 && count < (size_t)limit && (r = db_next(&rows)) == 0)
		r = row_read(&rows, a, &list[count++]);
	if (r != 0 && r != OUT_ABSENT)
		return r;
	*ret = list;
	*n = count;
	return 0;
}

static int
of_visit(struct db_at *at, const struct change *c, struct db_rows *ret)
{
	struct str account = str_c(c->by->account);

	if (!visit_is_for(c->by, account, THING_PROJECT, c->id))
		return OUT_ABSENT;
	return db_one(at, SQL_project_by_id, ret, "ss", account, c->id);
}

static int
update_write(struct db_at *at, void *arg)
{
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	char key[PROJECT_SLUG_MAX + 1];
	struct change c = *(const struct change *)arg;
	int r = of_visit(at, &c, &rows);

	if (r != 0)
		return r;
	if (c.ask.slug.p == NULL)
		c.ask.slug = db_str(&rows, 3);
	if (c.ask.name.p == NULL)
		c.ask.name = db_str(&rows, 4);
	if (c.ask.description.p == NULL)
		c.ask.description = db_str(&rows, 5);
	text_lower(c.ask.slug, key);
	if (str_eq(c.id, str_c(c.by->account)) &&
	    !str_eq(str_c(key), DEFAULT_SLUG))
		return note_set(c.note, OUT_CONFLICT,
				"the default project keeps its key");
	r = slug_free(at, &c);
	if (r == 0)
		r = FOLD(db_exec(at, SQL_project_update, NULL, "sssssi", c.id,
				 c.ask.slug, str_c(key), c.ask.name,
				 c.ask.description, c.by->at));
	if (r != 0)
		return r;
	gate_changed(at);
	return trail(at, &c, db_str(&rows, 2), db_str(&rows, 3), &c.ask);
}

int
project_update(const struct visit *by, struct str id,
	       const struct project_ask *ask, struct note *note)
{
	struct change c = {.by = by, .ask = *ask, .id = id, .note = note};
	int r = ask_check(ask, note);

	return r != 0 ? r : gate_write(by, update_write, &c);
}

/* A name of theirs stays taken for as long as it is there, so dead pairs count
 * too. */
static int
machines_check(struct db_at *at, const struct change *c)
{
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	int r = db_one(at, SQL_project_machines, &rows, "s", c->id);

	if (r != 0)
		return FOLD(r);
	if (db_int(&rows, 0) == 0 && db_int(&rows, 1) == 0)
		return 0;
	return note_set(c->note, OUT_CONFLICT,
			"there are %lld key pairs and %lld servers in it",
			(long long)db_int(&rows, 0),
			(long long)db_int(&rows, 1));
}

/* Those in their grace period count: they could not be restored. */
static int
empty_check(struct db_at *at, const struct change *c)
{
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	int r = db_one(at, SQL_project_repos, &rows, "s", c->id);

	if (r != 0)
		return FOLD(r);
	if (db_int(&rows, 0) == 0)
		return 0;
	return note_set(c->note, OUT_CONFLICT,
			"there are %lld repositories in it, of them %lld "
			"removed but not yet purged",
			(long long)db_int(&rows, 0),
			(long long)db_int(&rows, 1));
}

static int
delete_write(struct db_at *at, void *arg)
{
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	const struct change *c = arg;
	int r = of_visit(at, c, &rows);

	if (r != 0)
		return r;
	if (str_eq(c->id, str_c(c->by->account)))
		return note_set(c->note, OUT_CONFLICT,
				"the default project cannot be removed");
	r = empty_check(at, c);
	if (r == 0)
		r = machines_check(at, c);
	if (r == 0)
		r = access_keys_drop(at, c->by, SQL_access_key_of_project,
				     c->id);
	if (r == 0)
		r = trail(at, c, db_str(&rows, 2), db_str(&rows, 3), NULL);
	if (r != 0)
		return r;
	gate_changed(at);
	return FOLD(db_exec(at, SQL_project_delete, NULL, "s", c->id));
}

int
project_delete(const struct visit *by, struct str id, struct note *note)
{
	struct change c = {.by = by, .id = id, .note = note};

	return gate_write(by, delete_write, &c);
}
