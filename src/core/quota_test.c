#include "core/image_world.h"

#include "core/audit.h"
#include "core/quota.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>

#define LAYER "0123456789abcdef"

static struct str
own(const struct world *w)
{
	return str_c(w->a.account);
}

static struct quota
used(struct world *w)
{
	struct quota limit, ret;

	must(quota_get(w->core, own(w), REGION, &limit, &ret), "quota_get");
	return ret;
}

static struct quota
limits(struct world *w)
{
	struct quota ret, sum;

	must(quota_get(w->core, own(w), REGION, &ret, &sum), "quota_get");
	return ret;
}

static int
limit_storage(struct world *w, int64_t bytes)
{
	struct visit by = w->a;

	by.verb = VERB_QUOTA_SET;
	return quota_set(&by, REGION, &bytes, NULL);
}

static int
limit_traffic(struct world *w, int64_t bytes)
{
	struct visit by = w->a;

	by.verb = VERB_QUOTA_SET;
	return quota_set(&by, REGION, NULL, &bytes);
}

static bool
pushes(struct world *w)
{
	return quota_may_push(w->core, own(w), REGION);
}

static bool
pulls(struct world *w)
{
	return quota_may_pull(w->core, own(w), REGION);
}

static void
pulled(struct world *w, uint64_t bytes)
{
	quota_pulled(w->core, own(w), REGION, bytes);
}

static void
test_range(struct world *w)
{
	is_int(limits(w).storage, QUOTA_NONE, "no limit of storage");
	is_int(limits(w).traffic, QUOTA_NONE, "nor of traffic");
	is_int(limit_storage(w, -2), OUT_RANGE, "below none");
	is_int(limit_traffic(w, QUOTA_MAX + 1), OUT_RANGE, "above all");
	is_int(limit_traffic(w, QUOTA_MAX), 0, "the most");
	is_int(limits(w).traffic, QUOTA_MAX, "is kept");
	is_int(limits(w).storage, QUOTA_NONE, "the other is as it was");
	is_int(limit_traffic(w, QUOTA_NONE), 0, "none again");
}

static void
test_storage(struct world *w)
{
	int64_t n = sizeof(LAYER) - 1;

	is_int(used(w).storage, 0, "nothing is stored");
	(void)blob(w, &w->a, "birds/app", STR(LAYER));
	is_int(used(w).storage, n, "a blob counts");
	(void)blob(w, &w->a, "birds/other", STR(LAYER));
	is_int(used(w).storage, n, "once, in however many repositories");
	for (int64_t limit = n - 1; limit <= n + 1; limit++) {
		must(limit_storage(w, limit), "limit");
		is_int(pushes(w), limit >= n, "%lld of %lld", (long long)n,
		       (long long)limit);
	}
	must(limit_storage(w, 0), "limit");
	ok(!pushes(w), "over a limit of nothing");
	ok(pulls(w), "what is stored does not keep from pulling");
	ok(quota_may_push(w->core, own(w), STR("other")), "other region");
	ok(quota_may_push(w->core, str_c(w->b.account), REGION),
	   "other account");
	must(limit_storage(w, QUOTA_NONE), "limit");
	ok(pushes(w), "without a limit");
}

static void
test_traffic(struct world *w)
{
	must(limit_traffic(w, 100), "limit");
	pulled(w, 99);
	ok(pulls(w), "one less");
	pulled(w, 1);
	ok(pulls(w), "as much as may be");
	pulled(w, 1);
	ok(!pulls(w), "one more");
	is_int(used(w).traffic, 101, "is counted");
	ok(pushes(w), "what was pulled does not keep from pushing");
	ok(quota_may_pull(w->core, str_c(w->b.account), REGION),
	   "other account");
}

