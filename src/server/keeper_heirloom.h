/*
 * What one process of latchkeyd-ssh learnt about sources of connections, for
 * its successor: lines "penalty ADDRESS MILLISECONDS" (see ssh/ssh.h), the
 * latest for each address, as many as fit; of those that go beyond, the one
 * that ends next is forgotten. Nothing of it is understood here but the address
 * and the end.
 */
#ifndef SERVER_KEEPER_HEIRLOOM_H
#define SERVER_KEEPER_HEIRLOOM_H

#include "base/str.h"

#include <stdint.h>

#define HEIRLOOM_WORD	  "penalty "
#define HEIRLOOM_MAX	  1024
#define HEIRLOOM_ADDR_MAX 45

struct heirloom {
	char addr[HEIRLOOM_ADDR_MAX + 1];
	int64_t until; /* clock_mono(); 0: a free place */
};
struct heirlooms {
	struct heirloom all[HEIRLOOM_MAX];
};
/* Such a line without its end. What does not look like one is left out. */
void heirloom_keep(struct heirlooms *, struct str line);
/* A descriptor to read those from that are not over; -errno. */
MUST int heirloom_file(const struct heirlooms *, int64_t now);

#endif
