#include "core/link_world.h"

#include "core/bin.h"
#include "core/collect_inner.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>

#define LAYER  STR("a layer")
#define CONFIG STR("{}")

/* Files of the store that are longer than nothing: keys that nobody has taken
 * yet are empty. */
static int
files(struct world *w)
{
	int n = 0;

	for (int i = 0; i < 256; i++) {
		char path[128];
		struct dirent *e;
		DIR *dir;

		(void)snprintf(path, sizeof(path), "%s/blobs/%02x", w->dir, i);
		dir = opendir(path);
		while (dir != NULL && (e = readdir(dir)) != NULL) {
			struct stat st;

			n += fstatat(dirfd(dir), e->d_name, &st, 0) == 0 &&
			     S_ISREG(st.st_mode) && st.st_size > 0;
		}
		if (dir != NULL)
			(void)closedir(dir);
	}
	return n;
}

static bool
repo_is_there(struct world *w, const char *repo)
{
	struct place at = in(repo);
	CLEAN(db_view_endp) struct db_at *view = NULL;
	int64_t id;

	must(db_view_begin(w->core->db, &view), "view");
	return repo_find(view, &at, &id) == 0;
}

static void
test_upload(struct world *w)
{
	struct str d = blob(w, &w->a, "birds/one", LAYER);
	struct collected c = collected(w);

	is_int(c.blobs + c.links, 0, "nothing goes at once");
	clock_test_shift(DAY_MS - 2 * SECOND_MS);
	c = collected(w);
	is_int(c.links, 0, "nor just before its time");
	is_int(files(w), 1, "its bytes are there");
	clock_test_shift(2 * SECOND_MS);
	c = collected(w);
	is_int(c.looked, 1, "looked at when its time is over");
	is_int(c.links, 1, "the link goes");
	is_int(c.blobs, 1, "the blob");
	is_int(c.bytes, (int64_t)LAYER.n, "so many bytes");
	is_int(c.files, 1, "and its file");
	is_int(files(w), 0, "indeed");
	is_str(str_c(link_is(w, "birds/one", d)), STR("none"), "no link");
	is_int(held_by(w, &w->a, REGION), 0, "it counts no more");
	ok(!repo_is_there(w, "birds/one"), "the empty repository went");
	is_int(c.repos, 1, "and is counted");
	ok(verified(w), "verify agrees");
	c = collected(w);
	is_int(c.looked + c.links + c.blobs + c.files + c.repos, 0,
	       "nothing is left to do");
}

static void
test_needed(struct world *w)
{
	struct str x = image(w, &w->a, "birds/app", CONFIG, LAYER);
	struct str layer = digest_of(w, LAYER);
	struct collected c;

	must(push(w, &w->a, "birds/app", "x", OCI_MANIFEST, x, NULL), "push");
	clock_test_shift(3 * DAY_MS);
	c = collected(w);
	is_int(c.looked, 2, "both are looked at");
	is_int(c.links + c.blobs, 0, "both stay");
	clock_test_shift(3 * DAY_MS);
	is_int(collected(w).looked, 0, "nobody looks again");
	must(tag_delete(&w->a, &(struct place){REGION, STR("birds/app")},
			STR("x")),
	     "untag");
	clock_test_shift(3 * DAY_MS);
	c = collected(w);
	is_int(c.links + c.blobs, 0, "untagged is not unneeded");
	ok(body_of(w, "birds/app", digest_of(w, x)).n > 0, "it is there");
	must(delete_image(&w->a, "birds/app", digest_of(w, x)), "delete");
	clock_test_shift(DAY_MS - 2 * SECOND_MS);
	is_int(collected(w).links, 0, "a dropped link has its time");
	is_str(str_c(link_is(w, "birds/app", layer)), STR("dropped"),
	       "in which it is there");
	clock_test_shift(2 * SECOND_MS);
	c = collected(w);
	is_int(c.links, 2, "then both go");
	is_int(c.blobs, 2, "with their blobs");
	is_int(files(w), 0, "and files");
	ok(!repo_is_there(w, "birds/app"), "and the repository");
	ok(verified(w), "verify agrees");
}

