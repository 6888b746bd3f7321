#include "server/process.h"

#include "base/sanitized.h"
#include "base/str.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <malloc.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define THREAD_STACK (512 * KIB)
#define FIRST_FD     3 /* of socket activation */

/* A database that got descriptor 1 would have log lines written into it. */
static int
standard_fds_open(void)
{
	int fd;

	do
		fd = open("/dev/null", O_RDWR);
	while (fd >= 0 && fd <= 2);
	if (fd < 0)
		return FAIL(-errno);
	(void)close(fd);
	return 0;
}

static void
signals_reset(void)
{
	struct sigaction preset = {.sa_handler = SIG_DFL};
	struct sigaction ignore = {.sa_handler = SIG_IGN};
	sigset_t none;

	for (int i = 1; i < SIGRTMIN; i++)
		if (!SANITIZED || i == SIGCHLD || i == SIGHUP)
			(void)sigaction(i, &preset, NULL);
	(void)sigaction(SIGPIPE, &ignore, NULL);
	/* Whoever limits the size of files gets errors, and not an end. */
	(void)sigaction(SIGXFSZ, &ignore, NULL);
	sigemptyset(&none);
	(void)sigprocmask(SIG_SETMASK, &none, NULL);
}

static void
limits_set(void)
{
	struct rlimit none = {0, 0}, files;

	if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
		files.rlim_cur = files.rlim_max;
		(void)setrlimit(RLIMIT_NOFILE, &files);
	}
	/* The leak checker traces its own process. */
	if (SANITIZED)
		return;
	(void)setrlimit(RLIMIT_CORE, &none);
	(void)prctl(PR_SET_DUMPABLE, 0L, 0L, 0L, 0L);
}

/* Few arenas and small stacks: threads that mostly wait should not cost
 * memory. The sanitizers bring their own allocator and need their stacks. */
static void
memory_set(void)
{
	pthread_attr_t attr;

	if (SANITIZED || pthread_attr_init(&attr) != 0)
		return;
	(void)mallopt(M_ARENA_MAX, 2);
	(void)mallopt(M_TRIM_THRESHOLD, 1 << 20);
	if (pthread_attr_setstacksize(&attr, THREAD_STACK) == 0)
		(void)pthread_setattr_default_np(&attr);
	(void)pthread_attr_destroy(&attr);
}

int
process_normalise(int inherited)
{
	int r = standard_fds_open();

	if (r != 0)
		return r;
	(void)close_range((unsigned)(FIRST_FD + inherited), UINT_MAX, 0);
	for (int i = 0; i < inherited; i++)
		(void)fcntl(FIRST_FD + i, F_SETFD, FD_CLOEXEC);
	(void)umask(077);
	signals_reset();
	limits_set();
	memory_set();
	return 0;
}

/* LISTEN_FDNAMES: names in the order of the descriptors, ":" between. */
static char fd_names[1024];

static int
name_find(const char *name)
{
	struct str rest = str_c(fd_names), next;

	for (int i = 0; str_next(&rest, ':', &next); i++)
		if (str_eq(next, str_c(name)))
			return i;
	return -1;
}

int
process_inherited_fd(int inherited, const char *name, int place)
{
	bool named = name_find("http") >= 0 || name_find("ssh") >= 0;

	if (named)
		place = name_find(name);
	return place >= 0 && place < inherited ? FIRST_FD + place : -1;
}

int
process_inherited(void)
{
	const char *pid = getenv("LISTEN_PID"), *fds = getenv("LISTEN_FDS");
	const char *names = getenv("LISTEN_FDNAMES");
	uint64_t owner = 0, n = 0;
	bool ours = pid != NULL && fds != NULL &&
		    str_u64(str_c(pid), INT_MAX, &owner) == 0 &&
		    str_u64(str_c(fds), 16, &n) == 0 &&
		    owner == (uint64_t)getpid();

	if (ours && names != NULL)
		(void)snprintf(fd_names, sizeof(fd_names), "%s", names);
	(void)unsetenv("LISTEN_PID");
	(void)unsetenv("LISTEN_FDS");
	(void)unsetenv("LISTEN_FDNAMES");
	return ours ? (int)n : 0;
}

void
process_notify(const char *state)
{
	const char *path = getenv("NOTIFY_SOCKET");
	struct sockaddr_un to = {.sun_family = AF_UNIX};
	size_t n = path != NULL ? strlen(path) : 0;
	int fd;

	if (n < 2 || n >= sizeof(to.sun_path))
		return;
	memcpy(to.sun_path, path, n);
	if (path[0] == '@')
		to.sun_path[0] = '\0'; /* an abstract name */
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return;
	(void)sendto(fd, state, strlen(state), MSG_NOSIGNAL,
		     (const struct sockaddr *)&to,
		     (socklen_t)(offsetof(struct sockaddr_un, sun_path) + n));
	(void)close(fd);
}

int
process_signals(int *ret_fd)
{
	sigset_t set;
	int fd;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGHUP);
	if (pthread_sigmask(SIG_BLOCK, &set, NULL) != 0)
		return FAIL(-EINVAL);
	fd = signalfd(-1, &set, SFD_CLOEXEC);
	if (fd < 0)
		return FAIL(-errno);
	*ret_fd = fd;
	return 0;
}

int
process_signal(int fd)
{
	struct signalfd_siginfo info;

	if (read(fd, &info, sizeof(info)) != (ssize_t)sizeof(info))
		return 0;
	return (int)info.ssi_signo;
}
