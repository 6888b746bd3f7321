#include "server/keeper_spawn.h"

#include "base/clock.h"
#include "base/fd.h"
#include "server/helper.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/pidfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

/* Where the program finds them, see ssh/ssh.h. */
#define FD_OLD	  0
#define FD_WORDS  1
#define FD_LISTEN 3
#define FD_DESK	  4
#define FD_FREE	  5
#define FD_HIGH	  16 /* copies are made here, out of the others' way */

/* Everything is closed by exec but what is put in place. */
struct ends {
	int words[2], desk[2], listen, old;
};

static void
ends_clear(struct ends *e)
{
	fd_closep(&e->words[0]);
	fd_closep(&e->words[1]);
	fd_closep(&e->desk[0]);
	fd_closep(&e->desk[1]);
	fd_closep(&e->listen);
	fd_closep(&e->old);
}

static int
fd_take(int *fd)
{
	int taken = *fd;

	*fd = -1;
	return taken;
}

static int
fd_lift(int *fd)
{
	int high = fcntl(*fd, F_DUPFD_CLOEXEC, FD_HIGH);

	if (high < 0)
		return FAIL(-errno);
	(void)close(*fd);
	*fd = high;
	return 0;
}

static int
ends_make(struct ends *e, int listen_fd, const struct heirlooms *old)
{
	int r;

	if (pipe2(e->words, O_CLOEXEC) != 0)
		return FAIL(-errno);
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, e->desk) != 0)
		return FAIL(-errno);
	e->listen = fcntl(listen_fd, F_DUPFD_CLOEXEC, FD_HIGH);
	if (e->listen < 0 || fcntl(e->words[0], F_SETFL, O_NONBLOCK) != 0)
		return FAIL(-errno);
	e->old = heirloom_file(old, clock_mono());
	if (e->old < 0)
		return e->old;
	r = fd_lift(&e->words[1]);
	if (r == 0)
		r = fd_lift(&e->old);
	return r != 0 ? r : fd_lift(&e->desk[1]);
}

static int
acts_fill(posix_spawn_file_actions_t *acts, const struct ends *e)
{
	int r = posix_spawn_file_actions_adddup2(acts, e->old, FD_OLD);

	if (r == 0)
		r = posix_spawn_file_actions_adddup2(acts, e->words[1],
						     FD_WORDS);
	if (r == 0)
		r = posix_spawn_file_actions_adddup2(acts, e->listen,
						     FD_LISTEN);
	if (r == 0)
		r = posix_spawn_file_actions_adddup2(acts, e->desk[1], FD_DESK);
	if (r == 0)
		r = posix_spawn_file_actions_addclosefrom_np(acts, FD_FREE);
	return r != 0 ? FAIL(-r) : 0;
}

static int
program_start(const struct keeper_conf *conf, const struct ends *e,
	      pid_t *ret_pid)
{
	posix_spawn_file_actions_t acts;
	posix_spawnattr_t attr;
	int r = helper_attr(&attr);

	if (r != 0)
		return r;
	r = posix_spawn_file_actions_init(&acts);
	if (r == 0) {
		r = acts_fill(&acts, e);
		if (r == 0)
			r = -posix_spawn(ret_pid, conf->argv[0], &acts, &attr,
					 conf->argv, helper_env());
		(void)posix_spawn_file_actions_destroy(&acts);
	}
	(void)posix_spawnattr_destroy(&attr);
	return r != 0 ? FAIL(r < 0 ? r : -r) : 0;
}

static void
child_drop(pid_t pid)
{
	(void)kill(pid, SIGKILL);
	(void)waitpid(pid, NULL, 0);
}

/* The desk is given its end, and we keep another hold of it: shutting that is
 * how a process is told to retire. */
static int
child_take(const struct keeper_conf *conf, struct ends *e,
	   struct keeper_child *child)
{
	int r;

	child->pidfd = pidfd_open(child->pid, 0);
	child->desk = fcntl(e->desk[0], F_DUPFD_CLOEXEC, FD_HIGH);
	r = child->pidfd < 0 || child->desk < 0
		? FAIL(-errno)
		: conf->desk(conf->arg, fd_take(&e->desk[0]));
	if (r == 0) {
		child->words = fd_take(&e->words[0]);
		return 0;
	}
	fd_closep(&child->pidfd);
	fd_closep(&child->desk);
	return FOLD(r);
}

int
keeper_spawn(const struct keeper_conf *conf, const struct heirlooms *old,
	     struct keeper_child *ret)
{
	CLEAN(ends_clear)
	struct ends e = {
	    .words = {-1, -1}, .desk = {-1, -1}, .listen = -1, .old = -1};
	struct keeper_child child = {.pidfd = -1, .words = -1, .desk = -1};
	int r = ends_make(&e, conf->listen_fd, old);

	if (r == 0)
		r = program_start(conf, &e, &child.pid);
	if (r != 0)
		return r;
	r = child_take(conf, &e, &child);
	if (r != 0) {
		child_drop(child.pid);
		return r;
	}
	*ret = child;
	return 0;
}

int
keeper_reap(struct keeper_child *child)
{
	int status = 0;

	while (waitpid(child->pid, &status, 0) < 0 && errno == EINTR)
		continue;
	fd_closep(&child->pidfd);
	fd_closep(&child->words);
	fd_closep(&child->desk);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
