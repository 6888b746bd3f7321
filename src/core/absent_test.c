/* Manifests that wait for parts of theirs, and what becomes of it. */
#include "core/image_world.h"

#define REPO "birds/app"

static struct place app;

static void
options_set(struct world *w, const char *name, bool immutable, bool sparse)
{
	struct namespace_options o = {.immutable_tags = immutable,
				      .allow_sparse = sparse};

	must(namespace_options_set(&w->a, REGION, str_c(name), &o),
	     "namespace_options_set");
}

static struct str
one_entry(struct world *w, const char *type, struct str digest, size_t size)
{
	return arena_strf(&w->arena,
			  "{\"schemaVersion\":2,\"manifests\":[%.*s]}",
			  STR_ARG(descriptor(w, type, digest, size)));
}

/* An image of these parts; nothing is pushed. */
static struct str
named(struct world *w, struct str config, struct str layer)
{
	struct str c =
	    descriptor(w, OCI_CONFIG, digest_of(w, config), config.n);
	struct str l = descriptor(w, OCI_LAYER, digest_of(w, layer), layer.n);

	return arena_strf(&w->arena,
			  "{\"schemaVersion\":2,\"config\":%.*s,"
			  "\"layers\":[%.*s]}",
			  STR_ARG(c), STR_ARG(l));
}

static int
put(struct world *w, const char *repo, const char *ref, struct str body,
    struct pushed *ret)
{
	bool index = memmem(body.p, body.n, "\"manifests\"", 11) != NULL;

	return push(w, &w->a, repo, ref, index ? OCI_INDEX : OCI_MANIFEST, body,
		    ret);
}

static void
test_options(struct world *w)
{
	static const bool on = true;
	struct namespace_change change = {.allow_sparse = &on};
	struct namespace_options o = {.immutable_tags = true};
	struct namespace_row *list;
	size_t n;

	is_int(namespace_options_get(w->core, REGION, STR("birds"), &o), 0,
	       "of a new namespace");
	ok(!o.immutable_tags && !o.allow_sparse, "are off");
	is_int(namespace_options_get(w->core, REGION, STR("nowhere"), &o),
	       OUT_ABSENT, "of no namespace");
	o = (struct namespace_options){.immutable_tags = true};
	is_int(namespace_options_set(&w->b, REGION, STR("birds"), &o),
	       OUT_ABSENT, "another account's");
	is_int(namespace_options_set(&w->a, REGION, STR("birds"), &o), 0,
	       "one's own");
	must(namespace_list(w->core, str_c(w->a.account), REGION, &w->arena,
			    &list, &n),
	     "namespace_list");
	ok(n == 1 && list[0].options.immutable_tags &&
	       !list[0].options.allow_sparse,
	   "are listed");
	must(namespace_options_change(&w->a, REGION, STR("birds"), &change),
	     "change");
	must(namespace_options_get(w->core, REGION, STR("birds"), &o), "get");
	ok(o.immutable_tags && o.allow_sparse, "one changes, the other stays");
	options_set(w, "birds", false, false);
	must(namespace_options_get(w->core, REGION, STR("birds"), &o), "get");
	ok(!o.immutable_tags, "and off again");
}

