/*
 * The HTTP/1.1 room (RFC 9110, RFC 9112): a strict server engine. It parses,
 * bounds, times and frames; it knows no route, no credential and no thing. It
 * fills a request and calls the program's two functions; what they answer is
 * written out in one piece or streamed.
 *
 * Event threads own all connections. When a request head is complete, begin()
 * is called on an event thread and says how the request goes on:
 *
 *   HTTP_ANSWER  the reply is filled in already; the body is not wanted
 *   HTTP_INLINE  collect the body (at most body_max), call run() right there:
 *                for work of microseconds that never waits
 *   HTTP_POOL    collect the body, call run() on a pool thread: for work that
 *                waits (a durable commit, a password hash)
 *   HTTP_STREAM  call run() on a pool thread at once; it reads the body itself
 *                with http_body_read(), and may send its reply as it comes into
 *                being with http_send()
 *
 * Strictness: a request that two parsers could read differently is refused
 * with 400 and the connection closed: two Content-Length or Host fields, a
 * length beside a transfer coding, any coding but a single "chunked", bare LF
 * or CR, obs-fold, blanks before a colon, NUL or control bytes, a malformed
 * Host, a target that is not in origin form. A path may not hold empty or dot
 * segments, ";", a backslash, or an escaped dot, backslash or control byte;
 * other escapes ("%2f") are the program's to judge. Escapes are well formed and
 * UTF-8 in path and query, and none is NUL. A Content-Encoding other
 * than identity is 415, but for one gzip where begin() takes it.
 * test/scene/x*.t lists them all.
 */
#ifndef HTTP_HTTP_H
#define HTTP_HTTP_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/out.h"
#include "base/str.h"

#include <stdint.h>
#include <sys/types.h>

enum http_method {
	HTTP_GET, HTTP_HEAD, HTTP_POST, HTTP_PUT, HTTP_PATCH, HTTP_DELETE,
	HTTP_OPTIONS, HTTP_METHODS
};
const char *http_method_name(enum http_method);

/* Limits and deadlines; each is absolute for its phase, on the monotonic
 * clock. Zeros are replaced by these defaults. */
#define HTTP_HEAD_MAX (16 * KIB)     /* request line and fields: 431, 414 */
#define HTTP_TARGET_MAX (8 * KIB)    /* 414 */
#define HTTP_FIELDS_MAX 100          /* 431 */
#define HTTP_ADDR_MAX 56             /* textual peer address, no port */
#define HTTP_HEAD_TIMEOUT_MS 10000   /* first byte to end of head; TLS handshake */
#define HTTP_IDLE_TIMEOUT_MS 75000   /* between requests */
#define HTTP_BODY_TIMEOUT_MS 30000   /* a collected body as a whole */
#define HTTP_STALL_TIMEOUT_MS 30000  /* streams: no byte moved for so long */
#define HTTP_RATE_MIN 1024           /* streams: bytes a second, over a minute */
#define HTTP_CONNECTIONS_MAX 12000
#define HTTP_FDS_KEPT 512            /* descriptors that connections leave */
#define HTTP_POOL_MAX 64             /* pool threads; made as needed */
#define HTTP_QUEUE_MAX 1024          /* requests waiting for one: then 503 */
#define HTTP_COLLECT_MAX (256 * MIB) /* collected bodies together: then 503 */
#define HTTP_GUNZIP_RATIO_MAX 100    /* of a coded body, from a MiB on */

struct http_field {
	struct str name, value; /* name in lower case, value trimmed */
};

struct http_req {
	enum http_method method;
	struct str path;   /* raw, before '?'; begins with '/' */
	struct str query;  /* raw, after '?'; p == NULL without one */
	struct str host;   /* as sent, well formed, may carry a port */
	const struct http_field *fields;
	size_t n_fields;
	bool has_length;   /* Content-Length was given */
	bool chunked;
	bool gzip;         /* the body is coded so; length is of what is sent */
	uint64_t length;
	struct str body;   /* for INLINE and POOL, in run() */
	/* For begin() to set, with STREAM: http_body_read() is to decode a body
	 * coded with gzip; run() may call http_send(). */
	bool takes_gzip, sends;
	char peer[HTTP_ADDR_MAX];
	bool tls, loopback; /* loopback: the peer's address is */
	struct arena *arena; /* the request's */
	int64_t began_ms;   /* clock_mono() when its first byte came */
	void *app;          /* free for begin() to hand something to run() */
	struct http_conn *conn;
};
/* The value of a field, or STR_NONE (p == NULL); name in lower case. When a
 * field came more than once, *ret_count (may be NULL) says so. */
struct str http_field_get(const struct http_req *, const char *name,
    size_t *ret_count);

enum http_plan { HTTP_ANSWER, HTTP_INLINE, HTTP_POOL, HTTP_STREAM };

struct http_reply {
	int status;
	struct buf head;   /* "Name: value\r\n" lines, by http_head* only */
	struct buf body;
	bool wipe;         /* the body holds a secret: no-store, wiped at once; what
			      http_send() is given is copied nowhere */
	int fd;            /* >= 0: the body is [fd_off, fd_off + fd_len) of it */
	off_t fd_off;
	uint64_t fd_len;
	uint64_t head_len; /* for HEAD and body-less replies: the length to state */
	bool has_head_len;
	bool close;        /* close the connection after it */
	bool cut;          /* begun with http_send(), and not to be finished */
	/* While a long body goes out or comes in: asked at least once a second;
	 * false cuts the connection. guard_free is called at the end. */
	bool (*guard)(void *);
	void (*guard_free)(void *);
	void *guard_arg;
};
/* Add a field. Values with control bytes are refused: the reply becomes 500.
 * Date, Content-Length and Connection are the engine's; all fields together
 * have room for 16 KiB. */
