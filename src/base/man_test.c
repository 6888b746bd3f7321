#include "base/man.h"
#include "base/test.h"

#include <stdlib.h>
#include <string.h>

struct sheet {
	FILE *f;
	char *text;
	size_t n;
};

static void
sheet_open(struct sheet *s)
{
	s->f = open_memstream(&s->text, &s->n);
	if (s->f == NULL)
		abort();
}

static void
sheet_is(struct sheet *s, const char *wanted, const char *what)
{
	(void)fclose(s->f);
	is_str(str_c(s->text), str_c(wanted), "%s", what);
	free(s->text);
	sheet_open(s);
}

static void
test_text(struct sheet *s)
{
	man_text(s->f, STR(".TH is no command, nor is 'x"));
	sheet_is(s, "\\&.TH is no command, nor is \\(aqx", "dots and quotes");
	man_text(s->f, STR("'first"));
	sheet_is(s, "\\(aqfirst", "a quote at the beginning");
	man_text(s->f, STR("a\\fBb `c` ~d ^e \"f\" -g"));
	sheet_is(s, "a\\efBb \\(gac\\(ga \\(tid \\(hae \\(dqf\\(dq \\-g",
		 "what the language would read");
	man_text(s->f, STR("이미지"));
	sheet_is(s, "이미지", "other letters stay");
	man_bold(s->f, "--x");
	man_italic(s->f, "A-B");
	sheet_is(s, "\\fB\\-\\-x\\fR\\fIA\\-B\\fR", "fonts");
	man_heading(s->f, "SEE \"ALSO\"");
	man_subheading(s->f, "cr");
	sheet_is(s, ".SH \"SEE \\(dqALSO\\(dq\"\n.SS \"cr\"\n", "headings");
}

static void
test_begin(struct sheet *s)
{
	static const struct man_page page = {
	    "latchkey-cr", 1, "latchkey 1.2", "Commands", "NAME", "the - list"};

	man_begin(s->f, &page);
	sheet_is(s,
		 ".TH LATCHKEY\\-CR 1 \"\" \"latchkey 1.2\" \"Commands\"\n"
		 ".SH \"NAME\"\nlatchkey\\-cr \\- the \\- list\n",
		 "a page begins, and says no date");
}

static void
test_paragraphs(struct sheet *s)
{
	man_paragraphs(s->f, "One\ntwo.\n\nThree:\n    a b\n      c\nfour\n");
	sheet_is(s,
		 "One\ntwo.\n.PP\nThree:\n.RS 4\n.nf\na b\n  c\n.fi\n.RE\n"
		 "four\n",
		 "paragraphs, and lines as they are");
	man_paragraphs(s->f, "\n\nOne\n\n\n  a\n\n  b\n\n");
	sheet_is(s,
		 "One\n.PP\n.RS 4\n.nf\na\n.fi\n.RE\n.PP\n.RS 4\n.nf\nb\n"
		 ".fi\n.RE\n",
		 "blank lines neither begin nor end it");
	man_paragraphs(s->f, "");
	sheet_is(s, "", "of nothing nothing");
	man_paragraphs(s->f, "  .x");
	sheet_is(s, ".RS 4\n.nf\n\\&.x\n.fi\n.RE\n", "no line's end");
}

static void
test_opts(struct sheet *s)
{
	static const struct opt opts[] = {
	    {"force", 'f', OPT_FLAG, NULL, "do not ask"},
	    {"key", 0, OPT_TEXT, "FILE|-", "the key"},
	};

	man_opts(s->f, opts, nitems(opts));
	sheet_is(s,
		 ".TP\n\\fB\\-f\\fR, \\fB\\-\\-force\\fR\ndo not ask\n"
		 ".TP\n\\fB\\-\\-key\\fR \\fIFILE|\\-\\fR\nthe key\n",
		 "options");
}

int
main(void)
{
	struct sheet s = {NULL, NULL, 0};

	sheet_open(&s);
	test_text(&s);
	test_begin(&s);
	test_paragraphs(&s);
	test_opts(&s);
	(void)fclose(s.f);
	free(s.text);
	return done_testing();
}
