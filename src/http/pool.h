/*
 * Threads for work that waits. They are made when there is work and none is
 * free, and end after a while without any. Streams may not take all of them:
 * a quarter stays for short work, however many slow uploads there are.
 */
#ifndef HTTP_POOL_H
#define HTTP_POOL_H

#include "http/conn.h"

struct http_server;
struct pool;

MUST struct pool *pool_new(struct http_server *, unsigned threads_max);
/* Queue the connection's request; false when the queue is full. It comes back
 * through loop_post(). */
MUST bool pool_push(struct pool *, struct http_conn *, bool stream);
unsigned pool_threads(struct pool *);
/* Waits until all threads have ended; the queue must be empty. */
void pool_free(struct pool *);

#endif
