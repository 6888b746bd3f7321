#include "core/image_world.h"

#include "core/key.h"
#include "core/sql.h"
#include "db/db.h"

#include <dirent.h>
#include <pthread.h>
#include <sys/stat.h>

static int files;

static int
count_one(const char *path, const struct stat *st, int kind, struct FTW *at)
{
	(void)path;
	(void)st;
	(void)at;
	files += kind == FTW_F;
	return 0;
}

static int
stored(struct world *w)
{
	char path[128];

	files = 0;
	(void)snprintf(path, sizeof(path), "%s/blobs", w->dir);
	(void)nftw(path, count_one, 16, FTW_PHYS);
	return files;
}

static bool
is_there(struct world *w, const char *key)
{
	uint64_t size;
	int fd;

	if (blob_read(w->core->blobs, str_c(key), &fd, &size) != 0)
		return false;
	(void)close(fd);
	return true;
}

static int
ranges(struct world *w)
{
	CLEAN(db_view_endp) struct db_at *view = NULL;
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	int n = 0;

	must(db_view_begin(w->core->db, &view), "view");
	must(db_query(view, SQL_key_range_list, &rows, "i", (int64_t)1000),
	     "list");
	while (db_next(&rows) == 0)
		n++;
	return n;
}

static void
restart(struct world *w)
{
	world_stop(w);
	world_start(w);
}

static struct str
pushed(struct world *w, int number)
{
	char text[32];
	struct str bytes, digest;

	(void)snprintf(text, sizeof(text), "bytes %d", number);
	bytes = arena_str(&w->arena, str_c(text));
	digest = digest_of(w, bytes);
	must(put_blob(&w->a, "birds/app", bytes, digest), "put_blob");
	return digest;
}

static bool
is_whole(struct world *w, struct str digest)
{
	struct place at = in("birds/app");
	uint64_t size;
	int fd;

	if (image_blob_open(w->core, &at, digest, &fd, &size) != 0)
		return false;
	(void)close(fd);
	return true;
}

static void
test_take(struct world *w)
{
	char key[2 * KEY_RANGE_MIN + 1][BLOB_KEY_LEN + 1];
	bool there = true, apart = true;

	is_int(ranges(w), 0, "no keys without need");
	for (size_t i = 0; i < nitems(key); i++) {
		must(key_take(w->core, key[i]), "take");
		there = there && is_there(w, key[i]);
		for (size_t j = 0; j < i; j++)
			apart = apart && strcmp(key[i], key[j]) != 0;
	}
	ok(there, "each key has its file");
	ok(apart, "and is given once");
	is_int(ranges(w), 2, "two ranges are written down");
	is_int(stored(w), 3 * KEY_RANGE_MIN, "the second is twice as long");
	must(key_tidy(w->core), "tidy");
	is_int(stored(w), 3 * KEY_RANGE_MIN, "nothing in hand is removed");
	for (size_t i = 0; i < KEY_RANGE_MIN; i++)
		key_settle(w->core, key[i]);
	must(key_tidy(w->core), "tidy");
	is_int(ranges(w), 1, "the first is settled");
	ok(!is_there(w, key[0]) && !is_there(w, key[KEY_RANGE_MIN - 1]),
	   "and was nobody's");
	ok(is_there(w, key[KEY_RANGE_MIN]), "the second is still taken from");
	for (size_t i = KEY_RANGE_MIN; i < nitems(key); i++)
		key_settle(w->core, key[i]);
	must(key_tidy(w->core), "tidy");
	is_int(ranges(w), 1, "also when none of its keys is in hand");
}

/* What a killed daemon had in hand or had not used is found again. */
static void
test_restart(struct world *w)
{
	char key[BLOB_KEY_LEN + 1];

	must(key_take(w->core, key), "take");
	restart(w);
	ok(is_there(w, key), "left behind");
	must(key_tidy(w->core), "tidy");
	ok(!is_there(w, key), "removed");
	is_int(stored(w), 0, "with all that were not used");
	is_int(ranges(w), 0, "and forgotten");
	must(key_tidy(w->core), "tidy with nothing to do");
}

static void
test_owned(struct world *w)
{
	char id[UPLOAD_ID_LEN + 1];
	CLEAN(upload_drop) struct upload u = UPLOAD_INIT;
	struct place app = in("birds/app");
	struct str first = pushed(w, 1), second = pushed(w, 2), digest;
	uint64_t received;

	must(upload_start(&w->a, &app, DIGEST_SHA256, id), "start");
	must(upload_take(&w->a, &app, str_c(id), &u), "take");
	must(upload_write(&u, "half", 4), "write");
	must(upload_put_back(&u), "put back");
	restart(w);
	must(key_tidy(w->core), "tidy");
	ok(is_whole(w, first) && is_whole(w, second), "blobs stay");
	is_int(upload_look(&w->a, &app, str_c(id), &received), 0,
	       "sessions stay");
	is_int(received, 4, "with their bytes");
	is_int(stored(w), 3, "nothing else does");
	is_int(ranges(w), 0, "their rows know them now");
	must(upload_take(&w->a, &app, str_c(id), &u), "take");
	must(upload_write(&u, " and half", 9), "write");
	digest = digest_of(w, STR("half and half"));
	is_int(upload_finish(&u, digest), 0, "the session ends");
	ok(is_whole(w, digest), "as a blob");
	must(world_collect(w), "tidy");
	is_int(stored(w), 3, "of the same file");
}

