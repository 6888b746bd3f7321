#include "core/audit.h"
#include "core/image_world.h"
#include "wire/ociref.h"

#define CONFIG_A                                                               \
	"{\"created\":\"2024-01-02T03:04:05.5Z\",\"os\":\"linux\","            \
	"\"architecture\":\"amd64\"}"

static void
test_namespaces(struct world *w)
{
	struct namespace_row *list;
	size_t n;
	bool made = false;
	char owner[ACCOUNT_ID_LEN + 1];

	is_int(namespace_add(&w->a, REGION, STR("trees"), &made), 0, "made");
	ok(made, "and new");
	is_int(namespace_add(&w->a, REGION, STR("trees"), &made), 0, "again");
	ok(!made, "and not new");
	is_int(namespace_add(&w->b, REGION, STR("trees"), &made), OUT_CONFLICT,
	       "not for another account");
	is_int(namespace_add(&w->b, STR("other"), STR("trees"), &made), 0,
	       "but in another region");
	is_int(namespace_add(&w->a, REGION, STR("abc"), &made), OUT_MALFORMED,
	       "3 characters");
	is_int(namespace_add(&w->a, REGION, STR("Trees"), &made), OUT_MALFORMED,
	       "upper case");
	is_int(namespace_list(w->core, str_c(w->a.account), REGION, &w->arena,
			      &list, &n),
	       0, "listed");
	is_int(n, 2, "two of them");
	is_str(list[0].name, STR("birds"), "in order");
	is_int(namespace_owner(w->core, NULL, REGION, STR("trees"), owner), 0,
	       "has an owner");
	is_str(str_c(owner), str_c(w->a.account), "the first");
	is_int(namespace_remove(&w->b, REGION, STR("trees")), OUT_ABSENT,
	       "another's cannot be removed");
	is_int(namespace_remove(&w->a, REGION, STR("trees")), 0, "removed");
	is_int(namespace_owner(w->core, NULL, REGION, STR("trees"), owner),
	       OUT_ABSENT, "gone");
	is_int(namespace_remove(&w->a, REGION, STR("trees")), OUT_ABSENT,
	       "twice");
	is_int(namespace_add(&w->b, REGION, STR("trees"), &made), 0,
	       "free for others");
	is_int(namespace_remove(&w->b, REGION, STR("trees")), 0, "and back");
}

static void
test_namespace_limit(struct world *w)
{
	bool made;
	int last = 0;

	for (int i = 1; i <= NAMESPACES_MAX + 1; i++) {
		char name[32];

		(void)snprintf(name, sizeof(name), "many%03d", i);
		last = namespace_add(&w->a, STR("full"), str_c(name), &made);
		if (i >= NAMESPACES_MAX - 1)
			is_int(last, i > NAMESPACES_MAX ? OUT_TOO_MANY : 0,
			       "number %d", i);
	}
}

static void
test_exact(struct world *w)
{
	struct str body =
	    image(w, &w->a, "birds/app", STR(CONFIG_A), STR("layer one"));
	struct str digest = digest_of(w, body);
	struct place at = in("birds/app");
	struct pushed p;
	struct manifest m;

	is_int(push(w, &w->a, "birds/app", "v1", OCI_MANIFEST, body, &p), 0,
	       "pushed %s", p.note.text);
	is_str(p.put.digest, digest, "its digest");
	is_str(p.put.subject, STR(""), "no subject");
	is_str(body_of(w, "birds/app", STR("v1")), body, "by tag");
	is_str(body_of(w, "birds/app", digest), body, "by digest");
	is_int(manifest_get(w->core, &at, STR("v1"), &w->arena, &m, NULL), 0,
	       "looked at");
	is_str(m.digest, digest, "digest");
	is_str(m.media_type, STR(OCI_MANIFEST), "type");
	is_str(m.artifact_type, STR(OCI_CONFIG), "artifact type");
	is_int((int64_t)m.size, (int64_t)body.n, "size");
	is_int(push(w, &w->a, "birds/app", "v1", OCI_MANIFEST, body, &p), 0,
	       "again");
	is_str(body_of(w, "birds/app", STR("v2")), STR(""), "no other tag");
	is_str(body_of(w, "birds/none", STR("v1")), STR(""), "no other repo");
	is_str(body_of(w, "birds/app", STR("")), STR(""), "no empty tag");
}

