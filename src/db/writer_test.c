#include "db/conn.h"
#include "db/fixture_test.h"
#include "db/write_fault_test.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#define THREADS 8
#define ROWS	100

/*
 * Faults of the disk: the engine's fsync and pwrite come through here. The
 * calls that a hook lets through are the real ones.
 */
static _Atomic int fsync_error, fsync_delay_us;

static int
sync_hook(int fd)
{
	if (fsync_delay_us > 0)
		usleep((useconds_t)fsync_delay_us);
	if (fsync_error == 0)
		return (int)syscall(SYS_fdatasync, fd);
	errno = fsync_error;
	return -1;
}

int
fsync(int fd)
{
	return sync_hook(fd);
}

int
fdatasync(int fd)
{
	return sync_hook(fd);
}

static int
adds_and_fails(struct db_at *at, void *arg)
{
	int r = bird_add(at, arg);

	return r != 0 ? r : OUT_DENIED;
}

static int
nest_without_bird(struct db_at *at, void *arg)
{
	(void)arg;
	return db_exec(at, SQL_nest_add, NULL, "i", (int64_t)404);
}

static int
fills_up(struct db_at *at, void *arg)
{
	int64_t id = *(const int64_t *)arg;
	int r = 0;

	if (sqlite3_exec(at->h, "PRAGMA max_page_count = 1", NULL, NULL, NULL))
		return -1;
	for (int i = 0; i < 500 && r == 0; i++) {
		char name[1000];
		int n = snprintf(name, sizeof(name), "%999d", (int)id + i);

		r = db_exec(at, SQL_bird_add, NULL, "is", id + i,
			    (struct str){name, (size_t)n});
	}
	(void)sqlite3_exec(at->h, "PRAGMA max_page_count = 1000000", NULL, NULL,
			   NULL);
	return 0; /* as if it had not noticed */
}

struct job {
	struct db *db;
	db_write_fn *fn;
	int64_t first;
	int rows, want, answered;
};

static void *
job_run(void *arg)
{
	struct job *job = arg;

	for (int i = 0; i < job->rows; i++) {
		char name[32];
		struct bird b = {job->first + i, {name, 0}};

		b.name.n = (size_t)snprintf(name, sizeof(name), "bird %lld",
					    (long long)b.id);
		if (db_write(job->db, job->fn, &b) == job->want)
			job->answered++;
	}
	return NULL;
}

/* Half of the threads do odd, the other half do even; all at the same time. */
static int
jobs_run(struct db *db, db_write_fn *even, db_write_fn *odd, int odd_want)
{
	struct job jobs[THREADS];
	pthread_t threads[THREADS];
	int answered = 0;

	for (int i = 0; i < THREADS; i++) {
		jobs[i] = (struct job){.db = db,
				       .fn = i % 2 == 0 ? even : odd,
				       .first = i * 10000,
				       .rows = ROWS,
				       .want = i % 2 == 0 ? 0 : odd_want};
		if (pthread_create(&threads[i], NULL, job_run, &jobs[i]) != 0)
			abort();
	}
	for (int i = 0; i < THREADS; i++) {
		pthread_join(threads[i], NULL);
		answered += jobs[i].answered;
	}
	return answered;
}

static void
test_sharing(void)
{
	CLEAN(db_freep) struct db *db = open_or_die(":memory:");
	struct db_stats stats;

	fsync_delay_us = 500;
	is_int(jobs_run(db, bird_add, bird_add, 0), THREADS * ROWS,
	       "every write is answered with 0");
	fsync_delay_us = 0;
	is_int(bird_count(db), THREADS * ROWS, "and there");
	db_stats(db, &stats);
	is_int(stats.writes, THREADS * ROWS, "and counted");
	ok(stats.commits < stats.writes, "%lld commits for %lld writes",
	   (long long)stats.commits, (long long)stats.writes);
}

