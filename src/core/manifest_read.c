#include "core/manifest_read.h"

#include "core/image.h"
#include "wire/ociref.h"
#include "json/json.h"

#include <errno.h>

enum shape { SHAPE_BY_LOOK, SHAPE_IMAGE, SHAPE_INDEX, SHAPE_REFUSED };

static const struct {
	struct str type;
	enum shape shape;
} shapes[] = {
    {STR_INIT("application/vnd.oci.image.manifest.v1+json"), SHAPE_IMAGE},
    {STR_INIT("application/vnd.oci.image.index.v1+json"), SHAPE_INDEX},
    {STR_INIT("application/vnd.docker.distribution.manifest.v2+json"),
     SHAPE_IMAGE},
    {STR_INIT("application/vnd.docker.distribution.manifest.list.v2+json"),
     SHAPE_INDEX},
    {STR_INIT("application/vnd.docker.distribution.manifest.v1+json"),
     SHAPE_REFUSED},
    {STR_INIT("application/vnd.docker.distribution.manifest.v1+prettyjws"),
     SHAPE_REFUSED},
};

/* Layers that only their urls distribute. */
static const struct str foreign_types[] = {
    STR_INIT("application/vnd.docker.image.rootfs.foreign.diff.tar"),
    STR_INIT("application/vnd.docker.image.rootfs.foreign.diff.tar.gzip"),
    STR_INIT("application/vnd.oci.image.layer.nondistributable.v1.tar"),
    STR_INIT("application/vnd.oci.image.layer.nondistributable.v1.tar+gzip"),
    STR_INIT("application/vnd.oci.image.layer.nondistributable.v1.tar+zstd"),
};

struct reading {
	struct manifest_read *ret;
	struct note *note;
};

/* Writers in Go say null where they mean that there is nothing. */
static const struct json *
member(const struct json *object, const char *name)
{
	const struct json *v = json_get(object, name);

	return json_kind(v) == JSON_NULL ? NULL : v;
}

static bool
type_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9') ||
	       (c != '\0' && strchr("!#$&^_.+-", c) != NULL);
}

/* RFC 6838 section 4.2: type "/" subtype of restricted-name-chars. */
static bool
is_media_type(struct str s)
{
	struct str halves[2];

	if (s.n > MEDIA_TYPE_MAX || !str_cut(s, '/', &halves[0], &halves[1]))
		return false;
	for (size_t h = 0; h < nitems(halves); h++) {
		if (halves[h].n == 0)
			return false;
		for (size_t i = 0; i < halves[h].n; i++)
			if (!type_char(halves[h].p[i]))
				return false;
	}
	return true;
}

static bool
is_foreign(struct str type)
{
	for (size_t i = 0; i < nitems(foreign_types); i++)
		if (str_eq(type, foreign_types[i]))
			return true;
	return false;
}

static enum shape
shape_of(struct str type)
{
	for (size_t i = 0; i < nitems(shapes); i++)
		if (str_eq(type, shapes[i].type))
			return shapes[i].shape;
	/* Types we don't know are welcome when they say that they are JSON. */
	return str_starts(type, STR("application/")) &&
		       str_ends(type, STR("+json"))
		   ? SHAPE_BY_LOOK
		   : SHAPE_REFUSED;
}

/* Text for people: line ends and tabs, no other control characters. */
static bool
is_plain(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if ((c < ' ' && c != '\t' && c != '\n' && c != '\r') ||
		    c == 0x7f)
			return false;
	}
	return true;
}

static int
read_annotations(const struct reading *rd, const struct json *object)
{
	const struct json *all = member(object, "annotations"), *v;
	struct str name, text;
	void *iter = NULL;

	if (all == NULL)
		return 0;
	if (json_kind(all) != JSON_OBJECT)
		return note_set(rd->note, OUT_MALFORMED,
				"annotations is not an object");
	while (json_each(all, &iter, &name, &v))
		if (!is_plain(name) || !json_str(v, &text) || !is_plain(text))
			return note_set(
			    rd->note, OUT_MALFORMED,
			    "annotations must be text without control "
			    "characters");
	return 0;
}

/* A descriptor as it was written: mediaType, digest, size. */
struct descriptor {
	struct str type, digest;
	int64_t size;
	bool has_urls;
};

static int
read_urls(const struct json *object, struct descriptor *ret)
{
	const struct json *urls = member(object, "urls");
	struct str url;

	if (urls != NULL && json_kind(urls) != JSON_ARRAY)
		return OUT_MALFORMED;
	for (size_t i = 0; i < json_size(urls); i++)
		if (!json_str(json_at(urls, i), &url))
			return OUT_MALFORMED;
	ret->has_urls = json_size(urls) > 0;
	return 0;
}