/* White space makes other bytes, and another digest. */
static void
test_white_space(struct world *w)
{
	struct str body = image(w, &w->a, "birds/space", STR("{}"), STR("x"));
	struct str more =
	    arena_strf(&w->arena, "\xef\xbb\xbf \n%.*s\r\n\t ", STR_ARG(body));

	is_int(push(w, &w->a, "birds/space", "one", OCI_MANIFEST, body, NULL),
	       0, "as it is");
	is_int(push(w, &w->a, "birds/space", "two", OCI_MANIFEST, more, NULL),
	       0, "with more white space");
	is_str(body_of(w, "birds/space", STR("one")), body, "the one");
	is_str(body_of(w, "birds/space", STR("two")), more, "the other");
}

static void
test_ref(struct world *w)
{
	struct str body = image(w, &w->a, "birds/ref", STR("{}"), STR("x"));
	struct str digest = digest_of(w, body);
	struct str other = digest_of(w, STR("other"));
	struct str longer = digest_by(w, DIGEST_SHA512, body);
	struct pushed got;
	char long_tag[OCI_TAG_MAX + 2];

	is_int(push(w, &w->a, "birds/ref", digest.p, OCI_MANIFEST, body, NULL),
	       0, "by its digest");
	is_int(push(w, &w->a, "birds/ref", other.p, OCI_MANIFEST, body, NULL),
	       OUT_MISMATCH, "by another's digest");
	is_int(
	    push(w, &w->a, "birds/ref", "sha256:abc", OCI_MANIFEST, body, NULL),
	    OUT_MALFORMED, "by half a digest");
	is_int(
	    push(w, &w->a, "birds/ref",
		 "sha512:"
		 "cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36"
		 "ce9ce47d0d13c5d85f2b0ff8318d2877eec2f63b931bd47417a81a53832"
		 "7af927da3e",
		 OCI_MANIFEST, body, NULL),
	    OUT_MISMATCH, "by the sha512 digest of nothing");
	is_int(push(w, &w->a, "birds/ref", longer.p, OCI_MANIFEST, body, &got),
	       0, "by its own sha512 digest");
	is_str(got.put.digest, longer, "is kept as pushed");
	is_str(body_of(w, "birds/ref", longer), body, "and found as such");
	is_int(push(w, &w->a, "birds/ref", "-x", OCI_MANIFEST, body, NULL),
	       OUT_MALFORMED, "by no tag");
	is_int(push(w, &w->a, "birds/ref", "..", OCI_MANIFEST, body, NULL),
	       OUT_MALFORMED, "by dots");
	memset(long_tag, 'a', sizeof(long_tag));
	for (size_t n = OCI_TAG_MAX - 1; n <= OCI_TAG_MAX + 1; n++) {
		long_tag[n] = '\0';
		is_int(push(w, &w->a, "birds/ref", long_tag, OCI_MANIFEST, body,
			    NULL),
		       n > OCI_TAG_MAX ? OUT_MALFORMED : 0, "%zu characters",
		       n);
		long_tag[n] = 'a';
	}
	is_int(push(w, &w->a, "birds/ref", "t",
		    "application/vnd.example.other.v1+json", body, NULL),
	       OUT_MALFORMED, "under another type");
}

/* Bytes without a mediaType of their own keep the first type they got. */
static void
test_retype(struct world *w)
{
	struct str c = blob(w, &w->a, "birds/type", STR("{}"));
	struct str d = descriptor(w, OCI_CONFIG, c, 2);
	struct str body = arena_strf(&w->arena,
				     "{\"schemaVersion\":2,\"config\":%.*s,"
				     "\"layers\":[]}",
				     STR_ARG(d));

	is_int(push(w, &w->a, "birds/type", "t", OCI_MANIFEST, body, NULL), 0,
	       "one type");
	is_int(push(w, &w->a, "birds/type", "t",
		    "application/vnd.docker.distribution.manifest.v2+json",
		    body, NULL),
	       OUT_MALFORMED, "another");
}

static void
test_tags_of_push(struct world *w)
{
	struct str body = image(w, &w->a, "birds/many", STR("{}"), STR("x"));
	struct str digest = digest_of(w, body);
	struct manifest_ask ask = {.at = in("birds/many"),
				   .ref = digest,
				   .media_type = STR(OCI_MANIFEST),
				   .body = body};
	struct manifest_put put;
	struct names l;

	for (size_t i = 0; i < MANIFEST_TAGS_MAX; i++)
		ask.tags[i] = arena_strf(&w->arena, "t%zu", i);
	ask.tags[4] = STR("bad tag");
	ask.n_tags = MANIFEST_TAGS_MAX;
	is_int(manifest_push(&w->a, &ask, &w->arena, &put, NULL), OUT_MALFORMED,
	       "one bad tag");
	is_str(body_of(w, "birds/many", STR("t0")), STR(""), "none is set");
	is_str(body_of(w, "birds/many", digest), STR(""), "nothing is stored");
	ask.tags[4] = STR("t4");
	ask.n_tags = MANIFEST_TAGS_MAX + 1;
	is_int(manifest_push(&w->a, &ask, &w->arena, &put, NULL), OUT_TOO_MANY,
	       "one too many");
	for (size_t n = MANIFEST_TAGS_MAX - 1; n <= MANIFEST_TAGS_MAX; n++) {
		ask.n_tags = n;
		is_int(manifest_push(&w->a, &ask, &w->arena, &put, NULL), 0,
		       "%zu tags", n);
	}
	is_str(tags_of(w, "birds/many", "", 100, &l),
	       STR("t0 t1 t2 t3 t4 t5 t6 t7 t8 t9"), "all are set");
}

