#include "base/opt.h"

#include <assert.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

#define WORDS 64

static const struct opt opts[] = {
    {"flag", 'f', OPT_FLAG, NULL, "a flag"},
    {"text", 't', OPT_TEXT, "T", "a text"},
    {"number", 0, OPT_NUMBER, "N", "a number"},
    {"many", 'm', OPT_MANY, "M", "several"},
};

static bool
is_word(const char *p, char **words, int n)
{
	for (int i = 0; i < n; i++)
		if (p >= words[i] && p <= words[i] + strlen(words[i]))
			return true;
	return false;
}

static void
check(const struct opt_value *v, char **words, int n)
{
	for (size_t i = 0; i < nitems(opts); i++) {
		assert(v[i].given || (v[i].text == NULL && v[i].count == 0));
		assert(v[i].text == NULL || is_word(v[i].text, words, n));
		assert(v[i].count <= OPT_VALUES_MAX);
		for (size_t k = 0; k < v[i].count; k++)
			assert(is_word(v[i].many[k], words, n));
		assert(opts[i].kind == OPT_FLAG || !v[i].given ||
		       v[i].text != NULL);
	}
}

/* Lines are words. What is taken is one of them, or a part at its end. */
int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	char text[4096], *words[WORDS], *rest[WORDS], *at = text;
	struct opt_value values[nitems(opts)];
	struct note note = {""};
	int argc = 0, left = -1, r;

	if (n >= sizeof(text) || memchr(p, '\0', n) != NULL)
		return 0;
	memcpy(text, p, n);
	text[n] = '\0';
	while (at != NULL && argc < WORDS)
		words[argc++] = strsep(&at, "\n");
	r = opt_parse(opts, nitems(opts), argc, words, values, rest, &left,
		      &note);
	assert(r == 0 || r == OUT_MALFORMED);
	assert((r == 0) == (note.text[0] == '\0'));
	if (r != 0)
		return 0;
	assert(left >= 0 && left <= argc);
	for (int i = 0; i < left; i++)
		assert(is_word(rest[i], words, argc));
	check(values, words, argc);
	return 0;
}