static int
read_descriptor(const struct reading *rd, const struct json *object,
		const char *what, struct descriptor *ret)
{
	enum digest_kind kind;
	const char *wrong = NULL;

	if (json_kind(object) != JSON_OBJECT)
		return note_set(rd->note, OUT_MALFORMED,
				"%s is not a descriptor", what);
	ret->type = json_text(object, "mediaType");
	ret->digest = json_text(object, "digest");
	if (!is_media_type(ret->type))
		wrong = "mediaType";
	else if (ociref_digest(ret->digest, &kind) != 0)
		wrong = "digest";
	else if (!json_int(json_get(object, "size"), &ret->size) ||
		 ret->size < 0)
		wrong = "size";
	else if (read_urls(object, ret) != 0)
		wrong = "urls";
	if (wrong != NULL)
		return note_set(rd->note, OUT_MALFORMED,
				"%s: %s is missing or malformed", what, wrong);
	return read_annotations(rd, object);
}

static int
add_need(const struct reading *rd, const struct descriptor *d, enum need kind)
{
	struct manifest_read *m = rd->ret;

	if (kind == NEED_BLOB || kind == NEED_FOREIGN) {
		if (d->size > INT64_MAX - m->image_size)
			return note_set(rd->note, OUT_MALFORMED,
					"the sizes add up to more than can be");
		m->image_size += d->size;
	}
	m->needs[m->n_needs++] = (struct manifest_need){
	    .kind = kind, .digest = d->digest, .size = d->size};
	return 0;
}

static int
read_config(const struct reading *rd)
{
	const struct json *config = member(rd->ret->root, "config");
	struct descriptor d;
	int r = read_descriptor(rd, config, "config", &d);

	if (r != 0)
		return r;
	rd->ret->config = d.digest;
	rd->ret->config_type = d.type;
	return add_need(rd, &d, NEED_BLOB);
}

static int
read_layer(const struct reading *rd, const struct json *layer, size_t i)
{
	struct descriptor d;
	char what[32];
	int r;

	(void)snprintf(what, sizeof(what), "layers[%zu]", i);
	r = read_descriptor(rd, layer, what, &d);
	if (r != 0)
		return r;
	return add_need(rd, &d,
			d.has_urls && is_foreign(d.type) ? NEED_FOREIGN
							 : NEED_BLOB);
}

static int
read_child(const struct reading *rd, const struct json *child, size_t i)
{
	struct descriptor d;
	enum shape shape;
	char what[32];
	int r;

	(void)snprintf(what, sizeof(what), "manifests[%zu]", i);
	r = read_descriptor(rd, child, what, &d);
	if (r != 0)
		return r;
	shape = shape_of(d.type);
	return add_need(rd, &d,
			shape == SHAPE_IMAGE || shape == SHAPE_INDEX
			    ? NEED_MANIFEST
			    : NEED_EITHER);
}

static int
read_each(const struct reading *rd, const char *name, size_t max,
	  int (*read_one)(const struct reading *, const struct json *, size_t))
{
	const struct json *list = member(rd->ret->root, name);
	size_t n = json_size(list);
	int r = 0;

	if (list != NULL && json_kind(list) != JSON_ARRAY)
		return note_set(rd->note, OUT_MALFORMED, "%s is not an array",
				name);
	if (n > max)
		return note_set(rd->note, OUT_TOO_MANY,
				"%s has %zu entries, the limit is %zu", name, n,
				max);
	/* One more for a config; never nothing, which calloc may answer NULL.
	 */
	rd->ret->needs = calloc(n + 1, sizeof(*rd->ret->needs));
	if (rd->ret->needs == NULL)
		return FAIL(-ENOMEM);
	for (size_t i = 0; r == 0 && i < n; i++)
		r = read_one(rd, json_at(list, i), i);
	return r;
}

static int
read_image(const struct reading *rd)
{
	int r;

	if (json_get(rd->ret->root, "layers") == NULL)
		return note_set(rd->note, OUT_MALFORMED, "layers is missing");
	r = read_each(rd, "layers", MANIFEST_LAYERS_MAX, read_layer);
	return r != 0 ? r : read_config(rd);
}

static int
read_index(const struct reading *rd)
{
	if (json_get(rd->ret->root, "manifests") == NULL)
		return note_set(rd->note, OUT_MALFORMED,
				"manifests is missing");
	rd->ret->index = true;
	return read_each(rd, "manifests", MANIFEST_CHILDREN_MAX, read_child);
}

