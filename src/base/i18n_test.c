/* Which language the environment asks for, and how wide texts are. */
#include "base/i18n.h"

#include "base/out.h"
#include "base/test.h"

#include <locale.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <wchar.h>

#define DONE "\xec\x99\x84\xeb\xa3\x8c"
#define KO   "ko/LC_MESSAGES/latchkey.mo"

static char folder[] = "/tmp/i18n-test-XXXXXX";

/* gettext(1)'s form: two texts, "" (the header) and "OK". */
static void
catalogue_write(const char *path)
{
	static const char head[] = "Content-Type: text/plain; charset=UTF-8\n";
	struct {
		uint32_t magic, revision, n, ids, texts, hash_size, hash;
		uint32_t rows[2][2][2];
		char data[64];
	} mo = {.magic = 0x950412de, .n = 2};
	uint32_t base = (uint32_t)offsetof(__typeof__(mo), rows);
	uint32_t data = (uint32_t)offsetof(__typeof__(mo), data);
	FILE *f = fopen(path, "we");

	mo.ids = base;
	mo.texts = base + (uint32_t)sizeof(mo.rows[0]);
	mo.hash = data;
	memcpy(mo.data + 1, "OK", 3);
	memcpy(mo.data + 4, DONE, sizeof(DONE));
	memcpy(mo.data + 12, head, sizeof(head));
	memcpy(mo.rows,
	       (uint32_t[]){0, data, 2, data + 1, sizeof(head) - 1, data + 12,
			    sizeof(DONE) - 1, data + 4},
	       sizeof(mo.rows));
	ok(f != NULL && fwrite(&mo, sizeof(mo), 1, f) == 1 && fclose(f) == 0,
	   "a catalogue");
}

static void
catalogue_make(void)
{
	static const char *const below[] = {"ko", "ko/LC_MESSAGES"};
	char path[64];

	ok(mkdtemp(folder) != NULL, "a folder");
	for (size_t i = 0; i < nitems(below); i++) {
		(void)snprintf(path, sizeof(path), "%s/%s", folder, below[i]);
		ok(mkdir(path, 0700) == 0, "with %s", below[i]);
	}
	(void)snprintf(path, sizeof(path), "%s/" KO, folder);
	catalogue_write(path);
}

static void
catalogue_remove(void)
{
	static const char *const below[] = {KO, "ko/LC_MESSAGES", "ko", "."};
	char path[64];

	for (size_t i = 0; i < nitems(below); i++) {
		(void)snprintf(path, sizeof(path), "%s/%s", folder, below[i]);
		(void)(i == 0 ? unlink(path) : rmdir(path));
	}
	(void)rmdir(folder);
}

struct asked {
	const char *all, *ctype, *messages, *lang, *language;
	bool korean;
};

static void
env_set(const char *name, const char *value)
{
	if (value != NULL)
		(void)setenv(name, value, 1);
	else
		(void)unsetenv(name);
}

/* In a process of its own: gettext remembers. 1: Korean; more: a failure. */
static int
child(const struct asked *a)
{
	int r;

	env_set("LC_ALL", a->all);
	env_set("LC_CTYPE", a->ctype);
	env_set("LC_MESSAGES", a->messages);
	env_set("LANG", a->lang);
	env_set("LANGUAGE", a->language);
	r = i18n_open(folder);
	if (strcmp(setlocale(LC_NUMERIC, NULL), "C") != 0 ||
	    strcmp(setlocale(LC_CTYPE, NULL), "C") != 0 ||
	    strcmp(setlocale(LC_TIME, NULL), "C") != 0)
		return 3;
	if (strcmp(_("OK"), DONE) == 0)
		return r == 0 ? 1 : 4;
	return strcmp(_("OK"), "OK") == 0 && r == OUT_ABSENT ? 0 : 5;
}

static void
ask(const struct asked *a)
{
	int status = 0;
	pid_t pid;

	(void)fflush(stdout);
	pid = fork();
	if (pid == 0)
		_exit(child(a));
	(void)waitpid(pid, &status, 0);
	is_int(status, a->korean ? 1 << 8 : 0,
	       "LC_ALL=%s LC_CTYPE=%s LC_MESSAGES=%s LANG=%s LANGUAGE=%s",
	       a->all, a->ctype, a->messages, a->lang, a->language);
}

