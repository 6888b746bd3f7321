#include "door/frame/inner.h"

#include <inttypes.h>

static void
more(_Atomic uint64_t *to, uint64_t n)
{
	atomic_fetch_add_explicit(to, n, memory_order_relaxed);
}

static uint64_t
now(_Atomic uint64_t *of)
{
	return atomic_load_explicit(of, memory_order_relaxed);
}

void
frame_tally_add(struct tally *t, int status, int64_t ms, uint64_t in,
		uint64_t out)
{
	size_t at = status >= 100 && status < 600 ? (size_t)status / 100 : 0;

	more(&t->classes[at], 1);
	more(&t->in, in);
	more(&t->out, out);
	histo_add(&t->took, ms * 1000);
}

static void
put_head(struct buf *b, const char *name, const char *type, const char *help)
{
	buf_addf(b, "# HELP latchkey_%s %s\n# TYPE latchkey_%s %s\n", name,
		 help, name, type);
}

static void
put_classes(struct buf *b, const char *door, struct tally *t)
{
	for (int i = 1; i < 6; i++)
		buf_addf(b,
			 "latchkey_http_requests_total{door=\"%s\","
			 "class=\"%dxx\"} %" PRIu64 "\n",
			 door, i, now(&t->classes[i]));
}

static void
put_bytes_in(struct buf *b, const char *door, struct tally *t)
{
	buf_addf(
	    b, "latchkey_http_received_bytes_total{door=\"%s\"} %" PRIu64 "\n",
	    door, now(&t->in));
}

static void
put_bytes_out(struct buf *b, const char *door, struct tally *t)
{
	buf_addf(b, "latchkey_http_sent_bytes_total{door=\"%s\"} %" PRIu64 "\n",
		 door, now(&t->out));
}

static void
put_seconds(struct buf *b, const char *door, struct tally *t)
{
	struct histo_sum sum;
	char labels[64];

	(void)snprintf(labels, sizeof(labels), "door=\"%s\",", door);
	histo_sum(&t->took, &sum);
	frame_histo_lines(b, "http_request_seconds", labels, &sum);
}

void
frame_histo_lines(struct buf *b, const char *name, const char *labels,
		  const struct histo_sum *sum)
{
	int bare = (int)strlen(labels) - (labels[0] != '\0' ? 1 : 0);
	const char *open = bare > 0 ? "{" : "", *close = bare > 0 ? "}" : "";

	for (size_t i = 0; i <= HISTO_STEPS_N; i++)
		buf_addf(b, "latchkey_%s_bucket{%sle=\"%s\"} %" PRIu64 "\n",
			 name, labels, histo_text(i), sum->step[i]);
	buf_addf(b, "latchkey_%s_sum%s%.*s%s %" PRIu64 ".%06" PRIu64 "\n", name,
		 open, bare, labels, close, sum->us / 1000000,
		 sum->us % 1000000);
	buf_addf(b, "latchkey_%s_count%s%.*s%s %" PRIu64 "\n", name, open, bare,
		 labels, close, sum->step[HISTO_STEPS_N]);
}

void
frame_histo(struct buf *b, const char *name, const struct histo_sum *sum,
	    const char *help)
{
	put_head(b, name, "histogram", help);
	frame_histo_lines(b, name, "", sum);
}

void
frame_metric(struct buf *b, const char *name, const char *type, uint64_t value,
	     const char *help)
{
	put_head(b, name, type, help);
	buf_addf(b, "latchkey_%s %" PRIu64 "\n", name, value);
}

/* All doors of one metric stand together. */
static const struct {
	const char *name, *type, *help;
	void (*put)(struct buf *, const char *door, struct tally *);
} by_door[] = {
    {"http_requests_total", "counter", "Requests answered.", put_classes},
    {"http_received_bytes_total", "counter", "Bytes of request bodies.",
     put_bytes_in},
    {"http_sent_bytes_total", "counter", "Bytes of reply bodies.",
     put_bytes_out},
    {"http_request_seconds", "histogram",
     "From the first byte of a request to the last of its reply.", put_seconds},
};

void
frame_metrics(struct frame *f, struct buf *b)
{
	for (size_t i = 0; i < nitems(by_door); i++) {
		put_head(b, by_door[i].name, by_door[i].type, by_door[i].help);
		for (size_t k = 0; k < f->n_gangs; k++)
			by_door[i].put(b, f->gangs[k].door->name,
				       &f->gangs[k].tally);
		by_door[i].put(b, "none", &f->nobodys);
	}
}