/* Kept over a restart, and a new month begins at nothing. */
static void
test_month(struct world *w)
{
	world_stop(w);
	world_start(w);
	is_int(used(w).traffic, 101, "after a restart");
	is_int(limits(w).traffic, 100, "the limit, too");
	ok(!pulls(w), "still over it");
	clock_test_shift(32 * DAY_MS);
	ok(pulls(w), "in another month");
	is_int(used(w).traffic, 0, "nothing was pulled");
	pulled(w, 7);
	must(quota_flush(w->core), "flush");
	is_int(used(w).traffic, 7, "what is pulled then");
	world_stop(w);
	world_start(w);
	is_int(used(w).traffic, 7, "and a restart later");
	clock_test_shift(-32 * DAY_MS);
}

/* More accounts than are written at once. */
static void
test_many(struct world *w)
{
	pulled(w, UINT64_MAX);
	is_int(used(w).traffic, INT64_MAX, "it does not wrap");
	pulled(w, 1);
	is_int(used(w).traffic, INT64_MAX, "whatever comes");
	for (int i = 0; i < 200; i++) {
		char name[33];

		(void)snprintf(name, sizeof(name), "%032d", i);
		quota_pulled(w->core, str_c(name), REGION, 1);
	}
	is_int(quota_flush(w->core), 0, "accounts that are not there");
	is_int(quota_flush(w->core), 0, "twice");
}

static void
test_refuse(struct world *w)
{
	struct note note = {""};

	must(limit_storage(w, 3), "limit");
	is_int(quota_refuse(w->core, own(w), REGION, QUOTA_STORAGE, &note),
	       OUT_QUOTA, "refused");
	is_str(str_c(note.text),
	       STR("The account is over its storage quota in local: 16 bytes "
		   "of 3 are used."),
	       "which quota, of what, and how much");
	must(limit_storage(w, QUOTA_NONE), "limit");
}

static struct str
started(struct world *w, const struct place *at)
{
	char id[UPLOAD_ID_LEN + 1];

	must(upload_start(&w->a, at, DIGEST_SHA256, id), "upload_start");
	return arena_str(&w->arena, str_c(id));
}

static int64_t
taken(struct world *w)
{
	int64_t n = -1;

	must(quota_open_bytes(w->core, own(w), REGION, &n), "quota_open_bytes");
	return n;
}

/* Unfinished uploads take room: two of ten bytes are more than what is left. */
static void
test_uploads(struct world *w)
{
	CLEAN(upload_drop) struct upload one = UPLOAD_INIT;
	CLEAN(upload_drop) struct upload two = UPLOAD_INIT;
	CLEAN(upload_drop) struct upload more = UPLOAD_INIT;
	struct place at = in("birds/room");
	struct str first = started(w, &at), second = started(w, &at);
	int64_t before = used(w).storage;
	struct note note = {""};

	must(limit_storage(w, before + 15), "limit");
	must(upload_take(&w->a, &at, first, &one), "take");
	must(upload_take(&w->a, &at, second, &two), "take");
	is_int(upload_write(&one, "0123456789", 10), 0, "ten bytes");
	is_int(upload_write(&two, "0123456789", 10), 0, "and ten more");
	is_int(taken(w), 20, "take room while they are written");
	is_int(upload_write(&one, "x", 1), OUT_QUOTA, "which is full then");
	upload_drop(&one);
	is_int(taken(w), 10, "what is given up takes none");
	is_int(upload_put_back(&two), 0, "the other is recorded");
	is_int(taken(w), 10, "and goes on taking room");
	is_int(used(w).storage, before, "but is not used");
	must(upload_begin(&w->a, &at, DIGEST_SHA256, &more), "begin");
	is_int(upload_write(&more, "01234567", 8), 0, "a third fits");
	is_int(upload_write(&more, "8", 1), OUT_QUOTA, "just so");
	upload_drop(&more);
	must(limit_storage(w, before + 3), "limit");
	is_int(quota_refuse(w->core, own(w), REGION, QUOTA_STORAGE, &note),
	       OUT_QUOTA, "refused");
	ok(strstr(note.text, "and 10 by such uploads.") != NULL,
	   "because of the second");
	is_int(upload_cancel(&w->a, &at, second), 0, "which is cancelled");
	is_int(taken(w), 0, "and takes no room");
	must(limit_storage(w, QUOTA_NONE), "limit");
	must(upload_take(&w->a, &at, first, &one), "take");
	is_int((int64_t)one.received, 0, "nothing of the first is left");
	must(upload_write(&one, LAYER LAYER, 32), "write");
	must(upload_finish(&one, digest_of(w, STR(LAYER LAYER))), "finish");
	is_int(taken(w), 0, "what is finished takes none");
	is_int(used(w).storage, before + 32, "it is used");
}