/* Each link has a time of its own: others do not hold it up. */
static void
test_links(struct world *w)
{
	struct str d = blob(w, &w->a, "birds/old", LAYER);
	struct collected c;

	clock_test_shift(DAY_MS / 2);
	must(mount(&w->a, "birds/young", d, "birds/old"), "mount");
	(void)blob(w, &w->b, "stones/one", LAYER);
	clock_test_shift(DAY_MS / 2);
	c = collected(w);
	is_int(c.links, 1, "the old one goes");
	is_int(c.blobs, 0, "the blob stays");
	is_str(str_c(link_is(w, "birds/old", d)), STR("none"), "it is that");
	is_str(str_c(link_is(w, "birds/young", d)), STR("waiting"),
	       "the young one waits on");
	clock_test_shift(DAY_MS / 2);
	c = collected(w);
	is_int(c.links, 2, "then the others go");
	is_int(c.blobs, 1, "and the blob");
	ok(verified(w), "verify agrees");
}

static void
test_pushed_again(struct world *w)
{
	struct str d = blob(w, &w->a, "birds/one", LAYER);

	clock_test_shift(DAY_MS - MINUTE_MS);
	(void)blob(w, &w->a, "birds/one", LAYER);
	clock_test_shift(MINUTE_MS);
	is_int(collected(w).links, 0, "a push begins its time again");
	clock_test_shift(DAY_MS - 2 * MINUTE_MS);
	is_int(collected(w).links, 0, "all of it");
	clock_test_shift(MINUTE_MS);
	is_int(collected(w).links, 1, "but no more");
	ok(!shows(w, "birds/one", d, LAYER), "gone");
	(void)blob(w, &w->a, "birds/one", LAYER);
	ok(shows(w, "birds/one", d, LAYER), "pushed anew");
	is_int(files(w), 1, "with a file of its own");
	must(unlink_blob(&w->a, "birds/one", d), "unlink");
	clock_test_shift(DAY_MS);
	is_int(collected(w).blobs, 1, "an unlinked one goes, too");
}

/* What a client was told is there stays for half of the time at least. */
static void
test_shown(struct world *w)
{
	struct place at = in("birds/one");
	struct str d = blob(w, &w->a, "birds/one", LAYER);
	struct blob_row row;

	clock_test_shift(DAY_MS / 2 - MINUTE_MS);
	must(image_blob(w->core, &at, d, &row), "shown early");
	is_int(w->core->collector->n_seen, 0, "nothing to remember");
	clock_test_shift(MINUTE_MS);
	must(image_blob(w->core, &at, d, &row), "shown");
	must(image_blob(w->core, &at, d, &row), "shown again");
	is_int(w->core->collector->n_seen, 1, "remembered, once");
	must(collect_flush(w->core), "flush");
	is_int(w->core->collector->n_seen, 0, "and written");
	clock_test_shift(DAY_MS - MINUTE_MS);
	is_int(collected(w).links, 0, "put off");
	must(image_blob(w->core, &at, d, &row), "shown at the last moment");
	clock_test_shift(MINUTE_MS);
	is_int(collected(w).links, 0, "seen before the look, in one round");
	clock_test_shift(DAY_MS);
	is_int(collected(w).links, 1, "gone when nobody asks");
	is_int(image_blob(w->core, &at, d, &row), OUT_ABSENT, "and not shown");
}

static void
test_shown_much(struct world *w)
{
	for (int64_t i = 1; i <= COLLECT_SEEN_MAX + 10; i++)
		collect_seen(w->core, i, i);
	is_int(w->core->collector->n_seen, COLLECT_SEEN_MAX,
	       "so many are remembered");
	must(collect_flush(w->core), "flush");
	is_int(w->core->collector->n_seen, 0, "links that went are no matter");
}

static void
test_download(struct world *w)
{
	struct place at = in("birds/one");
	struct str d = blob(w, &w->a, "birds/one", LAYER);
	char got[64];
	uint64_t size;
	int fd;

	must(image_blob_open(w->core, &at, d, &fd, &size), "open");
	clock_test_shift(2 * DAY_MS);
	must(collect_flush(w->core), "flush");
	w->core->collector->n_seen = 0;
	is_int(collected(w).files, 1, "collected under a download");
	is_int(read(fd, got, sizeof(got)), (int64_t)LAYER.n,
	       "which is read to its end");
	ok(memcmp(got, LAYER.p, LAYER.n) == 0, "with its bytes");
	(void)close(fd);
}

