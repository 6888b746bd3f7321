#include "http/server.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#define ACCEPT_TURN 64
#define BACKLOG	    4096
#define PAUSE_MS    100 /* when there are no descriptors */
#define FULL_MS	    1	/* until places were given up */

static int
addr_parse(const char *text, struct addrinfo **ret, struct note *note)
{
	struct addrinfo hints = {
	    .ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE,
	    .ai_socktype = SOCK_STREAM,
	};
	struct str s = str_c(text), host, port;
	char name[INET6_ADDRSTRLEN + 16], service[8];
	uint64_t number;

	if (!str_rcut(s, ':', &host, &port) || host.n >= sizeof(name) ||
	    str_u64(port, UINT16_MAX, &number) != 0)
		return note_set(note, OUT_MALFORMED,
				"%s is not of the form ADDRESS:PORT", text);
	if (host.n > 2 && host.p[0] == '[' && host.p[host.n - 1] == ']')
		host = str_sub(host, 1, host.n - 2);
	else if (host.n > 0 && memchr(host.p, ':', host.n) != NULL)
		return note_set(note, OUT_MALFORMED,
				"%s: an IPv6 address needs brackets", text);
	memcpy(name, host.p, host.n);
	name[host.n] = '\0';
	memcpy(service, port.p, port.n);
	service[port.n] = '\0';
	if (host.n == 0 || getaddrinfo(name, service, &hints, ret) != 0)
		return note_set(note, OUT_MALFORMED,
				"%s is not a numeric address and port", text);
	return 0;
}

static void
bound_set(struct http_server *s)
{
	struct sockaddr_storage addr = {0};
	socklen_t n = sizeof(addr);
	char host[INET6_ADDRSTRLEN] = "", port[8] = "";

	if (getsockname(s->listen_fd, (struct sockaddr *)&addr, &n) != 0 ||
	    getnameinfo((struct sockaddr *)&addr, n, host, sizeof(host), port,
			sizeof(port), NI_NUMERICHOST | NI_NUMERICSERV) != 0)
		return;
	(void)snprintf(s->bound, sizeof(s->bound),
		       addr.ss_family == AF_INET6 ? "[%s]:%s" : "%s:%s", host,
		       port);
}

int
listen_adopt(struct http_server *s, int fd, struct note *note)
{
	int one = 1, flags = fcntl(fd, F_GETFL);

	if (flags < 0 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) != 0 ||
	    fcntl(fd, F_SETFD, FD_CLOEXEC) != 0)
		return note_set(note, FAIL(-errno), "listening socket: %s",
				strerror(errno));
	/* Accepted connections inherit it. */
	(void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	s->listen_fd = fd;
	bound_set(s);
	return 0;
}

int
listen_open(struct http_server *s, const char *text, struct note *note)
{
	struct addrinfo *addr = NULL;
	int fd, one = 1, r = addr_parse(text, &addr, note);

	if (r != 0)
		return r;
	fd = socket(addr->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0 ||
	    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one)) != 0 ||
	    bind(fd, addr->ai_addr, addr->ai_addrlen) != 0 ||
	    listen(fd, BACKLOG) != 0)
		r = errno;
	freeaddrinfo(addr);
	if (r == 0)
		r = listen_adopt(s, fd, note);
	else
		r = note_set(note, r == EADDRINUSE ? OUT_CONFLICT : FAIL(-r),
			     "%s: %s", text, strerror(r));
	if (r != 0 && fd >= 0)
		(void)close(fd);
	return r;
}