/* What a manifest needs must be in its own repository, whoever else has it. */
static void
test_missing(struct world *w)
{
	struct str body =
	    image(w, &w->a, "birds/here", STR("{}"), STR("secret layer"));
	struct str layer = digest_of(w, STR("secret layer"));
	struct str config = digest_of(w, STR("{}"));
	struct place at = in("birds/there"), far = in("stones/far");
	struct blob_row row;
	struct pushed p;

	is_int(push(w, &w->a, "birds/there", "t", OCI_MANIFEST, body, &p),
	       OUT_MISSING_PART, "nothing of it is here");
	is_str(p.put.missing, layer, "says what");
	is_int(push(w, &w->b, "stones/far", "t", OCI_MANIFEST, body, &p),
	       OUT_MISSING_PART, "nor for another account");
	is_int(image_blob(w->core, &at, layer, &row), OUT_ABSENT,
	       "not readable beside");
	is_int(image_blob(w->core, &far, layer, &row), OUT_ABSENT,
	       "not readable elsewhere");
	blob(w, &w->a, "birds/there", STR("secret layer"));
	is_int(push(w, &w->a, "birds/there", "t", OCI_MANIFEST, body, &p),
	       OUT_MISSING_PART, "half of it");
	is_str(p.put.missing, config, "says what is left");
	is_str(body_of(w, "birds/there", STR("t")), STR(""), "nothing stored");
	blob(w, &w->a, "birds/there", STR("{}"));
	is_int(push(w, &w->a, "birds/there", "t", OCI_MANIFEST, body, &p), 0,
	       "all of it");
	is_int(push(w, &w->a, "nowhere/app", "t", OCI_MANIFEST, body, &p),
	       OUT_ABSENT, "no such namespace");
	is_int(push(w, &w->a, "stones/app", "t", OCI_MANIFEST, body, &p),
	       OUT_ABSENT, "another account's namespace");
}

static struct str
one_layer(struct world *w, const char *repo, const char *type, struct str d,
	  size_t size, const char *urls)
{
	struct str c = blob(w, &w->a, repo, STR("{}"));

	c = descriptor(w, OCI_CONFIG, c, 2);
	return arena_strf(&w->arena,
			  "{\"schemaVersion\":2,\"config\":%.*s,\"layers\":["
			  "{\"mediaType\":\"%s\",\"digest\":\"%.*s\","
			  "\"size\":%zu%s}]}",
			  STR_ARG(c), type, STR_ARG(d), size, urls);
}

static void
test_sizes(struct world *w)
{
	struct str d = blob(w, &w->a, "birds/size", STR("12345"));

	for (size_t n = 4; n <= 6; n++)
		is_int(push(w, &w->a, "birds/size", "t", OCI_MANIFEST,
			    one_layer(w, "birds/size", OCI_LAYER, d, n, ""),
			    NULL),
		       n == 5 ? 0 : OUT_MALFORMED, "%zu of 5 bytes", n);
}

static void
test_foreign(struct world *w)
{
	const char *type =
	    "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip";
	const char *urls = ",\"urls\":[\"http://169.254.169.254/\"]";
	struct str d = digest_of(w, STR("not here"));
	struct str body = one_layer(w, "birds/foreign", type, d, 8, urls);

	is_int(push(w, &w->a, "birds/foreign", "t", OCI_MANIFEST, body, NULL),
	       0, "with urls it need not be here");
	is_str(body_of(w, "birds/foreign", STR("t")), body, "kept as it is");
	is_int(push(w, &w->a, "birds/foreign", "t", OCI_MANIFEST,
		    one_layer(w, "birds/foreign", type, d, 8, ""), NULL),
	       OUT_MISSING_PART, "without urls it must");
	is_int(push(w, &w->a, "birds/foreign", "t", OCI_MANIFEST,
		    one_layer(w, "birds/foreign", OCI_LAYER, d, 8, urls), NULL),
	       OUT_MISSING_PART, "urls do not make a layer foreign");
}

