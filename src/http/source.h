/*
 * Who holds how many of a loop's connections. An IPv4 address is one source, and
 * so is an IPv6 network of 64 bits: whoever has one of its addresses has all of
 * them. When every place is taken, somebody who comes does not go away empty:
 * the source with the most connections gives up the one that has waited the
 * longest; where no source has two, it is that of all. So nobody can take all
 * places, however many networks they have, and whoever is alone behind a proxy can
 * use them all.
 *
 * All of this belongs to one loop's thread.
 */
#ifndef HTTP_SOURCE_H
#define HTTP_SOURCE_H

#include "http/conn.h"

/* Connections of the largest source that are looked at for one that waits. */
#define SOURCE_LOOKS_MAX 256

struct source;

struct sources {
	void *tree;	       /* by address, see tsearch(3) */
	struct source **count; /* those with n connections, n below max */
	size_t max, top;       /* top: the most that one has */
};

/* For fewer than max connections. */
MUST int sources_init(struct sources *, size_t max);
void sources_clear(struct sources *); /* when all have left */

/* Of a connection whose net is set. 0 or -ENOMEM. */
MUST int source_join(struct sources *, struct http_conn *);
void source_leave(struct sources *, struct http_conn *);
/* What it does has changed: it is the one that has waited the least. */
void source_stir(struct http_conn *);

/*
 * The connection that gives its place to this one, which has joined; NULL: none
 * does. Of one's own source only what waits for a request is given up, of a
 * source that has more also what is coming in or going out. What runs in the
 * program never is.
 */
struct http_conn *sources_give_up(struct sources *, const struct http_conn *);

#endif
