#include "core/bin.h"

#include "core/sql.h"
#include "crypt/rand.h"
#include "db/db.h"

static int
put_row(struct db_at *at, struct core *core, int64_t manifest, struct str by,
	int64_t now, int64_t *ret)
{
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	int64_t id;
	int r = rand_id(&id);

	if (r == 0)
		r = db_one(at, SQL_bin_put, &rows, "isiii", id, by, now,
			   now + core->bin_ms, manifest);
	if (r == 0)
		*ret = db_int(&rows, 0);
	return r;
}

int
bin_put(struct db_at *at, struct core *core, int64_t manifest, struct str by,
	int64_t now)
{
	int64_t id;
	int r;

	if (core->bin_ms <= 0)
		return 0;
	r = put_row(at, core, manifest, by, now, &id);
	if (r == 0)
		r = db_exec(at, SQL_bin_put_tags, NULL, "iii", id, manifest,
			    (int64_t)BIN_TAGS_MAX);
	if (r == 0)
		r = db_exec(at, SQL_bin_put_blobs, NULL, "ii", id, manifest);
	return FOLD(r);
}

int
bin_end_namespace(struct db_at *at, struct str region, struct str namespace,
		  int64_t review_at, int64_t limit, int64_t *ret_ended)
{
	int64_t ended = 0;
	int r = db_exec(at, SQL_bin_end_review, NULL, "issi", review_at, region,
			namespace, limit);

	if (r == 0)
		r = db_exec(at, SQL_bin_end, &ended, "ssi", region, namespace,
			    limit);
	if (r == 0)
		*ret_ended = ended;
	return FOLD(r);
}

int
bin_expire(struct db_at *at, int64_t now, int64_t limit, int64_t *ret_ended)
{
	int64_t ended = 0;
	int r = db_exec(at, SQL_bin_expire_review, NULL, "ii", now, limit);

	if (r == 0)
		r = db_exec(at, SQL_bin_expire, &ended, "ii", now, limit);
	if (r == 0)
		*ret_ended = ended;
	return FOLD(r);
}
