#include "core/image.h"

#include "core/repo.h"
#include "core/sql.h"
#include "json/json.h"

struct listing {
	referrer_each_fn *fn;
	void *arg;
	int64_t limit, n;
	uint64_t bytes; /* of bodies that were read for it */
	bool more;
};

/* The annotations stand in the body and nowhere else: it was looked into when
 * it was pushed, so what cannot be read has none. */
static int
annotations_of(struct str body, struct buf *ret)
{
	CLEAN(json_freep) struct json *root = NULL;
	const struct json *all;
	int r;

	if (str_starts(body, STR("\xef\xbb\xbf")))
		body = str_sub(body, 3, body.n);
	r = json_parse(body, &root, NULL);
	if (r != 0)
		return r < 0 ? r : 0;
	all = json_get(root, "annotations");
	if (json_kind(all) != JSON_OBJECT || json_size(all) == 0)
		return 0;
	return json_write(ret, all);
}

static int
list_one(struct listing *l, struct db_rows *rows)
{
	CLEAN(buf_clear) struct buf annotations = BUF_INIT;
	struct str body = db_blob(rows, 4);
	struct referrer ref = {.digest = db_str(rows, 0),
			       .media_type = db_str(rows, 1),
			       .artifact_type = db_str(rows, 2),
			       .size = (uint64_t)db_int(rows, 3)};
	int r = annotations_of(body, &annotations);

	if (r != 0)
		return r;
	ref.annotations = buf_str(&annotations);
	r = l->fn(l->arg, &ref);
	l->n += r == 0;
	l->bytes += body.n;
	return r;
}

/* Each page shows something, or it would never come to an end. */
static int
list_rows(struct listing *l, struct db_rows *rows)
{
	int r;

	while ((r = db_next(rows)) == 0) {
		if (l->n == l->limit || l->bytes > REFERRERS_READ_MAX) {
			l->more = true;
			return 0;
		}
		r = list_one(l, rows);
		if (r == OUT_TOO_LARGE && l->n > 0) {
			l->more = true;
			return 0;
		}
		if (r != 0)
			return r;
	}
	return r == OUT_ABSENT ? 0 : r;
}

int
referrer_each(struct core *core, const struct place *p, struct str subject,
	      struct str type, struct str after, int64_t limit,
	      referrer_each_fn *fn, void *arg, bool *ret_more)
{
	CLEAN(db_view_endp) struct db_at *view = NULL;
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	struct listing l = {.fn = fn, .arg = arg};
	int64_t repo;
	int r = db_view_begin(core->db, &view);

	l.limit = limit > REFERRERS_PAGE_MAX ? REFERRERS_PAGE_MAX
		  : limit < 1		     ? 1
					     : limit;
	if (r == 0)
		r = repo_find(view, p, &repo);
	if (r == 0 && type.n == 0)
		r = db_query(view, SQL_referrer_page, &rows, "issi", repo,
			     subject, after, l.limit + 1);
	else if (r == 0)
		r = db_query(view, SQL_referrer_page_of_type, &rows, "isssi",
			     repo, subject, after, type, l.limit + 1);
	if (r == 0)
		r = list_rows(&l, &rows);
	if (r == 0)
		*ret_more = l.more;
	return r;
}