static void
test_immutable(struct world *w)
{
	struct str one = image(w, &w->a, REPO, STR("{}"), STR("one"));
	struct str two = image(w, &w->a, REPO, STR("{}"), STR("two"));
	struct pushed p;

	options_set(w, "birds", true, false);
	is_int(put(w, REPO, "v1", one, NULL), 0, "a new tag");
	is_int(put(w, REPO, "v1", one, NULL), 0, "the same again");
	is_int(put(w, REPO, "v1", two, &p), OUT_CONFLICT, "another image");
	is_str(str_c(p.note.text),
	       STR("tag v1 is there already, and the tags of namespace birds "
		   "are immutable"),
	       "says why");
	is_str(body_of(w, REPO, digest_of(w, two)), STR(""),
	       "and left nothing");
	is_int(put(w, REPO, "v2", two, NULL), 0, "another tag");
	is_int(tag_copy(&w->a, &app, STR("v2"), &app, STR("v1")), OUT_CONFLICT,
	       "nor by a copy");
	is_int(tag_copy(&w->a, &app, STR("v1"), &app, STR("v1")), 0,
	       "onto itself");
	is_int(tag_delete(&w->a, &app, STR("v1")), 0, "deleting is no move");
	is_int(put(w, REPO, "v1", two, NULL), 0, "then it is free");
	is_int(manifest_delete(&w->a, &app, digest_of(w, one)), 0,
	       "an image may go");
	options_set(w, "birds", false, false);
	is_int(put(w, REPO, "v1", one, NULL), 0, "moved, when it may");
}

static void
test_blobs(struct world *w)
{
	struct str body = named(w, STR("{\"a\":1}"), STR("late"));
	struct str late = digest_of(w, STR("late"));
	struct place other = in("birds/other");
	struct pushed p;

	is_int(put(w, REPO, "s", body, &p), OUT_MISSING_PART, "not by itself");
	options_set(w, "birds", false, true);
	is_int(put(w, REPO, "s", body, NULL), 0, "where it may be sparse");
	is_str(body_of(w, REPO, STR("s")), body, "is there");
	blob(w, &w->a, REPO, STR("late"));
	is_int(image_blob_unlink(&w->a, &app, late), OUT_CONFLICT,
	       "what came is needed");
	blob(w, &w->a, "birds/other", STR("{\"a\":1}"));
	is_int(image_blob_mount(&w->a, &app, digest_of(w, STR("{\"a\":1}")),
				other.name),
	       0, "a part is mounted");
	is_int(image_blob_unlink(&w->a, &app, digest_of(w, STR("{\"a\":1}"))),
	       OUT_CONFLICT, "and needed");
	options_set(w, "birds", false, false);
	is_int(manifest_delete(&w->a, &app, digest_of(w, body)), 0, "deleted");
	is_int(image_blob_unlink(&w->a, &app, late), 0, "needed no more");
}

static void
test_manifests(struct world *w)
{
	struct str child = image(w, &w->a, REPO, STR("{}"), STR("child"));
	struct str digest = digest_of(w, child);
	struct str index = one_entry(w, OCI_MANIFEST, digest, child.n);
	struct str above =
	    one_entry(w, OCI_INDEX, digest_of(w, index), index.n);
	struct image_row row;

	options_set(w, "birds", false, true);
	is_int(put(w, REPO, "above", above, NULL), 0, "an index of an index");
	is_int(put(w, REPO, "index", index, NULL), 0, "the index");
	is_int(put(w, REPO, digest.p, child, NULL), 0, "the image comes last");
	must(image_get(w->core, &app, STR("above"), &w->arena, &row), "get");
	is_int(row.size, 7, "the first counts what the last holds");
	options_set(w, "birds", false, false);
	is_int(manifest_delete(&w->a, &app, digest), OUT_CONFLICT,
	       "it is needed now");
	options_set(w, "birds", false, true);
	is_int(manifest_delete(&w->a, &app, digest), 0, "but may be missed");
	must(image_get(w->core, &app, STR("above"), &w->arena, &row), "get");
	is_int(row.size, 0, "and counts no more");
	is_str(body_of(w, REPO, STR("index")), index, "the index stays");
	is_int(put(w, REPO, "again", child, NULL), 0, "it comes again");
	options_set(w, "birds", false, false);
	is_int(manifest_delete(&w->a, &app, digest), OUT_CONFLICT,
	       "and is needed again");
	is_int(manifest_delete(&w->a, &app, digest_of(w, index)), OUT_CONFLICT,
	       "so is the index");
	is_int(manifest_delete(&w->a, &app, digest_of(w, above)), 0, "first");
	is_int(manifest_delete(&w->a, &app, digest_of(w, index)), 0, "second");
	is_int(manifest_delete(&w->a, &app, digest), 0, "third");
}

