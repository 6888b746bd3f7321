#include "jail/jail.h"

#include "base/sanitized.h"
#include "base/test.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static int two[2]; /* open before the walls went up */

/* What fn returns in there, or -n when signal n ended it. */
static int
inside(int (*fn)(void))
{
	int status = 0;
	pid_t pid = fork();

	if (pid == 0)
		_exit(jail_vault() == 0 ? fn() : 99);
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		return 98;
	if (WIFSIGNALED(status) && WCOREDUMP(status))
		return 97;
	return WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
}

static int
answers(void)
{
	struct pollfd p = {.fd = two[1], .events = POLLIN};
	char c = 0;

	if (send(two[0], "x", 1, 0) != 1 || poll(&p, 1, 1000) != 1 ||
	    recv(two[1], &c, 1, 0) != 1)
		return 1;
	return c == 'x' ? 0 : 2;
}
static int
allocates(void)
{
	for (size_t n = 16; n < MIB; n *= 2) {
		volatile char *p = malloc(n);

		if (p == NULL)
			return 1;
		p[0] = 'x';
		free((void *)(uintptr_t)p);
	}
	return 0;
}
static int
crash(void)
{
	volatile int *volatile nowhere = NULL;

	*nowhere = 1;
	return 0;
}
static int
file(void)
{
	return open("/etc/passwd", O_RDONLY | O_CLOEXEC) >= 0 ? 0 : errno;
}
static int
dumpable(void)
{
	return prctl(PR_SET_DUMPABLE, 1L, 0L, 0L, 0L) == 0 ? 0 : errno;
}
static int
signals(void)
{
	return kill(getppid(), 0) == 0 ? 0 : errno;
}
static int
memory_run(void)
{
	return mmap(NULL, 4096, PROT_READ | PROT_EXEC,
		    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) != MAP_FAILED
		   ? 0
		   : errno;
}
static int
child(void)
{
	return syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0) >= 0 ? 0 : errno;
}
static int
network(void)
{
	return socket(AF_INET, SOCK_STREAM, 0);
}
static int
program(void)
{
	char *argv[] = {(char[]){"true"}, NULL};

	return execv("/bin/true", argv);
}
static int
trace(void)
{
	return (int)syscall(SYS_ptrace, 0, 0, 0, 0);
}

int
main(void)
{
	static const struct {
		const char *name;
		int (*fn)(void);
		int want;
	} tries[] = {
	    {"questions are answered", answers, 0},
	    {"memory is had", allocates, 0},
	    {"no file is opened", file, EACCES},
	    {"it does not become dumpable", dumpable, EACCES},
	    {"nobody is signalled", signals, EACCES},
	    {"no memory is executed", memory_run, EACCES},
	    {"a child is death", child, -SIGSYS},
	    {"so is a socket", network, -SIGSYS},
	    {"a program", program, -SIGSYS},
	    {"and tracing", trace, -SIGSYS},
	    {"a crash leaves no core", crash, -SIGSEGV},
	};
	struct rlimit core;

	/* As far as we are concerned there could be one. */
	(void)getrlimit(RLIMIT_CORE, &core);
	core.rlim_cur = core.rlim_max;
	(void)setrlimit(RLIMIT_CORE, &core);
	if (socketpair(AF_UNIX, SOCK_SEQPACKET, 0, two) != 0)
		return EXIT_FAILURE;
	/* The sanitizers need what is behind the walls. */
	for (size_t i = 0; i < (SANITIZED ? 2 : nitems(tries)); i++)
		is_int(inside(tries[i].fn), tries[i].want, "%s", tries[i].name);
	return done_testing();
}
