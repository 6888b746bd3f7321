#include "jail/jail.h"

#include "base/sanitized.h"
#include "base/test.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/sched.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

static const struct jail_path paths[] = {{"/usr", JAIL_RUN},
					 {"/lib", JAIL_RUN},
					 {"/lib64", JAIL_RUN},
					 {"/bin", JAIL_RUN},
					 {"/proc", JAIL_READ},
					 {"/dev/null", JAIL_WRITE},
					 {"/etc/ld.so.cache", JAIL_READ}};

/* What fn returns in there, or -n when signal n ended it. */
static int
inside(int (*fn)(void))
{
	bool files = false;
	int status = 0;
	pid_t pid = fork();

	if (pid == 0)
		_exit(jail_front(paths, nitems(paths), &files) == 0 ? fn()
								    : 99);
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		return 98;
	return WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
}

/* What a server does all the time. */
static int
program(void)
{
	char name[] = "true";
	char *argv[] = {name, NULL}, *envp[] = {NULL};
	int status = -1;
	pid_t pid;

	if (posix_spawn(&pid, "/bin/true", NULL, NULL, argv, envp) != 0 ||
	    waitpid(pid, &status, 0) != pid)
		return 1;
	return status == 0 ? 0 : 2;
}
static void *
nothing(void *arg)
{
	return arg;
}
static int
thread(void)
{
	pthread_t t;

	return pthread_create(&t, NULL, nothing, NULL) == 0 &&
		       pthread_join(t, NULL) == 0
		   ? 0
		   : 1;
}
static int
another_user(void)
{
	if (geteuid() != 0)
		return 0;
	return setresuid(65534, 65534, 65534) == 0 ? 0 : errno;
}
static int
further_walls(void)
{
	return jail_keymaker() == 0 ? 0 : 1;
}
static int
sockets(void)
{
	return socket(AF_INET6, SOCK_STREAM, 0) >= 0 &&
		       socket(AF_UNIX, SOCK_STREAM, 0) >= 0
		   ? 0
		   : errno;
}

/* What it never does. */
static int
privileges(void)
{
	return prctl(PR_GET_NO_NEW_PRIVS, 0L, 0L, 0L, 0L) == 1 ? 0 : 1;
}
static int
dumpable(void)
{
	struct rlimit core = {1, 1};

	(void)getrlimit(RLIMIT_CORE, &core);
	return prctl(PR_GET_DUMPABLE, 0L, 0L, 0L, 0L) == 0 && core.rlim_max == 0
		   ? 0
		   : 1;
}
static int
namespace_made(void)
{
	return unshare(CLONE_NEWUSER) == 0 ? 0 : errno;
}
static int
namespace_cloned(void)
{
	return syscall(SYS_clone, CLONE_NEWUSER | SIGCHLD, 0, 0, 0, 0) >= 0
		   ? 0
		   : errno;
}
static int
clone3_tried(void)
{
	struct clone_args args = {.exit_signal = SIGCHLD};

	return syscall(SYS_clone3, &args, sizeof(args)) >= 0 ? 0 : errno;
}
static int
traced(void)
{
	return syscall(SYS_ptrace, 16, getppid(), 0, 0) == 0 ? 0 : errno;
}
static int
memory_read(void)
{
	return syscall(SYS_process_vm_readv, getppid(), 0, 0, 0, 0, 0) >= 0
		   ? 0
		   : errno;
}
static int
ring(void)
{
	return syscall(SYS_io_uring_setup, 1, NULL) >= 0 ? 0 : errno;
}
static int
kernel_keys(void)
{
	return syscall(SYS_keyctl, 0, -3, 1) >= 0 ? 0 : errno;
}
static int
program_loaded(void)
{
	return syscall(SYS_bpf, 0, NULL, 0) >= 0 ? 0 : errno;
}
static int
mounted(void)
{
	return syscall(SYS_mount, "none", "/", "tmpfs", 0, NULL) == 0 ? 0
								      : errno;
}
static int
packets(void)
{
	return socket(AF_PACKET, SOCK_RAW, 0) >= 0 ? 0 : errno;
}
static int
old_family(void)
{
	return socket(AF_AX25, SOCK_DGRAM, 0) >= 0 ? 0 : errno;
}
/* To a name that the kernel chooses, of our own: no wall of files forbids it.
 */
