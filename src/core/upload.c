#include "core/upload.h"

#include "base/clock.h"
#include "blob/blob.h"
#include "core/hold.h"
#include "core/key.h"
#include "core/quota.h"
#include "core/repo.h"
#include "core/sql.h"
#include "core/upload_row.h"
#include "crypt/rand.h"

#include <assert.h>
#include <unistd.h>

static_assert(UPLOAD_ID_LEN == 32 && BLOB_KEY_LEN == 32,
	      "struct upload and struct upload_hold have room for 32 digits");

/* --- a new session --- */

struct starting {
	const struct visit *by;
	const struct place *at;
	char id[UPLOAD_ID_LEN + 1], key[BLOB_KEY_LEN + 1];
	char principal[PRINCIPAL_MAX];
	enum digest_kind kind;
	struct hasher_state state;
	int64_t now, repo;
	bool young; /* it got no row */
};

static int
rows_count(struct db_at *at, const struct starting *s, int64_t *ret)
{
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	int r = db_one(at, SQL_upload_count, &rows, "s", str_c(s->by->account));

	if (r == 0)
		*ret = db_int(&rows, 0);
	return FOLD(r);
}

static int
room_for_one(struct db_at *at, const struct starting *s)
{
	struct str account = str_c(s->by->account);
	int64_t rows = 0;
	int r = rows_count(at, s, &rows);

	if (r == 0 && rows + young_count(s->by->core, account) >= UPLOADS_MAX)
		r = OUT_TOO_MANY;
	return r;
}

static int
start_write(struct db_at *at, void *arg)
{
	struct starting *s = arg;
	int64_t repo;
	int r = room_for_one(at, s);

	if (r == 0)
		r = repo_make(at, s->by, s->at, &repo);
	if (r != 0)
		return r;
	return FOLD(db_exec(
	    at, SQL_upload_insert, NULL, "sisssibsiis", str_c(s->id), repo,
	    str_c(s->by->account), str_c(s->principal), str_c(s->key),
	    (int64_t)0, hasher_state_str(&s->state), str_c(s->by->core->boot),
	    s->now, s->now + UPLOAD_LIFE_MS, hasher_name(s->kind)));
}

/* Without a row: in a repository that is there. With known, others can go on
 * with it. */
static int
start_young(struct starting *s, bool known)
{
	CLEAN(db_view_endp) struct db_at *view = NULL;
	struct young young = {.kind = s->kind,
			      .expires_at = s->now + UPLOAD_LIFE_MS};
	int64_t rows = 0;
	int r = db_view_begin(s->by->core->db, &view);

	if (r == 0)
		r = repo_own(view, s->by, s->at, &s->repo);
	if (r == 0)
		r = rows_count(view, s, &rows);
	if (r != 0 || !known)
		return r;
	memcpy(young.id, s->id, sizeof(young.id));
	memcpy(young.key, s->key, sizeof(young.key));
	memcpy(young.principal, s->principal, sizeof(young.principal));
	(void)snprintf(young.account, sizeof(young.account), "%s",
		       s->by->account);
	young.repo = s->repo;
	return young_put(s->by->core, &young, rows);
}

static int
start_row(struct starting *s)
{
	struct hasher hash;

	hasher_start(&hash, s->kind);
	hasher_save(&hash, &s->state);
	return gate_write(s->by, start_write, s);
}

static int
start(const struct visit *by, const struct place *at, enum digest_kind kind,
      bool known, struct starting *s)
{
	int r;

	if (!quota_may_push(by->core, str_c(by->account), at->region))
		return OUT_QUOTA;
	*s = (struct starting){
	    .by = by, .at = at, .kind = kind, .now = clock_now()};
	repo_principal(&by->who, s->principal);
	r = rand_hex(s->id, UPLOAD_ID_LEN);
	if (r == 0)
		r = key_take(by->core, s->key);
	if (r != 0)
		return r;
	r = start_young(s, known);
	s->young = r == 0;
	/* The first of its repository, or one too many to do without. */
	if (r == OUT_ABSENT || r == OUT_BUSY)
		r = start_row(s);
	if (!s->young)
		key_settle(by->core, s->key);
	return r;
}

int
upload_start(const struct visit *by, const struct place *at,
	     enum digest_kind kind, char ret_id[UPLOAD_ID_LEN + 1])
{
	struct starting s;
	int r = start(by, at, kind, true, &s);

	if (r == 0)
		memcpy(ret_id, s.id, sizeof(s.id));
	return r;
}

int
upload_begin(const struct visit *by, const struct place *at,
	     enum digest_kind kind, struct upload *ret)
{
	struct starting s;
	int r;

