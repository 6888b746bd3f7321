#include "follow/answer.h"

#include "base/test.h"

#include <string.h>

#define B1                                                                     \
	"AAAAC3NzaC1lZDI1NTE5AAAAICxRZQBETP+nSYJnSFO+cPfgMdNSqNC2flA8iJN0/OhI"
#define B2                                                                     \
	"AAAAC3NzaC1lZDI1NTE5AAAAINHUsy9CC6iemKmKBcDRIGLWBtW1Zrvw3OGx/ovBxG1F"
#define K1    "ssh-ed25519 " B1
#define K2    "ssh-ed25519 " B2
#define MAGIC "# latchkey authorized-keys 1\n"
#define ID    "0123456789abcdef0123456789abcdef"

static struct answer answer = ANSWER_INIT;
static struct note note;

static int
read_it(int status, struct str body)
{
	note.text[0] = '\0';
	return answer_read(status, body, &answer, &note);
}
#define READ(status, text) read_it(status, STR(text))

static void
test_good(void)
{
	is_int(READ(200, MAGIC K1 "\n"), 0, "one key");
	is_str(buf_str(&answer.lines), STR(K1 "\n"), "  its line");
	is_int(READ(200, MAGIC "# server " ID " web-1\n# more\n" K1
			       " owl's key\n" K2 "\n"),
	       0, "two, and remarks");
	is_int((long long)answer.n, 2, "  counted");
	is_str(buf_str(&answer.lines), STR(K1 " owl's key\n" K2 "\n"),
	       "  without the remarks");
	is_str(str_c(answer.id), STR(ID), "  the server's id");
	is_str(str_c(answer.name), STR("web-1"), "  and name");
	is_int(READ(200, MAGIC), 0, "no key at all");
	is_int((long long)answer.n, 0, "  is an answer");
}

static void
test_no(void)
{
	static const int no[] = {401, 403, 404, 410};
	static const int other[] = {200, 400, 402, 407, 409, 429, 500, 503};

	for (size_t i = 0; i < nitems(no); i++) {
		is_int(READ(no[i], "# latchkey refused unknown\n# Gone.\n"),
		       OUT_DENIED, "%d unknown is a clear no", no[i]);
		is_int(READ(no[i], "<html># latchkey refused unknown"),
		       OUT_UNSUPPORTED, "%d of a portal is none", no[i]);
		is_int(READ(no[i], ""), OUT_UNSUPPORTED, "%d without a word",
		       no[i]);
		is_int(READ(no[i], MAGIC K1 "\n"), OUT_UNSUPPORTED,
		       "%d with keys", no[i]);
	}
	for (size_t i = 0; i < nitems(other); i++)
		is_int(READ(other[i], "# latchkey refused unknown\n"),
		       OUT_UNSUPPORTED, "%d is no clear no", other[i]);
	is_int(READ(403, "# latchkey refused forwarded\n"), OUT_UNSUPPORTED,
	       "what is wrong with one request is none");
	is_int(READ(404, "# latchkey refused unknowns\n"), OUT_UNSUPPORTED,
	       "nor another word that begins so");
	is_int(READ(404, "# latchkey refused unknown"), OUT_DENIED,
	       "it may end there");
}

