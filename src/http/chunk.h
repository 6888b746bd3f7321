/*
 * The chunked transfer coding, RFC 9112 section 7.1: a decoder without I/O or
 * memory of its own that takes its input in any pieces. Every line ends in
 * CRLF; extensions and trailers are bounded and thrown away.
 */
#ifndef HTTP_CHUNK_H
#define HTTP_CHUNK_H

#include "base/str.h"

#define CHUNK_EXTENSION_MAX (4 * KIB) /* of one body, all together */
#define CHUNK_TRAILER_MAX   (8 * KIB)

enum chunk_state {
	CHUNK_SIZE,
	CHUNK_EXTENSION,
	CHUNK_SIZE_LF,
	CHUNK_DATA,
	CHUNK_DATA_CR,
	CHUNK_DATA_LF,
	CHUNK_TRAILER,
	CHUNK_TRAILER_LINE,
	CHUNK_TRAILER_LF,
	CHUNK_LAST_LF,
	CHUNK_DONE,
	CHUNK_BAD
};

/* Zero it for each body. */
struct chunk {
	uint64_t left; /* bytes of data still to come in this chunk */
	enum chunk_state state;
	unsigned digits;
	size_t extension, trailer;
};

/*
 * Take framing, and at most max bytes of data, from p[0..n): stops after the
 * first run of data. *ret_used bytes were taken, of which the last *ret_data
 * bytes are data. 0: call again with what follows; OUT_RANGE when the body has
 * ended (what follows belongs to the next request); OUT_MALFORMED.
 */
MUST int chunk_next(struct chunk *, const char *p, size_t n, size_t max,
		    size_t *ret_used, size_t *ret_data);

/* Data that may be read past the decoder, straight to where it belongs. */
static inline uint64_t
chunk_left(const struct chunk *c)
{
	return c->state == CHUNK_DATA ? c->left : 0;
}

/* n bytes, at most chunk_left(), were read that way. */
void chunk_took(struct chunk *, uint64_t n);

#endif