static void
test_undo(void)
{
	CLEAN(db_freep) struct db *db = open_or_die(":memory:");
	struct bird owl = {1, STR("owl")};

	is_int(db_write(db, adds_and_fails, &owl), OUT_DENIED,
	       "alone: its answer is what the function said");
	is_int(bird_count(db), 0, "and nothing of it is left");
	fsync_delay_us = 500;
	is_int(jobs_run(db, bird_add, adds_and_fails, OUT_DENIED),
	       THREADS * ROWS, "among others: each has its own answer");
	is_int(bird_count(db), THREADS * ROWS / 2, "the others are kept");
}

/* The transaction of the batch is lost at its commit. */
static void
test_deferred_rule(void)
{
	CLEAN(db_freep) struct db *db = open_or_die(":memory:");

	fsync_delay_us = 500;
	is_int(jobs_run(db, bird_add, nest_without_bird, OUT_CONFLICT),
	       THREADS * ROWS, "only who broke the rule hears of it");
	is_int(bird_count(db), THREADS * ROWS / 2, "the others are kept");
	fsync_delay_us = 0;
}

/* The transaction of the batch is lost in the middle of it. */
static void
test_too_large(void)
{
	CLEAN(db_freep) struct db *db = open_or_die(":memory:");
	struct bird owl = {-1, STR("owl")};
	int64_t id = 1000000;

	is_int(db_write(db, fills_up, &id), OUT_BUSY, "no room, alone");
	is_int(bird_count(db), 0, "nothing of it is left");
	is_int(db_write(db, bird_add, &owl), 0, "the next fits");
	fsync_delay_us = 500;
	is_int(jobs_run(db, bird_add, fills_up, OUT_BUSY), THREADS * ROWS,
	       "only who takes too much is told so");
	fsync_delay_us = 0;
	is_int(bird_count(db), THREADS * ROWS / 2 + 1, "the others are kept");
}

static void
test_full_disk(void)
{
	static const int errors[] = {ENOSPC, EDQUOT};
	CLEAN(db_freep) struct db *db = open_or_die(":memory:");

	for (size_t i = 0; i < nitems(errors); i++) {
		char name[8];
		struct bird b = {(int64_t)i, {name, 0}};

		b.name.n = (size_t)snprintf(name, sizeof(name), "b%d", (int)i);
		write_error = errors[i];
		is_int(db_write(db, bird_add, &b), OUT_BUSY, "%s",
		       strerror(errors[i]));
		is_int(bird_count(db), (int)i, "views go on");
		write_error = 0;
		is_int(db_write(db, bird_add, &b), 0, "there is room again");
	}
}

static void
test_failed_sync(void)
{
	const char *folder = folder_make(), *path = file_in(folder, "db");
	struct bird owl = {1, STR("owl")}, tit = {2, STR("tit")};
	struct db *db = open_or_die(path);
	struct db_stats stats;

	is_int(db_write(db, bird_add, &owl), 0, "a bird");
	fsync_error = EIO;
	ok(db_write(db, bird_add, &tit) < 0, "an fsync fails");
	fsync_error = 0;
	is_int(db_write(db, bird_add, &tit), OUT_BUSY,
	       "no later one is believed");
	is_int(bird_count(db), 1, "views go on");
	db_stats(db, &stats);
	is_int(stats.failed_commits, 1, "it is counted");
	db_free(db);
	db = open_or_die(path);
	ok(bird_count(db) >= 1, "what was acknowledged is there");
	tit.id = 3;
	tit.name = STR("wren");
	is_int(db_write(db, bird_add, &tit), 0, "and writing goes on");
	db_free(db);
	folder_remove(folder);
}

