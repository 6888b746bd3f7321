#include "jail/jail.h"

#include "base/clean.h"
#include "base/sanitized.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <seccomp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#define FILES_MAX 128 /* three for each of ten channels, and then some */

/* Bytes over sockets and pipes that are open already, memory, time, the end. */
static const int allowed[] = {
    SCMP_SYS(read),
    SCMP_SYS(write),
    SCMP_SYS(readv),
    SCMP_SYS(writev),
    SCMP_SYS(recvfrom),
    SCMP_SYS(sendto),
    SCMP_SYS(recvmsg),
    SCMP_SYS(sendmsg),
    SCMP_SYS(poll),
    SCMP_SYS(ppoll),
    SCMP_SYS(close),
    SCMP_SYS(shutdown),
    SCMP_SYS(pipe2),
    SCMP_SYS(getsockopt),
    SCMP_SYS(getsockname),
    SCMP_SYS(brk),
    SCMP_SYS(munmap),
    SCMP_SYS(mremap),
    SCMP_SYS(madvise),
    SCMP_SYS(futex),
    SCMP_SYS(clock_gettime),
    SCMP_SYS(gettimeofday),
    SCMP_SYS(time),
    SCMP_SYS(getrandom),
    SCMP_SYS(getpid),
    SCMP_SYS(gettid),
    SCMP_SYS(rt_sigreturn),
    SCMP_SYS(rt_sigprocmask),
    SCMP_SYS(restart_syscall),
    SCMP_SYS(nanosleep),
    SCMP_SYS(clock_nanosleep),
    SCMP_SYS(rseq),
    SCMP_SYS(exit),
    SCMP_SYS(exit_group),
#if SANITIZED
    /* The sanitizers map shadow memory and look at the process itself. */
    SCMP_SYS(mmap),
    SCMP_SYS(mprotect),
    SCMP_SYS(sigaltstack),
    SCMP_SYS(rt_sigaction),
    SCMP_SYS(sched_yield),
    SCMP_SYS(sched_getaffinity),
    SCMP_SYS(getrlimit),
    SCMP_SYS(prlimit64),
#endif
};

/* No library has a reason to try these here, so whoever does is no library. All
 * else that is not allowed just fails. */
static const int fatal[] = {
    SCMP_SYS(execve),
    SCMP_SYS(execveat),
    SCMP_SYS(fork),
    SCMP_SYS(vfork),
    SCMP_SYS(ptrace),
    SCMP_SYS(process_vm_readv),
    SCMP_SYS(process_vm_writev),
    SCMP_SYS(bpf),
    SCMP_SYS(io_uring_setup),
    SCMP_SYS(userfaultfd),
    SCMP_SYS(init_module),
    SCMP_SYS(finit_module),
    SCMP_SYS(unshare),
    SCMP_SYS(setns),
    SCMP_SYS(mount),
    SCMP_SYS(chroot),
    SCMP_SYS(bind),
    SCMP_SYS(listen),
};

/* Made once, by whoever is going to be the parent of sessions. */
static struct sock_filter *program;
static unsigned short program_len;
static rlim_t mapped;

/* -errno of libseccomp, or 0. */
static int
rules_memory(scmp_filter_ctx ctx)
{
	if (SANITIZED)
		return 0;
	/* Memory to write to is never memory to execute. */
	return seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 2,
				SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0),
				SCMP_A3(SCMP_CMP_MASKED_EQ, MAP_ANONYMOUS,
					MAP_ANONYMOUS)) != 0 ||
		       seccomp_rule_add(
			   ctx, SCMP_ACT_ALLOW, SCMP_SYS(mprotect), 1,
			   SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0)) != 0
		   ? -EINVAL
		   : 0;
}

static int
rules_flags(scmp_filter_ctx ctx)
{
	static const int control[] = {F_GETFL, F_SETFL, F_GETFD, F_SETFD,
				      F_SETPIPE_SZ};
	int r = 0;

	for (size_t i = 0; r == 0 && i < nitems(control); i++)
		r = seccomp_rule_add(
		    ctx, SCMP_ACT_ALLOW, SCMP_SYS(fcntl), 1,
		    SCMP_A1(SCMP_CMP_EQ, (scmp_datum_t)control[i], 0));
	if (r == 0)
		r = seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(ioctl), 1,
				     SCMP_A1(SCMP_CMP_EQ, FIONREAD, 0));
	/* To acknowledge at once: an option that knows no values to fear. */
	if (r == 0)
		r = seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(setsockopt),
				     2, SCMP_A1(SCMP_CMP_EQ, IPPROTO_TCP, 0),
				     SCMP_A2(SCMP_CMP_EQ, TCP_QUICKACK, 0));
	/* Threads and children; clone3 hides its flags and just fails. */
	if (r == 0)
		r = seccomp_rule_add(ctx, SCMP_ACT_KILL_PROCESS,
				     SCMP_SYS(clone), 0);
	return r;
}

