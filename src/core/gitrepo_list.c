#include "core/git_inner.h"

#include "core/sql.h"

#include <errno.h>

/* Where a page begins: behind a name, and of one name behind an id. */
struct start {
	char slug[GITREPO_SLUG_MAX + 1];
	struct str id;
};

static void
start_read(struct str after, struct start *ret)
{
	struct str slug = after;

	/* Behind every id, so that a name alone is behind all that have it. */
	ret->id = STR("~");
	(void)str_cut(after, '/', &slug, &ret->id);
	text_lower(str_sub(slug, 0, GITREPO_SLUG_MAX), ret->slug);
}

static int
list_query(struct db_at *at, const struct gitrepo_filter *f,
	   const struct start *start, int64_t limit, struct db_rows *ret)
{
	struct str slug = str_c(start->slug);

	if (f->removed)
		return db_query(at, SQL_gitrepo_list_removed, ret, "ssiss",
				f->account, slug, limit, f->project, start->id);
	if (f->project.n > 0)
		return db_query(at, SQL_gitrepo_list_project, ret, "ssis",
				f->account, slug, limit, f->project);
	return db_query(at, SQL_gitrepo_list, ret, "ssi", f->account, slug,
			limit);
}

static bool
may_see(struct core *core, const struct subject *who,
	const struct gitrepo *repo)
{
	if (repo->removed_at != 0)
		return gitrepo_may(core, who, VERB_GIT_UPDATE, repo);
	return gitrepo_may(core, who, VERB_GIT_READ, repo) ||
	       gitrepo_may(core, who, VERB_GIT_SHOW, repo);
}

struct page {
	struct core *core;
	const struct subject *who;
	struct arena *arena;
	struct gitrepo *list;
	size_t n, seen, limit;
	struct str last;
	bool more;
};

static int
page_row(struct page *p, struct db_rows *rows)
{
	struct gitrepo repo;
	int r;

	if (p->seen == p->limit) {
		p->more = true;
		return OUT_ABSENT;
	}
	p->seen++;
	r = gitrepo_look(rows, &repo);
	if (r != 0)
		return r;
	p->last = arena_strf(p->arena, "%.*s/%.*s",
			     STR_ARG(db_str(rows, GITREPO_COL_SLUG_KEY)),
			     STR_ARG(repo.id));
	if (p->last.p == NULL)
		return FAIL(-ENOMEM);
	if (p->who != NULL && !may_see(p->core, p->who, &repo))
		return 0;
	return gitrepo_keep(p->arena, &repo, &p->list[p->n++]);
}

int
gitrepo_list(struct core *core, const struct subject *who,
	     const struct gitrepo_filter *f, struct arena *a,
	     struct gitrepo **ret, size_t *n, bool *ret_more,
	     struct str *ret_last)
{
	struct start start; /* the rows borrow from it */
	CLEAN(db_view_endp) struct db_at *view = NULL;
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	int64_t limit = page_bound(f->limit);
	struct page p = {.core = core, .who = who, .arena = a};
	int r = db_view_begin(core->db, &view);

	if (r != 0)
		return r;
	p.limit = (size_t)limit;
	p.list = arena_get(a, p.limit * sizeof(*p.list));
	if (p.list == NULL)
		return FAIL(-ENOMEM);
	start_read(f->after, &start);
	r = list_query(view, f, &start, limit + 1, &rows);
	while (r == 0 && (r = db_next(&rows)) == 0)
		r = page_row(&p, &rows);
	if (r != OUT_ABSENT)
		return r;
	*ret = p.list;
	*n = p.n;
	*ret_more = p.more;
	*ret_last = p.last;
	return 0;
}
