/*
 * The memory of a key's process. The parent maps and marks all of it before the
 * first fork: a heap that cannot grow, a stack for the work, and room for the
 * answer, none of it in a core dump. The child locks it before there is a
 * secret; the stack is wiped as soon as the work is done.
 *
 * Most of what the parent holds is OpenSSL: its libraries and, on the heap, what
 * it has ready. A child that needs neither is forked without them: to copy and
 * to drop their pages costs more than an Ed25519 key, and on a heap that is not
 * there nothing can be left.
 */
#ifndef MAKER_MEMORY_H
#define MAKER_MEMORY_H

#include "base/locked.h"

#define MEMORY_HEAP_SPARE  (1 * MIB)   /* on top of what is used already */
#define MEMORY_STACK	   (256 * KIB)
#define MEMORY_OUT	   (12 * KIB)  /* of an answer */

#define MEMORY_PARTS_MAX   32	       /* of libraries */

struct memory_part {
	char *p;
	size_t n;
};
struct memory {
	char *heap, *stack;
	size_t heap_n, stack_n; /* stack_n: and the answer */
	struct locked out;
	struct memory_part parts[MEMORY_PARTS_MAX]; /* of OpenSSL */
	size_t n_parts;
	bool lean; /* children get neither those nor the heap */
};

/* The stack and the answer are there from now on. 0 or -errno. */
MUST int memory_begin(struct memory *ret);
/* On that stack, which is wiped afterwards. */
void memory_run(const struct memory *, void (*fn)(void *), void *arg);
/* When all that the parent is going to use is there: the heap ends here. Sets
 * out.held: whether we may lock it. 0 or -errno. */
MUST int memory_close(struct memory *);
/* What those get that are forked from now on; after memory_close(). 0 or
 * -errno. */
MUST int memory_lean(struct memory *, bool lean);
/* In the child: 0 or -errno; nothing is done unless out.held. */
MUST int memory_lock(const struct memory *);
/* Is the heap still what was locked? */
bool memory_same(const struct memory *);

#endif
