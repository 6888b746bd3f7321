#include "core/audit.h"
#include "core/upload.h"

#include "base/clock.h"
#include "blob/blob.h"
#include "core/absent.h"
#include "core/hold.h"
#include "core/key.h"
#include "core/link.h"
#include "core/quota.h"
#include "core/repo.h"
#include "core/sql.h"
#include "core/upload_row.h"
#include "crypt/rand.h"
#include "wire/ociref.h"
#include "json/json.h"

#include <unistd.h>

#define ID_RANDOM_BITS 20
#define ID_RANDOM      ((int64_t)1 << ID_RANDOM_BITS)

static int
load_young(struct upload *u, struct str id)
{
	struct young young;
	int r = upload_find_young(u->by, &u->at, id, &young);

	if (r != 0)
		return r;
	memcpy(u->id, young.id, sizeof(young.id));
	memcpy(u->key, young.key, sizeof(young.key));
	u->young = true;
	u->repo = young.repo;
	hasher_start(&u->hash, young.kind);
	return 0;
}

static int
load_row(struct upload *u, struct str id)
{
	CLEAN(db_view_endp) struct db_at *view = NULL;
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	enum digest_kind kind = DIGEST_SHA256;
	int r = db_view_begin(u->by->core->db, &view);

	if (r == 0)
		r = upload_find(u->by, &u->at, id, view, &rows);
	if (r != 0)
		return r;
	(void)snprintf(u->id, sizeof(u->id), "%.*s", STR_ARG(id));
	(void)snprintf(u->key, sizeof(u->key), "%.*s",
		       STR_ARG(db_str(&rows, 0)));
	u->saved = u->received = (uint64_t)db_int(&rows, 1);
	u->version = db_int(&rows, 3);
	r = ociref_algorithm(db_str(&rows, 7), &kind);
	if (r == 0)
		r = hasher_load(&u->hash, kind, db_blob(&rows, 2));
	return FOLD(r);
}

int
upload_take(const struct visit *by, const struct place *at, struct str id,
	    struct upload *ret)
{
	int r;

	*ret = (struct upload){.by = by, .at = *at, .fd = -1};
	if (id.n != UPLOAD_ID_LEN)
		return OUT_ABSENT;
	/* Its bytes may be those of a blob that comes to light. */
	if (db_refuses(by->core->db))
		return OUT_BUSY;
	if (!quota_may_push(by->core, str_c(by->account), at->region))
		return OUT_QUOTA;
	r = hold_take(id, &ret->hold);
	if (r == 0)
		r = load_young(ret, id);
	if (r == OUT_ABSENT)
		r = load_row(ret, id);
	if (r != 0) {
		(void)hold_drop(TAKE(ret->hold));
		return r;
	}
	hold_name(ret->hold, str_c(ret->key));
	return 0;
}

/* A session that nobody will come back to; who stumbles here leaves it to the
 * sweeper. */
static void
end_unknown(struct upload *u)
{
	if (u->begun && upload_end(u->by->core, str_c(u->id)) != 0)
		return;
}

static void
discard(struct upload *u)
{
	if (u->young)
		young_end(u->by->core, str_c(u->id));
	u->young = false;
	upload_discard(u->by->core, u->key);
}

/* They are counted as part of a row, or gone. */
static void
let_room(struct upload *u)
{
	quota_let(u->by->core, str_c(u->by->account), u->at.region, u->held);
	u->held = 0;
}

static void
let_go(struct upload *u, bool gone)
{
	if (u->fd >= 0)
		(void)close(u->fd);
	u->fd = -1;
	if (u->hold == NULL)
		return;
	if (u->held > 0 && !gone)
		upload_cut(u->by->core, u->key, u->saved);
	if (hold_drop(TAKE(u->hold)) || gone || (u->begun && u->young))
		discard(u);
	else
		end_unknown(u);
	let_room(u);
}

/* At the first byte; what an interrupted writer left behind is cut off. */
static int
open_file(struct upload *u)
{
	struct blob_store *blobs = u->by->core->blobs;
	int r;

	if (u->fd >= 0)
		return 0;
	r = blob_append(blobs, str_c(u->key), u->saved, &u->fd);
	/* Fewer bytes than were promised are none. */
	return r == OUT_MISMATCH ? OUT_ABSENT : r;
}

void
upload_expect(struct upload *u, enum digest_kind kind)
{
	if (u->received == 0)
		hasher_start(&u->hash, kind);
}

static int
append(struct upload *u, const void *p, size_t n)
{
	int r;

	if (hold_ended(u->hold))
		return OUT_ABSENT;
	if (n > UPLOAD_SIZE_MAX - u->received)
		return OUT_TOO_LARGE;
	r = quota_hold(u->by->core, str_c(u->by->account), u->at.region, n);
	if (r != 0)
		return r;
	u->held += n;
	r = open_file(u);
	return r != 0 ? r : blob_write(u->fd, p, n);
}

