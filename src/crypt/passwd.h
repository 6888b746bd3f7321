/*
 * Passwords: argon2id through libsodium, 19 MiB, 2 passes (OWASP's first
 * choice), with the cost in the stored string. All bytes of a password count;
 * nothing is normalised. At most PASSWD_AT_ONCE run at a time; others wait.
 */
#ifndef CRYPT_PASSWD_H
#define CRYPT_PASSWD_H

#include "base/clean.h"
#include "base/str.h"

#define PASSWD_MIN 8
#define PASSWD_MAX 1024 /* bytes; longer is refused before any hashing */
#define PASSWD_HASH_LEN 128
#define PASSWD_AT_ONCE 2

/* 0, OUT_MALFORMED (too short or long), -ENOMEM. */
MUST int passwd_hash(struct str password, char ret[PASSWD_HASH_LEN]);
/*
 * 0 or OUT_UNPROVEN, -ENOMEM. With hash.n == 0 (no such user) it works as long
 * as for a real one and answers OUT_UNPROVEN.
 */
MUST int passwd_check(struct str hash, struct str password);

#endif
