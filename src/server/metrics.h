/* What /metrics says of the process, the core and the database. The rest stands
 * with what it is about (git_side, key_side, gc, ...). */
#ifndef SERVER_METRICS_H
#define SERVER_METRICS_H

#include "core/core.h"
#include "http/http.h"

/* http may be NULL. */
void metrics_put(struct core *, struct http_server *http, struct buf *);

#endif
