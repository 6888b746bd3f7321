#include "core/bin.h"

#include "base/clock.h"
#include "blob/blob.h"
#include "core/absent.h"
#include "core/hasher.h"
#include "core/manifest_inner.h"
#include "core/quota.h"
#include "core/sql.h"
#include "json/json.h"
#include "wire/ociref.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

/* One image on its way back: what the bin said, then what the write made of it.
 */
struct back {
	const struct visit *by;
	const struct place *at;
	struct arena *arena;
	struct str digest;
	struct str tag; /* the only one that is to come back; empty: all */
	bool tags;	/* any come back at all: not those of an entry */
	int depth;
	/* From the bin. */
	int64_t id, pushed_at;
	struct str media_type, pushed_by; /* in the arena */
	struct buf body;
	struct manifest_read read;
	struct manifest_new new;
	/* From the write. */
	struct bin_back done;
};

static void
back_clear(struct back *b)
{
	buf_clear(&b->body);
	manifest_read_clear(&b->read);
}

static int
find(struct db_at *at, struct back *b)
{
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	int r = db_one(at, SQL_bin_find, &rows, "sssi", b->at->region,
		       b->at->name, b->digest, clock_now());

	if (r != 0)
		return r;
	b->id = db_int(&rows, 0);
	b->media_type = arena_str(b->arena, db_str(&rows, 1));
	b->pushed_by = arena_str(b->arena, db_str(&rows, 2));
	b->pushed_at = db_int(&rows, 3);
	if (b->media_type.p == NULL || b->pushed_by.p == NULL)
		return FAIL(-ENOMEM);
	return buf_addstr(&b->body, db_blob(&rows, 4));
}

/* What lists show comes out of the config, which the bin holds. */
static int
look_into_config(struct db_at *at, struct back *b)
{
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	uint64_t size;
	int fd, r;

	if (!manifest_facts_known(b->read.config_type))
		return 0;
	r = db_one(at, SQL_bin_blob, &rows, "is", b->id, b->read.config);
	if (r == 0)
		r = blob_read(b->by->core->blobs, db_str(&rows, 1), &fd, &size);
	if (r != 0)
		return r == OUT_ABSENT ? 0 : r;
	r = manifest_facts_file(fd, size, &b->new.facts);
	(void)close(fd);
	return r;
}

static int
load(struct back *b)
{
	CLEAN(db_view_endp) struct db_at *view = NULL;
	int r = db_view_begin(b->by->core->db, &view);

	if (r == 0)
		r = find(view, b);
	/* It was well-formed when it was pushed. */
	if (r == 0)
		r = FOLD(manifest_read(buf_str(&b->body), b->media_type,
				       &b->read, NULL));
	return r != 0 ? r : look_into_config(view, b);
}

/* --- in the write --- */

static int
is_there(struct db_at *at, const struct back *b)
{
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;

	return db_one(at, SQL_bin_there, &rows, "ii", b->id, b->new.now);
}

struct held {
	int64_t id;
	char digest[DIGEST_TEXT_MAX];
};
struct blobs {
	struct held *list;
	size_t n;
};

static void
blobs_clear(struct blobs *blobs)
{
	free(blobs->list);
}

/* All of them before the next statement: it changes the table. */
static int
blobs_read(struct db_at *at, const struct back *b, struct blobs *ret)
{
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	int r = db_query(at, SQL_bin_blobs, &rows, "i", b->id);

	ret->list = calloc(MANIFEST_LAYERS_MAX + 1, sizeof(*ret->list));
	if (ret->list == NULL)
		return FAIL(-ENOMEM);
	while (r == 0 && (r = db_next(&rows)) == 0) {
		struct held *one = &ret->list[ret->n];
		struct str digest = db_str(&rows, 1);

		if (ret->n > MANIFEST_LAYERS_MAX ||
		    digest.n >= sizeof(one->digest))
			return FAIL(-EUCLEAN);
		one->id = db_int(&rows, 0);
		memcpy(one->digest, digest.p, digest.n);
		ret->n++;
	}
	return r == OUT_ABSENT ? 0 : r;
}

