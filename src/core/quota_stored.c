#include "core/quota.h"

#include "core/sql.h"
#include "db/db.h"

int
quota_stored(struct db_at *at, struct str account, struct str region,
	     int64_t bytes)
{
	return FOLD(
	    db_exec(at, SQL_quota_stored, NULL, "ssi", account, region, bytes));
}
