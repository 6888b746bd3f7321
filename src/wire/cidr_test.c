#include "wire/cidr.h"

#include "base/test.h"

static void
test_bad(void)
{
	static const struct str rows[] = {
	    STR_INIT(""),
	    STR_INIT("/"),
	    STR_INIT("/24"),
	    STR_INIT("192.0.2.0/"),
	    STR_INIT("192.0.2.0/33"),
	    STR_INIT("192.0.2.0/024"),
	    STR_INIT("192.0.2.0/-1"),
	    STR_INIT("192.0.2.0/+8"),
	    STR_INIT("192.0.2.0/2 4"),
	    STR_INIT("192.0.2.0/24/24"),
	    STR_INIT("192.0.2.1/24"),
	    STR_INIT("192.0.2.0/255.255.255.0"),
	    STR_INIT("192.0.2"),
	    STR_INIT("192.0.2.256"),
	    STR_INIT("192.0.2.01"),
	    STR_INIT("192.0.2.0.0"),
	    STR_INIT("0xc0.0.2.0"),
	    STR_INIT("3221225984"),
	    STR_INIT(" 192.0.2.0"),
	    STR_INIT("192.0.2.0\0"),
	    STR_INIT("2001:db8::/129"),
	    STR_INIT("2001:db8::1/64"),
	    STR_INIT("2001:db8"),
	    STR_INIT("2001:db8::1::2"),
	    STR_INIT("fe80::1%eth0"),
	    STR_INIT("[2001:db8::1]"),
	    STR_INIT("2001:db8::12345"),
	    STR_INIT("::ffff:192.0.2.0/24"),
	    STR_INIT("host.example"),
	    STR_INIT("*"),
	    STR_INIT("1111:2222:3333:4444:5555:6666:7777:8888:9999:aaaa:bbbb")};
	struct cidr c = {.bits = 7};

	for (size_t i = 0; i < nitems(rows); i++)
		is_int(cidr_parse(rows[i], &c), OUT_MALFORMED, "%s", rows[i].p);
	is_int(c.bits, 7, "none of them is left behind");
	is_int(cidr_parse(STR_NONE, &c), OUT_MALFORMED, "nothing");
}

static void
test_has(void)
{
	static const struct {
		struct str prefix, addr;
		bool want;
	} rows[] = {
	    {STR_INIT("192.0.2.0/24"), STR_INIT("192.0.2.0"), true},
	    {STR_INIT("192.0.2.0/24"), STR_INIT("192.0.2.255"), true},
	    {STR_INIT("192.0.2.0/24"), STR_INIT("192.0.3.0"), false},
	    {STR_INIT("192.0.2.0/24"), STR_INIT("192.0.1.255"), false},
	    {STR_INIT("192.0.2.0/24"), STR_INIT("::ffff:192.0.2.9"), true},
	    {STR_INIT("192.0.2.0/24"), STR_INIT("::192.0.2.9"), false},
	    {STR_INIT("192.0.2.0/24"), STR_INIT(""), false},
	    {STR_INIT("192.0.2.0/24"), STR_INIT("192.0.2.9:22"), false},
	    {STR_INIT("192.0.2.0/24"), STR_INIT("192.0.2.9/32"), false},
	    {STR_INIT("192.0.2.128/25"), STR_INIT("192.0.2.128"), true},
	    {STR_INIT("192.0.2.128/25"), STR_INIT("192.0.2.127"), false},
	    {STR_INIT("192.0.2.7"), STR_INIT("192.0.2.7"), true},
	    {STR_INIT("192.0.2.7"), STR_INIT("192.0.2.6"), false},
	    {STR_INIT("0.0.0.0/0"), STR_INIT("203.0.113.1"), true},
	    {STR_INIT("0.0.0.0/0"), STR_INIT("2001:db8::1"), false},
	    {STR_INIT("::/0"), STR_INIT("2001:db8::1"), true},
	    {STR_INIT("::/0"), STR_INIT("203.0.113.1"), false},
	    {STR_INIT("::/80"), STR_INIT("203.0.113.1"), false},
	    {STR_INIT("::ffff:0:0/96"), STR_INIT("203.0.113.1"), true},
	    {STR_INIT("2001:db8::/32"), STR_INIT("2001:DB8:ffff::1"), true},
	    {STR_INIT("2001:db8::/32"), STR_INIT("2001:db9::"), false},
	    {STR_INIT("2001:db8::1"), STR_INIT("2001:db8:0::1"), true},
	    {STR_INIT("::1"), STR_INIT("127.0.0.1"), false},
	};

	for (size_t i = 0; i < nitems(rows); i++) {
		struct cidr c;

		is_int(cidr_parse(rows[i].prefix, &c), 0, "%s",
		       rows[i].prefix.p);
		ok(cidr_has(&c, rows[i].addr) == rows[i].want, "%s %s",
		   rows[i].want ? "has" : "has not", rows[i].addr.p);
	}
}

