/*
 * How long things took: a histogram that any thread may add to, without a lock.
 * The steps are the same for all, from a millisecond to a quarter of a minute.
 */
#ifndef BASE_HISTO_H
#define BASE_HISTO_H

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

/* X(microseconds, "seconds"): up to and with so many. */
#define HISTO_STEPS(X)                                                         \
	X(1000, "0.001")                                                       \
	X(2500, "0.0025")                                                      \
	X(5000, "0.005")                                                       \
	X(10000, "0.01")                                                       \
	X(25000, "0.025")                                                      \
	X(50000, "0.05")                                                       \
	X(100000, "0.1")                                                       \
	X(250000, "0.25")                                                      \
	X(500000, "0.5")                                                       \
	X(1000000, "1")                                                        \
	X(2500000, "2.5")                                                      \
	X(5000000, "5")                                                        \
	X(15000000, "15")

#define X(us, text) +1
enum { HISTO_STEPS_N = 0 HISTO_STEPS(X) };
#undef X

struct histo {
	_Atomic uint64_t step[HISTO_STEPS_N + 1]; /* the last: longer */
	_Atomic uint64_t us;
};

/* What took no time, or less by a clock that was set back, counts as 0. */
void histo_add(struct histo *, int64_t us);

/* At one moment: step[i] so many took at most histo_text(i); the last is all. */
struct histo_sum {
	uint64_t step[HISTO_STEPS_N + 1];
	uint64_t us;
};
void histo_sum(struct histo *, struct histo_sum *ret);
/* "0.001", ..., "+Inf". */
const char *histo_text(size_t step);

#endif
