#include "http/io.h"

#include <errno.h>
#include <limits.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/uio.h>

static ssize_t
gone(struct http_conn *c)
{
	c->broken = true;
	return IO_GONE;
}

/* The socket is read until it is short of what was asked for; epoll tells, as
 * an edge, when it is worth reading again. */
static ssize_t
plain_result(struct http_conn *c, ssize_t n, size_t asked)
{
	if (n < 0 && errno != EAGAIN)
		return gone(c);
	if (n < 0 || ((size_t)n < asked && !c->saw_end))
		c->may_read = false;
	return n < 0 ? IO_WAIT : n;
}

static ssize_t
tls_result(struct http_conn *c, int r)
{
	switch (SSL_get_error(c->ssl, r)) {
	case SSL_ERROR_WANT_READ:
		c->may_read = false;
		return IO_WAIT;
	case SSL_ERROR_WANT_WRITE:
		c->wants_write = true;
		c->may_read = false;
		return IO_WAIT;
	case SSL_ERROR_ZERO_RETURN:
		return 0;
	default:
		ERR_clear_error();
		return gone(c);
	}
}

static ssize_t
tls_read(struct http_conn *c, void *p, size_t n)
{
	size_t got = 0;
	int r;

	ERR_clear_error();
	c->wants_write = false;
	r = SSL_read_ex(c->ssl, p, n, &got);
	return r == 1 ? (ssize_t)got : tls_result(c, r);
}

ssize_t
io_read(struct http_conn *c, void *p, size_t n)
{
	ssize_t r;

	if (c->ssl != NULL)
		return tls_read(c, p, n);
	do
		r = recv(c->fd, p, n, 0);
	while (r < 0 && errno == EINTR);
	return plain_result(c, r, n);
}

ssize_t
io_read2(struct http_conn *c, void *p, size_t n, void *q, size_t m)
{
	struct iovec two[2] = {{p, n}, {q, m}};
	ssize_t r;

	if (c->ssl != NULL)
		return tls_read(c, p, n);
	do
		r = readv(c->fd, two, 2);
	while (r < 0 && errno == EINTR);
	return plain_result(c, r, n + m);
}

static ssize_t
tls_write(struct http_conn *c, const void *p, size_t n)
{
	size_t sent = 0;
	ssize_t r;

	ERR_clear_error();
	r = SSL_write_ex(c->ssl, p, n, &sent);
	if (r == 1)
		return (ssize_t)sent;
	r = tls_result(c, (int)r);
	return r == 0 ? gone(c) : r;
}

ssize_t
io_write(struct http_conn *c, const void *p, size_t n, bool more)
{
	ssize_t r;

	if (c->ssl != NULL)
		return tls_write(c, p, n);
	do
		r = send(c->fd, p, n, MSG_NOSIGNAL | (more ? MSG_MORE : 0));
	while (r < 0 && errno == EINTR);
	if (r < 0)
		return errno == EAGAIN ? IO_WAIT : gone(c);
	return r;
}

ssize_t
io_write2(struct http_conn *c, const void *p, size_t n, const void *q, size_t m)
{
	struct iovec two[2] = {{(void *)(uintptr_t)p, n},
			       {(void *)(uintptr_t)q, m}};
	struct msghdr msg = {.msg_iov = two, .msg_iovlen = 2};
	ssize_t r;

	if (c->ssl != NULL)
		return tls_write(c, p, n);
	do
		r = sendmsg(c->fd, &msg, MSG_NOSIGNAL);
	while (r < 0 && errno == EINTR);
	if (r < 0)
		return errno == EAGAIN ? IO_WAIT : gone(c);
	return r;
}

ssize_t
io_sendfile(struct http_conn *c, int fd, off_t *off, size_t n)
{
	ssize_t r;

	do
		r = sendfile(c->fd, fd, off, n);
	while (r < 0 && errno == EINTR);
	if (r < 0)
		return errno == EAGAIN ? IO_WAIT : gone(c);
	return r;
}

ssize_t
io_discard(struct http_conn *c)
{
	ssize_t r;

	/* TCP drops what MSG_TRUNC asks for without copying it. */
	do
		r = recv(c->fd, NULL, INT_MAX, MSG_TRUNC);
	while (r < 0 && errno == EINTR);
	if (r < 0)
		return errno == EAGAIN ? IO_WAIT : gone(c);
	return r;
}

void
io_finish(struct http_conn *c)
{
	if (c->ssl != NULL && !c->broken && SSL_is_init_finished(c->ssl)) {
		ERR_clear_error();
		(void)SSL_shutdown(c->ssl);
		ERR_clear_error();
	}
	(void)shutdown(c->fd, SHUT_WR);
}
