#include "core/absent.h"
#include "core/hasher.h"
#include "core/quota.h"
#include "core/repo.h"

#include "base/clock.h"
#include "core/sql.h"
#include "crypt/rand.h"
#include "wire/ociref.h"
#include "json/json.h"

#include <errno.h>

static int
find_by_tag(struct db_at *at, int64_t repo, struct str tag, int64_t *ret_id,
	    struct buf *digest)
{
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	int r = db_one(at, SQL_manifest_find_by_tag, &rows, "is", repo, tag);

	if (r != 0)
		return r;
	*ret_id = db_int(&rows, 0);
	return buf_addstr(digest, db_str(&rows, 1));
}

int
tag_move(struct db_at *at, int64_t repo, struct str tag, int64_t manifest,
	 int64_t now, struct buf *old)
{
	struct namespace_options options = {.immutable_tags = false};
	int64_t before;
	int r = find_by_tag(at, repo, tag, &before, old);

	if (r != 0 && r != OUT_ABSENT)
		return r;
	if (r == 0 && before == manifest)
		return 0;
	if (r == 0) {
		r = absent_options(at, repo, &options);
		if (r != 0 || options.immutable_tags)
			return r != 0 ? r : OUT_CONFLICT;
	}
	return FOLD(
	    db_exec(at, SQL_tag_put, NULL, "isii", repo, tag, manifest, now));
}

struct untag {
	const struct visit *by;
	const struct place *at;
	struct str tag;
};

static int
delete_write(struct db_at *at, void *arg)
{
	CLEAN(buf_clear) struct buf detail = BUF_INIT;
	CLEAN(buf_clear) struct buf old = BUF_INIT;
	struct jw w = JW(&detail);
	struct untag *u = arg;
	int64_t repo, id;
	int r = repo_own(at, u->by, u->at, &repo);

	if (r == 0)
		r = find_by_tag(at, repo, u->tag, &id, &old);
	if (r != 0)
		return r;
	r = db_exec(at, SQL_tag_delete, NULL, "is", repo, u->tag);
	if (r != 0)
		return FOLD(r);
	jw_object(&w, NULL);
	jw_str(&w, "tag", u->tag);
	jw_str(&w, "old", buf_str(&old));
	jw_end(&w);
	return repo_trail(at, u->by, u->at, &detail);
}

int
tag_delete(const struct visit *by, const struct place *at, struct str tag)
{
	struct untag u = {.by = by, .at = at, .tag = tag};

	return gate_write(by, delete_write, &u);
}

/* --- copying: a tag for what another reference names --- */

struct copy {
	const struct visit *by;
	const struct place *from, *to;
	struct str ref, tag;
	char principal[PRINCIPAL_MAX];
	int64_t now;
	int64_t from_repo, to_repo; /* found in the write */
};

struct child {
	int64_t id;
	char digest[DIGEST_TEXT_MAX];
};
struct children {
	struct child *list;
	size_t n;
};

static void
children_clear(struct children *c)
{
	free(c->list);
}

/* All of them before the next statement runs: copying comes back here. */
static int
children_read(struct db_at *at, int64_t id, struct children *ret)
{
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	int r;

	ret->list = calloc(MANIFEST_CHILDREN_MAX, sizeof(*ret->list));
	if (ret->list == NULL)
		return FAIL(-ENOMEM);
	r = db_query(at, SQL_manifest_children, &rows, "i", id);
	while (r == 0 && (r = db_next(&rows)) == 0) {
		struct str digest = db_str(&rows, 1);
		struct child *c = &ret->list[ret->n];

		if (ret->n == MANIFEST_CHILDREN_MAX ||
		    digest.n >= sizeof(c->digest))
			return FAIL(-EUCLEAN);
		c->id = db_int(&rows, 0);
		memcpy(c->digest, digest.p, digest.n);
		ret->n++;
	}
	return r == OUT_ABSENT ? 0 : r;
}

static int
find(struct db_at *at, int64_t repo, struct str digest, int64_t *ret,
     int64_t *ret_depth)
{
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	int r = db_one(at, SQL_manifest_find, &rows, "is", repo, digest);

	if (r != 0)
		return r;
	*ret = db_int(&rows, 0);
	*ret_depth = db_int(&rows, 3);
	return 0;
}

static int
copy_row(struct db_at *at, const struct copy *c, int64_t from, int64_t id)
{
	struct link_home home = {.repo = c->to_repo,
				 .account = str_c(c->by->account),
				 .region = c->to->region};
	int r = FOLD(db_exec(at, SQL_manifest_copy, NULL, "iisii", id,
			     c->to_repo, str_c(c->principal), c->now, from));

	if (r == 0)
		r = repo_fill(at, c->to_repo);
	if (r == 0)
		r = link_copy(at, &home, from, id, c->now);
	if (r == 0)
		r = absent_copy(at, &home, from, id, c->now);
	return r != 0 ? r : absent_blobs_come(at, &home, id, c->now);
}

