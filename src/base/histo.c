#include "base/histo.h"

static const struct {
	int64_t us;
	const char *text;
} steps[HISTO_STEPS_N] = {
#define X(us, text) {us, text},
    HISTO_STEPS(X)
#undef X
};

void
histo_add(struct histo *h, int64_t us)
{
	size_t i = 0;

	while (i < HISTO_STEPS_N && us > steps[i].us)
		i++;
	atomic_fetch_add_explicit(&h->step[i], 1, memory_order_relaxed);
	if (us > 0)
		atomic_fetch_add_explicit(&h->us, (uint64_t)us,
					  memory_order_relaxed);
}

void
histo_sum(struct histo *h, struct histo_sum *ret)
{
	uint64_t sum = 0;

	ret->us = atomic_load_explicit(&h->us, memory_order_relaxed);
	for (size_t i = 0; i <= HISTO_STEPS_N; i++) {
		sum += atomic_load_explicit(&h->step[i], memory_order_relaxed);
		ret->step[i] = sum;
	}
}

const char *
histo_text(size_t step)
{
	return step < HISTO_STEPS_N ? steps[step].text : "+Inf";
}