static void
test_list(void)
{
	CLEAN(buf_clear) struct buf b = BUF_INIT;
	struct note note = {""};

	is_int(cidr_list_parse(STR(" 192.0.2.0/24,\t2001:DB8:0::/32 ,, "
				   "192.0.2.7/32 192.0.2.0/24 ::ffff:1.2.3.4 "
				   "::ffff:0:0/96"),
			       &b, &note),
	       0, "a list");
	is_str(buf_str(&b),
	       STR("192.0.2.0/24 2001:db8::/32 192.0.2.7 1.2.3.4 0.0.0.0/0"),
	       "in one form, each once");
	ok(cidr_list_has(buf_str(&b), STR("2001:db8::7")), "has the second");
	buf_reset(&b);
	is_int(cidr_list_parse(STR(" , "), &b, &note), 0, "an empty list");
	is_str(buf_str(&b), STR(""), "stays empty");
	ok(cidr_list_has(buf_str(&b), STR("192.0.2.1")), "and has everybody");
	ok(!cidr_list_has(STR("192.0.2.0/24 10.0.0.0/8"), STR("11.0.0.1")),
	   "a list has not");
	ok(!cidr_list_has(STR("192.0.2.0/24"), STR("unknown")), "no address");
	ok(!cidr_list_has(STR("rubbish"), STR("192.0.2.1")), "no prefix");
	is_int(cidr_list_parse(STR("10.0.0.0/8 10.0.0.1/8 x"), &b, &note),
	       OUT_MALFORMED, "bits beyond the prefix");
	ok(str_starts(str_c(note.text), STR("\"10.0.0.1/8\"")), "are named");
	is_int(cidr_list_parse(STR("\x1b[2J"), &b, &note), OUT_MALFORMED,
	       "an escape");
	ok(str_printable(str_c(note.text)), "is not repeated");
	is_str(buf_str(&b), STR(""), "nothing is left behind");
}

static void
test_limit(void)
{
	CLEAN(buf_clear) struct buf in = BUF_INIT, b = BUF_INIT;
	struct note note = {""};

	for (int i = 0; i < CIDR_LIST_MAX; i++)
		(void)buf_addf(&in, "10.0.0.%d,", i);
	is_int(cidr_list_parse(buf_str(&in), &b, &note), 0,
	       "as many as may be");
	(void)buf_adds(&in, "10.0.0.1,");
	is_int(cidr_list_parse(buf_str(&in), &b, &note), 0, "one twice");
	buf_reset(&b);
	(void)buf_adds(&in, "10.0.1.1");
	is_int(cidr_list_parse(buf_str(&in), &b, &note), OUT_TOO_MANY, "more");
	ok(str_ends(str_c(note.text), STR("\"10.0.1.1\"")), "is named");
}

int
main(void)
{
	test_bad();
	test_has();
	test_list();
	test_limit();
	return done_testing();
}
