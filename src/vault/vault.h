/*
 * latchkeyd-vault: holds the keys that sign, and the pepper. Started by
 * latchkeyd, with the sockets of crypt/vault_there.h from descriptor 3 on:
 *
 *   latchkeyd-vault serve --data DIR --channels N
 *
 * The process that is started is a keeper: it has no keys, sees nothing but
 * DATA/vault, starts the one that reads it, and starts another when that ends.
 * On descriptor 3 + N it has a socket to latchkeyd: each vault that is ready
 * writes a byte, a byte 'h' that comes says "it does not answer: end it" (of one
 * that is younger than VAULT_YOUNG_MS it says nothing, and comes again), a byte
 * VAULT_RENEW "the keys are others: begin one that has read them", and when the
 * other end is closed the keeper ends with 0. When the first vault cannot
 * begin, the keeper ends with its status; log lines go to descriptor 2.
 */
#ifndef VAULT_VAULT_H
#define VAULT_VAULT_H

#include "base/out.h"
#include "crypt/vault_there.h"

#define VAULT_RESTART_MS 100 /* between an end and the next start, at least; */
#define VAULT_RESTART_MAX_MS (5 * SECOND_MS) /* twice as long each time that */
#define VAULT_YOUNG_MS (3 * SECOND_MS) /* may not answer yet */
#define VAULT_QUICK_MS (10 * SECOND_MS) /* one ended sooner than this */

#define VAULT_RENEW 'r'

struct vault_conf {
	const char *data; /* the keys are in DATA/vault */
	unsigned channels;
};
int vault_keep(const struct vault_conf *); /* the exit status */

/* The process that holds the keys: what it does until nobody asks any more.
 * ready gets a byte when it answers, and is closed. The exit status. */
#define VAULT_FIRST_FD 3
int vault_hold(const struct vault_conf *, int ready);
#define VAULT_EXIT_CONF 78 /* keys that cannot be used */
#define VAULT_EXIT_FAILED 1 /* the machine failed before it was ready */
#define VAULT_EXIT_SERVING 70 /* and when it was */

#endif
