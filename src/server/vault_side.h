/* The process that holds the keys, seen from latchkeyd: started before anything
 * else, and no more than asked from then on. */
#ifndef SERVER_VAULT_SIDE_H
#define SERVER_VAULT_SIDE_H

#include "base/buf.h"
#include "crypt/vault_there.h"

#include <sys/types.h>

#define VAULT_PROGRAM "latchkeyd-vault"
#define VAULT_START_MS 10000

struct vault_side;
/* Starts it. *ret_vault is the caller's, is freed before the side, and is not asked
 * before it is ready. 0; -errno. */
MUST int vault_side_new(const char *program, const char *data,
    struct vault_side **ret, struct vault **ret_vault);
/* Returns when the keys can be asked for; once. 0; OUT_DENIED the keys cannot be
 * used, and the program has said why on standard error; OUT_BUSY it ended or said
 * nothing, with a note; -errno. */
MUST int vault_side_ready(struct vault_side *, struct note *);
void vault_side_free(struct vault_side *); /* ends it; NULL is fine */

/* Are there answers? For /readyz. */
bool vault_side_well(struct vault_side *);
pid_t vault_side_keeper(struct vault_side *); /* 0: it has ended */
/* Can be read from once the keeper has ended: nobody in here can start another. */
int vault_side_fd(struct vault_side *);
struct vault *vault_side_vault(struct vault_side *);
/* The keys on disk are others: returns when they are in use. 0; OUT_BUSY with a
 * note; -errno. */
MUST int vault_side_renew(struct vault_side *, struct note *);
void vault_side_metrics(struct vault_side *, struct buf *);

#endif
