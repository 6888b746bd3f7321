/*
 * For tests: a disk that breaks. Nobody can be told whether what was being
 * written is there, unlike on a full one. For good, so this comes last.
 */
#ifndef BASE_TEST_DISK_H
#define BASE_TEST_DISK_H

#include "base/clean.h"

#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

/* fdatasync, by which databases end a commit, is EIO from now on, in every thread;
 * fsync, by which files and folders are made, is as ever. 0 or -errno. */
MUST static inline int
test_disk_break(void)
{
	struct sock_filter code[] = {
	    BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
	    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_fdatasync, 0, 1),
	    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EIO),
	    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog all = {sizeof(code) / sizeof(code[0]), code};

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
	    syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER,
		SECCOMP_FILTER_FLAG_TSYNC, &all) != 0)
		return -errno;
	return 0;
}

#endif
