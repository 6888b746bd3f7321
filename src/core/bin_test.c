#include "core/image_world.h"

#include "core/audit.h"
#include "core/bin.h"
#include "core/collect.h"
#include "core/quota.h"
#include "core/sql.h"
#include "db/db.h"

#define CONFIG                                                                 \
	"{\"created\":\"2020-01-02T03:04:05Z\",\"os\":\"linux\","              \
	"\"architecture\":\"arm64\"}"

static struct visit
as(const struct world *w, enum verb verb)
{
	struct visit v = w->a;

	v.verb = verb;
	return v;
}

static int
drop(struct world *w, const char *repo, struct str digest)
{
	struct visit by = as(w, VERB_IMAGE_DELETE);
	struct place at = in(repo);

	return manifest_delete(&by, &at, digest);
}

static int
restore(struct world *w, const char *repo, struct str digest,
	struct bin_back *ret)
{
	struct visit by = as(w, VERB_TRASH_RESTORE);
	struct place at = in(repo);

	*ret = (struct bin_back){0};
	return bin_restore_digest(&by, &at, digest, &w->arena, ret);
}

static int
restore_tag(struct world *w, const char *repo, const char *tag, struct str *ret)
{
	struct visit by = as(w, VERB_TRASH_RESTORE);
	struct place at = in(repo);

	*ret = STR_NONE;
	return bin_restore_tag(&by, &at, str_c(tag), &w->arena, ret);
}

struct list {
	struct bin_row *rows;
	size_t n;
};

static struct list
listed(struct world *w, const char *namespace)
{
	struct list l = {0};

	must(bin_list(w->core, &w->a.who, str_c(w->a.account), REGION,
		      str_c(namespace), STR(""), STR(""), PAGE_MAX, &w->arena,
		      &l.rows, &l.n),
	     "bin_list");
	return l;
}

static int64_t
stored(struct world *w)
{
	struct quota limit, used;

	must(quota_get(w->core, str_c(w->a.account), REGION, &limit, &used),
	     "quota_get");
	return used.storage;
}

/* Pushed with two tags. */
static struct str
tagged(struct world *w, const char *repo, const char *layer)
{
	struct str body = image(w, &w->a, repo, STR(CONFIG), str_c(layer));

	must(push(w, &w->a, repo, "v1", OCI_MANIFEST, body, NULL), "push");
	must(push(w, &w->a, repo, "v2", OCI_MANIFEST, body, NULL), "push");
	return digest_of(w, body);
}

static void
test_away_and_back(struct world *w)
{
	struct str digest = tagged(w, "birds/wren", "one"), body;
	struct place at = in("birds/wren");
	int64_t before = stored(w);
	struct image_row row;
	struct bin_back back;
	struct names l;
	struct list bin;

	body = body_of(w, "birds/wren", digest);
	is_int((int64_t)listed(w, "").n, 0, "the bin is empty");
	is_int(drop(w, "birds/wren", digest), 0, "deleted");
	is_str(body_of(w, "birds/wren", digest), STR(""), "gone");
	is_int(stored(w), 0, "and counts no longer, of %lld",
	       (long long)before);
	bin = listed(w, "");
	is_int((int64_t)bin.n, 1, "in the bin");
	is_str(bin.rows[0].repo, STR("birds/wren"), "from where");
	is_str(bin.rows[0].digest, digest, "what");
	is_str(bin.rows[0].media_type, STR(OCI_MANIFEST), "of which type");
	is_str(bin.rows[0].deleted_by, str_c(w->a.who.identity), "by whom");
	is_int(bin.rows[0].expires_at - bin.rows[0].deleted_at, w->core->bin_ms,
	       "for how long");
	is_int((int64_t)bin.rows[0].n_tags, 2, "with two tags");
	is_str(bin.rows[0].tags[1], STR("v2"), "in order");
	is_int(restore(w, "birds/wren", digest, &back), 0, "restored");
	is_int((int64_t)back.n_restored, 2, "both tags");
	is_int((int64_t)back.n_taken, 0, "none was taken");
	is_str(body_of(w, "birds/wren", STR("v1")), body, "the same bytes");
	is_str(tags_of(w, "birds/wren", "", 9, &l), STR("v1 v2"), "its tags");
	is_int(stored(w), before, "it counts again");
	is_int((int64_t)listed(w, "").n, 1, "the place in the bin stays");
	must(image_get(w->core, &at, digest, &w->arena, &row), "image_get");
	is_int(row.created_s, 1577934245, "its date is known");
	is_str(row.platform, STR("linux/arm64"), "and its platform");
	is_int(restore(w, "birds/wren", digest, &back), 0, "again");
	is_int((int64_t)back.n_restored, 2, "changes nothing");
}

