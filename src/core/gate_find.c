/*
 * Things of git: what a name means now. Names change, ids do not; so whoever
 * was let in is looked after by the id that was found for them.
 */
#include "core/gate_inner.h"

#include "core/account_inner.h"
#include "core/sql.h"

static const struct {
	int by_slug, by_id;
} lookups[THING_KINDS] = {
    [THING_PROJECT] = {SQL_find_project, SQL_find_project_by_id},
    [THING_GITREPO] = {SQL_find_repo, SQL_find_repo_by_id},
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
row_of(struct db_at *at, int sql, struct str key, bool gone, struct found *f)
{
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	int r = db_one(at, sql, &rows, "ss", str_c(f->account), key);

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
	return r != 0 ? r : FIELD_PUT(f->id, db_str(&rows, 0));
}

int
gate_find(struct db_at *at, const struct thing *thing, enum verb verb,
	  struct found *f)
{
	bool gone = wants_gone(verb);
	char account[FOUND_NAME_MAX + 1], key[FOUND_NAME_MAX + 1];
	struct str head, tail;
	int r = OUT_ABSENT;

	if (!str_cut(thing->name, '/', &head, &tail) ||
	    !name_key(head, account) || !name_key(tail, key))
		return OUT_ABSENT;
	r = account_of(at, account, f);
	if (r != 0)
		return r;
	r = OUT_ABSENT;
	if (is_id(key))
		r = row_of(at, lookups[thing->kind].by_id, str_c(key), gone, f);
	if (r == OUT_ABSENT)
		r = row_of(at, lookups[thing->kind].by_slug, str_c(key), gone,
			   f);
	return r;
}

int
gate_find_again(struct db_at *at, const struct thing *thing, enum verb verb,
		struct found *f)
{
	bool gone = wants_gone(verb);
	char id[FOUND_ID_LEN + 1];

	memcpy(id, f->id, sizeof(id));
	return row_of(at, lookups[thing->kind].by_id, str_c(id), gone, f);
}