static struct str
index_of(struct world *w, const char *type, struct str digest, size_t size)
{
	struct str d = descriptor(w, type, digest, size);

	return arena_strf(&w->arena,
			  "{\"schemaVersion\":2,\"mediaType\":\"" OCI_INDEX
			  "\",\"manifests\":[%.*s]}",
			  STR_ARG(d));
}

static void
test_index(struct world *w)
{
	struct str body = image(w, &w->a, "birds/index", STR("{}"), STR("x"));
	struct str child = digest_of(w, body);
	struct str index = index_of(w, OCI_MANIFEST, child, body.n);
	struct place at = in("birds/index");
	struct pushed p;

	is_int(push(w, &w->a, "birds/index", "all", OCI_INDEX, index, &p),
	       OUT_MISSING_PART, "before its child");
	is_str(p.put.missing, child, "says which");
	is_int(push(w, &w->a, "birds/index", child.p, OCI_MANIFEST, body, &p),
	       0, "the child, untagged");
	is_int(push(w, &w->a, "birds/index", "all", OCI_INDEX,
		    index_of(w, OCI_MANIFEST, child, body.n + 1), &p),
	       OUT_MALFORMED, "with a wrong size");
	is_int(push(w, &w->a, "birds/index", "all", OCI_INDEX, index, &p), 0,
	       "after its child");
	is_str(body_of(w, "birds/index", STR("all")), index, "is there");
	is_int(manifest_delete(&w->a, &at, child), OUT_CONFLICT,
	       "the child is needed");
	is_int(manifest_delete(&w->a, &at, digest_of(w, index)), 0,
	       "the index goes");
	is_int(manifest_delete(&w->a, &at, child), 0, "then the child");
	is_int(manifest_delete(&w->a, &at, child), OUT_ABSENT, "once");
	is_int(push(w, &w->a, "birds/index", "none", OCI_INDEX,
		    STR("{\"schemaVersion\":2,\"manifests\":[]}"), &p),
	       0, "an index of nothing");
}

/* Build caches list layers in an index, under types of their own. */
static void
test_index_of_blobs(struct world *w)
{
	struct str d = blob(w, &w->a, "birds/cache", STR("cache"));
	struct place at = in("birds/cache");

	is_int(push(w, &w->a, "birds/cache", "c", OCI_INDEX,
		    index_of(w, OCI_LAYER, d, 5), NULL),
	       0, "a blob of an unknown type");
	is_int(image_blob_unlink(&w->a, &at, d), OUT_CONFLICT, "is needed");
	is_int(push(w, &w->a, "birds/cache", "c", OCI_INDEX,
		    index_of(w, OCI_MANIFEST, d, 5), NULL),
	       OUT_MISSING_PART, "a blob is no manifest");
}

static void
test_depth(struct world *w)
{
	struct str body = image(w, &w->a, "birds/deep", STR("{}"), STR("x"));
	const char *type = OCI_MANIFEST;

	must(push(w, &w->a, "birds/deep", "d", type, body, NULL), "push");
	for (int i = 1; i <= MANIFEST_DEPTH_MAX + 1; i++) {
		body = index_of(w, type, digest_of(w, body), body.n);
		type = OCI_INDEX;
		is_int(push(w, &w->a, "birds/deep", "d", type, body, NULL),
		       i > MANIFEST_DEPTH_MAX ? OUT_MALFORMED : 0, "%d deep",
		       i);
	}
}

static void
test_artifact(struct world *w)
{
	struct str c = blob(w, &w->a, "birds/art", STR("{}"));
	struct str d = descriptor(w, "application/vnd.oci.empty.v1+json", c, 2);
	struct str subject = digest_of(w, STR("to come"));
	struct str s = descriptor(w, OCI_MANIFEST, subject, 7);
	struct str body = arena_strf(
	    &w->arena,
	    "{\"schemaVersion\":2,\"artifactType\":\"application/vnd.x\","
	    "\"config\":%.*s,\"layers\":[%.*s],\"subject\":%.*s}",
	    STR_ARG(d), STR_ARG(d), STR_ARG(s));
	struct place at = in("birds/art");
	struct manifest m;
	struct pushed p;

	is_int(push(w, &w->a, "birds/art", "sig", OCI_MANIFEST, body, &p), 0,
	       "its subject need not be here");
	is_str(p.put.subject, subject, "which is told");
	is_int(manifest_get(w->core, &at, STR("sig"), &w->arena, &m, NULL), 0,
	       "is there");
	is_str(m.artifact_type, STR("application/vnd.x"), "its type");
	is_str(m.subject, subject, "its subject");
}

