#include "ssh/inner.h"

#include "base/clock.h"
#include "base/log.h"
#include "jail/jail.h"
#include "ssh/algo.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#define CPU_S	(3600)
#define MEMORY	(64 * MIB)
#define PINGS	3
#define STUCK_S 1 /* of processor time without coming back to the loop */

void
session_over(struct session *s, enum ssh_end end, const char *why)
{
	if (s->over)
		return;
	s->over = true;
	s->end = end;
	s->why = why;
}

/* Did the peer go, by itself or with a word, or did libssh find fault with it?
 * libssh says so in its last error only. */
static bool
peer_left(struct session *s)
{
	return str_starts(str_c(ssh_get_error(s->ssh)), STR("Socket error")) ||
	       ssh_get_disconnect_message(s->ssh) != NULL;
}

bool
session_is_up(const struct session *s)
{
	return ssh_is_connected(s->ssh) &&
	       (ssh_get_status(s->ssh) & (SSH_CLOSED | SSH_CLOSED_ERROR)) == 0;
}

/* The connection is no more. */
static void
lost(struct session *s)
{
	if (s->proved)
		session_over(s, SSH_END_FINE, "left");
	else if (s->failed > 0)
		session_over(s, SSH_END_FAILED, "left");
	else if (peer_left(s))
		session_over(s, SSH_END_NO_PROOF, "left");
	else
		session_over(s, SSH_END_PROTOCOL, "protocol");
}

/* What is left of requests to log in was sent behind the one that succeeded,
 * and means nothing any more. */
void
session_read(struct session *s)
{
	ssh_message msg;

	while ((msg = ssh_message_get(s->ssh)) != NULL)
		ssh_message_free(msg);
}

static void
network_turn(struct session *s)
{
	int r = SSH_OK;

	if (!s->service && !s->proved)
		r = ssh_handle_key_exchange(s->ssh);
	if (r == SSH_OK && !s->proved)
		auth_turn(s);
	else if (r == SSH_OK)
		session_read(s);
	if (!s->over && (r == SSH_ERROR || !session_is_up(s)))
		lost(s);
}

static int64_t
keepalive_ms(const struct session *s)
{
	return s->conf->keepalive_s * SECOND_MS;
}

/* Milliseconds to wait; 0 when a deadline has passed. */
static int
deadline_turn(struct session *s, int64_t now)
{
	enum deadline kind;
	int64_t at;

	s->deadlines.running = channels_busy(s);
	kind = deadline_next(&s->deadlines, &at);
	if (at <= now) {
		session_over(
		    s, kind == DEADLINE_GRACE ? SSH_END_GRACE : SSH_END_FINE,
		    deadline_word(kind));
		return 0;
	}
	if (s->proved && at > s->heard + keepalive_ms(s))
		at = s->heard + keepalive_ms(s);
	return at <= now ? 0
			 : (int)(at - now < INT32_MAX ? at - now : INT32_MAX);
}

/* Whoever sends anything is there. libssh reports the answer to a question by
 * the next call, so a call that sent nothing is made once more. */
static void
keepalive_turn(struct session *s, int64_t now)
{
	uint64_t out = s->packets.out_packets;

	if (s->packets.in_packets != s->heard_packets) {
		s->heard_packets = s->packets.in_packets;
		s->heard = now;
		s->pings = 0;
	}
	if (!s->proved || now - s->heard < keepalive_ms(s))
		return;
	if (++s->pings > PINGS) {
		session_over(s, SSH_END_FINE, "silent");
		return;
	}
	(void)ssh_send_keepalive(s->ssh);
	if (s->packets.out_packets == out)
		(void)ssh_send_keepalive(s->ssh);
	s->heard = now;
}

/*
 * OpenSSH's client sends two packets in a row and leaves it to Nagle's
 * algorithm to hold the second until the first is acknowledged, which the
 * kernel puts off by 40 ms in the hope of an answer. The wish is forgotten with
 * every answer, so it is said again; while a program runs there is no need.
 */
static void
acknowledge(const struct session *s)
{
	int one = 1;

	if (!s->deadlines.running)
		(void)setsockopt(s->fd, IPPROTO_TCP, TCP_QUICKACK, &one,
				 sizeof(one));
}