static const struct {
	struct str body;
	int r;
	const char *what;
} bad[] = {
    {STR_INIT(""), OUT_UNSUPPORTED, "nothing"},
    {STR_INIT("<html>log in here</html>"), OUT_UNSUPPORTED, "a portal"},
    {STR_INIT(K1 "\n"), OUT_UNSUPPORTED, "a key alone"},
    {STR_INIT("# latchkey authorized-keys 1"), OUT_UNSUPPORTED, "no line"},
    {STR_INIT("# latchkey authorized-keys 10\n" K1 "\n"), OUT_UNSUPPORTED,
     "another version"},
    {STR_INIT(" " MAGIC K1 "\n"), OUT_UNSUPPORTED, "not at the beginning"},
#define BAD(text, what)                                                        \
	{                                                                      \
		STR_INIT(MAGIC text), OUT_MALFORMED, what                      \
	}
    BAD(K1, "a last line without an end"),
    BAD(K1 "\n\n", "an empty line"),
    BAD(K1 "\r\n", "a CR"),
    BAD(" " K1 "\n", "a blank in front"),
    BAD("ssh-ed25519  " B1 "\n", "two blanks"),
    BAD("ssh-ed25519\t" B1 "\n", "a tab"),
    BAD("ssh-ed25519\n", "a type alone"),
    BAD("command=\"id\" " K1 "\n", "options"),
    BAD("restrict " K1 "\n", "an option"),
    BAD("cert-authority " K1 "\n", "an authority"),
    BAD("ssh-rsa " B1 "\n", "another type"),
    BAD("ssh-dss AAAAB3NzaC1kc3M=\n", "DSA"),
    BAD("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAICxRZQBETP\n", "half a key"),
    BAD("ssh-ed25519 " B1 "=\n", "more padding"),
    BAD("ssh-ed25519 !" B1 "\n", "no base64"),
    BAD(K1 " a\x1b[2Jb\n", "ESC in the comment"),
    BAD(K1 " a\0b\n", "NUL in the comment"),
    BAD(K1 " \xff\n", "broken UTF-8"),
    BAD(K1 "\n# bell\a\n", "a control byte in a remark"),
    BAD("# server x\n" K1 "\n", "half a server"),
    BAD("# server x y z\n" K1 "\n", "too much of one"),
    BAD("# server x ../y\n" K1 "\n", "no name"),
    BAD(K1 "\n<html>\n", "something behind it"),
};

static void
test_bad(void)
{
	for (size_t i = 0; i < nitems(bad); i++) {
		is_int(read_it(200, bad[i].body), bad[i].r, "%s", bad[i].what);
		ok(answer.lines.n == 0 && answer.n == 0 && note.text[0] != '\0',
		   "  gives nothing, and says why");
	}
}

static void
test_limits(void)
{
	CLEAN(buf_clear) struct buf b = BUF_INIT;

	(void)buf_adds(&b, MAGIC);
	for (int i = 0; i < ANSWER_KEYS_MAX; i++)
		(void)buf_adds(&b, K1 "\n");
	is_int(read_it(200, buf_str(&b)), 0, "64 keys");
	(void)buf_adds(&b, K1 "\n");
	is_int(read_it(200, buf_str(&b)), OUT_MALFORMED, "65 are too many");
	buf_reset(&b);
	(void)buf_adds(&b, MAGIC "#");
	while (b.n < ANSWER_MAX - 1)
		(void)buf_addc(&b, 'x');
	(void)buf_addc(&b, '\n');
	is_int(read_it(200, buf_str(&b)), 0, "64 KiB");
	(void)buf_adds(&b, "#\n");
	is_int(read_it(200, buf_str(&b)), OUT_UNSUPPORTED, "and more");
	buf_reset(&b);
	(void)buf_adds(&b, MAGIC K1 " ");
	for (int i = 0; i < 255; i++)
		(void)buf_addc(&b, 'c');
	(void)buf_addc(&b, '\n');
	is_int(read_it(200, buf_str(&b)), 0, "a comment of 255");
	b.n--;
	(void)buf_adds(&b, "c\n");
	is_int(read_it(200, buf_str(&b)), OUT_MALFORMED, "of 256");
}

static void
test_within(void)
{
	CLEAN(answer_clear) struct answer one = ANSWER_INIT;
	CLEAN(answer_clear) struct answer two = ANSWER_INIT;
	CLEAN(answer_clear) struct answer none = ANSWER_INIT;

	is_int(answer_lines(STR(K1 " x\n"), &one, &note), 0, "one");
	is_int(answer_lines(STR(K2 "\n" K1 " y\n"), &two, &note), 0, "two");
	ok(answer_within(&one, &two), "one is in two, whatever its comment");
	ok(!answer_within(&two, &one), "not the other way");
	ok(answer_within(&none, &one) && !answer_within(&one, &none),
	   "nothing is in all");
	is_str(answer_key(STR(K1 " a b")), STR(K1), "a line without comment");
	is_str(answer_key(STR(K1)), STR(K1), "  that has none");
}

int
main(void)
{
	test_good();
	test_no();
	test_bad();
	test_limits();
	test_within();
	answer_clear(&answer);
	return done_testing();
}