/* Bytes of a key whose row never came: a crash between file and row. */
static void
test_bytes(struct world *w)
{
	char key[BLOB_KEY_LEN + 1];
	int fd, before = stored(w);

	must(key_take(w->core, key), "take");
	must(blob_append(w->core->blobs, str_c(key), 0, &fd), "append");
	must(blob_write(fd, "x", 1), "write");
	(void)close(fd);
	restart(w);
	must(key_tidy(w->core), "tidy");
	is_int(stored(w), before, "no byte without a row stays");
}

static int
trash_write(struct db_at *at, void *arg)
{
	return db_exec(at, SQL_trash_put, NULL, "si", str_c((const char *)arg),
		       clock_now() + DAY_MS);
}

static void
test_trash(struct world *w)
{
	char key[BLOB_KEY_LEN + 1];

	must(key_take(w->core, key), "take");
	must(db_write(w->core->db, trash_write, key), "trash");
	restart(w);
	must(key_tidy(w->core), "tidy");
	ok(is_there(w, key), "the trash removes its own, when it is due");
	clock_test_shift(DAY_MS + 1);
	must(world_collect(w), "tidy");
	ok(!is_there(w, key), "which it does");
}

/* A range whose files were never made, or only some. */
static void
test_part(struct world *w)
{
	char key[BLOB_KEY_LEN + 1];
	int before = stored(w);

	must(key_take(w->core, key), "take");
	must(blob_remove(w->core->blobs, str_c(key)), "remove");
	restart(w);
	must(key_tidy(w->core), "tidy");
	is_int(stored(w), before, "what was made is removed");
	is_int(ranges(w), 0, "and forgotten");
}

/* What cannot be removed is tried again, and keeps nothing else. */
static void
test_stuck(struct world *w)
{
	char key[BLOB_KEY_LEN + 1], path[256];
	int before = stored(w);

	must(key_take(w->core, key), "take");
	(void)snprintf(path, sizeof(path), "%s/blobs/%.2s/%s", w->dir, key,
		       key);
	ok(unlink(path) == 0 && mkdir(path, 0700) == 0, "a folder instead");
	restart(w);
	must(key_take(w->core, key), "take");
	restart(w);
	ok(key_tidy(w->core) < 0, "the janitor says so");
	is_int(ranges(w), 1, "one is left");
	is_int(stored(w), before, "without its files");
	ok(rmdir(path) == 0, "the folder goes");
	must(key_tidy(w->core), "tidy");
	is_int(ranges(w), 0, "and so does the range");
}

struct taker {
	struct world *w;
	pthread_t thread;
	char key[100][BLOB_KEY_LEN + 1];
	int r;
};

static void *
take_many(void *arg)
{
	struct taker *t = arg;

	for (size_t i = 0; i < nitems(t->key) && t->r == 0; i++) {
		t->r = key_take(t->w->core, t->key[i]);
		if (t->r == 0 && !is_there(t->w, t->key[i]))
			t->r = OUT_ABSENT;
		if (i % 2 == 1)
			key_settle(t->w->core, t->key[i]);
	}
	return NULL;
}

static int
key_cmp(const void *a, const void *b)
{
	return strcmp(a, b);
}

/* Takers, and the janitor among them. */
static void
test_many(struct world *w)
{
	static struct taker t[8];
	static char all[8 * 100][BLOB_KEY_LEN + 1];
	bool apart = true, kept = true;

	for (size_t i = 0; i < nitems(t); i++) {
		t[i] = (struct taker){.w = w};
		must(-pthread_create(&t[i].thread, NULL, take_many, &t[i]),
		     "thread");
	}
	for (int i = 0; i < 20; i++)
		must(key_tidy(w->core), "tidy");
	for (size_t i = 0; i < nitems(t); i++) {
		(void)pthread_join(t[i].thread, NULL);
		is_int(t[i].r, 0, "taker %zu", i);
		memcpy(all[i * 100], t[i].key, sizeof(t[i].key));
	}
	must(key_tidy(w->core), "tidy");
	qsort(all, nitems(all), sizeof(all[0]), key_cmp);
	for (size_t i = 1; i < nitems(all); i++)
		apart = apart && strcmp(all[i - 1], all[i]) != 0;
	ok(apart, "no key is given twice");
	for (size_t i = 0; i < nitems(t); i++)
		for (size_t j = 0; j < nitems(t[i].key); j += 2)
			kept = kept && is_there(w, t[i].key[j]);
	ok(kept, "none in hand is removed");
	restart(w);
	must(key_tidy(w->core), "tidy");
	is_int(ranges(w), 0, "nothing is left");
}

int
main(void)
{
	struct world w;

	world_open(&w);
	subtest("take") test_take(&w);
	subtest("restart") test_restart(&w);
	subtest("owned") test_owned(&w);
	subtest("bytes") test_bytes(&w);
	subtest("trash") test_trash(&w);
	subtest("part") test_part(&w);
	subtest("stuck") test_stuck(&w);
	subtest("many") test_many(&w);
	world_close(&w);
	return done_testing();
}
