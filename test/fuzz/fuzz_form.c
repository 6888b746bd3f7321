#include "base/enc.h"
#include "wire/form.h"

#include <assert.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

/* Written again, the pairs read as they were. */
int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	CLEAN(arena_clear) struct arena a;
	CLEAN(buf_clear) struct buf text = BUF_INIT;
	struct form f, g;

	/* Written again it can be three times as long. */
	arena_init(&a, MIB);
	if (n > 64 * KIB ||
	    form_parse((struct str){(const char *)p, n}, &a, &f) != 0)
		return 0;
	assert(f.n <= FORM_PAIRS_MAX);
	for (size_t i = 0; i < f.n; i++) {
		(void)enc_percent(&text, f.pairs[i].name);
		(void)buf_addc(&text, '=');
		(void)enc_percent(&text, f.pairs[i].value);
		(void)buf_addc(&text, '&');
	}
	assert(form_parse(buf_str(&text), &a, &g) == 0);
	assert(g.n == f.n);
	for (size_t i = 0; i < f.n; i++)
		assert(str_eq(g.pairs[i].name, f.pairs[i].name) &&
		       str_eq(g.pairs[i].value, f.pairs[i].value));
	return 0;
}
