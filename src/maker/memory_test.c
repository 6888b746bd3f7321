#include "maker/memory.h"

#include "base/sanitized.h"
#include "base/test.h"

#include <signal.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static struct memory memory;

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

struct seen {
	const volatile char *at; /* a variable of the work */
	size_t deep;
};

static void
work(void *arg)
{
	struct seen *s = arg;
	volatile char secret[32 * 1024];

	for (size_t i = 0; i < sizeof(secret); i++)
		secret[i] = 's';
	s->at = secret;
	s->deep = sizeof(secret);
}

static bool
on_stack(const volatile char *p)
{
	return p >= memory.stack && p < memory.stack + MEMORY_STACK;
}

static size_t
count(const volatile char *p, size_t n, char c)
{
	size_t found = 0;

	for (size_t i = 0; i < n; i++)
		found += p[i] == c;
	return found;
}

static void
overflow(void *arg)
{
	volatile char big[MEMORY_STACK];

	(void)arg;
	for (size_t i = sizeof(big); i-- > 0;)
		big[i] = (char)(big[i] + 1);
}

/* In a child with the smallest stack that b04-operate starts the daemon with.
 */
static int
small_stack(void)
{
	struct rlimit small = {64 * KIB, 64 * KIB};
	struct seen s = {NULL, 0};

	if (setrlimit(RLIMIT_STACK, &small) != 0)
		return 2;
	memory_run(&memory, work, &s);
	return s.deep > 0 ? 0 : 3;
}

static int
too_deep(void)
{
	memory_run(&memory, overflow, NULL);
	return 0;
}

/* malloc() has nowhere to go. */
static int
heap_ends(void)
{
	char *volatile p = malloc(KIB);
	size_t got = 0;

	while (p != NULL) {
		got += KIB;
		p[0] = 'x';
		p = malloc(KIB);
	}
	return got >= MEMORY_HEAP_SPARE / 2 && got <= 2 * MEMORY_HEAP_SPARE &&
		       memory_same(&memory)
		   ? 0
		   : 2;
}

static int
locked(void)
{
	if (memory_lock(&memory) != 0)
		return 2;
	if (!memory.out.held)
		return 0;
	return (SANITIZED ||
		(has_flag(memory.heap, "lo") &&
		 has_flag(memory.heap + memory.heap_n - 1, "lo"))) &&
		       has_flag(memory.stack, "lo") &&
		       has_flag(memory.out.p + memory.out.cap - 1, "lo")
		   ? 0
		   : 3;
}

/* How much of the heap and of OpenSSL a child has: 0 nothing, 1 all of it. */
static int
inherited(void)
{
	unsigned char page;
	int there = mincore(memory.heap, 1, &page) == 0;

	for (size_t i = 0; i < memory.n_parts; i++)
		if ((mincore(memory.parts[i].p, 1, &page) == 0) != there)
			return 2;
	return there && memory.lean ? 3 : there;
}

static int
lean_locked(void)
{
	return memory_lock(&memory) == 0 && memory_same(&memory) ? 0 : 2;
}

/* What fn returns in a child, or -n when signal n ended it. */
static int
in_child(int (*fn)(void))
{
	int status = 0;
	pid_t pid = fork();

	if (pid == 0)
		_exit(fn());
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		return 98;
	return WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
}

static void
test_lean(void)
{
	is_int(memory_lean(&memory, true), 0, "without the heap");
	is_int(in_child(inherited), 0, "a child has nothing of it");
	is_int(in_child(lean_locked), 0, "it locks what it has");
	is_int(memory_lean(&memory, true), 0, "once more is no harm");
	is_int(memory_lean(&memory, false), 0, "with the heap");
	is_int(in_child(inherited), 1, "a child has all of it");
}

int
main(void)
{
	struct seen s = {NULL, 0};

	is_int(memory_begin(&memory), 0, "memory");
	ok(memory.out.cap >= MEMORY_OUT && memory.out.n == 0, "for answers");
	memory_run(&memory, work, &s);
	is_int(s.deep, 32 * 1024, "work is done");
	/* The sanitizers know of one stack only. */
	if (!SANITIZED) {
		ok(on_stack(s.at), "on that stack");
		is_int(count(s.at, s.deep, 's'), 0, "nothing of it is left");
		is_int(in_child(too_deep), -SIGSEGV, "which has an end");
		is_int(in_child(small_stack), 0,
		       "and is not what the environment says");
	}
	is_int(memory_close(&memory), 0, "the heap ends here");
	if (!SANITIZED) {
		ok(has_flag(memory.heap, "dd") &&
		       has_flag(memory.stack, "dd") &&
		       has_flag(memory.out.p, "dd"),
		   "nothing is in a core dump");
		ok(!has_flag(memory.heap, "lo"), "nothing is locked here");
		is_int(in_child(heap_ends), 0, "a child's heap cannot grow");
	}
	is_int(in_child(locked), 0, "all of it is locked in a child");
	if (!SANITIZED)
		test_lean();
	ok(memory_same(&memory), "the heap is as it was");
	return done_testing();
}
