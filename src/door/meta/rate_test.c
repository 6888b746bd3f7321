#include "door/meta/rate.h"

#include "base/test.h"

#define MAX 120

static int
take(struct meta_rate *rate, const char *token, int64_t now, int64_t *wait)
{
	return meta_rate_take(rate, str_c(token), MAX, now, wait);
}

static void
test_limit(struct meta_rate *rate)
{
	int64_t wait = -1;
	int r = 0;

	for (int i = 0; i < MAX && r == 0; i++)
		r = take(rate, "one", 1000, &wait);
	is_int(r, 0, "as many as there may be in a minute");
	is_int(wait, -1, "without a wait");
	is_int(take(rate, "one", 1000, &wait), OUT_TOO_MANY, "one more");
	is_int(wait, 60, "with the rest of the minute to wait");
	is_int(take(rate, "one", 1000 + MINUTE_MS - 1, &wait), OUT_TOO_MANY,
	       "and until its end");
	is_int(wait, 1, "rounded up");
	is_int(take(rate, "two", 1000, &wait), 0, "others are not meant");
	is_int(take(rate, "one", 1000 + MINUTE_MS, &wait), 0,
	       "then it begins again");
}

/* Tokens that differ anywhere are different ones; none is no token at all. */
static void
test_tokens(struct meta_rate *rate)
{
	static const char *const alike[] = {
	    "",		"a",	     "b",	  "aa",	       "12345678",
	    "12345679", "123456789", "x12345678", "123456780", "1234567800"};
	int64_t wait;

	for (size_t i = 0; i < nitems(alike); i++) {
		is_int(meta_rate_take(rate, str_c(alike[i]), 1, 0, &wait), 0,
		       "'%s' for the first time", alike[i]);
		is_int(meta_rate_take(rate, str_c(alike[i]), 1, 0, &wait),
		       OUT_TOO_MANY, "  and for the second");
	}
}

/* A crowd of guesses: nobody who asks rarely is ever refused. */
static void
test_crowd(struct meta_rate *rate)
{
	size_t refused = 0;
	int64_t wait;
	char token[32];

	for (unsigned i = 0; i < 10 * RATE_SETS * RATE_WAYS; i++) {
		(void)snprintf(token, sizeof(token), "guess-%u", i);
		refused += take(rate, token, 5000 + i, &wait) != 0;
	}
	is_int((long long)refused, 0, "each of a crowd is let through once");
}

int
main(void)
{
	struct meta_rate *rate;

	if (!ok(meta_rate_new(&rate) == 0, "a table"))
		return done_testing();
	test_limit(rate);
	test_tokens(rate);
	test_crowd(rate);
	meta_rate_free(rate);
	meta_rate_free(NULL);
	return done_testing();
}