void http_head(struct http_reply *, const char *name, struct str value);
void http_headf(struct http_reply *, const char *name, const char *fmt, ...)
    PRINTF(3, 4);
/* Take back what was added under that name. */
void http_head_drop(struct http_reply *, const char *name);
/* The body is a file range; the reply owns fd from now on. Plain connections
 * use sendfile. */
void http_reply_file(struct http_reply *, int fd, off_t off, uint64_t len);

struct http_app {
	void *arg;
	/* Never blocks. Returns the plan; sets *body_max for INLINE and POOL (a
	 * longer body gets too_large()), fills reply for ANSWER. */
	enum http_plan (*begin)(void *arg, struct http_req *,
	    struct http_reply *, uint64_t *body_max);
	void (*run)(void *arg, struct http_req *, struct http_reply *);
	/* The engine itself refuses (400, 408, 413, 414, 417, 431, 501, 503, 505,
	 * ...): shape the reply for this path. req may be half filled, and a
	 * refused path is as hostile as it came. */
	void (*refuse)(void *arg, const struct http_req *, int status,
	    const char *why, struct http_reply *);
	/* Called once after begin() was called, whatever happened: release
	 * req->app, write the access log line. bytes: of the reply's body.
	 * status is 0 when the connection ended before there was a reply. From any
	 * thread: the one that ran run(), when that has sent the reply as well. */
	void (*done)(void *arg, struct http_req *, int status, uint64_t bytes_in,
	    uint64_t bytes_out);
};

struct http_conf {
	const char *addr; /* "127.0.0.1:8080", "[::1]:0"; port 0 picks one */
	int listen_fd;    /* >= 0: use this instead (socket activation) */
	const char *tls_cert, *tls_key; /* NULL: plain */
	unsigned event_threads;         /* 0: one per core, at most 4 */
	/* connections_max: fewer where the descriptors that are free at the start
	 * do not suffice for them and HTTP_FDS_KEPT others, or for as many others
	 * as connections. See http_places(). */
	unsigned pool_max, connections_max;
	int64_t head_timeout_ms, idle_timeout_ms, body_timeout_ms,
	    stall_timeout_ms;
	const struct http_app *app;
};

struct http_server;
/* Binds, loads TLS files, starts the threads. 0; OUT_CONFLICT address in use;
 * OUT_MALFORMED bad address or TLS file; note names the setting. */
MUST int http_start(const struct http_conf *, struct http_server **ret,
    struct note *);
/* The TLS files alone, before anything is made: 0 or OUT_MALFORMED. */
MUST int http_check_tls(const char *cert, const char *key, struct note *);
/* How many connections may be open at once. */
unsigned http_places(const struct http_server *);
/* "127.0.0.1:8080" as bound; borrowed. */
const char *http_bound(const struct http_server *);
/* Read the TLS files again for new connections; on failure the old stay. */
MUST int http_reload(struct http_server *, struct note *);
/* Stop accepting, let running requests finish for at most ms, end the rest. A
 * run() that does not read its body is waited for, however long it takes. */
void http_drain(struct http_server *, int64_t ms);
void http_free(struct http_server *); /* drains for 0 ms when needed */

struct http_stats {
	/* shed: came when all places were taken, or no thread would run it. */
	uint64_t accepted, open, requests, refused, shed, pool_threads;
};
void http_stats(struct http_server *, struct http_stats *ret);

/*
 * In run() of a STREAM request: the next bytes of the body, at most n; *ret is
 * 0 at its end. 0; OUT_MALFORMED bad chunk framing or coding; OUT_RANGE the
 * client closed before the end; OUT_EXPIRED a deadline or the minimum rate;
 * OUT_DENIED the guard said no; OUT_TOO_LARGE over HTTP_GUNZIP_RATIO_MAX. After
 * any of these the connection closes with the reply.
 * "100 Continue" is sent before the first read when the client asked for it.
 */
MUST int http_body_read(struct http_req *, void *p, size_t n, size_t *ret);
/* The outcome of http_body_read() that ended the body early, or 0. */
int http_body_flaw(const struct http_req *);
/* Ask guard(arg) during http_body_read. */
void http_body_guard(struct http_req *, bool (*guard)(void *), void *arg);

/*
 * In run() of a STREAM request that sends, after the body was read: the head of
 * the reply as it stands at the first call, then these bytes of the body, which
 * ends when run() returns. Waits until the socket has taken them. HTTP/1.1
 * clients get it chunked, others until the connection closes.
 * 0; OUT_RANGE the client has gone or the server ends; OUT_EXPIRED it does not
 * read, or too slowly; OUT_DENIED the guard of the reply said no; -errno. After
 * any of these, or with reply->cut, the connection is cut, so that the client
 * sees that the body is not whole.
 */
MUST int http_send(struct http_req *, struct http_reply *, const void *p,
    size_t n);
/* Is it still worth going on? For whoever has nothing to send for a while: call
 * it at least once a second. The outcomes of http_send(). */
MUST int http_look(struct http_req *, struct http_reply *);
/* The same, once what was sent so far has been acknowledged by the peer's TCP:
 * it is out of our hands and of our kernel's. Waits for at most ms. The outcomes
 * of http_send(); OUT_EXPIRED: not in time; OUT_RANGE also when the client has
 * closed its side, whatever it may have read. A proxy in between may still lose
 * it. */
MUST int http_delivered(struct http_req *, struct http_reply *, int64_t ms);
/* Is the head out, so that another reply cannot be given? */
bool http_sending(const struct http_req *);

#endif