int
upload_write(struct upload *u, const void *p, size_t n)
{
	if (u->hold == NULL)
		return OUT_ABSENT;
	if (u->failed == 0)
		u->failed = append(u, p, n);
	if (u->failed != 0)
		return u->failed;
	hasher_add(&u->hash, p, n);
	u->received += n;
	return 0;
}

struct saving {
	const struct upload *u;
	struct hasher_state state;
	int64_t now, expires;
};

/* The repository of a session without a row. Such a session keeps no empty
 * repository from being collected: what begins and ends in one request goes by
 * the name, as who pushes does. */
static int
own_repo(struct db_at *at, const struct upload *u, int64_t *ret)
{
	int64_t own;
	int r;

	if (u->begun)
		return repo_make(at, u->by, &u->at, ret);
	r = repo_own(at, u->by, &u->at, &own);
	if (r != 0 || own != u->repo)
		return r != 0 ? r : OUT_ABSENT;
	*ret = own;
	return 0;
}

/* From now on there is something to remember. */
static int
first_save(struct db_at *at, const struct saving *s)
{
	const struct visit *by = s->u->by;
	char principal[PRINCIPAL_MAX];
	int64_t repo;
	int r = own_repo(at, s->u, &repo);

	if (r != 0)
		return r;
	repo_principal(&by->who, principal);
	return FOLD(db_exec(at, SQL_upload_insert, NULL, "sisssibsiis",
			    str_c(s->u->id), repo, str_c(by->account),
			    str_c(principal), str_c(s->u->key),
			    (int64_t)s->u->received,
			    hasher_state_str(&s->state), str_c(by->core->boot),
			    s->now, s->expires, hasher_name(s->u->hash.kind)));
}

static int
save_write(struct db_at *at, void *arg)
{
	struct saving *s = arg;
	int64_t changed;
	int r;

	if (s->u->young)
		return first_save(at, s);
	r = db_exec(at, SQL_upload_save, &changed, "ibisis",
		    (int64_t)s->u->received, hasher_state_str(&s->state),
		    s->expires, str_c(s->u->id), s->u->version,
		    hasher_name(s->u->hash.kind));
	if (r != 0)
		return FOLD(r);
	return changed == 1 ? 0 : OUT_ABSENT;
}

/* Its key goes to a row in the write that follows: nobody may cancel what has
 * none any more while that is under way. False: somebody did. */
static bool
claim(const struct upload *u)
{
	return !u->young || u->begun || young_claim(u->by->core, str_c(u->id));
}

/* The write came to its end. */
static void
claimed(struct upload *u, int r)
{
	struct core *core = u->by->core;

	if (r == 0)
		u->begun = false;
	if (!u->young)
		return;
	if (r != 0) {
		young_unclaim(core, str_c(u->id));
		return;
	}
	young_end(core, str_c(u->id));
	key_settle(core, u->key);
	u->young = false;
}

/* A write after which what this take wrote is part of a row, unless ours says
 * that it is not. */
static int
rows_write(struct upload *u, int (*fn)(struct db_at *, void *), void *arg,
	   const bool *ours)
{
	struct core *core = u->by->core;
	struct str account = str_c(u->by->account);
	int r;

	if (u->held == 0)
		return gate_write(u->by, fn, arg);
	quota_move_begin(core, account, u->at.region);
	r = gate_write(u->by, fn, arg);
	if (r == 0 && *ours)
		let_room(u);
	quota_move_end(core, account, u->at.region);
	return r;
}

int
upload_put_back(struct upload *u)
{
	struct saving s = {.u = u, .now = clock_now()};
	const bool all = true;
	int r = OUT_ABSENT;

	if (u->hold == NULL)
		return OUT_ABSENT;
	s.expires = s.now + UPLOAD_LIFE_MS;
	hasher_save(&u->hash, &s.state);
	if (claim(u)) {
		r = rows_write(u, save_write, &s, &all);
		claimed(u, r);
	}
	let_go(u, r == OUT_ABSENT);
	return r;
}

void
upload_drop(struct upload *u)
{
	let_go(u, false);
}

/* --- the end --- */

struct finishing {
	struct upload *u;
	struct str digest;
	int64_t now;
	bool synced; /* our bytes are on disk */
	bool ours;   /* our bytes became the blob */
};

/*
 * Does this account have the bytes already? Then ours will not be kept and need
 * not reach the disk. Nobody else's blobs are looked at: how long an upload
 * takes must not tell what others have.
 */
