#include "core/manifest_read.h"

#include "base/buf.h"
#include "base/test.h"
#include "core/image.h"

#define D64	 "00000000000000000000000000000000000000000000000000000000000000ab"
#define MANIFEST "application/vnd.oci.image.manifest.v1+json"
#define INDEX	 "application/vnd.oci.image.index.v1+json"
#define DESC                                                                   \
	"{\"mediaType\":\"application/x\",\"digest\":\"sha256:" D64            \
	"\",\"size\":7}"
#define IMAGE(extra)                                                           \
	"{\"schemaVersion\":2,\"config\":" DESC ",\"layers\":[" DESC "]" extra \
	"}"
#define OF_INDEX(extra)                                                        \
	"{\"schemaVersion\":2,\"manifests\":[" DESC "]" extra "}"

static int
read_one(const char *type, struct str body)
{
	CLEAN(manifest_read_clear) struct manifest_read m = {0};
	struct note note = {""};
	int r = manifest_read(body, str_c(type), &m, &note);

	if (r > 0)
		ok(note.text[0] != '\0', "says why: %s", note.text);
	return r;
}

static void
refused(const char *what, const char *type, const char *body)
{
	is_int(read_one(type, str_c(body)), OUT_MALFORMED, "%s", what);
}

static void
test_forms(void)
{
	is_int(read_one(MANIFEST, STR(IMAGE(""))), 0, "an image");
	is_int(read_one(INDEX, STR(OF_INDEX(""))), 0, "an index");
	is_int(read_one(MANIFEST, STR("\xef\xbb\xbf" IMAGE("") "\r\n \t\n")), 0,
	       "a byte order mark before and white space after");
	is_int(
	    read_one("application/vnd.example.thing.v1+json", STR(IMAGE(""))),
	    0, "an unknown type in the form of an image");
	is_int(read_one("application/vnd.example.things.v1+json",
			STR(OF_INDEX(""))),
	       0, "an unknown type in the form of an index");
	is_int(read_one("", STR(IMAGE(",\"mediaType\":\"" MANIFEST "\""))), 0,
	       "only the body says the type");
	is_int(read_one(MANIFEST, STR("{\"schemaVersion\":2,\"config\":" DESC
				      ",\"layers\":null,\"manifests\":null,"
				      "\"subject\":null}")),
	       0, "null where Go means nothing");
	is_int(
	    read_one(MANIFEST, STR(IMAGE(",\"annotations\":{\"a\":"
					 "\"two\\nlines\"},\"more\":[1.5]"))),
	    0, "annotations, and members that we don't know");
}

static void
test_types(void)
{
	refused("image and index at once", MANIFEST,
		IMAGE(",\"manifests\":[" DESC "]"));
	refused("an index with a config", INDEX, OF_INDEX(",\"config\":" DESC));
	refused("an index sent as an image", MANIFEST, OF_INDEX(""));
	refused("an image sent as an index", INDEX, IMAGE(""));
	refused("mediaType that differs", MANIFEST,
		IMAGE(",\"mediaType\":\"" INDEX "\""));
	refused("mediaType that is a number", MANIFEST,
		IMAGE(",\"mediaType\":2"));
	refused("no type anywhere", "", IMAGE(""));
	refused("application/json", "application/json", IMAGE(""));
	refused("text/html", "text/html", IMAGE(""));
	refused("a form's type", "application/x-www-form-urlencoded",
		IMAGE(""));
	refused("Docker's schema 1",
		"application/vnd.docker.distribution.manifest.v1+json",
		IMAGE(""));
	refused("a type with a blank", "application/a b+json", IMAGE(""));
	refused("a type with a line end", "application/a\r\nb+json", IMAGE(""));
	refused("an unknown type of no known form",
		"application/vnd.example.thing.v1+json",
		"{\"schemaVersion\":2,\"blobs\":[]}");
}

static void
test_versions(void)
{
	refused("1", MANIFEST, "{\"schemaVersion\":1}");
	refused("3", MANIFEST, "{\"schemaVersion\":3}");
	refused("\"2\"", MANIFEST, "{\"schemaVersion\":\"2\"}");
	refused("2.0", MANIFEST, "{\"schemaVersion\":2.0}");
	refused("none", MANIFEST, "{\"layers\":[]}");
	refused("an array", MANIFEST, "[]");
	refused("nothing", MANIFEST, "");
	refused("the same name twice", MANIFEST, IMAGE(",\"layers\":[]"));
	refused("more after it", MANIFEST, IMAGE("") "{}");
	refused("cut short", MANIFEST, "{\"schemaVersion\":2,\"con");
	is_int(read_one(MANIFEST, STR("{\"schemaVersion\":2,\"a\":\"\xff\"}")),
	       OUT_MALFORMED, "not UTF-8");
}

