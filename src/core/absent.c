#include "core/absent.h"

#include "core/hasher.h"
#include "core/sql.h"

#include <errno.h>
#include <stdlib.h>

int
absent_options(struct db_at *at, int64_t repo, struct namespace_options *ret)
{
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	int r = db_one(at, SQL_absent_options, &rows, "i", repo);

	if (r == 0)
		*ret = (struct namespace_options){
		    .immutable_tags = db_int(&rows, 0) != 0,
		    .allow_sparse = db_int(&rows, 1) != 0};
	return FOLD(r);
}

static struct str
kind_name(enum need kind)
{
	switch (kind) {
	case NEED_BLOB:
		return STR("blob");
	case NEED_FOREIGN:
		return STR("foreign");
	case NEED_MANIFEST:
		return STR("manifest");
	case NEED_EITHER:
		break;
	}
	return STR("either");
}

static int
put(struct db_at *at, int64_t repo, int64_t manifest, struct str kind,
    struct str digest)
{
	return FOLD(db_exec(at, SQL_absent_put, NULL, "iiss", manifest, repo,
			    digest, kind));
}

int
absent_put(struct db_at *at, int64_t repo, int64_t manifest, enum need kind,
	   struct str digest)
{
	return put(at, repo, manifest, kind_name(kind), digest);
}

/* --- manifests --- */

static int
measures(struct db_at *at, int64_t id, int64_t *ret_depth, int64_t *ret_size)
{
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	int r = db_one(at, SQL_absent_measures, &rows, "i", id);

	if (r != 0)
		return FOLD(r);
	*ret_depth = db_int(&rows, 0);
	*ret_size = db_int(&rows, 1);
	return 0;
}

/* The indexes above it are as high as it makes them, and hold what it holds. */
static int
raise(struct db_at *at, int64_t id, struct note *note)
{
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	int64_t depth = 0, size = 0, high;
	int r = measures(at, id, &depth, &size);

	if (r == 0)
		r = FOLD(db_one(at, SQL_absent_height, &rows, "iii", depth, id,
				(int64_t)MANIFEST_DEPTH_MAX));
	if (r != 0)
		return r;
	high = db_int(&rows, 0);
	db_rows_clear(&rows);
	if (high > MANIFEST_DEPTH_MAX)
		return note_set(note, OUT_MALFORMED,
				"indexes within indexes: at most %d, and one "
				"waits for this",
				MANIFEST_DEPTH_MAX);
	r = db_exec(at, SQL_absent_deepen, NULL, "iii", depth, id,
		    (int64_t)MANIFEST_DEPTH_MAX);
	if (r == 0)
		r = db_exec(at, SQL_absent_grow, NULL, "ii", size, id);
	return FOLD(r);
}

int
absent_manifest_comes(struct db_at *at, int64_t repo, int64_t id,
		      struct str digest, struct note *note)
{
	int64_t waiting = 0;
	int r =
	    db_exec(at, SQL_absent_child, &waiting, "iis", id, repo, digest);

	if (r != 0 || waiting == 0)
		return FOLD(r);
	r = FOLD(db_exec(at, SQL_absent_child_done, NULL, "is", repo, digest));
	return r != 0 ? r : raise(at, id, note);
}

/* How deep the indexes are stays as it was: an upper bound will do. */
int
absent_manifest_goes(struct db_at *at, int64_t repo, int64_t id,
		     struct str digest)
{
	int64_t depth, size = 0;
	int r = measures(at, id, &depth, &size);

	if (r == 0)
		r = db_exec(at, SQL_absent_grow, NULL, "ii", -size, id);
	if (r == 0)
		r = db_exec(at, SQL_absent_child_again, NULL, "isi", repo,
			    digest, id);
	if (r == 0)
		r = db_exec(at, SQL_absent_child_gone, NULL, "i", id);
	return FOLD(r);
}

/* --- lists: all of one before the next statement, which changes the table ---
 */

struct part {
	int64_t manifest, blob;
	char digest[DIGEST_TEXT_MAX], kind[16];
};
struct parts {
	struct part *list;
	size_t n, room;
};

static void
parts_clear(struct parts *p)
{
	free(p->list);
}

static int
part_new(struct parts *p, struct str digest, struct part **ret)
{
	size_t room = p->room == 0 ? 16 : 2 * p->room;
	struct part *more;

	if (digest.n >= sizeof(more->digest))
		return FAIL(-EUCLEAN);
	if (p->n == p->room) {
		more = reallocarray(p->list, room, sizeof(*more));
		if (more == NULL)
			return FAIL(-ENOMEM);
		p->list = more;
		p->room = room;
	}
	more = &p->list[p->n++];
	*more = (struct part){.manifest = 0};
	memcpy(more->digest, digest.p, digest.n);
	*ret = more;
	return 0;
}

/* --- blobs --- */