/* How deep this goes was limited when it was pushed. */
static int
copy_manifest(struct db_at *at, const struct copy *c, struct str digest,
	      int64_t *ret)
{
	CLEAN(children_clear) struct children children = {0};
	int64_t from, depth, id, child;
	int r = find(at, c->to_repo, digest, ret, &depth);

	if (r != OUT_ABSENT)
		return r;
	r = find(at, c->from_repo, digest, &from, &depth);
	if (r == 0)
		r = rand_id(&id);
	if (r == 0)
		r = copy_row(at, c, from, id);
	if (r == 0 && depth > 0)
		r = children_read(at, from, &children);
	for (size_t i = 0; r == 0 && i < children.n; i++) {
		r = copy_manifest(at, c, str_c(children.list[i].digest),
				  &child);
		if (r == 0)
			r = absent_child_put(at, id, child);
	}
	if (r == 0)
		r = absent_manifest_comes(at, c->to_repo, id, digest, NULL);
	if (r == 0)
		*ret = id;
	return r;
}

/* The digest that the reference names. */
static int
resolve(struct db_at *at, const struct copy *c, struct buf *digest)
{
	int64_t id, depth;
	int r;

	if (c->ref.n == 0 || memchr(c->ref.p, ':', c->ref.n) == NULL)
		return find_by_tag(at, c->from_repo, c->ref, &id, digest);
	r = find(at, c->from_repo, c->ref, &id, &depth);
	return r != 0 ? r : buf_addstr(digest, c->ref);
}

static int
copy_trail(struct db_at *at, const struct copy *c, struct str digest,
	   struct str old)
{
	CLEAN(buf_clear) struct buf detail = BUF_INIT;
	struct jw w = JW(&detail);

	jw_object(&w, NULL);
	jw_str(&w, "digest", digest);
	jw_str(&w, "from", c->from->name);
	jw_array(&w, "tags");
	jw_object(&w, NULL);
	jw_str(&w, "name", c->tag);
	if (old.n > 0)
		jw_str(&w, "old", old);
	jw_end(&w);
	jw_end(&w);
	jw_end(&w);
	return repo_trail(at, c->by, c->to, &detail);
}

static int
copy_write(struct db_at *at, void *arg)
{
	CLEAN(buf_clear) struct buf digest = BUF_INIT;
	CLEAN(buf_clear) struct buf old = BUF_INIT;
	struct copy *c = arg;
	int64_t id;
	/* The gate let nobody copy across accounts, so one look does for both.
	 */
	int r = repo_own(at, c->by, c->from, &c->from_repo);

	if (r == 0)
		r = resolve(at, c, &digest);
	if (r == 0)
		r = repo_make(at, c->by, c->to, &c->to_repo);
	if (r == 0)
		r = copy_manifest(at, c, buf_str(&digest), &id);
	if (r == 0)
		r = tag_move(at, c->to_repo, c->tag, id, c->now, &old);
	return r != 0 ? r : copy_trail(at, c, buf_str(&digest), buf_str(&old));
}

int
tag_copy(const struct visit *by, const struct place *from, struct str from_ref,
	 const struct place *to, struct str to_tag)
{
	struct copy c = {.by = by,
			 .from = from,
			 .to = to,
			 .ref = from_ref,
			 .tag = to_tag,
			 .now = clock_now()};

	if (!ociref_is_tag(to_tag))
		return OUT_MALFORMED;
	if (!quota_may_push(by->core, str_c(by->account), to->region))
		return OUT_QUOTA;
	repo_principal(&by->who, c.principal);
	return gate_write(by, copy_write, &c);
}

int
tag_each(struct core *core, const struct place *p, struct str last,
	 int64_t limit, image_each_fn *fn, void *arg, bool *ret_more)
{
	CLEAN(db_view_endp) struct db_at *view = NULL;
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	int64_t repo, n = 0;
	int r = db_view_begin(core->db, &view);

	limit = limit > PAGE_MAX ? PAGE_MAX : limit < 0 ? 0 : limit;
	if (r == 0)
		r = repo_find(view, p, &repo);
	if (r != 0)
		return r;
	r = db_query(view, SQL_tag_page, &rows, "isi", repo, last, limit + 1);
	while (r == 0 && (r = db_next(&rows)) == 0) {
		if (n++ == limit)
			break;
		r = fn(arg, db_str(&rows, 0));
		if (r != 0)
			return r;
	}
	if (r != 0 && r != OUT_ABSENT)
		return r;
	*ret_more = n > limit;
	return 0;
}
