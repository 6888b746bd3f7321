#include "door/oci/inner.h"

#include "wire/ociref.h"

#include <errno.h>

int
oci_new(struct call *call, enum noun noun, struct oci **ret)
{
	struct oci *o = arena_get(call->arena, sizeof(*o));

	if (o == NULL)
		return FAIL(-ENOMEM);
	o->noun = noun;
	o->at.region = call->thing.region;
	call->own = o;
	*ret = o;
	return 0;
}

static int
aim_repo(struct call *call, enum noun noun, struct oci **ret)
{
	int r = oci_new(call, NOUN_NAME, ret);

	if (r != 0)
		return r;
	/* Docker asks again and again about a name that is called invalid, and
	 * by the protocol's grammar this one is not. */
	if (ociref_is_component(call->params[0]))
		return note_set(&call->note, OUT_DENIED,
				"'%.*s' is in no namespace: a repository here "
				"is namespace/name",
				STR_ARG(str_sub(call->params[0], 0, 60)));
	if (!ociref_is_name(call->params[0]))
		return note_set(
		    &call->note, OUT_MALFORMED,
		    "a repository is namespace/name, of lower-case letters, "
		    "digits and single separators");
	(*ret)->noun = noun;
	(*ret)->at.name = call->params[0];
	call->thing.kind = THING_REPO;
	call->thing.name = call->params[0];
	return 0;
}

int
oci_aim_digest(struct call *call, struct str digest, enum digest_kind *ret)
{
	int r = ociref_digest(digest, ret);

	if (r == OUT_MALFORMED)
		oci_of(call)->code = "DIGEST_INVALID";
	if (r == 0)
		return 0;
	return note_set(&call->note, r,
			"a digest is sha256: and 64, or sha512: and 128, "
			"lower-case hex digits");
}

int
oci_aim_base(struct call *call)
{
	struct oci *o = NULL;

	return oci_new(call, NOUN_NAME, &o);
}

int
oci_aim_name(struct call *call)
{
	struct oci *o = NULL;

	return aim_repo(call, NOUN_NAME, &o);
}

/* A tag that cannot be is refused where it would be made; elsewhere it is just
 * not there. */
int
oci_aim_manifest(struct call *call)
{
	struct oci *o = NULL;
	enum digest_kind kind;
	int r = aim_repo(call, NOUN_MANIFEST, &o);

	if (r != 0)
		return r;
	o->ref = call->params[1];
	o->by_digest = memchr(o->ref.p, ':', o->ref.n) != NULL;
	if (o->by_digest)
		return oci_aim_digest(call, o->ref, &kind);
	if (call->req->method != HTTP_PUT || ociref_is_tag(o->ref))
		return 0;
	o->code = "NAME_INVALID";
	return note_set(
	    &call->note, OUT_MALFORMED,
	    "a tag is at most %d letters, digits, '_', '.' and '-', not "
	    "beginning with the last two",
	    OCI_TAG_MAX);
}

int
oci_aim_blob(struct call *call)
{
	struct oci *o = NULL;
	enum digest_kind kind;
	int r = aim_repo(call, NOUN_BLOB, &o);

	if (r != 0)
		return r;
	o->ref = call->params[1];
	o->by_digest = true;
	return oci_aim_digest(call, o->ref, &kind);
}

/* The subject need not be here. */
int
oci_aim_referrers(struct call *call)
{
	struct oci *o = NULL;
	enum digest_kind kind;
	int r = aim_repo(call, NOUN_NAME, &o);

	if (r != 0)
		return r;
	o->ref = call->params[1];
	o->by_digest = true;
	return oci_aim_digest(call, o->ref, &kind);
}

int
oci_aim_uploads(struct call *call)
{
	struct oci *o = NULL;
	int r = aim_repo(call, NOUN_UPLOAD, &o);
	struct str from = call_query(call, "from");

	if (r == 0 && call_query(call, "mount").p != NULL &&
	    ociref_is_name(from))
		o->from = from;
	return r;
}

int
oci_aim_upload(struct call *call)
{
	struct oci *o = NULL;
	int r = aim_repo(call, NOUN_UPLOAD, &o);

	if (r == 0)
		o->ref = call->params[1];
	return r;
}

int
oci_aim_catalog(struct call *call)
{
	struct oci *o = NULL;
	int r = oci_new(call, NOUN_NAME, &o);

	if (r == 0)
		o->catalog = true;
	return r;
}

int
oci_aim_login(struct call *call)
{
	struct oci *o = NULL;

	return oci_new(call, NOUN_LOGIN, &o);
}

int
oci_aim_grant(struct call *call)
{
	struct oci *o = NULL;

	return oci_new(call, NOUN_GRANT, &o);
}

