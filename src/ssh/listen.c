#include "ssh/listen.h"

#include "base/clock.h"
#include "base/log.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <unistd.h>

#define ACCEPT_TURN 16
#define EVENTS	    64
#define PAUSE_MS    100 /* when there are no descriptors or processes */
#define SAY_MS	    (10 * SECOND_MS)

void
listen_say(const char *line)
{
	ssize_t n = write(STDOUT_FILENO, line, strlen(line));

	(void)n; /* nobody left to read it: then nobody needs it */
}

void
listen_mention(const char *line)
{
	struct pollfd p = {STDOUT_FILENO, POLLOUT, 0};

	if (poll(&p, 1, 0) > 0)
		listen_say(line);
}

int
listen_watch(struct listener *l, int fd, uint64_t tag)
{
	struct epoll_event e = {.events = EPOLLIN, .data.u64 = tag};

	return epoll_ctl(l->epoll_fd, EPOLL_CTL_ADD, fd, &e) == 0
		   ? 0
		   : FAIL(-errno);
}

static void
listen_stop(struct listener *l)
{
	if (l->listening)
		(void)epoll_ctl(l->epoll_fd, EPOLL_CTL_DEL, l->conf.listen_fd,
				NULL);
	l->listening = false;
}

/* Something is short that will be there again. */
void
listen_pause(struct listener *l, int r)
{
	int64_t now = clock_mono();

	listen_stop(l);
	l->listen_at = now + PAUSE_MS;
	if (l->said_at != 0 && now - l->said_at < SAY_MS)
		return;
	l->said_at = now;
	log_fail("ssh_exhausted", r);
}

/* For good. With the last hold of the socket gone, who comes is refused instead
 * of waiting for nobody. */
void
listen_end(struct listener *l)
{
	listen_stop(l);
	if (!l->stopping)
		(void)close(l->conf.listen_fd);
	l->stopping = true;
	waiting_drop(l);
}

static void
signal_turn(struct listener *l)
{
	struct signalfd_siginfo info;

	while (read(l->signal_fd, &info, sizeof(info)) == sizeof(info)) {
		if (info.ssi_signo == SIGCHLD)
			continue;
		listen_end(l);
		l->told = true;
	}
	children_reap(l);
}

static void
addr_text(const struct sockaddr_storage *addr, char ret[INET6_ADDRSTRLEN])
{
	const struct sockaddr_in *v4 = (const void *)addr;
	const struct sockaddr_in6 *v6 = (const void *)addr;
	struct in_addr plain;

	ret[0] = '\0';
	if (addr->ss_family == AF_INET6 &&
	    !IN6_IS_ADDR_V4MAPPED(&v6->sin6_addr)) {
		(void)inet_ntop(AF_INET6, &v6->sin6_addr, ret,
				INET6_ADDRSTRLEN);
		return;
	}
	if (addr->ss_family == AF_INET6)
		memcpy(&plain, &v6->sin6_addr.s6_addr[12], sizeof(plain));
	else
		plain = v4->sin_addr;
	(void)inet_ntop(AF_INET, &plain, ret, INET6_ADDRSTRLEN);
}

/* Without a descriptor for it, a connection would wake us for ever: the spare
 * one lets us turn it away, then everybody rests. */
static void
exhausted(struct listener *l)
{
	int fd, r = FAIL(-errno);

	(void)close(l->spare_fd);
	fd = accept4(l->conf.listen_fd, NULL, NULL, SOCK_CLOEXEC);
	if (fd >= 0)
		(void)close(fd);
	l->spare_fd = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 0);
	listen_pause(l, r);
}

static void
listen_turn(struct listener *l)
{
	for (int i = 0; i < ACCEPT_TURN && l->listening; i++) {
		struct sockaddr_storage addr = {0};
		socklen_t n = sizeof(addr);
		int fd = accept4(l->conf.listen_fd, (struct sockaddr *)&addr,
				 &n, SOCK_CLOEXEC);

		if (fd >= 0) {
			struct guest g = {.fd = fd, .since = clock_mono()};

			source_of(&addr, &g.source);
			addr_text(&addr, g.addr);
			guest_arrive(l, &g);
		} else if (errno == EMFILE || errno == ENFILE ||
			   errno == ENOBUFS || errno == ENOMEM) {
			exhausted(l);
		} else if (errno == EAGAIN) {
			return;
		}
	}
}

static void
event(struct listener *l, uint64_t tag)
{
	switch (tag) {
	case TAG_LISTEN:
		listen_turn(l);
		break;
	case TAG_DESK:
		/* Nothing is ever said there: it has closed. */
		(void)epoll_ctl(l->epoll_fd, EPOLL_CTL_DEL, l->conf.desk_fd,
				NULL);
		listen_end(l);
		break;
	case TAG_SIGNAL:
		signal_turn(l);
		break;
	default:
		child_proved(l, &l->children[tag - TAG_CHILD]);
	}
}

static int
wait_ms(struct listener *l)
{
	int64_t left = l->listen_at - clock_mono();
	int most = l->n_waiting > 0 ? PAUSE_MS : -1;

	if (l->listening || l->stopping)
		return most;
	if (left > 0)
		return (int)left;
	if (listen_watch(l, l->conf.listen_fd, TAG_LISTEN) != 0)
		return PAUSE_MS;
	l->listening = true;
	return most;
}

int
listen_loop(struct listener *l)
{
	struct epoll_event events[EVENTS];

	while (!l->told && (!l->stopping || l->n_children > 0)) {
		int n = epoll_wait(l->epoll_fd, events, EVENTS, wait_ms(l));

		/* Proofs first: who has left its place does not count. */
		for (int i = 0; i < n; i++)
			if (events[i].data.u64 != TAG_LISTEN)
				event(l, events[i].data.u64);
		for (int i = 0; i < n; i++)
			if (events[i].data.u64 == TAG_LISTEN)
				event(l, TAG_LISTEN);
		waiting_turn(l);
	}
	return l->retiring ? SSH_EXIT_SUCCESSOR : 0;
}
