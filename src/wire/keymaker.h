/*
 * What latchkeyd says to the program that makes key pairs, and what a key's own
 * process answers. The program says one packet, KEYMAKER_READY, when it takes
 * orders. An order is one packet of the same SOCK_SEQPACKET socket that brings
 * one descriptor, the end of a stream; the answer comes on that stream: a head,
 * the blob of the public half, then the text of the private half, then the end.
 * The process wipes its memory and ends when the kernel has all of it, so that
 * a slow reader keeps no process; where the text is not whole, it died.
 *
 *   order  u8 type, u16 bits, u8 form, u8 length and bytes of the comment
 *   head   u8 status (a keymaker_status), u16 length of the blob, u16 of the text
 *
 * all in network byte order.
 */
#ifndef WIRE_KEYMAKER_H
#define WIRE_KEYMAKER_H

#include "base/buf.h"
#include "wire/sshkey.h"

#define KEYMAKER_READY "r"
#define KEYMAKER_ORDER_MAX 512
#define KEYMAKER_HEAD_LEN 5
#define KEYMAKER_BLOB_MAX (2 * KIB)
#define KEYMAKER_TEXT_MAX (8 * KIB) /* of a private half; RSA 4096 has 3.4 KiB */
#define KEYMAKER_COMMENT_MAX 64

enum keymaker_form {
	KEYMAKER_OPENSSH, /* openssh-key-v1: OpenSSH's PROTOCOL.key */
	KEYMAKER_PEM,     /* RSA: PKCS#1 (RFC 8017 A.1.2), ECDSA: RFC 5915,
			     Ed25519: PKCS#8 (RFC 8410) */
	KEYMAKER_FORMS
};
enum keymaker_status {
	KEYMAKER_FINE,
	KEYMAKER_REFUSED, /* not one that can be made */
	KEYMAKER_BUSY,    /* too many are being made */
	KEYMAKER_FAILED,
	KEYMAKER_STATUSES
};

struct keymaker_order {
	enum sshkey_type type; /* ED25519, RSA, ECDSA256, ECDSA384 */
	unsigned bits;         /* RSA: 2048, 3072 or 4096; else the curve's */
	enum keymaker_form form;
	struct str comment; /* printable, no blanks; may be empty */
};
struct keymaker_head {
	enum keymaker_status status;
	size_t blob_len, text_len; /* 0 both unless FINE */
};

/* Is it one that can be made? The reader asks this too. */
bool keymaker_order_ok(const struct keymaker_order *);
/* 0 or -ENOMEM; OUT_MALFORMED not one that can be made. */
MUST int keymaker_order_write(const struct keymaker_order *, struct buf *);
/* The comment borrows. 0, OUT_MALFORMED. */
MUST int keymaker_order_read(struct str packet, struct keymaker_order *ret);
void keymaker_head_write(const struct keymaker_head *,
    uint8_t ret[KEYMAKER_HEAD_LEN]);
/* 0, OUT_MALFORMED. */
MUST int keymaker_head_read(const uint8_t p[KEYMAKER_HEAD_LEN],
    struct keymaker_head *ret);

#endif
