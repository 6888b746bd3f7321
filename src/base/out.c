#include "base/out.h"

#include <assert.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const char *const texts[] = {[OUT_OK] = "done",
#define X(name, text) [OUT_##name] = text,
				    OUTCOMES(X)
#undef X
};
static_assert(nitems(texts) == OUT_MAX, "each outcome has its text");

static _Thread_local const char *place_file;
static _Thread_local int place_line;
static _Thread_local char place_text[128];

const char *
out_text(int out)
{
	if (out < 0)
		return "internal failure";
	if (out >= OUT_MAX)
		return "unknown outcome";
	return texts[out];
}

static void
remember(const char *file, int line)
{
	place_file = file;
	place_line = line;
}

int
fail_at(int r, const char *file, int line)
{
	remember(file, line);
	/* FAIL(-errno) must not turn into success where errno was not set. */
	return r < 0 ? r : -ENOTRECOVERABLE;
}

int
fold_at(int r, const char *file, int line)
{
	if (r <= 0)
		return r;
	remember(file, line);
	return -ENOTRECOVERABLE;
}

const char *
fail_place(void)
{
	const char *file = place_file;

	if (file == NULL)
		return "";
	/* Build systems compile from elsewhere: "../src/db/db.c". */
	while (strncmp(file, "../", 3) == 0)
		file += 3;
	(void)snprintf(place_text, sizeof(place_text), "%s:%d", file,
		       place_line);
	return place_text;
}

/* Half a character at the end of a text that was cut goes. */
static void
cut_mend(char *text, size_t n)
{
	size_t at = n;

	while (at > 0 && n - at < 3 &&
	       ((unsigned char)text[at - 1] & 0xc0) == 0x80)
		at--;
	if (at > 0 && ((unsigned char)text[at - 1] & 0xc0) == 0xc0) {
		unsigned char c = (unsigned char)text[at - 1];
		size_t whole = c >= 0xf0 ? 4 : c >= 0xe0 ? 3 : 2;

		if (n - at + 1 < whole)
			text[at - 1] = '\0';
	}
}

int
note_set(struct note *note, int r, const char *fmt, ...)
{
	va_list ap;
	int n;

	if (note == NULL)
		return r;
	va_start(ap, fmt);
	n = vsnprintf(note->text, sizeof(note->text), fmt, ap);
	va_end(ap);
	if (n >= (int)sizeof(note->text))
		cut_mend(note->text, sizeof(note->text) - 1);
	return r;
}
