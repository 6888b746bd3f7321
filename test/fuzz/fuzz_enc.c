#include "base/enc.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static void
same(struct str s, int (*dec)(struct buf *, struct str),
     int (*enc)(struct buf *, struct str))
{
	CLEAN(buf_clear) struct buf plain = BUF_INIT, again = BUF_INIT;

	if (dec(&plain, s) != 0)
		return;
	assert(enc(&again, buf_str(&plain)) == 0);
	assert(str_eq(buf_str(&again), s));
}

/* Every encoding has one form: what decodes encodes to the same text. */
int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct str s = {(const char *)p, n};
	char text[32];
	int64_t ms = 0;

	same(s, dec_b64, enc_b64);
	same(s, dec_b64url, enc_b64url);
	if (dec_time(s, &ms) == 0) {
		(n == 20   ? enc_time
		 : n == 24 ? enc_time_ms
			   : enc_time_iam)(ms, text);
		assert(str_eq(str_c(text), s));
	}
	(void)str_is_text(s);
	return 0;
}
