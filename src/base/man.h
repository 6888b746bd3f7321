/*
 * Manual pages, written in the man(7) language out of the same tables that
 * programs read their words and options from. Nothing in a page says when it was
 * made: the same program writes the same bytes. Text is escaped, so that any
 * byte of it stands in the page as it is.
 */
#ifndef BASE_MAN_H
#define BASE_MAN_H

#include "base/opt.h"

/* What a page is: name "latchkey-cr", section 1, the program and its version,
 * the manual it belongs to, and the one line that apropos shows. */
struct man_page {
	const char *name;
	int section;
	const char *version, *manual;
	const char *heading, *summary; /* "NAME", and what it is */
};
void man_begin(FILE *, const struct man_page *);
void man_heading(FILE *, const char *); /* .SH */
void man_subheading(FILE *, const char *); /* .SS */
/* A text in the line that is being written. */
void man_text(FILE *, struct str);
void man_bold(FILE *, const char *);
void man_italic(FILE *, const char *);
void man_paragraph(FILE *); /* a new one, */
void man_break(FILE *);     /* or a new line of the same; between lines */
/* A tagged paragraph: what the tag is follows in one line, then its text. */
void man_tag(FILE *);
/* Paragraphs as help has them: lines that end anywhere are filled anew, a blank
 * line ends a paragraph, lines that begin with blanks stay as they are. */
void man_paragraphs(FILE *, const char *);
/* One tagged paragraph for each option, its text translated. */
void man_opts(FILE *, const struct opt *, size_t n);

#endif
