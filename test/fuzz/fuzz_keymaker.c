#include "base/out.h"
#include "wire/keymaker.h"

#include <assert.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static void
head(const uint8_t *p)
{
	uint8_t again[KEYMAKER_HEAD_LEN];
	struct keymaker_head h;
	int r = keymaker_head_read(p, &h);

	assert(r == 0 || r == OUT_MALFORMED);
	if (r != 0)
		return;
	assert(h.blob_len <= KEYMAKER_BLOB_MAX);
	assert(h.text_len <= KEYMAKER_TEXT_MAX);
	keymaker_head_write(&h, again);
	assert(memcmp(p, again, sizeof(again)) == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	CLEAN(buf_clear) struct buf b = BUF_INIT;
	struct str packet = {(const char *)p, n};
	struct keymaker_order o;
	int r = keymaker_order_read(packet, &o);

	assert(r == 0 || r == OUT_MALFORMED);
	/* There is one form only. */
	if (r == 0)
		assert(keymaker_order_write(&o, &b) == 0 &&
		       str_eq(buf_str(&b), packet));
	if (n >= KEYMAKER_HEAD_LEN)
		head(p);
	return 0;
}
