#include "core/image.h"

#include "base/clock.h"
#include "core/link.h"
#include "core/manifest_read.h"
#include "core/quota.h"
#include "core/repo.h"
#include "core/sql.h"
#include "crypt/rand.h"
#include "wire/ociref.h"
#include "json/json.h"

#include <errno.h>
#include <unistd.h>

/* What a need turned out to be. */
struct link {
	enum { LINK_NONE, LINK_BLOB, LINK_CHILD } kind;
	int64_t id;
};

/* Everything that the write needs, found out before it. */
struct push {
	const struct visit *by;
	const struct manifest_ask *ask;
	const struct manifest_read *read;
	struct manifest_facts facts;
	char digest[DIGEST_TEXT_MAX];
	char principal[PRINCIPAL_MAX];
	struct str tags[MANIFEST_TAGS_MAX + 1];
	size_t n_tags;
	int64_t now;
	/* Found out in the write, anew each time that it runs. */
	int64_t repo, id, depth, image_size;
	struct link *links; /* one per need */
	struct str missing;
	struct note *note;
};

static void
push_clear(struct push *p)
{
	free(p->links);
}

/* --- before the write --- */

static int
check_ref(struct push *p)
{
	struct str ref = p->ask->ref;
	enum digest_kind kind;
	int r;

	if (ref.n == 0 || memchr(ref.p, ':', ref.n) == NULL) {
		p->tags[p->n_tags++] = ref;
		return 0;
	}
	r = ociref_digest(ref, &kind);
	if (r != 0)
		return note_set(p->note, r, "not a digest that we know");
	if (kind != DIGEST_SHA256)
		return note_set(p->note, OUT_UNSUPPORTED,
				"manifests are stored under sha256 only");
	return str_eq(ref, str_c(p->digest)) ? 0 : OUT_MISMATCH;
}

