#include "base/test.h"

#include "base/locked.h"
#include "base/sanitized.h"

#include <errno.h>
#include <grp.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#define SIZE 5000 /* no whole number of pages */

/* The flags that the kernel names for the mapping that p lies in. */
static bool
has_flag(const void *p, const char *flag)
{
	FILE *f = fopen("/proc/self/smaps", "re");
	bool here = false, found = false;
	char line[512], word[8];

	(void)snprintf(word, sizeof(word), " %s ", flag);
	while (f != NULL && fgets(line, sizeof(line), f) != NULL) {
		unsigned long from, to;

		if (sscanf(line, "%lx-%lx ", &from, &to) == 2)
			here = (uintptr_t)p >= from && (uintptr_t)p < to;
		else if (here && strncmp(line, "VmFlags:", 8) == 0)
			found = strstr(line, word) != NULL;
	}
	if (f != NULL)
		(void)fclose(f);
	return found;
}

static bool
is_zero(const char *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (p[i] != 0)
			return false;
	return true;
}

/* What fn returns in a forked child. */
static int
in_child(int (*fn)(const struct locked *), const struct locked *l)
{
	int status = -1;
	pid_t pid = fork();

	if (pid == 0)
		_exit(fn(l));
	if (pid < 0 || waitpid(pid, &status, 0) != pid || !WIFEXITED(status))
		return -1;
	return WEXITSTATUS(status);
}

static int
see_nothing(const struct locked *l)
{
	return is_zero(l->p, l->cap) ? 0 : 1;
}

static int
may_not_lock(const struct locked *unused)
{
	struct rlimit none = {0, 0};
	struct locked l = LOCKED_INIT;
	int r;

	(void)unused;
	if (setrlimit(RLIMIT_MEMLOCK, &none) != 0 ||
	    (geteuid() == 0 &&
	     (setgroups(0, NULL) != 0 || setresgid(65534, 65534, 65534) != 0 ||
	      setresuid(65534, 65534, 65534) != 0)))
		return 2;
	r = locked_new(SIZE, &l);
	if (r != 0 || l.held)
		return 3;
	l.p[SIZE - 1] = 'x';
	locked_clear(&l);
	return l.p == NULL ? 0 : 4;
}

int
main(void)
{
	struct locked l = LOCKED_INIT, other = LOCKED_INIT;

	is_int(locked_new(SIZE, &l), 0, "a run of memory");
	ok(l.n == 0 && l.cap == SIZE, "it is empty and as large as asked for");
	ok(is_zero(l.p, l.cap), "and zero");
	memset(l.p, 'x', l.cap);
	if (!SANITIZED) {
		ok(!l.held || has_flag(l.p, "lo"), "locked");
		ok(has_flag(l.p, "dd"), "in no core dump");
		ok(!l.held || has_flag(l.p + SIZE - 1, "lo"), "to its end");
	}
	is_int(in_child(see_nothing, &l), 0, "a forked child sees nothing");
	ok(l.p[0] == 'x' && l.p[SIZE - 1] == 'x', "it is still there for us");
	is_int(locked_new(1, &other), 0, "one byte is a page of its own");
	ok(other.p + 1 <= l.p || other.p >= l.p + SIZE, "not beside another");
	locked_clear(&l);
	ok(l.p == NULL && l.n == 0 && l.cap == 0, "cleared");
	locked_clear(&l);
	ok(l.p == NULL, "twice is fine");
	locked_clear(&other);
	if (!SANITIZED)
		is_int(in_child(may_not_lock, &l), 0,
		       "who may lock nothing is told, and gets memory");
	return done_testing();
}
