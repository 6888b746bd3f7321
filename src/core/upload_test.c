#include "core/image_world.h"

#include "blob/blob.h"
#include "core/regtoken.h"

#include <pthread.h>
#include <sys/stat.h>

static struct place app;

static struct str
started(struct world *w, const struct visit *by)
{
	char id[UPLOAD_ID_LEN + 1];

	must(upload_start(by, &app, DIGEST_SHA256, id), "upload_start");
	return arena_str(&w->arena, str_c(id));
}

/* One PATCH: take, write, put back. */
static int
patch(const struct visit *by, struct str id, struct str bytes)
{
	CLEAN(upload_drop) struct upload u = UPLOAD_INIT;
	int r = upload_take(by, &app, id, &u);

	if (r == 0)
		r = upload_write(&u, bytes.p, bytes.n);
	return r != 0 ? r : upload_put_back(&u);
}

/* One PUT, with or without bytes. */
static int
finish(const struct visit *by, struct str id, struct str bytes,
       struct str digest)
{
	CLEAN(upload_drop) struct upload u = UPLOAD_INIT;
	int r = upload_take(by, &app, id, &u);

	if (r == 0 && bytes.n > 0)
		r = upload_write(&u, bytes.p, bytes.n);
	return r != 0 ? r : upload_finish(&u, digest);
}

static int64_t
received(const struct visit *by, struct str id)
{
	uint64_t n = 0;
	int r = upload_look(by, &app, id, &n);

	return r != 0 ? -r : (int64_t)n;
}

static struct str
content(struct world *w, const char *repo, struct str digest)
{
	struct place at = in(repo);
	char text[256] = "";
	uint64_t size;
	ssize_t n;
	int fd, r = image_blob_open(w->core, &at, digest, &fd, &size);

	if (r == OUT_ABSENT)
		return STR("absent");
	must(r, "image_blob_open");
	n = read(fd, text, sizeof(text));
	(void)close(fd);
	return arena_str(&w->arena, (struct str){text, n < 0 ? 0 : (size_t)n});
}

static int files;
static int
count_one(const char *path, const struct stat *st, int kind, struct FTW *at)
{
	(void)path;
	(void)at;
	if (kind == FTW_F && st->st_size > 0)
		files++;
	return 0;
}

/* Files with bytes that the blob store holds now; empty ones wait for use. */
static int
stored(struct world *w)
{
	char path[128];

	files = 0;
	(void)snprintf(path, sizeof(path), "%s/blobs", w->dir);
	(void)nftw(path, count_one, 16, FTW_PHYS);
	return files;
}

static void
test_steps(struct world *w)
{
	struct str id = started(w, &w->a);
	struct str d = digest_of(w, STR("one two three"));

	is_int(received(&w->a, id), 0, "nothing yet");
	is_int(patch(&w->a, id, STR("one ")), 0, "a chunk");
	is_int(received(&w->a, id), 4, "4 bytes");
	is_int(patch(&w->a, id, STR("two ")), 0, "another");
	is_int(received(&w->a, id), 8, "8 bytes");
	is_int(finish(&w->a, id, STR("three"), d), 0, "the end");
	is_str(content(w, "birds/app", d), STR("one two three"), "is a blob");
	is_int(received(&w->a, id), -OUT_ABSENT, "the session is over");
	is_int(finish(&w->a, id, STR(""), d), OUT_ABSENT, "also for the end");
	is_int(patch(&w->a, id, STR("x")), OUT_ABSENT, "also for more");
}

static void
test_empty(struct world *w)
{
	struct str d = digest_of(w, STR(""));
	struct str id = started(w, &w->a);

	is_int(patch(&w->a, id, STR("")), 0, "a chunk of nothing");
	is_int(received(&w->a, id), 0, "is nothing");
	is_int(finish(&w->a, id, STR(""), d), 0, "a blob of nothing");
	is_str(content(w, "birds/app", d), STR(""), "is there");
}

