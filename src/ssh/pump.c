#include "ssh/inner.h"

#include "base/clock.h"

#include <errno.h>
#include <unistd.h>

/* May more be given to libssh for this channel? Nothing is read from a program
 * that could not leave at once: the pipe, and so the program, waits. */
static size_t
room(const struct chan *c)
{
	size_t n = ssh_channel_window_size(c->ssh);

	if ((ssh_get_status(c->session->ssh) & SSH_WRITE_PENDING) != 0)
		return 0;
	return n < SESSION_READ ? n : SESSION_READ;
}

static int
send_some(struct chan *c, int stream, const char *p, size_t n)
{
	return stream == CHAN_ERR
		   ? ssh_channel_write_stderr(c->ssh, p, (uint32_t)n)
		   : ssh_channel_write(c->ssh, p, (uint32_t)n);
}

/* False while something is left. */
static bool
flush_stream(struct chan *c, int stream)
{
	struct buf *held = &c->held[stream];
	size_t *sent = &c->sent[stream];

	while (*sent < held->n) {
		size_t n = held->n - *sent, most = room(c);
		int done;

		if (most == 0 || c->client_closed)
			return c->client_closed;
		done =
		    send_some(c, stream, held->p + *sent, n < most ? n : most);
		if (done < 0) {
			c->client_closed = true;
			return true;
		}
		if (done == 0) /* keys are being exchanged */
			return false;
		*sent += (size_t)done;
	}
	if (held->n > 0)
		buf_clear(held);
	*sent = 0;
	return true;
}

bool
pump_flush(struct chan *c)
{
	bool out = flush_stream(c, CHAN_OUT), err = flush_stream(c, CHAN_ERR);

	return out && err;
}

static void
stream_close(struct chan *c, int stream)
{
	(void)close(c->out[stream]);
	c->out[stream] = -1;
}

/* From the program to the client. */
static void
pump_out(struct chan *c, int stream)
{
	char *bytes = c->session->bytes;
	size_t most = room(c);
	ssize_t n;
	int done;

	if (c->out[stream] < 0 || most == 0 || !flush_stream(c, stream) ||
	    c->client_closed)
		return;
	n = read(c->out[stream], bytes, most);
	if (n < 0 && errno == EAGAIN) {
		/* Whoever still holds the other end is not the program. */
		if (c->ended)
			stream_close(c, stream);
		return;
	}
	if (n <= 0) {
		stream_close(c, stream);
		return;
	}
	c->session->deadlines.moved = clock_mono();
	done = send_some(c, stream, bytes, (size_t)n);
	if (done < 0)
		c->client_closed = true;
	else if (buf_add(&c->held[stream], bytes + done,
			 (size_t)n - (size_t)done) != 0)
		session_over(c->session, SSH_END_OWN, "memory");
}

/* What is ahead, into the pipe. False while something is left. */
static bool
write_ahead(struct chan *c)
{
	while (c->written < c->ahead.n) {
		ssize_t n = write(c->in, c->ahead.p + c->written,
				  c->ahead.n - c->written);

		if (n < 0 && errno == EAGAIN)
			return false;
		if (n < 0) {
			(void)close(c->in);
			c->in = -1;
			break;
		}
		c->written += (size_t)n;
		c->session->deadlines.moved = clock_mono();
	}
	buf_reset(&c->ahead);
	c->written = 0;
	return true;
}

/*
 * All that libssh holds for this channel, at once: with each read it lets the
 * client send a whole window more, however much it still holds. Nothing more is
 * taken before this is written, so it stays at two windows. False when there is
 * nothing.
 */
static bool
take_ahead(struct chan *c)
{
	int n = ssh_channel_poll(c->ssh, 0);

	if (n <= 0)
		return false;
	if (buf_room(&c->ahead, (size_t)n) != 0) {
		session_over(c->session, SSH_END_OWN, "memory");
		return false;
	}
	n = ssh_channel_read_nonblocking(c->ssh, c->ahead.p, (uint32_t)n, 0);
	if (n > 0)
		c->ahead.n = (size_t)n;
	return n > 0;
}

/* From the client to the program, when on_data could not do it at once. */
static void
pump_in(struct chan *c)
{
	while (c->in >= 0 && c->in_full) {
		if (!write_ahead(c))
			return;
		c->in_full = c->in < 0 || take_ahead(c);
	}
	/* The program does not read any more; the client may still send. */
	if (c->in < 0) {
		while (c->in_full && take_ahead(c))
			buf_reset(&c->ahead);
		c->in_full = false;
	}
	if (c->in >= 0 && c->client_eof) {
		(void)close(c->in);
		c->in = -1;
	}
}

size_t
pump_poll(struct session *s, struct pollfd *fds)
{
	size_t n = 0;

	for (size_t i = 0; i < nitems(s->chans); i++) {
		struct chan *c = &s->chans[i];

		if (c->state != CHAN_RUNNING)
			continue;
		if (c->in >= 0 && c->in_full)
			fds[n++] = (struct pollfd){c->in, POLLOUT, 0};
		for (int k = 0; k < CHAN_STREAMS; k++) {
			c->polled[k] = NULL;
			if (c->out[k] < 0 || room(c) == 0)
				continue;
			c->polled[k] = &fds[n];
			fds[n++] = (struct pollfd){c->out[k], POLLIN, 0};
		}
	}
	return n;
}

static void
pump_chan(struct chan *c)
{
	pump_in(c);
	for (int k = 0; k < CHAN_STREAMS; k++)
		if (c->ended || c->held[k].n > 0 ||
		    (c->polled[k] != NULL && c->polled[k]->revents != 0))
			pump_out(c, k);
	if (c->ended && c->out[CHAN_OUT] < 0 && c->out[CHAN_ERR] < 0) {
		chan_close_pipes(c);
		chan_end(c, c->status);
	}
}

void
pump_turn(struct session *s)
{
	for (size_t i = 0; !s->over && i < nitems(s->chans); i++)
		if (s->chans[i].state == CHAN_RUNNING)
			pump_chan(&s->chans[i]);
}
