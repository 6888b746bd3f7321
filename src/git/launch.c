#include "git/launch.h"

#include "base/out.h"
#include "base/sanitized.h"
#include "jail/jail.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/ioprio.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define STACK	  (64 * KIB)
#define FILES_MAX 4096
#define FIRST_SPARE                                                            \
	16 /* descriptors of the parent's copies: above all targets */

struct child {
	const struct launch *l;
	int fd[LAUNCH_FDS], dir, rules;
	int error; /* written by the child, read when it has gone on */
};

static bool
limit(int what, uint64_t soft, uint64_t hard)
{
	struct rlimit lim = {soft, hard};

	return syscall(SYS_prlimit64, 0, what, &lim, NULL) == 0;
}

/* The sanitizers map more than any limit, and trace themselves. */
static bool
limits_set(const struct launch *l)
{
	struct rlimit files;

	if (!SANITIZED && l->memory != 0 &&
	    !limit(RLIMIT_AS, l->memory, l->memory))
		return false;
	if (getrlimit(RLIMIT_NOFILE, &files) != 0)
		return false;
	if (files.rlim_max > FILES_MAX)
		files.rlim_max = FILES_MAX;
	return limit(RLIMIT_CORE, 0, 0) &&
	       limit(RLIMIT_NOFILE, files.rlim_max, files.rlim_max) &&
	       (l->cpu_s == 0 || limit(RLIMIT_CPU, l->cpu_s, l->cpu_s + 5));
}

static void
signals_reset(void)
{
	struct sigaction preset = {.sa_handler = SIG_DFL};

	for (int i = 1; i < NSIG; i++)
		(void)sigaction(i, &preset, NULL);
}

static void
rest_close(const struct child *c)
{
	unsigned first = LAUNCH_FDS;

	while (first > 3 && c->fd[first - 1] < 0)
		first--;
	for (unsigned i = 3; i < first; i++)
		if (c->fd[i] < 0)
			(void)close((int)i);
	/* What the parent opens is closed by the exec anyway. */
	if (syscall(SYS_close_range, first, ~0U, 0U) != 0)
		for (int fd = (int)first; fd < FILES_MAX; fd++)
			(void)close(fd);
}

/* Between clone and exec, in the parent's memory: system calls and nothing
 * else. What fails leaves its errno behind. */
__attribute__((no_sanitize("address", "thread", "undefined"))) static bool
child_prepare(const struct child *c)
{
	const struct launch *l = c->l;
	sigset_t none;

	signals_reset();
	if (setsid() < 0)
		return false;
	for (int i = 0; i < LAUNCH_FDS; i++)
		if (c->fd[i] >= 0 && dup2(c->fd[i], i) < 0)
			return false;
	if (fchdir(c->dir) != 0 || !limits_set(l))
		return false;
	(void)umask(077);
	if (l->low) {
		(void)setpriority(PRIO_PROCESS, 0, 19);
		(void)syscall(SYS_ioprio_set, IOPRIO_WHO_PROCESS, 0,
			      IOPRIO_PRIO_VALUE(IOPRIO_CLASS_IDLE, 0));
	}
	errno = jail_files_enter(c->rules);
	if (errno != 0)
		return false;
	rest_close(c);
	sigemptyset(&none);
	return sigprocmask(SIG_SETMASK, &none, NULL) == 0;
}

__attribute__((no_sanitize("address", "thread", "undefined"))) static int
child_run(void *arg)
{
	struct child *c = arg;
	const struct launch *l = c->l;

	if (child_prepare(c))
		(void)execve(l->program, (char *const *)(uintptr_t)l->argv,
			     (char *const *)(uintptr_t)l->envp);
	c->error = errno != 0 ? errno : ENOTRECOVERABLE;
	_exit(127);
}

/* A copy that no dup2 onto the first descriptors can overwrite. */
static int
spare(int fd, int *ret)
{
	*ret = fd < 0 ? -1 : fcntl(fd, F_DUPFD_CLOEXEC, FIRST_SPARE);
	return fd >= 0 && *ret < 0 ? FAIL(-errno) : 0;
}

static void
spares_close(struct child *c)
{
	for (int i = 0; i < LAUNCH_FDS; i++)
		if (c->fd[i] >= 0)
			close(c->fd[i]);
	if (c->dir >= 0)
		close(c->dir);
	if (c->rules >= 0)
		close(c->rules);
}

static int
spares_make(const struct launch *l, struct child *c)
{
	int r = spare(l->dir, &c->dir);

	if (r == 0)
		r = spare(l->rules, &c->rules);
	for (int i = 0; i < LAUNCH_FDS && r == 0; i++)
		if (l->fd[i] < 0 && i < 3) {
			int null = open("/dev/null", O_RDWR | O_CLOEXEC);

			r = null < 0 ? FAIL(-errno) : spare(null, &c->fd[i]);
			if (null >= 0)
				close(null);
		} else {
			r = spare(l->fd[i], &c->fd[i]);
		}
	return r;
}

/* No handler of ours may run in the child, and nobody may cancel us here. */
static int
clone_run(struct child *c, char *stack, pid_t *ret_pid, int *ret_pidfd)
{
	sigset_t all, before;
	int state, pidfd = -1, r = 0;
	pid_t pid;

	sigfillset(&all);
	(void)pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &state);
	(void)pthread_sigmask(SIG_SETMASK, &all, &before);
	pid = clone(child_run, stack + STACK,
		    CLONE_VM | CLONE_VFORK | CLONE_PIDFD | SIGCHLD, c, &pidfd);
	if (pid < 0)
		r = FAIL(-errno);
	(void)pthread_sigmask(SIG_SETMASK, &before, NULL);
	(void)pthread_setcancelstate(state, NULL);
	if (r == 0 && c->error != 0) {
		(void)waitpid(pid, NULL, 0);
		close(pidfd);
		r = FAIL(-c->error);
	}
	if (r == 0) {
		*ret_pid = pid;
		*ret_pidfd = pidfd;
	}
	return r;
}

int
launch_start(const struct launch *l, pid_t *ret_pid, int *ret_pidfd)
{
	struct child c = {.l = l, .dir = -1, .rules = -1};
	char *stack;
	int r;

	for (int i = 0; i < LAUNCH_FDS; i++)
		c.fd[i] = -1;
	stack = mmap(NULL, STACK, PROT_READ | PROT_WRITE,
		     MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);
	if (stack == MAP_FAILED)
		return FAIL(-errno);
	r = spares_make(l, &c);
	if (r == 0)
		r = clone_run(&c, stack, ret_pid, ret_pidfd);
	spares_close(&c);
	(void)munmap(stack, STACK);
	return r;
}

/* While the leader is a zombie its group's number is nobody else's. */
int
launch_wait(pid_t pid)
{
	siginfo_t info = {0};

	while (waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT) != 0)
		if (errno != EINTR)
			return 255;
	(void)kill(-pid, SIGKILL);
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
	return info.si_code == CLD_EXITED ? info.si_status
					  : 128 + info.si_status;
}
