#include "door/console/inner.h"

#include <assert.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

/* Nothing in it ends a word of a line, or begins another. */
static void
check_word(const char *word)
{
	size_t n = strlen(word);

	assert(n > 0 && n <= REPORT_WORD_MAX);
	for (size_t i = 0; i < n; i++)
		assert(strchr(" =\"\\\n?#@", word[i]) == NULL &&
		       word[i] > ' ' && word[i] <= '~');
}

static void
reports(struct str body, bool many)
{
	struct report all[REPORTS_AT_ONCE];
	struct note note = {""};
	size_t n = 99;
	int r = reports_read(body, many, all, &n, &note);

	assert(r == 0 || (r == OUT_MALFORMED && note.text[0] != '\0'));
	assert(r == 0 ? n <= (many ? REPORTS_AT_ONCE : 1) : n == 99);
	for (size_t i = 0; r == 0 && i < n; i++) {
		check_word(all[i].directive);
		check_word(all[i].blocked);
	}
}

/* The first byte says what the rest is: a body of one report, of many, or
 * fields that say which copy of a file is wanted. */
int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct str rest = {(const char *)p + 1, n - 1};

	if (n == 0 || n > CONSOLE_REPORT_MAX)
		return 0;
	if (p[0] == '1' || p[0] == 'n') {
		reports(rest, p[0] == 'n');
	} else {
		bool gzip = accept_gzip(rest);

		assert(!gzip || memchr(rest.p, '*', rest.n) != NULL ||
		       rest.n >= 4);
		if (accept_tag(rest, STR("\"x\"")))
			assert(memchr(rest.p, '*', rest.n) != NULL ||
			       memmem(rest.p, rest.n, "\"x\"", 3) != NULL);
	}
	return 0;
}
