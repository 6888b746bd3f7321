#include "core/retention_inner.h"

#include "base/clock.h"
#include "core/sql.h"

#include <errno.h>
#include <stdlib.h>

/* Which index, by its place in the plan, has which entry. */
struct edge {
	size_t from, to;
	int64_t depth; /* of the index */
};
struct edges {
	struct edge *list;
	size_t n, room;
};

static void
edges_clear(struct edges *e)
{
	free(e->list);
}

void
retention_plan_clear(struct retention_plan *p)
{
	free(p->items);
	*p = (struct retention_plan){0};
}

/* Room for one more element of this size. */
static int
grow(void *array, size_t n, size_t *room, size_t size)
{
	void **p = array, *bigger;

	if (n < *room)
		return 0;
	bigger = reallocarray(*p, *room * 2 + 64, size);
	if (bigger == NULL)
		return FAIL(-ENOMEM);
	*p = bigger;
	*room = *room * 2 + 64;
	return 0;
}

static int
items_read(struct db_at *at, int64_t repo, struct retention_plan *p)
{
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	size_t room = 0;
	int r = db_query(at, SQL_retention_images, &rows, "i", repo);

	while (r == 0 && (r = db_next(&rows)) == 0) {
		r = grow(&p->items, p->n, &room, sizeof(*p->items));
		if (r != 0)
			return r;
		p->items[p->n++] = (struct retention_item){
		    .id = db_int(&rows, 0),
		    .created_s = db_int(&rows, 1),
		    .pushed_at = db_int(&rows, 2),
		    .depth = db_int(&rows, 3),
		    .tagged_at = db_null(&rows, 4) ? -1 : db_int(&rows, 4),
		    .refers = db_int(&rows, 5) != 0};
	}
	return r == OUT_ABSENT ? 0 : r;
}

static int
by_id(const void *a, const void *b)
{
	const struct retention_item *x = a, *y = b;

	return (x->id > y->id) - (x->id < y->id);
}

/* p->n: it is not of this repository. */
static size_t
place_of(const struct retention_plan *p, int64_t id)
{
	const struct retention_item key = {.id = id};
	const struct retention_item *found =
	    p->n == 0 ? NULL
		      : bsearch(&key, p->items, p->n, sizeof(key), by_id);

	return found == NULL ? p->n : (size_t)(found - p->items);
}

static int
edges_read(struct db_at *at, int64_t repo, const struct retention_plan *p,
	   struct edges *ret)
{
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	int r = db_query(at, SQL_retention_entries, &rows, "i", repo);

	while (r == 0 && (r = db_next(&rows)) == 0) {
		size_t from = place_of(p, db_int(&rows, 0));
		size_t to = place_of(p, db_int(&rows, 1));

		if (from == p->n || to == p->n)
			continue;
		r = grow(&ret->list, ret->n, &ret->room, sizeof(*ret->list));
		if (r != 0)
			return r;
		ret->list[ret->n++] =
		    (struct edge){from, to, p->items[from].depth};
		p->items[to].entry = true;
	}
	return r == OUT_ABSENT ? 0 : r;
}

static int
by_depth(const void *a, const void *b)
{
	const struct edge *x = a, *y = b;

	return (x->depth > y->depth) - (x->depth < y->depth);
}

/* An index is built when the last of its entries is. */
static void
date_indexes(struct retention_plan *p, struct edges *e)
{
	if (e->n > 1)
		qsort(e->list, e->n, sizeof(*e->list), by_depth);
	for (size_t i = 0; i < e->n; i++) {
		const struct retention_item *to = &p->items[e->list[i].to];
		struct retention_item *from = &p->items[e->list[i].from];

		if (from->created_s < to->created_s)
			from->created_s = to->created_s;
	}
}

static bool
is_old_enough(const struct retention_item *i, const struct retention *policy,
	      int64_t now)
{
	int64_t until = now - policy->threshold_days * DAY_MS;

	if (i->created_s < RETENTION_DATED_S)
		return false;
	return policy->threshold_days == 0 ||
	       (i->created_s <= until / SECOND_MS && i->pushed_at <= until);
}

