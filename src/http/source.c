#include "http/source.h"

#include <assert.h>
#include <errno.h>
#include <search.h>
#include <stdlib.h>

struct source {
	struct source_net net; /* first: what the tree compares */
	size_t n;
	struct http_conn *first, *last; /* in the order of their last change */
	struct source *prev, *next;	/* in sources->count[n] */
};

static int
compare(const void *a, const void *b)
{
	const struct source_net *x = a, *y = b;

	if (x->high != y->high)
		return x->high < y->high ? -1 : 1;
	return x->low < y->low ? -1 : x->low > y->low;
}

int
sources_init(struct sources *s, size_t max)
{
	*s = (struct sources){.max = max};
	s->count = calloc(max, sizeof(struct source *));
	return s->count == NULL ? FAIL(-ENOMEM) : 0;
}

void
sources_clear(struct sources *s)
{
	free(s->count);
	*s = (struct sources){.tree = NULL};
}

/* --- sources by how many connections they have --- */

static void
count_add(struct sources *s, struct source *src)
{
	struct source **at = &s->count[src->n];

	src->prev = NULL;
	src->next = *at;
	if (*at != NULL)
		(*at)->prev = src;
	*at = src;
	if (s->top < src->n)
		s->top = src->n;
}

static void
count_del(struct sources *s, struct source *src)
{
	if (src->prev != NULL)
		src->prev->next = src->next;
	else
		s->count[src->n] = src->next;
	if (src->next != NULL)
		src->next->prev = src->prev;
}

/* --- connections of a source --- */

static void
last_add(struct source *src, struct http_conn *c)
{
	c->older = src->last;
	c->newer = NULL;
	if (src->last != NULL)
		src->last->newer = c;
	else
		src->first = c;
	src->last = c;
}

static void
del(struct source *src, struct http_conn *c)
{
	if (c->older != NULL)
		c->older->newer = c->newer;
	else
		src->first = c->newer;
	if (c->newer != NULL)
		c->newer->older = c->older;
	else
		src->last = c->older;
}

static struct source *
source_of(struct sources *s, const struct source_net *net)
{
	struct source **found = tfind(net, &s->tree, compare), *src;

	if (found != NULL)
		return *found;
	src = calloc(1, sizeof(*src));
	if (src == NULL)
		return NULL;
	src->net = *net;
	if (tsearch(src, &s->tree, compare) == NULL) {
		free(src);
		return NULL;
	}
	return src;
}

int
source_join(struct sources *s, struct http_conn *c)
{
	struct source *src = source_of(s, &c->net);

	if (src == NULL)
		return FAIL(-ENOMEM);
	if (src->n > 0)
		count_del(s, src);
	src->n++;
	assert(src->n < s->max);
	count_add(s, src);
	last_add(src, c);
	c->source = src;
	return 0;
}

void
source_leave(struct sources *s, struct http_conn *c)
{
	struct source *src = TAKE(c->source);

	if (src == NULL)
		return;
	del(src, c);
	count_del(s, src);
	src->n--;
	if (src->n > 0) {
		count_add(s, src);
	} else {
		(void)tdelete(src, &s->tree, compare);
		free(src);
	}
	while (s->top > 0 && s->count[s->top] == NULL)
		s->top--;
}

void
source_stir(struct http_conn *c)
{
	struct source *src = c->source;

	if (src == NULL || src->last == c)
		return;
	del(src, c);
	last_add(src, c);
}

/* --- who gives way --- */

static bool
waits(const struct http_conn *c)
{
	switch (c->state) {
	case CONN_HELLO:
	case CONN_HEAD:
	case CONN_IDLE:
	case CONN_DRAIN:
	case CONN_LINGER:
		return true;
	case CONN_BODY:
	case CONN_SEND:
	case CONN_LENT:
	case CONN_STATES:
		break;
	}
	return false;
}

struct http_conn *
sources_give_up(struct sources *s, const struct http_conn *to)
{
	struct source *own = to->source, *largest = s->count[s->top];
	struct http_conn *busy = NULL, *c;
	int looks = 0;

	if (own->n == s->top)
		largest = own;
	for (c = largest->first; c != NULL && looks < SOURCE_LOOKS_MAX;
	     c = c->newer, looks++) {
		if (c != to && waits(c))
			return c;
		if (busy == NULL && c != to && c->state != CONN_LENT)
			busy = c;
	}
	return own->n < largest->n ? busy : NULL;
}
