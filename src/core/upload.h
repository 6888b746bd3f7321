/*
 * Uploads: bytes on their way to becoming a blob. State is a row once there are
 * bytes to remember, so a session survives a restart of the daemon, as it does
 * before (core/young.h); after a restart of the machine it is gone (OUT_ABSENT),
 * never shorter. One writer at a time. Pool threads only.
 */
#ifndef CORE_UPLOAD_H
#define CORE_UPLOAD_H

#include "core/hasher.h"
#include "core/image.h"

#define UPLOAD_ID_LEN 32
#define UPLOAD_LIFE_MS (24 * 3600 * (int64_t)1000) /* since the last byte */
#define UPLOAD_SIZE_MAX ((uint64_t)1 << 40)
#define UPLOADS_MAX 1000 /* open ones per account */

/*
 * A session in hand: between upload_take (or upload_begin) and upload_put_back,
 * upload_finish or upload_drop. Borrows the visit and the place. May be moved,
 * not copied: it owns fd and hold.
 */
struct upload_hold;
struct upload {
	const struct visit *by;
	struct place at;
	char id[UPLOAD_ID_LEN + 1], key[33];
	int64_t version;
	uint64_t received, saved;
	struct hasher hash;
	int fd;     /* -1 until the first byte comes */
	int failed; /* the first failed write: nothing more is taken */
	bool begun; /* by upload_begin: nobody else knows its id yet */
	bool young; /* has no row: its key is in hand */
	int64_t repo; /* of a young one */
	uint64_t held; /* room that this take has (core/quota.h) */
	struct upload_hold *hold; /* NULL: let go */
};
#define UPLOAD_INIT { .fd = -1 }

/* A new session, which survives the daemon, of bytes that are to be hashed like
 * this. OUT_ABSENT no such namespace; OUT_TOO_MANY over UPLOADS_MAX; OUT_QUOTA. */
MUST int upload_start(const struct visit *, const struct place *,
    enum digest_kind, char ret_id[UPLOAD_ID_LEN + 1]);
/* The same and upload_take in one, for those who have the bytes at hand. Nobody
 * knows its id before upload_put_back: if that is not reached, it ends. */
MUST int upload_begin(const struct visit *, const struct place *,
    enum digest_kind, struct upload *ret);
/* How far it is. OUT_ABSENT: unknown, another's, another repository's, over. */
MUST int upload_look(const struct visit *, const struct place *, struct str id,
    uint64_t *ret_received);
/* Take it to write. OUT_ABSENT; OUT_QUOTA; OUT_BUSY somebody else is writing now,
 * or the database refuses to. */
MUST int upload_take(const struct visit *, const struct place *, struct str id,
    struct upload *ret);
/* Before the first byte: what the digest will be, if that is known by then. Later
 * it changes nothing: upload_finish reads all bytes again when they were hashed
 * with another algorithm than its digest's. */
void upload_expect(struct upload *, enum digest_kind);
/* Append and hash. OUT_TOO_LARGE; OUT_QUOTA; OUT_BUSY no space; OUT_ABSENT it was
 * cancelled meanwhile; -errno. After any of them only _put_back or _drop. */
MUST int upload_write(struct upload *, const void *p, size_t n);
/* Record what was received and let go: 202 may be said after 0. OUT_ABSENT it
 * was cancelled meanwhile. */
MUST int upload_put_back(struct upload *);
/*
 * The end: compare the digest, sync the bytes, then blob, link, trail in one
 * write; 0 is durable. OUT_MISMATCH leaves the session as it was before
 * upload_take; the upload is let go in any case. Also OUT_MALFORMED and
 * OUT_UNSUPPORTED for the digest, OUT_ABSENT as above.
 */
MUST int upload_finish(struct upload *, struct str digest);
/* Give up what this take wrote: back to the recorded state, on disk too. Fine after
 * any outcome, also on a struct that was let go. */
void upload_drop(struct upload *);
MUST int upload_cancel(const struct visit *, const struct place *,
    struct str id); /* OUT_ABSENT */

#endif
