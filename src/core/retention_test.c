#include "core/image_world.h"

#include "core/audit.h"
#include "core/bin.h"
#include "core/retention_inner.h"
#include "core/sql.h"

#define OLD  "2015-01-01T00:00:00Z"
#define MID  "2016-01-01T00:00:00Z"
#define NEW  "2017-01-01T00:00:00Z"
#define LAST "2018-01-01T00:00:00Z"

static struct visit
as(const struct world *w, enum verb verb)
{
	struct visit v = w->a;

	v.verb = verb;
	return v;
}

/* An image that was built then; word makes it another than others. */
static struct str
built(struct world *w, const char *repo, const char *created, const char *word,
      const char *tag)
{
	struct str config = arena_strf(
	    &w->arena, "{\"created\":\"%s\",\"author\":\"%s\"}", created, word);
	struct str body = image(w, &w->a, repo, config, STR("layer"));
	struct str digest = digest_of(w, body);

	must(push(w, &w->a, repo, tag != NULL ? tag : digest.p, OCI_MANIFEST,
		  body, NULL),
	     "push");
	clock_test_shift(1);
	return digest;
}

static struct str
indexed(struct world *w, const char *repo, struct str one, struct str two,
	const char *tag)
{
	struct str a = body_of(w, repo, one), b = body_of(w, repo, two);
	struct str body =
	    arena_strf(&w->arena,
		       "{\"schemaVersion\":2,\"mediaType\":\"" OCI_INDEX
		       "\",\"manifests\":[%.*s,%.*s]}",
		       STR_ARG(descriptor(w, OCI_MANIFEST, one, a.n)),
		       STR_ARG(descriptor(w, OCI_MANIFEST, two, b.n)));

	must(push(w, &w->a, repo, tag, OCI_INDEX, body, NULL), "push");
	clock_test_shift(1);
	return digest_of(w, body);
}

static bool
is_here(struct world *w, const char *repo, struct str digest)
{
	return body_of(w, repo, digest).n > 0;
}

static int
set(struct world *w, struct retention p)
{
	struct visit by = as(w, VERB_RETENTION_SET);

	if (p.namespace.n == 0)
		p.namespace = STR("birds");
	return retention_set(&by, REGION, &p);
}

/* No policy any more. */
static void
unset(struct world *w)
{
	must(set(w, (struct retention){.images_per_repo = RETENTION_ALL,
				       .retain_untagged = true}),
	     "unset");
}

static void
keep(struct world *w, int64_t n)
{
	must(set(w, (struct retention){.images_per_repo = n}), "set");
	unset(w);
}

static void
test_policy(struct world *w)
{
	struct retention p = {.images_per_repo = 7, .threshold_days = 3}, got;
	struct retention *list;
	size_t n;

	must(retention_get(w->core, REGION, STR("birds"), &w->arena, &got),
	     "get");
	is_int(got.images_per_repo, RETENTION_ALL, "none: all are kept");
	ok(got.retain_untagged, "untagged ones, too");
	is_int(retention_get(w->core, REGION, STR("nests"), &w->arena, &got),
	       OUT_ABSENT, "no such namespace");
	is_int(set(w, p), 0, "set");
	must(retention_get(w->core, REGION, STR("birds"), &w->arena, &got),
	     "get");
	is_int(got.images_per_repo, 7, "so many");
	is_int(got.threshold_days, 3, "so old");
	ok(!got.retain_untagged, "untagged ones count");
	must(retention_list(w->core, str_c(w->a.account), REGION, &w->arena,
			    &list, &n),
	     "list");
	is_int((int64_t)n, 1, "one namespace has a policy");
	is_str(list[0].namespace, STR("birds"), "this one");
	p.namespace = STR("stones");
	is_int(set(w, p), OUT_ABSENT, "another account's");
	p.namespace = STR("nests");
	is_int(set(w, p), OUT_ABSENT, "nobody's");
	unset(w);
	must(retention_list(w->core, str_c(w->a.account), REGION, &w->arena,
			    &list, &n),
	     "list");
	is_int((int64_t)n, 0, "no policy any more");
}

