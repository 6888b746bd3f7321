#include "door/oci/inner.h"

#include "base/enc.h"

#define INDEX_TYPE "application/vnd.oci.image.index.v1+json"

/* An index being written straight into the reply. */
struct page {
	struct buf *body;
	uint64_t n;
	char last[OCI_DIGEST_MAX + 1]; /* where the next page begins */
};

static const struct str head = STR_INIT(
    "{\"schemaVersion\":2,\"mediaType\":\"" INDEX_TYPE "\",\"manifests\":[");
static const struct str tail = STR_INIT("]}");

static void
put_descriptor(struct buf *b, const struct referrer *ref)
{
	struct jw w = JW(b);

	jw_object(&w, NULL);
	jw_str(&w, "mediaType", ref->media_type);
	jw_plain(&w, "digest", ref->digest);
	jw_int(&w, "size", (int64_t)ref->size);
	if (ref->artifact_type.n > 0)
		jw_str(&w, "artifactType", ref->artifact_type);
	if (ref->annotations.n > 0)
		jw_raw(&w, "annotations", ref->annotations);
	jw_end(&w);
}

/* As many as fit into what clients take as a manifest; one in any case. */
static int
page_add(void *arg, const struct referrer *ref)
{
	CLEAN(buf_clear) struct buf one = BUF_INIT;
	struct page *page = arg;

	put_descriptor(&one, ref);
	if (buf_err(&one) != 0)
		return FAIL(buf_err(&one));
	if (page->n > 0 &&
	    page->body->n + 1 + one.n + tail.n > (size_t)MANIFEST_MAX)
		return OUT_TOO_LARGE;
	if (page->n++ > 0)
		buf_addc(page->body, ',');
	buf_addstr(page->body, buf_str(&one));
	(void)snprintf(page->last, sizeof(page->last), "%.*s",
		       STR_ARG(ref->digest));
	return 0;
}

struct asked {
	struct str type, after;
	uint64_t limit;
};

static int
asked_read(struct call *call, struct asked *ret)
{
	enum digest_kind kind;
	int r;

	*ret = (struct asked){.type = STR_NONE};
	r = oci_page_limit(call, REFERRERS_PAGE_MAX, REFERRERS_PAGE_MAX,
			   &ret->limit);
	if (r == 0)
		r = call_once(call, "artifactType", &ret->type);
	if (r == 0)
		r = call_once(call, "last", &ret->after);
	if (r == 0 && ret->after.p != NULL)
		r = oci_aim_digest(call, ret->after, &kind);
	return r;
}

/* The same question, further on. */
static int
put_link(const struct call *call, const struct asked *asked,
	 const struct page *page, struct http_reply *reply)
{
	CLEAN(buf_clear) struct buf type = BUF_INIT;

	if (asked->type.n > 0) {
		buf_adds(&type, "&artifactType=");
		enc_percent(&type, asked->type);
	}
	if (buf_err(&type) != 0)
		return FAIL(buf_err(&type));
	http_headf(reply, "Link", "<%.*s?n=%llu&last=%s%.*s>; rel=\"next\"",
		   STR_ARG(call->req->path), (unsigned long long)asked->limit,
		   page->last, STR_ARG(buf_str(&type)));
	return 0;
}

/* Of a subject that nobody has pushed there may be referrers, too; and a
 * repository in which there is nothing yet has none. */
int
oci_referrers_get(struct call *call, struct http_reply *reply)
{
	struct oci *o = oci_of(call);
	struct page page = {.body = &reply->body};
	struct asked asked;
	bool more = false;
	int r = asked_read(call, &asked);

	if (r != 0)
		return r;
	buf_addstr(&reply->body, head);
	if (asked.limit > 0)
		r = referrer_each(call->core, &o->at, o->ref, asked.type,
				  asked.after, (int64_t)asked.limit, page_add,
				  &page, &more);
	if (r != 0 && r != OUT_ABSENT)
		return r;
	buf_addstr(&reply->body, tail);
	http_head(reply, "Content-Type", STR(INDEX_TYPE));
	if (asked.type.n > 0)
		http_head(reply, "OCI-Filters-Applied", STR("artifactType"));
	reply->status = 200;
	return more ? put_link(call, &asked, &page, reply) : 0;
}
