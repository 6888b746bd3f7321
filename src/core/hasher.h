/*
 * The digest of bytes on their way, with whichever algorithm it is to have, as
 * the text that names it. For the files of this room.
 */
#ifndef CORE_HASHER_H
#define CORE_HASHER_H

#include "crypt/digest.h"
#include "wire/ociref.h"

#define DIGEST_TEXT_MAX (OCI_DIGEST_MAX + 1)

struct hasher {
	enum digest_kind kind;
	union {
		struct sha256 sha256;
		struct sha512 sha512;
	} by;
};
void hasher_start(struct hasher *, enum digest_kind);
void hasher_add(struct hasher *, const void *, size_t);
/* "sha256:<hex>" of what was added; the hasher is used up. */
void hasher_end(struct hasher *, char ret[DIGEST_TEXT_MAX]);
/* All of it at once. */
void hasher_text(enum digest_kind, struct str bytes, char ret[DIGEST_TEXT_MAX]);

/* Of the next n bytes of a file. OUT_MISMATCH: it has fewer; -errno. */
MUST int hasher_file(enum digest_kind, int fd, uint64_t n,
    char ret[DIGEST_TEXT_MAX]);

/* The algorithm's name, as in a digest. */
struct str hasher_name(enum digest_kind);

/* What upload.state holds: as long as the algorithm's state is. */
#define HASHER_STATE_MAX SHA512_STATE_LEN
struct hasher_state {
	size_t n;
	uint8_t bytes[HASHER_STATE_MAX];
};
void hasher_save(const struct hasher *, struct hasher_state *ret);
struct str hasher_state_str(const struct hasher_state *);
/* 0, OUT_MALFORMED. */
MUST int hasher_load(struct hasher *, enum digest_kind, struct str saved);

#endif
