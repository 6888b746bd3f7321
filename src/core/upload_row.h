/*
 * The rows of uploads, for the files of this room that write the bytes.
 */
#ifndef CORE_UPLOAD_ROW_H
#define CORE_UPLOAD_ROW_H

#include "blob/blob.h"
#include "core/upload.h"
#include "core/young.h"
#include "db/db.h"

/* The row of statement upload_get, if this visitor may go on with it: bytes of
 * another boot may never have reached the disk. 0, OUT_ABSENT. */
MUST int upload_find(const struct visit *, const struct place *, struct str id,
		     struct db_at *view, struct db_rows *ret);
/* The same of one that has no row. */
MUST int upload_find_young(const struct visit *, const struct place *,
			   struct str id, struct young *ret);
/* The session ends as nothing: its row goes, its key goes to the trash, and its
 * bytes are removed now or by who holds it. 0, OUT_ABSENT. */
MUST int upload_end(struct core *, struct str id);
/* The same in two steps, for those who end many at once: in a write, and after
 * its commit. */
MUST int upload_end_row(struct db_at *, struct str id, int64_t now,
			char key[BLOB_KEY_LEN + 1]);
void upload_ended(struct core *, struct str id, const char *key);
/* Have its bytes this digest? Of those that upload_take and upload_write gave;
 * 0, OUT_MISMATCH, OUT_MALFORMED, OUT_UNSUPPORTED, OUT_ABSENT, -errno. */
MUST int upload_compare(const struct upload *, struct str digest);
/* Cuts the file: bytes that are not recorded take no room. A failure leaves them to
 * who goes on, or ends it. */
void upload_cut(struct core *, const char *key, uint64_t size);
/* Removes bytes whose key is in the trash, or was in hand until now. A failure
 * is left to the janitor. */
void upload_discard(struct core *, const char *key);

#endif