static int
link_again(struct db_at *at, const struct back *b)
{
	int64_t now = b->new.now, review_at = now + b->by->core->grace_ms;
	struct link_home home = {.repo = b->new.repo,
				 .account = b->new.account,
				 .region = b->new.region};
	CLEAN(blobs_clear) struct blobs blobs = {0};
	int r = blobs_read(at, b, &blobs);

	for (size_t i = 0; r == 0 && i < blobs.n; i++) {
		const struct held *one = &blobs.list[i];

		r = link_make(at, &home, one->id, now, review_at);
		if (r == 0)
			r = absent_blob_comes(at, &home, str_c(one->digest),
					      now);
	}
	return r;
}

/* OUT_CONFLICT: it names another image now. */
static int
tag_back(struct db_at *at, const struct back *b, struct str tag)
{
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	CLEAN(buf_clear) struct buf old = BUF_INIT;
	int r =
	    db_one(at, SQL_manifest_find_by_tag, &rows, "is", b->new.repo, tag);

	if (r == 0)
		return db_int(&rows, 0) == b->new.id && b->tag.n == 0
			   ? 0
			   : OUT_CONFLICT;
	if (r != OUT_ABSENT)
		return r;
	db_rows_clear(&rows);
	return tag_move(at, b->new.repo, tag, b->new.id, b->new.now, &old);
}

static int
only_tag(struct db_at *at, struct back *b)
{
	int64_t changed = 0;
	int r = tag_back(at, b, b->tag);

	if (r == 0)
		r = FOLD(db_exec(at, SQL_bin_tag_delete, &changed, "is", b->id,
				 b->tag));
	/* Somebody else had it restored meanwhile. */
	return r == 0 && changed == 0 ? OUT_ABSENT : r;
}

struct tags {
	struct arena *arena;
	struct str *list;
	size_t n, room;
};

static int
tags_add(struct tags *t, struct str name)
{
	struct str *more;

	if (t->n == t->room) {
		t->room = t->room * 2 + 8;
		more = arena_get(t->arena, t->room * sizeof(*more));
		if (more == NULL)
			return FAIL(-ENOMEM);
		if (t->n > 0)
			memcpy(more, t->list, t->n * sizeof(*more));
		t->list = more;
	}
	t->list[t->n] = arena_str(t->arena, name);
	return t->list[t->n++].p == NULL ? FAIL(-ENOMEM) : 0;
}

static int
tags_read(struct db_at *at, int64_t id, struct tags *ret)
{
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	int r = db_query(at, SQL_bin_tags, &rows, "i", id);

	while (r == 0 && (r = db_next(&rows)) == 0) {
		r = tags_add(ret, db_str(&rows, 0));
		if (r != 0)
			return r;
	}
	return r == OUT_ABSENT ? 0 : r;
}

static int
all_tags(struct db_at *at, struct back *b)
{
	struct tags all = {.arena = b->arena}, back = all, taken = all;
	int r = tags_read(at, b->id, &all);

	for (size_t i = 0; r == 0 && i < all.n; i++) {
		r = tag_back(at, b, all.list[i]);
		if (r == 0)
			r = tags_add(&back, all.list[i]);
		else if (r == OUT_CONFLICT)
			r = tags_add(&taken, all.list[i]);
	}
	b->done = (struct bin_back){.restored = back.list,
				    .n_restored = back.n,
				    .taken = taken.list,
				    .n_taken = taken.n};
	return r;
}

static int
trail(struct db_at *at, const struct back *b)
{
	CLEAN(buf_clear) struct buf detail = BUF_INIT;
	struct jw w = JW(&detail);

	jw_object(&w, NULL);
	jw_str(&w, "digest", b->digest);
	jw_array(&w, "tags");
	if (b->tag.n > 0)
		jw_str(&w, NULL, b->tag);
	for (size_t i = 0; i < b->done.n_restored && i < TRAIL_TAGS_MAX; i++)
		jw_str(&w, NULL, b->done.restored[i]);
	jw_end(&w);
	if (b->done.n_restored > TRAIL_TAGS_MAX)
		jw_int(&w, "more_tags",
		       (int64_t)b->done.n_restored - TRAIL_TAGS_MAX);
	jw_end(&w);
	return repo_trail(at, b->by, b->at, &detail);
}

