#include "core/image_world.h"

#include "core/key.h"
#include "core/sql.h"
#include "core/young.h"
#include "db/db.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/stat.h>
#include <sys/syscall.h>

static struct place app;

/* How the database syncs; blobs use fsync. */
static atomic_bool disk_fails;

int
fdatasync(int fd)
{
	if (!disk_fails)
		return (int)syscall(SYS_fdatasync, fd);
	errno = EIO;
	return -1;
}

static void
restart(struct world *w)
{
	world_stop(w);
	world_start(w);
}

static struct str
started(struct world *w)
{
	char id[UPLOAD_ID_LEN + 1];

	must(upload_start(&w->a, &app, DIGEST_SHA256, id), "start");
	return arena_str(&w->arena, str_c(id));
}

static int64_t
received(struct world *w, struct str id)
{
	uint64_t n = 0;
	int r = upload_look(&w->a, &app, id, &n);

	return r != 0 ? -r : (int64_t)n;
}

static int64_t
rows(struct world *w)
{
	CLEAN(db_view_endp) struct db_at *view = NULL;
	CLEAN(db_rows_clear) struct db_rows all = DB_ROWS_INIT;

	must(db_view_begin(w->core->db, &view), "view");
	must(db_one(view, SQL_upload_count, &all, "s", str_c(w->a.account)),
	     "count");
	return db_int(&all, 0);
}

static int64_t
writes(struct world *w)
{
	struct db_stats stats;

	db_stats(w->core->db, &stats);
	return stats.writes;
}

static int
finish(struct world *w, struct str id, struct str bytes, struct str digest)
{
	CLEAN(upload_drop) struct upload u = UPLOAD_INIT;
	int r = upload_take(&w->a, &app, id, &u);

	if (r == 0 && bytes.n > 0)
		r = upload_write(&u, bytes.p, bytes.n);
	return r != 0 ? r : upload_finish(&u, digest);
}

static int
patch(struct world *w, struct str id, struct str bytes)
{
	CLEAN(upload_drop) struct upload u = UPLOAD_INIT;
	int r = upload_take(&w->a, &app, id, &u);

	if (r == 0)
		r = upload_write(&u, bytes.p, bytes.n);
	return r != 0 ? r : upload_put_back(&u);
}

static void
test_rowless(struct world *w)
{
	struct str d = digest_of(w, STR("rowless"));
	struct str first = started(w), id;
	int64_t before;

	is_int(rows(w), 1, "the first of its repository has a row");
	is_int(upload_cancel(&w->a, &app, first), 0, "it ends");
	before = writes(w);
	id = started(w);
	is_int(received(w, id), 0, "the next is there");
	is_int(writes(w), before, "without a write");
	is_int(finish(w, id, STR("rowless"), d), 0, "it becomes a blob");
	is_int(writes(w), before + 1, "with a single one");
	is_int(received(w, id), -OUT_ABSENT, "it is over");
	is_int(finish(w, id, STR("rowless"), d), OUT_ABSENT, "once");
	restart(w);
	is_int(received(w, id), -OUT_ABSENT, "it does not come back");
	id = started(w);
	is_int(patch(w, id, STR("row")), 0, "bytes to remember");
	is_int(rows(w), 1, "are a row");
	is_int(young_count(w->core, str_c(w->a.account)), 0, "instead");
	is_int(received(w, id), 3, "they are known");
	is_int(finish(w, id, STR("less"), d), 0, "to the end");
	is_int(rows(w), 0, "no row is left");
}

static void
test_killed(struct world *w)
{
	struct str a = started(w), b = started(w), c = started(w);
	struct str d = digest_of(w, STR("after the kill"));
	CLEAN(upload_drop) struct upload u = UPLOAD_INIT;

	is_int(upload_cancel(&w->a, &app, b), 0, "one is cancelled");
	must(upload_take(&w->a, &app, c, &u), "take");
	must(upload_write(&u, "never acknowledged", 18), "write");
	upload_drop(&u);
	restart(w);
	is_int(received(w, a), 0, "there after the kill");
	is_int(received(w, b), -OUT_ABSENT, "not the cancelled one");
	is_int(received(w, c), 0, "nor what was not acknowledged");
	must(world_collect(w), "tidy");
	restart(w);
	is_int(finish(w, a, STR("after the kill"), d), 0, "it goes on");
	is_int(finish(w, c, STR("after the kill"), d), 0, "and so does that");
	is_int(rows(w), 0, "no row is left");
}

