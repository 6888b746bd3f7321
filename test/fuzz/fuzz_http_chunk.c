#include "base/out.h"
#include "http/chunk.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

struct result {
	char *data;
	size_t n, used;
	int r;
};

static void
decode(const char *p, size_t n, size_t step, size_t max, struct result *ret)
{
	struct chunk c = {0};

	while (ret->r == 0 && ret->used < n) {
		size_t have = n - ret->used < step ? n - ret->used : step;
		size_t used, data;

		ret->r = chunk_next(&c, p + ret->used, have, max, &used, &data);
		if (ret->r == OUT_MALFORMED)
			break;
		assert(used <= have && data <= used && data <= max);
		memcpy(ret->data + ret->n, p + ret->used + used - data, data);
		ret->n += data;
		ret->used += used;
	}
}

/* The first two bytes say in what pieces the rest comes in and goes out: the
 * result is the same as in one piece. */
int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct result whole = {0}, pieces = {0};
	const char *text = (const char *)p + 2;

	if (n < 3)
		return 0;
	n -= 2;
	whole.data = malloc(n);
	pieces.data = malloc(n);
	if (whole.data != NULL && pieces.data != NULL) {
		decode(text, n, n, n, &whole);
		decode(text, n, (size_t)p[0] + 1, (size_t)p[1] + 1, &pieces);
		assert(whole.r == pieces.r && whole.n == pieces.n);
		assert(memcmp(whole.data, pieces.data, whole.n) == 0);
		assert(whole.r == OUT_MALFORMED || whole.used == pieces.used);
	}
	free(whole.data);
	free(pieces.data);
	return 0;
}
