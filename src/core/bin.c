#include "core/bin.h"

#include "base/clock.h"
#include "core/repo.h"
#include "core/sql.h"

#include <errno.h>
#include <stdlib.h>

struct listing {
	struct arena *arena;
	struct bin_row *rows;
	int64_t *ids; /* of the rows */
	size_t n, max;
};

static void
listing_clear(struct listing *l)
{
	free(l->rows);
	free(l->ids);
}

static int
keep(struct arena *a, struct str s, struct str *ret)
{
	*ret = arena_str(a, s);
	return ret->p == NULL ? FAIL(-ENOMEM) : 0;
}

static int
row_take(struct listing *l, struct db_rows *rows)
{
	struct bin_row row = {.deleted_at = db_int(rows, 5),
			      .expires_at = db_int(rows, 6)};
	struct str *texts[] = {&row.repo, &row.digest, &row.media_type,
			       &row.deleted_by};
	int r = 0;

	for (size_t i = 0; r == 0 && i < nitems(texts); i++)
		r = keep(l->arena, db_str(rows, (int)i + 1), texts[i]);
	if (r != 0)
		return r;
	l->ids[l->n] = db_int(rows, 0);
	l->rows[l->n++] = row;
	return 0;
}

static int
tags_read(struct db_at *at, struct arena *a, int64_t id, struct bin_row *row)
{
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	size_t room = 0;
	int r = db_query(at, SQL_bin_tags, &rows, "i", id);

	while (r == 0 && (r = db_next(&rows)) == 0) {
		if (row->n_tags == room) {
			struct str *more;

			room = room * 2 + 4;
			more = arena_get(a, room * sizeof(*more));
			if (more == NULL)
				return FAIL(-ENOMEM);
			if (row->n_tags > 0)
				memcpy(more, row->tags,
				       row->n_tags * sizeof(*more));
			row->tags = more;
		}
		r = keep(a, db_str(&rows, 0), &row->tags[row->n_tags]);
		if (r != 0)
			return r;
		row->n_tags++;
	}
	return r == OUT_ABSENT ? 0 : r;
}

/* What follows once there are many of them is of the next page. */
static int
rows_tags(struct db_at *at, struct listing *l)
{
	size_t tags = 0, i = 0;
	int r = 0;

	while (r == 0 && i < l->n && tags < BIN_PAGE_TAGS_MAX) {
		r = tags_read(at, l->arena, l->ids[i], &l->rows[i]);
		tags += l->rows[i++].n_tags;
	}
	l->n = i;
	return r;
}

static int
page_root(struct db_at *at, struct listing *l, struct str region,
	  const char *root, struct str after_repo, struct str after_digest)
{
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	struct str name = str_c(root);
	int r = db_query(at, SQL_bin_page, &rows, "ssissi", region,
			 str_sub(name, 0, name.n - 1), clock_now(), after_repo,
			 after_digest, (int64_t)(l->max - l->n));

	while (r == 0 && (r = db_next(&rows)) == 0) {
		r = row_take(l, &rows);
		if (r != 0)
			return r;
	}
	return r == OUT_ABSENT ? 0 : r;
}

static int
listing_init(struct listing *l, struct arena *a, int64_t limit)
{
	l->arena = a;
	l->max = (size_t)(limit > PAGE_MAX ? PAGE_MAX : limit < 0 ? 0 : limit);
	l->rows = calloc(l->max + 1, sizeof(*l->rows));
	l->ids = calloc(l->max + 1, sizeof(*l->ids));
	return l->rows == NULL || l->ids == NULL ? FAIL(-ENOMEM) : 0;
}

static int
hand_over(const struct listing *l, struct bin_row **ret, size_t *n)
{
	struct bin_row *list = arena_get(l->arena, (l->n + 1) * sizeof(*list));

	if (list == NULL)
		return FAIL(-ENOMEM);
	if (l->n > 0)
		memcpy(list, l->rows, l->n * sizeof(*list));
	*ret = list;
	*n = l->n;
	return 0;
}

/* Is this root before the one that the page goes on in? */
static bool
is_passed(const char *root, struct str after_repo)
{
	struct str name = str_c(root);

	return after_repo.n > 0 && !str_starts(after_repo, name) &&
	       str_cmp(name, after_repo) < 0;
}

int
bin_list(struct core *core, const struct subject *who, struct str account,
	 struct str region, struct str namespace, struct str after_repo,
	 struct str after_digest, int64_t limit, struct arena *a,
	 struct bin_row **ret, size_t *n)
{
	CLEAN(db_view_endp) struct db_at *view = NULL;
	CLEAN(listing_clear) struct listing l = {.n = 0};
	struct repo_roots roots;
	int r = db_view_begin(core->db, &view);

	if (r == 0)
		r = repo_roots(view, account, region, &roots);
	if (r == 0)
		r = listing_init(&l, a, limit);
	for (size_t i = 0; r == 0 && i < roots.n && l.n < l.max; i++) {
		struct str name = str_c(roots.name[i]);

		if ((namespace.n > 0 &&
		     !str_eq(namespace, str_sub(name, 0, name.n - 1))) ||
		    is_passed(roots.name[i], after_repo) ||
		    !repo_root_may(core, who, VERB_TRASH_LIST, account, region,
				   roots.name[i]))
			continue;
		r = page_root(view, &l, region, roots.name[i], after_repo,
			      after_digest);
	}
	if (r == 0)
		r = rows_tags(view, &l);
	return r != 0 ? r : hand_over(&l, ret, n);
}
