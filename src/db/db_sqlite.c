#include "db/db_sqlite.h"

#include "db/fit.h"
#include "db/migrate.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>

static void
thread_ended(void *arg)
{
	struct db_at *at = arg;
	struct db *db = at->db;

	assert(at->depth == 0);
	pthread_mutex_lock(&db->lock);
	at->next_idle = db->idle;
	db->idle = at;
	pthread_mutex_unlock(&db->lock);
}

static int
writer_open(struct db *db, size_t batch_max, struct note *note)
{
	CLEAN(conn_freep) struct db_at *at = NULL;
	int r = conn_open(db->place.file, db->schema, true, &at, note);

	if (r != 0)
		return FOLD(r);
	at->db = db;
	r = migrate_run(at, &db->version, note);
	if (r == 0)
		r = FOLD(fit_check(at, note));
	/* By now the log exists as well. */
	if (r == 0)
		r = place_sync(&db->place);
	return r != 0 ? r : writer_start(&db->writer, TAKE(at), batch_max);
}

int
db_open(const struct db_conf *conf, struct db **ret, struct note *note)
{
	CLEAN(db_freep) struct db *db = calloc(1, sizeof(*db));
	int r;

	if (db == NULL)
		return FAIL(-ENOMEM);
	db->place = (struct place)PLACE_INIT;
	db->schema = conf->schema;
	pthread_mutex_init(&db->lock, NULL);
	r = pthread_key_create(&db->mine, thread_ended);
	if (r != 0)
		return FAIL(-r);
	db->has_key = true;
	r = place_open(conf->path, &db->place, note);
	if (r == 0)
		r = writer_open(db, conf->batch_max, note);
	if (r != 0)
		return r;
	*ret = TAKE(db);
	return 0;
}

void
db_free(struct db *db)
{
	if (db == NULL)
		return;
	writer_stop(&db->writer);
	for (struct db_at *at = db->all, *next; at != NULL; at = next) {
		next = at->next_all;
		assert(at->depth == 0);
		conn_free(at);
	}
	if (db->has_key)
		pthread_key_delete(db->mine);
	pthread_mutex_destroy(&db->lock);
	place_clear(&db->place);
	free(db);
}

static struct db_at *
idle_take(struct db *db)
{
	struct db_at *at;

	pthread_mutex_lock(&db->lock);
	at = db->idle;
	if (at != NULL)
		db->idle = at->next_idle;
	pthread_mutex_unlock(&db->lock);
	return at;
}

static int
idle_make(struct db *db, struct db_at **ret)
{
	struct db_at *at;
	int r = conn_open(db->place.file, db->schema, false, &at, NULL);

	if (r != 0)
		return FOLD(r);
	at->db = db;
	pthread_mutex_lock(&db->lock);
	at->next_all = db->all;
	db->all = at;
	pthread_mutex_unlock(&db->lock);
	*ret = at;
	return 0;
}

/* This thread's first view of this database. */
static int
mine_make(struct db *db, struct db_at **ret)
{
	struct db_at *at = idle_take(db);
	int r = at != NULL ? 0 : idle_make(db, &at);

	if (r != 0)
		return r;
	r = pthread_setspecific(db->mine, at);
	if (r != 0) {
		thread_ended(at);
		return FAIL(-r);
	}
	*ret = at;
	return 0;
}

int
db_view_begin(struct db *db, struct db_at **ret)
{
	struct db_at *at = pthread_getspecific(db->mine);

	if (at == NULL) {
		int r = mine_make(db, &at);

		if (r != 0)
			return r;
	}
	at->depth++;
	*ret = at;
	return 0;
}

void
db_view_end(struct db_at *at)
{
	assert(!at->write && at->depth > 0);
	if (--at->depth > 0)
		return;
	assert(at->live == 0); /* rows are cleared before their view ends */
	if (at->begun)
		(void)conn_word(at, WORD_COMMIT);
	at->begun = false;
}

int
db_write(struct db *db, db_write_fn *fn, void *arg)
{
	return writer_call(&db->writer, fn, arg);
}

bool
db_refuses(struct db *db)
{
	return atomic_load(&db->writer.refuses);
}

void
db_on_touch(struct db *db, void (*fn)(void *arg, uint64_t what), void *arg)
{
	writer_on_touch(&db->writer, fn, arg);
}

void
db_touch(struct db_at *at, uint64_t what)
{
	assert(at->write);
	at->touched |= what;
}

uint64_t
db_touched(const struct db_at *at)
{
	return at->touched | at->shares_touched;
}

bool
db_is_write(const struct db_at *at)
{
	return at->write;
}

void
db_stats(struct db *db, struct db_stats *ret)
{
	ret->writes = atomic_load(&db->writer.writes);
	ret->commits = atomic_load(&db->writer.commits);
	ret->failed_commits = atomic_load(&db->writer.failed);
	histo_sum(&db->writer.took, &ret->commit);
	ret->schema_version = db->version;
}