static int
rules_add(scmp_filter_ctx ctx)
{
	int r = rules_memory(ctx);

	if (r == 0)
		r = rules_flags(ctx);
	for (size_t i = 0; r == 0 && i < nitems(allowed); i++)
		r = seccomp_rule_add(ctx, SCMP_ACT_ALLOW, allowed[i], 0);
	for (size_t i = 0; r == 0 && i < nitems(fatal); i++)
		r = seccomp_rule_add(ctx, SCMP_ACT_KILL_PROCESS, fatal[i], 0);
	return r == 0 ? 0 : FAIL(r);
}

static int
program_read(int fd)
{
	off_t size = lseek(fd, 0, SEEK_END);
	struct sock_filter *p;

	if (size <= 0 || size % (off_t)sizeof(*p) != 0 ||
	    size / (off_t)sizeof(*p) > BPF_MAXINSNS)
		return FAIL(-EINVAL);
	p = malloc((size_t)size);
	if (p == NULL)
		return FAIL(-ENOMEM);
	if (pread(fd, p, (size_t)size, 0) != size) {
		free(p);
		return FAIL(-EIO);
	}
	program = p;
	program_len = (unsigned short)((size_t)size / sizeof(*p));
	return 0;
}

static int
program_make(void)
{
	scmp_filter_ctx ctx = seccomp_init(SCMP_ACT_ERRNO(EACCES));
	int fd, r;

	if (ctx == NULL)
		return FAIL(-ENOMEM);
	r = rules_add(ctx);
	/* A tree, so that what is called most does not wait for the rest. */
	if (r == 0)
		(void)seccomp_attr_set(ctx, SCMP_FLTATR_CTL_OPTIMIZE, 2);
	fd = memfd_create("walls", MFD_CLOEXEC);
	if (r == 0 && fd < 0)
		r = FAIL(-errno);
	if (r == 0)
		r = seccomp_export_bpf(ctx, fd);
	if (r == 0)
		r = program_read(fd);
	if (fd >= 0)
		(void)close(fd);
	seccomp_release(ctx);
	return r;
}

/* Bytes of address space in use. */
static int
mapped_read(rlim_t *ret)
{
	char text[64] = "";
	int fd = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
	ssize_t n = fd >= 0 ? read(fd, text, sizeof(text) - 1) : -1;

	if (fd >= 0)
		(void)close(fd);
	if (n <= 0)
		return FAIL(-EIO);
	*ret = (rlim_t)strtoull(text, NULL, 10) * (rlim_t)sysconf(_SC_PAGESIZE);
	return 0;
}

int
jail_session_prepare(void)
{
	int r = mapped_read(&mapped);

	return r != 0 || program != NULL ? r : program_make();
}

static int
limit(__rlimit_resource_t what, rlim_t most)
{
	struct rlimit now, want = {most, most};

	if (getrlimit(what, &now) != 0)
		return FAIL(-errno);
	if (now.rlim_max != RLIM_INFINITY && now.rlim_max < most)
		want.rlim_cur = want.rlim_max = now.rlim_max;
	return setrlimit(what, &want) == 0 ? 0 : FAIL(-errno);
}

static int
limits_set(const struct jail_session *s)
{
	int r = limit(RLIMIT_CPU, (rlim_t)s->cpu_s);

	if (r == 0)
		r = limit(RLIMIT_NOFILE, FILES_MAX);
	if (r == 0)
		r = limit(RLIMIT_NPROC, 0);
	if (r == 0)
		r = limit(RLIMIT_CORE, 0);
	/* Shadow memory is terabytes of address space. */
	if (r == 0 && !SANITIZED)
		r = limit(RLIMIT_AS, mapped + (rlim_t)s->memory);
	return r;
}

int
jail_session(const struct jail_session *s)
{
	struct sock_fprog filter;
	int r = program != NULL ? 0 : jail_session_prepare();

	if (r != 0)
		return r;
	r = limits_set(s);
	if (r != 0)
		return r;
	filter = (struct sock_fprog){program_len, program};
	if (prctl(PR_SET_DUMPABLE, SANITIZED ? 1L : 0L, 0L, 0L, 0L) != 0 ||
	    prctl(PR_SET_NO_NEW_PRIVS, 1L, 0L, 0L, 0L) != 0 ||
	    syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &filter) != 0)
		return FAIL(-errno);
	return 0;
}
