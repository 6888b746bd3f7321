/*
 * Upload sessions that have no bytes yet. Most sessions get all their bytes in
 * the one request that also ends them, and never need a row: they live here, in
 * memory, and in a file of slots that is written but not synced. The kernel has
 * its pages when the daemon is killed; the next start makes rows of them. After
 * a power cut they are gone, as every session is.
 *
 * Who is in here has its key in hand (core/key.h). It leaves for good by
 * young_end: before its key is settled, and before anybody is told.
 */
#ifndef CORE_YOUNG_H
#define CORE_YOUNG_H

#include "blob/blob.h"
#include "core/core.h"
#include "core/repo.h"
#include "core/upload.h"

#define YOUNG_MAX 1024 /* at once; further ones are rows from the start */

struct young {
	char id[UPLOAD_ID_LEN + 1], key[BLOB_KEY_LEN + 1];
	char account[ACCOUNT_ID_LEN + 1];
	char principal[PRINCIPAL_MAX];
	enum digest_kind kind;
	int64_t repo, expires_at;
};

/* What another process left behind in this boot becomes rows. -errno. */
MUST int young_open(struct core *);
void young_close(struct core *);

/* OUT_TOO_MANY: with the rows the account has, it would be over UPLOADS_MAX.
 * OUT_BUSY: no slot, or it cannot be written. */
MUST int young_put(struct core *, const struct young *, int64_t rows);
MUST int young_get(struct core *, struct str id, struct young *ret);
/* Sessions of an account. */
int64_t young_count(struct core *, struct str account);
/* Some session is of this repository. */
bool young_is_in(struct core *, int64_t repo);
/* From now on only its holder may end it: true unless it is over. */
bool young_claim(struct core *, struct str id);
void young_unclaim(struct core *, struct str id);
/* It is over. OUT_ABSENT: it was already, or a holder claims it. */
MUST int young_cancel(struct core *, struct str id,
		      char ret_key[BLOB_KEY_LEN + 1]);
/* The same for its holder, whatever state it is in. */
void young_end(struct core *, struct str id);
/* The id of one that is over its time, at or after *at; OUT_ABSENT no more. */
MUST int young_stale(struct core *, int64_t now, size_t *at,
		     char ret_id[UPLOAD_ID_LEN + 1]);

#endif
