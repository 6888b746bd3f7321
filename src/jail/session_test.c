#include "jail/jail.h"

#include "base/sanitized.h"
#include "base/test.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define MEMORY (32 * MIB)

static int passed_fd, tcp_fd; /* open before the walls went up */

/* What fn returns in there, or -n when signal n ended it. */
static int
inside(int (*fn)(void))
{
	struct jail_session walls = {.cpu_s = 1, .memory = MEMORY};
	int status = 0;
	pid_t pid = fork();

	if (pid == 0)
		_exit(jail_session(&walls) == 0 ? fn() : 99);
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		return 98;
	return WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
}

static int
nothing(void)
{
	return 0;
}
static int
open_file(void)
{
	return open("/etc/passwd", O_RDONLY) >= 0 ? 0 : errno;
}
static int
make_file(void)
{
	return open("/tmp/latchkey-jail-test", O_WRONLY | O_CREAT, 0600) >= 0
		   ? 0
		   : errno;
}
static int
list_folder(void)
{
	struct stat st;

	return stat("/", &st) == 0 ? 0 : errno;
}
static int
make_socket(void)
{
	return socket(AF_INET, SOCK_STREAM, 0) >= 0 ? 0 : errno;
}
static int
connect_open(void)
{
	struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(9)};

	return connect(passed_fd, (const struct sockaddr *)&to, sizeof(to)) == 0
		   ? 0
		   : errno;
}
static int
acknowledge(void)
{
	int one = 1;

	return setsockopt(tcp_fd, IPPROTO_TCP, TCP_QUICKACK, &one,
			  sizeof(one)) == 0
		   ? 0
		   : errno;
}
static int
set_other(void)
{
	int one = 1;

	return setsockopt(tcp_fd, IPPROTO_TCP, TCP_NODELAY, &one,
			  sizeof(one)) == 0
		   ? 0
		   : errno;
}
static int
start_program(void)
{
	char *const argv[] = {NULL};

	(void)execve("/bin/true", argv, argv);
	return errno;
}
static int
make_child(void)
{
	return syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0) >= 0 ? 0 : errno;
}
static int
make_child3(void)
{
	return syscall(SYS_clone3, NULL, 0) >= 0 ? 0 : errno;
}
static int
signal_parent(void)
{
	return kill(getppid(), 0) == 0 ? 0 : errno;
}
static int
read_parent(void)
{
	return syscall(SYS_ptrace, 16, getppid(), 0, 0) == 0 ? 0 : errno;
}
static int
map_code(void)
{
	return mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC,
		    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) != MAP_FAILED
		   ? 0
		   : errno;
}
static int
raise_limits(void)
{
	struct rlimit more = {RLIM_INFINITY, RLIM_INFINITY};

	return setrlimit(RLIMIT_AS, &more) == 0 ? 0 : errno;
}
static int
use_pipe(void)
{
	struct pollfd p;
	int ends[2];
	char c = 'x';

	if (pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0 ||
	    fcntl(ends[1], F_SETPIPE_SZ, 65536) < 0 ||
	    write(ends[1], &c, 1) != 1)
		return errno;
	p = (struct pollfd){ends[0], POLLIN, 0};
	return poll(&p, 1, 1000) == 1 && read(ends[0], &c, 1) == 1 ? 0 : errno;
}
static int
eat_memory(void)
{
	for (size_t had = 0; had < 4 * MEMORY; had += MIB) {
		volatile char *p = malloc(MIB);

		if (p == NULL)
			return had <= MEMORY && had > MEMORY / 2 ? 0 : 1;
		for (size_t i = 0; i < MIB; i += 4096)
			p[i] = 1;
	}
	return 2;
}
static int
burn(void)
{
	volatile bool for_ever = true;

	while (for_ever)
		;
	return 0;
}

int
main(void)
{
	passed_fd = socket(AF_INET, SOCK_DGRAM, 0);
	tcp_fd = socket(AF_INET, SOCK_STREAM, 0);
	is_int(jail_session_prepare(), 0, "walls can be made");
	is_int(inside(nothing), 0, "and entered");
	is_int(inside(use_pipe), 0, "pipes, polling and bytes work");
	is_int(inside(open_file), EACCES, "no file is opened");
	is_int(inside(make_file), EACCES, "none is made");
	is_int(inside(list_folder), EACCES, "none is looked at");
	is_int(inside(make_socket), EACCES, "no socket is made");
	is_int(inside(connect_open), EACCES, "none is connected");
	is_int(inside(acknowledge), 0, "a socket is made to acknowledge");
	is_int(inside(set_other), EACCES, "and no other option is set");
	is_int(inside(start_program), -SIGSYS, "starting a program ends it");
	is_int(inside(make_child), -SIGSYS, "as does a child");
	is_int(inside(make_child3), EACCES, "clone3 fails");
	is_int(inside(signal_parent), EACCES, "no signal is sent");
	is_int(inside(read_parent), -SIGSYS, "nobody is traced");
	is_int(inside(burn), -SIGKILL, "processor time is bounded");
	if (SANITIZED)
		return done_testing();
	is_int(inside(map_code), EACCES, "no memory is executed");
	is_int(inside(raise_limits), EACCES, "limits stay");
	is_int(inside(eat_memory), 0, "memory is bounded");
	return done_testing();
}
