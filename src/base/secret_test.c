#include "base/secret.h"

#include "base/out.h"
#include "base/test.h"

#include <errno.h>
#include <pthread.h>

static void
test_one(void)
{
	struct secret s = SECRET_INIT;
	char text[SECRET_MAX + 1];
	const char *bytes;

	memset(text, 'x', sizeof(text));
	ok(!secret_equal(&s, STR("")), "no secret equals nothing");
	is_int(secret_reveal(&s).n, 0, "and reveals nothing");
	is_int(secret_set(&s, (struct str){text, SECRET_MAX + 1}),
	       OUT_TOO_LARGE, "max + 1");
	is_int(secret_set(&s, (struct str){text, SECRET_MAX}), 0, "max");
	is_int(secret_set(&s, STR("hunter2")), 0, "set again");
	is_str(secret_reveal(&s), STR("hunter2"), "reveals the new one");
	bytes = secret_reveal(&s).p;
	ok(bytes[7] == 0 && bytes[SECRET_MAX - 1] == 0, "the old is wiped");
	ok(secret_equal(&s, STR("hunter2")), "equal");
	ok(!secret_equal(&s, STR("hunter3")), "last byte differs");
	ok(!secret_equal(&s, STR("Hunter2")), "first byte differs");
	ok(!secret_equal(&s, STR("hunter")), "shorter");
	is_int(secret_set(&s, str_sub(secret_reveal(&s), 1, 3)), 0,
	       "set to a part of itself");
	is_str(secret_reveal(&s), STR("unt"), "works");
	secret_clear(&s);
	ok(bytes[0] == 0 && bytes[2] == 0, "clear wipes");
	secret_clear(&s);
	ok(s.slot == NULL, "clear twice");
}

static void
test_pool(void)
{
	static struct secret all[SECRET_SLOTS];
	struct secret more = SECRET_INIT;
	size_t set = 0;

	for (size_t i = 0; i < SECRET_SLOTS; i++)
		set += secret_set(&all[i], STR("x")) == 0;
	is_int(set, SECRET_SLOTS, "the pool has SECRET_SLOTS");
	is_int(secret_set(&more, STR("x")), -ENOMEM, "and no more");
	secret_clear(&all[3]);
	is_int(secret_set(&more, STR("y")), 0, "one given back can be used");
	secret_clear(&more);
	for (size_t i = 0; i < SECRET_SLOTS; i++)
		secret_clear(&all[i]);
}

static void *
churn(void *arg)
{
	bool *held = arg;

	for (int i = 0; i < 5000; i++) {
		CLEAN(secret_clear) struct secret s = SECRET_INIT;

		if (secret_set(&s, STR("abc")) != 0 ||
		    !secret_equal(&s, STR("abc")))
			*held = false;
	}
	return NULL;
}

static void
test_threads(void)
{
	bool held[4] = {true, true, true, true};
	pthread_t threads[4];

	for (size_t i = 0; i < nitems(threads); i++)
		if (pthread_create(&threads[i], NULL, churn, &held[i]) != 0)
			abort();
	for (size_t i = 0; i < nitems(threads); i++) {
		(void)pthread_join(threads[i], NULL);
		ok(held[i], "thread %zu", i);
	}
}

int
main(void)
{
	test_one();
	test_pool();
	test_threads();
	ok(mem_equal(STR_NONE, STR("")), "mem_equal: empty");
	ok(!mem_equal(STR("a\0b"), STR("a\0c")), "mem_equal: past a NUL");
	return done_testing();
}
