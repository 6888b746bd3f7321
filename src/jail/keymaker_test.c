#include "jail/jail.h"

#include "base/sanitized.h"
#include "base/test.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static int pipe_fds[2]; /* open before the walls went up */

/* What fn returns in there, or -n when signal n ended it. */
static int
inside(int (*fn)(void))
{
	int status = 0;
	pid_t pid = fork();

	if (pid == 0)
		_exit(jail_keymaker() == 0 ? fn() : 99);
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		return 98;
	return WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
}

static int
child_answers(void)
{
	char c = 0;
	int status = -1;
	pid_t pid = fork();

	if (pid == 0)
		_exit(write(pipe_fds[1], "x", 1) == 1 ? 0 : 1);
	if (pid < 0 || read(pipe_fds[0], &c, 1) != 1 ||
	    waitpid(pid, &status, 0) != pid)
		return 1;
	return c == 'x' && status == 0 ? 0 : 2;
}

static int
child_is_killed(void)
{
	int status = 0;
	pid_t pid = fork();

	if (pid == 0)
		for (;;)
			(void)poll(NULL, 0, -1);
	if (kill(pid, SIGKILL) != 0 || waitpid(pid, &status, 0) != pid)
		return 1;
	return WIFSIGNALED(status) ? 0 : 2;
}

static int
no_core(void)
{
	struct rlimit core = {1, 1};

	(void)getrlimit(RLIMIT_CORE, &core);
	return core.rlim_cur == 0 && core.rlim_max == 0 ? 0 : 1;
}

static int
file(void)
{
	return open("/etc/passwd", O_RDONLY | O_CLOEXEC) >= 0 ? 0 : errno;
}

static int
itself(void)
{
	return open("/proc/self/mem", O_RDONLY | O_CLOEXEC) >= 0 ? 0 : errno;
}

static int
memory(void)
{
	return mmap(NULL, 4096, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) != MAP_FAILED
		   ? 0
		   : errno;
}

static int namespace(void)
{
	return syscall(SYS_clone, CLONE_NEWUSER | SIGCHLD, 0, 0, 0, 0) >= 0
		   ? 0
		   : errno;
}

static int
thread(void)
{
	return syscall(SYS_clone, CLONE_VM | CLONE_FILES | SIGCHLD, 0, 0, 0,
		       0) >= 0
		   ? 0
		   : errno;
}

static int
dumpable(void)
{
	return prctl(PR_SET_DUMPABLE, 1L, 0L, 0L, 0L) == 0 ? 0 : errno;
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
	    {"a child answers", child_answers, 0},
	    {"a child is killed", child_is_killed, 0},
	    {"no core is dumped", no_core, 0},
	    {"no file is opened", file, EACCES},
	    {"not even its memory", itself, EACCES},
	    {"nothing is mapped", memory, EACCES},
	    {"no namespace is made", namespace, EACCES},
	    {"no thread", thread, EACCES},
	    {"it does not become dumpable", dumpable, EACCES},
	    {"a socket is death", network, -SIGSYS},
	    {"so is a program", program, -SIGSYS},
	    {"and tracing", trace, -SIGSYS},
	};

	if (pipe(pipe_fds) != 0)
		return EXIT_FAILURE;
	/* The sanitizers need what is behind the walls. */
	for (size_t i = 0; i < (SANITIZED ? 3 : nitems(tries)); i++)
		is_int(inside(tries[i].fn), tries[i].want, "%s", tries[i].name);
	return done_testing();
}
