#include "jail/jail.h"

#include "base/clean.h"
#include "base/sanitized.h"

#include <asm/termbits.h>
#include <errno.h>
#include <linux/capability.h>
#include <linux/sched.h>
#include <seccomp.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Neither a server nor git nor what speaks SSH needs any of these; all of them
 * are ways to reach other processes, or parts of the kernel that few have
 * looked at. What git or a library may try in good faith just fails. */
static const int forbidden[] = {
#if !SANITIZED
    /* The leak checker traces its own process. */
    SCMP_SYS(ptrace),
    SCMP_SYS(personality),
#endif
    /* Nobody is asked for anything: not other machines, and not what answers
     * root on this one (a service manager, containers), which Landlock lets
     * whoever sees a socket's name speak with. */
    SCMP_SYS(connect),
    SCMP_SYS(process_vm_readv),
    SCMP_SYS(process_vm_writev),
    SCMP_SYS(process_madvise),
    SCMP_SYS(pidfd_getfd),
    SCMP_SYS(kcmp),
    SCMP_SYS(bpf),
    SCMP_SYS(perf_event_open),
    SCMP_SYS(userfaultfd),
    SCMP_SYS(io_uring_setup),
    SCMP_SYS(io_uring_enter),
    SCMP_SYS(io_uring_register),
    SCMP_SYS(add_key),
    SCMP_SYS(request_key),
    SCMP_SYS(keyctl),
    SCMP_SYS(init_module),
    SCMP_SYS(finit_module),
    SCMP_SYS(delete_module),
    SCMP_SYS(kexec_load),
    SCMP_SYS(kexec_file_load),
    SCMP_SYS(reboot),
    SCMP_SYS(swapon),
    SCMP_SYS(swapoff),
    SCMP_SYS(mount),
    SCMP_SYS(umount2),
    SCMP_SYS(move_mount),
    SCMP_SYS(open_tree),
    SCMP_SYS(mount_setattr),
    SCMP_SYS(fsopen),
    SCMP_SYS(fsconfig),
    SCMP_SYS(fsmount),
    SCMP_SYS(fspick),
    SCMP_SYS(pivot_root),
    SCMP_SYS(chroot),
    SCMP_SYS(unshare),
    SCMP_SYS(setns),
    SCMP_SYS(open_by_handle_at),
    SCMP_SYS(name_to_handle_at),
    SCMP_SYS(mknod),
    SCMP_SYS(mknodat),
    SCMP_SYS(fanotify_init),
    SCMP_SYS(lookup_dcookie),
    SCMP_SYS(quotactl),
    SCMP_SYS(acct),
    SCMP_SYS(syslog),
    SCMP_SYS(sethostname),
    SCMP_SYS(setdomainname),
    SCMP_SYS(settimeofday),
    SCMP_SYS(clock_settime),
    SCMP_SYS(clock_adjtime),
    SCMP_SYS(adjtimex),
    SCMP_SYS(iopl),
    SCMP_SYS(ioperm),
    SCMP_SYS(modify_ldt),
    SCMP_SYS(vhangup),
    SCMP_SYS(uselib),
    SCMP_SYS(ustat),
    SCMP_SYS(sysfs),
    SCMP_SYS(_sysctl),
    SCMP_SYS(vmsplice),
    SCMP_SYS(move_pages),
    SCMP_SYS(migrate_pages),
    SCMP_SYS(mbind),
    SCMP_SYS(set_mempolicy),
};

/* What a server that is started as root needs of that: to become others and to
 * end those, files whose owner is somebody else, ports, limits, memory that
 * stays. All other parts of it reach around the walls: with them root reads the
 * memory of the machine in /proc/kcore, that of the vault among it. */
static const int kept[] = {
    CAP_SETUID,	      CAP_SETGID,	    CAP_SETPCAP,  CAP_KILL,
    CAP_DAC_OVERRIDE, CAP_NET_BIND_SERVICE, CAP_IPC_LOCK, CAP_SYS_RESOURCE,
};

#define NAMESPACES                                                             \
	(CLONE_NEWNS | CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET |           \
	 CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWCGROUP)
#define WRITTEN_AND_RUN (PROT_WRITE | PROT_EXEC)

static const int families[] = {AF_UNIX, AF_INET, AF_INET6, AF_NETLINK};

static int
rules_memory(scmp_filter_ctx ctx)
{
	const struct scmp_arg_cmp both =
	    SCMP_A2(SCMP_CMP_MASKED_EQ, WRITTEN_AND_RUN, WRITTEN_AND_RUN);
	static const int calls[] = {SCMP_SYS(mmap), SCMP_SYS(mprotect),
				    SCMP_SYS(pkey_mprotect)};
	int r = 0;

	if (SANITIZED)
		return 0;
	for (size_t i = 0; r == 0 && i < nitems(calls); i++)
		r = seccomp_rule_add(ctx, SCMP_ACT_ERRNO(EPERM), calls[i], 1,
				     both);
	/* What is shared is written through one address, and run at another. */
	return r != 0 ? r
		      : seccomp_rule_add(
			    ctx, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(shmat), 1,
			    SCMP_A2(SCMP_CMP_MASKED_EQ, SHM_EXEC, SHM_EXEC));
}

