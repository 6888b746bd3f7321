#include "core/collect_inner.h"

#include "base/clock.h"
#include "base/fd.h"
#include "blob/blob.h"
#include "core/hold.h"
#include "core/sql.h"
#include "core/upload_row.h"

/* Up to COLLECT_ROUND words of 32 digits: upload ids or keys. */
struct batch {
	char word[COLLECT_ROUND][BLOB_KEY_LEN + 1];
	size_t n;
};

static void
batch_add(struct batch *b, struct str word)
{
	(void)snprintf(b->word[b->n++], sizeof(b->word[0]), "%.*s",
		       STR_ARG(word));
}

static int
stale_read(struct core *core, struct batch *ret)
{
	CLEAN(db_view_endp) struct db_at *view = NULL;
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	int r = db_view_begin(core->db, &view);

	if (r == 0)
		r = db_query(view, SQL_upload_stale, &rows, "isi", clock_now(),
			     str_c(core->boot), (int64_t)COLLECT_ROUND);
	while (r == 0 && (r = db_next(&rows)) == 0)
		if (!hold_has(db_str(&rows, 0)))
			batch_add(ret, db_str(&rows, 0));
	return r == OUT_ABSENT ? 0 : r;
}

struct ending {
	const struct batch *ids;
	struct batch keys; /* "" for one that was gone already */
	int64_t now;
};

static int
end_write(struct db_at *at, void *arg)
{
	struct ending *e = arg;
	int r = 0;

	for (size_t i = 0; i < e->ids->n; i++) {
		e->keys.word[i][0] = '\0';
		r = upload_end_row(at, str_c(e->ids->word[i]), e->now,
				   e->keys.word[i]);
		if (r != 0 && r != OUT_ABSENT)
			return r;
	}
	return 0;
}

static int
end_stale(struct core *core, struct collected *sum, bool *more)
{
	struct batch ids = {0};
	struct ending e = {.ids = &ids, .now = clock_now()};
	int r = stale_read(core, &ids);

	if (r == 0 && ids.n > 0)
		r = db_write(core->db, end_write, &e);
	for (size_t i = 0; r == 0 && i < ids.n; i++)
		if (e.keys.word[i][0] != '\0') {
			upload_ended(core, str_c(ids.word[i]), e.keys.word[i]);
			sum->uploads++;
		}
	if (r == 0 && ids.n == COLLECT_ROUND)
		*more = true;
	return r;
}

static int
end_stale_young(struct core *core, struct collected *sum)
{
	char id[UPLOAD_ID_LEN + 1];
	int64_t now = clock_now();
	size_t at = 0;
	int r = 0;

	while (r == 0 && (r = young_stale(core, now, &at, id)) == 0) {
		if (hold_has(str_c(id)))
			continue;
		r = upload_end(core, str_c(id));
		sum->uploads += r == 0;
		r = r == OUT_ABSENT ? 0 : r;
	}
	return r == OUT_ABSENT ? 0 : r;
}

int
collect_uploads(struct core *core, struct collected *sum, bool *more)
{
	int r = end_stale(core, sum, more);
	int young = end_stale_young(core, sum);

	return r != 0 ? r : young;
}

/* --- bytes that no row names any more --- */

/* Those after a key, in the order of the store's folders. */
static int
trash_read(struct core *core, const char *after, struct batch *ret)
{
	CLEAN(db_view_endp) struct db_at *view = NULL;
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	int r = db_view_begin(core->db, &view);

	if (r == 0)
		r = db_query(view, SQL_trash_due, &rows, "isi", clock_now(),
			     str_c(after), (int64_t)COLLECT_ROUND);
	while (r == 0 && (r = db_next(&rows)) == 0)
		batch_add(ret, db_str(&rows, 0));
	return r == OUT_ABSENT ? 0 : r;
}

/* From at on, the keys of one folder of the store that nobody writes; returns
 * where the next folder begins. */
static size_t
folder_take(const struct batch *due, size_t at, struct str ret[COLLECT_ROUND],
	    size_t *n)
{
	const char *first = due->word[at];

	for (*n = 0; at < due->n && memcmp(due->word[at], first, 2) == 0; at++)
		if (!hold_has_key(str_c(due->word[at])))
			ret[(*n)++] = str_c(due->word[at]);
	return at;
}

static int
forget_write(struct db_at *at, void *arg)
{
	const struct batch *b = arg;
	int r = 0;

	for (size_t i = 0; r == 0 && i < b->n; i++)
		r = db_exec(at, SQL_trash_delete, NULL, "s", str_c(b->word[i]));
	return FOLD(r);
}

/* The bytes first: a row without bytes is harmless, bytes without a row would
 * stay for ever. One folder that fails does not keep the others. */
static int
remove_all(struct core *core, const struct batch *due, struct batch *gone)
{
	int r = 0;

	for (size_t at = 0; at < due->n;) {
		struct str keys[COLLECT_ROUND];
		size_t n;
		int one;

		at = folder_take(due, at, keys, &n);
		one = n > 0 ? blob_remove_all(core->blobs, keys, n) : 0;
		for (size_t i = 0; one == 0 && i < n; i++)
			batch_add(gone, keys[i]);
		r = r != 0 ? r : one;
	}
	return r;
}

static int
sweep(struct core *core, struct collected *sum, bool *more)
{
	struct collector *c = core->collector;
	struct batch due = {0}, gone = {0};
	int r = trash_read(core, c->key_after, &due), forgot = 0;
	bool full = due.n == COLLECT_ROUND;

	if (r != 0)
		return r;
	r = remove_all(core, &due, &gone);
	if (gone.n > 0)
		forgot = db_write(core->db, forget_write, &gone);
	if (forgot == 0)
		sum->files += gone.n;
	/* All of it once; then again from the beginning, where others may have
	 * come meanwhile, for as long as that gets on. */
	c->swept += gone.n;
	if (full || (c->key_after[0] != '\0' && c->swept > 0))
		*more = true;
	(void)snprintf(c->key_after, sizeof(c->key_after), "%s",
		       full ? due.word[due.n - 1] : "");
	if (!full)
		c->swept = 0;
	return r != 0 ? r : forgot;
}

/* While a backup is under way, what its database knows of has to stay. */
int
collect_trash(struct core *core, struct collected *sum, bool *more)
{
	CLEAN(fd_closep) int hold = -1;
	int r = blob_hold_alone(core->blobs, &hold);

	if (r != 0)
		return r == OUT_BUSY ? 0 : r;
	return sweep(core, sum, more);
}