/* The peer's address as text, its network, and whether it is this machine. */
static void
peer_set(struct http_conn *c, const struct sockaddr_storage *addr)
{
	const struct sockaddr_in *v4 = (const void *)addr;
	const struct sockaddr_in6 *v6 = (const void *)addr;
	struct in_addr plain;

	if (addr->ss_family == AF_INET6 &&
	    !IN6_IS_ADDR_V4MAPPED(&v6->sin6_addr)) {
		memcpy(&c->net.high, &v6->sin6_addr, sizeof(c->net.high));
		(void)inet_ntop(AF_INET6, &v6->sin6_addr, c->peer,
				sizeof(c->peer));
		c->loopback = IN6_IS_ADDR_LOOPBACK(&v6->sin6_addr);
		return;
	}
	if (addr->ss_family == AF_INET6)
		memcpy(&plain, &v6->sin6_addr.s6_addr[12], sizeof(plain));
	else if (addr->ss_family == AF_INET)
		plain = v4->sin_addr;
	else
		return;
	/* ::ffff:0:0/96 belongs to no network. */
	c->net.low = (uint64_t)0xffff << 32 | plain.s_addr;
	(void)inet_ntop(AF_INET, &plain, c->peer, sizeof(c->peer));
	c->loopback = ntohl(plain.s_addr) >> 24 == 127;
}

static struct loop *
least_busy(struct loop *self)
{
	struct http_server *s = self->server;
	struct loop *best = self;
	unsigned n,
	    best_n = atomic_load_explicit(&self->open, memory_order_relaxed);

	for (unsigned i = 0; i < s->n_loops; i++) {
		n = atomic_load_explicit(&s->loops[i].open,
					 memory_order_relaxed);
		if (n < best_n) {
			best = &s->loops[i];
			best_n = n;
		}
	}
	return best;
}

static void
take(struct loop *loop, int fd, const struct sockaddr_storage *addr)
{
	struct http_server *s = loop->server;
	unsigned open = atomic_load_explicit(&s->open, memory_order_relaxed);
	unsigned max = s->conf.connections_max;
	struct loop *owner = least_busy(loop);
	struct http_conn *c;

	if (open >= max)
		loop_count(&loop->shed);
	c = conn_new(owner, fd);
	if (c == NULL) {
		(void)close(fd);
		return;
	}
	c->shed = open >= max;
	peer_set(c, addr);
	loop_count(&loop->accepted);
	atomic_fetch_add_explicit(&s->open, 1, memory_order_relaxed);
	atomic_fetch_add_explicit(&owner->open, 1, memory_order_relaxed);
	/* Who needs another's place must wait until the round is over: it may
	 * hold an event for that other. */
	if (owner == loop && !c->shed)
		conn_arrived(c);
	else
		loop_post(owner, c, false);
}

static void
rest(struct loop *loop, int64_t ms)
{
	(void)epoll_ctl(loop->epoll_fd, EPOLL_CTL_DEL, loop->server->listen_fd,
			NULL);
	loop->listening = false;
	loop->listen_at_ms = loop->now_ms + ms;
}

/* Who is let in without a place waits for somebody to give one up: not too many
 * at once, and the others have the kernel to wait in. */
static bool
is_full(const struct http_server *s)
{
	return atomic_load_explicit(&s->open, memory_order_relaxed) >=
	       s->conf.connections_max + s->shed_max;
}

/* Without a descriptor for it, a connection would stay in the backlog and wake
 * us for ever. The spare one lets us turn it away; then everybody rests. */
static void
turn_away(struct loop *loop)
{
	int fd;

	(void)close(loop->spare_fd);
	fd = accept4(loop->server->listen_fd, NULL, NULL, SOCK_CLOEXEC);
	if (fd >= 0) {
		(void)close(fd);
		loop_count(&loop->shed);
	}
	loop->spare_fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
	rest(loop, PAUSE_MS);
}

void
listen_accept(struct loop *loop)
{
	for (int turn = 0; turn < ACCEPT_TURN; turn++) {
		struct sockaddr_storage addr;
		socklen_t n = sizeof(addr);
		int fd;

		if (is_full(loop->server)) {
			rest(loop, FULL_MS);
			return;
		}
		fd = accept4(loop->server->listen_fd, (struct sockaddr *)&addr,
			     &n, SOCK_NONBLOCK | SOCK_CLOEXEC);
		if (fd >= 0) {
			take(loop, fd, &addr);
		} else if (errno == EMFILE || errno == ENFILE ||
			   errno == ENOBUFS || errno == ENOMEM) {
			turn_away(loop);
			return;
		} else if (errno == EAGAIN || errno == EINVAL ||
			   errno == EBADF) {
			return;
		}
	}
}
