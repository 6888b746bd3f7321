#include "server/bound.h"
#include "base/str.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define BACKLOG 1024

union address {
	struct sockaddr any;
	struct sockaddr_in four;
	struct sockaddr_in6 six;
};

static int
address_parse(struct str text, union address *ret)
{
	char host[INET6_ADDRSTRLEN] = "";
	struct str name, port;
	uint64_t number;
	bool six;

	if (!str_rcut(text, ':', &name, &port) ||
	    str_u64(port, 65535, &number) != 0)
		return OUT_MALFORMED;
	six = str_starts(name, STR("[")) && str_ends(name, STR("]"));
	if (six)
		name = str_sub(name, 1, name.n - 2);
	else if (str_eq(name, STR("localhost")))
		name = STR("127.0.0.1");
	if (name.n == 0 || name.n >= sizeof(host))
		return OUT_MALFORMED;
	memcpy(host, name.p, name.n);
	*ret = (union address){.six = {0}};
	if (six) {
		ret->six.sin6_family = AF_INET6;
		ret->six.sin6_port = htons((uint16_t)number);
		return inet_pton(AF_INET6, host, &ret->six.sin6_addr) == 1
			   ? 0
			   : OUT_MALFORMED;
	}
	ret->four.sin_family = AF_INET;
	ret->four.sin_port = htons((uint16_t)number);
	return inet_pton(AF_INET, host, &ret->four.sin_addr) == 1
		   ? 0
		   : OUT_MALFORMED;
}

static int
bound_name(struct bound *l, struct note *note)
{
	char host[INET6_ADDRSTRLEN] = "";
	union address at = {.six = {0}};
	socklen_t n = sizeof(at);
	uint16_t port;

	if (getsockname(l->fd, &at.any, &n) != 0 ||
	    (at.any.sa_family != AF_INET && at.any.sa_family != AF_INET6))
		return note_set(note, OUT_MALFORMED,
				"the socket is no IP socket");
	if (at.any.sa_family == AF_INET) {
		uint32_t addr = ntohl(at.four.sin_addr.s_addr);

		(void)inet_ntop(AF_INET, &at.four.sin_addr, host, sizeof(host));
		port = ntohs(at.four.sin_port);
		l->loopback = addr >> 24 == 127;
		l->any = addr == INADDR_ANY;
		(void)snprintf(l->name, sizeof(l->name), "%s:%u", host, port);
	} else {
		const struct in6_addr *addr = &at.six.sin6_addr;

		(void)inet_ntop(AF_INET6, addr, host, sizeof(host));
		port = ntohs(at.six.sin6_port);
		l->loopback = IN6_IS_ADDR_LOOPBACK(addr);
		l->any = IN6_IS_ADDR_UNSPECIFIED(addr);
		(void)snprintf(l->name, sizeof(l->name), "[%s]:%u", host, port);
	}
	(void)snprintf(l->port, sizeof(l->port), "%u", port);
	return 0;
}

static int
bound_bind(int fd, const union address *at, struct note *note)
{
	bool six = at->any.sa_family == AF_INET6;
	int on = 1;

	if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) != 0 ||
	    (six &&
	     setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(on)) != 0))
		return FAIL(-errno);
	if (bind(fd, &at->any, six ? sizeof(at->six) : sizeof(at->four)) == 0 &&
	    listen(fd, BACKLOG) == 0)
		return 0;
	return note_set(note, errno == EADDRINUSE ? OUT_CONFLICT : OUT_DENIED,
			"%s", strerror(errno));
}

int
bound_open(const char *setting, const char *addr, struct bound *ret,
	   struct note *note)
{
	struct bound l = {.fd = -1};
	union address at;
	struct note why = {0};
	int r;

	if (address_parse(str_c(addr), &at) != 0)
		return note_set(note, OUT_MALFORMED,
				"%s: \"%s\" is not ADDRESS:PORT", setting,
				addr);
	l.fd = socket(at.any.sa_family,
		      SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	r = l.fd >= 0 ? bound_bind(l.fd, &at, &why)
		      : note_set(&why, OUT_DENIED, "%s", strerror(errno));
	if (r == 0)
		r = bound_name(&l, &why);
	if (r != 0) {
		bound_close(&l);
		return r < 0 ? r
			     : note_set(note, r, "%s: %s: %s", setting, addr,
					why.text);
	}
	*ret = l;
	return 0;
}

int
bound_adopt(int fd, struct bound *ret, struct note *note)
{
	struct bound l = {.fd = fd};
	socklen_t n = sizeof(int);
	int listening = 0, r;

	if (getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listening, &n) != 0 ||
	    listening == 0)
		return note_set(note, OUT_MALFORMED,
				"the socket handed over does not listen");
	r = bound_name(&l, note);
	if (r == 0)
		*ret = l;
	return r;
}

void
bound_close(struct bound *l)
{
	if (l->fd >= 0)
		(void)close(l->fd);
	l->fd = -1;
}
