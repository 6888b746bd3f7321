#include "door/git/push.h"

#include <assert.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static bool
has(struct str s, const char *what)
{
	return memmem(s.p, s.n, what, strlen(what)) != NULL;
}

/* What may be pushed to is a path below refs/ that leads nowhere else, and a
 * line that can be shown. */
int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct str name = {(const char *)p, n}, rest = name, part;

	if (refname_flaw(name) != NULL)
		return 0;
	assert(n <= REF_NAME_MAX && str_starts(name, STR("refs/")));
	assert(str_is_text(name) && !has(name, "..") && !has(name, "@{"));
	for (size_t i = 0; i < n; i++)
		assert(p[i] > ' ' && strchr("~^:?*[\\\177", p[i]) == NULL);
	while (str_next(&rest, '/', &part))
		assert(part.n > 0 && part.n <= REF_PART_MAX &&
		       part.p[0] != '.' && !str_ends(part, STR(".lock")));
	assert(!str_starts(name, STR("refs/replace/")) &&
	       !str_starts(name, STR("refs/meta/")) &&
	       !str_starts(name, STR("refs/latchkey/")));
	return 0;
}
