#include "base/test.h"

#include "wire/der.h"

static uint8_t room[70000];

static struct der
fresh(size_t n)
{
	return (struct der){.begin = room, .at = room + n};
}

static struct str
all(const struct der *d, size_t n)
{
	return (struct str){(char *)d->at, (size_t)(room + n - d->at)};
}

static void
test_lengths(void)
{
	static const struct {
		size_t n;
		struct str head;
	} lengths[] = {
	    {0, STR_INIT("\x04\x00")},
	    {1, STR_INIT("\x04\x01")},
	    {127, STR_INIT("\x04\x7f")},
	    {128, STR_INIT("\x04\x81\x80")},
	    {255, STR_INIT("\x04\x81\xff")},
	    {256, STR_INIT("\x04\x82\x01\x00")},
	    {65535, STR_INIT("\x04\x82\xff\xff")},
	    {65536, STR_INIT("\x04\x83\x01\x00\x00")},
	};
	static char bytes[65536];

	for (size_t i = 0; i < nitems(lengths); i++) {
		struct der d = fresh(sizeof(room));

		der_octets(&d, (struct str){bytes, lengths[i].n});
		ok(!d.full, "%zu bytes fit", lengths[i].n);
		is_str(str_sub(all(&d, sizeof(room)), 0, lengths[i].head.n),
		       lengths[i].head, "their head");
		is_int(all(&d, sizeof(room)).n,
		       lengths[i].head.n + lengths[i].n, "and nothing else");
	}
}

static void
test_numbers(void)
{
	static const struct {
		struct str number, der;
	} numbers[] = {
	    {STR_INIT(""), STR_INIT("\x02\x01\x00")},
	    {STR_INIT("\x01"), STR_INIT("\x02\x01\x01")},
	    {STR_INIT("\x7f"), STR_INIT("\x02\x01\x7f")},
	    {STR_INIT("\x80"), STR_INIT("\x02\x02\x00\x80")},
	    {STR_INIT("\xff\x01"), STR_INIT("\x02\x03\x00\xff\x01")},
	};

	for (size_t i = 0; i < nitems(numbers); i++) {
		struct der d = fresh(64);

		der_number(&d, numbers[i].number);
		is_str(all(&d, 64), numbers[i].der, "number %zu", i);
	}
}

static void
test_full(void)
{
	const uint8_t *end = room + 8;

	for (size_t n = 4; n < 8; n++) {
		struct der d = fresh(8);

		der_octets(&d, (struct str){"abcdefgh", n});
		ok(d.full == (n + 2 > 8), "%zu bytes in 8 with a head", n);
		ok(d.at >= room && d.at <= end, "stay inside");
	}
}

int
main(void)
{
	subtest("lengths")
	{
		test_lengths();
	}
	subtest("numbers")
	{
		test_numbers();
	}
	subtest("full")
	{
		test_full();
	}
	return done_testing();
}
