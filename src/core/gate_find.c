/*
 * Things with names: what a name means now. Names change, ids do not; so
 * whoever was let in is looked after by the id that was found for them.
 */
#include "core/gate_inner.h"

#include "core/account_inner.h"
#include "core/sql.h"

/* The account's and a name or an id; of what is in a project by name, the
 * project's. */
static const struct {
	int by_slug, by_id;
} lookups[THING_KINDS] = {
    [THING_PROJECT] = {SQL_find_project, SQL_find_project_by_id},
    [THING_GITREPO] = {SQL_find_repo, SQL_find_repo_by_id},
    [THING_KEYPAIR] = {SQL_find_key_pair, SQL_find_key_pair_by_id},
    [THING_SERVER] = {SQL_find_server, SQL_find_server_by_id},
};

static bool
is_id(const char *s)
{
	for (size_t i = 0; i < FOUND_ID_LEN; i++)
		if (!((s[i] >= '0' && s[i] <= '9') ||
		      (s[i] >= 'a' && s[i] <= 'f')))
			return false;
	return s[FOUND_ID_LEN] == '\0';
}

/* How a name is matched, or false: nothing has such a name. */
static bool
name_key(struct str name, char key[FOUND_NAME_MAX + 1])
{
	if (name.n == 0 || name.n > FOUND_NAME_MAX ||
	    memchr(name.p, '\0', name.n) != NULL)
		return false;
	text_lower(name, key);
	return true;
}

static int
account_of(struct db_at *at, const char *key, struct found *f)
{
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	int r = OUT_ABSENT;

	if (is_id(key))
		r = db_one(at, SQL_find_account_by_id, &rows, "s", str_c(key));
	if (r == OUT_ABSENT) {
		db_rows_clear(&rows);
		r = db_one(at, SQL_find_account, &rows, "s", str_c(key));
	}
	return r != 0 ? r : FIELD_PUT(f->account, db_str(&rows, 0));
}

/* A removed one is found to put it back, or away, and to end what would open it
 * again then; by its id alone: the name may be another's by now. */
static bool
wants_gone(enum verb verb)
{
	return verb == VERB_GIT_UPDATE || verb == VERB_GIT_DELETE ||
	       verb == VERB_ACCESSKEY_LIST || verb == VERB_ACCESSKEY_DELETE;
}

static int
row_of(struct db_at *at, int sql, const char *in, const char *key, bool gone,
       struct found *f)
{
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	int r = db_one(at, sql, &rows, "ss", str_c(in), str_c(key));

	if (r == 0 && !db_null(&rows, 4) && !gone)
		return OUT_ABSENT;
	if (r == 0)
		r = FIELD_PUT(f->project, db_str(&rows, 1));
	if (r == 0)
		r = FIELD_PUT(f->slug, db_str(&rows, 2));
	if (r == 0)
		r = FIELD_PUT(f->project_slug, db_str(&rows, 3));
	if (r == 0)
		r = FIELD_PUT(f->shown, db_str(&rows, 5));
	if (r == 0)
		r = FIELD_PUT(f->created_by, db_str(&rows, 6));
	return r != 0 ? r : FIELD_PUT(f->id, db_str(&rows, 0));
}

/* Of an account. An id comes first. */
static int
named(struct db_at *at, enum thing_kind kind, struct str name, bool gone,
      struct found *f)
{
	char key[FOUND_NAME_MAX + 1];
	int r = OUT_ABSENT;

	if (!name_key(name, key))
		return OUT_ABSENT;
	if (is_id(key))
		r = row_of(at, lookups[kind].by_id, f->account, key, gone, f);
	if (r == OUT_ABSENT)
		r = row_of(at, lookups[kind].by_slug, f->account, key, gone, f);
	return r;
}

/* Of a project. An id that is of another project is nothing in this one. */
static int
named_inside(struct db_at *at, enum thing_kind kind, struct str project,
	     struct str name, struct found *f)
{
	struct found place = *f, got = *f;
	char key[FOUND_NAME_MAX + 1];
	int r = named(at, THING_PROJECT, project, false, &place);

	if (r != 0 || !name_key(name, key))
		return r != 0 ? r : OUT_ABSENT;
	r = is_id(key)
		? row_of(at, lookups[kind].by_id, f->account, key, false, &got)
		: OUT_ABSENT;
	if (r == 0 && strcmp(got.project, place.id) != 0)
		r = OUT_ABSENT;
	if (r == OUT_ABSENT)
		r = row_of(at, lookups[kind].by_slug, place.id, key, false,
			   &got);
	if (r == 0)
		*f = got;
	return r;
}

static bool
is_inside(enum thing_kind kind)
{
	return kind == THING_KEYPAIR || kind == THING_SERVER;
}

int
gate_find(struct db_at *at, const struct thing *thing, enum verb verb,
	  struct found *f)
{
	char account[FOUND_NAME_MAX + 1];
	struct str head, tail, project = STR_NONE;
	bool inside = is_inside(thing->kind);
	int r;

	if (!str_cut(thing->name, '/', &head, &tail) ||
	    (inside && !str_cut(tail, '/', &project, &tail)) ||
	    !name_key(head, account))
		return OUT_ABSENT;
	r = account_of(at, account, f);
	if (r != 0)
		return r;
	return inside ? named_inside(at, thing->kind, project, tail, f)
		      : named(at, thing->kind, tail, wants_gone(verb), f);
}

int
gate_find_again(struct db_at *at, const struct thing *thing, enum verb verb,
		struct found *f)
{
	bool gone = wants_gone(verb);
	char id[FOUND_ID_LEN + 1];

	memcpy(id, f->id, sizeof(id));
	return row_of(at, lookups[thing->kind].by_id, f->account, id, gone, f);
}
