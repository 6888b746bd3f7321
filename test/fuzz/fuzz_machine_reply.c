#include "follow/reply.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

/* A whole reply stays what it is, whatever comes behind it, and no part of one
 * is another. */
int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	CLEAN(reply_clear) struct reply whole = REPLY_INIT;
	CLEAN(reply_clear) struct reply part = REPLY_INIT;
	struct str s = {(const char *)p, n};
	int r = reply_read(s, &whole);

	assert(r >= 0);
	assert(whole.body.n <= REPLY_BODY_MAX);
	if (r == 0)
		assert(whole.status >= 200 && whole.status < 600);
	for (size_t i = n < 64 ? 0 : n - 64; i < n; i++) {
		int q = reply_read(str_sub(s, 0, i), &part);

		if (q == 0)
			assert(
			    r == 0 && part.status == whole.status &&
			    str_eq(buf_str(&part.body), buf_str(&whole.body)));
		else if (q != OUT_BUSY)
			assert(r != 0);
	}
	return 0;
}
