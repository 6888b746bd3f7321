/*
 * gzip (RFC 1952) as a request's content coding: one member, whole, and nothing
 * behind it. What it grows to is bounded by a ratio, so that a short body
 * cannot keep us busy for long.
 */
#include "http/conn.h"

#include <stdlib.h>
#include <zlib.h>

#define COPY_WINDOW 16 /* zlib: the header must be gzip's */
#define IN_MAX	    (32 * KIB)

struct gunzip {
	z_stream z;
	bool done; /* the member has ended */
	int flaw;
	char in[IN_MAX];
};

struct gunzip *
gunzip_new(void)
{
	struct gunzip *g = calloc(1, sizeof(*g));

	if (g != NULL && inflateInit2(&g->z, COPY_WINDOW + MAX_WBITS) != Z_OK) {
		free(g);
		return NULL;
	}
	return g;
}

void
gunzip_free(struct gunzip *g)
{
	if (g == NULL)
		return;
	(void)inflateEnd(&g->z);
	free(g);
}

static int
fill(struct gunzip *g, int (*raw)(struct http_req *, void *, size_t, size_t *),
     struct http_req *req)
{
	size_t n = 0;
	int r = raw(req, g->in, sizeof(g->in), &n);

	if (r != 0)
		return r;
	/* More behind the end, or no end. */
	if (g->done ? n > 0 : n == 0)
		return OUT_MALFORMED;
	g->z.next_in = (Bytef *)g->in;
	g->z.avail_in = (uInt)n;
	return 0;
}

static int
grow(struct gunzip *g, char *p, size_t n, size_t *ret)
{
	int r;

	g->z.next_out = (Bytef *)p;
	g->z.avail_out = n > UINT32_MAX ? UINT32_MAX : (uInt)n;
	n = g->z.avail_out;
	r = inflate(&g->z, Z_NO_FLUSH);
	*ret = n - g->z.avail_out;
	if (r != Z_OK && r != Z_STREAM_END && r != Z_BUF_ERROR)
		return OUT_MALFORMED;
	g->done = r == Z_STREAM_END;
	if (g->done && g->z.avail_in > 0)
		return OUT_MALFORMED;
	if (g->z.total_out > MIB &&
	    g->z.total_out / HTTP_GUNZIP_RATIO_MAX > g->z.total_in)
		return OUT_TOO_LARGE;
	return 0;
}

int
gunzip_read(struct gunzip *g,
	    int (*raw)(struct http_req *, void *, size_t, size_t *),
	    struct http_req *req, char *p, size_t n, size_t *ret)
{
	size_t got = 0;

	while (g->flaw == 0 && !g->done && got == 0 && n > 0) {
		if (g->z.avail_in == 0)
			g->flaw = fill(g, raw, req);
		if (g->flaw == 0)
			g->flaw = grow(g, p, n, &got);
		/* The end of the member is to be the end of the body. */
		if (g->flaw == 0 && g->done)
			g->flaw = fill(g, raw, req);
	}
	if (g->flaw != 0) {
		/* The rest of the body is not worth reading. */
		req->conn->work->body_flaw = g->flaw;
		return g->flaw;
	}
	*ret = got;
	return 0;
}