static void
test_tags(struct world *w)
{
	struct str one = image(w, &w->a, "birds/tags", STR("{}"), STR("1"));
	struct str two = image(w, &w->a, "birds/tags", STR("{}"), STR("2"));
	struct place at = in("birds/tags"), none = in("birds/no-such");
	struct names l;
	bool more;

	for (int i = 0; i < 5; i++) {
		char tag[] = {(char)('a' + i), '\0'};

		must(push(w, &w->a, "birds/tags", tag, OCI_MANIFEST, one, NULL),
		     "push");
	}
	must(push(w, &w->a, "birds/tags", "B", OCI_MANIFEST, two, NULL),
	     "push");
	is_str(tags_of(w, "birds/tags", "", 100, &l), STR("B a b c d e"),
	       "all, by bytes");
	ok(!l.more, "no more");
	is_str(tags_of(w, "birds/tags", "a", 2, &l), STR("b c"), "a page");
	ok(l.more, "and more");
	is_str(tags_of(w, "birds/tags", "c", 2, &l), STR("d e"),
	       "the last page");
	ok(!l.more, "and no more");
	is_str(tags_of(w, "birds/tags", "bb", 1, &l), STR("c"),
	       "after a name that is none");
	is_str(tags_of(w, "birds/tags", "", 0, &l), STR(""), "nothing");
	ok(l.more, "but there is more");
	is_str(tags_of(w, "birds/tags", "", -1, &l), STR(""), "less");
	is_int(tag_each(w->core, &none, STR(""), 1, names_add, &l, &more),
	       OUT_ABSENT, "no such repository");
	is_int(push(w, &w->a, "birds/tags", "a", OCI_MANIFEST, two, NULL), 0,
	       "a tag moves");
	is_str(body_of(w, "birds/tags", STR("a")), two, "to the other");
	is_str(body_of(w, "birds/tags", STR("b")), one, "alone");
	is_int(tag_delete(&w->a, &at, STR("a")), 0, "a tag goes");
	is_int(tag_delete(&w->a, &at, STR("a")), OUT_ABSENT, "once");
	is_str(body_of(w, "birds/tags", STR("B")), two, "its manifest stays");
	is_int(manifest_delete(&w->a, &at, digest_of(w, one)), 0,
	       "a manifest goes");
	is_str(tags_of(w, "birds/tags", "", 100, &l), STR("B"),
	       "with all its tags");
	is_str(body_of(w, "birds/tags", digest_of(w, one)), STR(""), "gone");
}

static void
test_copy(struct world *w)
{
	struct str body = image(w, &w->a, "birds/from", STR("{}"), STR("copy"));
	struct str child = digest_of(w, body);
	struct str index = index_of(w, OCI_MANIFEST, child, body.n);
	struct place from = in("birds/from"), to = in("birds/to");
	struct place far = in("stones/app");
	struct blob_row row;
	struct names l;

	must(push(w, &w->a, "birds/from", "one", OCI_MANIFEST, body, NULL),
	     "push");
	must(push(w, &w->a, "birds/from", "all", OCI_INDEX, index, NULL),
	     "push");
	is_int(tag_copy(&w->a, &from, STR("one"), &from, STR("two")), 0,
	       "beside");
	is_str(body_of(w, "birds/from", STR("two")), body, "the same");
	is_int(tag_copy(&w->a, &from, STR("all"), &to, STR("new")), 0,
	       "an index to another repository");
	is_str(body_of(w, "birds/to", STR("new")), index, "byte for byte");
	is_str(body_of(w, "birds/to", child), body, "with its child");
	is_int(image_blob(w->core, &to, digest_of(w, STR("copy")), &row), 0,
	       "and the blobs");
	is_str(tags_of(w, "birds/to", "", 9, &l), STR("new"), "one tag");
	is_int(tag_copy(&w->a, &from, STR("all"), &to, STR("new")), 0, "again");
	is_int(tag_copy(&w->a, &from, child, &to, STR("c")), 0, "by digest");
	is_int(tag_copy(&w->a, &from, STR("none"), &to, STR("n")), OUT_ABSENT,
	       "what is not there");
	is_int(tag_copy(&w->a, &from, digest_of(w, STR("?")), &to, STR("n")),
	       OUT_ABSENT, "a digest that is not there");
	is_int(tag_copy(&w->a, &from, STR("one"), &to, STR("a b")),
	       OUT_MALFORMED, "to no tag");
	is_int(tag_copy(&w->a, &from, STR("one"), &far, STR("n")), OUT_ABSENT,
	       "to another account");
	is_int(manifest_delete(&w->a, &from, digest_of(w, index)), 0,
	       "the first may go");
	is_str(body_of(w, "birds/to", STR("new")), index, "the copy stays");
}

