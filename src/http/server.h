/*
 * What the parts of the room share: the server they are parts of.
 */
#ifndef HTTP_SERVER_H
#define HTTP_SERVER_H

#include "http/http.h"
#include "http/loop.h"

#define HTTP_EVENT_THREADS_MAX 64
#define HTTP_SHED_MAX	       256 /* over the limit: to get a 503, or a place */
#define HTTP_STACK	       (1 * MIB)

enum server_phase {
	SERVER_RUNS,
	SERVER_DRAINS, /* no new connections, no keep-alive */
	SERVER_CUTS,   /* the rest is ended */
	SERVER_ENDS    /* threads end when nothing is left */
};

struct http_server {
	struct http_conf conf; /* without zeros; its strings are not kept */
	struct http_app app;
	int listen_fd;
	char bound[HTTP_ADDR_MAX + 16];
	struct tls *tls; /* NULL: plain */
	struct pool *pool;
	struct loop *loops;
	unsigned n_loops;
	unsigned shed_max; /* connections over the limit, for a moment */
	_Atomic int phase;
	_Atomic unsigned deaf; /* loops that have stopped listening */
	_Atomic unsigned open;
	_Atomic size_t held; /* by collected bodies */
};

static inline enum server_phase
server_phase(const struct http_server *s)
{
	return (enum server_phase)atomic_load_explicit(&s->phase,
						       memory_order_acquire);
}

/* listen.c */
MUST int listen_open(struct http_server *, const char *addr, struct note *);
MUST int listen_adopt(struct http_server *, int fd, struct note *);
/* Take what waits, share it out among the loops. */
void listen_accept(struct loop *);

#endif
