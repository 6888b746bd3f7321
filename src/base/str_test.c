#include "base/str.h"

#include "base/out.h"
#include "base/test.h"

static void
test_cut(void)
{
	struct str head = STR("h"), tail = STR("t"), rest, field;

	ok(str_cut(STR("a=b=c"), '=', &head, &tail), "cut finds the first");
	is_str(head, STR("a"), "head");
	is_str(tail, STR("b=c"), "tail");
	ok(str_rcut(STR("a=b=c"), '=', &head, &tail), "rcut finds the last");
	is_str(head, STR("a=b"), "head");
	is_str(tail, STR("c"), "tail");
	ok(str_cut(STR("="), '=', &head, &tail), "a lone separator");
	ok(head.n == 0 && tail.n == 0 && tail.p != NULL, "gives two empty");
	head = STR("h");
	ok(!str_cut(STR("abc"), '=', &head, &tail), "no separator");
	ok(!str_cut(STR_NONE, '=', &head, &tail), "nothing at all");
	is_str(head, STR("h"), "head untouched");

	rest = STR("a,b,");
	ok(str_next(&rest, ',', &field) && str_eq(field, STR("a")), "next a");
	ok(str_next(&rest, ',', &field) && str_eq(field, STR("b")), "next b");
	ok(str_next(&rest, ',', &field) && field.n == 0, "next empty");
	ok(!str_next(&rest, ',', &field), "used up");
	rest = STR("");
	ok(str_next(&rest, ',', &field) && field.n == 0, "\"\" has one field");
	ok(!str_next(&rest, ',', &field), "and no more");
	rest = STR_NONE;
	ok(!str_next(&rest, ',', &field), "STR_NONE has none");
}

static void
test_compare(void)
{
	ok(str_eq(STR_NONE, STR("")), "empty equals empty");
	ok(!str_eq(STR("a"), STR("A")), "case counts");
	ok(str_eq_nocase(STR("aZ9"), STR("Az9")), "or not");
	ok(!str_eq_nocase(STR("@["), STR("`{")), "only letters fold");
	ok(!str_eq_nocase(STR("\xc3"), STR("\xe3")), "no Latin-1 folding");
	ok(!str_eq(STR("a\0b"), STR("a\0c")), "bytes after a NUL count");
	ok(str_cmp(STR("a"), STR("b")) < 0, "a < b");
	ok(str_cmp(STR("ab"), STR("a")) > 0, "ab > a");
	ok(str_cmp(STR("\xff"), STR("a")) > 0, "bytes are unsigned");
	is_int(str_cmp(STR(""), STR_NONE), 0, "empty == empty");
	ok(str_starts(STR("abc"), STR("ab")), "starts");
	ok(!str_starts(STR("a"), STR("ab")), "shorter than head");
	ok(str_ends(STR("abc"), STR("bc")), "ends");
	ok(!str_ends(STR("c"), STR("bc")), "shorter than tail");
	ok(str_starts(STR_NONE, STR("")), "all start with nothing");
}

static void
test_shape(void)
{
	is_str(str_sub(STR("abc"), 1, 1), STR("b"), "sub");
	is_str(str_sub(STR("abc"), 1, SIZE_MAX), STR("bc"), "sub clamped");
	is_str(str_sub(STR("abc"), 3, 1), STR(""), "sub at the end");
	is_str(str_sub(STR("abc"), 9, 1), STR(""), "sub past the end");
	is_str(str_sub(STR_NONE, 0, 1), STR(""), "sub of nothing");
	is_str(str_trim(STR(" \ta b\t ")), STR("a b"), "trim");
	is_str(str_trim(STR(" \t ")), STR(""), "trim blanks only");
	is_str(str_trim(STR("\ra\n")), STR("\ra\n"), "line ends stay");
	is_int(str_c(NULL).n, 0, "str_c(NULL) is empty");
}