static void
test_mount(struct world *w)
{
	struct str d = blob(w, &w->a, "birds/base", STR("mounted"));
	struct str far = blob(w, &w->b, "stones/base", STR("theirs"));
	struct place to = in("birds/mount"), more = in("birds/mount2");
	struct blob_row row;

	is_int(image_blob(w->core, &to, d, &row), OUT_ABSENT, "not yet");
	is_int(image_blob_mount(&w->a, &to, d, STR("birds/none")), OUT_ABSENT,
	       "from where it is not");
	is_int(image_blob_mount(&w->a, &to, d, STR("birds/mount")), OUT_ABSENT,
	       "from itself");
	is_int(image_blob_mount(&w->a, &to, d, STR("../birds/base")),
	       OUT_ABSENT, "from no name");
	is_int(image_blob_mount(&w->a, &to, digest_of(w, STR("?")),
				STR("birds/base")),
	       OUT_ABSENT, "what is nowhere");
	is_int(image_blob_mount(&w->a, &to, far, STR("stones/base")),
	       OUT_ABSENT, "from another account");
	is_int(image_blob_mount(&w->a, &to, far, STR("")), OUT_ABSENT,
	       "another account's from anywhere");
	is_int(image_blob(w->core, &to, far, &row), OUT_ABSENT, "not there");
	is_int(image_blob_mount(&w->a, &to, d, STR("birds/base")), 0,
	       "from where it is");
	is_int(image_blob(w->core, &to, d, &row), 0, "is there now");
	is_int((int64_t)row.size, 7, "with its size");
	is_int(image_blob_mount(&w->a, &more, d, STR("")), 0, "from anywhere");
	is_int(image_blob(w->core, &more, d, &row), 0, "is there as well");
	is_int(image_blob_mount(&w->b, &to, d, STR("")), OUT_ABSENT,
	       "into another account's");
}

static void
test_unlink(struct world *w)
{
	struct str body = image(w, &w->a, "birds/cut", STR("{}"), STR("cut"));
	struct str d = digest_of(w, STR("cut"));
	struct place at = in("birds/cut"), other = in("birds/kept");
	struct blob_row row;

	blob(w, &w->a, "birds/kept", STR("cut"));
	must(push(w, &w->a, "birds/cut", "t", OCI_MANIFEST, body, NULL),
	     "push");
	is_int(image_blob_unlink(&w->a, &at, d), OUT_CONFLICT, "it is needed");
	is_int(image_blob_unlink(&w->b, &at, d), OUT_ABSENT, "not by others");
	must(manifest_delete(&w->a, &at, digest_of(w, body)), "delete");
	is_int(image_blob_unlink(&w->a, &at, d), 0, "now it goes");
	is_int(image_blob_unlink(&w->a, &at, d), OUT_ABSENT, "once");
	is_int(image_blob(w->core, &at, d, &row), OUT_ABSENT, "not readable");
	is_int(image_blob(w->core, &other, d, &row), 0, "but where it stays");
}

static void
test_open_blob(struct world *w)
{
	struct str d = blob(w, &w->a, "birds/read", STR("read me"));
	struct place at = in("birds/read");
	char text[16] = "";
	uint64_t size = 0;
	int fd = -1;

	is_int(image_blob_open(w->core, &at, d, &fd, &size), 0, "opened");
	is_int((int64_t)size, 7, "size");
	is_int(read(fd, text, sizeof(text)), 7, "read");
	is_str(str_c(text), STR("read me"), "content");
	(void)close(fd);
	is_int(image_blob_open(w->core, &at, STR("sha256:../x"), &fd, &size),
	       OUT_ABSENT, "no such digest");
}

