/* Shared by the files of wire/sshkey.h only: a blob taken apart. */
#ifndef WIRE_SSHKEY_INNER_H
#define WIRE_SSHKEY_INNER_H

#include "wire/sshkey.h"

#define SSHKEY_CERT_TAIL "-cert-v01@openssh.com"

struct sshkey_parts { /* borrows from the blob */
	enum sshkey_type type;
	unsigned bits;
	struct str e, n;  /* RSA: big-endian, no sign, no zeros in front */
	struct str point; /* all others */
};
/* 0; OUT_UNSUPPORTED: a type that is not in the table; OUT_MALFORMED. */
MUST int sshkey_take_apart(struct str blob, struct sshkey_parts *ret);
/* Could somebody compute the private half? Sets *ret to SSHKEY_FINE, _BLOB,
 * _WEAK or _COMPROMISED. 0 or -errno. */
MUST int sshkey_judge(const struct sshkey_parts *, enum sshkey_why *ret);

/* False for what is in no table. */
bool sshkey_type_of(struct str name, enum sshkey_type *ret);
/* How many strings of SSH a blob of this type is made of. */
size_t sshkey_type_strings(enum sshkey_type);
/* The next blank-separated word; empty at the end. */
struct str sshkey_word(struct str *rest);
/* Does a key begin anywhere in this line? */
bool sshkey_has_key(struct str line);

#endif
