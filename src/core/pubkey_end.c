/*
 * Keys that go without anybody asking for it at that moment: with their place,
 * with the use of the key that replaces them, and long after their end.
 */
#include "core/git_inner.h"

#include "base/clock.h"
#include "core/sql.h"
#include "crypt/rand.h"

#include <errno.h>

#define ROUND_MAX 100 /* of each kind, so that a round stays short */

int
access_keys_drop(struct db_at *at, const struct visit *by, int sql,
		 struct str place)
{
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	int64_t ids[ACCESS_KEYS_MAX];
	size_t n = 0;
	int r = db_query(at, sql, &rows, "s", place);

	while (r == 0 && (r = db_next(&rows)) == 0 && n < nitems(ids))
		ids[n++] = db_int(&rows, 0);
	if (r != OUT_ABSENT)
		return r != 0 ? r : FAIL(-EUCLEAN);
	r = 0;
	for (size_t i = 0; r == 0 && i < n; i++)
		r = FOLD(access_key_drop(at, by, ids[i]));
	return r;
}

/* Which row this one replaces, 0 when none. */
static int
replaced_by(struct db_at *at, int64_t id, int64_t *ret)
{
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	int r = db_one(at, SQL_access_key_by_id, &rows, "i", id);

	*ret = r == 0 ? db_int(&rows, ACCESS_KEY_COL_REPLACES) : 0;
	return r == OUT_ABSENT ? 0 : r;
}

struct settling {
	const struct visit *by;
	int64_t id;
};

/* A key may have been replaced before the one it replaced itself had ended:
 * dropping one moves the next into its place, until all are gone. */
static int
settle_write(struct db_at *at, void *arg)
{
	const struct settling *s = arg;
	int64_t old;
	int r = replaced_by(at, s->id, &old);

	while (r == 0 && old != 0) {
		r = access_key_drop(at, s->by, old);
		if (r == OUT_ABSENT)
			r = FOLD(db_exec(at, SQL_access_key_settled, NULL, "i",
					 s->id));
		if (r == 0)
			r = replaced_by(at, s->id, &old);
	}
	return r;
}

int
access_key_settle(struct core *core, int64_t id)
{
	struct visit by = {.core = core,
			   .verb = VERB_ACCESSKEY_DELETE,
			   .who = {.cred = CRED_ACCESS_KEY},
			   .at = clock_now()};
	struct settling s = {.by = &by, .id = id};

	(void)snprintf(by.who.cred_id, sizeof(by.who.cred_id), "%lld",
		       (long long)id);
	/* The trail names the key; the write is the program's own. */
	return db_write(core->db, settle_write, &s);
}

struct tidying {
	struct core *core;
	int64_t over;
	uint8_t from[SHA256_LEN]; /* where the look for unused keys begins */
};

static int
tidy_user_keys(struct db_at *at, const struct tidying *t)
{
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	struct visit by = {.core = t->core, .verb = VERB_USERKEY_DELETE};
	char ids[ROUND_MAX][UUID_LEN + 1];
	size_t n = 0;
	int r = db_query(at, SQL_user_key_over, &rows, "ii", t->over,
			 (int64_t)ROUND_MAX);

	while (r == 0 && n < ROUND_MAX && (r = db_next(&rows)) == 0)
		r = FIELD_PUT(ids[n++], db_str(&rows, 0));
	if (r != 0 && r != OUT_ABSENT)
		return r;
	r = 0;
	for (size_t i = 0; r == 0 && i < n; i++)
		r = FOLD(user_key_drop(at, &by, str_c(ids[i])));
	return r;
}

static int
tidy_access_keys(struct db_at *at, const struct tidying *t)
{
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	struct visit by = {.core = t->core, .verb = VERB_ACCESSKEY_DELETE};
	int64_t ids[ROUND_MAX];
	size_t n = 0;
	int r = db_query(at, SQL_access_key_over, &rows, "ii", t->over,
			 (int64_t)ROUND_MAX);

	while (r == 0 && n < ROUND_MAX && (r = db_next(&rows)) == 0)
		ids[n++] = db_int(&rows, 0);
	if (r != 0 && r != OUT_ABSENT)
		return r;
	r = 0;
	for (size_t i = 0; r == 0 && i < n; i++)
		r = FOLD(access_key_drop(at, &by, ids[i]));
	return r;
}

/* A few from the start, and a few from somewhere: digests are spread evenly, so
 * in the end all are looked at, however many there are. */
static int
tidy_unused(struct db_at *at, const struct tidying *t)
{
	static const uint8_t start[SHA256_LEN];
	int r = FOLD(db_exec(at, SQL_pubkey_drop_unused, NULL, "b",
			     (struct str){(const char *)start, SHA256_LEN}));

	return r != 0 ? r
		      : FOLD(db_exec(
			    at, SQL_pubkey_drop_unused, NULL, "b",
			    (struct str){(const char *)t->from, SHA256_LEN}));
}

static int
tidy_write(struct db_at *at, void *arg)
{
	const struct tidying *t = arg;
	int r = tidy_user_keys(at, t);

	if (r == 0)
		r = tidy_access_keys(at, t);
	return r != 0 ? r : tidy_unused(at, t);
}

int
pubkey_tidy(struct core *core)
{
	struct tidying t = {.core = core, .over = clock_now() - KEYS_KEEP_MS};
	int r = rand_bytes(t.from, sizeof(t.from));

	return r != 0 ? r : db_write(core->db, tidy_write, &t);
}
