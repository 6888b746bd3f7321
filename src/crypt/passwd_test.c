#include "crypt/passwd.h"

#include "base/clock.h"
#include "base/out.h"
#include "base/test.h"

#include <pthread.h>
#include <string.h>

static char hash[PASSWD_HASH_LEN];

static void
test_limits(void)
{
	static char longest[PASSWD_MAX + 1];
	char other[PASSWD_HASH_LEN];

	memset(longest, 'x', sizeof(longest));
	is_int(passwd_hash(STR("1234567"), hash), OUT_MALFORMED, "min - 1");
	is_int(passwd_hash(STR("12345678"), hash), 0, "min");
	is_int(passwd_hash((struct str){longest, PASSWD_MAX}, hash), 0, "max");
	is_int(passwd_check(str_c(hash), (struct str){longest, PASSWD_MAX}), 0,
	       "all of it counts");
	longest[PASSWD_MAX - 1] = 'y';
	is_int(passwd_check(str_c(hash), (struct str){longest, PASSWD_MAX}),
	       OUT_UNPROVEN, "the last byte too");
	is_int(passwd_hash((struct str){longest, PASSWD_MAX + 1}, other),
	       OUT_MALFORMED, "max + 1");
	is_int(passwd_check(str_c(hash), (struct str){longest, PASSWD_MAX + 1}),
	       OUT_UNPROVEN, "nor is it checked");
}

static void
test_check(void)
{
	char other[PASSWD_HASH_LEN];
	struct str rest;

	is_int(passwd_hash(STR("s3cr\0t pass"), hash), 0, "hash");
	is_int(passwd_hash(STR("s3cr\0t pass"), other), 0, "and again");
	ok(strcmp(hash, other) != 0, "is salted");
	ok(str_starts(str_c(hash), STR("$argon2id$v=19$m=19456,t=2,p=1$")),
	   "the cost stands in it: %s", hash);
	rest = str_c(hash);
	is_int(passwd_check(rest, STR("s3cr\0t pass")), 0, "right");
	is_int(passwd_check(rest, STR("s3cr\0T pass")), OUT_UNPROVEN,
	       "wrong after a NUL");
	is_int(passwd_check(rest, STR("s3cr")), OUT_UNPROVEN, "a part");
	is_int(passwd_check(rest, STR_NONE), OUT_UNPROVEN, "none");
	is_int(passwd_check(STR_NONE, STR("s3cr\0t pass")), OUT_UNPROVEN,
	       "no such user");
	is_int(passwd_check(STR("x"), STR("x")), OUT_UNPROVEN, "no hash");
	is_int(passwd_check(str_sub(rest, 0, rest.n - 1), STR("s3cr\0t pass")),
	       OUT_UNPROVEN, "a cut hash");
	is_int(passwd_check(STR("$7$C6..../....SodiumChloride$x"), STR("x")),
	       OUT_UNPROVEN, "another kind of hash");
}

/* Somebody who does not exist takes as long as somebody who does. */
static void
test_nobody(void)
{
	int64_t real, none, start = clock_mono();

	for (int i = 0; i < 4; i++)
		(void)!passwd_check(str_c(hash), STR("wrong wrong"));
	real = clock_mono() - start;
	start = clock_mono();
	for (int i = 0; i < 4; i++)
		(void)!passwd_check(STR_NONE, STR("wrong wrong"));
	none = clock_mono() - start;
	ok(none * 4 > real && real * 4 > none, "real %d ms, nobody %d ms",
	   (int)real, (int)none);
}

static void *
check(void *ret)
{
	*(int *)ret = passwd_check(str_c(hash), STR("s3cr\0t pass"));
	return NULL;
}

static void
test_threads(void)
{
	pthread_t threads[3 * PASSWD_AT_ONCE];
	int results[nitems(threads)];

	for (size_t i = 0; i < nitems(threads); i++) {
		results[i] = -1;
		if (pthread_create(&threads[i], NULL, check, &results[i]) != 0)
			abort();
	}
	for (size_t i = 0; i < nitems(threads); i++) {
		(void)pthread_join(threads[i], NULL);
		is_int(results[i], 0, "thread %zu had its turn", i);
	}
}

int
main(void)
{
	test_limits();
	test_check();
	test_nobody();
	test_threads();
	return done_testing();
}