static void
test_range(struct world *w)
{
	for (int64_t i = -2; i <= 0; i++)
		is_int(set(w, (struct retention){.images_per_repo = i}),
		       i < RETENTION_ALL ? OUT_RANGE : 0, "%lld images",
		       (long long)i);
	for (int64_t i = RETENTION_IMAGES_MAX; i <= RETENTION_IMAGES_MAX + 1;
	     i++)
		is_int(set(w, (struct retention){.images_per_repo = i}),
		       i > RETENTION_IMAGES_MAX ? OUT_RANGE : 0, "%lld images",
		       (long long)i);
	for (int64_t i = RETENTION_DAYS_MAX; i <= RETENTION_DAYS_MAX + 1; i++)
		is_int(set(w, (struct retention){.images_per_repo = 1,
						 .threshold_days = i}),
		       i > RETENTION_DAYS_MAX ? OUT_RANGE : 0, "%lld days",
		       (long long)i);
	is_int(set(w, (struct retention){.threshold_days = -1}), OUT_RANGE,
	       "fewer days than none");
	unset(w);
}

/* By build date, whatever the order of pushes; in each repository. */
static void
test_newest(struct world *w)
{
	struct str last = built(w, "birds/date", LAST, "", "last");
	struct str old = built(w, "birds/date", OLD, "", "old");
	struct str new = built(w, "birds/date", NEW, "", "new");
	struct str mid = built(w, "birds/date", MID, "", "mid");
	struct str alone = built(w, "birds/alone", OLD, "", "old");
	struct bin_row *rows;
	struct names l;
	size_t n;

	must(push(w, &w->a, "birds/date", "too", OCI_MANIFEST,
		  body_of(w, "birds/date", new), NULL),
	     "push");
	keep(w, 2);
	ok(is_here(w, "birds/date", last), "the newest");
	ok(is_here(w, "birds/date", new), "the next, whatever its tags");
	ok(!is_here(w, "birds/date", mid), "no third");
	ok(!is_here(w, "birds/date", old), "no fourth");
	ok(is_here(w, "birds/alone", alone),
	   "others have a number of their own");
	is_str(tags_of(w, "birds/date", "", 9, &l), STR("last new too"),
	       "tags went with them");
	must(bin_list(w->core, &w->a.who, str_c(w->a.account), REGION,
		      STR("birds"), STR(""), STR(""), 9, &w->arena, &rows, &n),
	     "bin_list");
	is_int((int64_t)n, 2, "they are in the bin");
	is_str(rows[0].deleted_by, STR(""), "nobody deleted them");
}

static void
test_same_date(struct world *w)
{
	struct str one = built(w, "birds/same", OLD, "1", "one");
	struct str two = built(w, "birds/same", OLD, "2", "two");

	keep(w, 1);
	ok(!is_here(w, "birds/same", one), "of two built at once");
	ok(is_here(w, "birds/same", two), "the one pushed later stays");
}

static void
test_untagged(struct world *w)
{
	struct str loose = built(w, "birds/loose", LAST, "", NULL);
	struct str new = built(w, "birds/loose", NEW, "", "new");
	struct str old = built(w, "birds/loose", OLD, "", "old");
	struct retention p = {.images_per_repo = 2, .retain_untagged = true};

	must(set(w, p), "set");
	ok(is_here(w, "birds/loose", loose), "untagged, retained");
	ok(is_here(w, "birds/loose", old), "and it does not count");
	unset(w);
	keep(w, 2);
	ok(is_here(w, "birds/loose", loose), "untagged, it counts");
	ok(is_here(w, "birds/loose", new), "and is one of two");
	ok(!is_here(w, "birds/loose", old), "so that this one goes");
}

static void
test_undated(struct world *w)
{
	struct str none =
	    built(w, "birds/dates", "0001-01-01T00:00:00Z", "", "none");
	struct str before =
	    built(w, "birds/dates", "2013-01-19T00:13:38Z", "", "before");
	struct str at =
	    built(w, "birds/dates", "2013-01-19T00:13:39Z", "", "at");

	keep(w, 0);
	ok(is_here(w, "birds/dates", none), "without a date");
	ok(is_here(w, "birds/dates", before), "a second before dates are real");
	ok(!is_here(w, "birds/dates", at), "with a real one");
}

