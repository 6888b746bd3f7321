#include "door/oci/inner.h"

#include "wire/ociref.h"

#include <errno.h>
#include <pthread.h>
#include <time.h>

/* Aligned and filled whole, so that the store may bypass the page cache. */
#define BLOCK	    (512 * KIB)
#define BLOCK_ALIGN 4096
/* For a writer that was just cut off to be noticed. */
#define BUSY_TRIES   40
#define BUSY_STEP_NS 50000000L

/* --- one block for each pool thread: large, so never on a stack --- */

static pthread_key_t block_key;
static pthread_once_t block_once = PTHREAD_ONCE_INIT;
static int block_failed;

static void
block_init(void)
{
	block_failed = pthread_key_create(&block_key, free);
}

static char *
block_get(void)
{
	char *block;

	if (pthread_once(&block_once, block_init) != 0 || block_failed != 0)
		return NULL;
	block = pthread_getspecific(block_key);
	if (block != NULL)
		return block;
	block = aligned_alloc(BLOCK_ALIGN, BLOCK);
	if (block != NULL && pthread_setspecific(block_key, block) != 0)
		free(TAKE(block));
	return block;
}

/* --- what a chunk says of itself --- */

struct chunk {
	bool ranged; /* Content-Range was given */
	uint64_t first, length;
};

static int
size_invalid(struct call *call)
{
	oci_of(call)->code = "SIZE_INVALID";
	return note_set(&call->note, OUT_MALFORMED,
			"Content-Range and the body differ in length");
}

static int
chunk_read(struct call *call, struct chunk *ret)
{
	const struct http_req *req = call->req;
	uint64_t last = 0;
	size_t count = 0;
	struct str field = http_field_get(req, "content-range", &count);
	int r;

	*ret = (struct chunk){.ranged = field.p != NULL};
	if (!ret->ranged)
		return 0;
	r = oci_content_range_parse(field, &ret->first, &last);
	if (r == OUT_MALFORMED || count > 1)
		return note_set(&call->note, OUT_MALFORMED,
				"Content-Range is first-last, in bytes");
	ret->length = last - ret->first + 1;
	if (r == 0 && req->has_length && req->length != ret->length)
		return size_invalid(call);
	return r;
}

/* The session, and where it stands when it cannot be gone on with there. */
static int
take(struct call *call, const struct chunk *chunk, struct upload *up)
{
	const struct timespec step = {.tv_nsec = BUSY_STEP_NS};
	struct oci *o = oci_of(call);
	int r = OUT_BUSY;

	for (int i = 0; i < BUSY_TRIES && r == OUT_BUSY; i++) {
		if (i > 0)
			(void)nanosleep(&step, NULL);
		r = upload_take(&call->visit, &o->at, o->ref, up);
	}
	if (r != 0)
		return r;
	o->size = up->received;
	if (chunk->ranged && chunk->first != up->received)
		return OUT_RANGE;
	return 0;
}

/* A range that cannot be, told with the true state. */
static int
out_of_range(struct call *call)
{
	struct oci *o = oci_of(call);
	int r = upload_look(&call->visit, &o->at, o->ref, &o->size);

	return r == 0 ? OUT_RANGE : r;
}

/* --- the body --- */

/*
 * The client went away, or the server lost patience: what has arrived stays,
 * and a look at the session says how much that is. Nobody reads the reply.
 */
static int
cut(struct call *call, struct upload *up, int r)
{
	switch (r) {
	case OUT_RANGE:
		(void)!upload_put_back(up);
		return note_set(&call->note, OUT_MALFORMED,
				"the body ended early");
	case OUT_EXPIRED:
		(void)!upload_put_back(up);
		return note_set(&call->note, OUT_BUSY,
				"the body came too slowly");
	case OUT_DENIED: /* the credential ended meanwhile */
		return OUT_UNPROVEN;
	default:
		return r;
	}
}

/* Fill the block, or get to the body's end: *ret_n < BLOCK. What arrived before
 * a failure counts. */