static int
come_read(struct db_rows *rows, int r, struct parts *ret)
{
	struct part *p;

	while (r == 0 && (r = db_next(rows)) == 0) {
		r = part_new(ret, db_str(rows, 2), &p);
		if (r != 0)
			return r;
		p->manifest = db_int(rows, 0);
		p->blob = db_int(rows, 1);
	}
	return r == OUT_ABSENT ? 0 : r;
}

static int
come(struct db_at *at, const struct link_home *home, const struct parts *parts,
     int64_t now)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < parts->n; i++) {
		const struct part *p = &parts->list[i];

		r = link_need(at, home, p->manifest, p->blob, now);
		if (r == 0)
			r = FOLD(db_exec(at, SQL_absent_done, NULL, "is",
					 p->manifest, str_c(p->digest)));
	}
	return r;
}

int
absent_blob_comes(struct db_at *at, const struct link_home *home,
		  struct str digest, int64_t now)
{
	CLEAN(parts_clear) struct parts parts = {0};
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	int r = db_query(at, SQL_absent_blob, &rows, "is", home->repo, digest);

	r = come_read(&rows, r, &parts);
	db_rows_clear(&rows);
	return r != 0 ? r : come(at, home, &parts, now);
}

int
absent_blobs_come(struct db_at *at, const struct link_home *home,
		  int64_t manifest, int64_t now)
{
	CLEAN(parts_clear) struct parts parts = {0};
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	int r =
	    db_query(at, SQL_absent_blobs, &rows, "ii", home->repo, manifest);

	r = come_read(&rows, r, &parts);
	db_rows_clear(&rows);
	return r != 0 ? r : come(at, home, &parts, now);
}

/* --- a copy --- */

static int
child_put(struct db_at *at, int64_t index, int64_t child, bool grow)
{
	int64_t depth = 0, size = 0;
	int r = FOLD(
	    db_exec(at, SQL_manifest_child_insert, NULL, "ii", index, child));

	if (r == 0)
		r = measures(at, child, &depth, &size);
	if (r == 0 && depth >= MANIFEST_DEPTH_MAX)
		return OUT_MALFORMED;
	return r != 0 ? r
		      : FOLD(db_exec(at, SQL_absent_hold, NULL, "iii",
				     depth + 1, grow ? size : 0, index));
}

int
absent_child_put(struct db_at *at, int64_t index, int64_t child)
{
	return child_put(at, index, child, false);
}

static int
waits_read(struct db_at *at, int64_t manifest, struct parts *ret)
{
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	struct part *p;
	int r = db_query(at, SQL_absent_list, &rows, "i", manifest);

	while (r == 0 && (r = db_next(&rows)) == 0) {
		r = part_new(ret, db_str(&rows, 0), &p);
		if (r != 0)
			return r;
		(void)snprintf(p->kind, sizeof(p->kind), "%.*s",
			       STR_ARG(db_str(&rows, 1)));
	}
	return r == OUT_ABSENT ? 0 : r;
}

static int
first_id(struct db_rows *rows, int r, int64_t *ret)
{
	if (r == 0)
		*ret = db_int(rows, 0);
	return r;
}

static int
copy_child(struct db_at *at, const struct link_home *home, int64_t to,
	   const struct part *p)
{
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	int64_t child;
	int r = db_one(at, SQL_manifest_find, &rows, "is", home->repo,
		       str_c(p->digest));

	r = first_id(&rows, r, &child);
	/* The original is without it, and so does not count it. */
	return r != 0 ? r : child_put(at, to, child, true);
}

static int
copy_blob(struct db_at *at, const struct link_home *home, int64_t to,
	  const struct part *p, int64_t now)
{
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	int64_t blob;
	int r = db_one(at, SQL_blob_linked, &rows, "si", str_c(p->digest),
		       home->repo);

	r = first_id(&rows, r, &blob);
	return r != 0 ? r : link_need(at, home, to, blob, now);
}

static int
copy_part(struct db_at *at, const struct link_home *home, int64_t to,
	  const struct part *p, int64_t now)
{
	struct namespace_options options = {.allow_sparse = false};
	int r = OUT_ABSENT;

	if (strcmp(p->kind, "manifest") == 0 || strcmp(p->kind, "either") == 0)
		r = copy_child(at, home, to, p);
	if (r == OUT_ABSENT && strcmp(p->kind, "manifest") != 0)
		r = copy_blob(at, home, to, p, now);
	if (r != OUT_ABSENT)
		return r;
	r = absent_options(at, home->repo, &options);
	if (r == 0 && !options.allow_sparse && strcmp(p->kind, "foreign") != 0)
		return OUT_MISSING_PART;
	return r != 0
		   ? r
		   : put(at, home->repo, to, str_c(p->kind), str_c(p->digest));
}

int
absent_copy(struct db_at *at, const struct link_home *home, int64_t from,
	    int64_t to, int64_t now)
{
	CLEAN(parts_clear) struct parts parts = {0};
	int r = waits_read(at, from, &parts);

	for (size_t i = 0; r == 0 && i < parts.n; i++)
		r = copy_part(at, home, to, &parts.list[i], now);
	return r;
}