/* What an index needs stays with it and does not count. */
static void
test_index(struct world *w)
{
	struct str a = built(w, "birds/list", OLD, "a", NULL);
	struct str b = built(w, "birds/list", LAST, "b", NULL);
	struct str c = built(w, "birds/list", OLD, "c", NULL);
	struct str d = built(w, "birds/list", MID, "d", "named");
	struct str mid = indexed(w, "birds/list", c, d, "mid");
	struct str last = indexed(w, "birds/list", a, b, "last");
	struct str new = built(w, "birds/list", NEW, "", "new");
	struct str shared = indexed(w, "birds/list", a, d, "shared");

	keep(w, 2);
	ok(is_here(w, "birds/list", last),
	   "an index is as young as its entries");
	ok(is_here(w, "birds/list", a), "an entry that is old");
	ok(is_here(w, "birds/list", b), "and one that is not");
	ok(is_here(w, "birds/list", new), "the second to be kept");
	ok(!is_here(w, "birds/list", mid), "an index that is not");
	ok(!is_here(w, "birds/list", c), "takes its entry along");
	ok(!is_here(w, "birds/list", shared), "as does this one");
	ok(!is_here(w, "birds/list", d), "the one with a name, too");
}

static void
test_threshold(struct world *w)
{
	struct retention p = {.images_per_repo = 0, .threshold_days = 10};
	struct str old = built(w, "birds/young", OLD, "", "old");

	must(set(w, p), "set");
	ok(is_here(w, "birds/young", old), "built long ago, pushed just now");
	clock_test_shift(10 * DAY_MS - 60000);
	must(set(w, p), "set");
	ok(is_here(w, "birds/young", old), "a minute before");
	clock_test_shift(60000);
	must(set(w, p), "set");
	ok(!is_here(w, "birds/young", old), "and after ten days");
	unset(w);
}

static void
test_daily(struct world *w)
{
	struct str one, two;

	must(set(w, (struct retention){.images_per_repo = 1}), "set");
	one = built(w, "birds/daily", OLD, "", "one");
	two = built(w, "birds/daily", NEW, "", "two");
	must(retention_tidy(w->core), "tidy");
	ok(is_here(w, "birds/daily", one), "it ran a moment ago");
	clock_test_shift(DAY_MS - 60000);
	must(retention_tidy(w->core), "tidy");
	ok(is_here(w, "birds/daily", one), "not yet a day");
	clock_test_shift(60000);
	must(retention_tidy(w->core), "tidy");
	ok(!is_here(w, "birds/daily", one), "a day later");
	ok(is_here(w, "birds/daily", two), "the newest stays");
	unset(w);
	(void)built(w, "birds/daily", LAST, "", "three");
	clock_test_shift(DAY_MS + 60000);
	must(retention_tidy(w->core), "tidy");
	ok(is_here(w, "birds/daily", two), "without a policy");
}

struct told {
	struct str list[64];
	size_t n;
	struct world *w;
};

static int
tell(void *arg, struct str repo, struct str digest)
{
	struct told *t = arg;

	t->list[t->n++] = arena_strf(&t->w->arena, "%.*s@%.*s", STR_ARG(repo),
				     STR_ARG(digest));
	return t->n < nitems(t->list) ? 0 : OUT_TOO_MANY;
}

static void
test_analyze(struct world *w)
{
	struct retention p = {.namespace = STR("birds"), .images_per_repo = 1};
	struct str mid = built(w, "birds/tell", MID, "", "mid");
	struct str old = built(w, "birds/tell", OLD, "", "old");
	struct told t = {.w = w};

	(void)built(w, "birds/tell", NEW, "", "new");
	must(set(w, (struct retention){.images_per_repo = 3}), "set");
	is_int(retention_analyze(w->core, REGION, &p, tell, &t), 0, "analyzed");
	ok(t.n >= 2, "these would go");
	is_str(t.list[t.n - 2],
	       arena_strf(&w->arena, "birds/tell@%.*s", STR_ARG(old)),
	       "the oldest first");
	is_str(t.list[t.n - 1],
	       arena_strf(&w->arena, "birds/tell@%.*s", STR_ARG(mid)),
	       "then the next");
	ok(is_here(w, "birds/tell", mid), "nothing went");
	p.namespace = STR("nests");
	is_int(retention_analyze(w->core, REGION, &p, tell, &t), OUT_ABSENT,
	       "no such namespace");
	p.images_per_repo = -2;
	is_int(retention_analyze(w->core, REGION, &p, tell, &t), OUT_RANGE,
	       "no such number");
	unset(w);
}

