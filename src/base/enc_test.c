#include "base/enc.h"

#include "base/out.h"
#include "base/test.h"

#include <errno.h>

static void
test_hex(void)
{
	char text[9];
	unsigned char bytes[4] = {0};

	enc_hex("\x00\xff\x1a\x80", 4, text);
	is_str(str_c(text), STR("00ff1a80"), "to hex");
	is_int(dec_hex(STR("00ff1a80"), bytes, 4), 0, "from hex");
	ok(memcmp(bytes, "\x00\xff\x1a\x80", 4) == 0, "the bytes");
	is_int(dec_hex(STR("00FF1A80"), bytes, 4), OUT_MALFORMED, "upper case");
	is_int(dec_hex(STR("00ff1a8"), bytes, 4), OUT_MALFORMED, "odd");
	is_int(dec_hex(STR("00ff1a"), bytes, 4), OUT_MALFORMED, "short");
	is_int(dec_hex(STR("00ff1a8000"), bytes, 4), OUT_MALFORMED, "long");
	is_int(dec_hex(STR("00ff1a8g"), bytes, 4), OUT_MALFORMED, "g");
	is_int(dec_hex(STR_NONE, bytes, 0), 0, "nothing");
}

static void
test_base64(void)
{
	/* RFC 4648 section 10, and the two digits that differ. */
	static const struct {
		struct str plain, std, url;
	} rows[] = {
	    {STR_INIT(""), STR_INIT(""), STR_INIT("")},
	    {STR_INIT("f"), STR_INIT("Zg=="), STR_INIT("Zg")},
	    {STR_INIT("fo"), STR_INIT("Zm8="), STR_INIT("Zm8")},
	    {STR_INIT("foo"), STR_INIT("Zm9v"), STR_INIT("Zm9v")},
	    {STR_INIT("foob"), STR_INIT("Zm9vYg=="), STR_INIT("Zm9vYg")},
	    {STR_INIT("foobar"), STR_INIT("Zm9vYmFy"), STR_INIT("Zm9vYmFy")},
	    {STR_INIT("\xfb\xff\x00"), STR_INIT("+/8A"), STR_INIT("-_8A")},
	};

	for (size_t i = 0; i < nitems(rows); i++) {
		CLEAN(buf_clear) struct buf b = BUF_INIT;

		(void)enc_b64(&b, rows[i].plain);
		is_str(buf_str(&b), rows[i].std, "b64 of row %zu", i);
		buf_reset(&b);
		(void)enc_b64url(&b, rows[i].plain);
		is_str(buf_str(&b), rows[i].url, "b64url of row %zu", i);
		buf_reset(&b);
		is_int(dec_b64(&b, rows[i].std), 0, "and back");
		is_int(dec_b64url(&b, rows[i].url), 0, "twice");
		is_str(str_sub(buf_str(&b), rows[i].plain.n, 99), rows[i].plain,
		       "the same bytes, appended");
	}
}

static void
test_base64_hostile(void)
{
	static const struct str std[] = {
	    STR_INIT("Zg"),	 STR_INIT("Zg="),      STR_INIT("Zg==="),
	    STR_INIT("Zh=="),	 STR_INIT("Zm9="),     STR_INIT("Z==="),
	    STR_INIT("===="),	 STR_INIT("Zg==Zg=="), STR_INIT("Zm9v\n"),
	    STR_INIT("Zm 9"),	 STR_INIT("-_8A"),     STR_INIT("Zm9\0"),
	    STR_INIT("Zm9\xff"), STR_INIT("=Zg=")};
	static const struct str url[] = {STR_INIT("Z"),	     STR_INIT("Zg=="),
					 STR_INIT("Zh"),     STR_INIT("Zm9"),
					 STR_INIT("+/8A"),   STR_INIT("Zm9vY"),
					 STR_INIT("Zm9v\n"), STR_INIT("Zm9v.")};
	CLEAN(buf_clear) struct buf b = BUF_INIT_MAX(6);

	(void)buf_adds(&b, "abc");
	for (size_t i = 0; i < nitems(std); i++)
		is_int(dec_b64(&b, std[i]), OUT_MALFORMED, "b64 \"%.*s\"",
		       STR_ARG(std[i]));
	for (size_t i = 0; i < nitems(url); i++)
		is_int(dec_b64url(&b, url[i]), OUT_MALFORMED, "b64url \"%.*s\"",
		       STR_ARG(url[i]));
	is_str(buf_str(&b), STR("abc"), "content as it was");
	is_int(dec_b64url(&b, STR("Zm9v")), 0, "max");
	is_int(dec_b64url(&b, STR("Zg")), -ENOBUFS, "max + 1");
}