static void
test_taken(struct world *w)
{
	struct str digest = tagged(w, "birds/taken", "one");
	struct str other = image(w, &w->a, "birds/taken", STR("{}"), STR("2"));
	struct bin_back back;
	struct str which;

	must(drop(w, "birds/taken", digest), "drop");
	must(push(w, &w->a, "birds/taken", "v1", OCI_MANIFEST, other, NULL),
	     "push");
	is_int(restore_tag(w, "birds/taken", "v1", &which), OUT_CONFLICT,
	       "a tag that is live");
	is_int(restore(w, "birds/taken", digest, &back), 0, "restored");
	is_int((int64_t)back.n_restored, 1, "one tag");
	is_str(back.restored[0], STR("v2"), "that was free");
	is_int((int64_t)back.n_taken, 1, "one not");
	is_str(back.taken[0], STR("v1"), "that was taken");
	is_str(body_of(w, "birds/taken", STR("v1")), other, "and still is");
}

static void
test_tag(struct world *w)
{
	struct str digest = tagged(w, "birds/tag", "one"), which;
	struct names l;
	struct list bin;

	is_int(restore_tag(w, "birds/tag", "v2", &which), OUT_ABSENT,
	       "nothing of the kind in the bin");
	must(drop(w, "birds/tag", digest), "drop");
	is_int(restore_tag(w, "birds/tag", "v3", &which), OUT_ABSENT,
	       "a tag that never was");
	is_int(restore_tag(w, "birds/tag", "v2", &which), 0, "restored");
	is_str(which, digest, "the image that had it");
	is_str(tags_of(w, "birds/tag", "", 9, &l), STR("v2"), "that tag");
	bin = listed(w, "birds");
	for (size_t i = 0; i < bin.n; i++)
		if (str_eq(bin.rows[i].repo, STR("birds/tag"))) {
			is_int((int64_t)bin.rows[i].n_tags, 1, "left the bin");
			is_str(bin.rows[i].tags[0], STR("v1"), "the other not");
		}
	is_int(restore_tag(w, "birds/tag", "v2", &which), OUT_ABSENT,
	       "it cannot come back twice");
	is_int(restore_tag(w, "birds/tag", "v1", &which), 0,
	       "the other one, to an image that is live");
	is_str(tags_of(w, "birds/tag", "", 9, &l), STR("v1 v2"), "both");
}

/* The younger deletion has the name. */
static void
test_last(struct world *w)
{
	struct str one = tagged(w, "birds/last", "one"), two, which;

	must(drop(w, "birds/last", one), "drop");
	clock_test_shift(1000);
	two = tagged(w, "birds/last", "two");
	must(drop(w, "birds/last", two), "drop");
	is_int(restore_tag(w, "birds/last", "v1", &which), 0, "by tag");
	is_str(which, two, "the one that was deleted last");
	must(drop(w, "birds/last", two), "drop");
	is_int(restore_tag(w, "birds/last", "v2", &which), 0,
	       "tags of the older deletion are kept");
	is_str(which, two, "by the new one");
}

static void
test_index(struct world *w)
{
	struct str body = image(w, &w->a, "birds/list", STR(CONFIG), STR("c"));
	struct str child = digest_of(w, body);
	struct str d = descriptor(w, OCI_MANIFEST, child, body.n);
	struct str index =
	    arena_strf(&w->arena,
		       "{\"schemaVersion\":2,\"mediaType\":\"" OCI_INDEX
		       "\",\"manifests\":[%.*s]}",
		       STR_ARG(d));
	struct str digest = digest_of(w, index);
	struct bin_back back;

	must(push(w, &w->a, "birds/list", "child", OCI_MANIFEST, body, NULL),
	     "child");
	must(push(w, &w->a, "birds/list", "all", OCI_INDEX, index, NULL),
	     "index");
	is_int(drop(w, "birds/list", child), OUT_CONFLICT, "it is needed");
	must(drop(w, "birds/list", digest), "index");
	must(drop(w, "birds/list", child), "child");
	is_int(restore(w, "birds/list", digest, &back), 0, "restored");
	is_str(body_of(w, "birds/list", STR("all")), index, "the index");
	is_str(body_of(w, "birds/list", child), body, "and its entry");
	is_str(body_of(w, "birds/list", STR("child")), STR(""),
	       "which was not asked for by its name");
	is_int(drop(w, "birds/list", child), OUT_CONFLICT, "needed again");
}

