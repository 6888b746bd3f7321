#include "base/locked.h"

#include "base/out.h"
#include "base/secret.h"

#include <assert.h>
#include <errno.h>
#include <sys/mman.h>
#include <unistd.h>

static size_t
pages_of(size_t cap)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);

	return (cap + page - 1) / page * page;
}

int
locked_new(size_t cap, struct locked *ret)
{
	size_t size = pages_of(cap);
	char *p;

	assert(cap > 0 && size >= cap);
	p = mmap(NULL, size, PROT_READ | PROT_WRITE,
		 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (p == MAP_FAILED)
		return FAIL(-errno);
	(void)madvise(p, size, MADV_DONTDUMP);
	(void)madvise(p, size, MADV_WIPEONFORK);
	*ret = (struct locked){.p = p, .cap = cap, .held = mlock(p, size) == 0};
	return 0;
}

void
locked_clear(struct locked *l)
{
	size_t size = pages_of(l->cap);

	if (l->p == NULL)
		return;
	mem_wipe(l->p, size);
	(void)munmap(l->p, size);
	*l = (struct locked)LOCKED_INIT;
}
