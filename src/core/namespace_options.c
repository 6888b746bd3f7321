#include "core/audit.h"
#include "core/image.h"

#include "base/clock.h"
#include "core/sql.h"
#include "db/db.h"
#include "json/json.h"

#include <errno.h>

static int
get(struct db_at *at, struct str region, struct str name,
    struct namespace_options *ret)
{
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	int r = db_one(at, SQL_namespace_options, &rows, "ss", region, name);

	if (r == 0)
		*ret = (struct namespace_options){
		    .immutable_tags = db_int(&rows, 0) != 0,
		    .allow_sparse = db_int(&rows, 1) != 0};
	return r;
}

int
namespace_options_get(struct core *core, struct str region, struct str name,
		      struct namespace_options *ret)
{
	CLEAN(db_view_endp) struct db_at *view = NULL;
	int r = db_view_begin(core->db, &view);

	return r != 0 ? r : get(view, region, name, ret);
}

struct setting {
	const struct visit *by;
	struct str region, name;
	const struct namespace_options *options;
	int64_t now;
};

static int
trail(struct db_at *at, const struct setting *s)
{
	CLEAN(buf_clear) struct buf thing = BUF_INIT;
	CLEAN(buf_clear) struct buf detail = BUF_INIT;
	struct jw w = JW(&detail);

	buf_adds(&thing, "namespace:");
	buf_addstr(&thing, s->name);
	jw_object(&w, NULL);
	jw_str(&w, "region", s->region);
	jw_bool(&w, "immutable_tags", s->options->immutable_tags);
	jw_bool(&w, "allow_sparse", s->options->allow_sparse);
	jw_end(&w);
	if (buf_err(&thing) != 0 || buf_err(&detail) != 0)
		return FAIL(-ENOMEM);
	return audit_change(at, s->by, buf_str(&thing), buf_str(&detail));
}

static int
set_write(struct db_at *at, void *arg)
{
	const struct setting *s = arg;
	char owner[ACCOUNT_ID_LEN + 1];
	int r = namespace_owner(s->by->core, at, s->region, s->name, owner);

	if (r == 0 && strcmp(owner, s->by->account) != 0)
		r = OUT_ABSENT;
	if (r != 0)
		return r;
	r = db_exec(at, SQL_namespace_options_set, NULL, "iiiss",
		    (int64_t)s->options->immutable_tags,
		    (int64_t)s->options->allow_sparse, s->now, s->region,
		    s->name);
	return r != 0 ? FOLD(r) : trail(at, s);
}

int
namespace_options_set(const struct visit *by, struct str region,
		      struct str name, const struct namespace_options *options)
{
	struct setting s = {.by = by,
			    .region = region,
			    .name = name,
			    .options = options,
			    .now = clock_now()};

	return gate_write(by, set_write, &s);
}
