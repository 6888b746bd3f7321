#include "wire/jwt.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

/* What is taken apart can be put together again: there is one form. */
int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct str token = {(const char *)p, n};
	CLEAN(jwt_clear) struct jwt t = JWT_INIT;
	CLEAN(buf_clear) struct buf again = BUF_INIT;
	int64_t exp = 0;

	if (jwt_parse(token, &t) != 0)
		return 0;
	assert(t.alg.p != NULL && t.signature.n > 0 && n <= JWT_MAX);
	(void)buf_addstr(&again, t.input);
	assert(jwt_seal(&again, t.signature.p, t.signature.n) == 0);
	assert(str_eq(buf_str(&again), token));
	if (jwt_times(t.payload, 1795000000000, 60, &exp) == 0)
		assert(exp + 60000 > 1795000000000);
	return 0;
}
