#include "base/out.h"
#include "wire/desk.h"

#include <assert.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static void
walk_refs(struct str part)
{
	struct str rest = part;
	struct desk_ref ref;
	CLEAN(buf_clear) struct buf b = BUF_INIT;
	int r;

	while ((r = desk_ref_next(&rest, &ref)) == 0) {
		struct str head = str_sub(part, b.n, SIZE_MAX);

		desk_ref_put(&b, &ref);
		head.n -= rest.n;
		assert(ref.old.n == ref.now.n && ref.name.n > 0);
		assert(str_ends(buf_str(&b), head));
	}
	assert(r == OUT_ABSENT ? rest.n == 0 : r == OUT_MALFORMED);
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	CLEAN(buf_clear) struct buf b = BUF_INIT;
	struct str packet = {(const char *)p, n};
	struct desk_msg m;
	int r = desk_read(packet, &m);

	assert(r == 0 || r == OUT_MALFORMED);
	if (r != 0)
		return 0;
	/* There is one form only. */
	assert(desk_write(&m, &b) == 0 && str_eq(buf_str(&b), packet));
	for (size_t i = 0; i < m.n_parts; i++)
		walk_refs(m.part[i]);
	return 0;
}
