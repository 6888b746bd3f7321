/* The listening sockets: made here, before the doors open, so that the port is
 * known when the host names are. */
#ifndef SERVER_BOUND_H
#define SERVER_BOUND_H

#include "base/out.h"

#include <stdbool.h>

struct bound {
	int fd;	       /* -1: none */
	char name[72]; /* "127.0.0.1:8080", "[::1]:8080" */
	char port[8];  /* "8080" */
	bool loopback; /* reachable from this machine only */
	bool any;      /* bound to every address */
};

/* "ADDR:PORT", numeric or "localhost"; port 0 picks one. The note begins with
 * the setting's name. 0; OUT_MALFORMED for what is no address; OUT_CONFLICT in
 * use; OUT_DENIED not local or not ours. */
MUST int bound_open(const char *setting, const char *addr, struct bound *ret,
		    struct note *);
/* A socket that was handed over. OUT_MALFORMED when it does not listen. */
MUST int bound_adopt(int fd, struct bound *ret, struct note *);
void bound_close(struct bound *);

#endif