static void
test_mismatch(struct world *w)
{
	struct str id = started(w, &w->a);
	struct str good = digest_of(w, STR("goodbye"));
	struct str bad = digest_of(w, STR("another"));

	is_int(patch(&w->a, id, STR("good")), 0, "a chunk");
	is_int(finish(&w->a, id, STR("bye"), bad), OUT_MISMATCH,
	       "another digest");
	is_str(content(w, "birds/app", bad), STR("absent"), "no blob");
	is_int(received(&w->a, id), 4, "as it was before");
	is_int(finish(&w->a, id, STR("bye"), STR("sha256:abc")), OUT_MALFORMED,
	       "half a digest");
	is_int(finish(&w->a, id, STR("bye"),
		      STR("md5:d41d8cd98f00b204e9800998ecf8427e")),
	       OUT_UNSUPPORTED, "another algorithm");
	is_int(received(&w->a, id), 4, "still as it was");
	is_int(finish(&w->a, id, STR("bye"), good), 0, "its own digest");
	is_str(content(w, "birds/app", good), STR("goodbye"),
	       "what failed before left nothing");
}

static struct str
announced(struct world *w, enum digest_kind kind)
{
	char id[UPLOAD_ID_LEN + 1];

	must(upload_start(&w->a, &app, kind, id), "upload_start");
	return arena_str(&w->arena, str_c(id));
}

/* One PUT of all the bytes, whose digest is known before the first of them. */
static int
expected(struct world *w, struct str id, struct str bytes, struct str digest)
{
	CLEAN(upload_drop) struct upload u = UPLOAD_INIT;
	int r = upload_take(&w->a, &app, id, &u);

	upload_expect(&u, DIGEST_SHA512);
	if (r == 0)
		r = upload_write(&u, bytes.p, bytes.n);
	return r != 0 ? r : upload_finish(&u, digest);
}

static void
test_long_digests(struct world *w)
{
	struct str text = STR("four calling birds");
	struct str d = digest_by(w, DIGEST_SHA512, text);
	struct str nothing = digest_by(w, DIGEST_SHA512, STR(""));
	struct str other = digest_by(w, DIGEST_SHA512, STR("another"));
	struct str id = announced(w, DIGEST_SHA512);

	is_int(patch(&w->a, id, str_sub(text, 0, 5)), 0, "announced: a chunk");
	world_stop(w);
	world_start(w);
	is_int(finish(&w->a, id, str_sub(text, 5, text.n), other), OUT_MISMATCH,
	       "another digest");
	is_int(finish(&w->a, id, str_sub(text, 5, text.n), d), 0, "its own");
	is_str(content(w, "birds/app", d), text, "is a blob");
	is_str(content(w, "birds/app", digest_of(w, text)), STR("absent"),
	       "under that digest alone");
	id = started(w, &w->a);
	is_int(expected(w, id, text, d), 0, "known with the first byte");
	id = started(w, &w->a);
	is_int(patch(&w->a, id, text), 0, "not announced: all of it");
	is_int(finish(&w->a, id, STR(""), other), OUT_MISMATCH, "another");
	is_int(finish(&w->a, id, STR(""), d), 0, "its own");
	id = announced(w, DIGEST_SHA512);
	is_int(patch(&w->a, id, text), 0, "announced in vain");
	is_int(finish(&w->a, id, STR(""), digest_of(w, text)), 0, "sha256");
	is_str(content(w, "birds/app", digest_of(w, text)), text,
	       "is a blob of its own");
	id = started(w, &w->a);
	is_int(finish(&w->a, id, STR(""), nothing), 0, "nothing at all");
	is_str(content(w, "birds/app", nothing), STR(""), "is there");
}

/* Let in with a registry token of the first account. */
static struct visit
by_token(struct world *w)
{
	CLEAN(buf_clear) struct buf value = BUF_INIT;
	struct regtoken_ask ask = {
	    .region = REGION, .issuer = STR("x"), .may_write = true};
	struct thing thing = {
	    .kind = THING_REPO, .region = REGION, .name = app.name};
	struct proof proof = {.kind = PROOF_BASIC,
			      .user = STR("token"),
			      .addr = STR("192.0.2.1")};
	struct regtoken token;
	struct visit visit;

	must(regtoken_add(&w->a, &ask, &w->arena, &token, &value),
	     "regtoken_add");
	proof.secret = buf_str(&value);
	must(gate_pass(w->core, &proof, VERB_IMAGE_PUSH, &thing, &visit),
	     "gate_pass");
	return visit;
}

