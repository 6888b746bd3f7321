/*
 * latchkeyd-hook: what git runs in the middle of a push. Its role is the name
 * it is called by. It asks at the desk that git inherited as descriptor 3, and
 * refuses whenever it cannot: a push that nobody was asked about does not
 * happen. Everything said on standard error reaches the person who pushes.
 */
#ifndef GIT_HOOK_H
#define GIT_HOOK_H

#include "base/buf.h"
#include "wire/desk.h"

#define HOOK_DESK      3
#define HOOK_INPUT_MAX (16 * MIB) /* of reference changes in one push */
#define HOOK_NAME_MAX  512        /* bytes of a reference's name */
#define HOOK_WAIT_MS   60000      /* for the desk's answer */
/* What house-keeping, which has no desk, says in the environment: put on disk
 * and ask nobody. */
#define HOOK_ENV      "LATCHKEY_HOOK"
#define HOOK_ENV_SYNC "sync"

/* A line for the person who pushes; bytes that could steer a terminal are '?'.
 * Always 1, the exit status of a refusal. */
int hook_refuse(const char *fmt, ...) PRINTF(1, 2);
/* All of standard input. */
MUST int hook_input(struct buf *);

/* Sends the lines, in as many packets as it takes; for PUSH and COMMIT the
 * answer's names are added to ret. 0; anything else was said to the person. */
MUST int hook_ask(enum desk_word, struct str lines, struct buf *ret);

/* The roles; their results are exit statuses. */
int hook_pre_receive(void);
int hook_reference_transaction(const char *state);

/* Objects that were moved into place can be found after a power cut. */
MUST int hook_sync_objects(void);
/* So can the references named in the lines, or their absence; and what else is
 * in packed-refs. */
MUST int hook_sync_refs(struct str lines, bool packed);

#endif
