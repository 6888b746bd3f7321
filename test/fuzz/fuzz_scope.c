#include "base/out.h"
#include "wire/ociref.h"
#include "wire/scope.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct scope all[4];
	size_t count = 0;
	int r = scope_parse((struct str){(const char *)p, n}, all, nitems(all),
			    &count);

	assert(r == 0 || (r == OUT_TOO_MANY && count == nitems(all)));
	for (size_t i = 0; i < count; i++) {
		bool catalog = all[i].actions == SCOPE_ALL_CATALOG;

		assert(all[i].actions != 0);
		assert(catalog ? all[i].name.n == 0
			       : ociref_is_name(all[i].name));
		for (size_t k = 0; k < i; k++)
			assert(!str_eq(all[i].name, all[k].name));
	}
	return 0;
}
