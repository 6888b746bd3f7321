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
	const struct namespace_change *change;
	int64_t now;
};

static int
trail(struct db_at *at, const struct setting *s,
      const struct namespace_options *are)
{
	CLEAN(buf_clear) struct buf thing = BUF_INIT;
	CLEAN(buf_clear) struct buf detail = BUF_INIT;
	struct jw w = JW(&detail);

	buf_adds(&thing, "namespace:");
	buf_addstr(&thing, s->name);
	jw_object(&w, NULL);
	jw_str(&w, "region", s->region);
	jw_bool(&w, "immutable_tags", are->immutable_tags);
	jw_bool(&w, "allow_sparse", are->allow_sparse);
	jw_end(&w);
	if (buf_err(&thing) != 0 || buf_err(&detail) != 0)
		return FAIL(-ENOMEM);
	return audit_change(at, s->by, buf_str(&thing), buf_str(&detail));
}

static const int64_t *
number(const bool *flag)
{
	static const int64_t off = 0, on = 1;

	return flag == NULL ? NULL : *flag ? &on : &off;
}

static int
set_write(struct db_at *at, void *arg)
{
	const struct setting *s = arg;
	struct namespace_options are = {.allow_sparse = false};
	char owner[ACCOUNT_ID_LEN + 1];
	int r = namespace_owner(s->by->core, at, s->region, s->name, owner);

	if (r == 0 && strcmp(owner, s->by->account) != 0)
		r = OUT_ABSENT;
	if (r != 0)
		return r;
	r = db_exec(at, SQL_namespace_options_set, NULL, "IIiss",
		    number(s->change->immutable_tags),
		    number(s->change->allow_sparse), s->now, s->region,
		    s->name);
	if (r == 0)
		r = get(at, s->region, s->name, &are);
	return r != 0 ? FOLD(r) : trail(at, s, &are);
}

int
namespace_options_change(const struct visit *by, struct str region,
			 struct str name, const struct namespace_change *change)
{
	struct setting s = {.by = by,
			    .region = region,
			    .name = name,
			    .change = change,
			    .now = clock_now()};

	return gate_write(by, set_write, &s);
}

int
namespace_options_set(const struct visit *by, struct str region,
		      struct str name, const struct namespace_options *options)
{
	struct namespace_change change = {&options->immutable_tags,
					  &options->allow_sparse};

	return namespace_options_change(by, region, name, &change);
}
