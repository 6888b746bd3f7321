/*
 * Bytes in and out of a connection's socket, plain or TLS, never waiting.
 */
#ifndef HTTP_IO_H
#define HTTP_IO_H

#include "http/conn.h"

#define IO_WAIT (-1) /* nothing now */
#define IO_GONE (-2) /* the connection is broken */

/* The bytes moved, 0 at the peer's end, IO_WAIT or IO_GONE. */
ssize_t io_read(struct http_conn *, void *p, size_t n);
/* The same into p first, then into q: one call where the socket is plain. */
ssize_t io_read2(struct http_conn *, void *p, size_t n, void *q, size_t m);
/* more: the next write follows at once. Never 0. */
ssize_t io_write(struct http_conn *, const void *p, size_t n, bool more);
/* p and then q, n > 0: one call where the socket is plain, else p alone. */
ssize_t io_write2(struct http_conn *, const void *p, size_t n, const void *q,
    size_t m);
/* Plain connections only. 0: the file is shorter than it was. */
ssize_t io_sendfile(struct http_conn *, int fd, off_t *off, size_t n);
/* Throw away what came in, without decoding it. */
ssize_t io_discard(struct http_conn *);
/* Say that nothing follows from us. */
void io_finish(struct http_conn *);

#endif