static void
turn(struct session *s)
{
	struct pollfd fds[PUMP_FDS];
	int flags = ssh_get_poll_flags(s->ssh);
	size_t n = 2;
	int wait;

	fds[0] = (struct pollfd){s->fd, POLLIN, 0};
	if ((flags & SSH_WRITE_PENDING) != 0)
		fds[0].events |= POLLOUT;
	fds[1] = (struct pollfd){s->desk_fd, POLLIN, 0};
	n += pump_poll(s, fds + 2);
	wait = deadline_turn(s, clock_mono());
	acknowledge(s);
	if (s->over || (poll(fds, n, wait) < 0 && errno != EINTR))
		return;
	if (fds[1].revents != 0)
		ask_turn(s);
	if (!s->over && fds[0].revents != 0)
		network_turn(s);
	if (s->proved) {
		channels_turn(s);
		pump_turn(s);
		channels_turn(s);
		keepalive_turn(s, clock_mono());
	}
	if (!s->over && !session_is_up(s))
		lost(s);
}

static int
socket_set(int fd)
{
	int one = 1, flags = fcntl(fd, F_GETFL);

	if (flags < 0 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) != 0)
		return FAIL(-errno);
	(void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	(void)setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &one, sizeof(one));
	return 0;
}

/* libssh closes the descriptor that it is given, so it gets one of its own. */
static int
connect_libssh(struct session *s)
{
	int fd = fcntl(s->fd, F_DUPFD_CLOEXEC, 8);

	s->ssh = ssh_new();
	if (fd < 0 || s->ssh == NULL)
		return FAIL(-ENOMEM);
	if (algo_session(s->ssh, s->conf->rekey_bytes) != 0 ||
	    ssh_bind_accept_fd(s->keys->bind, s->ssh, fd) != SSH_OK)
		return FAIL(-EINVAL);
	ssh_set_blocking(s->ssh, 0);
	ssh_set_counters(s->ssh, &s->socket_bytes, &s->packets);
	return 0;
}

static volatile sig_atomic_t turns, turns_before;

/*
 * libssh 0.10 never comes back from sending to a client that takes packets of
 * at most ten bytes, and nothing tells us that it does. Whatever keeps us from
 * the loop, it ends here; a process that waits uses no time and is not asked.
 */
static void
on_tick(int number)
{
	(void)number;
	if (turns == turns_before)
		_exit(SSH_END_PROTOCOL);
	turns_before = turns;
}

static int
tick_begin(void)
{
	const struct itimerval every = {{STUCK_S, 0}, {STUCK_S, 0}};
	const struct sigaction act = {.sa_handler = on_tick,
				      .sa_flags = SA_RESTART};

	if (sigaction(SIGPROF, &act, NULL) != 0 ||
	    setitimer(ITIMER_PROF, &every, NULL) != 0)
		return FAIL(-errno);
	return 0;
}

static int
begin(struct session *s)
{
	static const struct jail_session walls = {CPU_S, MEMORY};
	int r = socket_set(s->fd);

	if (r == 0)
		r = connect_libssh(s);
	if (r == 0)
		r = tick_begin();
	if (r == 0)
		r = jail_session(&walls);
	if (r == 0)
		auth_begin(s);
	return r;
}

enum ssh_end
session_run(const struct session_start *start)
{
	struct session *s = calloc(1, sizeof(*s));
	int64_t now = clock_mono();
	int r;

	if (s == NULL)
		return SSH_END_OWN;
	s->conf = start->conf;
	s->keys = start->keys;
	s->addr = start->addr;
	s->fd = start->fd;
	s->desk_fd = start->desk_fd;
	s->proof_fd = start->proof_fd;
	s->packet = (struct buf)BUF_INIT_MAX(DESK_PACKET_MAX);
	s->deadlines =
	    (struct deadlines){.grace_ms = s->conf->grace_s * SECOND_MS,
			       .command_ms = s->conf->command_s * SECOND_MS,
			       .idle_ms = s->conf->idle_s * SECOND_MS,
			       .began = now};
	s->heard = now;
	r = begin(s);
	if (r != 0) {
		log_fail("ssh_begin", r);
		return SSH_END_OWN;
	}
	network_turn(s); /* our version goes first */
	while (!s->over) {
		turn(s);
		turns = (turns + 1) & INT16_MAX;
	}
	session_end(s);
	return s->end;
}