static void
test_list(struct world *w)
{
	struct image_filter f = {.account = str_c(w->a.account),
				 .region = REGION,
				 .repo = STR("birds/list")};
	struct str body =
	    image(w, &w->a, "birds/list", STR(CONFIG_A), STR("layer"));
	struct str index =
	    index_of(w, OCI_MANIFEST, digest_of(w, body), body.n);
	struct place at = in("birds/list");
	struct image_row *list, one;
	size_t n;

	must(push(w, &w->a, "birds/list", "b", OCI_MANIFEST, body, NULL), "b");
	must(push(w, &w->a, "birds/list", "a", OCI_MANIFEST, body, NULL), "a");
	must(push(w, &w->a, "birds/list", "i", OCI_INDEX, index, NULL), "i");
	must(image_list(w->core, &w->a.who, &f, &w->arena, &list, &n), "list");
	is_int(n, 1, "one image");
	is_str(list[0].repo, STR("birds/list"), "repository");
	is_str(list[0].digest, digest_of(w, body), "digest");
	is_str(list[0].config, digest_of(w, STR(CONFIG_A)), "config");
	is_str(list[0].platform, STR("linux/amd64"), "platform");
	is_int(list[0].created_s, 1704164645, "created");
	is_int(list[0].size, (int64_t)sizeof(CONFIG_A) - 1 + 5, "size");
	is_int(list[0].n_tags, 2, "two tags");
	is_str(list[0].tags[0], STR("a"), "the first");
	is_str(list[0].tags[1], STR("b"), "the second");
	f.indexes = true;
	must(image_list(w->core, &w->a.who, &f, &w->arena, &list, &n), "list");
	is_int(n, 2, "two with the index");
	must(image_get(w->core, &at, STR("i"), &w->arena, &one), "get");
	ok(one.index, "it is an index");
	is_int(one.size, list[0].index ? list[1].size : list[0].size,
	       "as large as its images");
	must(tag_delete(&w->a, &at, STR("a")), "untag");
	must(tag_delete(&w->a, &at, STR("b")), "untag");
	must(image_list(w->core, &w->a.who, &f, &w->arena, &list, &n), "list");
	is_int(n, 1, "untagged ones are not listed");
	f.untagged = true;
	must(image_list(w->core, &w->a.who, &f, &w->arena, &list, &n), "list");
	is_int(n, 2, "unless they are asked for");
	must(image_list(w->core, &w->b.who, &f, &w->arena, &list, &n), "list");
	is_int(n, 0, "another account sees none");
	f.repo = STR_NONE;
	f.namespace = STR("birds");
	must(image_list(w->core, &w->a.who, &f, &w->arena, &list, &n), "list");
	ok(n > 10, "a whole namespace: %zu", n);
	for (size_t i = 1; i < n; i++)
		if (str_cmp(list[i - 1].repo, list[i].repo) > 0)
			ok(false, "in order at %zu", i);
	f.namespace = STR("stones");
	must(image_list(w->core, &w->a.who, &f, &w->arena, &list, &n), "list");
	is_int(n, 0, "nor is another's namespace listed");
	is_int(image_get(w->core, &at, STR("x"), &w->arena, &one), OUT_ABSENT,
	       "no such tag");
}

static void
put_repo(struct world *w, const struct visit *by, const char *repo)
{
	struct str body = image(w, by, repo, STR("{}"), STR("x"));

	must(push(w, by, repo, "t", OCI_MANIFEST, body, NULL), repo);
}

/* '-' sorts before '/': namespaces do not sort as their repositories do. */
static void
test_catalog(struct world *w)
{
	struct place at = in("wood-a/z");
	struct names l;
	bool made;

	must(namespace_remove(&w->a, REGION, STR("birds")), "remove");
	must(namespace_remove(&w->b, REGION, STR("stones")), "remove");
	must(namespace_add(&w->a, REGION, STR("wood"), &made), "add");
	must(namespace_add(&w->a, REGION, STR("wood-a"), &made), "add");
	must(namespace_add(&w->b, REGION, STR("wood-b"), &made), "add");
	put_repo(w, &w->a, "wood/a");
	put_repo(w, &w->a, "wood/b");
	put_repo(w, &w->a, "wood-a/c");
	put_repo(w, &w->b, "wood-b/d");
	blob(w, &w->a, "wood-a/z", STR("no manifest"));
	is_int(repo_exists(w->core, &at), 0, "a repository with only a blob");
	is_str(repos_of(w, &w->a, "", 100, &l), STR("wood-a/c wood/a wood/b"),
	       "what has manifests, by bytes");
	ok(!l.more, "no more");
	is_str(repos_of(w, &w->b, "", 100, &l), STR("wood-b/d"),
	       "the other's own");
	is_str(repos_of(w, &w->a, "", 1, &l), STR("wood-a/c"), "a page");
	ok(l.more, "and more");
	is_str(repos_of(w, &w->a, "wood-a/c", 1, &l), STR("wood/a"),
	       "the next");
	ok(l.more, "and more");
	is_str(repos_of(w, &w->a, "wood/a", 1, &l), STR("wood/b"), "the last");
	ok(!l.more, "and no more");
	is_str(repos_of(w, &w->a, "wood-b/d", 9, &l), STR("wood/a wood/b"),
	       "after a name of another's");
	is_str(repos_of(w, &w->a, "x", 9, &l), STR(""), "after all");
	is_str(repos_of(w, &w->a, "", 0, &l), STR(""), "none");
	ok(l.more, "but there is more");
}