static void
test_rebooted(struct world *w)
{
	struct str id;

	w->core->boot[0] = w->core->boot[0] == 'f' ? '0' : 'f';
	id = started(w);
	is_int(received(w, id), 0, "there before");
	restart(w);
	is_int(received(w, id), -OUT_ABSENT, "gone with the machine");
	must(world_collect(w), "tidy");
}

static size_t
sessions_file(struct world *w, char *bytes, size_t size, bool write_it)
{
	char path[128];
	ssize_t n;
	int fd;

	(void)snprintf(path, sizeof(path), "%s/sessions", w->dir);
	fd = open(path, write_it ? O_WRONLY : O_RDONLY);
	must(fd < 0 ? -1 : 0, "open");
	n = write_it ? write(fd, bytes, size) : read(fd, bytes, size);
	(void)close(fd);
	return n < 0 ? 0 : (size_t)n;
}

/* Killed between the commit and the word that it is over. */
static void
test_between(struct world *w)
{
	static char bytes[64 * KIB];
	struct str id = started(w), half = started(w);
	struct str d = digest_of(w, STR("between"));
	size_t n = sessions_file(w, bytes, sizeof(bytes), false);

	ok(n > 0, "they are in the file");
	must(finish(w, id, STR("between"), d), "finish");
	must(patch(w, half, STR("half")), "patch");
	world_stop(w);
	is_int(sessions_file(w, bytes, n, true), n, "the file as it was");
	world_start(w);
	is_int(received(w, id), -OUT_ABSENT, "what is a blob does not return");
	is_int(received(w, half), 4, "what is a row is not shorter");
	is_int(rows(w), 1, "nor there twice");
	must(upload_cancel(&w->a, &app, half), "cancel");
}

/* What is in the file is not to be believed. */
static void
test_garbage(struct world *w)
{
	static char bytes[64 * KIB];
	struct str id = started(w);
	size_t n = sessions_file(w, bytes, sizeof(bytes), false);

	world_stop(w);
	memset(bytes + 45, 'x', n - 45);
	is_int(sessions_file(w, bytes, n, true), n, "no ends of words");
	world_start(w);
	is_int(received(w, id), -OUT_ABSENT, "is nothing");
	id = started(w);
	n = sessions_file(w, bytes, sizeof(bytes), false);
	world_stop(w);
	bytes[0] = 'x';
	is_int(sessions_file(w, bytes, n, true), n, "another program's");
	world_start(w);
	is_int(received(w, id), -OUT_ABSENT, "is nothing");
	is_int(rows(w), 0, "no row is made");
}

static void
test_cancel_claimed(struct world *w)
{
	char key[BLOB_KEY_LEN + 1];
	struct str id = started(w);

	ok(young_claim(w->core, id), "claimed by who finishes it");
	is_int(young_cancel(w->core, id, key), OUT_ABSENT,
	       "too late to cancel");
	young_unclaim(w->core, id);
	is_int(young_cancel(w->core, id, key), 0, "unless that failed");
	ok(!young_claim(w->core, id), "then it is too late to finish");
	key_settle(w->core, key);
	id = started(w);
	is_int(finish(w, id, STR("x"), digest_of(w, STR("y"))), OUT_MISMATCH,
	       "a failed end");
	is_int(upload_cancel(&w->a, &app, id), 0, "is no claim");
}

struct racer {
	struct world *w;
	pthread_t thread;
	struct str id, digest;
	int r;
};

static void *
race_finish(void *arg)
{
	struct racer *c = arg;

	c->r = finish(c->w, c->id, STR("raced"), c->digest);
	return NULL;
}

