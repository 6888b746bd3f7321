#include "base/man.h"

#include "base/i18n.h"

#include <string.h>

/* Characters that the language, or one of its programs, takes for something
 * else. */
static const char *
escape_of(char c)
{
	switch (c) {
	case '\\':
		return "\\e";
	case '-':
		return "\\-";
	case '\'':
		return "\\(aq";
	case '`':
		return "\\(ga";
	case '^':
		return "\\(ha";
	case '~':
		return "\\(ti";
	case '"':
		return "\\(dq";
	default:
		return NULL;
	}
}

static void
escaped(FILE *out, struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		const char *escape = escape_of(s.p[i]);

		if (escape != NULL)
			(void)fputs(escape, out);
		else
			(void)fputc(s.p[i], out);
	}
}

/* A dot at the beginning of a line would be a command. */
void
man_text(FILE *out, struct str s)
{
	if (str_starts(s, STR(".")))
		(void)fputs("\\&", out);
	escaped(out, s);
}

static void
styled(FILE *out, char font, const char *text)
{
	fprintf(out, "\\f%c", font);
	escaped(out, str_c(text));
	(void)fputs("\\fR", out);
}

void
man_bold(FILE *out, const char *text)
{
	styled(out, 'B', text);
}

void
man_italic(FILE *out, const char *text)
{
	styled(out, 'I', text);
}

static void
heading(FILE *out, const char *macro, const char *text)
{
	fprintf(out, "%s \"", macro);
	escaped(out, str_c(text));
	(void)fputs("\"\n", out);
}

void
man_heading(FILE *out, const char *text)
{
	heading(out, ".SH", text);
}

void
man_subheading(FILE *out, const char *text)
{
	heading(out, ".SS", text);
}

void
man_begin(FILE *out, const struct man_page *page)
{
	(void)fputs(".TH ", out);
	for (const char *p = page->name; *p != '\0'; p++) {
		char c = *p >= 'a' && *p <= 'z' ? (char)(*p - 'a' + 'A') : *p;

		escaped(out, (struct str){&c, 1});
	}
	fprintf(out, " %d \"\" \"", page->section);
	escaped(out, str_c(page->version));
	(void)fputs("\" \"", out);
	escaped(out, str_c(page->manual));
	(void)fputs("\"\n", out);
	man_heading(out, page->heading);
	escaped(out, str_c(page->name));
	(void)fputs(" \\- ", out);
	escaped(out, str_c(page->summary));
	(void)fputc('\n', out);
}

void
man_paragraph(FILE *out)
{
	(void)fputs(".PP\n", out);
}

void
man_break(FILE *out)
{
	(void)fputs(".br\n", out);
}

void
man_tag(FILE *out)
{
	(void)fputs(".TP\n", out);
}

struct flow {
	FILE *out;
	bool is_verbatim;
	size_t indent; /* of the first line that stands as it is */
};

/* Before a line that stands as it is, or before one that is filled. */
static void
mode_set(struct flow *f, bool wanted)
{
	if (f->is_verbatim == wanted)
		return;
	f->is_verbatim = wanted;
	(void)fputs(wanted ? ".RS 4\n.nf\n" : ".fi\n.RE\n", f->out);
}

static size_t
blanks_before(struct str line)
{
	size_t n = 0;

	while (n < line.n && line.p[n] == ' ')
		n++;
	return n;
}

static void
line_write(struct flow *f, struct str line)
{
	size_t blanks = blanks_before(line);

	if (blanks > 0 && !f->is_verbatim)
		f->indent = blanks;
	mode_set(f, blanks > 0);
	man_text(f->out, str_sub(line, blanks < f->indent ? blanks : f->indent,
				 SIZE_MAX));
	(void)fputc('\n', f->out);
}

void
man_paragraphs(FILE *out, const char *text)
{
	struct flow f = {out, false, 0};
	struct str rest = str_c(text), line;
	bool ended = false, first = true;

	while (str_next(&rest, '\n', &line)) {
		if (str_trim(line).n == 0) {
			ended = !first;
			continue;
		}
		if (ended) {
			mode_set(&f, false);
			(void)fputs(".PP\n", out);
		}
		line_write(&f, line);
		ended = first = false;
	}
	mode_set(&f, false);
}

void
man_opts(FILE *out, const struct opt *opts, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const struct opt *o = &opts[i];
		char word[64];

		man_tag(out);
		if (o->letter != '\0') {
			(void)snprintf(word, sizeof(word), "-%c", o->letter);
			man_bold(out, word);
			(void)fputs(", ", out);
		}
		(void)snprintf(word, sizeof(word), "--%s", o->name);
		man_bold(out, word);
		if (o->arg != NULL) {
			(void)fputc(' ', out);
			man_italic(out, o->arg);
		}
		(void)fputc('\n', out);
		man_text(out, str_c(_(o->text)));
		(void)fputc('\n', out);
	}
}
