#include "wire/desk.h"

#include "base/out.h"
#include "base/test.h"

#include <string.h>

#define ID_A "0123456789abcdef0123456789abcdef01234567"
#define ID_B "0000000000000000000000000000000000000000"

static void
test_form(void)
{
	CLEAN(buf_clear) struct buf b = BUF_INIT;
	struct desk_msg m = {DESK_RUN, 0x01020304, 2, {STR("ab"), STR("")}};
	struct desk_msg got;

	is_int(desk_write(&m, &b), 0, "written");
	is_str(buf_str(&b),
	       STR("\x05\x01\x02\x03\x04\x02\0\0\0\x02"
		   "ab\0\0\0\0"),
	       "in network byte order");
	is_int(desk_read(buf_str(&b), &got), 0, "read again");
	ok(got.word == DESK_RUN && got.number == 0x01020304 && got.n_parts == 2,
	   "the same head");
	is_str(got.part[0], STR("ab"), "the first part");
	is_str(got.part[1], STR(""), "an empty part");
	for (size_t n = 0; n < b.n; n++)
		is_int(desk_read(str_sub(buf_str(&b), 0, n), &got),
		       OUT_MALFORMED, "cut at %zu", n);
	(void)buf_addc(&b, 'x');
	is_int(desk_read(buf_str(&b), &got), OUT_MALFORMED, "one byte more");
}

static void
test_words(void)
{
	struct desk_msg got;
	char p[] = "\0\0\0\0\0\0";

	for (int w = 0; w < 256; w++) {
		int want = w < DESK_WORDS ? 0 : OUT_MALFORMED;

		p[0] = (char)w;
		is_int(desk_read((struct str){p, 6}, &got), want, "word %d", w);
	}
	is_int(desk_read(STR("\0\0\0\0\0\x05\0\0\0\0\0\0\0\0\0\0"
			     "\0\0\0\0\0\0\0\0\0\0"),
			 &got),
	       OUT_MALFORMED, "five parts");
	is_int(desk_read(STR("\0\0\0\0\0\x01\xff\xff\xff\xff"), &got),
	       OUT_MALFORMED, "4 GiB");
	is_int(desk_read(STR_NONE, &got), OUT_MALFORMED, "nothing");
}

static void
test_limit(void)
{
	static char big[DESK_PACKET_MAX + 1];
	CLEAN(buf_clear) struct buf b = BUF_INIT;
	struct desk_msg m = {DESK_PUSH, 0, 1, {{big, DESK_PACKET_MAX - 10}}};
	struct desk_msg got;

	is_int(desk_write(&m, &b), 0, "as large as may be");
	is_int(b.n, DESK_PACKET_MAX, "fills a packet");
	is_int(desk_read(buf_str(&b), &got), 0, "and is read");
	buf_reset(&b);
	m.part[0].n++;
	is_int(desk_write(&m, &b), OUT_TOO_LARGE, "one byte more");
	m.part[0].n = SIZE_MAX;
	is_int(desk_write(&m, &b), OUT_TOO_LARGE, "all of memory");
	is_int(b.n, 0, "and nothing is written");
	memset(big, 0, sizeof(big));
	is_int(desk_read((struct str){big, sizeof(big)}, &got), OUT_MALFORMED,
	       "a packet over the limit");
}

static void
test_refs(void)
{
	CLEAN(buf_clear) struct buf b = BUF_INIT;
	struct desk_ref ref = {STR(ID_A), STR(ID_B), STR("refs/heads/가")};
	struct str rest;

	desk_ref_put(&b, &ref);
	is_str(buf_str(&b), STR(ID_A " " ID_B " refs/heads/가\n"), "one line");
	desk_ref_put(&b, &ref);
	rest = buf_str(&b);
	memset(&ref, 0, sizeof(ref));
	is_int(desk_ref_next(&rest, &ref), 0, "the first");
	is_int(desk_ref_next(&rest, &ref), 0, "the second");
	is_str(ref.old, STR(ID_A), "its old id");
	is_str(ref.now, STR(ID_B), "its new id");
	is_str(ref.name, STR("refs/heads/가"), "its name");
	is_int(desk_ref_next(&rest, &ref), OUT_ABSENT, "the end");
}

static void
test_bad_refs(void)
{
	static const struct str rows[] = {
	    STR_INIT("\n"),
	    STR_INIT(" "),
	    STR_INIT(ID_A " " ID_B " refs/heads/x"),
	    STR_INIT(ID_A " " ID_B "\n"),
	    STR_INIT(ID_A " " ID_B " \n"),
	    STR_INIT(ID_A " " ID_B " a b\n"),
	    STR_INIT(ID_A " " ID_B " a\tb\n"),
	    STR_INIT(ID_A " " ID_B " a\0b\n"),
	    STR_INIT(ID_A " " ID_B " a\x7f\n"),
	    STR_INIT(ID_A " " ID_B " a\x1b[2J\n"),
	    STR_INIT(ID_A " " ID_B " a\xff\n"),
	    STR_INIT(ID_A "  " ID_B " a\n"),
	    STR_INIT(" " ID_A " " ID_B " a\n"),
	    STR_INIT(ID_A "0 " ID_B " a\n"),
	    STR_INIT(ID_A " " ID_B ID_B " a\n"),
	    STR_INIT(ID_A " 0123456789ABCDEF0123456789ABCDEF01234567 a\n"),
	    STR_INIT(ID_A " ref:refs/heads/main HEAD\n"),
	    STR_INIT("g123456789abcdef0123456789abcdef01234567 " ID_B " a\n"),
	    STR_INIT(ID_A ID_A "01234567012345670123456701234567 " ID_B
			       " a\n")};

	for (size_t i = 0; i < nitems(rows); i++) {
		struct str rest = rows[i];
		struct desk_ref ref;

		is_int(desk_ref_next(&rest, &ref), OUT_MALFORMED, "row %zu", i);
		ok(rest.p == rows[i].p && rest.n == rows[i].n, "stays");
	}
}

int
main(void)
{
	test_form();
	test_words();
	test_limit();
	test_refs();
	test_bad_refs();
	return done_testing();
}
