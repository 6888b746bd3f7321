#include "wire/cidr.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	CLEAN(buf_clear) struct buf once = BUF_INIT;
	CLEAN(buf_clear) struct buf twice = BUF_INIT;
	struct str text = {(const char *)p, n}, rest, word;
	struct note note = {""};
	int r = cidr_list_parse(text, &once, &note);

	assert(r == 0 || r == OUT_MALFORMED || r == OUT_TOO_MANY);
	assert(str_printable(str_c(note.text)) && (r == 0) == !note.text[0]);
	if (r != 0)
		return 0;
	/* The canonical form is its own canonical form. */
	assert(cidr_list_parse(buf_str(&once), &twice, &note) == 0);
	assert(str_eq(buf_str(&once), buf_str(&twice)));
	rest = buf_str(&once);
	while (rest.n > 0 && str_next(&rest, ' ', &word)) {
		struct str addr = word, bits;

		/* The first address of a prefix is in it. */
		(void)str_cut(word, '/', &addr, &bits);
		assert(cidr_list_has(buf_str(&once), addr));
	}
	return 0;
}