static int
block_fill(struct call *call, char *block, size_t *ret_n)
{
	size_t n = 0;
	int r = 0;

	for (*ret_n = 0; *ret_n < BLOCK; *ret_n += n) {
		r = http_body_read(call->req, block + *ret_n, BLOCK - *ret_n,
				   &n);
		if (r != 0 || n == 0)
			break;
	}
	return r;
}

static int
body_write(struct call *call, struct upload *up, uint64_t *ret_n)
{
	char *block = block_get();
	size_t n = BLOCK;
	int r = 0, w;

	if (block == NULL)
		return FAIL(-ENOMEM);
	call_guard_body(call);
	while (r == 0 && n == BLOCK) {
		r = block_fill(call, block, &n);
		w = n > 0 ? upload_write(up, block, n) : 0;
		if (w != 0)
			return w;
		*ret_n += n;
	}
	return r != 0 ? cut(call, up, r) : 0;
}

static int
body_take(struct call *call, const struct chunk *chunk, struct upload *up)
{
	const struct http_req *req = call->req;
	uint64_t n = 0;
	int r = 0;

	if (req->chunked || req->length > 0)
		r = body_write(call, up, &n);
	if (r == 0 && chunk->ranged && n != chunk->length)
		return size_invalid(call);
	return r;
}

/* --- replies --- */

static int
say_state(const struct call *call, struct str id, uint64_t received, int status,
	  struct http_reply *reply)
{
	const struct oci *o = oci_of(call);

	http_headf(reply, "Location", "/v2/%.*s/blobs/uploads/%.*s",
		   STR_ARG(o->at.name), STR_ARG(id));
	/* Docker's clients want this form for nothing, too. */
	http_headf(reply, "Range", "0-%llu",
		   (unsigned long long)(received > 0 ? received - 1 : 0));
	http_head(reply, "Docker-Upload-UUID", id);
	return reply_empty(reply, status);
}

static int
say_blob(const struct call *call, struct str digest, struct http_reply *reply)
{
	http_headf(reply, "Location", "/v2/%.*s/blobs/%.*s",
		   STR_ARG(oci_of(call)->at.name), STR_ARG(digest));
	http_head(reply, "Docker-Content-Digest", digest);
	return reply_empty(reply, 201);
}

/* --- handlers --- */

static int
open_empty(struct call *call, enum digest_kind kind, struct http_reply *reply)
{
	char id[UPLOAD_ID_LEN + 1];
	int r = upload_start(&call->visit, &oci_of(call)->at, kind, id);

	if (r == OUT_ABSENT)
		oci_of(call)->noun = NOUN_NAME;
	return r != 0 ? r : say_state(call, str_c(id), 0, 202, reply);
}

static int
open_whole(struct call *call, struct str digest, struct http_reply *reply)
{
	CLEAN(upload_drop) struct upload up = UPLOAD_INIT;
	enum digest_kind kind;
	struct chunk chunk;
	int r = oci_aim_digest(call, digest, &kind);

	if (r == 0)
		r = chunk_read(call, &chunk);
	if (r == 0 && chunk.ranged && chunk.first != 0)
		r = OUT_RANGE;
	if (r != 0)
		return r;
	r = upload_begin(&call->visit, &oci_of(call)->at, kind, &up);
	if (r == OUT_ABSENT)
		oci_of(call)->noun = NOUN_NAME;
	if (r == 0)
		r = body_take(call, &chunk, &up);
	if (r == 0)
		r = upload_finish(&up, digest);
	return r != 0 ? r : say_blob(call, digest, reply);
}

