#include "ssh/inner.h"

#include "base/clock.h"
#include "base/fd.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void
chan_say(struct chan *c, int stream, struct str text)
{
	(void)buf_addstr(&c->held[stream], text);
}

void
chan_end(struct chan *c, int status)
{
	c->state = CHAN_ENDING;
	c->status = status;
}

void
chan_close_pipes(struct chan *c)
{
	fd_closep(&c->in);
	for (int i = 0; i < CHAN_STREAMS; i++)
		fd_closep(&c->out[i]);
}

static int
on_data(ssh_session ssh, ssh_channel channel, void *data, uint32_t len,
	int is_stderr, void *user)
{
	struct chan *c = user;
	ssize_t n;

	(void)ssh;
	(void)channel;
	/* The window is a promise that libssh does not hold clients to. */
	if (len > SESSION_AHEAD_MAX)
		session_over(c->session, SSH_END_PROTOCOL, "window");
	if (is_stderr || c->state > CHAN_RUNNING ||
	    (c->state == CHAN_RUNNING && c->in < 0))
		return (int)len; /* nobody there to read it */
	if (c->state != CHAN_RUNNING || c->in_full)
		return 0;
	n = write(c->in, data, len);
	if (n < 0 && errno == EAGAIN)
		n = 0;
	if (n < 0) {
		fd_closep(&c->in);
		return (int)len;
	}
	c->in_full = (uint32_t)n < len;
	c->session->deadlines.moved = clock_mono();
	return (int)n;
}

static void
on_eof(ssh_session ssh, ssh_channel channel, void *user)
{
	struct chan *c = user;

	(void)ssh;
	(void)channel;
	c->client_eof = true;
}

static void
on_close(ssh_session ssh, ssh_channel channel, void *user)
{
	struct chan *c = user;

	(void)ssh;
	(void)channel;
	c->client_eof = c->client_closed = true;
}

static int
on_env(ssh_session ssh, ssh_channel channel, const char *name,
       const char *value, void *user)
{
	struct chan *c = user;

	(void)ssh;
	(void)channel;
	if (c->state != CHAN_OPEN || strcmp(name, "GIT_PROTOCOL") != 0 ||
	    !gitcmd_is_protocol(str_c(value)))
		return 1;
	(void)snprintf(c->protocol, sizeof(c->protocol), "%s", value);
	return 0;
}

static int
on_exec(ssh_session ssh, ssh_channel channel, const char *command, void *user)
{
	struct chan *c = user;

	(void)ssh;
	(void)channel;
	if (c->state != CHAN_OPEN)
		return 1;
	if (strlen(command) > GITCMD_MAX) {
		session_over(c->session, SSH_END_FINE, "command");
		return 1;
	}
	c->command = strdup(command);
	if (c->command == NULL)
		return 1;
	c->state = CHAN_ASKED;
	return 0;
}

static int
on_shell(ssh_session ssh, ssh_channel channel, void *user)
{
	struct chan *c = user;

	(void)ssh;
	(void)channel;
	if (c->state != CHAN_OPEN)
		return 1;
	c->state = CHAN_ASKED;
	return 0;
}

static ssh_channel
on_open(ssh_session ssh, void *user)
{
	struct session *s = user;
	struct chan *c = NULL;

	for (size_t i = 0; c == NULL && i < nitems(s->chans); i++)
		if (s->chans[i].state == CHAN_FREE)
			c = &s->chans[i];
	/* libssh lets nobody in here without a proof; we do not take its word
	 * for it. */
	if (c == NULL || !s->proved || s->over)
		return NULL;
	*c = (struct chan){.session = s,
			   .state = CHAN_OPEN,
			   .number = s->chans_made++,
			   .in = -1,
			   .out = {-1, -1},
			   .held = {BUF_INIT, BUF_INIT},
			   .ahead = BUF_INIT};
	c->ssh = ssh_channel_new(ssh);
	c->callbacks = (struct ssh_channel_callbacks_struct){
	    .userdata = c,
	    .channel_data_function = on_data,
	    .channel_eof_function = on_eof,
	    .channel_close_function = on_close,
	    .channel_env_request_function = on_env,
	    .channel_exec_request_function = on_exec,
	    .channel_shell_request_function = on_shell};
	ssh_callbacks_init(&c->callbacks);
	if (c->ssh == NULL ||
	    ssh_set_channel_callbacks(c->ssh, &c->callbacks) != SSH_OK) {
		ssh_channel_free(c->ssh);
		c->state = CHAN_FREE;
		return NULL;
	}
	s->deadlines.moved = clock_mono();
	return c->ssh;
}

/* No service is asked for after the first. */
static int
on_service(ssh_session ssh, const char *service, void *user)
{
	(void)ssh;
	(void)service;
	session_over(user, SSH_END_FINE, "service");
	return 0;
}

void
channels_begin(struct session *s)
{
	s->callbacks = (struct ssh_server_callbacks_struct){
	    .userdata = s,
	    .channel_open_request_session_function = on_open,
	    .service_request_function = on_service};
	ssh_callbacks_init(&s->callbacks);
	if (ssh_set_server_callbacks(s->ssh, &s->callbacks) != SSH_OK)
		session_over(s, SSH_END_OWN, "callbacks");
}

static void
chan_free(struct chan *c)
{
	chan_close_pipes(c);
	(void)ssh_remove_channel_callbacks(c->ssh, &c->callbacks);
	ssh_channel_free(c->ssh);
	free(c->command);
	for (int i = 0; i < CHAN_STREAMS; i++)
		buf_clear(&c->held[i]);
	buf_clear(&c->ahead);
	c->session->deadlines.moved = clock_mono();
	c->state = CHAN_FREE;
}

/* Everything that is to be said has been: the status, and no more. */
static void
finish(struct chan *c)
{
	(void)ssh_channel_request_send_exit_status(c->ssh, c->status);
	(void)ssh_channel_send_eof(c->ssh);
	(void)ssh_channel_close(c->ssh);
	c->state = CHAN_CLOSING;
}

static void
chan_turn(struct chan *c)
{
	if (c->state == CHAN_ASKED)
		exec_asked(c);
	if (c->state == CHAN_ENDING && pump_flush(c))
		finish(c);
	/* The client is not there any more: nobody to write for. */
	if (c->client_closed)
		chan_free(c);
}

void
channels_turn(struct session *s)
{
	for (size_t i = 0; !s->over && i < nitems(s->chans); i++)
		if (s->chans[i].state != CHAN_FREE)
			chan_turn(&s->chans[i]);
}

void
channels_free(struct session *s)
{
	for (size_t i = 0; i < nitems(s->chans); i++)
		if (s->chans[i].state != CHAN_FREE)
			chan_free(&s->chans[i]);
}

bool
channels_busy(const struct session *s)
{
	for (size_t i = 0; i < nitems(s->chans); i++)
		if (s->chans[i].state == CHAN_RUNNING ||
		    s->chans[i].state == CHAN_ENDING)
			return true;
	return false;
}
