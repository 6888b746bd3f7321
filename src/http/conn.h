/*
 * One connection and the work it carries. A connection is small and lives as
 * long as its socket; a work is large, and only a connection with a request on
 * its hands has one, so that thousands of idle connections cost little.
 *
 * A connection belongs to its loop's thread. In CONN_LENT it is lent to a pool
 * thread, which has the work to itself, and the writing side of the socket; the
 * reading side too when the loop does not watch it. The loop then touches nothing
 * but the list links, what events say (may_read, saw_end) and the descriptor's
 * number.
 */
#ifndef HTTP_CONN_H
#define HTTP_CONN_H

#include "http/chunk.h"
#include "http/head.h"
#include "http/http.h"

#define HTTP_LINGER_MS	    5000       /* a closed connection's last words */
#define HTTP_SKIP_MAX	    (64 * KIB) /* unread body that is worth skipping */
#define HTTP_REPLY_HEAD_MAX (16 * KIB)
#define WORK_IN		    (2 * HTTP_HEAD_MAX) /* a head and as much that follows it */
#define WORK_SPARE	    32			/* kept by each loop */
#define ARENA_MAX	    (8 * MIB)

struct loop;
struct source;
struct ssl_st;

enum conn_state {
	CONN_HELLO,  /* TLS handshake */
	CONN_HEAD,   /* fresh, or in the middle of a head */
	CONN_IDLE,   /* between requests */
	CONN_BODY,   /* collecting a body */
	CONN_LENT,   /* with the pool */
	CONN_SEND,   /* the socket took not all of a reply yet */
	CONN_DRAIN,  /* skipping a short body that nobody wanted */
	CONN_LINGER, /* closed on our side, so that the client sees the reply */
	CONN_STATES
};

/* What a step of a connection leads to. */
enum step {
	STEP_ON,    /* do the next step of its (new) state */
	STEP_WAIT,  /* nothing to do until the socket stirs */
	STEP_YIELD, /* more to do, but others first */
	STEP_LENT,  /* it is not ours any more: do not touch */
	STEP_GONE   /* close it */
};

/* What the pool thread that made the reply did with it. */
enum early {
	EARLY_NOT,  /* nothing: the loop sends it */
	EARLY_PART, /* the socket did not take all */
	EARLY_ALL,
	EARLY_GONE /* the connection is broken */
};

/* An IPv4 address, or the first half of an IPv6 address. */
struct source_net {
	uint64_t high, low;
};

struct http_conn {
	struct http_conn *prev, *next; /* its place in loop->in[state] */
	struct http_conn *more;	       /* in loop->again, or in an inbox */
	struct loop *loop;
	struct source *source; /* whose it is; see http/source.h */
	struct http_conn *older, *newer; /* of the same source */
	struct source_net net;
	struct work *work;  /* NULL while there is no request */
	struct ssl_st *ssl; /* NULL: plain */
	int64_t since_ms; /* of its state; in CONN_SEND: of the last progress */
	int fd;
	int unsent; /* bytes in the socket's buffer when last looked at */
	enum conn_state state;
	bool may_read;	  /* the socket may hold something to read */
	bool saw_end;	  /* the peer closed: read on until it shows */
	bool wants_write; /* TLS has to write before it can read */
	bool broken;	  /* nothing can be said on it any more */
	bool abort;	  /* what the kernel still holds must not be sent */
	bool again;	  /* is in loop->again */
	bool watched;	  /* is in the loop's epoll */
	bool stirred;	  /* while it is lent, something came (loop->lock) */
	bool shed;	  /* over the limit: another's place, or 503 and close */
	bool loopback;
	char peer[HTTP_ADDR_MAX];
};

struct work {
	struct work *next;
	struct http_req req;
	struct http_reply reply;
	struct arena arena;
	struct head_scan scan;
	struct chunk chunk;
	struct buf body; /* collected */
	struct buf out;	 /* head and small body that the socket did not take */
	size_t start, pos, end; /* in: this request, its unread body, the end */
	size_t high;	    /* in: never used beyond, to be wiped up to here */
	uint64_t body_left; /* of Content-Length */
	uint64_t body_max, body_in, body_out;
	size_t held;		/* counted in server->held */
	size_t out_at, body_at; /* sent so far */
	size_t head_left;	/* bytes of the reply's head not yet sent */
	uint64_t file_left;
	enum http_plan plan;
	enum early early;
	int body_flaw; /* the outcome that ended the body early */
	struct gunzip *gunzip; /* the body is coded; NULL: not */
	bool begun;    /* begin() was called: done() is owed */
	bool answered; /* a reply was composed */
	bool keep, linger;
	bool v11, expect;
	bool body_done;
	bool flows;		   /* the reply is being sent by the program */
	bool flow_chunked, flow_more; /* chunked, and not the first chunk */
	int flow_flaw;		   /* the outcome that ended it early */
	int64_t flow_blocked_ms;   /* waited for the socket; see rate_bytes */
	bool skipped;		   /* the one empty line before a request */
	bool timed;		   /* the head's deadline runs */
	int64_t guard_ms, rate_ms; /* when last asked, when last reckoned */
	uint64_t rate_bytes;
	bool (*body_guard)(void *);
	void *body_guard_arg;
	struct http_field fields[HTTP_FIELDS_MAX];
	char in[WORK_IN];
};

