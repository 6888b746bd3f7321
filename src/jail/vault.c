#include "jail/jail.h"

#include "base/clean.h"
#include "base/sanitized.h"

#include <errno.h>
#include <seccomp.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

/* Bytes over sockets that are open already, memory, time, the end. */
static const int allowed[] = {
    SCMP_SYS(read),	    SCMP_SYS(write),	      SCMP_SYS(recvfrom),
    SCMP_SYS(sendto),	    SCMP_SYS(recvmsg),	      SCMP_SYS(sendmsg),
    SCMP_SYS(poll),	    SCMP_SYS(ppoll),	      SCMP_SYS(close),
    SCMP_SYS(brk),	    SCMP_SYS(munmap),	      SCMP_SYS(mremap),
    SCMP_SYS(madvise),	    SCMP_SYS(futex),	      SCMP_SYS(clock_gettime),
    SCMP_SYS(getrandom),    SCMP_SYS(getpid),	      SCMP_SYS(gettid),
    SCMP_SYS(rt_sigreturn), SCMP_SYS(rt_sigprocmask), SCMP_SYS(restart_syscall),
    SCMP_SYS(rseq),	    SCMP_SYS(exit),	      SCMP_SYS(exit_group),
};

/* No library has a reason to try these here. All else just fails. */
static const int fatal[] = {
    SCMP_SYS(execve),
    SCMP_SYS(execveat),
    SCMP_SYS(fork),
    SCMP_SYS(vfork),
    SCMP_SYS(clone),
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
    SCMP_SYS(socket),
    SCMP_SYS(connect),
    SCMP_SYS(bind),
    SCMP_SYS(listen),
};

static int
rules_add(scmp_filter_ctx ctx)
{
	/* Memory is never both filled and run. */
	int r = seccomp_rule_add(
	    ctx, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 2,
	    SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0),
	    SCMP_A3(SCMP_CMP_MASKED_EQ, MAP_ANONYMOUS, MAP_ANONYMOUS));

	if (r == 0)
		r = seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(mprotect), 1,
				     SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
	for (size_t i = 0; r == 0 && i < nitems(allowed); i++)
		r = seccomp_rule_add(ctx, SCMP_ACT_ALLOW, allowed[i], 0);
	for (size_t i = 0; r == 0 && i < nitems(fatal); i++)
		r = seccomp_rule_add(ctx, SCMP_ACT_KILL_PROCESS, fatal[i], 0);
	return r;
}

static int
calls_bound(void)
{
	scmp_filter_ctx ctx = seccomp_init(SCMP_ACT_ERRNO(EACCES));
	int r;

	if (ctx == NULL)
		return FAIL(-ENOMEM);
	(void)seccomp_attr_set(ctx, SCMP_FLTATR_CTL_OPTIMIZE, 2);
	r = rules_add(ctx);
	if (r == 0)
		r = seccomp_load(ctx);
	seccomp_release(ctx);
	return r == 0 ? 0 : FAIL(r);
}

/* The sanitizers look at their own process through files and a tracer. */
int
jail_vault(void)
{
	struct rlimit none = {0, 0};
	int files = -1, r;

	if (setrlimit(RLIMIT_CORE, &none) != 0 ||
	    prctl(PR_SET_DUMPABLE, SANITIZED ? 1L : 0L, 0L, 0L, 0L) != 0)
		return FAIL(-errno);
	if (SANITIZED)
		return 0;
	r = jail_files(NULL, 0, &files);
	if (r == 0)
		r = -jail_files_enter(files);
	if (files >= 0)
		(void)close(files);
	return r != 0 ? FAIL(r) : calls_bound();
}