static void
test_bin(struct world *w)
{
	struct str x = image(w, &w->a, "birds/app", CONFIG, LAYER);
	struct collected c;

	w->core->bin_ms = 30 * DAY_MS;
	must(push(w, &w->a, "birds/app", "x", OCI_MANIFEST, x, NULL), "push");
	must(delete_image(&w->a, "birds/app", digest_of(w, x)), "delete");
	clock_test_shift(2 * DAY_MS);
	c = collected(w);
	is_int(c.links, 2, "links of a deleted image go");
	is_int(c.blobs, 0, "the bin keeps its blobs");
	is_int(files(w), 2, "and files");
	ok(verified(w), "verify agrees");
	clock_test_shift(28 * DAY_MS);
	c = collected(w);
	is_int(c.binned, 1, "until the bin lets go");
	is_int(c.blobs, 2, "then they go");
	is_int(files(w), 0, "with their files");
	ok(verified(w), "verify agrees");
	w->core->bin_ms = 0;
}

/* Without grace what is not needed goes at once; what is needed never. */
static void
test_no_grace(struct world *w)
{
	struct str x = image(w, &w->a, "birds/app", CONFIG, LAYER);
	struct pushed p;

	must(push(w, &w->a, "birds/app", "x", OCI_MANIFEST, x, NULL), "push");
	w->core->grace_ms = 0;
	(void)blob(w, &w->a, "birds/app", STR("unneeded"));
	is_int(collected(w).blobs, 1, "the unneeded one goes");
	ok(shows(w, "birds/app", digest_of(w, LAYER), LAYER), "others stay");
	must(delete_image(&w->a, "birds/app", digest_of(w, x)), "delete");
	is_int(collected(w).blobs, 2, "then they go as well");
	is_int(push(w, &w->a, "birds/app", "x", OCI_MANIFEST, x, &p),
	       OUT_MISSING_PART, "a manifest that comes too late");
	x = image(w, &w->a, "birds/app", CONFIG, LAYER);
	is_int(push(w, &w->a, "birds/app", "x", OCI_MANIFEST, x, NULL), 0,
	       "is pushed again with its blobs");
	is_int(collected(w).links, 0, "and stays");
	must(delete_image(&w->a, "birds/app", digest_of(w, x)), "delete");
	(void)collected(w);
	ok(verified(w), "verify agrees");
	w->core->grace_ms = DAY_MS;
}

/* A grace that was made shorter holds for what waits already. */
static void
test_shorter(struct world *w)
{
	(void)blob(w, &w->a, "birds/one", LAYER);
	w->core->grace_ms = HOUR_MS;
	clock_test_shift(HOUR_MS - MINUTE_MS);
	is_int(collected(w).links, 0, "not before");
	clock_test_shift(MINUTE_MS);
	is_int(collected(w).links, 1, "after the new one");
	w->core->grace_ms = DAY_MS;
}

/* A clock that was set back starts times anew, and does not stop them. */
static void
test_set_back(struct world *w)
{
	(void)blob(w, &w->a, "birds/one", LAYER);
	clock_test_shift(-400 * DAY_MS);
	is_int(collected(w).links, 0, "nothing goes");
	clock_test_shift(DAY_MS - MINUTE_MS);
	is_int(collected(w).links, 0, "its time begins there");
	clock_test_shift(MINUTE_MS);
	is_int(collected(w).links, 1, "and ends");
	clock_test_shift(400 * DAY_MS);
}

/* The rows went, and then there was no time for the file. */
static int
crash_write(struct db_at *at, void *arg)
{
	(void)arg;
	return db_exec(at, SQL_trash_put, NULL, "si",
		       STR("000102030405060708090a0b0c0d0e0f"), clock_now());
}

static void
test_crash(struct world *w)
{
	struct collected sum = {0};
	bool more;

	(void)blob(w, &w->a, "birds/one", LAYER);
	clock_test_shift(DAY_MS);
	must(collect_blobs(w->core, &sum, &more), "the rows alone");
	is_int(sum.blobs, 1, "the row went");
	is_int(files(w), 1, "its file did not");
	ok(verified(w), "which is no harm");
	(void)blob(w, &w->a, "birds/one", LAYER);
	is_int(files(w), 2, "pushed again it has another");
	world_stop(w);
	world_start(w);
	w->a.core = w->b.core = w->core;
	is_int(collected(w).files, 1, "the next start removes the old one");
	ok(shows(w, "birds/one", digest_of(w, LAYER), LAYER), "the new stays");
	must(db_write(w->core->db, crash_write, NULL), "trash");
	is_int(collected(w).files, 1, "a file that is gone already is gone");
	clock_test_shift(DAY_MS);
	(void)collected(w);
	ok(verified(w), "verify agrees");
}