/* Lists and mounts show no more than the gate would let in. */
static void
test_roles(struct world *w)
{
	struct image_filter f = {.account = str_c(w->a.account),
				 .region = REGION};
	struct str d = digest_of(w, STR("x"));
	struct place to = in("wood/mount");
	struct visit none, writer;
	struct image_row *list;
	struct names l;
	size_t n;

	world_user(w, "none@example.org", 0, &none);
	world_user(w, "writer@example.org", ROLE_WRITER, &writer);
	is_str(repos_of(w, &none, "", 9, &l), STR(""), "no role, no catalog");
	is_str(repos_of(w, &writer, "", 9, &l), STR("wood-a/c wood/a wood/b"),
	       "a writer may pull");
	must(image_list(w->core, &writer.who, &f, &w->arena, &list, &n),
	     "list");
	is_int(n, 0, "but not list images");
	is_int(image_blob_mount(&none, &to, d, STR("")), OUT_ABSENT,
	       "nothing to mount from anywhere");
	is_int(image_blob_mount(&none, &to, d, STR("wood/a")), OUT_ABSENT,
	       "nor from where it is");
	is_int(image_blob_mount(&writer, &to, d, STR("")), 0,
	       "a writer may mount");
}

/* Each move of a tag is in the trail, with both digests. */
static void
test_trail(struct world *w)
{
	struct audit_filter f = {.account = str_c(w->a.account),
				 .thing = STR("repo:wood/trail"),
				 .limit = 1,
				 .newest_first = true};
	struct str one = image(w, &w->a, "wood/trail", STR("{}"), STR("1"));
	struct str two = image(w, &w->a, "wood/trail", STR("{}"), STR("2"));
	struct audit_row *rows;
	struct str want;
	size_t n;

	must(push(w, &w->a, "wood/trail", "t", OCI_MANIFEST, one, NULL), "1");
	must(push(w, &w->a, "wood/trail", "t", OCI_MANIFEST, two, NULL), "2");
	must(audit_list(w->core, &f, &w->arena, &rows, &n), "audit_list");
	is_int(n, 1, "a row");
	one = digest_of(w, one);
	two = digest_of(w, two);
	want = arena_strf(&w->arena,
			  "{\"digest\":\"%.*s\",\"tags\":[{\"name\":\"t\","
			  "\"old\":\"%.*s\"}]}",
			  STR_ARG(two), STR_ARG(one));
	is_str(rows[0].detail, want, "new and old");
	is_str(rows[0].identity, str_c(w->a.who.identity), "and who");
}

static void
test_usage(struct world *w)
{
	int64_t bytes = -1;
	bool made;

	must(namespace_add(&w->a, STR("full2"), STR("usage"), &made), "add");
	is_int(image_usage(w->core, str_c(w->a.account), STR("full2"), &bytes),
	       0, "usage");
	is_int(bytes, 0, "nothing yet");
	is_int(image_usage(w->core, str_c(w->b.account), REGION, &bytes), 0,
	       "usage");
	is_int(bytes, 3, "each blob once: {} and x");
}

/* After everything: the engine finds nothing dangling. */
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
	subtest("namespaces") test_namespaces(&w);
	subtest("namespace limit") test_namespace_limit(&w);
	subtest("exact bytes") test_exact(&w);
	subtest("white space") test_white_space(&w);
	subtest("reference") test_ref(&w);
	subtest("type") test_retype(&w);
	subtest("tags of a push") test_tags_of_push(&w);
	subtest("missing parts") test_missing(&w);
	subtest("sizes") test_sizes(&w);
	subtest("foreign layers") test_foreign(&w);
	subtest("index") test_index(&w);
	subtest("index of blobs") test_index_of_blobs(&w);
	subtest("depth") test_depth(&w);
	subtest("artifact") test_artifact(&w);
	subtest("tags") test_tags(&w);
	subtest("copy") test_copy(&w);
	subtest("mount") test_mount(&w);
	subtest("unlink") test_unlink(&w);
	subtest("open blob") test_open_blob(&w);
	subtest("list") test_list(&w);
	subtest("catalog") test_catalog(&w);
	subtest("roles") test_roles(&w);
	subtest("trail") test_trail(&w);
	subtest("usage") test_usage(&w);
	subtest("whole") test_whole(&w);
	world_close(&w);
	return done_testing();
}