/* The last segment of *path, which is left without it and its slash. */
static struct str
last_part(struct str *path)
{
	struct str part = *path;

	if (!str_rcut(*path, '/', path, &part))
		*path = STR_NONE;
	return part;
}

/* /v2/ is shared with IAM's policies, roles and groups; none of their paths
 * ends like one of ours. */
static bool
owns(struct str path)
{
	struct str rest = path, last, middle, before;

	if (str_eq(path, STR("/oauth/token")) || str_eq(path, STR("/v2")) ||
	    str_eq(path, STR("/v2/")) || str_eq(path, STR("/v2/_catalog")))
		return true;
	if (!str_starts(path, STR("/v2/")))
		return false;
	last = last_part(&rest);
	middle = last_part(&rest);
	before = last_part(&rest);
	if (str_eq(middle, STR("tags")))
		return str_eq(last, STR("list"));
	if (str_eq(middle, STR("uploads")))
		return str_eq(before, STR("blobs"));
	return str_eq(middle, STR("manifests")) ||
	       str_eq(middle, STR("blobs")) || str_eq(middle, STR("referrers"));
}

#define REPO	  "/v2/{name+}"
#define CATALOG	  "/v2/_catalog"
#define TAGS	  REPO "/tags/list"
#define MANIFEST  REPO "/manifests/{ref}"
#define REFERRERS REPO "/referrers/{digest}"
#define BLOB	  REPO "/blobs/{digest}"
#define UPLOADS	  REPO "/blobs/uploads/"
#define UPLOADS_2 REPO "/blobs/uploads"
#define UPLOAD	  REPO "/blobs/uploads/{id}"
#define TOKEN	  "/oauth/token"

#define ROW(method, path, verb, aim, body, at_most, where, handler)            \
	{                                                                      \
		HTTP_##method, path, VERB_##verb, oci_aim_##aim, BODY_##body,  \
		    at_most, RUN_##where, oci_##handler, NULL                  \
	}
#define PUSHED UPLOAD_SIZE_MAX

/* "/v2/" asks only who it is, registry tokens included: its verb is public, and
 * the handler refuses those who cannot prove anything. */
/* clang-format off */
static const struct route routes[] = {
	ROW(GET, "/v2/", NONE_NEEDED, base, NONE, 0, INLINE, base_get),
	ROW(GET, "/v2", NONE_NEEDED, base, NONE, 0, INLINE, base_get),
	ROW(GET, CATALOG, IMAGE_LIST, catalog, NONE, 0, POOL, catalog_get),
	ROW(GET, TAGS, IMAGE_PULL, name, NONE, 0, POOL, tags_get),
	ROW(GET, MANIFEST, IMAGE_PULL, manifest, NONE, 0, INLINE, manifest_get),
	ROW(PUT, MANIFEST, IMAGE_PUSH, manifest, RAW, MANIFEST_MAX, POOL, manifest_put),
	ROW(DELETE, MANIFEST, IMAGE_DELETE, manifest, NONE, 0, POOL, manifest_delete),
	ROW(GET, REFERRERS, IMAGE_PULL, referrers, NONE, 0, POOL, referrers_get),
	ROW(POST, UPLOADS, IMAGE_PUSH, uploads, STREAM, PUSHED, POOL, upload_post),
	ROW(POST, UPLOADS_2, IMAGE_PUSH, uploads, STREAM, PUSHED, POOL, upload_post),
	ROW(GET, UPLOAD, IMAGE_PUSH, upload, NONE, 0, POOL, upload_get),
	ROW(PATCH, UPLOAD, IMAGE_PUSH, upload, STREAM, PUSHED, POOL, upload_patch),
	ROW(PUT, UPLOAD, IMAGE_PUSH, upload, STREAM, PUSHED, POOL, upload_put),
	ROW(DELETE, UPLOAD, IMAGE_PUSH, upload, NONE, 0, POOL, upload_delete),
	ROW(GET, BLOB, IMAGE_PULL, blob, NONE, 0, INLINE, blob_get),
	ROW(DELETE, BLOB, IMAGE_DELETE, blob, NONE, 0, POOL, blob_delete),
	ROW(POST, TOKEN, LOGIN, grant, FORM, OCI_GRANT_MAX, POOL, token_post),
	{ HTTP_GET, TOKEN, VERB_LOGIN, oci_aim_login, BODY_NONE, 0, RUN_INLINE,
	    oci_token_get, oci_token_where },
};
/* clang-format on */

const struct door oci_door = {
    .name = "oci",
    .routes = routes,
    .n_routes = nitems(routes),
    .exact = true,
    .no_coded_slash = true,
    .cookie = true,
    .proof = oci_proof,
    .say = oci_say,
    .say_status = oci_say_status,
    .owns = owns,
    .stamp = oci_stamp,
};
