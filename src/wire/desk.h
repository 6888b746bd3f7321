/*
 * What is said at the desk: the place in latchkeyd where the processes that
 * speak to the network, and the hooks that git runs, ask what they may. One
 * message is one packet of a SOCK_SEQPACKET socket: a word, a number, and
 * parts with their lengths in front, all in network byte order. Whoever may
 * send which word is the room's to know; this is the form alone.
 *
 *   u8 word, u32 number, u8 parts, then for each part u32 length and bytes
 *
 * Three kinds of peers:
 *
 *   the listener (latchkeyd-ssh)
 *     SESSION  addr + 1 descriptor: the desk's end of a session's socket
 *   a session: one connection of SSH, or a forced command of sshd
 *     HELLO    addr                 a local peer says who is behind it
 *     OFFER    blob                 is this key worth a signature? YES NO
 *     PROVE    blob                 it signed: YES NO (once; for good)
 *     GREET                         TEXT: who this is; then the number is the
 *                                   exit status
 *     RUN      service ("git-upload-pack", ...), account, repo, protocol + 3
 *              descriptors (0, 1, 2 of the program); number: the channel.
 *              STARTED, or REFUSED text, both with the channel as number;
 *              later ENDED with two numbers in parts, in decimal digits: the
 *              channel, and the status (128 + n after signal n). account and
 *              repo are both empty when what was asked for cannot exist:
 *              REFUSED in the words for what does not
 *   a hook: reference changes, as "old SP new SP name LF" lines in the part
 *     PUSH     lines; number 1: more will follow. At the end YES with the names
 *              that must move forward only (lines; number 1: another YES with
 *              more of them will follow), or REFUSED text
 *     COMMIT   lines of what is locked and about to be; number 1: more will
 *              follow. At the end YES or REFUSED text
 *     DONE     lines: they are on disk. No answer
 *
 * An answer without more to say has no parts. The desk ends a session by
 * closing its socket, at once for whoever sends what has no place.
 */
#ifndef WIRE_DESK_H
#define WIRE_DESK_H

#include "base/buf.h"
#include "base/str.h"

#include <stdint.h>

#define DESK_PACKET_MAX (60 * KIB)
#define DESK_PARTS_MAX 4

enum desk_word {
	DESK_SESSION, DESK_HELLO, DESK_OFFER, DESK_PROVE, DESK_GREET, DESK_RUN,
	DESK_PUSH, DESK_COMMIT, DESK_DONE,
	DESK_YES, DESK_NO, DESK_TEXT, DESK_STARTED, DESK_REFUSED, DESK_ENDED,
	DESK_WORDS
};
struct desk_msg {
	enum desk_word word;
	uint32_t number;
	size_t n_parts;
	struct str part[DESK_PARTS_MAX];
};
/* Appends the packet. 0; OUT_TOO_LARGE over DESK_PACKET_MAX; -ENOMEM. */
MUST int desk_write(const struct desk_msg *, struct buf *);
/* Parts borrow from packet. 0 or OUT_MALFORMED (unknown word, bytes left
 * over). */
MUST int desk_read(struct str packet, struct desk_msg *ret);

/* The next "old SP new SP name LF": ids of 40 or 64 hex digits, both alike in
 * length, name text (str_is_text) without blanks. 0, OUT_ABSENT at the end,
 * OUT_MALFORMED; then rest stays. */
struct desk_ref {
	struct str old, now, name;
};
MUST int desk_ref_next(struct str *rest, struct desk_ref *ret);
void desk_ref_put(struct buf *, const struct desk_ref *);

#endif