/* What is here waits for a blob that only the bin still has. */
static void
test_waiting(struct world *w)
{
	struct namespace_options sparse = {.allow_sparse = true};
	struct visit by = as(w, VERB_NAMESPACE_UPDATE);
	struct place at = in("birds/waits");
	struct str body, digest;
	struct bin_back back;

	body = image(w, &w->a, "birds/waits", STR(CONFIG), STR("rare"));
	digest = digest_of(w, body);
	must(push(w, &w->a, "birds/waits", "v1", OCI_MANIFEST, body, NULL),
	     "push");
	must(drop(w, "birds/waits", digest), "drop");
	must(image_blob_unlink(&w->a, &at, digest_of(w, STR("rare"))),
	     "unlink");
	must(namespace_options_set(&by, REGION, STR("birds"), &sparse),
	     "sparse");
	must(push(w, &w->a, "birds/waits", "v1", OCI_MANIFEST, body, NULL),
	     "push without the layer");
	is_int(restore(w, "birds/waits", digest, &back), 0, "restored");
	is_int(image_blob_unlink(&w->a, &at, digest_of(w, STR("rare"))),
	       OUT_CONFLICT, "what came back is needed");
	sparse.allow_sparse = false;
	must(namespace_options_set(&by, REGION, STR("birds"), &sparse), "not");
}

struct naming {
	int64_t repo, manifest;
	int n;
};

static int
name_write(struct db_at *at, void *arg)
{
	const struct naming *n = arg;
	int r = 0;

	for (int i = 0; r == 0 && i < n->n; i++) {
		char name[129];

		(void)snprintf(name, sizeof(name), "%0128d", i);
		r = db_exec(at, SQL_tag_put, NULL, "isii", n->repo, str_c(name),
			    n->manifest, (int64_t)i);
	}
	return r;
}

/* As many tags as one likes: image_tag is for everybody who may push. */
static void
tag_much(struct world *w, const char *repo, struct str digest, int n)
{
	CLEAN(db_view_endp) struct db_at *view = NULL;
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	struct naming naming = {.n = n};
	struct place at = in(repo);

	must(db_view_begin(w->core->db, &view), "view");
	must(repo_find(view, &at, &naming.repo), "repo");
	must(db_one(view, SQL_manifest_find, &rows, "is", naming.repo, digest),
	     "manifest");
	naming.manifest = db_int(&rows, 0);
	must(db_write(w->core->db, name_write, &naming), "tags");
}

#define MANY (150 * 1000)

/* They keep nobody from deleting, listing, restoring or reading the trail. */
static void
test_many_tags(struct world *w)
{
	struct audit_filter f = {.account = str_c(w->a.account),
				 .verb = STR("image.delete"),
				 .newest_first = true,
				 .limit = 1};
	struct str digest = tagged(w, "birds/tags", "many");
	struct audit_row *trail;
	struct bin_row *rows;
	struct arena small;
	struct bin_back back;
	size_t n = 0;

	tag_much(w, "birds/tags", digest, MANY);
	is_int(drop(w, "birds/tags", digest), 0, "deleted");
	arena_init(&small, 4 * MIB);
	is_int(bin_list(w->core, &w->a.who, str_c(w->a.account), REGION,
			STR("birds"), STR("birds/tags"), STR(""), PAGE_MAX,
			&small, &rows, &n),
	       0, "listed");
	is_int(n > 0 ? (int64_t)rows[0].n_tags : 0, BIN_TAGS_MAX,
	       "with so many of its tags");
	arena_clear(&small);
	arena_init(&small, 64 * KIB);
	is_int(audit_list(w->core, &f, &small, &trail, &n), 0, "in the trail");
	ok(n == 1 && memmem(trail[0].detail.p, trail[0].detail.n,
			    "\"more_tags\":", 12) != NULL,
	   "which says that there were more");
	arena_clear(&small);
	is_int(restore(w, "birds/tags", digest, &back), 0, "restored");
	is_int((int64_t)back.n_restored, BIN_TAGS_MAX, "with these tags");
	f.verb = STR("trash.restore");
	arena_init(&small, 64 * KIB);
	is_int(audit_list(w->core, &f, &small, &trail, &n), 0, "in the trail");
	arena_clear(&small);
	must(drop(w, "birds/tags", digest), "drop");
}

