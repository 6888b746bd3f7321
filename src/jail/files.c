#include "jail/jail.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <pthread.h>
#include <stdbool.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* What kernels after the one of our headers have. */
#ifndef LANDLOCK_ACCESS_FS_TRUNCATE
#define LANDLOCK_ACCESS_FS_TRUNCATE (1ULL << 14) /* ABI 3 */
#endif
#ifndef LANDLOCK_ACCESS_FS_IOCTL_DEV
#define LANDLOCK_ACCESS_FS_IOCTL_DEV (1ULL << 15) /* ABI 5 */
#endif
#define NET_BIND    (1ULL) /* of TCP, ABI 4 */
#define NET_CONNECT (2ULL)
#define SCOPES	    (3ULL) /* abstract sockets and signals, ABI 6 */
#define FS_ABI1	    ((1ULL << 13) - 1)
#define READS	    (LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR)
#define WRITES                                                                 \
	(LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_REMOVE_DIR |       \
	 LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_MAKE_DIR |        \
	 LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_REFER |              \
	 LANDLOCK_ACCESS_FS_TRUNCATE)
/* What can be said of a file; the rest is for folders. */
#define OF_FILES                                                               \
	(LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_READ_FILE |           \
	 LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_TRUNCATE |         \
	 LANDLOCK_ACCESS_FS_IOCTL_DEV)

/* struct landlock_ruleset_attr as it has grown. */
struct rules {
	uint64_t fs, net, scoped;
};
#define RULES_SIZE(abi)                                                        \
	((abi) >= 6 ? sizeof(struct rules) : (abi) >= 4 ? 16U : 8U)

static pthread_once_t asked = PTHREAD_ONCE_INIT;
static int abi;

static void
ask(void)
{
	long v = syscall(SYS_landlock_create_ruleset, NULL, 0UL,
			 LANDLOCK_CREATE_RULESET_VERSION);

	abi = v > 0 ? (int)v : 0;
}

int
jail_landlock(void)
{
	(void)pthread_once(&asked, ask);
	return abi;
}

static uint64_t
fs_known(int have)
{
	uint64_t all = FS_ABI1;

	if (have >= 2)
		all |= LANDLOCK_ACCESS_FS_REFER;
	if (have >= 3)
		all |= LANDLOCK_ACCESS_FS_TRUNCATE;
	if (have >= 5)
		all |= LANDLOCK_ACCESS_FS_IOCTL_DEV;
	return all;
}

static uint64_t
rights_of(enum jail_may may)
{
	switch (may) {
	case JAIL_READ:
		return READS;
	case JAIL_RUN:
		return READS | LANDLOCK_ACCESS_FS_EXECUTE;
	case JAIL_WRITE:
		return READS | WRITES;
	case JAIL_LIST:
		return LANDLOCK_ACCESS_FS_READ_DIR;
	case JAIL_SOCKETS:
		return READS | WRITES | LANDLOCK_ACCESS_FS_MAKE_SOCK;
	}
	return 0;
}

static int
rule_add(int rules, const struct jail_path *path, uint64_t known)
{
	struct landlock_path_beneath_attr beneath = {0};
	struct stat st;
	int r = 0, fd = open(path->path, O_PATH | O_CLOEXEC);

	if (fd < 0)
		return errno == ENOENT || errno == ENOTDIR ? 0 : FAIL(-errno);
	if (fstat(fd, &st) != 0) {
		r = FAIL(-errno);
		close(fd);
		return r;
	}
	beneath.allowed_access = rights_of(path->may) & known;
	if (!S_ISDIR(st.st_mode))
		beneath.allowed_access &= OF_FILES;
	beneath.parent_fd = fd;
	if (syscall(SYS_landlock_add_rule, rules, LANDLOCK_RULE_PATH_BENEATH,
		    &beneath, 0U) != 0)
		r = FAIL(-errno);
	close(fd);
	return r;
}

/* The first Landlock refuses every move from one folder to another. */
static bool
cannot_move(const struct jail_path *paths, size_t n)
{
	struct stat st;

	for (size_t i = 0; i < n; i++)
		if ((paths[i].may == JAIL_WRITE ||
		     paths[i].may == JAIL_SOCKETS) &&
		    stat(paths[i].path, &st) == 0 && S_ISDIR(st.st_mode))
			return true;
	return false;
}

static int
rules_make(const struct jail_path *paths, size_t n, uint64_t net, int *ret)
{
	int have = jail_landlock(), fd, r = 0;
	uint64_t known = fs_known(have);
	struct rules rules = {known, net, SCOPES};

	if (have == 0 || (have < 2 && cannot_move(paths, n))) {
		*ret = -1;
		return 0;
	}
	fd = (int)syscall(SYS_landlock_create_ruleset, &rules, RULES_SIZE(have),
			  0U);
	if (fd < 0)
		return FAIL(-errno);
	for (size_t i = 0; i < n && r == 0; i++)
		r = rule_add(fd, &paths[i], known);
	if (r != 0)
		close(fd);
	else
		*ret = fd;
	return r;
}

int
jail_files(const struct jail_path *paths, size_t n, int *ret)
{
	return rules_make(paths, n, NET_BIND | NET_CONNECT, ret);
}

int
jail_files_front(const struct jail_path *paths, size_t n, int *ret)
{
	return rules_make(paths, n, NET_CONNECT, ret);
}

int
jail_files_enter(int fd)
{
	if (prctl(PR_SET_NO_NEW_PRIVS, 1L, 0L, 0L, 0L) != 0)
		return errno;
	if (fd >= 0 && syscall(SYS_landlock_restrict_self, fd, 0U) != 0)
		return errno;
	return 0;
}
