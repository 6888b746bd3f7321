/* The addresses of a host, until a deadline: a resolver that does not answer
 * would keep a login waiting for half a minute. */
#ifndef FOLLOW_FIND_H
#define FOLLOW_FIND_H

#include "base/out.h"

#include <stdint.h>

struct addrinfo;
void find_free(struct addrinfo **); /* for CLEAN() */
/* OUT_BUSY with a note; -errno. A question that was still open at the deadline
 * goes on until this process ends; there can be one of them. */
MUST int find_host(const char *host, const char *port, int64_t deadline,
    struct addrinfo **ret, struct note *);

#endif
