/*
 * A new key pair, in numbers. They lie in the struct and nowhere else: what the
 * libraries used on the way has been wiped when newkey_make() returns, but for
 * registers and the stack, which a process that ends soon can wipe itself.
 */
#ifndef CRYPT_NEWKEY_H
#define CRYPT_NEWKEY_H

#include "base/clean.h"
#include "base/str.h"

#define NEWKEY_ROOM (3 * KIB) /* an RSA key of 4096 bits has 2.3 KiB */
#define NEWKEY_ED25519_LEN 32

enum newkey_kind { NEWKEY_ED25519, NEWKEY_P256, NEWKEY_P384, NEWKEY_RSA };

/* Numbers are big-endian, without zeros in front. The strs point into room: the
 * struct stays where it is. */
struct newkey {
	enum newkey_kind kind;
	struct str point;  /* Ed25519: RFC 8032 5.1.2; curves: 4, x, y */
	struct str secret; /* Ed25519: the seed; curves: as long as x */
	struct str n, e, d, p, q, dp, dq, qinv; /* RSA: RFC 8017 3.2 */
	size_t used;
	uint8_t room[NEWKEY_ROOM];
};

/* First of all, before anything of OpenSSL is used: memory that it gives back is
 * wiped from now on, and what it loads when it makes a first key is there. 0 or
 * -errno. */
MUST int newkey_prepare(void);
/* bits: of an RSA key; the others know theirs. 0 or -errno. */
MUST int newkey_make(enum newkey_kind, unsigned bits, struct newkey *ret);
void newkey_clear(struct newkey *); /* wipes */

#endif
