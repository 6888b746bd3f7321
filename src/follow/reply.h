/*
 * An HTTP/1.1 reply, read strictly (RFC 9112): one that two readers could
 * understand differently is none, and so is one whose end cannot be told from a
 * connection that broke. Bytes in, no I/O.
 */
#ifndef FOLLOW_REPLY_H
#define FOLLOW_REPLY_H

#include "base/buf.h"
#include "base/out.h"

#define REPLY_HEAD_MAX	 (16 * KIB) /* and of each one with a status of 1xx */
#define REPLY_FIELDS_MAX 100
#define REPLY_INTERIM_MAX 4
#define REPLY_BODY_MAX	 (64 * KIB)
#define REPLY_LINE_MAX	 256 /* of the size of a chunk */
/* What has to be kept of one until it is whole. */
#define REPLY_MAX (5 * REPLY_HEAD_MAX + 8 * REPLY_BODY_MAX)

struct reply {
	int status;
	struct buf body; /* at most REPLY_BODY_MAX */
};
#define REPLY_INIT                                                             \
	{                                                                      \
		.body = BUF_INIT_MAX(REPLY_BODY_MAX)                           \
	}
void reply_clear(struct reply *);

/* From all bytes so far. 0 it is whole; OUT_BUSY more is needed; OUT_MALFORMED;
 * OUT_TOO_LARGE; OUT_UNSUPPORTED: coded, or ended by the end of the connection;
 * -errno. */
MUST int reply_read(struct str bytes, struct reply *ret);

#endif