/* Bytes that are pushed as a blob are no manifest. */
static void
test_kinds(struct world *w)
{
	struct str child = image(w, &w->a, REPO, STR("{}"), STR("kinds"));
	struct str digest = digest_of(w, child);
	struct str index = one_entry(w, OCI_MANIFEST, digest, child.n);
	struct str any = one_entry(w, "text/any", digest, child.n);

	options_set(w, "birds", false, true);
	must(put(w, REPO, "kinds", index, NULL), "push");
	must(put(w, REPO, "any", any, NULL), "push");
	must(put_blob(&w->a, REPO, child, digest), "put_blob");
	is_int(image_blob_unlink(&w->a, &app, digest), OUT_CONFLICT,
	       "whoever takes either has it");
	is_int(manifest_delete(&w->a, &app, digest_of(w, any)), 0, "gone");
	is_int(image_blob_unlink(&w->a, &app, digest), 0,
	       "whoever wants a manifest has not");
	must(put(w, REPO, "child", child, NULL), "push");
	options_set(w, "birds", false, false);
	is_int(manifest_delete(&w->a, &app, digest), OUT_CONFLICT,
	       "before it comes");
}

/* Parts come from below: the limit holds from above. */
static void
test_depth(struct world *w)
{
	struct str body[MANIFEST_DEPTH_MAX + 2];
	const char *type = OCI_MANIFEST;
	struct pushed p;

	options_set(w, "birds", false, true);
	body[0] = image(w, &w->a, "birds/deep", STR("{}"), STR("deep"));
	for (size_t i = 1; i < nitems(body); i++) {
		body[i] = one_entry(w, type, digest_of(w, body[i - 1]),
				    body[i - 1].n);
		type = OCI_INDEX;
	}
	for (size_t i = nitems(body) - 1; i > 1; i--)
		is_int(put(w, "birds/deep", "t", body[i], NULL), 0, "level %zu",
		       i);
	is_int(put(w, "birds/deep", "t", body[1], &p), OUT_MALFORMED,
	       "one that makes it too deep");
	ok(strstr(p.note.text, "at most 8") != NULL, "says so");
	must(manifest_delete(&w->a, &(struct place){REGION, STR("birds/deep")},
			     digest_of(w, body[nitems(body) - 1])),
	     "delete");
	is_int(put(w, "birds/deep", "t", body[1], NULL), 0,
	       "fits, when the first is gone");
	is_int(put(w, "birds/deep", "t", body[0], NULL), 0, "and the last");
}

/* A layer that others distribute is welcome later, in any namespace. */
static void
test_foreign(struct world *w)
{
	struct str d = digest_of(w, STR("theirs"));
	struct str c = blob(w, &w->a, "birds/foreign", STR("{}"));
	struct place at = in("birds/foreign"), to = in("birds/abroad");
	struct str body = arena_strf(
	    &w->arena,
	    "{\"schemaVersion\":2,\"config\":%.*s,\"layers\":[{\"mediaType\":"
	    "\"application/vnd.oci.image.layer.nondistributable.v1.tar\","
	    "\"digest\":\"%.*s\",\"size\":6,\"urls\":[\"x:\"]}]}",
	    STR_ARG(descriptor(w, OCI_CONFIG, c, 2)), STR_ARG(d));

	options_set(w, "birds", false, false);
	is_int(put(w, "birds/foreign", "f", body, NULL), 0, "without it");
	is_int(tag_copy(&w->a, &at, STR("f"), &to, STR("f")), 0, "copied");
	blob(w, &w->a, "birds/foreign", STR("theirs"));
	is_int(image_blob_unlink(&w->a, &at, d), OUT_CONFLICT, "is needed");
	blob(w, &w->a, "birds/abroad", STR("theirs"));
	is_int(image_blob_unlink(&w->a, &to, d), OUT_CONFLICT, "there as well");
}

