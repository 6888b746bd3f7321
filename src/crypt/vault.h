/*
 * The vault holds what must never leak: the pepper of stored digests and the
 * signing keys. The rest of the program sends it few words and never sees a
 * key. vault_here.c answers in this process, for commands that are alone with
 * the data; the server asks another process (crypt/vault_there.h).
 *
 * Keys live as files 0600 in DATA/vault (0700), made once, each on disk with its
 * directory before first use: pepper (32 bytes), iam-<kid>.pem (P-256; kid is
 * the day, or the moment to the second, and 8 hex digits), registry-<version>
 * (32 bytes, the highest signs). A file with other mode or owner, a symlink, or
 * one that looks like a key and is none, is refused: OUT_DENIED with a note.
 *
 * Which of the iam keys signs follows from their names and the clock alone, so
 * that every process and every restart has the same answer: one with a moment
 * signs from VAULT_LEAD_S after it, one with a day from that day on, and the
 * last of those that may does. All are listed from when they are known until
 * VAULT_AFTER_S after their successor began to sign: then the last token of
 * theirs has ended, they verify nothing any more, and the next start or
 * rotation removes them.
 *
 * Raw keys are held locked and out of core dumps; the P-256 keys are held by
 * OpenSSL, which does neither. All calls are safe from many threads at once.
 */
#ifndef CRYPT_VAULT_H
#define CRYPT_VAULT_H

#include "base/buf.h"
#include "base/out.h"
#include "base/str.h"

#include <stdbool.h>
#include <stdint.h>

struct vault;

#define VAULT_DIGEST_LEN 32
#define VAULT_ES256_LEN 64
#define VAULT_HS256_LEN 32
#define VAULT_KID_MAX 32
#define VAULT_LEAD_S 600 /* whoever keeps a copy of the list has looked again */
#define VAULT_AFTER_S (3600 + 120) /* the longest token, and clocks that differ */

/* Make the missing keys in dir (make == true: a fresh installation), or insist
 * on finding them. 0, OUT_ABSENT, OUT_DENIED, -errno. */
MUST int vault_open(const char *dir, bool make, struct vault **ret,
    struct note *);
/* The first question to one in another process (crypt/vault_there.h); nothing
 * for one that is here. 0; OUT_BUSY with a note: nobody answers; -errno. */
MUST int vault_begin(struct vault *, struct note *);
void vault_free(struct vault *);
DEFINE_FREEP(vault)

/* Whatever needs a key can end with OUT_BUSY: the process that holds them does
 * not answer now. */

/* The keyed digest under which a secret is stored and found. */
MUST int vault_digest(struct vault *, struct str secret,
    uint8_t ret[VAULT_DIGEST_LEN]);

/* IAM access tokens: ES256 (RFC 7518 3.4), raw r || s, s the lower of two. The
 * name of the key that signs now goes into what is signed with it. */
void vault_access_kid(struct vault *, char ret[VAULT_KID_MAX + 1]);
MUST int vault_access_sign(struct vault *, const char *kid, struct str input,
    uint8_t ret[VAULT_ES256_LEN]);
/* 0, OUT_UNPROVEN (unknown kid, bad signature), -errno. */
MUST int vault_access_verify(struct vault *, struct str kid, struct str input,
    struct str signature);
/* {"keys":[...]} of every key whose tokens may still be alive, RFC 7517. */
MUST int vault_jwks(struct vault *, struct buf *);
struct vault_signer {
	char kid[VAULT_KID_MAX + 1];
	int64_t since; /* ms, when it began to sign */
	size_t listed; /* keys in the list */
	int64_t next;  /* when another one will; 0: none waits */
};
void vault_access_signer(struct vault *, struct vault_signer *ret);

/* Add a key to those in dir, and remove those that are over, on disk; whoever
 * has dir open hears of it by vault_renew(). OUT_TOO_MANY with a note. */
MUST int vault_rotate(const char *dir, char ret_kid[VAULT_KID_MAX + 1],
    struct note *);
/* Only the second. */
MUST int vault_tidy(const char *dir, struct note *);
/* Ask the process that has the keys which they are now. 0, OUT_BUSY, -errno;
 * OUT_UNSUPPORTED of one that is here. */
MUST int vault_renew(struct vault *, struct note *);

/* Registry tokens: HS256 with a numbered key, so that the same claims give the
 * same token for as long as the version is kept. */
int64_t vault_registry_version(struct vault *); /* that signs new tokens */
MUST int vault_registry_sign(struct vault *, int64_t version, struct str input,
    uint8_t ret[VAULT_HS256_LEN]); /* OUT_ABSENT: no such version */

/* What the process that holds the keys says of itself, for people. */
struct vault_state {
	uint32_t pid;
	uint8_t no_new_privs, seccomp, landlock, dumpable;
	uint8_t locked; /* its memory cannot be swapped out */
};

#endif