/* work.c. NULL without memory. put() wipes and keeps or frees it. */
MUST struct work *work_get(struct loop *);
void work_put(struct loop *, struct work *);
void work_free(struct work *);
/* Make it ready for the request that begins at in[start]. */
void work_begin(struct work *, struct http_conn *);
/* Wipe what the request left behind; what follows it already stays. */
void work_wipe(struct work *);
/* n bytes were read to in[end]. */
void work_got(struct work *, size_t n);

/* conn.c. Takes fd and frees what it took on failure. */
MUST struct http_conn *conn_new(struct loop *, int fd);
/* On its own loop's thread: greet a new connection, or go on with one that
 * the pool has returned. */
void conn_arrived(struct http_conn *);
void conn_event(struct http_conn *, uint32_t events);
void conn_go(struct http_conn *, enum step);
void conn_enter(struct http_conn *, enum conn_state);
/* Its phase has lasted too long. */
void conn_expire(struct http_conn *);
void conn_close(struct http_conn *);
enum step conn_lend(struct http_conn *);

/* request.c */
enum step request_step(struct http_conn *);
enum step request_refuse(struct http_conn *, int status, const char *why);
/* The reply is out and the body read: on to the next request. */
enum step request_next(struct http_conn *);

/* body.c */
enum step body_step(struct http_conn *);       /* CONN_BODY */
enum step body_drain_step(struct http_conn *); /* CONN_DRAIN */
enum step body_ready(struct http_conn *);
void body_begin(struct work *, const struct head *);
/* Can the whole body be had without the socket? */
bool body_buffered(const struct work *);
/* Throw away what is buffered of a body that nobody wants; true when the rest
 * of it is so short that the connection is worth keeping. */
bool body_skip(struct http_conn *);
/* "100 Continue", once, when the client waits for it. False: it broke. */
bool body_invite(struct http_conn *);
/*
 * The next bytes without waiting: 0 and *ret > 0, or *ret 0 at the end;
 * OUT_BUSY nothing there now; OUT_MALFORMED; OUT_RANGE the client is gone.
 */
MUST int body_pull(struct http_conn *, char *p, size_t n, size_t *ret);

/* gunzip.c: decoding a body as it is read. */
MUST struct gunzip *gunzip_new(void);
void gunzip_free(struct gunzip *);
/* As http_body_read(); raw reads the coded bytes. */
MUST int gunzip_read(struct gunzip *,
		     int (*raw)(struct http_req *, void *, size_t, size_t *),
		     struct http_req *, char *p, size_t n, size_t *ret);

/* flow.c: a reply that the program has sent ends, on the loop's thread. */
enum step flow_end(struct http_conn *);

/* early.c, on a pool thread, after run(): send the reply, if it is one that can be
 * sent from there; the loop sees by work->early what is left to do. True: nothing, and
 * nothing of the next request is there. */
MUST bool early_send(struct http_conn *);

/* send.c. settle() decides whether the connection may live on, and if not, whether
 * the client still needs time to read what we say; head() writes the reply's head, as
 * reply_head(), and says whether its body follows; count() takes note of n bytes that
 * left, of the head first. start() composes the reply that is in the work; end() goes
 * on after the last byte. */
void send_settle(struct http_conn *, int64_t now);
MUST bool send_head(struct work *, char *p);
void send_count(struct work *, size_t n);
enum step send_start(struct http_conn *);
enum step send_end(struct http_conn *);
enum step send_step(struct http_conn *);
/* Once a second for each connection in CONN_SEND; false: cut it. */
bool send_alive(struct http_conn *);
/* Give back what the reply owns, tell the program that it is over. */
void send_over(struct http_conn *);

#endif
