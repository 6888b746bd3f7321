#include "core/link.h"

#include "core/quota.h"
#include "core/sql.h"

#include <errno.h>
#include <stdlib.h>

/* What the blob adds to what the account holds there: 0 when it counts already.
 */
static int
uncounted(struct db_at *at, const struct link_home *home, int64_t blob,
	  int64_t *ret)
{
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	int r = db_one(at, SQL_link_counted, &rows, "iss", blob, home->account,
		       home->region);

	if (r == 0)
		*ret = db_int(&rows, 1) != 0 ? 0 : db_int(&rows, 0);
	return FOLD(r);
}

static int
stored(struct db_at *at, const struct link_home *home, int64_t bytes)
{
	return bytes == 0
		   ? 0
		   : quota_stored(at, home->account, home->region, bytes);
}

static int
review(struct db_at *at, int64_t blob, int64_t review_at)
{
	return FOLD(db_exec(at, SQL_link_review, NULL, "ii", review_at, blob));
}

static int
put(struct db_at *at, const struct link_home *home, int64_t blob, int64_t now)
{
	int64_t size = 0;
	int r = uncounted(at, home, blob, &size);

	if (r == 0)
		r = FOLD(db_exec(at, SQL_link_put, NULL, "iissi", home->repo,
				 blob, home->account, home->region, now));
	return r != 0 ? r : stored(at, home, size);
}

int
link_make(struct db_at *at, const struct link_home *home, int64_t blob,
	  int64_t now, int64_t review_at)
{
	int r = put(at, home, blob, now);

	return r != 0 ? r : review(at, blob, review_at);
}

struct state {
	bool dropped, unneeded;
};

static int
get(struct db_at *at, const struct link_home *home, int64_t blob,
    struct state *ret)
{
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	int r = db_one(at, SQL_link_get, &rows, "ii", home->repo, blob);

	if (r == 0)
		*ret = (struct state){.dropped = !db_null(&rows, 0),
				      .unneeded = !db_null(&rows, 1)};
	return r;
}

int
link_end(struct db_at *at, const struct link_home *home, int64_t blob,
	 int64_t review_at)
{
	int64_t size = 0;
	struct state was;
	int r = get(at, home, blob, &was);

	/* The manifests that need it refer to the link: CONFLICT. */
	if (r == 0)
		r = db_exec(at, SQL_link_delete, NULL, "ii", home->repo, blob);
	if (r == 0)
		r = review(at, blob, review_at);
	if (r == 0 && !was.dropped)
		r = uncounted(at, home, blob, &size);
	return r != 0 ? r : stored(at, home, -size);
}

int
link_take(struct db_at *at, const struct link_home *home, int64_t blob,
	  int64_t now)
{
	int64_t size = 0;
	struct state was;
	int r = get(at, home, blob, &was);

	if (r == 0 && was.dropped)
		r = uncounted(at, home, blob, &size);
	if (r == 0 && was.unneeded)
		r = db_exec(at, SQL_link_take, NULL, "iii", now, home->repo,
			    blob);
	return r != 0 ? FOLD(r) : stored(at, home, size);
}

int
link_need(struct db_at *at, const struct link_home *home, int64_t manifest,
	  int64_t blob, int64_t now)
{
	int r = link_take(at, home, blob, now);

	return r != 0 ? r
		      : FOLD(db_exec(at, SQL_link_need, NULL, "iii", manifest,
				     home->repo, blob));
}

struct ids {
	int64_t *id;
	size_t n, room;
};

static void
ids_clear(struct ids *ids)
{
	free(ids->id);
}

static int
ids_add(struct ids *ids, int64_t id)
{
	if (ids->n == ids->room) {
		size_t room = ids->room == 0 ? 64 : 2 * ids->room;
		int64_t *more = reallocarray(ids->id, room, sizeof(*more));

		if (more == NULL)
			return FAIL(-ENOMEM);
		ids->id = more;
		ids->room = room;
	}
	ids->id[ids->n++] = id;
	return 0;
}

/* All of them before the next statement: it changes the table. */
static int
needs_read(struct db_at *at, int64_t manifest, struct ids *ret)
{
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	int r = db_query(at, SQL_link_needs, &rows, "i", manifest);

	while (r == 0 && (r = db_next(&rows)) == 0) {
		r = ids_add(ret, db_int(&rows, 0));
		if (r != 0)
			return r;
	}
	return r == OUT_ABSENT ? 0 : r;
}

int
link_copy(struct db_at *at, const struct link_home *home, int64_t from,
	  int64_t to, int64_t now)
{
	CLEAN(ids_clear) struct ids ids = {0};
	int r = needs_read(at, from, &ids);

	for (size_t i = 0; r == 0 && i < ids.n; i++) {
		r = put(at, home, ids.id[i], now);
		if (r == 0)
			r = link_need(at, home, to, ids.id[i], now);
	}
	return r;
}

static int
size_of(struct db_at *at, const struct link_home *home, int sql, int64_t id,
	int64_t *ret)
{
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	int r = db_one(at, sql, &rows, "iss", id, home->account, home->region);

	if (r == 0)
		*ret = db_int(&rows, 0);
	return FOLD(r);
}

int
link_release(struct db_at *at, const struct link_home *home, int64_t manifest,
	     int64_t now, int64_t review_at)
{
	int64_t size = 0;
	int r = size_of(at, home, SQL_link_release_size, manifest, &size);

	if (r == 0)
		r = db_exec(at, SQL_link_release_review, NULL, "ii", review_at,
			    manifest);
	if (r == 0)
		r = db_exec(at, SQL_link_release_drop, NULL, "iii", now,
			    home->repo, manifest);
	if (r == 0)
		r = db_exec(at, SQL_link_release_needs, NULL, "i", manifest);
	return r != 0 ? FOLD(r) : stored(at, home, -size);
}
