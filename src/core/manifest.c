#include "core/image.h"

#include "base/clock.h"
#include "core/absent.h"
#include "core/manifest_inner.h"
#include "core/sql.h"
#include "db/db.h"
#include "wire/ociref.h"

#include <errno.h>

/* NULL stays none; an empty text would look like a value. */
static int
keep(struct arena *a, struct db_rows *rows, int col, struct str *ret)
{
	*ret = STR_NONE;
	if (db_null(rows, col))
		return 0;
	*ret = arena_str(a, db_str(rows, col));
	return ret->p == NULL ? FAIL(-ENOMEM) : 0;
}

static int
fill(struct db_rows *rows, struct arena *a, struct manifest *ret)
{
	struct manifest m = {
	    .size = (uint64_t)db_int(rows, 4),
	    .pushed_at = db_int(rows, 5),
	};
	int r = keep(a, rows, 0, &m.digest);

	if (r == 0)
		r = keep(a, rows, 1, &m.media_type);
	if (r == 0)
		r = keep(a, rows, 2, &m.artifact_type);
	if (r == 0)
		r = keep(a, rows, 3, &m.subject);
	if (r == 0)
		*ret = m;
	return r;
}

static int
statement_for(struct str ref, bool body)
{
	if (ref.n > 0 && memchr(ref.p, ':', ref.n) != NULL)
		return body ? SQL_manifest_by_digest
			    : SQL_manifest_head_by_digest;
	return body ? SQL_manifest_by_tag : SQL_manifest_head_by_tag;
}

int
manifest_get(struct core *core, const struct place *p, struct str ref,
	     struct arena *a, struct manifest *ret, struct buf *body)
{
	CLEAN(db_view_endp) struct db_at *view = NULL;
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	int r = db_view_begin(core->db, &view);

	if (r == 0)
		r = db_one(view, statement_for(ref, body != NULL), &rows, "ssss",
			   p->region, p->name, ref, ociref_namespace(p->name));
	if (r == 0 && body != NULL)
		r = buf_addstr(body, db_blob(&rows, 6));
	return r == 0 ? fill(&rows, a, ret) : r;
}

static int
is_child(struct db_at *at, int64_t id)
{
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;

	return db_one(at, SQL_manifest_is_child, &rows, "i", id);
}

/* An index that needs it waits for it again, if it may. */
static int
let_go(struct db_at *at, const struct manifest_end *e)
{
	struct namespace_options options = {.allow_sparse = false};
	int r = is_child(at, e->id);

	if (r != 0)
		return r == OUT_ABSENT ? 0 : r;
	r = absent_options(at, e->repo, &options);
	if (r == 0 && !options.allow_sparse)
		return OUT_CONFLICT;
	return r != 0 ? r : absent_manifest_goes(at, e->repo, e->id, e->digest);
}

static int
find(struct db_at *at, int64_t repo, struct str digest, int64_t *ret)
{
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	int r = db_one(at, SQL_manifest_find, &rows, "is", repo, digest);

	if (r == 0)
		*ret = db_int(&rows, 0);
	return r;
}

static int
delete_write(struct db_at *at, void *arg)
{
	struct manifest_end *e = arg;
	int r = repo_own(at, e->by, e->at, &e->repo);

	if (r == 0)
		r = find(at, e->repo, e->digest, &e->id);
	if (r == 0)
		r = let_go(at, e);
	return r != 0 ? r : manifest_end(at, e);
}

int
manifest_delete(const struct visit *by, const struct place *at,
		struct str digest)
{
	struct manifest_end e = {
	    .by = by, .at = at, .digest = digest, .now = clock_now()};

	return gate_write(by, delete_write, &e);
}