/* Either it was cancelled or it became a blob. */
static void
test_race(struct world *w)
{
	struct str d = digest_of(w, STR("raced"));
	int both = 0, none = 0;

	for (int i = 0; i < 50; i++) {
		struct racer c = {.w = w, .id = started(w), .digest = d};
		int cancelled;

		must(-pthread_create(&c.thread, NULL, race_finish, &c),
		     "thread");
		cancelled = upload_cancel(&w->a, &app, c.id);
		(void)pthread_join(c.thread, NULL);
		both += cancelled == 0 && c.r == 0;
		none += cancelled != 0 && c.r != 0;
		is_int(received(w, c.id), -OUT_ABSENT, "round %d", i);
	}
	is_int(both, 0, "never both");
	is_int(none, 0, "never neither");
}

static void
test_expiry(struct world *w)
{
	struct str id = started(w);

	clock_test_shift(UPLOAD_LIFE_MS - 1000);
	must(world_collect(w), "tidy");
	is_int(received(w, id), 0, "alive just before its time");
	clock_test_shift(2000);
	is_int(received(w, id), -OUT_ABSENT, "over just after");
	is_int(young_count(w->core, str_c(w->a.account)), 1, "it counts");
	must(world_collect(w), "tidy");
	is_int(young_count(w->core, str_c(w->a.account)), 0, "until tidied");
}

/* The repository goes and comes again under the same name. */
static void
test_removed(struct world *w)
{
	struct place at = in("brief/app");
	struct str d = digest_of(w, STR("brief"));
	char id[UPLOAD_ID_LEN + 1], same[UPLOAD_ID_LEN + 1];
	CLEAN(upload_drop) struct upload u = UPLOAD_INIT;
	uint64_t n;
	bool made;

	must(namespace_add(&w->a, REGION, STR("brief"), &made), "add");
	must(put_blob(&w->a, "brief/app", STR("first"),
		      digest_of(w, STR("first"))),
	     "put");
	must(upload_start(&w->a, &at, DIGEST_SHA256, id), "start");
	must(upload_start(&w->a, &at, DIGEST_SHA256, same), "start");
	must(upload_take(&w->a, &at, str_c(id), &u), "take");
	must(upload_write(&u, "brief", 5), "write");
	must(namespace_remove(&w->a, REGION, STR("brief")), "remove");
	must(namespace_add(&w->a, REGION, STR("brief"), &made), "add");
	must(put_blob(&w->a, "brief/app", STR("first"),
		      digest_of(w, STR("first"))),
	     "put");
	is_int(upload_finish(&u, d), OUT_ABSENT, "not into the new one");
	is_int(upload_look(&w->a, &at, str_c(same), &n), OUT_ABSENT,
	       "nor is there any session");
	restart(w);
	is_int(upload_look(&w->a, &at, str_c(same), &n), OUT_ABSENT,
	       "nor after a start");
}

static void
test_limit(struct world *w)
{
	int64_t before = rows(w) + young_count(w->core, str_c(w->a.account));
	char id[UPLOAD_ID_LEN + 1];
	struct str last = {0};

	for (int64_t i = before; i < UPLOADS_MAX; i++)
		last = started(w);
	is_int(upload_start(&w->a, &app, DIGEST_SHA256, id), OUT_TOO_MANY,
	       "one too many");
	must(upload_cancel(&w->a, &app, last), "cancel");
	is_int(upload_start(&w->a, &app, DIGEST_SHA256, id), 0, "one less");
	restart(w);
	is_int(rows(w), UPLOADS_MAX, "all are there after a start");
	is_int(upload_start(&w->a, &app, DIGEST_SHA256, id), OUT_TOO_MANY,
	       "and count");
	clock_test_shift(UPLOAD_LIFE_MS);
	for (int i = 0; i < 8; i++)
		must(world_collect(w), "tidy");
	is_int(rows(w), 0, "until their time is over");
}

