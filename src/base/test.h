/*
 * Test Anything Protocol for the unit tests: every check prints one line and
 * the plan comes last, so that a test that dies early is seen to have failed.
 *
 *     int
 *     main(void)
 *     {
 *         ok(str_eq(a, b), "both are %s", "equal");
 *         subtest ("limits") {
 *             is_int(got, want, "at the limit");
 *             is_str(got, STR("want"), "the text");
 *         }
 *         return done_testing();
 *     }
 *
 * A subtest puts its name before the names of the checks in it; it may not be
 * left with return. Each check returns whether it held.
 */
#ifndef BASE_TEST_H
#define BASE_TEST_H

#include "base/clean.h"
#include "base/str.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

static struct {
	int count, failed;
	const char *group;
} test_state_;

#define TEST_UNUSED_ __attribute__((unused))

#define ok(cond, ...) test_ok_((cond), __FILE__, __LINE__, __VA_ARGS__)
#define is_int(got, want, ...)                                                 \
	test_int_((long long)(got), (long long)(want), __FILE__, __LINE__,     \
		  __VA_ARGS__)
#define is_str(got, want, ...)                                                 \
	test_str_((got), (want), __FILE__, __LINE__, __VA_ARGS__)
#define subtest(name)                                                          \
	for (int once_ = (test_state_.group = (name), 1); once_;               \
	     once_ = 0, test_state_.group = NULL)

static bool test_line_(bool held, const char *file, int line, const char *fmt,
		       va_list ap) TEST_UNUSED_ PRINTF(4, 0);
static bool test_ok_(bool held, const char *file, int line, const char *fmt,
		     ...) TEST_UNUSED_ PRINTF(4, 5);
static bool test_int_(long long got, long long want, const char *file, int line,
		      const char *fmt, ...) TEST_UNUSED_ PRINTF(5, 6);
static bool test_str_(struct str got, struct str want, const char *file,
		      int line, const char *fmt, ...) TEST_UNUSED_ PRINTF(5, 6);
static void test_escaped_(struct str s) TEST_UNUSED_;
/* The plan, and the exit status of main. */
static int done_testing(void) TEST_UNUSED_;

/* Hostile input is part of many names; it must not end a line. */
static void
test_escaped_(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if (c < ' ' || c > '~')
			printf("\\x%02x", c);
		else
			putchar(c);
	}
}

static bool
test_line_(bool held, const char *file, int line, const char *fmt, va_list ap)
{
	char text[512];

	(void)vsnprintf(text, sizeof(text), fmt, ap);
	printf("%s %d - ", held ? "ok" : "not ok", ++test_state_.count);
	if (test_state_.group != NULL)
		printf("%s: ", test_state_.group);
	test_escaped_(str_c(text));
	printf("\n");
	if (!held) {
		test_state_.failed++;
		printf("#   at %s:%d\n", file, line);
	}
	(void)fflush(stdout);
	return held;
}

static bool
test_ok_(bool held, const char *file, int line, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	test_line_(held, file, line, fmt, ap);
	va_end(ap);
	return held;
}

static bool
test_int_(long long got, long long want, const char *file, int line,
	  const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	test_line_(got == want, file, line, fmt, ap);
	va_end(ap);
	if (got != want)
		printf("#   got %lld, want %lld\n", got, want);
	return got == want;
}

static bool
test_str_(struct str got, struct str want, const char *file, int line,
	  const char *fmt, ...)
{
	bool same = str_eq(got, want);
	va_list ap;

	va_start(ap, fmt);
	test_line_(same, file, line, fmt, ap);
	va_end(ap);
	if (!same) {
		printf("#   got  (%zu bytes) \"", got.n);
		test_escaped_(got);
		printf("\"\n#   want (%zu bytes) \"", want.n);
		test_escaped_(want);
		printf("\"\n");
	}
	return same;
}

static int
done_testing(void)
{
	printf("1..%d\n", test_state_.count);
	return test_state_.failed == 0 && test_state_.count > 0 ? EXIT_SUCCESS
								: EXIT_FAILURE;
}

#endif
