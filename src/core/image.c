#include "core/image.h"

#include "core/repo.h"
#include "core/sql.h"
#include "wire/ociref.h"

#include <errno.h>

int
repo_exists(struct core *core, const struct place *p)
{
	CLEAN(db_view_endp) struct db_at *view = NULL;
	int64_t id;
	int r = db_view_begin(core->db, &view);

	return r != 0 ? r : repo_find(view, p, &id);
}

struct paging {
	struct core *core;
	const struct subject *who;
	struct str region, last;
	int64_t limit, n;
	image_each_fn *fn;
	void *arg;
	bool more;
};

/* All of its repositories sort before last. */
static bool
is_past(const struct paging *p, const char *root)
{
	return str_cmp(p->last, str_c(root)) > 0 &&
	       !str_starts(p->last, str_c(root));
}

static int
page_root(struct db_at *at, struct paging *p, const char *root)
{
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	struct str name = str_c(root);
	int r = db_query(at, SQL_repo_page, &rows, "sssi", p->region,
			 str_sub(name, 0, name.n - 1), p->last,
			 p->limit - p->n + 1);

	while (r == 0 && (r = db_next(&rows)) == 0) {
		if (p->n == p->limit) {
			p->more = true;
			return 0;
		}
		p->n++;
		r = p->fn(p->arg, db_str(&rows, 0));
		if (r != 0)
			return r;
	}
	return r == OUT_ABSENT ? 0 : r;
}

int
repo_each(struct core *core, const struct subject *who, struct str region,
	  struct str last, int64_t limit, image_each_fn *fn, void *arg,
	  bool *ret_more)
{
	CLEAN(db_view_endp) struct db_at *view = NULL;
	struct str account = str_c(who->account);
	struct repo_roots roots;
	struct paging p = {.core = core,
			   .who = who,
			   .region = region,
			   .last = last,
			   .limit = limit > PAGE_MAX ? PAGE_MAX
				    : limit < 0	     ? 0
						     : limit,
			   .fn = fn,
			   .arg = arg};
	int r = db_view_begin(core->db, &view);

	if (r == 0)
		r = repo_roots(view, account, region, &roots);
	for (size_t i = 0; r == 0 && i < roots.n && !p.more; i++) {
		if (is_past(&p, roots.name[i]) ||
		    !repo_root_may(core, who, VERB_IMAGE_PULL, account, region,
				   roots.name[i]))
			continue;
		r = page_root(view, &p, roots.name[i]);
	}
	if (r == 0)
		*ret_more = p.more;
	return r;
}

int
image_usage(struct core *core, struct str account, struct str region,
	    int64_t *ret_bytes)
{
	CLEAN(db_view_endp) struct db_at *view = NULL;
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	int r = db_view_begin(core->db, &view);

	if (r == 0)
		r = db_one(view, SQL_image_usage, &rows, "ss", account, region);
	if (r == 0)
		*ret_bytes = db_int(&rows, 0);
	return FOLD(r);
}

/* --- images with their tags: one row of the query per tag --- */

struct gather {
	struct arena *arena;
	const struct image_filter *filter;
	struct image_row *list;
	struct str *tags; /* of the image that is being read: the last one */
	size_t n, cap, n_tags, cap_tags;
};

static void
gather_clear(struct gather *g)
{
	free(g->list);
	free(g->tags);
}

/* Room for one more element of this size. */
static int
grow(void *array, size_t n, size_t *cap, size_t size)
{
	void **p = array;
	void *bigger;

	if (n < *cap)
		return 0;
	bigger = reallocarray(*p, *cap * 2 + 16, size);
	if (bigger == NULL)
		return FAIL(-ENOMEM);
	*p = bigger;
	*cap = *cap * 2 + 16;
	return 0;
}

static int
keep(struct arena *a, struct str s, struct str *ret)
{
	*ret = arena_str(a, s);
	return ret->p == NULL ? FAIL(-ENOMEM) : 0;
}

/* The last image is complete: its tags move to the arena. */
static int
close_image(struct gather *g)
{
	struct image_row *image;

	if (g->n == 0 || g->n_tags == 0)
		return 0;
	image = &g->list[g->n - 1];
	image->tags = arena_get(g->arena, g->n_tags * sizeof(*g->tags));
	if (image->tags == NULL)
		return FAIL(-ENOMEM);
	memcpy(image->tags, g->tags, g->n_tags * sizeof(*g->tags));
	image->n_tags = g->n_tags;
	g->n_tags = 0;
	return 0;
}

static int
open_image(struct gather *g, struct db_rows *rows)
{
	struct image_row image = {.size = db_int(rows, 5),
				  .created_s = db_int(rows, 6),
				  .pushed_at = db_int(rows, 7),
				  .index = db_int(rows, 8) > 0};
	struct str *texts[] = {&image.repo, &image.digest, &image.media_type,
			       &image.config, &image.platform};
	int r = close_image(g);

	for (size_t i = 0; r == 0 && i < nitems(texts); i++)
		r = keep(g->arena, db_str(rows, (int)i), texts[i]);
	if (r == 0)
		r = grow(&g->list, g->n, &g->cap, sizeof(*g->list));
	if (r == 0)
		g->list[g->n++] = image;
	return r;
}