static int
is_known(const struct finishing *f, bool *ret)
{
	CLEAN(db_view_endp) struct db_at *view = NULL;
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	int r = db_view_begin(f->u->by->core->db, &view);

	if (r == 0)
		r = db_one(view, SQL_blob_of_account, &rows, "ss", f->digest,
			   str_c(f->u->by->account));
	*ret = r == 0;
	return r == OUT_ABSENT ? 0 : r;
}

/*
 * Ids that rise with time, so that the rows of what is pushed together lie
 * together in every index: fewer pages change. On the writer's thread only.
 * The random digits keep apart what a clock that was set back would repeat.
 */
static int
next_id(int64_t *ret)
{
	static int64_t latest;
	int64_t id;
	int r = rand_id(&id);

	if (r != 0)
		return r;
	id = clock_now() << ID_RANDOM_BITS | (id & (ID_RANDOM - 1));
	latest = id > latest ? id : latest + 1;
	*ret = latest;
	return 0;
}

static int
put_blob(struct db_at *at, struct finishing *f, int64_t *ret)
{
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	struct str key = str_c(f->u->key);
	int64_t id;
	int r = next_id(&id);

	if (r == 0)
		r = db_one(at, SQL_blob_put, &rows, "isisii", id, f->digest,
			   (int64_t)f->u->received, key, f->now,
			   f->now + f->u->by->core->grace_ms);
	if (r != 0)
		return FOLD(r);
	*ret = db_int(&rows, 0);
	f->ours = str_eq(db_str(&rows, 1), key);
	db_rows_clear(&rows);
	if (f->ours)
		return f->synced ? 0 : OUT_STALE;
	return FOLD(db_exec(at, SQL_trash_put, NULL, "si", key, f->now));
}

static int
end_session(struct db_at *at, const struct upload *u, int64_t *ret_repo)
{
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	int64_t own;
	int r = repo_own(at, u->by, &u->at, &own);

	if (r == 0)
		r = db_one(at, SQL_upload_end, &rows, "si", str_c(u->id),
			   u->version);
	if (r != 0 || db_int(&rows, 0) != own)
		return r != 0 ? r : OUT_ABSENT;
	*ret_repo = own;
	return 0;
}

static int
finish_write(struct db_at *at, void *arg)
{
	CLEAN(buf_clear) struct buf detail = BUF_INIT;
	struct jw w = JW(&detail);
	struct finishing *f = arg;
	const struct visit *by = f->u->by;
	struct link_home home = {.account = str_c(by->account),
				 .region = f->u->at.region};
	int64_t blob = 0;
	int r = f->u->young ? own_repo(at, f->u, &home.repo)
			    : end_session(at, f->u, &home.repo);

	if (r == 0)
		r = put_blob(at, f, &blob);
	if (r == 0)
		r = link_make(at, &home, blob, f->now,
			      f->now + by->core->grace_ms);
	if (r == 0)
		r = absent_blob_comes(at, &home, f->digest, f->now);
	if (r != 0)
		return r;
	jw_object(&w, NULL);
	jw_str(&w, "digest", f->digest);
	jw_int(&w, "size", (int64_t)f->u->received);
	jw_end(&w);
	return repo_trail(at, by, &f->u->at, &detail);
}

/* After a failed sync nobody knows what the file holds: the key is given up and
 * the session with it. */
static int
sync_file(struct finishing *f)
{
	struct core *core = f->u->by->core;
	int r = blob_sync(f->u->fd), ended;

	f->synced = r == 0;
	if (r == 0)
		return 0;
	/* Letting go of an ended one removes what was written. */
	if (f->u->young) {
		(void)hold_end(str_c(f->u->id));
		return r;
	}
	ended = upload_end(core, str_c(f->u->id));
	return ended < 0 ? ended : r;
}

static int
finish(struct finishing *f)
{
	struct upload *u = f->u;
	bool known = false;
	int r = u->failed != 0 ? u->failed : upload_compare(u, f->digest);

	if (r == 0)
		r = hold_ended(u->hold) ? OUT_ABSENT : open_file(u);
	if (r == 0)
		r = is_known(f, &known);
	if (r == 0 && !known)
		r = sync_file(f);
	if (r == 0)
		r = rows_write(u, finish_write, f, &f->ours);
	/* What was known is not there any more. */
	if (r == OUT_STALE) {
		r = sync_file(f);
		if (r == 0)
			r = rows_write(u, finish_write, f, &f->ours);
	}
	return r;
}

int
upload_finish(struct upload *u, struct str digest)
{
	struct finishing f = {.u = u, .digest = digest, .now = clock_now()};
	int r = OUT_ABSENT;

	if (u->hold == NULL)
		return OUT_ABSENT;
	if (claim(u)) {
		r = finish(&f);
		claimed(u, r);
	}
	let_go(u, r == OUT_ABSENT || (r == 0 && !f.ours));
	return r;
}