#define LAYER(text)                                                            \
	"{\"schemaVersion\":2,\"config\":" DESC ",\"layers\":[" text "]}"
#define LAYER_OF(type, digest, size)                                           \
	LAYER("{\"mediaType\":" type ",\"digest\":" digest ",\"size\":" size   \
	      "}")
#define GOOD_TYPE   "\"application/x\""
#define GOOD_DIGEST "\"sha256:" D64 "\""

static void
test_descriptors(void)
{
	is_int(read_one(MANIFEST, STR(LAYER_OF(GOOD_TYPE, GOOD_DIGEST, "0"))),
	       0, "a size of 0");
	is_int(read_one(MANIFEST, STR(LAYER_OF(GOOD_TYPE, GOOD_DIGEST,
					       "9223372036854775800"))),
	       0, "a very large size");
	refused("sizes that overflow", MANIFEST,
		LAYER_OF(GOOD_TYPE, GOOD_DIGEST, "9223372036854775801"));
	refused("a negative size", MANIFEST,
		LAYER_OF(GOOD_TYPE, GOOD_DIGEST, "-1"));
	refused("a size as text", MANIFEST,
		LAYER_OF(GOOD_TYPE, GOOD_DIGEST, "\"7\""));
	refused("a size with a fraction", MANIFEST,
		LAYER_OF(GOOD_TYPE, GOOD_DIGEST, "7.5"));
	refused("a size above 2^63", MANIFEST,
		LAYER_OF(GOOD_TYPE, GOOD_DIGEST, "9223372036854775808"));
	refused("no such algorithm", MANIFEST,
		LAYER_OF(GOOD_TYPE, "\"md5:" D64 "\"", "7"));
	refused("upper case", MANIFEST,
		LAYER_OF(GOOD_TYPE, "\"SHA256:" D64 "\"", "7"));
	refused("a path as digest", MANIFEST,
		LAYER_OF(GOOD_TYPE, "\"sha256:../../etc/passwd\"", "7"));
	refused("a short digest", MANIFEST,
		LAYER_OF(GOOD_TYPE, "\"sha256:abcd\"", "7"));
	refused("no type", MANIFEST, LAYER_OF("null", GOOD_DIGEST, "7"));
	refused("not an object", MANIFEST, LAYER("7"));
	refused("layers that are an object", MANIFEST,
		"{\"schemaVersion\":2,\"config\":" DESC ",\"layers\":{}}");
	refused("no config", MANIFEST, "{\"schemaVersion\":2,\"layers\":[]}");
	refused("no layers", MANIFEST,
		"{\"schemaVersion\":2,\"config\":" DESC "}");
	refused("a subject that is text", MANIFEST,
		IMAGE(",\"subject\":\"sha256:" D64 "\""));
	refused("an artifactType that is none", MANIFEST,
		IMAGE(",\"artifactType\":\"a b\""));
	refused("a NUL in an annotation", MANIFEST,
		IMAGE(",\"annotations\":{\"a\":\"\\u0000\"}"));
	refused("a control character in an annotation", MANIFEST,
		IMAGE(",\"annotations\":{\"a\":\"\\u001b[2J\"}"));
	refused("an annotation that is a number", MANIFEST,
		IMAGE(",\"annotations\":{\"a\":1}"));
}

static void
many(struct buf *b, size_t n, bool layers)
{
	buf_adds(b, "{\"schemaVersion\":2,");
	if (layers)
		buf_adds(b, "\"config\":" DESC ",\"layers\":[");
	else
		buf_adds(b, "\"manifests\":[");
	for (size_t i = 0; i < n; i++)
		buf_addf(b, "%s" DESC, i > 0 ? "," : "");
	buf_adds(b, "]}");
}

static void
test_many(const char *type, bool layers, size_t max)
{
	for (size_t n = max - 1; n <= max + 1; n++) {
		CLEAN(buf_clear) struct buf b = BUF_INIT;

		many(&b, n, layers);
		is_int(read_one(type, buf_str(&b)), n > max ? OUT_TOO_MANY : 0,
		       "%zu %s", n, layers ? "layers" : "entries");
	}
}