static void
test_repos(struct world *w)
{
	CLEAN(upload_drop) struct upload u = UPLOAD_INIT;
	struct place at = in("birds/empty");
	char first[UPLOAD_ID_LEN + 1], id[UPLOAD_ID_LEN + 1];

	must(upload_start(&w->a, &at, DIGEST_SHA256, first), "start");
	must(upload_start(&w->a, &at, DIGEST_SHA256, id), "start");
	must(upload_cancel(&w->a, &at, str_c(first)),
	     "cancel the one with a row");
	clock_test_shift(UPLOAD_LIFE_MS - MINUTE_MS);
	ok(repo_is_there(w, "birds/empty"), "there");
	w->core->grace_ms = 0;
	(void)collected(w);
	ok(repo_is_there(w, "birds/empty"), "an upload without a row holds it");
	must(upload_cancel(&w->a, &at, str_c(id)), "cancel");
	w->core->grace_ms = DAY_MS;
	(void)collected(w);
	ok(repo_is_there(w, "birds/empty") ==
	       (UPLOAD_LIFE_MS < DAY_MS + MINUTE_MS),
	   "empty and young");
	clock_test_shift(DAY_MS);
	(void)collected(w);
	ok(!repo_is_there(w, "birds/empty"), "empty and old");
	must(upload_begin(&w->a, &at, DIGEST_SHA256, &u), "begin");
	must(upload_write(&u, LAYER.p, LAYER.n), "write");
	is_int(upload_finish(&u, digest_of(w, LAYER)), 0, "made again by need");
	must(unlink_blob(&w->a, "birds/empty", digest_of(w, LAYER)), "unlink");
}

/* In one request, without a row and unknown to others: the repository goes
 * under it, and is made again. */
static void
test_repo_under_upload(struct world *w)
{
	CLEAN(upload_drop) struct upload u = UPLOAD_INIT;
	struct place at = in("birds/empty");

	(void)blob(w, &w->a, "birds/empty", LAYER);
	must(unlink_blob(&w->a, "birds/empty", digest_of(w, LAYER)), "unlink");
	w->core->grace_ms = 0;
	must(upload_begin(&w->a, &at, DIGEST_SHA256, &u), "begin");
	must(upload_write(&u, LAYER.p, LAYER.n), "write");
	(void)collected(w);
	ok(!repo_is_there(w, "birds/empty"), "the repository went");
	is_int(upload_finish(&u, digest_of(w, LAYER)), 0,
	       "the upload ends well");
	ok(shows(w, "birds/empty", digest_of(w, LAYER), LAYER), "it is there");
	(void)collected(w);
	w->core->grace_ms = DAY_MS;
	ok(verified(w), "verify agrees");
}

/* More than one round, and more than one write, has. */
static void
test_many(struct world *w)
{
	struct str shared = digest_of(w, STR("shared"));
	struct collected c = {0};
	bool more = false;

	(void)blob(w, &w->a, "birds/many0", STR("shared"));
	for (int i = 1; i <= COLLECT_ROUND + 20; i++) {
		char repo[32], bytes[32];

		(void)snprintf(repo, sizeof(repo), "birds/many%d", i);
		(void)snprintf(bytes, sizeof(bytes), "number %d", i);
		must(mount(&w->a, repo, shared, "birds/many0"), "mount");
		(void)blob(w, &w->a, "birds/many0", str_c(bytes));
	}
	clock_test_shift(DAY_MS);
	must(collect_round(w->core, &c, &more), "round");
	ok(more, "one round is not enough");
	ok(c.links <= COLLECT_ROUND, "and bounded");
	c = collected(w);
	is_int(files(w), 0, "several are");
	is_int(held_by(w, &w->a, REGION), 0, "nothing counts");
	ok(verified(w), "verify agrees");
}

struct heard {
	int times;
	uint64_t due;
	int stop;
};

static int
hear(void *arg, const struct collected *c)
{
	struct heard *h = arg;

	h->times++;
	h->due = c->due;
	return h->stop;
}

