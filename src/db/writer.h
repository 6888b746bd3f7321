/*
 * The one thread that writes. It takes the functions that wait, runs them in
 * one transaction and commits once for all; while it waits for the disk, the
 * next ones gather. A function alone needs no savepoint.
 *
 * When the transaction is lost on the way (no room, a broken rule that only
 * shows at the commit), every function of the batch runs again, each in a
 * transaction of its own, so that none pays for its neighbour. After a failed
 * write or fsync nothing is trusted any more: all later calls are refused and
 * the log is left as it is, for the next start to read.
 */
#ifndef DB_WRITER_H
#define DB_WRITER_H

#include "base/histo.h"
#include "db/conn.h"

#include <pthread.h>
#include <stdatomic.h>

struct writer_call;
struct writer {
	struct db_at *at;
	size_t batch_max;
	int log_limit; /* frames at which the log is copied to the file */

	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t more;
	bool running, stop;
	struct writer_call *first, **end;
	void (*touch)(void *, uint64_t);
	void *touch_arg;

	atomic_bool refuses;
	_Atomic int64_t writes, commits, failed;
	struct histo took; /* each commit, to the disk */
};

/* Takes at in any case. */
MUST int writer_start(struct writer *, struct db_at *at, size_t batch_max);
void writer_stop(struct writer *); /* after the last call is answered */
MUST int writer_call(struct writer *, db_write_fn *fn, void *arg);
void writer_on_touch(struct writer *, void (*fn)(void *, uint64_t), void *arg);

#endif