static void
test_size(void)
{
	for (size_t n = MANIFEST_MAX - 1; n <= MANIFEST_MAX + 1; n++) {
		CLEAN(buf_clear) struct buf b = BUF_INIT;

		buf_adds(&b, IMAGE(""));
		while (b.n < n)
			buf_addc(&b, ' ');
		is_int(read_one(MANIFEST, buf_str(&b)),
		       n > MANIFEST_MAX ? OUT_TOO_LARGE : 0, "%zu bytes", n);
	}
}

static void
test_deep(void)
{
	CLEAN(buf_clear) struct buf b = BUF_INIT;

	buf_adds(&b, "{\"schemaVersion\":2,\"config\":" DESC
		     ",\"layers\":[],\"x\":");
	for (int i = 0; i < 100000; i++)
		buf_addc(&b, '[');
	is_int(read_one(MANIFEST, buf_str(&b)), OUT_MALFORMED, "100000 deep");
}

static void
test_needs(void)
{
	CLEAN(manifest_read_clear) struct manifest_read m = {0};
	struct str body =
	    STR("{\"schemaVersion\":2,\"config\":" DESC ",\"layers\":["
		"{\"mediaType\":\"application/vnd.docker.image.rootfs.foreign."
		"diff.tar.gzip\",\"digest\":" GOOD_DIGEST ",\"size\":3,"
		"\"urls\":[\"file:///etc/passwd\"]},"
		"{\"mediaType\":\"application/vnd.docker.image.rootfs.foreign."
		"diff.tar.gzip\",\"digest\":" GOOD_DIGEST ",\"size\":3}],"
		"\"subject\":" DESC "}");

	is_int(manifest_read(body, STR(MANIFEST), &m, NULL), 0, "is read");
	is_int(m.n_needs, 3, "two layers and a config");
	is_int(m.needs[0].kind, NEED_FOREIGN, "a foreign layer with urls");
	is_int(m.needs[1].kind, NEED_BLOB, "without urls it must be here");
	is_int(m.needs[2].kind, NEED_BLOB, "and so must the config");
	is_int(m.image_size, 13, "sizes add up");
	is_str(m.artifact_type, STR("application/x"), "the config's type");
	is_str(m.subject, STR("sha256:" D64), "the subject");
}

static void
test_facts_one(const char *created, int64_t want)
{
	struct manifest_facts f;
	char text[256];

	(void)snprintf(text, sizeof(text), "{\"created\":\"%s\"}", created);
	manifest_facts_read(str_c(text), &f);
	is_int(f.created_s, want, "%s", created);
}

static void
test_facts(void)
{
	struct manifest_facts f;

	test_facts_one("2024-01-02T03:04:05Z", 1704164645);
	test_facts_one("2024-01-02T03:04:05.123456789Z", 1704164645);
	test_facts_one("2024-01-02T05:04:05.1+02:00", 1704164645);
	test_facts_one("2024-01-01T22:34:05-04:30", 1704164645);
	test_facts_one("1970-01-01T00:00:00Z", 0);
	test_facts_one("2024-01-02T03:04:05", 0);
	test_facts_one("2024-01-02T03:04:05+0200", 0);
	test_facts_one("2024-13-02T03:04:05Z", 0);
	test_facts_one("yesterday", 0);
	test_facts_one("", 0);
	manifest_facts_read(STR("{\"os\":\"linux\",\"architecture\":\"arm\","
				"\"variant\":\"v7\"}"),
			    &f);
	is_str(str_c(f.platform), STR("linux/arm/v7"), "with a variant");
	manifest_facts_read(
	    STR("{\"os\":\"linux\",\"architecture\":\"amd64\"}"), &f);
	is_str(str_c(f.platform), STR("linux/amd64"), "without one");
	manifest_facts_read(STR("{\"os\":\"li\\nnux\","
				"\"architecture\":\"amd64\"}"),
			    &f);
	is_str(str_c(f.platform), STR(""), "no line ends in a word");
	manifest_facts_read(STR("not JSON"), &f);
	ok(f.created_s == 0 && f.platform[0] == '\0', "not JSON: unknown");
}

int
main(void)
{
	subtest("forms") test_forms();
	subtest("types") test_types();
	subtest("version") test_versions();
	subtest("descriptors") test_descriptors();
	subtest("many")
	{
		test_many(MANIFEST, true, MANIFEST_LAYERS_MAX);
		test_many(INDEX, false, MANIFEST_CHILDREN_MAX);
	}
	subtest("size") test_size();
	subtest("deep") test_deep();
	subtest("needs") test_needs();
	subtest("facts") test_facts();
	return done_testing();
}
