#include "ssh/inner.h"

#include "base/clock.h"
#include "base/log.h"

#include <sys/socket.h>
#include <unistd.h>

#define CUT "latchkey: this connection was ended by the server\n"

/* A command that was cut is told so, as if it had failed: a client that is sent
 * away at once does not even show what it has. */
static bool
tell_cut(struct chan *c)
{
	bool was = c->state == CHAN_RUNNING && !c->client_closed;

	chan_close_pipes(c);
	if (!was || !session_is_up(c->session) ||
	    ssh_channel_window_size(c->ssh) < sizeof(CUT))
		return false;
	c->state = CHAN_CLOSING;
	(void)ssh_channel_write_stderr(c->ssh, CUT, sizeof(CUT) - 1);
	(void)ssh_channel_request_send_exit_status(c->ssh, 1);
	(void)ssh_channel_send_eof(c->ssh);
	(void)ssh_channel_close(c->ssh);
	return true;
}

/* Waits for the client to go by itself. */
static void
wait_for_client(struct session *s)
{
	int64_t until = clock_mono() + SESSION_LINGER_MS;
	int left;

	while (session_is_up(s) && (left = (int)(until - clock_mono())) > 0) {
		struct pollfd p = {s->fd, POLLIN, 0};

		if ((ssh_get_poll_flags(s->ssh) & SSH_WRITE_PENDING) != 0)
			p.events |= POLLOUT;
		if (poll(&p, 1, left) > 0)
			session_read(s);
	}
}

/* The last words leave before the socket closes; unread bytes would turn its
 * end into a reset that overtakes them. */
static void
farewell(struct session *s)
{
	int64_t until = clock_mono() + SESSION_LINGER_MS;
	struct pollfd p = {s->fd, POLLIN, 0};
	int left;

	/* After a failed agreement on algorithms, too: what we offered may
	 * still wait in there, and tells the client why. */
	(void)ssh_blocking_flush(s->ssh, SESSION_LINGER_MS);
	if (ssh_is_connected(s->ssh)) {
		/* Or it would be put aside, and go with the socket. */
		ssh_set_fd_towrite(s->ssh);
		ssh_disconnect(s->ssh);
	}
	(void)shutdown(s->fd, SHUT_WR);
	while ((left = (int)(until - clock_mono())) > 0 &&
	       poll(&p, 1, left) > 0 &&
	       recv(s->fd, s->bytes, sizeof(s->bytes), MSG_DONTWAIT) > 0)
		;
	(void)close(s->fd);
}

void
session_end(struct session *s)
{
	bool told = false;

	log_say(s->end == SSH_END_OWN ? LOG_WARN : LOG_DEBUG, "ssh_end",
		"addr=%s end=%d why=%s proved=%d error=\"%s\"", s->addr,
		(int)s->end, s->why, s->proved ? 1 : 0, ssh_get_error(s->ssh));
	for (size_t i = 0; i < nitems(s->chans); i++)
		if (s->chans[i].state != CHAN_FREE && tell_cut(&s->chans[i]))
			told = true;
	if (told)
		wait_for_client(s);
	channels_free(s);
	auth_free(s);
	farewell(s);
}
