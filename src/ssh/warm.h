/*
 * One handshake with ourselves for each host key, before the first fork: what
 * OpenSSL looks up, loads and builds on first use is then there for all
 * children, who would each do it again.
 */
#ifndef SSH_WARM_H
#define SSH_WARM_H

#include "ssh/keys.h"

/* Makes nothing worse when it fails, but then something is wrong: -errno. */
MUST int warm_up(const struct keys *);

#endif
