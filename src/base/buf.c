#include "base/buf.h"

#include "base/secret.h"

#include <assert.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BUF_CAP_FIRST 256

/* What an empty buf points to; shared, so nobody may write to it. */
char buf_nothing[1];

void
buf_clear(struct buf *b)
{
	size_t max = b->max;

	if (b->cap > 0) {
		mem_wipe(b->p, b->cap);
		free(b->p);
	}
	*b = (struct buf)BUF_INIT_MAX(max);
}

void
buf_reset(struct buf *b)
{
	if (b->cap > 0)
		mem_wipe(b->p, b->n + 1);
	b->n = 0;
	b->err = 0;
}

static int
buf_fail(struct buf *b, int r)
{
	b->err = r;
	return r;
}

/* realloc() would leave the old bytes behind. */
static int
buf_move(struct buf *b, size_t cap)
{
	char *p = malloc(cap);

	if (p == NULL)
		return buf_fail(b, -ENOMEM);
	memcpy(p, b->p, b->n + 1);
	if (b->cap > 0) {
		mem_wipe(b->p, b->cap);
		free(b->p);
	}
	b->p = p;
	b->cap = cap;
	return 0;
}

int
buf_room(struct buf *b, size_t n)
{
	size_t max = b->max == 0 ? BUF_MAX_DEFAULT : b->max;
	size_t cap;

	assert(b->n <= b->cap && b->p != NULL);
	if (b->err != 0)
		return b->err;
	if (b->n > max || n > max - b->n)
		return buf_fail(b, -ENOBUFS);
	if (n < b->cap - b->n)
		return 0;
	cap = b->cap < BUF_CAP_FIRST ? BUF_CAP_FIRST : b->cap * 2;
	if (cap > max + 1)
		cap = max + 1;
	if (cap < b->n + n + 1)
		cap = b->n + n + 1;
	return buf_move(b, cap);
}

int
buf_add(struct buf *b, const void *p, size_t n)
{
	int r = buf_room(b, n);

	if (r != 0 || n == 0)
		return r;
	memcpy(b->p + b->n, p, n);
	b->n += n;
	b->p[b->n] = '\0';
	return 0;
}

int
buf_adds(struct buf *b, const char *c)
{
	return buf_add(b, c, strlen(c));
}

int
buf_addstr(struct buf *b, struct str s)
{
	return buf_add(b, s.p, s.n);
}

int
buf_addc(struct buf *b, char c)
{
	return buf_add(b, &c, 1);
}

PRINTF(2, 0)
static int
buf_addv(struct buf *b, const char *fmt, va_list ap, size_t *ret_need)
{
	size_t room = b->cap - b->n;
	int n;

	n = vsnprintf(room > 0 ? b->p + b->n : NULL, room, fmt, ap);
	if (n < 0)
		return buf_fail(b, -EINVAL);
	*ret_need = (size_t)n;
	if ((size_t)n < room)
		return 0;
	if (room > 0)
		b->p[b->n] = '\0';
	return buf_room(b, (size_t)n);
}

int
buf_addf(struct buf *b, const char *fmt, ...)
{
	size_t need = 0;
	va_list ap;
	int r;

	r = buf_room(b, 1);
	for (int pass = 0; r == 0 && pass < 2; pass++) {
		size_t room = b->cap - b->n;

		va_start(ap, fmt);
		r = buf_addv(b, fmt, ap, &need);
		va_end(ap);
		if (need < room)
			break;
	}
	if (r != 0)
		return r;
	b->n += need;
	return 0;
}

char *
buf_take(struct buf *b)
{
	char *p = NULL;

	if (b->err == 0 && b->cap > 0)
		p = TAKE(b->p);
	else if (b->err == 0)
		p = calloc(1, 1);
	else
		buf_clear(b);
	*b = (struct buf)BUF_INIT_MAX(b->max);
	return p;
}
