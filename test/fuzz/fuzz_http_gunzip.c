#include "http/conn.h"

#include <assert.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

/* The coded bytes, in pieces of the size that the first byte says. */
static struct {
	const uint8_t *p;
	size_t n, at, piece;
} coded;

static int
raw(struct http_req *req, void *p, size_t n, size_t *ret)
{
	size_t left = coded.n - coded.at;

	(void)req;
	n = n < coded.piece ? n : coded.piece;
	n = n < left ? n : left;
	memcpy(p, coded.p + coded.at, n);
	coded.at += n;
	*ret = n;
	return 0;
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	static struct work work;
	struct http_conn conn = {.work = &work};
	struct http_req req = {.conn = &conn};
	static char out[5000];
	struct gunzip *g;
	size_t total = 0, got = 0;
	int r;

	if (n == 0 || (g = gunzip_new()) == NULL)
		return 0;
	coded.p = p + 1;
	coded.n = n - 1;
	coded.at = 0;
	coded.piece = (size_t)p[0] + 1;
	while ((r = gunzip_read(g, raw, &req, out, sizeof(out), &got)) == 0 &&
	       got > 0)
		total += got;
	assert(r == 0 || r == OUT_MALFORMED || r == OUT_TOO_LARGE);
	/* All that came in was one member; and what it grew to is bounded. */
	assert(r != 0 || coded.at == coded.n);
	assert(total <= MIB + sizeof(out) ||
	       total <= (HTTP_GUNZIP_RATIO_MAX + 1) * (n + 1) + sizeof(out));
	/* What has failed stays so. */
	assert(r == 0 || gunzip_read(g, raw, &req, out, 1, &got) == r);
	gunzip_free(g);
	return 0;
}