static void
test_copy(struct world *w)
{
	struct str child = image(w, &w->a, REPO, STR("{}"), STR("copied"));
	struct str digest = digest_of(w, child);
	struct str index = one_entry(w, OCI_MANIFEST, digest, child.n);
	struct str lone = named(w, STR("{}"), STR("copied"));
	struct place to = in("birds/copies"), far = in("trees/copies");
	bool made;

	must(namespace_add(&w->a, REGION, STR("trees"), &made), "trees");
	options_set(w, "birds", false, true);
	must(put(w, REPO, "hole", index, NULL), "push");
	is_int(tag_copy(&w->a, &app, STR("hole"), &far, STR("hole")),
	       OUT_MISSING_PART, "to where all must be there");
	is_int(tag_copy(&w->a, &app, STR("hole"), &to, STR("hole")), 0,
	       "to where it need not");
	must(put(w, "birds/copies", "lone", lone, NULL), "push");
	must(put(w, REPO, "whole", child, NULL), "push");
	is_int(tag_copy(&w->a, &app, STR("whole"), &to, STR("whole")), 0,
	       "what is waited for, copied");
	options_set(w, "birds", false, false);
	is_int(manifest_delete(&w->a, &to, digest), OUT_CONFLICT,
	       "has come there");
	must(manifest_delete(&w->a, &to, digest_of(w, index)), "delete");
	must(manifest_delete(&w->a, &to, digest), "delete");
	is_int(image_blob_unlink(&w->a, &to, digest_of(w, STR("copied"))),
	       OUT_CONFLICT, "and its blobs with it");
	is_int(tag_copy(&w->a, &app, STR("hole"), &far, STR("hole")), 0,
	       "whole, it may go anywhere");
}

/* A copy is as deep as what it meets there makes it, and no deeper than that.
 */
static void
test_copy_depth(struct world *w)
{
	struct str body[MANIFEST_DEPTH_MAX + 2];
	struct place low = in("birds/low"), high = in("birds/high");
	const char *type = OCI_MANIFEST;
	size_t top = nitems(body) - 1;

	options_set(w, "birds", false, true);
	body[0] = image(w, &w->a, "birds/low", STR("{}"), STR("low"));
	for (size_t i = 1; i <= top; i++) {
		body[i] = one_entry(w, type, digest_of(w, body[i - 1]),
				    body[i - 1].n);
		type = OCI_INDEX;
	}
	for (size_t i = 0; i < top - 1; i++)
		must(put(w, "birds/low", "t", body[i], NULL), "from below");
	must(put(w, "birds/high", "t", body[top - 1], NULL), "one that waits");
	is_int(tag_copy(&w->a, &high, STR("t"), &low, STR("t")), 0,
	       "as deep as can be");
	must(put(w, "birds/high", "t", body[top], NULL), "one above it");
	is_int(tag_copy(&w->a, &high, STR("t"), &low, STR("t")), OUT_MALFORMED,
	       "deeper than that");
	is_str(body_of(w, "birds/low", digest_of(w, body[top])), STR(""),
	       "and left nothing");
	options_set(w, "birds", false, false);
}

static int64_t
size_of(struct world *w, const char *repo, struct str ref)
{
	struct place at = in(repo);
	struct image_row row;

	must(image_get(w->core, &at, ref, &w->arena, &row), "image_get");
	return row.size;
}

static struct str
two_entries(struct world *w, struct str one, struct str two)
{
	return arena_strf(
	    &w->arena, "{\"schemaVersion\":2,\"manifests\":[%.*s,%.*s]}",
	    STR_ARG(descriptor(w, OCI_INDEX, digest_of(w, one), one.n)),
	    STR_ARG(descriptor(w, OCI_INDEX, digest_of(w, two), two.n)));
}