static int
check_names(struct push *p)
{
	int r;

	if (p->ask->n_tags > MANIFEST_TAGS_MAX)
		return note_set(p->note, OUT_TOO_MANY,
				"at most %d tags in one push",
				MANIFEST_TAGS_MAX);
	r = repo_digest(p->ask->body, p->digest);
	if (r == 0)
		r = check_ref(p);
	if (r != 0)
		return r;
	for (size_t i = 0; i < p->ask->n_tags; i++)
		p->tags[p->n_tags++] = p->ask->tags[i];
	for (size_t i = 0; i < p->n_tags; i++)
		if (!ociref_is_tag(p->tags[i]))
			return note_set(p->note, OUT_MALFORMED,
					"not of the form of a tag");
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

static void
closep(int *fd)
{
	if (*fd >= 0)
		(void)close(*fd);
}

/* What lists show. A config that is not here is found missing in the write. */
static int
look_into_config(struct push *p)
{
	CLEAN(buf_clear) struct buf text = BUF_INIT_MAX(CONFIG_READ_MAX);
	CLEAN(closep) int fd = -1;
	uint64_t size;
	int r;

	if (!manifest_facts_known(p->read->config_type))
		return 0;
	r = image_blob_open(p->by->core, &p->ask->at, p->read->config, &fd,
			    &size);
	if (r == OUT_ABSENT || (r == 0 && size > CONFIG_READ_MAX))
		return 0;
	if (r == 0)
		r = read_all(fd, &text, (size_t)size);
	if (r == 0)
		manifest_facts_read(buf_str(&text), &p->facts);
	return r;
}

/* --- in the write --- */

static int
need_blob(struct db_at *at, struct push *p, const struct manifest_need *need,
	  struct link *ret)
{
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	int r = db_one(at, SQL_blob_linked, &rows, "si", need->digest, p->repo);

	if (r != 0)
		return r;
	if (db_int(&rows, 1) != need->size)
		return note_set(p->note, OUT_MALFORMED,
				"the size of %.*s is not that of the blob",
				STR_ARG(need->digest));
	*ret = (struct link){.kind = LINK_BLOB, .id = db_int(&rows, 0)};
	return 0;
}

static int
need_child(struct db_at *at, struct push *p, const struct manifest_need *need,
	   struct link *ret)
{
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	int64_t depth;
	int r =
	    db_one(at, SQL_manifest_find, &rows, "is", p->repo, need->digest);

	if (r != 0)
		return r;
	if (db_int(&rows, 2) != need->size)
		return note_set(p->note, OUT_MALFORMED,
				"the size of %.*s is not that of the manifest",
				STR_ARG(need->digest));
	depth = db_int(&rows, 3) + 1;
	if (depth > MANIFEST_DEPTH_MAX)
		return note_set(p->note, OUT_MALFORMED,
				"indexes within indexes: at most %d",
				MANIFEST_DEPTH_MAX);
	if (depth > p->depth)
		p->depth = depth;
	p->image_size += db_int(&rows, 4);
	*ret = (struct link){.kind = LINK_CHILD, .id = db_int(&rows, 0)};
	return 0;
}

static int
need_one(struct db_at *at, struct push *p, const struct manifest_need *need,
	 struct link *ret)
{
	int r = OUT_ABSENT;

	*ret = (struct link){.kind = LINK_NONE};
	if (need->kind == NEED_MANIFEST || need->kind == NEED_EITHER)
		r = need_child(at, p, need, ret);
	if (r == OUT_ABSENT && need->kind != NEED_MANIFEST)
		r = need_blob(at, p, need, ret);
	if (r != OUT_ABSENT || need->kind == NEED_FOREIGN)
		return r == OUT_ABSENT ? 0 : r;
	p->missing = need->digest;
	return OUT_MISSING_PART;
}

static int
need_all(struct db_at *at, struct push *p)
{
	int r = 0;

	p->depth = p->read->index ? 1 : 0;
	p->image_size = p->read->image_size;
	for (size_t i = 0; r == 0 && i < p->read->n_needs; i++)
		r = need_one(at, p, &p->read->needs[i], &p->links[i]);
	return r;
}

static int
link_all(struct db_at *at, struct push *p)
{
	struct link_home home = {.repo = p->repo,
				 .account = str_c(p->by->account),
				 .region = p->ask->at.region};
	int r = 0;

	for (size_t i = 0; r == 0 && i < p->read->n_needs; i++) {
		const struct link *l = &p->links[i];

		if (l->kind == LINK_BLOB)
			r = link_need(at, &home, p->id, l->id, p->now);
		else if (l->kind == LINK_CHILD)
			r = db_exec(at, SQL_manifest_child_insert, NULL, "ii",
				    p->id, l->id);
	}
	return FOLD(r);
}

static struct str
text_or_null(struct str s)
{
	return s.n == 0 ? STR_NONE : s;
}

static int
insert(struct db_at *at, struct push *p)
{
	const struct manifest_read *m = p->read;
	int64_t created = p->facts.created_s;
	int r = rand_id(&p->id);

	if (r == 0)
		r = need_all(at, p);
	if (r != 0)
		return r;
	r = db_exec(at, SQL_manifest_insert, NULL, "iissSSiSiISsiib", p->id,
		    p->repo, str_c(p->digest), m->media_type,
		    text_or_null(m->artifact_type), text_or_null(m->subject),
		    p->depth, text_or_null(m->config), p->image_size,
		    created != 0 ? &created : NULL,
		    text_or_null(str_c(p->facts.platform)), str_c(p->principal),
		    p->now, (int64_t)p->ask->body.n, p->ask->body);
	return r != 0 ? FOLD(r) : link_all(at, p);
}

/* The same bytes again change nothing; they cannot become another type. */
static int
find_or_insert(struct db_at *at, struct push *p)
{
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	int r = db_one(at, SQL_manifest_find, &rows, "is", p->repo,
		       str_c(p->digest));

	if (r == OUT_ABSENT) {
		db_rows_clear(&rows);
		return insert(at, p);
	}
	if (r != 0)
		return r;
	p->id = db_int(&rows, 0);
	if (!str_eq(db_str(&rows, 1), p->read->media_type))
		return note_set(p->note, OUT_MALFORMED,
				"these bytes are stored here as %.*s",
				STR_ARG(db_str(&rows, 1)));
	return 0;
}

static int
put_tags(struct db_at *at, struct push *p, struct jw *w)
{
	CLEAN(buf_clear) struct buf old = BUF_INIT;
	int r = 0;

	jw_array(w, "tags");
	for (size_t i = 0; r == 0 && i < p->n_tags; i++) {
		buf_reset(&old);
		r = tag_move(at, p->repo, p->tags[i], p->id, p->now, &old);
		jw_object(w, NULL);
		jw_str(w, "name", p->tags[i]);
		if (old.n > 0)
			jw_str(w, "old", buf_str(&old));
		jw_end(w);
	}
	jw_end(w);
	return r;
}

static int
push_write(struct db_at *at, void *arg)
{
	CLEAN(buf_clear) struct buf detail = BUF_INIT;
	struct jw w = JW(&detail);
	struct push *p = arg;
	int r = repo_make(at, p->by, &p->ask->at, &p->repo);

	if (r == 0)
		r = find_or_insert(at, p);
	if (r != 0)
		return r;
	jw_object(&w, NULL);
	jw_str(&w, "digest", str_c(p->digest));
	r = put_tags(at, p, &w);
	jw_end(&w);
	return r != 0 ? r : repo_trail(at, p->by, &p->ask->at, &detail);
}

static int
answer(const struct push *p, struct arena *a, struct manifest_put *ret)
{
	struct manifest_put put = {
	    .digest = arena_str(a, str_c(p->digest)),
	    .subject = arena_str(a, p->read->subject),
	};

	if (put.digest.p == NULL || put.subject.p == NULL)
		return FAIL(-ENOMEM);
	*ret = put;
	return 0;
}

int
manifest_push(const struct visit *by, const struct manifest_ask *ask,
	      struct arena *a, struct manifest_put *ret, struct note *note)
{
	CLEAN(manifest_read_clear) struct manifest_read m = {0};
	CLEAN(push_clear)
	struct push p = {
	    .by = by, .ask = ask, .read = &m, .note = note, .now = clock_now()};
	int r = quota_may_push(by->core, str_c(by->account), ask->at.region)
		    ? manifest_read(ask->body, ask->media_type, &m, note)
		    : OUT_QUOTA;

	repo_principal(&by->who, p.principal);
	if (r == 0)
		r = check_names(&p);
	if (r == 0)
		r = look_into_config(&p);
	if (r == 0) {
		p.links = calloc(m.n_needs + 1, sizeof(*p.links));
		r = p.links == NULL ? FAIL(-ENOMEM) : 0;
	}
	if (r == 0)
		r = gate_write(by, push_write, &p);
	if (r == OUT_MISSING_PART) {
		ret->missing = arena_str(a, p.missing);
		return ret->missing.p == NULL ? FAIL(-ENOMEM) : r;
	}
	return r != 0 ? r : answer(&p, a, ret);
}
