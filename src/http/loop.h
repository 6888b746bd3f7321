/*
 * An event thread: it owns connections, waits for their sockets, and looks
 * after their deadlines once in a while. Connections enter through its inbox:
 * new ones from the loop that accepted them, lent ones from the pool. A lent one
 * that has been answered already enters without waking it (http/early.c).
 */
#ifndef HTTP_LOOP_H
#define HTTP_LOOP_H

#include "http/conn.h"
#include "http/source.h"

#include <pthread.h>
#include <stdatomic.h>

/* Head and small body are put together here, and bodies pass through. */
#define LOOP_SMALL   (64 * KIB)
#define LOOP_FDS     3
#define LOOP_SCRATCH (HTTP_REPLY_HEAD_MAX + 1 * KIB + LOOP_SMALL)

struct conn_list {
	struct http_conn *first, *last;
};

struct loop {
	struct http_server *server;
	pthread_t thread;
	bool started;
	int epoll_fd, wake_fd;
	int spare_fd;	/* to be closed when accept() finds no descriptor */
	bool listening; /* the listener is in our epoll */
	bool drains;	/* we have seen that the server drains */
	int64_t now_ms; /* when the current round began */
	int64_t listen_at_ms; /* accept again then, after a lack of fds */
	int64_t tick_at_ms;
	struct conn_list in[CONN_STATES]; /* each in order of since_ms */
	struct sources sources;
	struct http_conn *again, **again_end;
	struct work *spare;
	unsigned n_spare;
	char *scratch;
	pthread_mutex_t lock; /* of the inbox, and of conn->stirred */
	struct http_conn *inbox;
	bool woken; /* for what is in it */
	/* Written by one thread each, read by http_stats(). */
	_Atomic uint64_t accepted, requests, refused, shed;
	_Atomic unsigned open;
};

MUST int loop_init(struct loop *, struct http_server *);
MUST int loop_start(struct loop *);
void loop_wake(struct loop *);
void loop_clear(struct loop *); /* after its thread has ended */
/* From any thread: hand over a connection. lazy: there is nothing to be done with it
 * before its socket stirs, or stirred in the meantime. */
void loop_post(struct loop *, struct http_conn *, bool lazy);
void loop_again(struct loop *, struct http_conn *);
/* Something came for a connection that is lent: its borrower is not to be lazy. */
void loop_stir(struct http_conn *);
MUST int loop_watch(struct http_conn *);
void loop_unwatch(struct http_conn *);

static inline void
loop_count(_Atomic uint64_t *counter)
{
	uint64_t n = atomic_load_explicit(counter, memory_order_relaxed);

	atomic_store_explicit(counter, n + 1, memory_order_relaxed);
}

#endif
