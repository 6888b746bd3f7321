/*
 * Lines of authorized_keys(5) that say the same as an answer of latchkeyd: the
 * plain line that cloud-init wrote, and the one with which it tells root to come
 * as somebody else. Text in, text out; every other line stays byte by byte.
 */
#ifndef FOLLOW_LINES_H
#define FOLLOW_LINES_H

#include "follow/answer.h"

#define LINES_FILE_MAX (1 * MIB)

/* How cloud-init's line for a user that is not to come in begins; then names
 * follow. */
#define LINES_FORCED                                                           \
	"no-port-forwarding,no-agent-forwarding,no-X11-forwarding,"            \
	"command=\"echo 'Please login as the user "

/* Is there a line with one of these keys and nothing in front of it? */
bool lines_have(struct str text, const struct answer *);
/* The text without those lines, and without the forced ones. ret_n: how many
 * there were. 0, -errno. */
MUST int lines_without(struct str text, const struct answer *, struct buf *ret,
    size_t *ret_n);
/* The text with each key that it lacks. */
MUST int lines_with(struct str text, const struct answer *, struct buf *ret,
    size_t *ret_n);

#endif
