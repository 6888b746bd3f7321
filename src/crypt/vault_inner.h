/*
 * What both kinds of vault are made of: the public half of what they hold, which
 * is here in any case, and how they do what needs a key. Used by vault*.c only.
 */
#ifndef CRYPT_VAULT_INNER_H
#define CRYPT_VAULT_INNER_H

#include "crypt/es256.h"
#include "crypt/vault.h"

#include <pthread.h>

#define VAULT_KEYS_MAX 32 /* of one kind */

struct vault_access {
	char kid[VAULT_KID_MAX + 1];
	struct es256 *key; /* its public half at least */
};
/* kid: whose signature is wanted, one of access[]. OUT_ABSENT: there is no such
 * key any more. */
struct vault_ops {
	int (*begin)(struct vault *, struct note *); /* NULL: nothing to do */
	int (*renew)(struct vault *, struct note *); /* NULL: cannot */
	void (*free)(struct vault *);
	int (*digest)(struct vault *, struct str, uint8_t *ret);
	int (*access_sign)(struct vault *, struct str kid, struct str input,
	    uint8_t *ret);
	int (*registry_sign)(struct vault *, int64_t version, struct str input,
	    uint8_t *ret);
};
/* The first member of each kind. */
struct vault {
	const struct vault_ops *ops;
	pthread_rwlock_t lock; /* of what follows, once it is open */
	struct vault_access access[VAULT_KEYS_MAX]; /* the newest first */
	size_t n_access;
	int64_t versions[VAULT_KEYS_MAX]; /* the newest first */
	size_t n_versions;
};

bool vault_kid_ok(struct str);
/* When a key of this name begins to sign, ms. INT64_MIN: no moment is in it. */
int64_t vault_kid_from(struct str kid);
/* Of n keys, the newest first: which one signs now, and are those from there on
 * over? */
size_t vault_kid_signer(const struct vault_access *, size_t n, int64_t now);
bool vault_kid_over(const struct vault_access *, size_t n, size_t i,
    int64_t now);
/* The file name of a key called kid. */
#define VAULT_FILE_NAME_MAX 64
void vault_kid_file(const char *kid, char ret[VAULT_FILE_NAME_MAX]);
/* A new key in that folder, named after the day or the moment. */
MUST int vault_key_make(int dir, bool moment, char ret_kid[VAULT_KID_MAX + 1]);
/* Sign with the key of this name. OUT_ABSENT, OUT_BUSY, -errno. */
MUST int vault_access_sign_as(struct vault *, struct str kid, struct str input,
    uint8_t ret[VAULT_ES256_LEN]);
/* Forget the public half. */
void vault_public_clear(struct vault *);
/* For both kinds: the lock. */
void vault_init(struct vault *, const struct vault_ops *);

#endif
