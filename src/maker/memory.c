#include "maker/memory.h"

#include "base/out.h"
#include "base/sanitized.h"
#include "base/secret.h"

#include <errno.h>
#include <limits.h>
#include <link.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <ucontext.h>
#include <unistd.h>

#define PAGE	  4096 /* the least that there is: for asking only */
#define LOCK_MOST (16 * MIB)

/* Of the one that runs; a process has one. */
static struct {
	ucontext_t here, there;
	void (*fn)(void *);
	void *arg;
} run;

/* All on the one heap, which only grows. */
static void
heap_bind(void)
{
	(void)mallopt(M_ARENA_MAX, 1);
	(void)mallopt(M_MMAP_MAX, 0);
	(void)mallopt(M_TRIM_THRESHOLD, INT_MAX);
}

/* Root may raise the limit for whom it is going to be. */
static void
limit_raise(void)
{
	struct rlimit now, want = {LOCK_MOST, LOCK_MOST};

	if (getrlimit(RLIMIT_MEMLOCK, &now) != 0 ||
	    (now.rlim_max >= LOCK_MOST && now.rlim_cur >= LOCK_MOST))
		return;
	if (now.rlim_max > LOCK_MOST)
		want.rlim_max = now.rlim_max;
	if (setrlimit(RLIMIT_MEMLOCK, &want) == 0)
		return;
	want.rlim_cur = want.rlim_max = now.rlim_max;
	(void)setrlimit(RLIMIT_MEMLOCK, &want);
}

int
memory_begin(struct memory *ret)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	size_t n = MEMORY_STACK + MEMORY_OUT;
	char *p;

	heap_bind();
	limit_raise();
	n = (n + page - 1) / page * page;
	/* In front of it a page that nobody may touch. */
	p = mmap(NULL, page + n, PROT_READ | PROT_WRITE,
		 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (p == MAP_FAILED || mprotect(p, page, PROT_NONE) != 0)
		return FAIL(-errno);
	p += page;
	if (madvise(p, n, MADV_DONTDUMP) != 0)
		return FAIL(-errno);
	*ret =
	    (struct memory){.stack = p,
			    .stack_n = n,
			    .out = {.p = p + MEMORY_STACK, .cap = MEMORY_OUT}};
	return 0;
}

/* Only what was touched is there, and it is at the upper end. */
static void
stack_wipe(const struct memory *m)
{
	unsigned char there[MEMORY_STACK / PAGE];
	size_t page = (size_t)sysconf(_SC_PAGESIZE);

	if (mincore(m->stack, MEMORY_STACK, there) != 0)
		memset(there, 1, sizeof(there));
	for (size_t i = 0; i < MEMORY_STACK / page; i++)
		if (there[i] & 1)
			mem_wipe(m->stack + i * page, page);
}

static void
enter(void)
{
	run.fn(run.arg);
}

void
memory_run(const struct memory *m, void (*fn)(void *), void *arg)
{
	/* They know of one stack only. */
	if (SANITIZED || getcontext(&run.there) != 0) {
		fn(arg);
		return;
	}
	run.fn = fn;
	run.arg = arg;
	run.there.uc_stack.ss_sp = m->stack;
	run.there.uc_stack.ss_size = MEMORY_STACK;
	run.there.uc_link = &run.here;
	makecontext(&run.there, enter, 0);
	(void)swapcontext(&run.here, &run.there);
	stack_wipe(m);
}

/* --- the heap --- */

/* The kernel may show it in several pieces. */
static int
heap_find(struct memory *m)
{
	FILE *f = fopen("/proc/self/maps", "re");
	char line[512];
	unsigned long begin = 0, end = 0, from, to;

	if (f == NULL)
		return FAIL(-errno);
	while (fgets(line, sizeof(line), f) != NULL) {
		if (strstr(line, "[heap]") == NULL ||
		    sscanf(line, "%lx-%lx ", &from, &to) != 2)
			continue;
		begin = begin == 0 ? from : begin;
		end = to;
	}
	(void)fclose(f);
	if (begin == 0 || (char *)end != (char *)sbrk(0))
		return FAIL(-ENOTRECOVERABLE);
	m->heap = (char *)begin;
	m->heap_n = end - begin;
	return 0;
}

/* Room for the largest key, and no more: what cannot be had in there is not
 * had. */
static int
heap_end(struct memory *m)
{
	struct rlimit none = {0, 0};
	void *volatile spare = malloc(MEMORY_HEAP_SPARE);
	int r;

	if (spare == NULL)
		return FAIL(-ENOMEM);
	free(spare);
	r = heap_find(m);
	if (r != 0)
		return r;
	if (madvise(m->heap, m->heap_n, MADV_DONTDUMP) != 0 ||
	    setrlimit(RLIMIT_DATA, &none) != 0)
		return FAIL(-errno);
	return 0;
}

/* --- what a lean child does without --- */

/* Each segment that is loaded. One that finds no place is inherited by all,
 * which costs time and nothing else. */
static int
library_part(struct dl_phdr_info *info, size_t size, void *arg)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	struct memory *m = arg;

	(void)size;
	if (strstr(info->dlpi_name, "/libcrypto.so") == NULL &&
	    strstr(info->dlpi_name, "/libseccomp.so") == NULL)
		return 0;
	for (size_t i = 0; i < info->dlpi_phnum; i++) {
		const ElfW(Phdr) *h = &info->dlpi_phdr[i];
		size_t from = info->dlpi_addr + h->p_vaddr;
		size_t end = (from + h->p_memsz + page - 1) / page * page;

		from = from / page * page;
		if (h->p_type == PT_LOAD && m->n_parts < nitems(m->parts))
			m->parts[m->n_parts++] = (struct memory_part){
			    (char *)(uintptr_t)from, end - from};
	}
	return 0;
}

int
memory_lean(struct memory *m, bool lean)
{
	int how = lean ? MADV_DONTFORK : MADV_DOFORK;

	if (SANITIZED || m->lean == lean)
		return 0;
	for (size_t i = 0; i < m->n_parts; i++)
		if (madvise(m->parts[i].p, m->parts[i].n, how) != 0)
			return FAIL(-errno);
	if (madvise(m->heap, m->heap_n, how) != 0)
		return FAIL(-errno);
	m->lean = lean;
	return 0;
}

int
memory_close(struct memory *m)
{
	/* What the first tries have left there is not worth copying. */
	int r = madvise(m->stack, m->stack_n, MADV_DONTNEED) == 0
		    ? 0
		    : FAIL(-errno);

	if (r == 0 && !SANITIZED)
		r = heap_end(m);
	if (r != 0)
		return r;
	(void)dl_iterate_phdr(library_part, m);
	m->out.held = true;
	m->out.held = memory_lock(m) == 0;
	(void)munlock(m->stack, m->stack_n);
	(void)munlock(m->heap, m->heap_n);
	return 0;
}

/* Pages are locked as they are touched: most never are. */
int
memory_lock(const struct memory *m)
{
	if (!m->out.held)
		return 0;
	if (mlock2(m->stack, m->stack_n, MLOCK_ONFAULT) != 0)
		return FAIL(-errno);
	if (m->heap_n > 0 && !m->lean &&
	    mlock2(m->heap, m->heap_n, MLOCK_ONFAULT) != 0)
		return FAIL(-errno);
	return 0;
}

bool
memory_same(const struct memory *m)
{
	return SANITIZED || (char *)sbrk(0) == m->heap + m->heap_n;
}