static bool
is_same(const struct gather *g, struct db_rows *rows)
{
	return g->n > 0 && str_eq(g->list[g->n - 1].digest, db_str(rows, 1)) &&
	       str_eq(g->list[g->n - 1].repo, db_str(rows, 0));
}

static int
gather_row(struct gather *g, struct db_rows *rows)
{
	bool tagged = !db_null(rows, 9);
	int r = 0;

	if ((!tagged && !g->filter->untagged) ||
	    (db_int(rows, 8) > 0 && !g->filter->indexes))
		return 0;
	if (!is_same(g, rows))
		r = open_image(g, rows);
	if (r == 0 && tagged)
		r = grow(&g->tags, g->n_tags, &g->cap_tags, sizeof(*g->tags));
	if (r == 0 && tagged)
		r = keep(g->arena, db_str(rows, 9), &g->tags[g->n_tags++]);
	return r;
}

static int
gather_rows(struct gather *g, struct db_rows *rows)
{
	int r;

	while ((r = db_next(rows)) == 0) {
		r = gather_row(g, rows);
		if (r != 0)
			return r;
	}
	return r == OUT_ABSENT ? close_image(g) : r;
}

static int
gather_root(struct db_at *at, struct gather *g, const char *root)
{
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	const struct image_filter *f = g->filter;
	char end[NAMESPACE_LEN_MAX + 2];
	int r;

	(void)snprintf(end, sizeof(end), "%s", root);
	end[strlen(end) - 1] = '/' + 1;
	if (f->repo.n > 0)
		r = db_query(at, SQL_image_of_repo, &rows, "ss", f->region,
			     f->repo);
	else
		r = db_query(at, SQL_image_of_namespace, &rows, "sss",
			     f->region, str_c(root), str_c(end));
	return r != 0 ? r : gather_rows(g, &rows);
}

static bool
is_asked_for(const struct image_filter *f, const char *root)
{
	struct str name = str_c(root);

	if (f->repo.n > 0 && !str_starts(f->repo, name))
		return false;
	return f->namespace.n == 0 ||
	       str_eq(f->namespace, str_sub(name, 0, name.n - 1));
}

static int
hand_over(const struct gather *g, struct image_row **ret, size_t *n)
{
	struct image_row *list =
	    arena_get(g->arena, (g->n + 1) * sizeof(*list));

	if (list == NULL)
		return FAIL(-ENOMEM);
	if (g->n > 0)
		memcpy(list, g->list, g->n * sizeof(*list));
	*ret = list;
	*n = g->n;
	return 0;
}

int
image_list(struct core *core, const struct subject *who,
	   const struct image_filter *f, struct arena *a,
	   struct image_row **ret, size_t *n)
{
	CLEAN(db_view_endp) struct db_at *view = NULL;
	CLEAN(gather_clear) struct gather g = {.arena = a, .filter = f};
	struct repo_roots roots;
	int r = db_view_begin(core->db, &view);

	if (r == 0)
		r = repo_roots(view, f->account, f->region, &roots);
	for (size_t i = 0; r == 0 && i < roots.n; i++) {
		if (!is_asked_for(f, roots.name[i]) ||
		    !repo_root_may(core, who, VERB_IMAGE_LIST, f->account,
				   f->region, roots.name[i]))
			continue;
		r = gather_root(view, &g, roots.name[i]);
	}
	return r != 0 ? r : hand_over(&g, ret, n);
}

/* The digest that a reference names, in the arena. */
static int
resolve(struct core *core, const struct place *p, struct str ref,
	struct arena *a, struct str *ret)
{
	struct manifest m;
	int r = manifest_get(core, p, ref, a, &m, NULL);

	if (r == 0)
		*ret = m.digest;
	return r;
}

int
image_get(struct core *core, const struct place *p, struct str ref,
	  struct arena *a, struct image_row *ret)
{
	CLEAN(db_view_endp) struct db_at *view = NULL;
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	static const struct image_filter all = {.untagged = true,
						.indexes = true};
	CLEAN(gather_clear) struct gather g = {.arena = a, .filter = &all};
	struct str digest;
	int r = resolve(core, p, ref, a, &digest);

	if (r == 0)
		r = db_view_begin(core->db, &view);
	if (r == 0)
		r = db_query(view, SQL_image_of_digest, &rows, "sss", p->region,
			     p->name, digest);
	if (r == 0)
		r = gather_rows(&g, &rows);
	if (r == 0 && g.n == 0)
		r = OUT_ABSENT;
	if (r == 0)
		*ret = g.list[0];
	return r;
}