static const struct asked asked[] = {
    {"", "", "", "", "", false},
    {NULL, NULL, NULL, NULL, "ko", false},
    {NULL, NULL, NULL, "ko_KR.UTF-8", NULL, true},
    {NULL, NULL, NULL, "ko_KR.utf8", "", true},
    {NULL, NULL, NULL, "ko_KR.UTF-8@x", NULL, true},
    {"ko_KR.UTF-8", NULL, NULL, "C", NULL, true},
    {NULL, NULL, "ko_KR.UTF-8", "C.UTF-8", NULL, true},
    {NULL, "UTF-8", "ko_KR", NULL, NULL, true},
    {NULL, NULL, "C", "ko_KR.UTF-8", "ko", false},
    {"C", NULL, "ko_KR.UTF-8", "ko_KR.UTF-8", "ko", false},
    {"POSIX", NULL, NULL, "ko_KR.UTF-8", "ko", false},
    {"C.UTF-8", NULL, NULL, NULL, "ko", true},
    {"C.UTF-8", NULL, NULL, NULL, NULL, false},
    {"xx_YY.UTF-8", NULL, NULL, NULL, NULL, false},
    {"xx_YY.UTF-8", NULL, NULL, NULL, "ko", true},
    {NULL, NULL, NULL, "en_US.UTF-8", NULL, false},
    {NULL, NULL, NULL, "ko_KR.UTF-8", "en", false},
    {NULL, NULL, NULL, "ko_KR.UTF-8", "en_GB:ko", false},
    {NULL, NULL, NULL, "en_US.UTF-8", "fr:ko:en", true},
    {NULL, NULL, NULL, "en_US.UTF-8", "ko_KP", true},
    {NULL, NULL, NULL, "en_US.UTF-8", "../../tmp:/tmp/ko", false},
    /* Terminals of another charset. */
    {NULL, NULL, NULL, "ko_KR.EUC-KR", NULL, false},
    {NULL, NULL, NULL, "ko_KR", NULL, false},
    {NULL, "ko_KR.EUC-KR", NULL, "ko_KR.UTF-8", NULL, false},
    {NULL, "C", NULL, "ko_KR.UTF-8", "ko", false},
    {NULL, NULL, "ko_KR.UTF-8", NULL, NULL, false},
};

static const struct {
	const char *text;
	size_t width;
} widths[] = {
    {"", 0},
    {"latchkey", 8},
    {"\xea\xb0\x80", 2},	     /* a syllable */
    {"SSH \xed\x82\xa4", 6},	     /* after Latin */
    {"\xe1\x84\x80\xe1\x85\xa1", 2}, /* the same of two letters */
    {"e\xcc\x81", 1},		     /* an accent on its own */
    {"\xc3\xa9", 1},		     /* and with its letter */
    {"\xef\xbc\xa1", 2},	     /* a full-width A */
    {"\xf0\x9f\x94\x91", 2},	     /* a key */
    {"\xea\xb0", 2},		     /* cut */
    {"\xff\xfe", 2},		     /* no UTF-8 at all */
    {"a\x80z", 3},
};

/* What terminals do is what the C library says, where it says it. */
static void
library_check(const char *what, uint32_t first, uint32_t last)
{
	size_t differ = 0;

	for (uint32_t c = first; c <= last; c++) {
		char text[4] = {(char)(0xe0 | c >> 12),
				(char)(0x80 | (c >> 6 & 0x3f)),
				(char)(0x80 | (c & 0x3f))};
		int want = wcwidth((wchar_t)c);

		differ += want >= 0 && i18n_width(text, 3) != (size_t)want;
	}
	is_int(differ, 0, "%s are as wide as the C library says", what);
}

static void
widths_check(void)
{
	for (size_t i = 0; i < nitems(widths); i++)
		is_int(i18n_width(widths[i].text, strlen(widths[i].text)),
		       widths[i].width, "columns, %zu", i);
	is_int(i18n_width("abc", 2), 2, "not past the end");
	if (!ok(setlocale(LC_CTYPE, "C.UTF-8") != NULL, "a locale to ask"))
		return;
	library_check("letters of Hangul", 0x1100, 0x11ff);
	library_check("syllables of Hangul", 0xac00, 0xd7a3);
	library_check("kana", 0x3041, 0x30ff);
	library_check("ideographs", 0x4e00, 0x9fff);
	library_check("full-width letters", 0xff01, 0xff60);
	library_check("accents and marks", 0x2000, 0x206f);
}

int
main(void)
{
	catalogue_make();
	for (size_t i = 0; i < nitems(asked); i++)
		ask(&asked[i]);
	catalogue_remove();
	is_int(i18n_open(folder), OUT_ABSENT, "no catalogue is no failure");
	widths_check();
	return done_testing();
}