static int64_t
count(struct world *w, const char *repo)
{
	struct image_filter f = {.account = str_c(w->a.account),
				 .region = REGION,
				 .repo = str_c(repo),
				 .untagged = true};
	struct image_row *rows;
	size_t n;

	must(image_list(w->core, &w->a.who, &f, &w->arena, &rows, &n), "list");
	return (int64_t)n;
}

static void
test_rounds(struct world *w)
{
	struct retention_work work = {.core = w->core, .region = REGION};
	int64_t left = 100;

	must(set(w, (struct retention){.images_per_repo = RETENTION_ALL}),
	     "set");
	for (int i = 0; i < 3 * RETENTION_BATCH; i++) {
		char word[16];

		(void)snprintf(word, sizeof(word), "n%d", i);
		(void)built(w, "birds/many", OLD, word, NULL);
	}
	work.policy =
	    (struct retention){.namespace = STR("birds"), .images_per_repo = 1};
	is_int(retention_run(&work, &left), 0, "a policy that is not set");
	is_int(count(w, "birds/many"), 3 * RETENTION_BATCH, "is not run");
	must(set(w, (struct retention){.images_per_repo = 150}), "set");
	is_int(count(w, "birds/many"), 150, "more than go in one write");
	unset(w);
}

static int64_t
set_at(struct world *w)
{
	CLEAN(db_view_endp) struct db_at *view = NULL;
	CLEAN(db_rows_clear) struct db_rows rows = DB_ROWS_INIT;

	must(db_view_begin(w->core->db, &view), "view");
	must(db_one(view, SQL_retention_get, &rows, "ss", REGION, STR("birds")),
	     "retention_get");
	return db_int(&rows, 4);
}

/* There is more to do than may be done: the rest is due at once. */
static void
test_left_over(struct world *w)
{
	struct retention p = {.namespace = STR("birds"),
			      .images_per_repo = 1000};
	struct retention_work work = {
	    .core = w->core, .region = REGION, .policy = p};
	int64_t left = 70, all = count(w, "");

	must(set(w, p), "set");
	work.set_at = set_at(w);
	work.policy.images_per_repo = 1;
	is_int(retention_run(&work, &left), 0, "run");
	is_int(left, 0, "as many as may be");
	is_int(count(w, ""), all - 70, "went");
	p.images_per_repo = 2;
	must(set(w, p), "set");
	left = 70;
	is_int(retention_run(&work, &left), 0, "a policy that was replaced");
	is_int(left, 70, "does nothing");
	work.set_at = set_at(w);
	is_int(retention_run(&work, &left), 0, "the present one");
	is_int(count(w, "birds/many"), 1, "goes on");
	unset(w);
}

/* A signature with a date of its own, say. */
static struct str
referring(struct world *w, const char *repo, struct str subject,
	  const char *word)
{
	struct str config = arena_strf(
	    &w->arena, "{\"created\":\"" LAST "\",\"author\":\"%s\"}", word);
	struct str c = blob(w, &w->a, repo, config);
	struct str to = body_of(w, repo, subject), body, digest;

	body = arena_strf(&w->arena,
			  "{\"schemaVersion\":2,\"config\":%.*s,\"layers\":[],"
			  "\"subject\":%.*s}",
			  STR_ARG(descriptor(w, OCI_CONFIG, c, config.n)),
			  STR_ARG(descriptor(w, OCI_MANIFEST, subject, to.n)));
	digest = digest_of(w, body);
	must(push(w, &w->a, repo, digest.p, OCI_MANIFEST, body, NULL), "push");
	clock_test_shift(1);
	return digest;
}

