/*
 * struct buf grows. Invariants: p is never NULL and always NUL-terminated at
 * p[n]; n <= max. All memory it leaves behind is wiped. A failed add leaves the
 * content as it was and makes the buf refuse every later add, so that builders
 * may ignore the single results and look at buf_err() once, at the end.
 */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include "base/clean.h"
#include "base/str.h"

struct buf {
	char *p;
	size_t n, cap;
	size_t max; /* 0: BUF_MAX_DEFAULT */
	int err;    /* 0, -ENOMEM, or -ENOBUFS once max was hit */
};

#define BUF_MAX_DEFAULT (16 * MIB)
extern char buf_nothing[1];
#define BUF_INIT                                                               \
	{                                                                      \
		.p = buf_nothing                                               \
	}
#define BUF_INIT_MAX(limit)                                                    \
	{                                                                      \
		.p = buf_nothing, .max = (limit)                               \
	}

void buf_clear(struct buf *); /* wipes and frees; empty again, max stays */
void buf_reset(struct buf *); /* wipes the content, keeps memory, clears err */

/* None of these may be given a part of the same buf. 0, -ENOMEM, -ENOBUFS. */
int buf_add(struct buf *, const void *p, size_t n);
int buf_adds(struct buf *, const char *c);
int buf_addstr(struct buf *, struct str);
int buf_addc(struct buf *, char);
int buf_addf(struct buf *, const char *fmt, ...) PRINTF(2, 3);
/* Room for n more bytes at p + this->n; the caller adds to n itself. */
MUST int buf_room(struct buf *, size_t n);

static inline int
buf_err(const struct buf *b)
{
	return b->err;
}

static inline struct str
buf_str(const struct buf *b)
{
	return (struct str){b->p, b->n};
}

/* The content as a heap pointer that the caller frees (NULL when the buf had
 * failed or memory is short); the buf is empty afterwards, max stays. */
char *buf_take(struct buf *);

#endif
