/*
 * latchkeyd-vault: holds the keys that sign, and the pepper. Started by
 * latchkeyd, with the sockets of crypt/vault_there.h from descriptor 3 on:
 *
 *   latchkeyd-vault serve --data DIR --channels N
 *
 * The process that is started is a keeper: it has no keys, starts the one that
 * has, and starts another when that ends by itself. It ends with 0 when latchkeyd
 * has ended, whose end of a pipe it watches on descriptor 3 + N.
 */
#ifndef VAULT_VAULT_H
#define VAULT_VAULT_H

#include "base/out.h"
#include "crypt/vault_there.h"

#define VAULT_RESTART_MS 100 /* between an end and the next start */

struct vault_conf {
	const char *dir; /* DATA/vault */
	unsigned channels;
};
int vault_keep(const struct vault_conf *); /* the exit status */

#endif
