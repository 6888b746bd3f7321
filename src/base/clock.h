/*
 * Time. clock_now() is the wall clock in milliseconds since 1970 (UTC), for
 * what is stored or shown; clock_mono() never jumps and is for deadlines.
 *
 * Two files implement this header: clock_system.c in the programs, and
 * clock_test.c in unit tests and in the latchkeyd of the tests, where the wall
 * clock can be moved. The release build has no such switch.
 */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stdint.h>

int64_t clock_now(void);
int64_t clock_mono(void);

/* Only in clock_test.c: move the wall clock by ms more. The daemon of the tests
 * also follows the file named by LATCHKEY_TEST_CLOCK, which is there when it
 * starts and is written over in place: a decimal number of milliseconds, blanks,
 * looked at again at each call, added to the real time. */
void clock_test_shift(int64_t ms);

#endif