static int
expire_write(struct db_at *at, void *arg)
{
	return bin_expire(at, clock_now(), 1, arg);
}

static int64_t
expire(struct world *w)
{
	int64_t ended = -1;

	must(db_write(w->core->db, expire_write, &ended), "bin_expire");
	return ended;
}

static void
test_expire(struct world *w)
{
	struct str digest = tagged(w, "birds/old", "one"), which;
	struct bin_back back;
	size_t n;

	must(drop(w, "birds/old", digest), "drop");
	n = listed(w, "").n;
	is_int(expire(w), 0, "nothing is over yet");
	clock_test_shift(w->core->bin_ms - 60000);
	is_int(restore(w, "birds/old", digest, &back), 0, "a minute before");
	must(drop(w, "birds/old", digest), "drop");
	clock_test_shift(w->core->bin_ms - 60000);
	is_int((int64_t)listed(w, "").n, 1, "the others are over");
	clock_test_shift(60001);
	is_int((int64_t)listed(w, "").n, 0, "none is shown any more");
	is_int(restore(w, "birds/old", digest, &back), OUT_ABSENT,
	       "nor restored");
	is_int(restore_tag(w, "birds/old", "v1", &which), OUT_ABSENT,
	       "nor by tag");
	for (; n > 0; n--)
		is_int(expire(w), 1, "one at a time");
	is_int(expire(w), 0, "and all of them");
}

static int
go_on(void *arg, const struct collected *sum)
{
	(void)arg;
	(void)sum;
	return 0;
}

static void
test_namespace_end(struct world *w)
{
	struct visit by = as(w, VERB_NAMESPACE_CREATE);
	struct collected sum = {0};
	struct bin_back back;
	struct str digest;
	bool made;

	must(namespace_add(&by, REGION, STR("nests"), &made), "namespace_add");
	digest = tagged(w, "nests/wren", "one");
	must(drop(w, "nests/wren", digest), "drop");
	is_int((int64_t)listed(w, "nests").n, 1, "one in the bin");
	for (int i = 0; i < 70; i++) {
		char layer[16];

		(void)snprintf(layer, sizeof(layer), "%d", i);
		must(drop(w, "nests/wren", tagged(w, "nests/wren", layer)),
		     "drop");
	}
	by.verb = VERB_NAMESPACE_DELETE;
	is_int(namespace_remove(&by, REGION, STR("nests")), 0, "removed");
	is_int((int64_t)listed(w, "nests").n, 0, "nobody sees it any more");
	must(collect_all(w->core, &sum, go_on, NULL), "collect_all");
	by.verb = VERB_NAMESPACE_CREATE;
	must(namespace_add(&by, REGION, STR("nests"), &made), "namespace_add");
	is_int((int64_t)listed(w, "nests").n, 0, "its bin went with it");
	is_int(restore(w, "nests/wren", digest, &back), OUT_ABSENT, "for good");
}

static void
test_quota(struct world *w)
{
	struct str digest = tagged(w, "birds/quota", "one"), which;
	struct visit by = as(w, VERB_QUOTA_SET);
	struct bin_back back;
	int64_t none = QUOTA_NONE, nothing = 0;

	must(drop(w, "birds/quota", digest), "drop");
	(void)blob(w, &w->a, "birds/quota", STR("more"));
	must(quota_set(&by, REGION, &nothing, NULL), "quota_set");
	is_int(restore(w, "birds/quota", digest, &back), OUT_QUOTA,
	       "over the quota");
	is_int(restore_tag(w, "birds/quota", "v1", &which), OUT_QUOTA,
	       "by tag, too");
	must(quota_set(&by, REGION, &none, NULL), "quota_set");
	is_int(restore(w, "birds/quota", digest, &back), 0, "without it");
}

/* An image of so many bytes, pushed and deleted a moment after the last one. */
static struct str
deleted(struct world *w, const char *repo, char fill, size_t bytes)
{
	char layer[2048] = "";
	struct str digest;

	memset(layer, fill, bytes - sizeof(CONFIG) + 1);
	digest = tagged(w, repo, layer);
	clock_test_shift(SECOND_MS);
	must(drop(w, repo, digest), "drop");
	return digest;
}

