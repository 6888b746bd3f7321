#include "base/arena.h"

#include "base/secret.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ALIGN	    ((size_t)16)
#define BLOCK_SMALL (4 * KIB)
#define BLOCK_LARGE (64 * KIB)

struct arena_block {
	struct arena_block *next;
	size_t used, size;
	_Alignas(16) char bytes[];
};

void
arena_init(struct arena *a, size_t max)
{
	*a = (struct arena){.max = max};
}

static void
block_free(struct arena_block *block)
{
	mem_wipe(block->bytes, block->used);
	free(block);
}

void
arena_reset(struct arena *a)
{
	struct arena_block *keep = NULL;

	while (a->first != NULL) {
		struct arena_block *block = a->first;

		a->first = block->next;
		if (keep == NULL && block->size <= BLOCK_SMALL)
			keep = block;
		else
			block_free(block);
	}
	if (keep != NULL) {
		mem_wipe(keep->bytes, keep->used);
		keep->used = 0;
		keep->next = NULL;
	}
	a->first = keep;
	a->used = 0;
}

void
arena_clear(struct arena *a)
{
	arena_reset(a);
	free(TAKE(a->first));
}

/* Blocks grow with the arena, so that a small request stays small and a large
 * one does not call malloc() for every piece. */
static struct arena_block *
block_new(struct arena *a, size_t need)
{
	size_t size = a->first == NULL ? BLOCK_SMALL : 4 * a->first->size;
	struct arena_block *block;

	if (size > BLOCK_LARGE)
		size = BLOCK_LARGE;
	if (size < need)
		size = need;
	block = malloc(sizeof(*block) + size);
	if (block == NULL)
		return NULL;
	block->used = 0;
	block->size = size;
	block->next = a->first;
	a->first = block;
	return block;
}

void *
arena_get(struct arena *a, size_t n)
{
	struct arena_block *block = a->first;
	char *p;

	if (n > a->max || n > PTRDIFF_MAX / 2)
		return NULL;
	n = n == 0 ? ALIGN : (n + ALIGN - 1) & ~(ALIGN - 1);
	if (a->used > a->max || n > a->max - a->used)
		return NULL;
	if (block == NULL || n > block->size - block->used)
		block = block_new(a, n);
	if (block == NULL)
		return NULL;
	p = block->bytes + block->used;
	block->used += n;
	a->used += n;
	return memset(p, 0, n);
}

struct str
arena_str(struct arena *a, struct str s)
{
	char *p = s.n == SIZE_MAX ? NULL : arena_get(a, s.n + 1);

	if (p == NULL)
		return STR_NONE;
	if (s.n > 0)
		memcpy(p, s.p, s.n);
	return (struct str){p, s.n};
}

struct str
arena_strf(struct arena *a, const char *fmt, ...)
{
	va_list ap;
	char *p;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	p = n < 0 ? NULL : arena_get(a, (size_t)n + 1);
	if (p == NULL)
		return STR_NONE;
	va_start(ap, fmt);
	(void)vsnprintf(p, (size_t)n + 1, fmt, ap);
	va_end(ap);
	return (struct str){p, (size_t)n};
}
