#include "core/stats.h"

#include "core/audit_inner.h"
#include "core/gather.h"
#include "core/sql.h"

#include <errno.h>
#include <sys/statvfs.h>

static void
trail_stats(struct audit *audit, struct core_stats *ret)
{
	(void)pthread_mutex_lock(&audit->lock);
	ret->trail_waiting = audit->now->n;
	if (audit->leaving != NULL)
		ret->trail_waiting += audit->leaving->n;
	ret->trail_works = audit->works;
	ret->uses = audit->uses;
	ret->refusals = audit->refusals;
	(void)pthread_mutex_unlock(&audit->lock);
}

int
core_stats(struct core *core, struct core_stats *ret)
{
	CLEAN(db_view_endp) struct db_at *view = NULL;
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	struct core_stats s = {0};
	struct statvfs fs;
	int r = db_view_begin(core->db, &view);

	if (r == 0)
		r = FOLD(
		    db_one(view, SQL_stats, &rows, "s", str_c(core->node)));
	if (r != 0)
		return r;
	s.uploads = (uint64_t)db_int(&rows, 0);
	s.stored = (uint64_t)db_int(&rows, 1);
	s.binned = (uint64_t)db_int(&rows, 2);
	s.trail = (uint64_t)db_int(&rows, 3);
	trail_stats(core->audit, &s);
	if (statvfs(core->data_dir, &fs) != 0)
		return FAIL(-errno);
	s.disk_free = (uint64_t)fs.f_bavail * fs.f_frsize;
	s.disk_size = (uint64_t)fs.f_blocks * fs.f_frsize;
	*ret = s;
	return 0;
}