/* What came once for two indexes goes with each of them. */
static void
test_sizes(struct world *w)
{
	struct str child = image(w, &w->a, "birds/sizes", STR("{}"), STR("x"));
	struct str digest = digest_of(w, child);
	struct str one = one_entry(w, OCI_MANIFEST, digest, child.n);
	struct str two = one_entry(w, OCI_MANIFEST, digest, child.n + 0);
	struct str above;
	struct place at = in("birds/sizes");

	two = arena_strf(&w->arena, "%.*s\n", STR_ARG(two));
	above = two_entries(w, one, two);
	options_set(w, "birds", false, true);
	must(put(w, "birds/sizes", "one", one, NULL), "one");
	must(put(w, "birds/sizes", "two", two, NULL), "two");
	must(put(w, "birds/sizes", "above", above, NULL), "above");
	must(put(w, "birds/sizes", "child", child, NULL), "child");
	ok(size_of(w, "birds/sizes", STR("above")) >= 3, "the child counts");
	must(manifest_delete(&w->a, &at, digest_of(w, one)), "delete");
	must(manifest_delete(&w->a, &at, digest_of(w, two)), "delete");
	is_int(size_of(w, "birds/sizes", STR("above")), 0, "never below zero");
	options_set(w, "birds", false, false);
}

/* Sizes of layers that are not here are whatever the manifest says. */
static void
test_huge(struct world *w)
{
	struct str c = blob(w, &w->a, "birds/huge", STR("{}"));
	struct str huge[2];

	for (int i = 0; i < 2; i++) {
		huge[i] = arena_strf(
		    &w->arena,
		    "{\"schemaVersion\":2,\"config\":%.*s,\"layers\":["
		    "{\"mediaType\":\"application/vnd.oci.image.layer."
		    "nondistributable.v1.tar\",\"digest\":\"%.*s\","
		    "\"size\":%lld,\"urls\":[\"x:\"]}]}%s",
		    STR_ARG(descriptor(w, OCI_CONFIG, c, 2)),
		    STR_ARG(digest_of(w, STR("huge"))),
		    (long long)(INT64_MAX - 2), i == 0 ? "" : "\n");
		is_int(put(w, "birds/huge", "t", huge[i], NULL), 0, "huge");
	}
	is_int(put(w, "birds/huge", "both",
		   arena_strf(
		       &w->arena,
		       "{\"schemaVersion\":2,\"manifests\":[%.*s,%.*s]}",
		       STR_ARG(descriptor(w, OCI_MANIFEST,
					  digest_of(w, huge[0]), huge[0].n)),
		       STR_ARG(descriptor(w, OCI_MANIFEST,
					  digest_of(w, huge[1]), huge[1].n))),
		   NULL),
	       0, "both of them");
	is_int(size_of(w, "birds/huge", STR("both")), INT64_MAX,
	       "as much as can be said");
}

static void
say(void *arg, const char *line)
{
	(void)arg;
	if (strncmp(line, "ok", 2) != 0)
		printf("# %s\n", line);
}

int
main(void)
{
	struct world w;

	world_open(&w);
	app = in(REPO);
	subtest("options") test_options(&w);
	subtest("immutable tags") test_immutable(&w);
	subtest("blobs") test_blobs(&w);
	subtest("manifests") test_manifests(&w);
	subtest("kinds") test_kinds(&w);
	subtest("depth") test_depth(&w);
	subtest("foreign layers") test_foreign(&w);
	subtest("copy") test_copy(&w);
	subtest("depth of a copy") test_copy_depth(&w);
	subtest("sizes") test_sizes(&w);
	subtest("huge sizes") test_huge(&w);
	is_int(core_verify(w.core, true, say, NULL), 0, "all of it holds");
	world_close(&w);
	return done_testing();
}