static void
test_others(struct world *w)
{
	struct str id = started(w, &w->a);
	struct place other = in("birds/other");
	struct visit token = by_token(w);
	uint64_t n;
	char changed[UPLOAD_ID_LEN + 1];

	(void)snprintf(changed, sizeof(changed), "%s", id.p);
	changed[5] = changed[5] == '0' ? '1' : '0';
	is_int(received(&w->b, id), -OUT_ABSENT, "another account");
	is_int(received(&token, id), -OUT_ABSENT, "another credential");
	is_int(upload_look(&w->a, &other, id, &n), OUT_ABSENT,
	       "another repository");
	is_int(received(&w->a, str_c(changed)), -OUT_ABSENT, "another id");
	is_int(received(&w->a, STR("")), -OUT_ABSENT, "no id");
	is_int(received(&w->a, STR("../../../../../../../etc/passwd!")),
	       -OUT_ABSENT, "a path of 32 bytes");
	is_int(patch(&w->b, id, STR("x")), OUT_ABSENT, "not for their bytes");
	is_int(upload_cancel(&w->b, &app, id), OUT_ABSENT, "nor to cancel");
	is_int(upload_cancel(&w->a, &other, id), OUT_ABSENT,
	       "nor in another repository");
	is_int(received(&w->a, id), 0, "it is still there");
	is_int(upload_cancel(&w->a, &app, id), 0, "its own may");
	is_int(upload_cancel(&w->a, &app, id), OUT_ABSENT, "once");
	id = started(w, &token);
	is_int(received(&token, id), 0, "a token's own session");
	is_int(received(&w->a, id), -OUT_ABSENT, "is not its issuer's");
}

static void
test_nowhere(struct world *w)
{
	struct place none = in("nowhere/app"), far = in("stones/app");
	char id[UPLOAD_ID_LEN + 1];

	is_int(upload_start(&w->a, &none, DIGEST_SHA256, id), OUT_ABSENT,
	       "no namespace");
	is_int(upload_start(&w->a, &far, DIGEST_SHA256, id), OUT_ABSENT,
	       "another account's");
}

static void
test_one_writer(struct world *w)
{
	CLEAN(upload_drop) struct upload u = UPLOAD_INIT;
	struct str id = started(w, &w->a);

	is_int(upload_take(&w->a, &app, id, &u), 0, "taken");
	is_int(patch(&w->a, id, STR("x")), OUT_BUSY, "not twice");
	is_int(upload_write(&u, "abc", 3), 0, "written");
	is_int(received(&w->a, id), 0, "not yet recorded");
	upload_drop(&u);
	is_int(received(&w->a, id), 0, "and given up");
	upload_drop(&u);
	is_int(upload_write(&u, "x", 1), OUT_ABSENT, "no more writing");
	is_int(upload_put_back(&u), OUT_ABSENT, "no putting back");
	is_int(upload_finish(&u, STR("")), OUT_ABSENT, "no end");
	is_int(patch(&w->a, id, STR("xyz")), 0, "free for the next");
	is_int(finish(&w->a, id, STR(""), digest_of(w, STR("xyz"))), 0,
	       "what was given up left nothing");
}

static int64_t
size_of(struct world *w, const char *key)
{
	uint64_t size = 0;
	int fd, r = blob_read(w->core->blobs, str_c(key), &fd, &size);

	if (r != 0)
		return -r;
	(void)close(fd);
	return (int64_t)size;
}

/* What is not recorded takes no room on the disk, as soon as it is let go. */
static void
test_tail(struct world *w)
{
	CLEAN(upload_drop) struct upload u = UPLOAD_INIT;
	struct str id = started(w, &w->a);
	char key[sizeof(u.key)];

	must(patch(&w->a, id, STR("abc")), "patch");
	must(upload_take(&w->a, &app, id, &u), "take");
	memcpy(key, u.key, sizeof(key));
	must(upload_write(&u, "defgh", 5), "write");
	is_int(size_of(w, key), 8, "bytes on their way");
	upload_drop(&u);
	is_int(size_of(w, key), 3, "are cut off when they are given up");
	is_int(finish(&w->a, id, STR("def"), digest_of(w, STR("other"))),
	       OUT_MISMATCH, "or are not what was said");
	is_int(size_of(w, key), 3, "the same");
	must(upload_take(&w->a, &app, id, &u), "take");
	must(upload_write(&u, "def", 3), "write");
	is_int(upload_cancel(&w->a, &app, id), 0, "cancelled in a hand");
	is_int(size_of(w, key), 0, "that may hold it for long");
	is_int(upload_finish(&u, digest_of(w, STR("abcdef"))), OUT_ABSENT,
	       "and makes no blob of it");
	is_str(content(w, "birds/app", digest_of(w, STR("abcdef"))),
	       STR("absent"), "none");
}