static struct collected
fitted(struct world *w)
{
	struct collected sum = {0};

	must(collect_all(w->core, &sum, go_on, NULL), "collect_all");
	return sum;
}

static int64_t
blobs(struct world *w)
{
	CLEAN(db_view_endp) struct db_at *view = NULL;
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;
	int64_t n = 0;
	int r;

	must(db_view_begin(w->core->db, &view), "view");
	must(db_query(view, SQL_verify_blobs, &rows, ""), "blobs");
	while ((r = db_next(&rows)) == 0)
		n++;
	must(r == OUT_ABSENT ? 0 : r, "blobs");
	return n;
}

static void
complain(void *arg, const char *line)
{
	(void)arg;
	if (strncmp(line, "ok", 2) != 0)
		printf("# %s\n", line);
}

/* It holds as much as the account may store: what was deleted first goes. */
static void
test_bound(struct world *w)
{
	struct visit by = as(w, VERB_QUOTA_SET);
	int64_t none = QUOTA_NONE, limit = 2500, little = 10;
	struct str one, two, three, twin, large;
	struct bin_back back;
	int64_t before;

	(void)fitted(w);
	before = blobs(w);
	one = deleted(w, "birds/one", '1', 1000);
	two = deleted(w, "birds/two", '2', 1000);
	three = deleted(w, "birds/three", '3', 1000);
	is_int((int64_t)fitted(w).early, 0, "without a limit all stay");
	must(quota_set(&by, REGION, &limit, NULL), "quota_set");
	is_int((int64_t)fitted(w).early, 1, "with one, some are too many");
	is_int(restore(w, "birds/one", one, &back), OUT_ABSENT, "the first");
	is_int(restore(w, "birds/two", two, &back), 0, "not the second");
	is_int(blobs(w), before + 2, "its bytes went, grace or not");
	one = deleted(w, "birds/one", '1', 1000);
	is_int((int64_t)fitted(w).early, 0, "what is back takes none of it");
	twin = deleted(w, "birds/twin", '1', 1000);
	is_int((int64_t)fitted(w).early, 0, "nor the same blobs again");
	must(drop(w, "birds/two", two), "drop");
	is_int((int64_t)fitted(w).early, 1, "until it is deleted again");
	is_int(restore(w, "birds/three", three, &back), OUT_ABSENT, "the next");
	is_int(restore(w, "birds/twin", twin, &back), 0, "twins share");
	is_int(restore(w, "birds/one", one, &back), 0, "what they have");
	must(drop(w, "birds/twin", twin), "drop");
	must(drop(w, "birds/one", one), "drop");
	must(quota_set(&by, REGION, &little, NULL), "quota_set");
	(void)fitted(w);
	must(quota_set(&by, REGION, &none, NULL), "quota_set");
	is_int(restore(w, "birds/two", two, &back), OUT_ABSENT, "all goes");
	is_int(restore(w, "birds/one", one, &back), 0,
	       "but the last, however large");
	must(drop(w, "birds/one", one), "drop");
	w->core->bin_max = 1500;
	large = deleted(w, "birds/large", 'l', 1400);
	is_int((int64_t)fitted(w).early, 2, "the operator's bound");
	is_int(restore(w, "birds/large", large, &back), 0, "which has room");
	must(drop(w, "birds/large", large), "drop");
	w->core->bin_max = 0;
	ok(core_verify(w->core, true, complain, NULL) == 0,
	   "all is as it should be");
}

/* What was looked at is of an earlier deletion: the view of this thread stays
 * that of before. */
static void
test_bound_late(struct world *w)
{
	struct str first = deleted(w, "birds/first", 'f', 1000);
	struct str second = deleted(w, "birds/second", 's', 1000);
	struct bin_back back;
	int64_t ended = -1;

	{
		CLEAN(db_view_endp) struct db_at *view = NULL;

		must(db_view_begin(w->core->db, &view), "view");
		(void)blobs(w);
		must(restore(w, "birds/first", first, &back), "restore");
		clock_test_shift(SECOND_MS);
		must(drop(w, "birds/first", first), "drop");
		must(bin_fit(w->core, str_c(w->a.account), REGION, 10, &ended),
		     "bin_fit");
	}
	is_int(restore(w, "birds/first", first, &back), 0,
	       "what was deleted since the look stays");
	must(drop(w, "birds/first", first), "drop");
	must(bin_fit(w->core, str_c(w->a.account), REGION, 10, &ended),
	     "bin_fit");
	is_int(ended, 1, "the next look finds the other");
	is_int(restore(w, "birds/second", second, &back), OUT_ABSENT, "gone");
}

