#include "crypt/bignum.h"

#include "base/enc.h"
#include "base/out.h"
#include "base/test.h"

#include <string.h>

/* p and three products: of itself, of the prime next to it, of one far away. */
#define PRIME "e513270e269e0d37f2a74de452e6b443"
#define SQUARE                                                                 \
	"ccfb454e2325cfa8759121be7e050f7d125a58bfd877be1a69a400bb53524989"
#define CLOSE "ccfb454e2325cfa8759121be7e050fedd1c791b6da423fa3d7fc571c20df0283"
#define FAR   "bc221d0918aafb50e9e7b1428b740d25b5062ba569cbc395effbfe992497593d"

static uint8_t bytes[BIGNUM_BITS_MAX / 8 + 1];

static struct str
number(struct str hex)
{
	if (dec_hex(hex, bytes, hex.n / 2) != 0)
		abort();
	return (struct str){(const char *)bytes, hex.n / 2};
}

static void
test_bits(void)
{
	is_int(bignum_bits(STR_NONE), 0, "nothing");
	is_int(bignum_bits(STR("\0\0")), 0, "zero");
	is_int(bignum_bits(STR("\x01")), 1, "one");
	is_int(bignum_bits(STR("\x80")), 8, "eight bits");
	is_int(bignum_bits(STR("\0\0\x01\xff")), 9, "zeros in front");
}

static void
test_mod(void)
{
	is_int(bignum_mod(STR_NONE, 7), 0, "nothing");
	is_int(bignum_mod(STR("\x12\x34\x56\x78\x9a"), 1000), 530, "5 bytes");
	is_int(bignum_mod(STR("\xff\xff\xff\xff\xff\xff\xff\xff"), UINT32_MAX),
	       0, "2^64 - 1");
	is_int(bignum_mod(STR("\xff\xff\xff\xff\xff\xff\xff\xfe"), UINT32_MAX),
	       UINT32_MAX - 1, "one less");
	is_int(bignum_mod(number(STR(PRIME)), 65521), 53490, "a long one");
}

static bool
near(struct str hex)
{
	bool ret = false;

	is_int(bignum_is_near_square(number(hex), 100, &ret), 0, "looked at");
	return ret;
}

static bool
prime(struct str hex)
{
	bool ret = false;

	is_int(bignum_is_like_prime(number(hex), &ret), 0, "looked at");
	return ret;
}

static void
test_shapes(void)
{
	bool ret;

	ok(near(STR(SQUARE)), "a square");
	ok(near(STR(CLOSE)), "a product of two neighbours");
	ok(!near(STR(FAR)), "a product of two strangers");
	ok(!near(STR(PRIME)), "a prime");
	ok(near(STR("00")), "zero");
	ok(near(STR("0f")), "fifteen");
	ok(prime(STR(PRIME)), "a prime is like one");
	ok(!prime(STR(SQUARE)), "a square is not");
	ok(!prime(STR(FAR)), "nor is a product");
	ok(prime(STR("02")) && prime(STR("03")), "2 and 3 are");
	ok(!prime(STR("01")) && !prime(STR("00")), "1 and 0 are not");
	memset(bytes, 0xff, sizeof(bytes));
	bytes[0] = 1;
	is_int(bignum_is_near_square(
		   (struct str){(const char *)bytes, sizeof(bytes)}, 1, &ret),
	       OUT_TOO_LARGE, "one bit too many");
	is_int(bignum_is_like_prime(
		   (struct str){(const char *)bytes, sizeof(bytes)}, &ret),
	       OUT_TOO_LARGE, "for a prime as well");
}

int
main(void)
{
	test_bits();
	test_mod();
	test_shapes();
	return done_testing();
}
