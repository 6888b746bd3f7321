/*
 * Texts for people in their own language: gettext's catalogues, found beside
 * the program (po/ in the folder of a build, ../share/locale when it is
 * installed). English is in the sources, po/ holds the others. Only what people
 * read is marked; protocols, the trail and the log stay as they are.
 *
 * A program that never calls i18n_start speaks English: the daemon, and what
 * other programs run and read, such as Docker's credential helper.
 */
#ifndef BASE_I18N_H
#define BASE_I18N_H

#include "base/clean.h"

#include <libintl.h>
#include <stddef.h>

#define _(text)	 gettext(text)
#define N_(text) text /* in tables; printed with _() */

/*
 * Of the environment: LC_ALL, LC_MESSAGES, LANG, LANGUAGE, as gettext reads
 * them, and English where the first language known to us is English. A language
 * that the system has no locale for is honoured all the same: then C.UTF-8 or
 * en_US.UTF-8 stands in, and LANGUAGE is set to it. Texts come as UTF-8; a
 * terminal with another charset (LC_ALL, LC_CTYPE, LANG) gets English. Numbers,
 * times and characters stay as in the C locale. Once, before threads.
 */
void i18n_start(void);
/* The same with the folder that holds LANGUAGE/LC_MESSAGES/latchkey.mo. 0;
 * OUT_ABSENT: it stays with English. -errno. */
MUST int i18n_open(const char *folder);
/* How many columns of a terminal this takes; wide characters take two, what is
 * put on the one before takes none, and each byte that is not UTF-8 one. */
size_t i18n_width(const char *p, size_t n);

#endif
