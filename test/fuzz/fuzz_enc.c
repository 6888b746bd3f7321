#include "base/enc.h"

#include <assert.h>
#include <string.h>

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

static void
hex(struct str s)
{
	uint8_t raw[64];
	char text[2 * sizeof(raw) + 1];

	if (s.n > 2 * sizeof(raw) || dec_hex(s, raw, s.n / 2) != 0)
		return;
	enc_hex(raw, s.n / 2, text);
	assert(str_eq_nocase(str_c(text), s));
}

/* There are many ways to write it, but what they say is said again in one. */
static void
percent(struct str s, bool plus)
{
	CLEAN(buf_clear) struct buf plain = BUF_INIT, coded = BUF_INIT;
	CLEAN(buf_clear) struct buf again = BUF_INIT;

	if (dec_percent(&plain, s, plus) != 0)
		return;
	assert(plain.n <= s.n && enc_percent(&coded, buf_str(&plain)) == 0);
	assert(dec_percent(&again, buf_str(&coded), plus) == 0);
	assert(str_eq(buf_str(&again), buf_str(&plain)));
	assert(plain.n == 0 || memchr(plain.p, '\0', plain.n) == NULL);
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
	hex(s);
	percent(s, false);
	percent(s, true);
	if (dec_time(s, &ms) == 0) {
		(n == 20   ? enc_time
		 : n == 24 ? enc_time_ms
			   : enc_time_iam)(ms, text);
		assert(str_eq(str_c(text), s));
	}
	(void)str_is_text(s);
	return 0;
}