static void
test_all(struct world *w)
{
	struct collected sum = {0};
	struct heard h = {.stop = OUT_BUSY};

	for (int i = 0; i < COLLECT_ROUND + 20; i++) {
		char bytes[32];

		(void)snprintf(bytes, sizeof(bytes), "all %d", i);
		(void)blob(w, &w->a, "birds/all", str_c(bytes));
	}
	clock_test_shift(DAY_MS);
	is_int(collect_all(w->core, &sum, hear, &h), OUT_BUSY, "it may stop");
	is_int(h.times, 1, "after a round");
	ok(h.due > 0, "with more to do");
	h = (struct heard){0};
	is_int(collect_all(w->core, &sum, hear, &h), 0, "or go on");
	is_int(sum.blobs, COLLECT_ROUND + 20, "all of them");
	is_int(h.due, 0, "nothing is due");
	is_int(files(w), 0, "no file is left");
	ok(!repo_is_there(w, "birds/all"), "nor the repository");
}

/* A namespace that is too large for one write. */
static void
test_namespace(struct world *w)
{
	struct str first = {0};
	char owner[ACCOUNT_ID_LEN + 1];
	struct namespace_row *list;
	struct collected c = {0};
	struct names names;
	size_t n, before;
	bool made, more;

	must(namespace_list(w->core, str_c(w->a.account), REGION, &w->arena,
			    &list, &before),
	     "list");
	must(namespace_add(&w->a, REGION, STR("large"), &made), "large");
	for (int i = 0; i < 300; i++) {
		char layer[32], tag[16];
		struct str x;

		(void)snprintf(layer, sizeof(layer), "large %d", i);
		(void)snprintf(tag, sizeof(tag), "t%d", i);
		x = image(w, &w->a, "large/app", CONFIG, str_c(layer));
		must(push(w, &w->a, "large/app", tag, OCI_MANIFEST, x, NULL),
		     "push");
		first = i == 0 ? digest_of(w, x) : first;
	}
	(void)blob(w, &w->a, "large/other", LAYER);
	is_int(namespace_remove(&w->a, REGION, STR("large")), 0, "removed");
	is_int(namespace_owner(w->core, NULL, REGION, STR("large"), owner),
	       OUT_ABSENT, "gone at once");
	must(namespace_list(w->core, str_c(w->a.account), REGION, &w->arena,
			    &list, &n),
	     "list");
	is_int(n, before, "from lists");
	ok(strstr(repos_of(w, &w->a, "", 100, &names).p, "large/") == NULL,
	   "with its repositories");
	is_int(put_blob(&w->a, "large/app", LAYER, digest_of(w, LAYER)),
	       OUT_ABSENT, "nobody pushes");
	is_int(namespace_remove(&w->a, REGION, STR("large")), OUT_ABSENT,
	       "or removes it twice");
	is_int(mount(&w->a, "birds/one", digest_of(w, LAYER), ""), OUT_ABSENT,
	       "or mounts from it");
	is_int(namespace_add(&w->b, REGION, STR("large"), &made), OUT_BUSY,
	       "nobody takes its name");
	ok(verified(w), "verify agrees meanwhile");
	must(collect_namespaces(w->core, &c, &more), "a round");
	ok(verified(w), "and later");
	c = collected(w);
	is_int(namespace_add(&w->b, REGION, STR("large"), &made), 0,
	       "until it is gone");
	is_str(body_of(w, "large/app", first), STR(""), "with what was in it");
	is_int(held_by(w, &w->a, REGION), 0, "nothing counts");
	is_int(c.blobs, 302, "nor do its blobs wait for the grace");
	is_int(files(w), 0, "with their files");
	ok(verified(w), "verify agrees");
}

static void
test_total(struct world *w)
{
	struct collected all;

	collect_total(w->core, &all);
	ok(all.blobs > 300 && all.files >= all.blobs && all.links > 300,
	   "sums for the metrics");
}

int
main(void)
{
	struct world w;

	world_open(&w);
	test_upload(&w);
	test_needed(&w);
	test_links(&w);
	test_pushed_again(&w);
	test_shown(&w);
	test_shown_much(&w);
	test_download(&w);
	test_bin(&w);
	test_no_grace(&w);
	test_shorter(&w);
	test_set_back(&w);
	test_crash(&w);
	test_repos(&w);
	test_repo_under_upload(&w);
	test_many(&w);
	test_all(&w);
	test_namespace(&w);
	test_total(&w);
	world_close(&w);
	return done_testing();
}
