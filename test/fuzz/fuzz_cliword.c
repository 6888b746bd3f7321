#include "base/clock.h"
#include "base/enc.h"
#include "cli/iam.h"
#include "cli/pairs.h"
#include "cli/scan.h"

#include <assert.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

/* What a shell makes of a word of shell_word(): true while it is one word. */
static bool
unquote(const char *s, struct buf *ret)
{
	bool quoted = false;

	for (; *s != '\0'; s++) {
		if (*s == '\'')
			quoted = !quoted;
		else if (quoted)
			(void)buf_addc(ret, *s);
		else if (*s == '\\' && s[1] == '\'')
			(void)buf_addc(ret, *++s);
		else if (strchr(" \t\n\\\"$`&|;<>()*?[]#~!{}", *s) != NULL)
			return false;
		else
			(void)buf_addc(ret, *s);
	}
	return !quoted;
}

static void
word(const char *text)
{
	CLEAN(buf_clear) struct buf quoted = BUF_INIT;
	CLEAN(buf_clear) struct buf plain = BUF_INIT;

	if (text[0] == '\0')
		return;
	assert(shell_word(text, &quoted) == 0);
	assert(unquote(quoted.p, &plain));
	assert(str_eq(buf_str(&plain), str_c(text)));
}

static void
times(const char *text)
{
	CLEAN(buf_clear) struct buf when = BUF_INIT;
	struct cli cli = {.json = false};
	struct note note = {""};
	int64_t ms, s;
	int r = when_read(text, &when, &note);

	assert(r == 0 || (r == OUT_MALFORMED && note.text[0] != '\0'));
	if (r == 0)
		assert(dec_time(buf_str(&when), &ms) == 0 &&
		       ms > clock_now() - SECOND_MS);
	if (when_span(&cli, text, &s) == 0)
		assert(s > 0);
}

static void
names(const char *text)
{
	struct cli cli = {.json = false};
	struct str s = str_c(text);

	if (keypair_name_check(&cli, text) == 0 ||
	    server_name_check(&cli, text) == 0) {
		assert(thing_name_check(&cli, text) == 0);
		assert(str_printable(s) && strpbrk(text, "/.%?#& ") == NULL);
	}
}

/* What is found lies in the text, in order, and in lines that it has. */
static void
secrets(const char *text)
{
	struct scan_at at = {0, 1};
	struct scan_hit hit;
	size_t line = 1;

	while (scan_next(str_c(text), &at, &hit)) {
		assert(hit.value.p >= text && hit.value.n > SCAN_SHOWN &&
		       hit.value.p + hit.value.n <= text + strlen(text));
		assert(hit.line >= line);
		line = hit.line;
	}
}

static void
lists(const char *text)
{
	struct str rest = str_c(text), one;
	int64_t ms;

	while (iam_list_next(&rest, &one))
		assert(str_eq(str_trim(one), one));
	if (iam_time_read(str_c(text), &ms) == 0)
		assert(strlen(text) >= 20);
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	char text[256];

	if (n >= sizeof(text) || memchr(p, '\0', n) != NULL)
		return 0;
	memcpy(text, p, n);
	text[n] = '\0';
	word(text);
	times(text);
	names(text);
	secrets(text);
	lists(text);
	return 0;
}