static void
test_cancel_in_hand(struct world *w)
{
	CLEAN(upload_drop) struct upload u = UPLOAD_INIT;
	struct str id = started(w, &w->a);
	int before = stored(w);

	must(upload_take(&w->a, &app, id, &u), "take");
	must(upload_write(&u, "abc", 3), "write");
	is_int(stored(w), before + 1, "bytes are there");
	is_int(upload_cancel(&w->a, &app, id), 0, "cancelled meanwhile");
	is_int(stored(w), before, "its bytes go at once");
	must(world_collect(w), "tidy");
	is_int(size_of(w, u.key), 0, "the file is not swept under a writer");
	is_int(upload_write(&u, "def", 3), OUT_ABSENT, "the writer is told");
	is_int(upload_put_back(&u), OUT_ABSENT, "nothing to put back");
	is_int(stored(w), before, "nothing is left");
	must(world_collect(w), "tidy");
	id = started(w, &w->a);
	must(patch(&w->a, id, STR("abc")), "patch");
	is_int(stored(w), before + 1, "another");
	is_int(upload_cancel(&w->a, &app, id), 0, "cancelled");
	is_int(stored(w), before, "is removed at once");
}

static void
test_restart(struct world *w)
{
	struct str id = started(w, &w->a), fresh = started(w, &w->a);
	struct str d = digest_of(w, STR("before after"));
	CLEAN(upload_drop) struct upload u = UPLOAD_INIT;

	must(patch(&w->a, id, STR("before ")), "patch");
	/* A writer that dies with its daemon. */
	must(upload_take(&w->a, &app, id, &u), "take");
	must(upload_write(&u, "lost", 4), "write");
	upload_drop(&u);
	world_stop(w);
	world_start(w);
	is_int(received(&w->a, id), 7, "it is as far as it was");
	is_int(finish(&w->a, id, STR("after"), d), 0, "and goes on");
	is_str(content(w, "birds/app", d), STR("before after"), "whole");
	is_int(finish(&w->a, fresh, STR("q"), digest_of(w, STR("q"))), 0,
	       "also one that had nothing yet");
}

static void
test_reboot(struct world *w)
{
	struct str id = started(w, &w->a);
	char boot[sizeof(w->core->boot)];
	int before = stored(w);

	must(patch(&w->a, id, STR("perhaps not on disk")), "patch");
	memcpy(boot, w->core->boot, sizeof(boot));
	w->core->boot[0] = boot[0] == 'f' ? '0' : 'f';
	is_int(received(&w->a, id), -OUT_ABSENT, "gone");
	is_int(patch(&w->a, id, STR("x")), OUT_ABSENT, "never shorter");
	must(world_collect(w), "tidy");
	memcpy(w->core->boot, boot, sizeof(boot));
	is_int(received(&w->a, id), -OUT_ABSENT, "ended");
	is_int(stored(w), before, "and its bytes removed");
}

/* Fewer bytes than were promised. */
static void
test_short_file(struct world *w)
{
	struct str id = started(w, &w->a);
	CLEAN(upload_drop) struct upload u = UPLOAD_INIT;
	int fd;

	must(patch(&w->a, id, STR("abcdef")), "patch");
	must(upload_take(&w->a, &app, id, &u), "take");
	must(blob_append(w->core->blobs, str_c(u.key), 3, &fd), "cut");
	(void)close(fd);
	is_int(upload_write(&u, "g", 1), OUT_ABSENT, "no more bytes");
	upload_drop(&u);
	is_int(finish(&w->a, id, STR(""), digest_of(w, STR("abcdef"))),
	       OUT_ABSENT, "no end");
	is_str(content(w, "birds/app", digest_of(w, STR("abcdef"))),
	       STR("absent"), "no blob");
}