static void
test_base62(void)
{
	unsigned char ones[32];
	char text[44];

	memset(ones, 0xff, sizeof(ones));
	enc_b62("\0\0\0\0", 4, text, 6);
	is_str(str_c(text), STR("000000"), "zero keeps its width");
	enc_b62("\x00\x00\x00\x3e", 4, text, 6);
	is_str(str_c(text), STR("000010"), "62");
	enc_b62("\xff\xff\xff\xff", 4, text, 6);
	is_str(str_c(text), STR("4gfFC3"), "2^32 - 1");
	/* Computed with another program's whole numbers. */
	enc_b62(ones, 32, text, 43);
	is_str(str_c(text), STR("yhjskwdA6OZ1AL1YmHWZWm8LLG7HjnuCA2j5rOw8Xp1"),
	       "2^256 - 1");
	is_int(crc32_of(STR("123456789")), 0xcbf43926, "the CRC's check value");
	is_int(crc32_of(STR("")), 0, "CRC of nothing");
}

static void
test_percent(void)
{
	static const struct str bad[] = {STR_INIT("%"),
					 STR_INIT("a%2"),
					 STR_INIT("%zz"),
					 STR_INIT("%2g"),
					 STR_INIT("a%00b"),
					 STR_INIT("a\0b"),
					 STR_INIT("%%41"),
					 STR_INIT("%+1"),
					 STR_INIT("% 1"),
					 STR_INIT("%@1"),
					 STR_INIT("%\xc1"
						  "1")};
	CLEAN(buf_clear) struct buf b = BUF_INIT;

	is_int(dec_percent(&b, STR("a%2Fb%2f+%25"), true), 0, "a form");
	is_str(buf_str(&b), STR("a/b/ %"), "decoded once");
	buf_reset(&b);
	is_int(dec_percent(&b, STR("a+%c3%A9"), false), 0, "a path");
	is_str(buf_str(&b), STR("a+\xc3\xa9"), "decoded");
	for (size_t i = 0; i < nitems(bad); i++)
		is_int(dec_percent(&b, bad[i], true), OUT_MALFORMED,
		       "refused %zu", i);
	is_str(buf_str(&b), STR("a+\xc3\xa9"), "content as it was");
	buf_clear(&b);
	is_int(dec_percent(&b, STR_NONE, true), 0, "nothing");
	is_str(buf_str(&b), STR(""), "is nothing");
	is_int(dec_percent(&b, STR("%"), true), OUT_MALFORMED, "into nothing");
	is_int(enc_percent(&b, STR("aZ09-._~ /%\xc3")), 0, "encode");
	is_str(buf_str(&b), STR("aZ09-._~%20%2F%25%C3"), "encoded");
}