static void
test_text(void)
{
	static const struct str bad[] = {STR_INIT("\0"),
					 STR_INIT("a\nb"),
					 STR_INIT("\x7f"),
					 STR_INIT("\xc2\x80"),
					 STR_INIT("\xc2\x9f"),
					 STR_INIT("\xe2\x80\xae"),
					 STR_INIT("\xe2\x80\xa8"),
					 STR_INIT("\xe2\x80\xa9"),
					 STR_INIT("\xe2\x81\xa6"),
					 STR_INIT("\xe2\x81\xa9"),
					 STR_INIT("\xe2\x80\x8f"),
					 STR_INIT("\xe2\x80\x8e"),
					 STR_INIT("\xef\xbb\xbf"),
					 STR_INIT("\xd8\x9c"),
					 STR_INIT("\xc0\x80"),
					 STR_INIT("\xc1\xbf"),
					 STR_INIT("\xe0\x9f\xbf"),
					 STR_INIT("\xf0\x8f\xbf\xbf"),
					 STR_INIT("\xed\xa0\x80"),
					 STR_INIT("\xed\xbf\xbf"),
					 STR_INIT("\xf4\x90\x80\x80"),
					 STR_INIT("\xf5\x80\x80\x80"),
					 STR_INIT("\x80"),
					 STR_INIT("\xc3"),
					 STR_INIT("\xe2\x82"),
					 STR_INIT("\xf0\x9f\x98"),
					 STR_INIT("\xc3("),
					 STR_INIT("\xff")};
	static const struct str good[] = {STR_INIT(""),
					  STR_INIT("plain ~"),
					  STR_INIT("\xc3\xa9"),
					  STR_INIT("\xed\x95\x9c\xea\xb8\x80"),
					  STR_INIT("\xf0\x9f\x98\x80"),
					  STR_INIT("\xed\x9f\xbf"),
					  STR_INIT("\xee\x80\x80"),
					  STR_INIT("\xf4\x8f\xbf\xbd"),
					  STR_INIT("\xe2\x80\xa7"),
					  STR_INIT("\xe2\x81\xaa"),
					  STR_INIT("\xc2\xa0"),
					  STR_INIT("\xe2\x80\x8d")};

	for (size_t i = 0; i < nitems(bad); i++)
		ok(!str_is_text(bad[i]), "refused text %zu", i);
	for (size_t i = 0; i < nitems(good); i++)
		ok(str_is_text(good[i]), "accepted text %zu", i);
	ok(str_printable(STR(" ~")), "blank and tilde are printable");
	ok(!str_printable(STR("\x1f")), "below is not");
	ok(!str_printable(STR("\x7f")), "above is not");
	ok(!str_printable(STR("\x80")), "nor is the upper half");
}

static void
test_u64(void)
{
	static const struct str bad[] = {STR_INIT(""),
					 STR_INIT("-1"),
					 STR_INIT("+1"),
					 STR_INIT(" 1"),
					 STR_INIT("1 "),
					 STR_INIT("01"),
					 STR_INIT("00"),
					 STR_INIT("0x1"),
					 STR_INIT("1e3"),
					 STR_INIT("1\0"),
					 STR_INIT("99999999999999999999999x")};
	uint64_t v = 7;

	for (size_t i = 0; i < nitems(bad); i++)
		is_int(str_u64(bad[i], UINT64_MAX, &v), OUT_MALFORMED,
		       "\"%.*s\"", STR_ARG(bad[i]));
	is_int(str_u64(STR("18446744073709551616"), UINT64_MAX, &v), OUT_RANGE,
	       "2^64");
	is_int(str_u64(STR("101"), 100, &v), OUT_RANGE, "max + 1");
	ok(v == 7, "ret untouched");
	ok(str_u64(STR("100"), 100, &v) == 0 && v == 100, "max");
	ok(str_u64(STR("99"), 100, &v) == 0 && v == 99, "max - 1");
	ok(str_u64(STR("0"), 0, &v) == 0 && v == 0, "0 of 0");
	ok(str_u64(STR("18446744073709551615"), UINT64_MAX, &v) == 0 &&
	       v == UINT64_MAX,
	   "2^64 - 1");
}

int
main(void)
{
	char *copy = str_dup(STR("a\0b"));

	test_cut();
	test_compare();
	test_shape();
	test_text();
	test_u64();
	ok(copy != NULL && copy[2] == 'b' && copy[3] == '\0',
	   "dup ends in NUL");
	free(copy);
	copy = str_dup(STR_NONE);
	ok(copy != NULL && copy[0] == '\0', "dup of nothing");
	free(copy);
	return done_testing();
}