/* One text must not be an image to one reader and an index to another. */
static int
read_shape(const struct reading *rd)
{
	const struct json *root = rd->ret->root;
	bool image =
	    member(root, "layers") != NULL || member(root, "config") != NULL;
	bool index = member(root, "manifests") != NULL;
	enum shape shape = shape_of(rd->ret->media_type);

	if (image && index)
		return note_set(rd->note, OUT_MALFORMED,
				"manifests together with layers or config");
	if (shape == SHAPE_BY_LOOK && image)
		shape = SHAPE_IMAGE;
	else if (shape == SHAPE_BY_LOOK && index)
		shape = SHAPE_INDEX;
	switch (shape) {
	case SHAPE_IMAGE:
		return read_image(rd);
	case SHAPE_INDEX:
		return read_index(rd);
	case SHAPE_BY_LOOK:
		return note_set(rd->note, OUT_MALFORMED,
				"neither a manifest nor an index");
	case SHAPE_REFUSED:
		break;
	}
	return note_set(rd->note, OUT_MALFORMED,
			"%.*s is not a type of manifest",
			STR_ARG(rd->ret->media_type));
}

static int
read_type(const struct reading *rd, struct str type)
{
	const struct json *own = member(rd->ret->root, "mediaType");
	struct str said = type;

	if (own != NULL && !json_str(own, &said))
		return note_set(rd->note, OUT_MALFORMED,
				"mediaType is not a string");
	if (type.n != 0 && !str_eq(said, type))
		return note_set(rd->note, OUT_MALFORMED,
				"mediaType and Content-Type differ");
	if (!is_media_type(said))
		return note_set(
		    rd->note, OUT_MALFORMED,
		    "no media type, or not of the form type/subtype");
	rd->ret->media_type = said;
	return 0;
}

static int
read_version(const struct reading *rd)
{
	int64_t version;

	if (json_kind(rd->ret->root) != JSON_OBJECT)
		return note_set(rd->note, OUT_MALFORMED,
				"a manifest is a JSON object");
	if (!json_int(json_get(rd->ret->root, "schemaVersion"), &version) ||
	    version != 2)
		return note_set(rd->note, OUT_MALFORMED,
				"schemaVersion is not 2");
	return 0;
}

/* The subject need not be here. The type of an artifact is its config's when it
 * does not say (distribution specification, "Listing Referrers"). */
static int
read_artifact(const struct reading *rd)
{
	struct manifest_read *m = rd->ret;
	const struct json *subject = member(m->root, "subject");
	const struct json *type = member(m->root, "artifactType");
	struct descriptor d;
	int r;

	m->artifact_type = m->config_type;
	if (type != NULL && !json_str(type, &m->artifact_type))
		return note_set(rd->note, OUT_MALFORMED,
				"artifactType is not a string");
	if (m->artifact_type.n == 0)
		m->artifact_type = m->config_type;
	else if (!is_media_type(m->artifact_type))
		return note_set(rd->note, OUT_MALFORMED,
				"artifactType is not of the form type/subtype");
	if (subject == NULL)
		return 0;
	r = read_descriptor(rd, subject, "subject", &d);
	if (r == 0)
		m->subject = d.digest;
	return r;
}

/* RFC 8259 section 8.1 lets readers pass over a byte order mark. */
static struct str
without_mark(struct str body)
{
	return str_starts(body, STR("\xef\xbb\xbf")) ? str_sub(body, 3, body.n)
						     : body;
}

int
manifest_read(struct str body, struct str type, struct manifest_read *ret,
	      struct note *note)
{
	struct reading rd = {.ret = ret, .note = note};
	int r;

	*ret = (struct manifest_read){0};
	if (body.n > MANIFEST_MAX)
		return note_set(note, OUT_TOO_LARGE,
				"a manifest has at most %zu bytes",
				(size_t)MANIFEST_MAX);
	r = json_parse(without_mark(body), &ret->root, note);
	if (r == 0)
		r = read_version(&rd);
	if (r == 0)
		r = read_type(&rd, type);
	if (r == 0)
		r = read_shape(&rd);
	if (r == 0)
		r = read_annotations(&rd, ret->root);
	if (r == 0)
		r = read_artifact(&rd);
	return r;
}

void
manifest_read_clear(struct manifest_read *m)
{
	json_free(m->root);
	free(m->needs);
	*m = (struct manifest_read){0};
}
