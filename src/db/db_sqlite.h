/* The database as this room sees it. Connections for views belong to a thread
 * while it lives and wait in a list for the next one after that, so that there
 * are never more of them than there were threads at once. */
#ifndef DB_DB_SQLITE_H
#define DB_DB_SQLITE_H

#include "db/place.h"
#include "db/writer.h"

struct db {
	struct place place;
	const struct db_schema *schema;
	int64_t version;
	struct writer writer;
	pthread_key_t mine; /* this thread's struct db_at */
	bool has_key;
	pthread_mutex_t lock;
	struct db_at *all, *idle;
};

#endif
