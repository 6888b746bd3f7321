/* Questions on the terminal, never on standard input: that may be a file. */
#include "cli/cli.h"

#include "base/i18n.h"

#include <stdio.h>
#include <string.h>
#include <termios.h>

#define LINE_MAX_BYTES	4096
#define PASTE_MAX_BYTES (64 * KIB)

static void
file_close(FILE **f)
{
	if (*f != NULL)
		(void)fclose(*f);
}

static bool
line_read(FILE *tty, struct buf *ret)
{
	int c;

	while ((c = fgetc(tty)) != EOF && c != '\n')
		if (ret->n >= LINE_MAX_BYTES || buf_addc(ret, (char)c) != 0)
			return false;
	return c == '\n';
}

/* Lines up to an empty one or the end. */
static bool
lines_read(FILE *tty, struct buf *ret)
{
	CLEAN(buf_clear) struct buf line = BUF_INIT;
	bool more;

	do {
		buf_reset(&line);
		more = line_read(tty, &line);
		(void)buf_addstr(ret, buf_str(&line));
		(void)buf_addc(ret, '\n');
	} while (more && str_trim(buf_str(&line)).n > 0 &&
		 ret->n < PASTE_MAX_BYTES);
	return buf_err(ret) == 0 && ret->n > 1;
}

/* An answer read with the echo off; the terminal is put back after it. */
static int
ask_quietly(const char *question, const char *what,
	    bool (*read_all)(FILE *, struct buf *), struct buf *ret,
	    struct note *note)
{
	CLEAN(file_close) FILE *tty = fopen("/dev/tty", "r+e");
	struct termios old, quiet;
	bool got;

	if (tty == NULL || tcgetattr(fileno(tty), &old) != 0)
		return note_set(note, OUT_ABSENT,
				_("no terminal to ask for the %s"), what);
	(void)setvbuf(tty, NULL, _IONBF, 0);
	quiet = old;
	quiet.c_lflag &= ~(tcflag_t)ECHO;
	/* What was typed before the question is no answer; what comes after it
	 * is, however quickly. */
	(void)tcsetattr(fileno(tty), TCSAFLUSH, &quiet);
	fprintf(tty, "%s", question);
	got = read_all(tty, ret);
	(void)tcsetattr(fileno(tty), TCSAFLUSH, &old);
	fprintf(tty, "\n");
	return got ? 0 : note_set(note, OUT_MALFORMED, _("no %s given"), what);
}

int
prompt_secret(const char *what, struct buf *ret, struct note *note)
{
	CLEAN(buf_clear) struct buf question = BUF_INIT;

	(void)buf_addf(&question, _("The %s: "), what);
	return buf_err(&question) != 0
		   ? buf_err(&question)
		   : ask_quietly(question.p, what, line_read, ret, note);
}

int
prompt_paste(const char *what, struct buf *ret, struct note *note)
{
	CLEAN(buf_clear) struct buf question = BUF_INIT;

	(void)buf_addf(&question,
		       _("Paste the %s, then an empty line (nothing is "
			 "shown): "),
		       what);
	return buf_err(&question) != 0
		   ? buf_err(&question)
		   : ask_quietly(question.p, what, lines_read, ret, note);
}

bool
prompt_yes(const char *question)
{
	CLEAN(file_close) FILE *tty = fopen("/dev/tty", "r+e");
	CLEAN(buf_clear) struct buf line = BUF_INIT;

	if (tty == NULL)
		return false;
	(void)setvbuf(tty, NULL, _IONBF, 0);
	fprintf(tty, "%s [y/N] ", question);
	if (!line_read(tty, &line))
		return false;
	return str_eq_nocase(str_trim(buf_str(&line)), STR("y")) ||
	       str_eq_nocase(str_trim(buf_str(&line)), STR("yes")) ||
	       str_eq(str_trim(buf_str(&line)), str_c(_("yes")));
}

int
prompt_choice(const char *menu, const char *question, size_t n, size_t *ret)
{
	CLEAN(file_close) FILE *tty = fopen("/dev/tty", "r+e");
	CLEAN(buf_clear) struct buf line = BUF_INIT;
	uint64_t number;

	if (tty == NULL)
		return OUT_ABSENT;
	(void)setvbuf(tty, NULL, _IONBF, 0);
	fprintf(tty, "%s%s", menu, question);
	if (!line_read(tty, &line) ||
	    str_u64(str_trim(buf_str(&line)), n, &number) != 0 || number == 0)
		return OUT_MALFORMED;
	*ret = (size_t)number - 1;
	return 0;
}
