/*
 * What latchkeyd said: the keys that this machine is to trust, or a clear no.
 * Everything else is no answer at all, whatever its status: a portal, a proxy or
 * a broken disk may have said it. latchkeyd has other words for what is wrong with
 * one request; "unknown" is the one that means no, now and later.
 *
 *   # latchkey authorized-keys 1
 *   # server <id> <name>			(other lines with # may follow)
 *   ssh-ed25519 AAAA... comment
 *
 * A key's line is "type base64[ comment]" with a blob of wire/sshkey.h that is
 * of that type: no options, one form, no control bytes. One line that is not, and
 * the whole answer is none. How good a key is was judged when it was made.
 */
#ifndef FOLLOW_ANSWER_H
#define FOLLOW_ANSWER_H

#include "base/buf.h"
#include "base/out.h"

#define ANSWER_PATH	"/machine/v1/authorized-keys"
#define ANSWER_MAGIC	"# latchkey authorized-keys 1"
#define ANSWER_REFUSED	"# latchkey refused unknown"
#define ANSWER_MAX	(64 * KIB)
#define ANSWER_KEYS_MAX 64
#define ANSWER_ID_MAX	64
#define ANSWER_NAME_MAX 63

struct answer {
	struct buf lines; /* "type base64[ comment]\n" for each key */
	size_t n;
	char id[ANSWER_ID_MAX + 1], name[ANSWER_NAME_MAX + 1]; /* or "" */
};
#define ANSWER_INIT                                                            \
	{                                                                      \
		.lines = BUF_INIT                                              \
	}
void answer_clear(struct answer *);

/* 0 with the keys; OUT_DENIED a clear no; OUT_UNSUPPORTED, OUT_MALFORMED: no
 * answer, with a note; -errno. */
MUST int answer_read(int status, struct str body, struct answer *ret,
    struct note *);
/* Only what follows the first line, as the cache keeps it. 0, OUT_MALFORMED. */
MUST int answer_lines(struct str text, struct answer *ret, struct note *);
/* "type base64" of a line, without its comment. */
struct str answer_key(struct str line);
struct answer_line {
	struct str type, base64, comment;
};
/* Of a key; without its end. blob: what the base64 says. OUT_MALFORMED; -errno. */
MUST int answer_line(struct str line, struct answer_line *ret,
    struct buf *ret_blob);
/* Is every key of a also one of b? */
bool answer_within(const struct answer *a, const struct answer *b);

#endif