static int
back_write(struct db_at *at, void *arg)
{
	struct back *b = arg;
	int r = repo_make(at, b->by, b->at, &b->new.repo);

	if (r == 0)
		r = is_there(at, b);
	if (r == 0)
		r = link_again(at, b);
	if (r == 0)
		r = manifest_insert(at, &b->new);
	if (r == 0 && b->tag.n > 0)
		r = only_tag(at, b);
	else if (r == 0 && b->tags)
		r = all_tags(at, b);
	return r != 0 ? r : trail(at, b);
}

/* --- the whole: entries first --- */

static int
is_live(const struct back *b, struct str digest)
{
	CLEAN(db_view_endp) struct db_at *view = NULL;
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	int r = db_view_begin(b->by->core->db, &view);

	return r != 0 ? r
		      : db_one(view, SQL_manifest_head_by_digest, &rows, "ssss",
			       b->at->region, b->at->name, digest,
			       ociref_namespace(b->at->name));
}

static int restore(struct back *);

/* What is neither here nor in the bin, the write misses, or can do without. */
static int
entry_back(const struct back *b, const struct manifest_need *need)
{
	CLEAN(back_clear)
	struct back child = {.by = b->by,
			     .at = b->at,
			     .digest = need->digest,
			     .depth = b->depth + 1,
			     .arena = b->arena,
			     .body = BUF_INIT};
	int r;

	if (need->kind != NEED_MANIFEST && need->kind != NEED_EITHER)
		return 0;
	r = is_live(b, need->digest);
	if (r != OUT_ABSENT || b->depth == MANIFEST_DEPTH_MAX)
		return r == OUT_ABSENT ? 0 : r;
	r = restore(&child);
	return r == OUT_ABSENT ? 0 : r;
}

static int
restore(struct back *b)
{
	int r = load(b);

	for (size_t i = 0; r == 0 && i < b->read.n_needs; i++)
		r = entry_back(b, &b->read.needs[i]);
	if (r != 0)
		return r;
	b->new.read = &b->read;
	b->new.body = buf_str(&b->body);
	b->new.digest = b->digest;
	b->new.account = str_c(b->by->account);
	b->new.region = b->at->region;
	b->new.pushed_by = b->pushed_by;
	b->new.pushed_at = b->pushed_at;
	b->new.now = clock_now();
	return gate_write(b->by, back_write, b);
}

int
bin_restore_digest(const struct visit *by, const struct place *at,
		   struct str digest, struct arena *a, struct bin_back *ret)
{
	CLEAN(back_clear)
	struct back b = {.by = by,
			 .at = at,
			 .digest = digest,
			 .tags = true,
			 .body = BUF_INIT,
			 .arena = a};
	int r = quota_may_push(by->core, str_c(by->account), at->region)
		    ? restore(&b)
		    : OUT_QUOTA;

	if (r == 0)
		*ret = b.done;
	return r;
}

static int
find_tag(const struct back *b, struct str *ret)
{
	CLEAN(db_view_endp) struct db_at *view = NULL;
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	int r = db_view_begin(b->by->core->db, &view);

	if (r == 0)
		r = db_one(view, SQL_bin_find_tag, &rows, "sssi", b->at->region,
			   b->at->name, b->tag, clock_now());
	if (r == 0)
		*ret = arena_str(b->arena, db_str(&rows, 0));
	return r == 0 && ret->p == NULL ? FAIL(-ENOMEM) : r;
}

int
bin_restore_tag(const struct visit *by, const struct place *at, struct str tag,
		struct arena *a, struct str *ret_digest)
{
	CLEAN(back_clear)
	struct back b = {
	    .by = by, .at = at, .tag = tag, .arena = a, .body = BUF_INIT};
	int r = find_tag(&b, &b.digest);

	if (r == 0 && !quota_may_push(by->core, str_c(by->account), at->region))
		r = OUT_QUOTA;
	if (r == 0)
		r = restore(&b);
	if (r == 0)
		*ret_digest = b.digest;
	return r;
}
