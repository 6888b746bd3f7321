#include "base/buf.h"

#include "base/test.h"

#include <errno.h>

static void
test_grow(void)
{
	CLEAN(buf_clear) struct buf b = BUF_INIT;

	is_str(buf_str(&b), STR(""), "starts empty");
	ok(b.p[0] == '\0', "and ends in NUL");
	for (int i = 0; i < 1000; i++)
		(void)buf_addf(&b, "%03d,", i);
	is_int(buf_err(&b), 0, "no error");
	is_int(b.n, 4000, "1000 pieces");
	is_str(str_sub(buf_str(&b), 3992, 8), STR("998,999,"), "in order");
	ok(b.p[b.n] == '\0', "terminated");
	buf_reset(&b);
	is_int(b.n, 0, "reset empties");
	ok(b.p[0] == '\0', "and terminates");
	is_int(buf_add(&b, NULL, 0), 0, "adding nothing");
	is_int(buf_addc(&b, '\0'), 0, "a NUL is a byte");
	is_int(b.n, 1, "like all others");
}

static void
test_max(void)
{
	CLEAN(buf_clear) struct buf b = BUF_INIT_MAX(4);

	is_int(buf_adds(&b, "abc"), 0, "max - 1");
	is_int(buf_addc(&b, 'd'), 0, "max");
	is_int(buf_addc(&b, 'e'), -ENOBUFS, "max + 1");
	is_str(buf_str(&b), STR("abcd"), "content as it was");
	is_int(buf_add(&b, NULL, 0), -ENOBUFS, "the error sticks");
	is_int(buf_err(&b), -ENOBUFS, "and shows");
	ok(buf_take(&b) == NULL, "a failed buf gives nothing");
	is_int(buf_adds(&b, "abcde"), -ENOBUFS, "max outlives take");
	buf_reset(&b);
	is_int(buf_addf(&b, "%s", "abcde"), -ENOBUFS, "addf over max");
	is_str(buf_str(&b), STR(""), "leaves nothing");
	buf_clear(&b);
	is_int(buf_addf(&b, "%s", "abcd"), 0, "addf at max");
	is_str(buf_str(&b), STR("abcd"), "content");
	is_int(buf_room(&b, SIZE_MAX), -ENOBUFS, "no overflow");
}

static void
test_format(void)
{
	CLEAN(buf_clear) struct buf b = BUF_INIT;
	char text[1000];

	is_int(buf_addf(&b, "%s", ""), 0, "empty format result");
	for (size_t n = 253; n <= 258; n++) {
		buf_clear(&b);
		memset(text, 'x', n);
		text[n] = '\0';
		ok(buf_addf(&b, "%s", text) == 0 && b.n == n && b.p[n] == '\0',
		   "addf of %zu", n);
	}
}

static void
test_take(void)
{
	CLEAN(buf_clear) struct buf b = BUF_INIT;
	char *p = buf_take(&b);

	ok(p != NULL && p[0] == '\0', "an empty buf gives \"\"");
	free(p);
	(void)buf_adds(&b, "abc");
	p = buf_take(&b);
	is_str(str_c(p), STR("abc"), "take gives the content");
	is_int(b.n, 0, "and leaves nothing");
	is_int(buf_adds(&b, "d"), 0, "usable again");
	free(p);
}

int
main(void)
{
	test_grow();
	test_max();
	test_format();
	test_take();
	return done_testing();
}
