#include "door/oci/inner.h"

#include "wire/ociref.h"

/* Not there: the manifest, or the whole repository? */
static int
absent(struct call *call)
{
	struct oci *o = oci_of(call);
	int r = repo_exists(call->core, &o->at);

	if (r == OUT_ABSENT)
		o->noun = NOUN_NAME;
	return r == 0 ? OUT_ABSENT : r;
}

static void
put_heads(const struct manifest *m, struct http_reply *reply)
{
	http_head(reply, "Docker-Content-Digest", m->digest);
	http_headf(reply, "ETag", "\"%.*s\"", STR_ARG(m->digest));
}

/* The stored type is what comes, whatever Accept says: other bytes would have
 * another digest. */
int
oci_manifest_get(struct call *call, struct http_reply *reply)
{
	struct oci *o = oci_of(call);
	struct str match = http_field_get(call->req, "if-none-match", NULL);
	struct manifest m = {.size = 0};
	bool head = call_is_head(call);
	int r = OUT_ABSENT;

	if (o->by_digest || ociref_is_tag(o->ref))
		r = manifest_get(call->core, &o->at, o->ref, call->arena, &m,
				 head ? NULL : &reply->body);
	if (r == OUT_ABSENT)
		return absent(call);
	if (r != 0)
		return r;
	put_heads(&m, reply);
	if (match.p != NULL && oci_etag_listed(match, m.digest))
		return reply_empty(reply, 304);
	http_head(reply, "Content-Type", m.media_type);
	reply->has_head_len = head;
	reply->head_len = m.size;
	reply->status = 200;
	return 0;
}

/* ?tag=a&tag=b beside a digest: all of them or none. */
static int
more_tags(struct call *call, struct manifest_ask *ask)
{
	struct oci *o = oci_of(call);
	const struct form *query = &call->query;

	for (size_t i = 0; i < query->n; i++) {
		if (!str_eq(query->pairs[i].name, STR("tag")))
			continue;
		if (!o->by_digest || !ociref_is_tag(query->pairs[i].value)) {
			o->code = "NAME_INVALID";
			return note_set(&call->note, OUT_MALFORMED,
					"?tag= takes tags, beside a digest");
		}
		if (ask->n_tags == MANIFEST_TAGS_MAX)
			return note_set(&call->note, OUT_TOO_MANY,
					"at most %d tags at once",
					MANIFEST_TAGS_MAX);
		ask->tags[ask->n_tags++] = query->pairs[i].value;
	}
	return 0;
}

static struct str
media_type(const struct http_req *req)
{
	struct str type = http_field_get(req, "content-type", NULL), rest;

	(void)str_cut(type, ';', &type, &rest);
	return str_trim(type);
}

static void
put_stored(const struct manifest_ask *ask, const struct manifest_put *put,
	   struct http_reply *reply)
{
	http_headf(reply, "Location", "/v2/%.*s/manifests/%.*s",
		   STR_ARG(ask->at.name), STR_ARG(put->digest));
	http_head(reply, "Docker-Content-Digest", put->digest);
	if (put->subject.n > 0)
		http_head(reply, "OCI-Subject", put->subject);
	for (size_t i = 0; i < ask->n_tags; i++)
		http_head(reply, "OCI-Tag", ask->tags[i]);
}

int
oci_manifest_put(struct call *call, struct http_reply *reply)
{
	struct oci *o = oci_of(call);
	struct manifest_ask ask = {
	    .at = o->at,
	    .ref = o->ref,
	    .media_type = media_type(call->req),
	    .body = call->req->body,
	};
	struct manifest_put put = {.digest = STR_NONE};
	int r = more_tags(call, &ask);

	if (r != 0)
		return r;
	r = manifest_push(&call->visit, &ask, call->arena, &put, &call->note);
	if (r == OUT_MISSING_PART)
		o->missing = put.missing;
	if (r == OUT_ABSENT)
		o->noun = NOUN_NAME;
	if (r == OUT_CONFLICT)
		o->noun = NOUN_TAG;
	if (r != 0)
		return r;
	put_stored(&ask, &put, reply);
	return reply_empty(reply, 201);
}

int
oci_manifest_delete(struct call *call, struct http_reply *reply)
{
	struct oci *o = oci_of(call);
	int r = OUT_ABSENT;

	if (o->by_digest)
		r = manifest_delete(&call->visit, &o->at, o->ref);
	else if (ociref_is_tag(o->ref))
		r = tag_delete(&call->visit, &o->at, o->ref);
	if (r == OUT_ABSENT)
		return absent(call);
	if (r == OUT_CONFLICT)
		return note_set(&call->note, r,
				"an index of this repository needs it");
	return r != 0 ? r : reply_empty(reply, 202);
}
