/* One image: looking into it, tagging, untagging, deleting. */
#include "door/cr/inner.h"

static const struct image_ref *
own_ref(const struct call *call)
{
	return call->own;
}

static int
absent(struct call *call, const struct image_ref *ref)
{
	return note_set(&call->note, OUT_ABSENT, "%.*s has no image '%.*s'.",
			STR_ARG(ref->at.name), STR_ARG(ref->ref));
}

/* A member of the configuration under the name of the inspection, if it is of
 * the kind that clients expect. */
struct member {
	const char *name, *from;
	enum json_kind kind;
};
static const struct member members[] = {
    {"Parent", "parent", JSON_STR},
    {"Comment", "comment", JSON_STR},
    {"Created", "created", JSON_STR},
    {"Container", "container", JSON_STR},
    {"ContainerConfig", "container_config", JSON_OBJECT},
    {"DockerVersion", "docker_version", JSON_STR},
    {"Author", "author", JSON_STR},
    {"Config", "config", JSON_OBJECT},
    {"Architecture", "architecture", JSON_STR},
    {"Os", "os", JSON_STR},
    {"OsVersion", "os.version", JSON_STR},
    {"Variant", "variant", JSON_STR},
    {"History", "history", JSON_ARRAY}, /* ours: what made each layer */
};

static void
rootfs_write(struct jw *w, const struct json *config)
{
	const struct json *rootfs = json_get(config, "rootfs");
	const struct json *layers = json_get(rootfs, "diff_ids");

	jw_object(w, "RootFS");
	jw_str(w, "Type", json_text(rootfs, "type"));
	jw_array(w, "Layers");
	for (size_t i = 0; i < json_size(layers); i++)
		jw_json(w, NULL, json_at(layers, i));
	jw_end(w);
	jw_end(w);
}

int
image_inspect(struct call *call, struct http_reply *reply)
{
	const struct image_ref *ref = own_ref(call);
	CLEAN(json_freep) struct json *config = NULL;
	struct jw w = JW(&reply->body);
	struct image_row row;
	int r = image_get(call->core, &ref->at, ref->ref, call->arena, &row);

	if (r == OUT_ABSENT)
		return absent(call, ref);
	if (r != 0)
		return r;
	config = config_read(call, &row);
	jw_object(&w, NULL);
	jw_str(&w, "Id", row.config.n > 0 ? row.config : row.digest);
	for (size_t i = 0; i < nitems(members); i++) {
		const struct json *v = json_get(config, members[i].from);

		if (v != NULL && json_kind(v) == members[i].kind)
			jw_json(&w, members[i].name, v);
		else if (members[i].kind == JSON_STR)
			jw_c(&w, members[i].name, "");
	}
	jw_int(&w, "Size", row.size);
	jw_int(&w, "VirtualSize", row.size);
	jw_c(&w, "ManifestType", manifest_type(row.media_type));
	rootfs_write(&w, config);
	jw_end(&w);
	return cr_json(reply, 200);
}

int
image_manifest(struct call *call, struct http_reply *reply)
{
	const struct image_ref *ref = own_ref(call);
	struct manifest m;
	int r = manifest_get(call->core, &ref->at, ref->ref, call->arena, &m,
			     &reply->body);

	if (r == OUT_ABSENT)
		return absent(call, ref);
	return r != 0 ? r : cr_json(reply, 200);
}

/* Lists leave the members about them out, too. */
int
image_vulnerabilities(struct call *call, struct http_reply *reply)
{
	(void)reply;
	return note_set(&call->note, OUT_ABSENT,
			"Nobody looks for vulnerabilities here.");
}

static int
untagged_reply(struct call *call, struct http_reply *reply)
{
	const struct image_ref *ref = own_ref(call);
	CLEAN(buf_clear) struct buf full = BUF_INIT;
	struct jw w = JW(&reply->body);
	int r = ref_write(&full, call, ref->at.name, ref->tag, ref->digest);

	if (r != 0)
		return r;
	jw_object(&w, NULL);
	jw_str(&w, "Untagged", buf_str(&full));
	jw_end(&w);
	return cr_json(reply, 200);
}

/* With every tag that names the same digest in this repository. */
int
image_drop(struct call *call, struct http_reply *reply)
{
	const struct image_ref *ref = own_ref(call);
	struct str digest = ref->digest;
	struct manifest m;
	int r = 0;

	if (digest.n == 0) {
		r = manifest_get(call->core, &ref->at, ref->ref, call->arena,
				 &m, NULL);
		digest = r == 0 ? m.digest : digest;
	}
	if (r == 0)
		r = manifest_delete(&call->visit, &ref->at, digest);
	if (r == OUT_ABSENT)
		return absent(call, ref);
	if (r == OUT_CONFLICT)
		return note_set(&call->note, r,
				"An index in this repository still needs this "
				"image.");
	return r != 0 ? r : untagged_reply(call, reply);
}

int
image_untag(struct call *call, struct http_reply *reply)
{
	const struct image_ref *ref = own_ref(call);
	int r;

	if (ref->digest.n > 0)
		return note_set(&call->note, OUT_MALFORMED,
				"A tag is removed by its name, not by a "
				"digest.");
	r = tag_delete(&call->visit, &ref->at, ref->tag);
	if (r == OUT_ABSENT)
		return absent(call, ref);
	return r != 0 ? r : untagged_reply(call, reply);
}

static int
immutable(struct call *call, const struct image_ref *to)
{
	return note_set(&call->note, OUT_CONFLICT,
			"The tag '%.*s' is there already, and the tags of "
			"namespace %.*s are immutable.",
			STR_ARG(to->tag),
			STR_ARG(ociref_namespace(to->at.name)));
}

/* The target was asked about at the door; the source is a second question. */
int
image_tag(struct call *call, struct http_reply *reply)
{
	const struct image_ref *to = own_ref(call);
	struct visit push = call->visit;
	struct str text = STR_NONE;
	struct image_ref from;
	struct thing thing;
	int r = call_once(call, "fromimage", &text);

	if (r == 0 && text.n == 0)
		return note_set(&call->note, OUT_MALFORMED,
				"'fromimage' is missing.");
	if (r == 0)
		r = ref_read(call, text, &from);
	if (r == 0 && to->digest.n > 0)
		return note_set(&call->note, OUT_MALFORMED,
				"'toimage' must name a tag.");
	if (r != 0)
		return r;
	thing = ref_thing(&from);
	r = call_pass(call, VERB_IMAGE_PULL, &thing);
	if (r == 0)
		r = tag_copy(&push, &from.at, from.ref, &to->at, to->tag);
	if (r == OUT_ABSENT)
		return absent(call, &from);
	if (r == OUT_CONFLICT)
		return immutable(call, to);
	if (r == OUT_MALFORMED)
		return note_set(&call->note, r,
				"'toimage' must name a tag that can be, and "
				"indexes within indexes are at most %d there.",
				MANIFEST_DEPTH_MAX);
	return r != 0 ? r : reply_empty(reply, 201);
}