/* What refers to an image that stays is none of the images that are counted. */
static void
test_referring(struct world *w)
{
	struct str old = built(w, "birds/signed", OLD, "r-old", "old");
	struct str new = built(w, "birds/signed", NEW, "r-new", "new");
	struct str sign = referring(w, "birds/signed", new, "sign");
	struct str on_sign = referring(w, "birds/signed", sign, "on-sign");
	struct str gone = referring(w, "birds/signed", old, "gone");

	keep(w, 1);
	ok(is_here(w, "birds/signed", new), "the newest image");
	ok(is_here(w, "birds/signed", sign), "what refers to it");
	ok(is_here(w, "birds/signed", on_sign), "and to that");
	ok(!is_here(w, "birds/signed", old), "no more images than that");
	ok(is_here(w, "birds/signed", gone), "for now, what referred to it");
	keep(w, 0);
	ok(!is_here(w, "birds/signed", gone), "then it is one by itself");
}

#define SPOILT 4242 /* a manifest's id */

/* An old image that cannot be removed: the trail has no room for its digest. */
static int
spoil_write(struct db_at *at, void *arg)
{
	CLEAN(buf_clear) struct buf digest = BUF_INIT;
	struct place place = in("birds/daily");
	int64_t repo, created = RETENTION_DATED_S;
	int r = repo_find(at, &place, &repo);

	(void)arg;
	while (digest.n < 4 * MIB)
		buf_addc(&digest, '\1');
	return r != 0
		   ? r
		   : db_exec(at, SQL_manifest_insert, NULL, "iissSSiSiISsiib",
			     (int64_t)SPOILT, repo, buf_str(&digest),
			     STR(OCI_MANIFEST), STR_NONE, STR_NONE, (int64_t)0,
			     STR_NONE, (int64_t)0, &created, STR_NONE, STR("x"),
			     (int64_t)0, (int64_t)0, STR("{}"));
}

static int
mend_write(struct db_at *at, void *arg)
{
	(void)arg;
	return db_exec(at, SQL_manifest_delete, NULL, "i", (int64_t)SPOILT);
}

/* One namespace in which it fails keeps no other one waiting. */
static void
test_failing(struct world *w)
{
	struct retention p = {.namespace = STR("woods"), .images_per_repo = 1};
	struct str old;
	bool made;

	must(namespace_add(&w->a, REGION, STR("woods"), &made), "woods");
	must(set(w, (struct retention){.images_per_repo = 0}), "birds");
	clock_test_shift(1);
	must(set(w, p), "woods");
	old = built(w, "woods/a", OLD, "", "one");
	(void)built(w, "woods/a", NEW, "", "two");
	must(db_write(w->core->db, spoil_write, NULL), "spoil");
	clock_test_shift(DAY_MS);
	ok(retention_tidy(w->core) < 0, "it fails");
	ok(!is_here(w, "woods/a", old), "but not for the others");
	is_int(retention_tidy(w->core), 0, "and not all the time");
	must(db_write(w->core->db, mend_write, NULL), "mend");
	p.images_per_repo = RETENTION_ALL;
	p.retain_untagged = true;
	must(set(w, p), "unset");
	unset(w);
}

static void
test_trail(struct world *w)
{
	struct audit_filter f = {.account = str_c(w->a.account),
				 .verb = STR("image.delete"),
				 .limit = 1};
	struct audit_row *rows;
	size_t n = 0;

	must(audit_list(w->core, &f, &w->arena, &rows, &n), "audit_list");
	is_int((int64_t)n, 1, "what went is in the trail");
	is_str(rows[0].identity, STR(""), "nobody did it");
	ok(str_ends(rows[0].detail, STR(",\"why\":\"retention\"}")),
	   "but retention");
	f.verb = STR("retention.set");
	must(audit_list(w->core, &f, &w->arena, &rows, &n), "audit_list");
	is_str(rows[0].identity, str_c(w->a.who.identity), "and who set it");
	is_str(rows[0].thing, STR("namespace:birds"), "for what");
}

int
main(void)
{
	static struct world w;

	world_open(&w);
	w.core->bin_ms = BIN_DAYS_DEFAULT * DAY_MS;
	test_policy(&w);
	test_range(&w);
	test_newest(&w);
	test_same_date(&w);
	test_untagged(&w);
	test_undated(&w);
	test_index(&w);
	test_threshold(&w);
	test_daily(&w);
	test_analyze(&w);
	test_rounds(&w);
	test_left_over(&w);
	test_referring(&w);
	test_failing(&w);
	test_trail(&w);
	world_close(&w);
	return done_testing();
}