/* What cannot be mounted, for whatever reason, is to be uploaded. */
static int
mount(struct call *call, struct str digest, struct http_reply *reply)
{
	struct oci *o = oci_of(call);
	struct str from = STR_NONE;
	enum digest_kind kind;
	int r = oci_aim_digest(call, digest, &kind);

	if (r == 0)
		r = call_once(call, "from", &from);
	if (r != 0)
		return r;
	if (from.p != NULL && o->from.p == NULL)
		return open_empty(call, kind, reply);
	r = image_blob_mount(&call->visit, &o->at, digest, o->from);
	if (r == OUT_ABSENT)
		return open_empty(call, kind, reply);
	return r != 0 ? r : say_blob(call, digest, reply);
}

/* ?digest-algorithm= is for those who do not know the digest yet: whoever does
 * says the algorithm with it. */
static int
announced(struct call *call, enum digest_kind *ret)
{
	struct str name = STR_NONE;
	int r = call_once(call, "digest-algorithm", &name);

	if (r == 0 && name.p != NULL)
		r = ociref_algorithm(name, ret);
	if (r == OUT_MALFORMED)
		oci_of(call)->code = "DIGEST_INVALID";
	return r <= 0 ? r
		      : note_set(&call->note, r,
				 "the algorithms are sha256 and sha512");
}

int
oci_upload_post(struct call *call, struct http_reply *reply)
{
	struct str digest = STR_NONE, from = STR_NONE;
	enum digest_kind kind = DIGEST_SHA256;
	int r = call_once(call, "digest", &digest);

	if (r == 0)
		r = call_once(call, "mount", &from);
	if (r == 0)
		r = announced(call, &kind);
	if (r != 0)
		return r;
	if (from.p != NULL)
		return mount(call, from, reply);
	if (digest.p != NULL)
		return open_whole(call, digest, reply);
	return open_empty(call, kind, reply);
}

int
oci_upload_get(struct call *call, struct http_reply *reply)
{
	struct oci *o = oci_of(call);
	uint64_t received = 0;
	int r = upload_look(&call->visit, &o->at, o->ref, &received);

	return r != 0 ? r : say_state(call, o->ref, received, 204, reply);
}

int
oci_upload_patch(struct call *call, struct http_reply *reply)
{
	CLEAN(upload_drop) struct upload up = UPLOAD_INIT;
	struct chunk chunk;
	uint64_t received;
	int r = chunk_read(call, &chunk);

	if (r == OUT_RANGE)
		return out_of_range(call);
	if (r == 0)
		r = take(call, &chunk, &up);
	if (r == 0)
		r = body_take(call, &chunk, &up);
	received = up.received;
	if (r == 0)
		r = upload_put_back(&up);
	if (r != 0)
		return r;
	return say_state(call, oci_of(call)->ref, received, 202, reply);
}

static int
closing_digest(struct call *call, struct str *ret, enum digest_kind *ret_kind)
{
	int r = call_once(call, "digest", ret);

	oci_of(call)->code = "DIGEST_INVALID";
	if (r == 0 && ret->p == NULL)
		r = note_set(&call->note, OUT_MALFORMED,
			     "?digest= says what this shall be");
	if (r != 0)
		return r;
	oci_of(call)->code = NULL;
	return oci_aim_digest(call, *ret, ret_kind);
}

int
oci_upload_put(struct call *call, struct http_reply *reply)
{
	CLEAN(upload_drop) struct upload up = UPLOAD_INIT;
	struct str digest = STR_NONE;
	enum digest_kind kind;
	struct chunk chunk;
	int r = closing_digest(call, &digest, &kind);

	if (r == 0)
		r = chunk_read(call, &chunk);
	if (r == OUT_RANGE)
		return out_of_range(call);
	if (r == 0)
		r = take(call, &chunk, &up);
	if (r == 0) {
		upload_expect(&up, kind);
		r = body_take(call, &chunk, &up);
	}
	if (r == 0)
		r = upload_finish(&up, digest);
	return r != 0 ? r : say_blob(call, digest, reply);
}

int
oci_upload_delete(struct call *call, struct http_reply *reply)
{
	struct oci *o = oci_of(call);
	int r = upload_cancel(&call->visit, &o->at, o->ref);

	return r != 0 ? r : reply_empty(reply, 204);
}
