#include "ssh/listen.h"

#include "base/clock.h"
#include "base/log.h"
#include "ssh/inner.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define FD_FIRST 3 /* after those that everybody has */

void
child_proved(struct listener *l, struct child *c)
{
	if (c->proof_fd < 0)
		return;
	/* A child that was just born still has it open as well, so that closing
	 * does not take it out of the set. */
	(void)epoll_ctl(l->epoll_fd, EPOLL_CTL_DEL, c->proof_fd, NULL);
	(void)close(c->proof_fd);
	c->proof_fd = -1;
	l->n_unproven--;
}

/* Somebody has made it do what we did not write. */
static bool
is_crash(int status)
{
	return WIFSIGNALED(status) && WTERMSIG(status) != SIGTERM &&
	       WTERMSIG(status) != SIGKILL && WTERMSIG(status) != SIGXCPU;
}

static enum ssh_end
end_of(int status)
{
	if (WIFSIGNALED(status) && WTERMSIG(status) != SIGTERM)
		return SSH_END_CRASH;
	if (WIFEXITED(status) && WEXITSTATUS(status) < SSH_END_CRASH)
		return (enum ssh_end)WEXITSTATUS(status);
	return SSH_END_OWN;
}

/* Also for who comes after us. */
static void
remember(struct listener *l, const struct source *source, enum ssh_end end)
{
	int64_t until = penalties_add(&l->penalties, source, end, clock_mono());
	char line[80], addr[SOURCE_TEXT];

	if (until == 0)
		return;
	source_write(source, addr);
	(void)snprintf(line, sizeof(line), "penalty %s %lld\n", addr,
		       (long long)until);
	listen_mention(line);
}

static void
child_gone(struct listener *l, struct child *c, int status)
{
	child_proved(l, c);
	remember(l, &c->source, end_of(status));
	if (is_crash(status)) {
		log_say(LOG_ERROR, "ssh_crash", "addr=%s signal=%d", c->addr,
			WTERMSIG(status));
		if (!l->retiring && !l->stopping)
			listen_say("retire\n");
		l->retiring = true;
		listen_end(l);
	}
	c->pid = 0;
	l->n_children--;
}

void
children_reap(struct listener *l)
{
	unsigned max = (unsigned)l->conf.sessions_max;
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
		for (unsigned i = 0; i < max; i++)
			if (l->children[i].pid == pid)
				child_gone(l, &l->children[i], status);
}

static struct child *
place_find(struct listener *l)
{
	for (int i = 0; i < l->conf.sessions_max; i++)
		if (l->children[i].pid == 0)
			return &l->children[i];
	return NULL;
}

/* Whoever just sits there makes room for who has only come: a flood that holds
 * all places would otherwise keep everybody out up to the end of its grace.
 * source: one of its own has to go; or NULL. */
static bool
make_room(struct listener *l, const struct source *source)
{
	int64_t now = clock_mono();
	struct child *oldest = NULL;

	for (int i = 0; i < l->conf.sessions_max; i++) {
		struct child *c = &l->children[i];

		if (c->pid != 0 && c->proof_fd >= 0 &&
		    now - c->began >= SSH_UNPROVEN_OLD_S * SECOND_MS &&
		    (source == NULL || source_eq(&c->source, source)) &&
		    (oldest == NULL || c->began < oldest->began))
			oldest = c;
	}
	if (oldest == NULL)
		return false;
	log_say(LOG_DEBUG, "ssh_shed", "addr=%s why=old", oldest->addr);
	(void)kill(oldest->pid, SIGTERM);
	child_proved(l, oldest); /* it does not count any more */
	return true;
}

enum startup
child_judge(struct listener *l, const struct source *source, uint32_t dice)
{
	struct startups s = {.unproven = l->n_unproven,
			     .sessions = l->n_children,
			     .unproven_max = (unsigned)l->conf.unproven_max,
			     .sessions_max = (unsigned)l->conf.sessions_max};
	enum startup verdict;

	if (penalties_wait_ms(&l->penalties, source, clock_mono()) > 0)
		return STARTUP_PENALTY;
	for (int i = 0; i < l->conf.sessions_max; i++)
		if (l->children[i].pid != 0 && l->children[i].proof_fd >= 0 &&
		    source_eq(&l->children[i].source, source))
			s.source++;
	verdict = startups_judge(&s, dice);
	if (verdict == STARTUP_SOURCE)
		return make_room(l, source) ? STARTUP_FINE : verdict;
	if (verdict == STARTUP_EARLY || verdict == STARTUP_CROWD)
		return make_room(l, NULL) ? STARTUP_FINE : verdict;
	return verdict;
}

/* Everything from FD_FIRST on but these. */
static void
keep_only(int a, int b, int c)
{
	unsigned keep[4] = {(unsigned)a, (unsigned)b, (unsigned)c, UINT_MAX};
	unsigned from = FD_FIRST;

	for (size_t i = 0; i < 4; i++) {
		for (size_t k = i + 1; k < 3; k++) {
			unsigned lesser = keep[k];

			if (lesser < keep[i]) {
				keep[k] = keep[i];
				keep[i] = lesser;
			}
		}
		if (from < keep[i])
			(void)close_range(from, keep[i] - (i < 3 ? 1 : 0), 0);
		from = keep[i] + 1;
	}
}

/* The child has its three descriptors and that of its log, and no signal of
 * ours. */
static void __attribute__((noreturn))
child_main(const struct listener *l, const struct child *c, int fd, int desk,
	   int proof)
{
	struct session_start start = {&l->conf, &l->keys, c->addr,
				      fd,	desk,	  proof};
	sigset_t none;

	keep_only(fd, desk, proof);
	(void)close(STDOUT_FILENO);
	(void)signal(SIGTERM, SIG_DFL);
	sigemptyset(&none);
	(void)sigprocmask(SIG_SETMASK, &none, NULL);
	_exit((int)session_run(&start));
}

int
child_start(struct listener *l, const struct guest *g)
{
	CLEAN(buf_clear) struct buf packet = BUF_INIT;
	struct desk_msg hello = {
	    .word = DESK_SESSION, .n_parts = 1, .part = {str_c(g->addr)}};
	struct child *c = place_find(l);
	int desk[2], proof[2], r;

	if (c == NULL)
		return FAIL(-EAGAIN);
	*c = (struct child){.source = g->source, .began = clock_mono()};
	memcpy(c->addr, g->addr, sizeof(c->addr));
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, desk) != 0)
		return FAIL(-errno);
	r = desk_write(&hello, &packet);
	if (r == 0)
		r = packet_send(l->conf.desk_fd, buf_str(&packet), &desk[1], 1);
	(void)close(desk[1]);
	if (r == 0 && pipe2(proof, O_CLOEXEC) != 0)
		r = FAIL(-errno);
	if (r != 0) {
		(void)close(desk[0]);
		return r;
	}
	c->pid = fork();
	if (c->pid == 0)
		child_main(l, c, g->fd, desk[0], proof[1]);
	r = c->pid < 0 ? FAIL(-errno) : 0;
	(void)close(desk[0]);
	(void)close(proof[1]);
	c->proof_fd = proof[0];
	if (r == 0)
		r = listen_watch(l, c->proof_fd,
				 TAG_CHILD + (uint64_t)(c - l->children));
	if (c->pid > 0) {
		l->n_children++;
		l->n_unproven++;
		return r;
	}
	(void)close(c->proof_fd);
	c->pid = 0;
	return r;
}
