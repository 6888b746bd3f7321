#include "server/key_spawn.h"

#include "base/packet.h"
#include "server/helper.h"
#include "server/key_side.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

/* Where the program finds its orders, see maker/maker.h. */
#define ORDERS_FD 3
#define EXIT_CONF 78
#define LAST_MS	  1000 /* for one that did not get ready */

static int
acts_fill(posix_spawn_file_actions_t *acts, int socket)
{
	int r = posix_spawn_file_actions_adddup2(acts, socket, ORDERS_FD);

	if (r == 0)
		r = posix_spawn_file_actions_addopen(acts, 0, "/dev/null",
						     O_RDWR, 0);
	if (r == 0)
		r = posix_spawn_file_actions_adddup2(acts, 0, 1);
	if (r == 0)
		r = posix_spawn_file_actions_addclosefrom_np(acts,
							     ORDERS_FD + 1);
	return r;
}

static int
program_start(const char *program, const char *user, int socket, pid_t *ret)
{
	char serve[] = "serve", name[] = "--user";
	char *argv[] = {(char *)(uintptr_t)program, serve, name,
			(char *)(uintptr_t)user, NULL};
	posix_spawn_file_actions_t acts;
	posix_spawnattr_t attr;
	int r = helper_attr(&attr);

	if (r != 0)
		return r;
	r = posix_spawn_file_actions_init(&acts);
	if (r == 0) {
		r = acts_fill(&acts, socket);
		if (r == 0)
			r = posix_spawn(ret, program, &acts, &attr, argv,
					helper_env());
		(void)posix_spawn_file_actions_destroy(&acts);
	}
	(void)posix_spawnattr_destroy(&attr);
	return r != 0 ? FAIL(-r) : 0;
}

/* OUT_BUSY: it says something else, or nothing in time, or has ended. */
static int
ready_wait(const struct key_child *c)
{
	CLEAN(buf_clear) struct buf b = BUF_INIT;
	struct pollfd fd = {.fd = c->socket, .events = POLLIN};
	size_t n = 0;

	if (poll(&fd, 1, KEY_START_MS) != 1 ||
	    packet_recv(c->socket, &b, sizeof(KEYMAKER_READY), NULL, 0, &n) !=
		0 ||
	    !str_eq(buf_str(&b), STR(KEYMAKER_READY)))
		return OUT_BUSY;
	return 0;
}

static int
child_begin(const char *program, const char *user, int socket,
	    struct key_child *c)
{
	int r = program_start(program, user, socket, &c->pid);

	if (r != 0)
		return r;
	c->pidfd = pidfd_open(c->pid, 0);
	return c->pidfd >= 0 ? 0 : FAIL(-errno);
}

int
key_spawn(const char *program, const char *user, struct key_child *ret)
{
	struct key_child c = KEY_CHILD_NONE;
	int ends[2], r;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0)
		return FAIL(-errno);
	c.socket = ends[0];
	r = fcntl(c.socket, F_SETFL, O_NONBLOCK) == 0 ? 0 : FAIL(-errno);
	if (r == 0)
		r = child_begin(program, user, ends[1], &c);
	(void)close(ends[1]);
	if (r == 0)
		*ret = c;
	else
		(void)key_spawn_end(&c, LAST_MS);
	return r;
}

int
key_spawn_ready(struct key_child *c, int *ret_status)
{
	if (ready_wait(c) == 0)
		return 0;
	*ret_status = key_spawn_end(c, LAST_MS);
	return *ret_status == EXIT_CONF ? OUT_DENIED : OUT_BUSY;
}

int
key_spawn_end(struct key_child *c, int ms)
{
	struct pollfd fd = {.fd = c->pidfd, .events = POLLIN};
	int status = 0;

	(void)close(c->socket);
	if (c->pid > 0) {
		if (c->pidfd >= 0)
			(void)poll(&fd, 1, ms);
		/* And what it was making: that is in its group. */
		(void)kill(-c->pid, SIGKILL);
		while (waitpid(c->pid, &status, 0) < 0 && errno == EINTR)
			continue;
	}
	if (c->pidfd >= 0)
		(void)close(c->pidfd);
	*c = (struct key_child)KEY_CHILD_NONE;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
