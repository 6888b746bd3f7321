/*
 * Bytes by key. A key is unique and never used twice; it is written down in the
 * database before its file exists, so nothing ever has to list this store to
 * know what it holds. Which digest a key holds is a row in the database and no
 * business of this room.
 *
 * Files are made many at a time, empty and with their names on disk, before
 * anybody needs one: what an upload has to wait for is its own bytes, not a
 * folder that all the others wait for as well.
 *
 * Files: ROOT/<first 2 digits>/<key>, 0600, directories 0700, made at open.
 * Everything is opened beneath ROOT without following links. ROOT must belong
 * to us and be writable for nobody else.
 */
#ifndef BLOB_BLOB_H
#define BLOB_BLOB_H

#include "base/clean.h"
#include "base/out.h"
#include "base/str.h"

#include <stdint.h>
#include <sys/types.h>

#define BLOB_KEY_LEN 32 /* lower-case hex digits, 128 bits */

struct blob_store;
MUST int blob_open_store(const char *root, struct blob_store **ret,
			 struct note *);
void blob_free_store(struct blob_store *);

/* All return 0, OUT_ABSENT, OUT_BUSY (no room now), or -errno. Files must be
 * regular, ours, and have one link; anything else is -EUCLEAN. */
/* Empty files for keys that share their first two digits; their names are on
 * disk after 0. A key that exists is -EEXIST. After a failure some may be there.
 */
MUST int blob_reserve(struct blob_store *, const struct str *keys, size_t n);
/* For going on at offset: a longer file is cut there; a shorter one is
 * OUT_MISMATCH. The caller closes ret_fd. */
MUST int blob_append(struct blob_store *, struct str key, uint64_t offset,
		     int *ret_fd);
/* All of it. Pieces of BLOB_DIRECT_MIN bytes and more from memory aligned to
 * BLOB_BLOCK bypass the page cache where the position is aligned too. */
#define BLOB_BLOCK	((size_t)4096)
#define BLOB_DIRECT_MIN (256 * KIB)
MUST int blob_write(int fd, const void *p, size_t n);
/* The bytes on disk. A failed fsync is final: the caller discards the key. */
MUST int blob_sync(int fd);
MUST int blob_read(struct blob_store *, struct str key, int *ret_fd,
		   uint64_t *ret_size);
/* For ever, on disk after 0; absent is 0. Open files can be read to their end.
 */
MUST int blob_remove(struct blob_store *, struct str key);
/* The same for keys that share their first two digits. All are tried; the first
 * failure is returned. */
MUST int blob_remove_all(struct blob_store *, const struct str *keys, size_t n);

/* Who takes away what was once stored holds the store alone meanwhile: OUT_BUSY
 * at once while somebody copies it. Closing *ret_fd lets go. */
MUST int blob_hold_alone(struct blob_store *, int *ret_fd);
/* Who copies the store of this root, also from another process: waits for those
 * who take away. OUT_ABSENT there is no such folder. */
MUST int blob_hold_together(const char *root, int *ret_fd);

#endif