static int
connected(void)
{
	struct sockaddr_un addr = {.sun_family = AF_UNIX};
	int door = socket(AF_UNIX, SOCK_STREAM, 0);
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);
	socklen_t n = sizeof(addr);

	if (bind(door, (struct sockaddr *)&addr, sizeof(sa_family_t)) != 0 ||
	    listen(door, 1) != 0 ||
	    getsockname(door, (struct sockaddr *)&addr, &n) != 0)
		return 97;
	return connect(fd, (struct sockaddr *)&addr, n) == 0 ? 0 : errno;
}
/* Of root: 0, or 1 + the first power that reaches around the walls. */
static int
powers(void)
{
	static const int none[] = {
	    CAP_SYS_RAWIO,	 CAP_SYS_ADMIN, CAP_SYS_PTRACE, CAP_SYS_MODULE,
	    CAP_DAC_READ_SEARCH, CAP_MKNOD,	CAP_NET_ADMIN,	CAP_NET_RAW};
	struct __user_cap_header_struct head = {
	    .version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3] = {0};

	if (syscall(SYS_capget, &head, data) != 0)
		return 97;
	for (size_t i = 0; i < nitems(none); i++)
		if ((data[CAP_TO_INDEX(none[i])].permitted &
		     CAP_TO_MASK(none[i])) != 0 ||
		    (geteuid() == 0 &&
		     prctl(PR_CAPBSET_READ, (long)none[i], 0L, 0L, 0L) != 0))
			return 1 + none[i];
	return 0;
}
static int
memory_run(void)
{
	return mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC,
		    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) != MAP_FAILED
		   ? 0
		   : errno;
}
/* Of memory that may be written, with the key that all memory has. */
static int
memory_keyed(int prot)
{
	void *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED)
		return 97;
	return syscall(SYS_pkey_mprotect, p, 4096, prot, -1) == 0 ? 0 : errno;
}
static int
keyed_read(void)
{
	return memory_keyed(PROT_READ);
}
static int
keyed_run(void)
{
	return memory_keyed(PROT_READ | PROT_WRITE | PROT_EXEC);
}
static int
memory_shared(int flags)
{
	int id = shmget(IPC_PRIVATE, 4096, IPC_CREAT | 0700), r = 0;

	if (id < 0)
		return 97;
	if (shmat(id, NULL, flags) == (void *)-1)
		r = errno;
	(void)shmctl(id, IPC_RMID, NULL);
	return r;
}
static int
shared_written(void)
{
	return memory_shared(0);
}
static int
shared_run(void)
{
	return memory_shared(SHM_EXEC);
}
static int
parent_memory(void)
{
	char path[32];

	(void)snprintf(path, sizeof(path), "/proc/%d/mem", (int)getppid());
	return open(path, O_RDONLY | O_CLOEXEC) >= 0 ? 0 : errno;
}

int
main(void)
{
	static const struct {
		const char *name;
		int (*fn)(void);
		int want;
		bool plain; /* not with a sanitizer */
	} tries[] = {
	    {"a program is run", program, 0, false},
	    {"a thread is made", thread, 0, false},
	    {"a child becomes another user", another_user, 0, false},
	    {"and raises walls of its own", further_walls, 0, false},
	    {"sockets are made", sockets, 0, false},
	    {"there are no new privileges", privileges, 0, false},
	    {"no namespace", namespace_made, EPERM, false},
	    {"nor a child in one", namespace_cloned, EPERM, false},
	    {"clone3 is not there", clone3_tried, ENOSYS, false},
	    {"nobody's memory is read", memory_read, EPERM, false},
	    {"no ring of io_uring", ring, EPERM, false},
	    {"no keys of the kernel", kernel_keys, EPERM, false},
	    {"no BPF", program_loaded, EPERM, false},
	    {"nothing is mounted", mounted, EPERM, false},
	    {"nobody is connected to", connected, EPERM, false},
	    {"no powers around the walls", powers, 0, false},
	    {"no raw packets", packets, EAFNOSUPPORT, false},
	    {"no protocol that nobody knows", old_family, EAFNOSUPPORT, false},
	    {"no core is dumped", dumpable, 0, true},
	    {"nobody is traced", traced, EPERM, true},
	    {"memory is not both written and run", memory_run, EPERM, true},
	    {"its other protection changes", keyed_read, 0, true},
	    {"but not to both, with a key either", keyed_run, EPERM, true},
	    {"memory is shared", shared_written, 0, true},
	    {"but not run", shared_run, EPERM, true},
	};

	for (size_t i = 0; i < nitems(tries); i++)
		if (!SANITIZED || !tries[i].plain)
			is_int(inside(tries[i].fn), tries[i].want, "%s",
			       tries[i].name);
	if (jail_landlock() > 0)
		is_int(inside(parent_memory), EACCES,
		       "nor the memory of who is outside");
	return done_testing();
}
