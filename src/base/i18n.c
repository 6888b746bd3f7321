#include "base/i18n.h"

#include "base/buf.h"
#include "base/out.h"

#include <errno.h>
#include <limits.h>
#include <locale.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define DOMAIN	     "latchkey"
#define CATALOGUE    "LC_MESSAGES/" DOMAIN ".mo"
#define LANGUAGE_MAX 32 /* "sr_RS.UTF-8@latin" */

static const char *
env_of(const char *name)
{
	const char *value = getenv(name);

	return value != NULL && value[0] != '\0' ? value : NULL;
}

/* What setlocale(3) would be asked for. */
static const char *
locale_of(const char *category)
{
	const char *name = env_of("LC_ALL");

	if (name == NULL)
		name = env_of(category);
	if (name == NULL)
		name = env_of("LANG");
	return name != NULL ? name : "C";
}

static bool
is_c(struct str locale)
{
	return str_eq(locale, STR("C")) || str_eq(locale, STR("POSIX"));
}

/* "ko_KR.UTF-8", "C.utf8@x"; and "UTF-8" alone, as macOS sets LC_CTYPE. */
static bool
is_utf8(struct str locale)
{
	struct str language, charset = locale, rest;

	if (str_cut(locale, '.', &language, &rest))
		charset = rest;
	if (str_cut(charset, '@', &language, &rest))
		charset = language;
	return str_eq_nocase(charset, STR("UTF-8")) ||
	       str_eq_nocase(charset, STR("UTF8"));
}

/* "en", "en_GB.UTF-8": what the sources are written in; and "C.UTF-8". */
static bool
is_english(struct str locale)
{
	if (is_c(locale) || str_starts(locale, STR("C.")))
		return true;
	return str_starts(locale, STR("en")) &&
	       (locale.n == 2 || strchr("_.@", locale.p[2]) != NULL);
}

/* Languages in the order in which they are wanted; English alone where the
 * locale is C, whatever LANGUAGE says. */
static const char *
wanted(void)
{
	const char *messages = locale_of("LC_MESSAGES");
	const char *list = env_of("LANGUAGE");

	return is_c(str_c(messages)) || list == NULL ? messages : list;
}

static bool
is_there(const char *folder, struct str language)
{
	CLEAN(buf_clear) struct buf path = BUF_INIT;

	if (language.n == 0 || language.n > LANGUAGE_MAX ||
	    memchr(language.p, '/', language.n) != NULL)
		return false;
	(void)buf_addf(&path, "%s/%.*s/" CATALOGUE, folder, STR_ARG(language));
	return buf_err(&path) == 0 && access(path.p, R_OK) == 0;
}

/* The part of "ko_KR.UTF-8" that a catalogue is there for: "ko_KR" or "ko". */
static bool
catalogue_of(const char *folder, struct str locale, char ret[LANGUAGE_MAX + 1])
{
	static const char ends[] = {'.', '@', '_'};
	struct str language = locale, head, tail;

	for (size_t i = 0; i <= sizeof(ends); i++) {
		if (is_there(folder, language)) {
			memcpy(ret, language.p, language.n);
			ret[language.n] = '\0';
			return true;
		}
		if (i < sizeof(ends) &&
		    str_cut(language, ends[i], &head, &tail))
			language = head;
	}
	return false;
}

/* The first of a list such as "ko:en" that we speak; false when that is
 * English, or none. */
static bool
language_choose(const char *folder, const char *list,
		char ret[LANGUAGE_MAX + 1])
{
	struct str rest = str_c(list), one;

	while (str_next(&rest, ':', &one)) {
		if (is_english(one))
			return false;
		if (catalogue_of(folder, one, ret))
			return true;
	}
	return false;
}

/* Does gettext find a catalogue in this locale? Its header is the text of "".
 */
static bool
locale_speaks(const char *locale)
{
	return setlocale(LC_MESSAGES, locale) != NULL && gettext("")[0] != '\0';
}

/*
 * gettext looks at the name of the current locale: only where that is not "C"
 * it looks for a catalogue, and LANGUAGE is asked before the name. So any
 * locale does that can be set; C.UTF-8 is everywhere, but newer releases of
 * glibc take it for "C".
 */
static int
locale_set(const char *language)
{
	static const char *const others[] = {"C.UTF-8", "en_US.UTF-8"};

	if (locale_speaks(""))
		return 0;
	if (env_of("LANGUAGE") == NULL && setenv("LANGUAGE", language, 1) != 0)
		return FAIL(-errno);
	for (size_t i = 0; i < nitems(others); i++)
		if (locale_speaks(others[i]))
			return 0;
	(void)setlocale(LC_MESSAGES, "C");
	return OUT_ABSENT;
}

int
i18n_open(const char *folder)
{
	char language[LANGUAGE_MAX + 1];

	if (!is_utf8(str_c(locale_of("LC_CTYPE"))) ||
	    !language_choose(folder, wanted(), language))
		return OUT_ABSENT;
	(void)bindtextdomain(DOMAIN, folder);
	(void)bind_textdomain_codeset(DOMAIN, "UTF-8");
	/* strerror(3) would else put its texts into the charset of LC_CTYPE,
	 * which is C's. */
	(void)bind_textdomain_codeset("libc", "UTF-8");
	(void)textdomain(DOMAIN);
	return locale_set(language);
}

void
i18n_start(void)
{
	static const char *const places[] = {"po", "../share/locale"};
	CLEAN(buf_clear) struct buf folder = BUF_INIT;
	char self[PATH_MAX];
	struct str list = str_c(wanted()), first, dir, name;
	ssize_t n;

	/* Most runs are in English: nothing is looked for then. */
	if (str_next(&list, ':', &first) && is_english(first))
		return;
	n = readlink("/proc/self/exe", self, sizeof(self));
	if (n <= 0 || (size_t)n == sizeof(self) ||
	    !str_rcut((struct str){self, (size_t)n}, '/', &dir, &name))
		return;
	for (size_t i = 0; i < nitems(places); i++) {
		buf_reset(&folder);
		(void)buf_addf(&folder, "%.*s/%s", STR_ARG(dir), places[i]);
		if (buf_err(&folder) == 0 && i18n_open(folder.p) == 0)
			return;
	}
}