/* What had one for a moment, and was not looked at, has none. */
static void
test_bound_gone(struct world *w)
{
	struct visit by = as(w, VERB_QUOTA_SET);
	int64_t none = QUOTA_NONE, little = 10;
	struct bin_back back;
	struct str digest;

	(void)fitted(w);
	digest = deleted(w, "birds/brief", 'b', 1000);
	must(drop(w, "birds/later", tagged(w, "birds/later", "l")), "drop");
	must(quota_set(&by, REGION, &little, NULL), "quota_set");
	must(quota_set(&by, REGION, &none, NULL), "quota_set");
	is_int((int64_t)fitted(w).early, 0, "a limit that went again");
	is_int(restore(w, "birds/brief", digest, &back), 0, "takes nothing");
	must(drop(w, "birds/brief", digest), "drop");
}

static void
test_pages(struct world *w)
{
	struct str repo = STR(""), digest = STR("");
	struct visit reader;
	struct bin_row *rows;
	size_t n = 1, all = 0;

	must(drop(w, "birds/a", tagged(w, "birds/a", "1")), "drop");
	must(drop(w, "birds/a", tagged(w, "birds/a", "2")), "drop");
	must(drop(w, "birds/b", tagged(w, "birds/b", "1")), "drop");
	must(drop(w, "nests/a", tagged(w, "nests/a", "1")), "drop");
	for (; n > 0; all += n) {
		must(bin_list(w->core, &w->a.who, str_c(w->a.account), REGION,
			      STR(""), repo, digest, 1, &w->arena, &rows, &n),
		     "bin_list");
		if (n == 0)
			break;
		ok(str_cmp(rows[0].repo, repo) > 0 ||
		       (str_eq(rows[0].repo, repo) &&
			str_cmp(rows[0].digest, digest) > 0),
		   "in order");
		repo = rows[0].repo;
		digest = rows[0].digest;
	}
	is_int((int64_t)all, (int64_t)listed(w, "").n, "each once");
	world_user(w, "writer@example.org", ROLE_WRITER, &reader);
	must(bin_list(w->core, &reader.who, str_c(w->a.account), REGION,
		      STR(""), STR(""), STR(""), 9, &w->arena, &rows, &n),
	     "bin_list");
	is_int((int64_t)n, 0, "nothing for who may not list");
}

static void
test_no_bin(struct world *w)
{
	int64_t ms = w->core->bin_ms;
	struct str digest = tagged(w, "birds/none", "one");
	size_t n = listed(w, "").n;

	w->core->bin_ms = 0;
	must(drop(w, "birds/none", digest), "drop");
	is_int((int64_t)listed(w, "").n, (int64_t)n, "where no bin is kept");
	w->core->bin_ms = ms;
}

static void
test_trail(struct world *w)
{
	struct audit_filter f = {.account = str_c(w->a.account),
				 .verb = STR("trash.restore"),
				 .limit = 1};
	struct audit_row *rows;
	size_t n = 0;

	must(audit_list(w->core, &f, &w->arena, &rows, &n), "audit_list");
	is_int((int64_t)n, 1, "who restored is in the trail");
	is_str(rows[0].thing, STR("repo:birds/wren"), "what");
	ok(str_ends(rows[0].detail, STR(",\"tags\":[\"v1\",\"v2\"]}")),
	   "with its tags");
}

int
main(void)
{
	static struct world w;

	world_open(&w);
	w.core->bin_ms = BIN_DAYS_DEFAULT * DAY_MS;
	test_away_and_back(&w);
	test_taken(&w);
	test_tag(&w);
	test_last(&w);
	test_index(&w);
	test_waiting(&w);
	test_many_tags(&w);
	test_expire(&w);
	test_namespace_end(&w);
	test_quota(&w);
	test_bound(&w);
	test_bound_gone(&w);
	test_bound_late(&w);
	test_pages(&w);
	test_no_bin(&w);
	test_trail(&w);
	world_close(&w);
	return done_testing();
}
