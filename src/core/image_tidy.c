#include "core/image.h"

#include "base/clock.h"
#include "base/fd.h"
#include "blob/blob.h"
#include "core/hold.h"
#include "core/key.h"
#include "core/repo.h"
#include "core/sql.h"
#include "core/upload_row.h"

#define ROUND_MAX 256 /* of each, so that a round stays short */

/* Up to ROUND_MAX words of 32 digits: upload ids or keys. */
struct batch {
	char word[ROUND_MAX][BLOB_KEY_LEN + 1];
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
			     str_c(core->boot), (int64_t)ROUND_MAX);
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
end_stale(struct core *core)
{
	struct batch ids = {0};
	struct ending e = {.ids = &ids, .now = clock_now()};
	int r = stale_read(core, &ids);

	if (r == 0 && ids.n > 0)
		r = db_write(core->db, end_write, &e);
	for (size_t i = 0; r == 0 && i < ids.n; i++)
		if (e.keys.word[i][0] != '\0')
			upload_ended(core, str_c(ids.word[i]), e.keys.word[i]);
	return r;
}

static int
end_stale_young(struct core *core)
{
	char id[UPLOAD_ID_LEN + 1];
	int64_t now = clock_now();
	size_t at = 0;
	int r = 0;

	while (r == 0 && (r = young_stale(core, now, &at, id)) == 0) {
		if (hold_has(str_c(id)))
			continue;
		r = upload_end(core, str_c(id));
		r = r == OUT_ABSENT ? 0 : r;
	}
	return r == OUT_ABSENT ? 0 : r;
}

static int
trash_read(struct core *core, struct batch *ret)
{
	CLEAN(db_view_endp) struct db_at *view = NULL;
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	int r = db_view_begin(core->db, &view);

	if (r == 0)
		r = db_query(view, SQL_trash_due, &rows, "ii", clock_now(),
			     (int64_t)ROUND_MAX);
	while (r == 0 && (r = db_next(&rows)) == 0)
		batch_add(ret, db_str(&rows, 0));
	return r == OUT_ABSENT ? 0 : r;
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
 * stay for ever. */
static int
sweep_round(struct core *core)
{
	struct batch due = {0}, gone = {0};
	int r = trash_read(core, &due);

	for (size_t i = 0; r == 0 && i < due.n; i++) {
		if (hold_has_key(str_c(due.word[i])))
			continue;
		r = blob_remove(core->blobs, str_c(due.word[i]));
		if (r == 0)
			batch_add(&gone, str_c(due.word[i]));
	}
	if (gone.n > 0) {
		int forgot = db_write(core->db, forget_write, &gone);

		r = r == 0 ? forgot : r;
	}
	return r;
}

/* While a backup is under way, what its database knows of has to stay. */
static int
sweep(struct core *core)
{
	CLEAN(fd_closep) int hold = -1;
	int r = blob_hold_alone(core->blobs, &hold);

	if (r != 0)
		return r == OUT_BUSY ? 0 : r;
	return sweep_round(core);
}

int
image_tidy(struct core *core)
{
	int (*const rounds[])(struct core *) = {end_stale, end_stale_young,
						sweep, key_tidy};
	int r = 0;

	for (size_t i = 0; i < nitems(rounds); i++) {
		int one = rounds[i](core);

		r = r != 0 ? r : one;
	}
	return r;
}