/* An image of its own, not one that is there for the sake of another. */
static bool
counts(const struct retention_item *i, const struct retention *policy)
{
	if (i->tagged_at >= 0)
		return true;
	return !i->entry && !i->refers && !policy->retain_untagged;
}

/* The newest by build date, then by push, come first; ids settle the rest. */
static int
newer(const void *a, const void *b)
{
	const struct retention_item *x = *(struct retention_item *const *)a;
	const struct retention_item *y = *(struct retention_item *const *)b;

	if (x->created_s != y->created_s)
		return x->created_s > y->created_s ? -1 : 1;
	if (x->pushed_at != y->pushed_at)
		return x->pushed_at > y->pushed_at ? -1 : 1;
	return by_id(x, y);
}

/* Of those that count, the newest are kept, and those that must not go. Entries
 * that do not count stay or go with their indexes. */
static int
keep_newest(struct retention_plan *p, const struct retention *policy,
	    int64_t now)
{
	struct retention_item **order =
	    calloc(p->n + 1, sizeof(struct retention_item *));
	size_t n = 0;

	if (order == NULL)
		return FAIL(-ENOMEM);
	for (size_t i = 0; i < p->n; i++) {
		struct retention_item *item = &p->items[i];

		if (counts(item, policy))
			order[n++] = item;
		else
			item->kept = !item->entry;
	}
	if (n > 1)
		qsort(order, n, sizeof(struct retention_item *), newer);
	for (size_t i = 0; i < n; i++)
		order[i]->kept = policy->images_per_repo == RETENTION_ALL ||
				 (int64_t)i < policy->images_per_repo ||
				 !is_old_enough(order[i], policy, now);
	free(order);
	return 0;
}

/* What a kept index needs is kept, the outermost index first. */
static void
keep_entries(struct retention_plan *p, const struct edges *e)
{
	for (size_t i = e->n; i > 0; i--)
		if (p->items[e->list[i - 1].from].kept)
			p->items[e->list[i - 1].to].kept = true;
}

/* Indexes before their entries, and then the oldest first. */
static int
leaving(const void *a, const void *b)
{
	const struct retention_item *x = a, *y = b;

	if (x->depth != y->depth)
		return x->depth > y->depth ? -1 : 1;
	return newer(&y, &x);
}

static void
only_leaving(struct retention_plan *p)
{
	size_t n = 0;

	for (size_t i = 0; i < p->n; i++)
		if (!p->items[i].kept)
			p->items[n++] = p->items[i];
	p->n = n;
	if (n > 1)
		qsort(p->items, n, sizeof(*p->items), leaving);
}

int
retention_plan(struct db_at *at, int64_t repo, const struct retention *policy,
	       int64_t now, struct retention_plan *ret)
{
	CLEAN(edges_clear) struct edges edges = {0};
	int r = items_read(at, repo, ret);

	if (r == 0)
		r = edges_read(at, repo, ret, &edges);
	if (r != 0)
		return r;
	date_indexes(ret, &edges);
	r = keep_newest(ret, policy, now);
	if (r != 0)
		return r;
	keep_entries(ret, &edges);
	only_leaving(ret);
	return 0;
}

int
retention_next_repo(struct db_at *at, struct str region, struct str namespace,
		    struct buf *name, int64_t *ret)
{
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	CLEAN(buf_clear) struct buf next = BUF_INIT;
	int r = db_one(at, SQL_retention_repo, &rows, "sss", region, namespace,
		       buf_str(name));

	if (r == 0)
		r = buf_addstr(&next, db_str(&rows, 1));
	if (r != 0)
		return r;
	*ret = db_int(&rows, 0);
	db_rows_clear(&rows);
	buf_reset(name);
	return buf_addstr(name, buf_str(&next));
}