/* The log is copied to the file as it grows, and a failure then counts too. */
static void
test_log(void)
{
	const char *folder = folder_make(), *path = file_in(folder, "db");
	struct db *db = open_or_die(path);
	struct job job = {.db = db, .fn = bird_add, .rows = 3000, .first = 1};
	struct bird last = {-1, STR("last")};
	off_t log;
	int fd;

	job_run(&job);
	is_int(job.answered, 3000, "many commits");
	fd = open(file_in(folder, "db-wal"), O_RDONLY);
	log = lseek(fd, 0, SEEK_END);
	close(fd);
	ok(log < 12 * 1024 * 1024, "the log is %lld bytes", (long long)log);
	job.first = 10000;
	job.rows = 1000;
	job_run(&job);
	is_int(db_write(db, bird_add, &last), 0, "still writing");
	is_int(bird_count(db), 4001, "all are seen");
	db_free(db);
	folder_remove(folder);
}

struct seen {
	struct db *db;
	_Atomic int touches;
	_Atomic uint64_t what;
	int64_t at_touch;
};

static void
touched(void *arg, uint64_t what)
{
	struct seen *seen = arg;

	usleep(2000);
	seen->at_touch = bird_count(seen->db);
	seen->what = what;
	seen->touches++;
}

static int
add_touching(struct db_at *at, void *arg)
{
	db_touch(at, 1);
	db_touch(at, 4);
	ok(db_touched(at) == 5, "the bits are known in the write");
	return bird_add(at, arg);
}

static void
test_touch(void)
{
	CLEAN(db_freep) struct db *db = open_or_die(":memory:");
	struct seen seen = {.db = db};
	struct bird owl = {1, STR("owl")}, tit = {2, STR("tit")};

	db_on_touch(db, touched, &seen);
	is_int(db_write(db, bird_add, &owl), 0, "a write without touch");
	is_int(seen.touches, 0, "is not told");
	is_int(db_write(db, add_touching, &owl), OUT_CONFLICT, "an undone one");
	is_int(seen.touches, 0, "is not told");
	is_int(db_write(db, add_touching, &tit), 0, "a write with touch");
	is_int(seen.touches, 1, "is told before it returns");
	is_int(seen.at_touch, 2, "after its commit");
	ok(seen.what == 5, "with all its bits");
}

/* Add until killed; say each id after its write was acknowledged. */
static void
add_until_killed(const char *path, int out)
{
	struct db *db = open_or_die(path);

	for (int64_t id = 1;; id++) {
		char name[32];
		struct bird b = {id, {name, 0}};

		b.name.n = (size_t)snprintf(name, sizeof(name), "bird %lld",
					    (long long)id);
		if (db_write(db, bird_add, &b) != 0 ||
		    write(out, &id, sizeof(id)) != sizeof(id))
			_exit(1);
	}
}

static void
test_kill(void)
{
	const char *folder = folder_make(), *path = file_in(folder, "db");
	int64_t id = 0, last = 0;
	struct db *db;
	int ends[2], status;
	pid_t child;

	if (pipe(ends) != 0 || (child = fork()) < 0)
		abort();
	if (child == 0) {
		close(ends[0]);
		add_until_killed(path, ends[1]);
	}
	close(ends[1]);
	while (last < 200 && read(ends[0], &id, sizeof(id)) == sizeof(id))
		last = id;
	kill(child, SIGKILL);
	while (read(ends[0], &id, sizeof(id)) == sizeof(id))
		last = id;
	close(ends[0]);
	waitpid(child, &status, 0);
	ok(last >= 200, "%lld rows were acknowledged", (long long)last);
	db = open_or_die(path);
	ok(bird_count(db) >= last, "%lld rows are there after the kill",
	   (long long)bird_count(db));
	is_int(db_verify(db, NULL), 0, "in a sound database");
	db_free(db);
	folder_remove(folder);
}

int
main(void)
{
	test_kill();
	hooks_set();
	test_sharing();
	test_undo();
	test_deferred_rule();
	test_too_large();
	test_full_disk();
	test_failed_sync();
	test_log();
	test_touch();
	return done_testing();
}
