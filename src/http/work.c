#include "base/secret.h"
#include "http/loop.h"
#include "http/reply.h"

#include <stdlib.h>
#include <string.h>

#define BODY_KEEP (4 * KIB)

struct work *
work_get(struct loop *loop)
{
	struct work *w = loop->spare;

	if (w != NULL) {
		loop->spare = w->next;
		loop->n_spare--;
		return w;
	}
	w = malloc(sizeof(*w));
	if (w == NULL)
		return NULL;
	/* Not the fields and bytes at its end: they are large, and memory
	 * that nobody has touched costs nothing. */
	memset(w, 0, offsetof(struct work, fields));
	arena_init(&w->arena, ARENA_MAX);
	w->body = w->out = (struct buf)BUF_INIT;
	w->reply.head = w->reply.body = (struct buf)BUF_INIT;
	reply_begin(&w->reply);
	return w;
}

static void
buf_shrink(struct buf *b)
{
	if (b->cap > BODY_KEEP)
		buf_clear(b);
	else if (b->n > 0 || buf_err(b) != 0)
		buf_reset(b);
}

void
work_wipe(struct work *w)
{
	size_t from = w->pos == w->end ? 0 : w->start;
	size_t to = w->pos == w->end ? w->high : w->pos;

	mem_wipe(w->in + from, to - from);
	if (w->pos == w->end)
		w->high = w->start = w->pos = w->end = 0;
	reply_end(&w->reply);
	gunzip_free(TAKE(w->gunzip));
	if (w->arena.used > 0)
		arena_reset(&w->arena);
	buf_shrink(&w->body);
	buf_shrink(&w->out);
}

void
work_begin(struct work *w, struct http_conn *c)
{
	work_wipe(w);
	w->start = w->pos;
	w->scan = (struct head_scan){0};
	w->body_in = w->body_out = 0;
	w->out_at = w->body_at = w->head_left = 0;
	w->file_left = 0;
	w->begun = w->answered = w->skipped = w->timed = false;
	w->keep = w->linger = w->expect = false;
	w->early = EARLY_NOT;
	w->body_done = true;
	w->body_flaw = 0;
	w->guard_ms = w->rate_ms = 0;
	w->rate_bytes = 0;
	w->body_guard = NULL;
	w->flows = w->flow_chunked = w->flow_more = false;
	w->flow_flaw = 0;
	w->flow_blocked_ms = 0;
	w->req = (struct http_req){
	    .arena = &w->arena,
	    .fields = w->fields,
	    .tls = c->ssl != NULL,
	    .loopback = c->loopback,
	    .conn = c,
	};
	memcpy(w->req.peer, c->peer, sizeof(c->peer));
}

void
work_free(struct work *w)
{
	if (w == NULL)
		return;
	w->pos = w->end;
	work_wipe(w);
	reply_free(&w->reply);
	arena_clear(&w->arena);
	buf_clear(&w->body);
	buf_clear(&w->out);
	free(w);
}

void
work_put(struct loop *loop, struct work *w)
{
	if (loop->n_spare >= WORK_SPARE) {
		work_free(w);
		return;
	}
	w->pos = w->end;
	work_wipe(w);
	w->next = loop->spare;
	loop->spare = w;
	loop->n_spare++;
}

void
work_got(struct work *w, size_t n)
{
	w->end += n;
	if (w->high < w->end)
		w->high = w->end;
}
