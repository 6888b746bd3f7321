/*
 * Texts for people in their own language: gettext's catalogues, found beside
 * the program (locale/ in the folder of a build, ../share/locale when it is
 * installed). English is in the sources, po/ holds the others. Only what people
 * read is marked; protocols, the trail and the log stay as they are.
 */
#ifndef BASE_I18N_H
#define BASE_I18N_H

#include <libintl.h>
#include <stddef.h>

#define _(text)	 gettext(text)
#define N_(text) text /* in tables; printed with _() */

/* Of the environment: LC_ALL, LC_MESSAGES, LANG, LANGUAGE. A language that the
 * system has no locale for is honoured all the same. Numbers and times stay as
 * in the C locale. Once, before threads. */
void i18n_start(void);
/* How many columns of a terminal this takes; wide characters take two. */
size_t i18n_width(const char *p, size_t n);

#endif
