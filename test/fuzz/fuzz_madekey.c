#include "cli/pairs.h"

#include <assert.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

/* What is taken is a key inside of the answer, and an object beside it that any
 * parser takes and that has no key. */
int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	CLEAN(buf_clear) struct buf answer = BUF_INIT;
	CLEAN(buf_clear) struct buf rest = BUF_INIT;
	CLEAN(json_freep) struct json *j = NULL;
	struct str key = STR_NONE;
	int r;

	assert(buf_add(&answer, p, n) == 0);
	r = madekey_split(&answer, &key, &rest);
	assert(r == 0 || r == OUT_MALFORMED);
	if (r != 0) {
		assert(rest.n == 0 && key.p == NULL);
		return 0;
	}
	assert(key.n > 0 && key.p > answer.p &&
	       key.p + key.n < answer.p + answer.n);
	assert(json_parse(buf_str(&rest), &j, NULL) == 0);
	assert(json_kind(j) == JSON_OBJECT);
	assert(json_get(j, "private_key") == NULL);
	return 0;
}
