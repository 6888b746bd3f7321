#include "crypt/ec_point.h"

#include "base/enc.h"
#include "base/out.h"
#include "base/test.h"

#include <string.h>

/* SP 800-186: the generator of P-256. */
#define X "6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296"
#define Y "4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5"
/* The same x, and the other point above it. */
#define MINUS_Y                                                                \
	"b01cbd1c01e58065711814b583f061e9d431cca994cea1313449bf97c840ae0a"
/* p itself, and x + p: numbers that are no coordinates. */
#define P "ffffffff00000001000000000000000000000000ffffffffffffffffffffffff"

static uint8_t bytes[EC_POINT_MAX + 1];

static struct str
point(struct str hex)
{
	if (dec_hex(hex, bytes, hex.n / 2) != 0)
		abort();
	return (struct str){(const char *)bytes, hex.n / 2};
}

static void
test_nist(void)
{
	static const struct {
		struct str text;
		int want;
	} rows[] = {
	    {STR_INIT("04" X Y), 0},
	    {STR_INIT("04" X MINUS_Y), 0},
	    {STR_INIT("04" Y X), OUT_MALFORMED},
	    {STR_INIT("04" X X), OUT_MALFORMED},
	    {STR_INIT("04" P Y), OUT_MALFORMED},
	    {STR_INIT("00"), OUT_MALFORMED},
	    {STR_INIT(""), OUT_MALFORMED},
	    {STR_INIT("03" X), OUT_MALFORMED},
	    {STR_INIT("06" X Y), OUT_MALFORMED},
	    {STR_INIT("07" X Y), OUT_MALFORMED},
	    {STR_INIT("04" X Y "00"), OUT_MALFORMED},
	    {STR_INIT("04" X), OUT_MALFORMED},
	};

	for (size_t i = 0; i < nitems(rows); i++)
		is_int(ec_point_check(256, point(rows[i].text)), rows[i].want,
		       "row %zu", i);
	is_int(ec_point_check(384, point(STR("04" X Y))), OUT_MALFORMED,
	       "on another curve");
	is_int(ec_point_check(0, point(STR("04" X Y))), OUT_MALFORMED,
	       "on no curve");
	memset(bytes, 0, sizeof(bytes));
	bytes[0] = 4;
	is_int(ec_point_check(384, (struct str){(char *)bytes, 97}),
	       OUT_MALFORMED, "zeros");
	is_int(ec_point_check(521, (struct str){(char *)bytes, 133}),
	       OUT_MALFORMED, "more zeros");
}

/* All points of small order, and encodings that are not the only one. */
static void
test_ed25519(void)
{
	static const struct str bad[] = {
	    STR_INIT("0000000000000000000000000000000000000000000000000000"
		     "000000000000"),
	    STR_INIT("0100000000000000000000000000000000000000000000000000"
		     "000000000000"),
	    STR_INIT("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b138"
		     "02886d53fc05"),
	    STR_INIT("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7"
		     "fd7792ac037a"),
	    STR_INIT("ecffffffffffffffffffffffffffffffffffffffffffffffffff"
		     "ffffffffff7f"),
	    STR_INIT("edffffffffffffffffffffffffffffffffffffffffffffffffff"
		     "ffffffffff7f"),
	    STR_INIT("eeffffffffffffffffffffffffffffffffffffffffffffffffff"
		     "ffffffffff7f"),
	    STR_INIT("0000000000000000000000000000000000000000000000000000"
		     "000000000080"),
	    STR_INIT("0200000000000000000000000000000000000000000000000000"
		     "000000000000"),
	    STR_INIT("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af02"
		     "1a68f70751"),
	    STR_INIT("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af02"
		     "1a68f707511a00"),
	};

	/* RFC 8032, section 7.1, test 1. */
	is_int(ec_point_ed25519(
		   point(STR("d75a980182b10ab7d54bfed3c964073a0ee172f3daa623"
			     "25af021a68f707511a"))),
	       0, "a key");
	for (size_t i = 0; i < nitems(bad); i++)
		is_int(ec_point_ed25519(point(bad[i])), OUT_MALFORMED,
		       "row %zu", i);
}

int
main(void)
{
	test_nist();
	test_ed25519();
	return done_testing();
}
