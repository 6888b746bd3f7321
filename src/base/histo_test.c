#include "base/histo.h"

#include "base/str.h"
#include "base/test.h"

#include <pthread.h>
#include <stdlib.h>

#define THREADS 4
#define EACH	10000

static void
test_steps(void)
{
	static const struct {
		int64_t us;
		const char *step;
	} rows[] = {{-5, "0.001"},    {0, "0.001"},	  {1000, "0.001"},
		    {1001, "0.0025"}, {250000, "0.25"},	  {250001, "0.5"},
		    {15000000, "15"}, {15000001, "+Inf"}, {INT64_MAX, "+Inf"}};

	for (size_t i = 0; i < nitems(rows); i++) {
		struct histo h = {0};
		struct histo_sum sum;
		size_t at = 0;

		histo_add(&h, rows[i].us);
		histo_sum(&h, &sum);
		while (at < HISTO_STEPS_N && sum.step[at] == 0)
			at++;
		is_str(str_c(histo_text(at)), str_c(rows[i].step),
		       "%lld us is within %s s", (long long)rows[i].us,
		       rows[i].step);
		is_int((int64_t)sum.step[HISTO_STEPS_N], 1, "and within all");
		is_int((int64_t)sum.us, rows[i].us > 0 ? rows[i].us : 0,
		       "which is summed up");
	}
}

static void *
add_many(void *arg)
{
	for (int64_t i = 0; i < EACH; i++)
		histo_add(arg, i);
	return NULL;
}

static void
test_threads(void)
{
	static struct histo h;
	struct histo_sum sum;
	pthread_t thread[THREADS];

	for (size_t i = 0; i < THREADS; i++)
		if (pthread_create(&thread[i], NULL, add_many, &h) != 0)
			abort();
	for (size_t i = 0; i < THREADS; i++)
		(void)pthread_join(thread[i], NULL);
	histo_sum(&h, &sum);
	is_int((int64_t)sum.step[HISTO_STEPS_N], THREADS * EACH,
	       "of many threads none is lost");
	is_int((int64_t)sum.us, (int64_t)THREADS * EACH * (EACH - 1) / 2,
	       "nor of their time");
}

int
main(void)
{
	test_steps();
	test_threads();
	return done_testing();
}
