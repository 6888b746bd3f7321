#include "core/manifest_inner.h"

#include "core/absent.h"
#include "core/repo.h"
#include "core/sql.h"
#include "crypt/rand.h"
#include "db/db.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

/* What a need turned out to be. */
struct link {
	enum { LINK_ABSENT, LINK_BLOB, LINK_CHILD } kind;
	int64_t id;
};

static int
need_blob(struct db_at *at, struct manifest_new *m,
	  const struct manifest_need *need, struct link *ret)
{
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	int r = db_one(at, SQL_blob_linked, &rows, "si", need->digest, m->repo);

	if (r != 0)
		return r;
	if (db_int(&rows, 1) != need->size)
		return note_set(m->note, OUT_MALFORMED,
				"the size of %.*s is not that of the blob",
				STR_ARG(need->digest));
	*ret = (struct link){.kind = LINK_BLOB, .id = db_int(&rows, 0)};
	return 0;
}

static int
need_child(struct db_at *at, struct manifest_new *m,
	   const struct manifest_need *need, struct link *ret)
{
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	int64_t depth, size;
	int r =
	    db_one(at, SQL_manifest_find, &rows, "is", m->repo, need->digest);

	if (r != 0)
		return r;
	if (db_int(&rows, 2) != need->size)
		return note_set(m->note, OUT_MALFORMED,
				"the size of %.*s is not that of the manifest",
				STR_ARG(need->digest));
	depth = db_int(&rows, 3) + 1;
	if (depth > MANIFEST_DEPTH_MAX)
		return note_set(m->note, OUT_MALFORMED,
				"indexes within indexes: at most %d",
				MANIFEST_DEPTH_MAX);
	if (depth > m->depth)
		m->depth = depth;
	size = db_int(&rows, 4);
	m->image_size =
	    size > INT64_MAX - m->image_size ? INT64_MAX : m->image_size + size;
	*ret = (struct link){.kind = LINK_CHILD, .id = db_int(&rows, 0)};
	return 0;
}

static int
may_be_absent(struct db_at *at, struct manifest_new *m)
{
	struct namespace_options options = {.allow_sparse = false};
	int r = m->asked ? 0 : absent_options(at, m->repo, &options);

	if (r != 0)
		return r;
	if (!m->asked)
		m->sparse = options.allow_sparse;
	m->asked = true;
	return m->sparse ? 0 : OUT_MISSING_PART;
}

static int
need_one(struct db_at *at, struct manifest_new *m,
	 const struct manifest_need *need, struct link *ret)
{
	int r = OUT_ABSENT;

	*ret = (struct link){.kind = LINK_ABSENT};
	if (need->kind == NEED_MANIFEST || need->kind == NEED_EITHER)
		r = need_child(at, m, need, ret);
	if (r == OUT_ABSENT && need->kind != NEED_MANIFEST)
		r = need_blob(at, m, need, ret);
	if (r == OUT_ABSENT && need->kind != NEED_FOREIGN)
		r = may_be_absent(at, m);
	if (r == OUT_MISSING_PART)
		m->missing = need->digest;
	return r == OUT_ABSENT ? 0 : r;
}

static int
need_all(struct db_at *at, struct manifest_new *m, struct link *links)
{
	int r = 0;

	m->asked = false;
	m->depth = m->read->index ? 1 : 0;
	m->image_size = m->read->image_size;
	for (size_t i = 0; r == 0 && i < m->read->n_needs; i++)
		r = need_one(at, m, &m->read->needs[i], &links[i]);
	return r;
}

static int
link_all(struct db_at *at, const struct manifest_new *m,
	 const struct link *links)
{
	struct link_home home = {
	    .repo = m->repo, .account = m->account, .region = m->region};
	int r = 0;

	for (size_t i = 0; r == 0 && i < m->read->n_needs; i++) {
		if (links[i].kind == LINK_BLOB)
			r = link_need(at, &home, m->id, links[i].id, m->now);
		else if (links[i].kind == LINK_CHILD)
			r = db_exec(at, SQL_manifest_child_insert, NULL, "ii",
				    m->id, links[i].id);
		else
			r = absent_put(at, m->repo, m->id,
				       m->read->needs[i].kind,
				       m->read->needs[i].digest);
	}
	return FOLD(r);
}

static struct str
text_or_null(struct str s)
{
	return s.n == 0 ? STR_NONE : s;
}

static int
row_put(struct db_at *at, const struct manifest_new *m)
{
	const struct manifest_read *read = m->read;
	int64_t created = m->facts.created_s;

	return FOLD(db_exec(
	    at, SQL_manifest_insert, NULL, "iissSSiSiISsiib", m->id, m->repo,
	    m->digest, read->media_type, text_or_null(read->artifact_type),
	    text_or_null(read->subject), m->depth, text_or_null(read->config),
	    m->image_size, created != 0 ? &created : NULL,
	    text_or_null(str_c(m->facts.platform)), m->pushed_by, m->pushed_at,
	    (int64_t)m->body.n, m->body));
}

static void
links_free(struct link **links)
{
	free(*links);
}

static int
insert(struct db_at *at, struct manifest_new *m)
{
	CLEAN(links_free)
	struct link *links = calloc(m->read->n_needs + 1, sizeof(*links));
	int r = links == NULL ? FAIL(-ENOMEM) : rand_id(&m->id);

	if (r == 0)
		r = need_all(at, m, links);
	if (r == 0)
		r = row_put(at, m);
	if (r == 0)
		r = repo_fill(at, m->repo);
	if (r == 0)
		r = link_all(at, m, links);
	return r != 0 ? r
		      : absent_manifest_comes(at, m->repo, m->id, m->digest,
					      m->note);
}

/* The same bytes again change nothing; they cannot become another type. */
int
manifest_insert(struct db_at *at, struct manifest_new *m)
{
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	int r = db_one(at, SQL_manifest_find, &rows, "is", m->repo, m->digest);

	if (r == OUT_ABSENT) {
		db_rows_clear(&rows);
		return insert(at, m);
	}
	if (r != 0)
		return r;
	m->id = db_int(&rows, 0);
	if (!str_eq(db_str(&rows, 1), m->read->media_type))
		return note_set(m->note, OUT_MALFORMED,
				"these bytes are stored here as %.*s",
				STR_ARG(db_str(&rows, 1)));
	return 0;
}

static int
read_all(int fd, struct buf *ret, size_t n)
{
	int r = buf_room(ret, n);

	while (r == 0 && ret->n < n) {
		ssize_t got = read(fd, ret->p + ret->n, n - ret->n);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return got < 0 ? FAIL(-errno) : FAIL(-EIO);
		ret->n += (size_t)got;
	}
	return r;
}

int
manifest_facts_file(int fd, uint64_t size, struct manifest_facts *ret)
{
	CLEAN(buf_clear) struct buf text = BUF_INIT_MAX(CONFIG_READ_MAX);
	int r;

	if (size > CONFIG_READ_MAX)
		return 0;
	r = read_all(fd, &text, (size_t)size);
	if (r == 0)
		manifest_facts_read(buf_str(&text), ret);
	return r;
}
