#include "door/api/inner.h"

#include "base/locked.h"
#include "base/test.h"

#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

#define SOON_MS 100
#define END	"\"}\n" /* of the reply */

/* What is written to the stream, and n as it was announced. */
static int
try(struct str text, size_t n, bool ends, struct locked *ret)
{
	int two[2], r;

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, two) != 0 ||
	    write(two[0], text.p, text.n) != (ssize_t)text.n)
		abort();
	if (ends)
		(void)close(two[0]);
	r = private_read(two[1], n, STR(END), SOON_MS, ret);
	if (!ends)
		(void)close(two[0]);
	(void)close(two[1]);
	return r;
}

static const struct {
	const char *name, *text, *want;
} texts[] = {
    {"lines", "-----BEGIN X-----\nabc+/=\n-----END X-----\n",
     "-----BEGIN X-----\\nabc+/=\\n-----END X-----\\n" END},
    {"one byte", "a", "a" END},
    {"all of it grows", "\n\n\n\n", "\\n\\n\\n\\n" END},
    {"quotes", "\"\\", "\\\"\\\\" END},
    {"the first byte that may be", " ~", " ~" END},
    {"a carriage return", "a\r\n", NULL},
    {"a control byte", "a\x1f", NULL},
    {"beyond ASCII", "a\x7f", NULL},
    {"far beyond", "a\xc3\xa4", NULL},
};

static void
test_texts(void)
{
	for (size_t i = 0; i < nitems(texts); i++) {
		CLEAN(locked_clear) struct locked l = LOCKED_INIT;
		struct str text = str_c(texts[i].text);
		int r = try(text, text.n, true, &l);

		if (texts[i].want == NULL) {
			is_int(r, OUT_MISMATCH, "%s", texts[i].name);
			ok(l.p == NULL, "  nothing is left");
			continue;
		}
		is_int(r, 0, "%s", texts[i].name);
		text = (struct str){l.p, l.n};
		is_str(text, str_c(texts[i].want), "  as JSON has it");
	}
}

static void
test_ends(void)
{
	CLEAN(locked_clear) struct locked l = LOCKED_INIT;
	struct str text = STR("abc");

	is_int(try(text, 4, true, &l), OUT_MISMATCH, "it ends too early");
	is_int(try(text, 2, true, &l), OUT_MISMATCH, "it is longer than said");
	is_int(try(text, 4, false, &l), OUT_EXPIRED, "the rest does not come");
	is_int(try(text, 3, false, &l), OUT_EXPIRED, "the end does not come");
	is_int(try(text, 0, true, &l), OUT_MISMATCH, "nothing is announced");
	is_int(try(text, KEYMAKER_TEXT_MAX + 1, true, &l), OUT_MISMATCH,
	       "too much is announced");
	ok(l.p == NULL, "nothing is left of all these");
}

static void
test_limit(void)
{
	static char most[KEYMAKER_TEXT_MAX];
	CLEAN(locked_clear) struct locked l = LOCKED_INIT;

	memset(most, '\n', sizeof(most));
	is_int(try((struct str){most, sizeof(most)}, sizeof(most), true, &l), 0,
	       "as long as may be");
	is_int((long long)l.n, 2 * KEYMAKER_TEXT_MAX + strlen(END),
	       "all of it");
}

int
main(void)
{
	test_texts();
	test_ends();
	test_limit();
	return done_testing();
}
