#include "wire/basic.h"

#include <assert.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	CLEAN(buf_clear) struct buf decoded = BUF_INIT;
	struct auth a;

	if (auth_parse((struct str){(const char *)p, n}, &decoded, &a) != 0)
		return 0;
	assert((a.scheme == AUTH_NONE) == (n == 0));
	if (a.scheme == AUTH_BASIC) {
		assert(a.user.n + 1 + a.secret.n == decoded.n);
		assert(memchr(decoded.p, '\0', decoded.n) == NULL);
		assert(memchr(decoded.p, '\n', decoded.n) == NULL);
	}
	if (a.scheme == AUTH_BEARER)
		assert(a.token.n > 0 && str_printable(a.token));
	return 0;
}