static void
test_expiry(struct world *w)
{
	struct str id, used;
	int before;

	clock_test_shift(UPLOAD_LIFE_MS);
	must(world_collect(w), "tidy");
	before = stored(w);
	id = started(w, &w->a);
	used = started(w, &w->a);
	must(patch(&w->a, used, STR("x")), "patch");
	clock_test_shift(UPLOAD_LIFE_MS - 5000);
	must(world_collect(w), "tidy");
	is_int(received(&w->a, id), 0, "alive just before");
	must(patch(&w->a, used, STR("y")), "patch");
	clock_test_shift(6000);
	is_int(received(&w->a, id), -OUT_ABSENT, "over just after");
	is_int(patch(&w->a, id, STR("x")), OUT_ABSENT, "for bytes too");
	is_int(received(&w->a, used), 2, "not the one that was used");
	must(world_collect(w), "tidy");
	is_int(stored(w), before + 1, "only that one is kept");
	clock_test_shift(UPLOAD_LIFE_MS);
	must(world_collect(w), "tidy");
	is_int(stored(w), before, "and then no more");
}

/* The same bytes from many are stored once; each needs its own link. */
static void
test_dedupe(struct world *w)
{
	struct str bytes = STR("the same bytes");
	struct str d = digest_of(w, bytes);
	int before = stored(w);

	is_int(put_blob(&w->a, "birds/app", bytes, d), 0, "first");
	is_int(stored(w), before + 1, "one file");
	is_int(put_blob(&w->a, "birds/app", bytes, d), 0, "again");
	is_str(content(w, "birds/two", d), STR("absent"), "not beside");
	is_int(put_blob(&w->a, "birds/two", bytes, d), 0, "beside");
	is_str(content(w, "stones/app", d), STR("absent"), "not elsewhere");
	is_int(put_blob(&w->b, "stones/app", bytes, d), 0, "elsewhere");
	is_int(stored(w), before + 1, "still one file");
	is_str(content(w, "birds/two", d), bytes, "read beside");
	is_str(content(w, "stones/app", d), bytes, "read elsewhere");
	must(world_collect(w), "tidy");
	is_str(content(w, "birds/app", d), bytes, "still there");
}

struct racer {
	struct world *w;
	pthread_t thread;
	char repo[32];
	struct str digest;
	int r;
};

static void *
race(void *arg)
{
	struct racer *c = arg;

	c->r = put_blob(&c->w->a, c->repo, STR("raced for"), c->digest);
	return NULL;
}

static void
test_race(struct world *w)
{
	struct racer c[4];
	int before = stored(w);

	for (size_t i = 0; i < nitems(c); i++) {
		c[i] = (struct racer){.w = w};
		c[i].digest = digest_of(w, STR("raced for"));
		(void)snprintf(c[i].repo, sizeof(c[i].repo), "birds/r%zu",
			       i / 2);
		must(-pthread_create(&c[i].thread, NULL, race, &c[i]),
		     "thread");
	}
	for (size_t i = 0; i < nitems(c); i++) {
		(void)pthread_join(c[i].thread, NULL);
		is_int(c[i].r, 0, "number %zu", i);
		is_str(content(w, c[i].repo, c[i].digest), STR("raced for"),
		       "reads it");
	}
	is_int(stored(w), before + 1, "one file");
}

/* What was begun in one request and failed there leaves nothing. */
static void
test_begun(struct world *w)
{
	struct str bytes = STR("begun"), other = digest_of(w, STR("other"));
	CLEAN(upload_drop) struct upload u = UPLOAD_INIT;
	int before = stored(w);

	is_int(put_blob(&w->a, "birds/app", bytes, other), OUT_MISMATCH,
	       "another digest");
	is_int(stored(w), before, "no bytes");
	must(upload_begin(&w->a, &app, DIGEST_SHA256, &u), "begin");
	must(upload_write(&u, bytes.p, bytes.n), "write");
	upload_drop(&u);
	is_int(stored(w), before, "none when it is dropped");
	is_int(received(&w->a, str_c(u.id)), -OUT_ABSENT, "no session");
	must(upload_begin(&w->a, &app, DIGEST_SHA256, &u), "begin");
	must(upload_write(&u, bytes.p, bytes.n), "write");
	is_int(upload_put_back(&u), 0, "put back");
	is_int(received(&w->a, str_c(u.id)), 5, "there is a session");
	is_int(finish(&w->a, str_c(u.id), STR(""), digest_of(w, bytes)), 0,
	       "to be finished");
}

