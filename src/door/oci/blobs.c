#include "core/quota.h"
#include "door/oci/inner.h"

static void
put_heads(const struct oci *o, struct http_reply *reply)
{
	http_head(reply, "Docker-Content-Digest", o->ref);
	http_headf(reply, "ETag", "\"%.*s\"", STR_ARG(o->ref));
	http_head(reply, "Accept-Ranges", STR("bytes"));
	http_head(reply, "Cache-Control",
		  STR("private, max-age=31536000, immutable"));
}

static bool
is_unchanged(const struct call *call)
{
	struct str match = http_field_get(call->req, "if-none-match", NULL);

	return match.p != NULL && oci_etag_listed(match, oci_of(call)->ref);
}

/* Range counts only when If-Range, if there is one, names these bytes. */
static enum range_kind
range_of(const struct call *call, uint64_t size, uint64_t *first,
	 uint64_t *last)
{
	struct str range = http_field_get(call->req, "range", NULL);
	struct str cond = http_field_get(call->req, "if-range", NULL);

	if (range.p == NULL || call_is_head(call))
		return RANGE_WHOLE;
	/* Only a strong tag will do: no date, no list, no "*". */
	if (cond.p != NULL && !oci_etag_is(cond, oci_of(call)->ref))
		return RANGE_WHOLE;
	return oci_range_parse(range, size, first, last);
}

static int
blob_head(struct call *call, struct http_reply *reply)
{
	struct oci *o = oci_of(call);
	struct blob_row row;
	int r = image_blob(call->core, &o->at, o->ref, &row);

	if (r != 0)
		return r;
	put_heads(o, reply);
	if (is_unchanged(call))
		return reply_empty(reply, 304);
	http_head(reply, "Content-Type", STR("application/octet-stream"));
	reply->status = 200;
	reply->has_head_len = true;
	reply->head_len = row.size;
	return 0;
}

/* The reply owns fd in any case. */
static int
blob_send(struct call *call, int fd, uint64_t size, struct http_reply *reply)
{
	struct oci *o = oci_of(call);
	uint64_t first = 0, last = size == 0 ? 0 : size - 1, len = size;
	enum range_kind kind = range_of(call, size, &first, &last);

	if (kind == RANGE_PART)
		len = last - first + 1;
	http_reply_file(reply, fd, (off_t)first, len);
	if (kind == RANGE_NONE) {
		o->size = size;
		return OUT_RANGE;
	}
	quota_pulled(call->core, str_c(call->visit.account), o->at.region, len);
	put_heads(o, reply);
	http_head(reply, "Content-Type", STR("application/octet-stream"));
	reply->status = kind == RANGE_PART ? 206 : 200;
	if (kind == RANGE_PART)
		http_headf(reply, "Content-Range", "bytes %llu-%llu/%llu",
			   (unsigned long long)first, (unsigned long long)last,
			   (unsigned long long)size);
	return len > OCI_UNWATCHED_MAX ? call_guard(call, reply) : 0;
}

int
oci_blob_get(struct call *call, struct http_reply *reply)
{
	struct oci *o = oci_of(call);
	uint64_t size = 0;
	int fd = -1, r;

	if (call_is_head(call) || is_unchanged(call))
		return blob_head(call, reply);
	if (!quota_may_pull(call->core, str_c(call->visit.account),
			    o->at.region))
		return OUT_QUOTA;
	r = image_blob_open(call->core, &o->at, o->ref, &fd, &size);
	return r != 0 ? r : blob_send(call, fd, size, reply);
}

int
oci_blob_delete(struct call *call, struct http_reply *reply)
{
	struct oci *o = oci_of(call);
	int r = image_blob_unlink(&call->visit, &o->at, o->ref);

	if (r == OUT_CONFLICT)
		return note_set(&call->note, r,
				"a manifest of this repository needs it");
	return r != 0 ? r : reply_empty(reply, 202);
}