struct asking {
	struct world *w;
	int r;
	atomic_bool done;
};

static void *
ask_run(void *arg)
{
	struct asking *a = arg;

	a->r = quota_hold(a->w->core, own(a->w), REGION, 5);
	atomic_store(&a->done, true);
	return NULL;
}

/* What is in a row already and still in hand is seen twice: whoever asks at
 * that moment waits for the next. */
static void
test_uploads_moving(struct world *w)
{
	CLEAN(upload_drop) struct upload u = UPLOAD_INIT;
	struct asking asking = {.w = w, .r = -1};
	struct place at = in("birds/room");
	struct str id = started(w, &at), account = own(w);
	pthread_t thread;

	must(upload_take(&w->a, &at, id, &u), "take");
	must(upload_write(&u, "0123456789", 10), "write");
	must(upload_put_back(&u), "put back");
	must(limit_storage(w, used(w).storage + 15), "limit");
	must(quota_hold(w->core, account, REGION, 10), "in hand");
	quota_move_begin(w->core, account, REGION);
	must(pthread_create(&thread, NULL, ask_run, &asking), "thread");
	while (taken(w) < 25 && !atomic_load(&asking.done))
		(void)sched_yield();
	quota_let(w->core, account, REGION, 10);
	quota_move_end(w->core, account, REGION);
	(void)pthread_join(thread, NULL);
	is_int(asking.r, 0, "nobody is refused for what is seen twice");
	is_int(taken(w), 15, "which is seen once in the end");
	quota_let(w->core, account, REGION, 5);
	must(upload_cancel(&w->a, &at, id), "cancel");
	must(limit_storage(w, QUOTA_NONE), "limit");
}

/* The rows of a start before. */
static void
test_uploads_kept(struct world *w)
{
	CLEAN(upload_drop) struct upload u = UPLOAD_INIT;
	struct place at = in("birds/room");
	struct str id = started(w, &at);

	must(upload_take(&w->a, &at, id, &u), "take");
	must(upload_write(&u, "0123456789", 10), "write");
	must(upload_put_back(&u), "put back");
	world_stop(w);
	world_start(w);
	is_int(taken(w), 10, "a restart knows what uploads take");
	is_int(upload_cancel(&w->a, &at, id), 0, "cancelled");
	is_int(taken(w), 0, "nothing");
}

static void
test_trail(struct world *w)
{
	struct audit_filter f = {
	    .account = own(w), .verb = STR("quota.set"), .limit = 1};
	struct audit_row *rows;
	size_t n = 0;

	must(audit_list(w->core, &f, &w->arena, &rows, &n), "audit_list");
	is_int((int64_t)n, 1, "who set it is in the trail");
	is_str(rows[0].thing, STR("quota:local"), "what");
	is_str(rows[0].detail, STR("{\"traffic_bytes\":1152921504606846976}"),
	       "and how");
}

int
main(void)
{
	static struct world w;

	world_open(&w);
	test_range(&w);
	test_storage(&w);
	test_traffic(&w);
	test_month(&w);
	test_many(&w);
	test_refuse(&w);
	test_trail(&w);
	test_uploads(&w);
	test_uploads_moving(&w);
	test_uploads_kept(&w);
	world_close(&w);
	return done_testing();
}
