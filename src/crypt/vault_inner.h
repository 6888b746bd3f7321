/*
 * What both kinds of vault are made of: the public half of what they hold, which
 * is here in any case, and how they do what needs a key. Used by vault*.c only.
 */
#ifndef CRYPT_VAULT_INNER_H
#define CRYPT_VAULT_INNER_H

#include "crypt/es256.h"
#include "crypt/vault.h"

#define VAULT_KEYS_MAX 32 /* of one kind */

struct vault_access {
	char kid[VAULT_KID_MAX + 1];
	struct es256 *key; /* its public half at least */
};
/* kid: whose signature is wanted, one of access[]. OUT_ABSENT: there is no such
 * key any more. */
struct vault_ops {
	int (*begin)(struct vault *, struct note *); /* NULL: nothing to do */
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
	struct vault_access access[VAULT_KEYS_MAX]; /* the newest first */
	size_t n_access;
	int64_t versions[VAULT_KEYS_MAX]; /* the newest first */
	size_t n_versions;
};

bool vault_kid_ok(struct str);
/* Sign with the key of this name. OUT_ABSENT, OUT_BUSY, -errno. */
MUST int vault_access_sign_as(struct vault *, struct str kid, struct str input,
    uint8_t ret[VAULT_ES256_LEN]);
/* Forget the public half. */
void vault_public_clear(struct vault *);

#endif
