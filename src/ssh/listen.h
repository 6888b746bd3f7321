/* Inside the listener: the process that holds the keys and starts the others. */
#ifndef SSH_LISTEN_H
#define SSH_LISTEN_H

#include "ssh/keys.h"
#include "ssh/penalty.h"
#include "ssh/startups.h"
#include "ssh/ssh.h"

#include <netinet/in.h>
#include <sys/types.h>

enum { TAG_LISTEN, TAG_DESK, TAG_SIGNAL, TAG_CHILD };

/* A connection that was accepted. */
struct guest {
	int fd;
	struct source source;
	char addr[INET6_ADDRSTRLEN];
	int64_t since;
};
struct child {
	pid_t pid; /* 0: a free place */
	struct source source;
	char addr[INET6_ADDRSTRLEN];
	int proof_fd; /* -1: has proved something */
	int64_t began;
};
struct listener {
	struct ssh_conf conf;
	struct keys keys;
	struct penalties penalties;
	struct child *children; /* conf.sessions_max of them */
	unsigned n_children, n_unproven;
	struct guest waiting[SSH_WAITING_MAX]; /* in the order of arrival */
	unsigned n_waiting;
	int epoll_fd, signal_fd, spare_fd;
	bool listening, stopping, retiring, told;
	int64_t listen_at; /* when to listen again */
	int64_t said_at;   /* when we last complained of that */
};

/* listen.c */
MUST int listen_watch(struct listener *, int fd, uint64_t tag);
/* No more connections; what there is goes on. */
void listen_end(struct listener *);
/* Up to the end of all; the program's exit status. */
int listen_loop(struct listener *);
/* One line for latchkeyd. */
void listen_say(const char *line);
/* One that it can do without, when it does not listen now. */
void listen_mention(const char *line);

/* Processes or descriptors are short: a rest for everybody. */
void listen_pause(struct listener *, int r);

/* wait.c: who is not let in yet. Each takes or closes descriptors. */
void guest_arrive(struct listener *, const struct guest *);
/* Lets in whom there is a place for now. The newest first: who came long ago
 * may not care any more, and a crowd that says nothing does not keep others
 * behind itself. */
void waiting_turn(struct listener *);
void waiting_drop(struct listener *);

/* child.c */
/* May somebody from there come in? Dice: as in startups.h. */
enum startup child_judge(struct listener *, const struct source *,
    uint32_t dice);
/* Tells the desk who comes, then lets a process speak with it. The descriptor
 * stays the caller's. */
MUST int child_start(struct listener *, const struct guest *);
void child_proved(struct listener *, struct child *);
void children_reap(struct listener *);

#endif