	*ret = (struct upload){.by = by, .at = *at, .fd = -1};
	r = start(by, at, kind, false, &s);
	if (r != 0)
		return r;
	r = hold_take(str_c(s.id), &ret->hold);
	if (r != 0) {
		key_settle(by->core, s.key);
		return FOLD(r);
	}
	memcpy(ret->id, s.id, sizeof(s.id));
	memcpy(ret->key, s.key, sizeof(s.key));
	hold_name(ret->hold, str_c(ret->key));
	ret->begun = true;
	ret->young = s.young;
	ret->repo = s.repo;
	hasher_start(&ret->hash, kind);
	return 0;
}

/* --- one that is known --- */

int
upload_find(const struct visit *by, const struct place *at, struct str id,
	    struct db_at *view, struct db_rows *ret)
{
	char principal[PRINCIPAL_MAX];
	int r = OUT_ABSENT;

	if (id.n == UPLOAD_ID_LEN)
		r = db_one(view, SQL_upload_get, ret, "sss", id, at->region,
			   at->name);
	if (r != 0)
		return r;
	repo_principal(&by->who, principal);
	if (!str_eq(db_str(ret, 4), str_c(principal)) ||
	    !str_eq(db_str(ret, 5), str_c(by->core->boot)) ||
	    db_int(ret, 6) <= clock_now())
		return OUT_ABSENT;
	return 0;
}

int
upload_find_young(const struct visit *by, const struct place *at, struct str id,
		  struct young *ret)
{
	CLEAN(db_view_endp) struct db_at *view = NULL;
	char principal[PRINCIPAL_MAX];
	struct young young;
	int64_t repo = 0;
	int r = young_get(by->core, id, &young);

	if (r == 0)
		r = db_view_begin(by->core->db, &view);
	if (r == 0)
		r = repo_find(view, at, &repo);
	if (r != 0)
		return r;
	repo_principal(&by->who, principal);
	if (repo != young.repo || young.expires_at <= clock_now() ||
	    strcmp(young.principal, principal) != 0)
		return OUT_ABSENT;
	*ret = young;
	return 0;
}

static int
look_row(const struct visit *by, const struct place *at, struct str id,
	 uint64_t *ret_received)
{
	CLEAN(db_view_endp) struct db_at *view = NULL;
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	int r = db_view_begin(by->core->db, &view);

	if (r == 0)
		r = upload_find(by, at, id, view, &rows);
	if (r == 0)
		*ret_received = (uint64_t)db_int(&rows, 1);
	return r;
}

int
upload_look(const struct visit *by, const struct place *at, struct str id,
	    uint64_t *ret_received)
{
	struct young young;
	int r = upload_find_young(by, at, id, &young);

	if (r == 0)
		*ret_received = 0;
	return r == OUT_ABSENT ? look_row(by, at, id, ret_received) : r;
}

/* --- its end as nothing --- */

/* What is not removed here the sweeper knows from the trash, or the janitor
 * from the key's range. */
void
upload_discard(struct core *core, const char *key)
{
	int r = 0;

	if (!db_refuses(core->db))
		r = blob_remove(core->blobs, str_c(key));
	(void)r;
	key_settle(core, key);
}

void
upload_cut(struct core *core, const char *key, uint64_t size)
{
	int fd = -1;

	/* What a failed commit meant to keep may come to light. */
	if (!db_refuses(core->db) &&
	    blob_append(core->blobs, str_c(key), size, &fd) == 0)
		(void)close(fd);
}

int
upload_end_row(struct db_at *at, struct str id, int64_t now,
	       char key[BLOB_KEY_LEN + 1])
{
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	int r = db_one(at, SQL_upload_cancel, &rows, "s", id);

	if (r != 0)
		return r;
	(void)snprintf(key, BLOB_KEY_LEN + 1, "%.*s",
		       STR_ARG(db_str(&rows, 0)));
	db_rows_clear(&rows);
	return FOLD(db_exec(at, SQL_trash_put, NULL, "si", str_c(key), now));
}

void
upload_ended(struct core *core, struct str id, const char *key)
{
	/* Who holds it removes the file when letting go, however long that
	 * takes: its bytes are counted no longer, so they go now. */
	if (hold_end(id))
		upload_cut(core, key, 0);
	else
		upload_discard(core, key);
}

struct ending {
	struct str id;
	int64_t now;
	char key[BLOB_KEY_LEN + 1];
};

static int
end_write(struct db_at *at, void *arg)
{
	struct ending *e = arg;

	return upload_end_row(at, e->id, e->now, e->key);
}

int
upload_end(struct core *core, struct str id)
{
	struct ending e = {.id = id, .now = clock_now()};
	int r = young_cancel(core, id, e.key);

	if (r == OUT_ABSENT)
		r = db_write(core->db, end_write, &e);
	if (r == 0)
		upload_ended(core, id, e.key);
	return r;
}

int
upload_cancel(const struct visit *by, const struct place *at, struct str id)
{
	uint64_t received;
	int r = upload_look(by, at, id, &received);

	return r != 0 ? r : upload_end(by->core, id);
}