/* The namespace goes while somebody writes. */
static void
test_removed(struct world *w)
{
	CLEAN(upload_drop) struct upload u = UPLOAD_INIT;
	struct place at = in("brief/app");
	struct str d = digest_of(w, STR("abc"));
	int before = stored(w);
	bool made;

	must(namespace_add(&w->a, REGION, STR("brief"), &made), "add");
	must(put_blob(&w->a, "brief/app", STR("kept"),
		      digest_of(w, STR("kept"))),
	     "put");
	must(upload_begin(&w->a, &at, DIGEST_SHA256, &u), "begin");
	must(upload_write(&u, "abc", 3), "write");
	is_int(namespace_remove(&w->a, REGION, STR("brief")), 0, "removed");
	must(world_collect(w), "tidy");
	is_int(upload_finish(&u, d), OUT_ABSENT, "nothing to finish");
	must(namespace_add(&w->b, REGION, STR("brief"), &made), "add");
	is_str(content(w, "brief/app", d), STR("absent"), "no blob");
	is_str(content(w, "brief/app", digest_of(w, STR("kept"))),
	       STR("absent"), "nor what was there before");
	is_int(stored(w), before, "and no bytes");
}

static void
test_too_large(struct world *w)
{
	CLEAN(upload_drop) struct upload u = UPLOAD_INIT;
	struct str id = started(w, &w->a);

	for (int over = -1; over <= 1; over++) {
		must(upload_take(&w->a, &app, id, &u), "take");
		must(upload_write(&u, "a", 1), "write");
		u.received = UPLOAD_SIZE_MAX - 4;
		is_int(upload_write(&u, "12345", (size_t)(4 + over)),
		       over > 0 ? OUT_TOO_LARGE : 0, "%d over the limit", over);
		upload_drop(&u);
	}
}

static void *
start_many(void *arg)
{
	struct racer *c = arg;
	struct place at = in("stones/app");
	char id[UPLOAD_ID_LEN + 1];

	for (int i = 0; i < (UPLOADS_MAX - 1) / 9 && c->r == 0; i++)
		c->r = upload_start(&c->w->b, &at, DIGEST_SHA256, id);
	return NULL;
}

static void
test_too_many(struct world *w)
{
	struct racer c[9];
	struct place at = in("stones/app");
	char id[UPLOAD_ID_LEN + 1];

	for (size_t i = 0; i < nitems(c); i++) {
		c[i] = (struct racer){.w = w};
		must(-pthread_create(&c[i].thread, NULL, start_many, &c[i]),
		     "thread");
	}
	for (size_t i = 0; i < nitems(c); i++) {
		(void)pthread_join(c[i].thread, NULL);
		is_int(c[i].r, 0, "%d open ones", (UPLOADS_MAX - 1) / 9);
	}
	is_int(upload_start(&w->b, &at, DIGEST_SHA256, id), 0, "number %d",
	       UPLOADS_MAX);
	is_int(upload_start(&w->b, &at, DIGEST_SHA256, id), OUT_TOO_MANY,
	       "one more");
	is_int(upload_cancel(&w->b, &at, str_c(id)), 0, "one less");
	is_int(upload_start(&w->b, &at, DIGEST_SHA256, id), 0, "and one more");
	must(world_collect(w), "tidy");
}

static void
test_whole(struct world *w)
{
	struct note note = {""};

	is_int(db_verify(w->core->db, &note), 0, "the tables hold %s",
	       note.text);
}

int
main(void)
{
	struct world w;

	world_open(&w);
	app = in("birds/app");
	subtest("steps") test_steps(&w);
	subtest("empty") test_empty(&w);
	subtest("mismatch") test_mismatch(&w);
	subtest("longer digests") test_long_digests(&w);
	subtest("others") test_others(&w);
	subtest("nowhere") test_nowhere(&w);
	subtest("one writer") test_one_writer(&w);
	subtest("tail") test_tail(&w);
	subtest("cancel in hand") test_cancel_in_hand(&w);
	subtest("restart") test_restart(&w);
	subtest("reboot") test_reboot(&w);
	subtest("short file") test_short_file(&w);
	subtest("dedupe") test_dedupe(&w);
	subtest("race") test_race(&w);
	subtest("begun") test_begun(&w);
	subtest("removed") test_removed(&w);
	subtest("too large") test_too_large(&w);
	subtest("expiry") test_expiry(&w);
	subtest("too many") test_too_many(&w);
	subtest("whole") test_whole(&w);
	world_close(&w);
	return done_testing();
}
