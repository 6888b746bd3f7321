/* One process of latchkeyd-ssh, for keeper.c. */
#ifndef SERVER_KEEPER_SPAWN_H
#define SERVER_KEEPER_SPAWN_H

#include "server/keeper.h"
#include "server/keeper_heirloom.h"

#include <sys/types.h>

struct keeper_child {
	pid_t pid;
	int pidfd; /* readable when it has ended */
	int words; /* what it says, line by line; or -1 */
	int desk;  /* the desk's end of its socket, to shut it */
};
MUST int keeper_spawn(const struct keeper_conf *, const struct heirlooms *,
    struct keeper_child *ret);
/* It has ended, or is about to: its exit status, 128 + n for signal n. Closes
 * the descriptors. */
int keeper_reap(struct keeper_child *);

#endif