static void
test_time(void)
{
	static const struct {
		int64_t ms;
		struct str s, ms_form, iam;
	} rows[] = {
	    {0, STR_INIT("1970-01-01T00:00:00Z"),
	     STR_INIT("1970-01-01T00:00:00.000Z"),
	     STR_INIT("1970-01-01T00:00+0000")},
	    {951782399999, STR_INIT("2000-02-28T23:59:59Z"),
	     STR_INIT("2000-02-28T23:59:59.999Z"),
	     STR_INIT("2000-02-28T23:59+0000")},
	    {951782400000, STR_INIT("2000-02-29T00:00:00Z"),
	     STR_INIT("2000-02-29T00:00:00.000Z"),
	     STR_INIT("2000-02-29T00:00+0000")},
	    {1549047999001, STR_INIT("2019-02-01T19:06:39Z"),
	     STR_INIT("2019-02-01T19:06:39.001Z"),
	     STR_INIT("2019-02-01T19:06+0000")},
	    {-1, STR_INIT("1969-12-31T23:59:59Z"),
	     STR_INIT("1969-12-31T23:59:59.999Z"),
	     STR_INIT("1969-12-31T23:59+0000")},
	    {253402300799999, STR_INIT("9999-12-31T23:59:59Z"),
	     STR_INIT("9999-12-31T23:59:59.999Z"),
	     STR_INIT("9999-12-31T23:59+0000")},
	    {-62167219200000, STR_INIT("0000-01-01T00:00:00Z"),
	     STR_INIT("0000-01-01T00:00:00.000Z"),
	     STR_INIT("0000-01-01T00:00+0000")},
	};
	char text[32];
	int64_t ms;

	for (size_t i = 0; i < nitems(rows); i++) {
		enc_time(rows[i].ms, text);
		is_str(str_c(text), rows[i].s, "seconds of row %zu", i);
		enc_time_ms(rows[i].ms, text);
		is_str(str_c(text), rows[i].ms_form, "milliseconds");
		enc_time_iam(rows[i].ms, text);
		is_str(str_c(text), rows[i].iam, "IAM's form");
		ms = 7;
		ok(dec_time(rows[i].ms_form, &ms) == 0 && ms == rows[i].ms,
		   "and back");
		ok(dec_time(rows[i].s, &ms) == 0 && ms <= rows[i].ms &&
		       rows[i].ms - ms < SECOND_MS,
		   "seconds back");
		ok(dec_time(rows[i].iam, &ms) == 0 && ms <= rows[i].ms &&
		       rows[i].ms - ms < MINUTE_MS,
		   "minutes back");
	}
	enc_time(INT64_MAX, text);
	is_str(str_c(text), STR("9999-12-31T23:59:59Z"), "the far future");
	enc_time(INT64_MIN, text);
	is_str(str_c(text), STR("0000-01-01T00:00:00Z"), "the far past");
}

static void
test_time_hostile(void)
{
	static const struct str bad[] = {STR_INIT(""),
					 STR_INIT("2026-02-29T00:00:00Z"),
					 STR_INIT("1900-02-29T00:00:00Z"),
					 STR_INIT("2026-13-01T00:00:00Z"),
					 STR_INIT("2026-00-01T00:00:00Z"),
					 STR_INIT("2026-01-00T00:00:00Z"),
					 STR_INIT("2026-04-31T00:00:00Z"),
					 STR_INIT("2026-01-01T24:00:00Z"),
					 STR_INIT("2026-01-01T00:60:00Z"),
					 STR_INIT("2026-01-01T00:00:60Z"),
					 STR_INIT("2026-01-01t00:00:00Z"),
					 STR_INIT("2026-01-01T00:00:00z"),
					 STR_INIT("2026-01-01 00:00:00Z"),
					 STR_INIT("2026-01-01T00:00:00+"),
					 STR_INIT("-026-01-01T00:00:00Z"),
					 STR_INIT("2026-01-01T00:00:0 Z"),
					 STR_INIT("2026-01-01T00:00:00.00Z"),
					 STR_INIT("2026-01-01T00:00+0100"),
					 STR_INIT("2026-01-01T00:00:00Z ")};
	int64_t ms = 7;

	for (size_t i = 0; i < nitems(bad); i++)
		is_int(dec_time(bad[i], &ms), OUT_MALFORMED, "\"%.*s\"",
		       STR_ARG(bad[i]));
	is_int(ms, 7, "ret untouched");
}

int
main(void)
{
	test_hex();
	test_base64();
	test_base64_hostile();
	test_base62();
	test_percent();
	test_time();
	test_time_hostile();
	return done_testing();
}
