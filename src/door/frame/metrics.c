#include "door/frame/inner.h"

#include <inttypes.h>

void
frame_tally_add(struct tally *t, int status, int64_t ms)
{
	size_t at = status >= 100 && status < 600 ? (size_t)status / 100 : 0;

	atomic_fetch_add_explicit(&t->classes[at], 1, memory_order_relaxed);
	atomic_fetch_add_explicit(&t->ms, ms > 0 ? (uint64_t)ms : 0,
				  memory_order_relaxed);
}

static void
put_classes(struct buf *b, const char *door, struct tally *t)
{
	for (int i = 1; i < 6; i++)
		buf_addf(
		    b,
		    "latchkey_http_requests_total{door=\"%s\","
		    "class=\"%dxx\"} %" PRIu64 "\n",
		    door, i,
		    atomic_load_explicit(&t->classes[i], memory_order_relaxed));
}

static void
put_seconds(struct buf *b, const char *door, struct tally *t)
{
	uint64_t ms = atomic_load_explicit(&t->ms, memory_order_relaxed);

	buf_addf(b,
		 "latchkey_http_request_seconds_total{door=\"%s\"} "
		 "%" PRIu64 ".%03u\n",
		 door, ms / 1000, (unsigned)(ms % 1000));
}

void
frame_metric(struct buf *b, const char *name, const char *type, uint64_t value,
	     const char *help)
{
	buf_addf(b,
		 "# HELP latchkey_%s %s\n# TYPE latchkey_%s %s\n"
		 "latchkey_%s %" PRIu64 "\n",
		 name, help, name, type, name, value);
}

void
frame_metrics(struct frame *f, struct buf *b)
{
	buf_adds(b, "# HELP latchkey_http_requests_total Requests answered.\n"
		    "# TYPE latchkey_http_requests_total counter\n");
	for (size_t i = 0; i < f->n_gangs; i++)
		put_classes(b, f->gangs[i].door->name, &f->gangs[i].tally);
	put_classes(b, "none", &f->nobodys);
	buf_adds(b, "# HELP latchkey_http_request_seconds_total "
		    "From first byte to last, summed up.\n"
		    "# TYPE latchkey_http_request_seconds_total counter\n");
	for (size_t i = 0; i < f->n_gangs; i++)
		put_seconds(b, f->gangs[i].door->name, &f->gangs[i].tally);
	put_seconds(b, "none", &f->nobodys);
}
