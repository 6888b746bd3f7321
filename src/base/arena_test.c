#include "base/arena.h"

#include "base/test.h"

static bool
all_zero(const char *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (p[i] != 0)
			return false;
	return true;
}

static void
test_pieces(void)
{
	CLEAN(arena_clear) struct arena a;
	bool aligned = true, zero = true;

	arena_init(&a, MIB);
	for (size_t i = 0; i < 2000; i++) {
		char *p = arena_get(&a, i % 200);

		if (p == NULL)
			break;
		aligned = aligned && (uintptr_t)p % 16 == 0;
		zero = zero && all_zero(p, i % 200);
		memset(p, 0xff, i % 200);
		if (i % 500 == 499)
			arena_reset(&a);
	}
	ok(aligned, "all pieces are aligned");
	ok(zero, "all pieces are zeroed, also after a reset");
	is_str(arena_str(&a, STR("a\0b")), STR("a\0b"), "copy of a str");
	ok(arena_str(&a, STR_NONE).p != NULL, "an empty copy is not NULL");
	is_str(arena_strf(&a, "%d-%s", 5, "x"), STR("5-x"), "formatted");
}

static void
test_limits(void)
{
	CLEAN(arena_clear) struct arena a;

	arena_init(&a, 64);
	ok(arena_get(&a, 65) == NULL, "max + 1");
	ok(arena_get(&a, 64) != NULL, "max");
	ok(arena_get(&a, 1) == NULL, "then no more");
	ok(arena_str(&a, STR("x")).p == NULL, "no str either");
	ok(arena_strf(&a, "x").p == NULL, "nor a formatted one");
	arena_reset(&a);
	ok(arena_get(&a, 63) != NULL, "after reset max - 1");
	ok(arena_get(&a, SIZE_MAX) == NULL, "SIZE_MAX");
	arena_clear(&a);
	arena_init(&a, SIZE_MAX);
	ok(arena_get(&a, SIZE_MAX - 3) == NULL, "no overflow by alignment");
	ok(arena_get(&a, 200 * KIB) != NULL, "a piece larger than a block");
	ok(arena_get(&a, 0) != arena_get(&a, 0), "empty pieces differ");
}

int
main(void)
{
	test_pieces();
	test_limits();
	return done_testing();
}
