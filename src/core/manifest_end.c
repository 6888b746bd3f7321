#include "core/manifest_inner.h"

#include "core/bin.h"
#include "core/link.h"
#include "core/quota.h"
#include "core/sql.h"
#include "json/json.h"

/* {"digest":...,"tags":[...]}: which names went with it. Of many, their number:
 * who reads the trail has to be able to. */
static int
describe(struct db_at *at, const struct manifest_end *e, struct buf *ret)
{
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	struct jw w = JW(ret);
	int64_t n = 0;
	int r = db_query(at, SQL_tag_of_manifest, &rows, "i", e->id);

	jw_object(&w, NULL);
	jw_str(&w, "digest", e->digest);
	jw_array(&w, "tags");
	while (r == 0 && (r = db_next(&rows)) == 0)
		if (n++ < TRAIL_TAGS_MAX)
			jw_str(&w, NULL, db_str(&rows, 0));
	jw_end(&w);
	if (n > TRAIL_TAGS_MAX)
		jw_int(&w, "more_tags", n - TRAIL_TAGS_MAX);
	if (e->why != NULL)
		jw_c(&w, "why", e->why);
	jw_end(&w);
	return r == OUT_ABSENT ? 0 : r;
}

static int
into_bin(struct db_at *at, const struct manifest_end *e)
{
	char principal[PRINCIPAL_MAX] = "";

	if (e->by->who.cred != CRED_NONE)
		repo_principal(&e->by->who, principal);
	quota_binned(e->by->core, str_c(e->by->account), e->at->region);
	return bin_put(at, e->by->core, e->id, str_c(principal), e->now);
}

int
manifest_end(struct db_at *at, const struct manifest_end *e)
{
	CLEAN(buf_clear) struct buf detail = BUF_INIT;
	struct link_home home = {.repo = e->repo,
				 .account = str_c(e->by->account),
				 .region = e->at->region};
	int r = describe(at, e, &detail);

	if (r == 0)
		r = into_bin(at, e);
	if (r == 0)
		r = db_exec(at, SQL_tag_delete_of_manifest, NULL, "i", e->id);
	if (r == 0)
		r = link_release(at, &home, e->id, e->now,
				 e->now + e->by->core->grace_ms);
	if (r == 0)
		r = db_exec(at, SQL_manifest_delete, NULL, "i", e->id);
	if (r == 0)
		r = db_exec(at, SQL_repo_drain, NULL, "i", e->repo);
	return r != 0 ? FOLD(r) : repo_trail(at, e->by, e->at, &detail);
}
