#include "base/locked.h"
#include "door/api/inner.h"

#include <assert.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

#define HEAD "{\"k\":\""
#define END  "\"}"

/* What the maker has written is, between the quotes, JSON for the same text. */
int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	CLEAN(locked_clear) struct locked l = LOCKED_INIT;
	CLEAN(buf_clear) struct buf text = BUF_INIT;
	CLEAN(json_freep) struct json *j = NULL;
	size_t said = n > 0 && p[0] == '!' ? n - 1 : n;
	int two[2], r;

	if (n > KEYMAKER_TEXT_MAX)
		return 0;
	if (socketpair(AF_UNIX, SOCK_STREAM, 0, two) != 0 ||
	    write(two[0], p, n) != (ssize_t)n)
		abort();
	(void)close(two[0]);
	r = private_read(two[1], said, STR(END), 1000, &l);
	(void)close(two[1]);
	assert(r == 0 || (r == OUT_MISMATCH && l.p == NULL));
	if (r != 0)
		return 0;
	assert(said == n);
	(void)buf_adds(&text, HEAD);
	(void)buf_add(&text, l.p, l.n);
	assert(json_parse(buf_str(&text), &j, NULL) == 0);
	assert(str_eq(json_text(j, "k"), (struct str){(const char *)p, n}));
	return 0;
}