/* No slot left: such a session is a row, as all were. */
static void
test_slots(struct world *w)
{
	static struct young y;
	char id[UPLOAD_ID_LEN + 1];
	int r = 0, n = 0;

	(void)snprintf(y.account, sizeof(y.account), "%s", "somebody");
	y.expires_at = clock_now() + 1000;
	while (r == 0) {
		(void)snprintf(y.id, sizeof(y.id), "%032x", (unsigned)n);
		(void)snprintf(y.account, sizeof(y.account), "%d", n / 500);
		r = young_put(w->core, &y, 0);
		n += r == 0;
	}
	is_int(r, OUT_BUSY, "every slot is used");
	is_int(n, YOUNG_MAX, "of as many as there are");
	must(upload_start(&w->a, &app, DIGEST_SHA256, id), "start");
	is_int(rows(w), 1, "one more is a row");
	for (int i = 0; i < n; i++) {
		(void)snprintf(y.id, sizeof(y.id), "%032x", (unsigned)i);
		young_end(w->core, str_c(y.id));
	}
	must(upload_start(&w->a, &app, DIGEST_SHA256, id), "start");
	is_int(rows(w), 1, "then there is room again");
}

static bool
has_bytes(struct world *w, const char *key, uint64_t want)
{
	uint64_t size = 0;
	int fd;

	if (blob_read(w->core->blobs, str_c(key), &fd, &size) != 0)
		return false;
	(void)close(fd);
	return size == want;
}

static void
say_nothing(void *arg, const char *line)
{
	(void)arg;
	if (strncmp(line, "ok", 2) != 0)
		printf("# %s\n", line);
}

/* A commit that may or may not be there at the next start: its bytes must be.
 */
static void
test_failed_commit(struct world *w)
{
	CLEAN(upload_drop) struct upload u = UPLOAD_INIT;
	struct str d = digest_of(w, STR("perhaps")), id, other;
	char begun[BLOB_KEY_LEN + 1], taken[BLOB_KEY_LEN + 1];

	/* The empty repository was collected: the first gets a row. */
	must(upload_cancel(&w->a, &app, started(w)), "cancel the first");
	id = started(w);
	other = started(w);
	must(upload_take(&w->a, &app, id, &u), "take");
	must(upload_write(&u, "perhaps", 7), "write");
	memcpy(taken, u.key, sizeof(taken));
	disk_fails = true;
	ok(upload_finish(&u, d) < 0, "the disk fails");
	disk_fails = false;
	ok(db_refuses(w->core->db), "nothing is believed any more");
	is_int(upload_take(&w->a, &app, id, &u), OUT_BUSY, "not taken again");
	is_int(upload_cancel(&w->a, &app, id), 0, "it can be cancelled");
	ok(has_bytes(w, taken, 7), "but keeps its bytes");
	must(upload_cancel(&w->a, &app, other), "cancel another");
	while (key_take(w->core, begun) == 0)
		key_settle(w->core, begun);
	is_int(world_collect(w), OUT_BUSY,
	       "when no key of its range is in hand");
	ok(has_bytes(w, taken, 7), "the janitor removes nothing");
	restart(w);
	must(world_collect(w), "tidy");
	is_int(core_verify(w->core, true, say_nothing, NULL), 0,
	       "all blobs are whole");
	must(upload_begin(&w->a, &app, DIGEST_SHA256, &u), "begin");
	must(upload_write(&u, "at once", 7), "write");
	memcpy(begun, u.key, sizeof(begun));
	disk_fails = true;
	ok(upload_finish(&u, digest_of(w, STR("at once"))) < 0,
	   "in one request");
	disk_fails = false;
	ok(has_bytes(w, begun, 7), "it keeps them too");
	restart(w);
	must(world_collect(w), "tidy");
	is_int(core_verify(w->core, true, say_nothing, NULL), 0,
	       "all blobs are whole");
}

int
main(void)
{
	struct world w;

	app = in("birds/app");
	world_open(&w);
	subtest("rowless") test_rowless(&w);
	subtest("killed") test_killed(&w);
	subtest("rebooted") test_rebooted(&w);
	subtest("between") test_between(&w);
	subtest("garbage") test_garbage(&w);
	subtest("cancel claimed") test_cancel_claimed(&w);
	subtest("race") test_race(&w);
	subtest("removed") test_removed(&w);
	subtest("expiry") test_expiry(&w);
	subtest("failed commit") test_failed_commit(&w);
	subtest("limit") test_limit(&w);
	subtest("slots") test_slots(&w);
	world_close(&w);
	return done_testing();
}
