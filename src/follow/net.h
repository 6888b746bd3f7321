/* A connection to latchkeyd with one deadline for all of it: finding the
 * address, connecting, TLS, and every byte. */
#ifndef FOLLOW_NET_H
#define FOLLOW_NET_H

#include "follow/url.h"

#include <sys/types.h>

struct net;
/* ca: a PEM file, or "": whom the system trusts. deadline: of clock_mono().
 * OUT_BUSY with a note that says why not; -errno. */
MUST int net_open(const struct url *, const char *ca, int64_t deadline,
    struct net **ret, struct note *);
void net_free(struct net *);
/* OUT_BUSY with a note. */
MUST int net_write(struct net *, struct str, struct note *);
/* At least one byte, or 0 at the end. */
MUST int net_read(struct net *, char *p, size_t n, size_t *ret, struct note *);

DEFINE_FREEP(net)

#endif
