#include "base/log.h"

#include "base/clock.h"
#include "base/enc.h"
#include "base/out.h"

#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Not above PIPE_BUF: lines of several processes must not mix in a pipe. */
#define LINE_MAX_BYTES 4096
#define TEXT_MAX_BYTES 2048

static atomic_int log_level = LOG_INFO;
static atomic_bool to_journal;

static const char *const level_names[] = {
    [LOG_ERROR] = "error",
    [LOG_WARN] = "warn",
    [LOG_INFO] = "info",
    [LOG_DEBUG] = "debug",
};

/* What syslog(3) calls them. */
static const char *const priorities[] = {
    [LOG_ERROR] = "<3>",
    [LOG_WARN] = "<4>",
    [LOG_INFO] = "<6>",
    [LOG_DEBUG] = "<7>",
};

void
log_start(void)
{
	const char *stream = getenv("JOURNAL_STREAM");
	char own[64];
	struct stat st;

	if (stream == NULL || fstat(STDERR_FILENO, &st) != 0)
		return;
	(void)snprintf(own, sizeof(own), "%llu:%llu",
		       (unsigned long long)st.st_dev,
		       (unsigned long long)st.st_ino);
	atomic_store(&to_journal, strcmp(stream, own) == 0);
}

void
log_set_level(enum log_level level)
{
	atomic_store(&log_level, (int)level);
}

struct line {
	char text[LINE_MAX_BYTES];
	size_t n;
};

/* The backslash is escaped as well, or "\x0a" could have been written by the
 * peer as it stands. One byte is kept for the end of the line. */
static void
line_add(struct line *line, const char *text)
{
	for (; *text != '\0'; text++) {
		unsigned char c = (unsigned char)*text;
		bool plain = c >= ' ' && c <= '~' && c != '\\';

		if (line->n + (plain ? 1 : 4) > sizeof(line->text) - 1)
			return;
		if (plain) {
			line->text[line->n++] = *text;
			continue;
		}
		memcpy(line->text + line->n, "\\x", 2);
		line->text[line->n + 2] = "0123456789abcdef"[c >> 4];
		line->text[line->n + 3] = "0123456789abcdef"[c & 15];
		line->n += 4;
	}
}

static void
line_write(struct line *line)
{
	ssize_t done;

	line->text[line->n++] = '\n';
	/* There is nowhere to report that the log cannot be written. */
	done = write(STDERR_FILENO, line->text, line->n);
	(void)done;
}

void
log_say(enum log_level level, const char *event, const char *fmt, ...)
{
	char text[TEXT_MAX_BYTES], when[32];
	struct line line;
	va_list ap;

	if ((int)level > atomic_load(&log_level))
		return;
	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	enc_time_ms(clock_now(), when);
	line.n = 0;
	if (atomic_load(&to_journal))
		line_add(&line, priorities[level]);
	line_add(&line, "time=");
	line_add(&line, when);
	line_add(&line, " level=");
	line_add(&line, level_names[level]);
	line_add(&line, " event=");
	line_add(&line, event);
	if (text[0] != '\0')
		line_add(&line, " ");
	line_add(&line, text);
	line_write(&line);
}

void
log_fail_of(const char *event, int r, const char *key, const char *value)
{
	const char *name = r < 0 ? strerrorname_np(-r) : NULL;

	if (r >= 0)
		log_say(LOG_ERROR, event, "outcome=\"%s\" %s=%s", out_text(r),
			key, value);
	else
		log_say(LOG_ERROR, event, "r=%d errno=%s place=%s %s=%s", r,
			name != NULL ? name : "unknown", fail_place(), key,
			value);
}

void
log_fail(const char *event, int r)
{
	const char *name = r < 0 ? strerrorname_np(-r) : NULL;

	if (r >= 0)
		log_say(LOG_ERROR, event, "outcome=\"%s\"", out_text(r));
	else
		log_say(LOG_ERROR, event, "r=%d errno=%s place=%s", r,
			name != NULL ? name : "unknown", fail_place());
}
