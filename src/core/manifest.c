#include "core/image.h"

#include "base/clock.h"
#include "core/link.h"
#include "core/repo.h"
#include "core/sql.h"
#include "json/json.h"

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
		r = db_one(view, statement_for(ref, body != NULL), &rows, "sss",
			   p->region, p->name, ref);
	if (r == 0 && body != NULL)
		r = buf_addstr(body, db_blob(&rows, 6));
	return r == 0 ? fill(&rows, a, ret) : r;
}

struct ending {
	const struct visit *by;
	const struct place *at;
	struct str digest;
	int64_t now;
};

static int
is_needed(struct db_at *at, int64_t id)
{
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	int r = db_one(at, SQL_manifest_is_child, &rows, "i", id);

	return r == 0 ? OUT_CONFLICT : r == OUT_ABSENT ? 0 : r;
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

/* {"digest":...,"tags":[...]}: which names went with it. */
static int
describe(struct db_at *at, const struct ending *e, int64_t id, struct buf *ret)
{
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	struct jw w = JW(ret);
	int r = db_query(at, SQL_tag_of_manifest, &rows, "i", id);

	jw_object(&w, NULL);
	jw_str(&w, "digest", e->digest);
	jw_array(&w, "tags");
	while (r == 0 && (r = db_next(&rows)) == 0)
		jw_str(&w, NULL, db_str(&rows, 0));
	jw_end(&w);
	jw_end(&w);
	return r == OUT_ABSENT ? 0 : r;
}

static int
delete_write(struct db_at *at, void *arg)
{
	CLEAN(buf_clear) struct buf detail = BUF_INIT;
	struct ending *e = arg;
	struct link_home home = {.account = str_c(e->by->account),
				 .region = e->at->region};
	int64_t id;
	int r = repo_own(at, e->by, e->at, &home.repo);

	if (r == 0)
		r = find(at, home.repo, e->digest, &id);
	if (r == 0)
		r = is_needed(at, id);
	if (r != 0)
		return r;
	r = describe(at, e, id, &detail);
	if (r == 0)
		r = db_exec(at, SQL_tag_delete_of_manifest, NULL, "i", id);
	if (r == 0)
		r = link_release(at, &home, id, e->now,
				 e->now + e->by->core->grace_ms);
	if (r == 0)
		r = db_exec(at, SQL_manifest_delete, NULL, "i", id);
	return r != 0 ? FOLD(r) : repo_trail(at, e->by, e->at, &detail);
}

int
manifest_delete(const struct visit *by, const struct place *at,
		struct str digest)
{
	struct ending e = {
	    .by = by, .at = at, .digest = digest, .now = clock_now()};

	return gate_write(by, delete_write, &e);
}