/* clone3 hides its flags from us; libraries then take clone. */
static int
rules_clone(scmp_filter_ctx ctx)
{
	int r =
	    seccomp_rule_add(ctx, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0);

	for (unsigned bit = 0; r == 0 && bit < 32; bit++) {
		scmp_datum_t flag = UINT64_C(1) << bit;

		if ((NAMESPACES & flag) != 0)
			r = seccomp_rule_add(
			    ctx, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(clone), 1,
			    SCMP_A0(SCMP_CMP_MASKED_EQ, flag, flag));
	}
	return r;
}

static bool
family_known(int family)
{
	for (size_t i = 0; i < nitems(families); i++)
		if (families[i] == family)
			return true;
	return false;
}

static int
rules_socket(scmp_filter_ctx ctx)
{
	int r = seccomp_rule_add(ctx, SCMP_ACT_ERRNO(EAFNOSUPPORT),
				 SCMP_SYS(socket), 1,
				 SCMP_A0(SCMP_CMP_GT, AF_NETLINK, 0));

	for (int f = 0; r == 0 && f <= AF_NETLINK; f++)
		if (!family_known(f))
			r = seccomp_rule_add(
			    ctx, SCMP_ACT_ERRNO(EAFNOSUPPORT), SCMP_SYS(socket),
			    1, SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)f, 0));
	/* Words put into the mouth of whoever has our terminal. */
	if (r == 0)
		r = seccomp_rule_add(
		    ctx, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(ioctl), 1,
		    SCMP_A1(SCMP_CMP_MASKED_EQ, 0xffffffffU, TIOCSTI));
	return r;
}

static int
rules_add(scmp_filter_ctx ctx)
{
	int r = rules_memory(ctx);

	if (r == 0)
		r = rules_clone(ctx);
	if (r == 0)
		r = rules_socket(ctx);
	for (size_t i = 0; r == 0 && i < nitems(forbidden); i++) {
		r = seccomp_rule_add(ctx, SCMP_ACT_ERRNO(EPERM), forbidden[i],
				     0);
		/* This machine has no such call. */
		if (r == -EDOM || r == -EFAULT)
			r = 0;
	}
	return r;
}

static bool
is_kept(int cap)
{
	for (size_t i = 0; i < nitems(kept); i++)
		if (kept[i] == cap)
			return true;
	return false;
}

/* Of this thread, and so of all that it makes, programs too. */
static int
powers_drop(void)
{
	struct __user_cap_header_struct head = {
	    .version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3] = {0};
	uint32_t keep[_LINUX_CAPABILITY_U32S_3] = {0}, more = 0;

	/* The kernel's list may be longer than our headers'. */
	for (int cap = 0; prctl(PR_CAPBSET_READ, (long)cap, 0L, 0L, 0L) >= 0;
	     cap++)
		if (!is_kept(cap) &&
		    prctl(PR_CAPBSET_DROP, (long)cap, 0L, 0L, 0L) != 0 &&
		    errno != EPERM)
			return FAIL(-errno);
	if (syscall(SYS_capget, &head, data) != 0)
		return FAIL(-errno);
	for (size_t i = 0; i < nitems(kept); i++)
		keep[CAP_TO_INDEX(kept[i])] |= CAP_TO_MASK(kept[i]);
	/* Who has none to give up may be forbidden to ask (systemd's filters).
	 */
	for (size_t i = 0; i < nitems(data); i++) {
		more |= (data[i].permitted & ~keep[i]) | data[i].inheritable;
		data[i].effective &= keep[i];
		data[i].permitted &= keep[i];
		data[i].inheritable = 0;
	}
	if (more == 0)
		return 0;
	if (prctl(PR_CAP_AMBIENT, (long)PR_CAP_AMBIENT_CLEAR_ALL, 0L, 0L, 0L) !=
		0 ||
	    syscall(SYS_capset, &head, data) != 0)
		return FAIL(-errno);
	return 0;
}

static int
calls_bound(void)
{
	scmp_filter_ctx ctx = seccomp_init(SCMP_ACT_ALLOW);
	int r;

	if (ctx == NULL)
		return FAIL(-ENOMEM);
	/* A tree: every call of the server goes through it. */
	(void)seccomp_attr_set(ctx, SCMP_FLTATR_CTL_OPTIMIZE, 2);
	r = rules_add(ctx);
	if (r == 0)
		r = seccomp_load(ctx);
	seccomp_release(ctx);
	return r == 0 ? 0 : FAIL(r);
}

int
jail_front(const struct jail_path *paths, size_t n, bool *ret_files)
{
	struct rlimit none = {0, 0};
	int files = -1, r;

	if (!SANITIZED && (setrlimit(RLIMIT_CORE, &none) != 0 ||
			   prctl(PR_SET_DUMPABLE, 0L, 0L, 0L, 0L) != 0))
		return FAIL(-errno);
	r = jail_files_front(paths, n, &files);
	if (r == 0)
		r = -jail_files_enter(files);
	if (files >= 0)
		(void)close(files);
	if (r != 0)
		return FAIL(r);
	*ret_files = files >= 0;
	r = powers_drop();
	return r != 0 ? r : calls_bound();
}
