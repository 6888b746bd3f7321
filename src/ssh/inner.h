/*
 * Inside the process of one connection. Everything in it belongs to one
 * struct session, which lives as long as the process; libssh's callbacks only
 * note what they see, the loop in session.c acts on it.
 */
#ifndef SSH_INNER_H
#define SSH_INNER_H

#include "base/buf.h"
#include "base/packet.h"
#include "ssh/deadline.h"
#include "ssh/keys.h"
#include "ssh/ssh.h"
#include "wire/desk.h"
#include "wire/gitcmd.h"

#include <libssh/callbacks.h>
#include <poll.h>

#define SESSION_READ (64 * KIB) /* bytes moved at a time */
/* The most that libssh lets a client send ahead (a window on top of the half
 * that was left of another) and two packets: more is from a client that does
 * not keep to its window. */
#define SESSION_AHEAD_MAX (1280000 + 640000 + 2 * 35000)
#define SESSION_LINGER_MS 500 /* for the last words to leave */
#define SESSION_USER	  "git"
#define SESSION_PATH_STATUS 128 /* of a command whose path names nothing */

enum chan_state {
	CHAN_FREE,
	CHAN_OPEN,    /* nothing asked for yet */
	CHAN_ASKED,   /* the client has its reply, the loop has work */
	CHAN_RUNNING, /* a program of the desk's is on the pipes */
	CHAN_ENDING,  /* what is held leaves, then the exit status */
	CHAN_CLOSING  /* we have closed; the client has not yet */
};
enum { CHAN_OUT, CHAN_ERR, CHAN_STREAMS };

struct chan {
	enum chan_state state;
	struct session *session;
	ssh_channel ssh;
	struct ssh_channel_callbacks_struct callbacks;
	uint32_t number; /* at the desk */
	char *command;	 /* NULL: a shell was asked for */
	char protocol[GITCMD_PROTOCOL_MAX + 1];
	int in;			 /* the program's standard input; -1 */
	int out[CHAN_STREAMS];	 /* its outputs; -1 */
	struct buf held[CHAN_STREAMS]; /* read from there, not sent yet */
	size_t sent[CHAN_STREAMS];     /* of what is held */
	const struct pollfd *polled[CHAN_STREAMS]; /* in this turn; or NULL */
	struct buf ahead;	 /* taken from libssh, not written yet */
	size_t written;		 /* of what is ahead */
	bool in_full;		 /* the pipe; libssh keeps the rest */
	bool client_eof, client_closed, ended;
	int status;
};

struct session {
	const struct ssh_conf *conf;
	const struct keys *keys;
	const char *addr;
	ssh_session ssh;
	int fd, desk_fd;
	int proof_fd; /* closed when somebody has proved something */
	struct ssh_counter_struct socket_bytes, packets;
	struct deadlines deadlines;
	bool service; /* ssh-userauth was asked for */
	bool proved, over;
	enum ssh_end end;
	const char *why; /* one word for the log */
	unsigned offers, failed;
	uint64_t auth_seen;  /* requests that libssh has told us of */
	ssh_message refusal; /* an old request, to say no once more */
	struct ssh_server_callbacks_struct callbacks;
	struct chan chans[SSH_CHANNELS_MAX];
	uint32_t chans_made;
	int64_t heard, pinged;
	uint64_t heard_packets;
	unsigned pings;
	struct buf packet; /* of the desk */
	char bytes[SESSION_READ];
};

/* session.c */
struct session_start {
	const struct ssh_conf *conf;
	const struct keys *keys;
	const char *addr;
	int fd, desk_fd, proof_fd; /* taken */
};
/* The whole life of a connection, behind its walls. */
enum ssh_end session_run(const struct session_start *);
void session_over(struct session *, enum ssh_end, const char *why);
/* libssh keeps a connection open that it will never look at again. */
bool session_is_up(const struct session *);
/* After the proof: lets libssh read what is there, and call back. */
void session_read(struct session *);

/* end.c: the last words */
void session_end(struct session *);

/* auth.c: up to the proof */
void auth_begin(struct session *);
void auth_turn(struct session *); /* after bytes came */
void auth_free(struct session *);

/* channel.c: what is asked for */
void channels_begin(struct session *);
void channels_turn(struct session *);
void channels_free(struct session *);
bool channels_busy(const struct session *);
/* Text for one of the client's streams, then this exit status. */
void chan_say(struct chan *, int stream, struct str text);
void chan_end(struct chan *, int status);
void chan_close_pipes(struct chan *);

/* exec.c: does what the client wants; the desk decides */
void exec_asked(struct chan *);

/* pump.c: bytes */
#define PUMP_FDS (2 + 3 * SSH_CHANNELS_MAX)
/* Adds what channels wait for; returns how many. */
size_t pump_poll(struct session *, struct pollfd *);
void pump_turn(struct session *);
/* Sends what is held. False while something is left. */
bool pump_flush(struct chan *);

/* ask.c: the desk. Each ends the session when the desk is gone or odd. */
bool ask_yes(struct session *, enum desk_word, struct str blob);
/* The text borrows until the next question. False: no answer. */
bool ask_greet(struct session *, struct str *ret_text, int *ret_status);
enum ask_answer { ASK_NONE, ASK_STARTED, ASK_REFUSED };
enum ask_answer ask_run(struct session *, struct chan *, const char *service,
    const struct gitcmd *cmd, const int fds[3], struct str *ret_text);
/* What the desk says by itself. */
void ask_turn(struct session *);

#endif
