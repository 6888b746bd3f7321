#include "core/when.h"

#include <assert.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

/* Pattern and rule of a policy, a line apart. What is taken holds its own
 * bounds, and has an answer at any moment. */
int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	static const int64_t moments[] = {INT64_MIN / 2, -1, 0, 1795392000000,
					  INT64_MAX / 2};
	struct str text = {(const char *)p, n}, pattern, rule;
	struct note note = {""};
	struct when w;

	if (n > 4096 || !str_cut(text, '\n', &pattern, &rule))
		return 0;
	if (when_parse(pattern, rule, &w, &note) != 0)
		return 0;
	assert(!w.always && w.days < 1 << 7);
	assert(w.days != 0 || w.has_from || w.has_to);
	assert(!w.daily || (w.has_from && w.has_to && w.from >= 0 &&
			    w.from < 86400 && w.to >= 0 && w.to < 86400));
	for (size_t i = 0; i < nitems(moments); i++)
		(void)when_holds(&w, moments[i]);
	return 0;
}
