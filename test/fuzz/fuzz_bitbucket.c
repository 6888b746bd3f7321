#include "door/bitbucket/inner.h"

#include <assert.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

/* Written again, the moment reads as it was. */
static void
moment(struct str text)
{
	char again[BB_WHEN_LEN + 1];
	int64_t ms, same;

	if (bb_when_read(text, &ms) != 0)
		return;
	bb_when(ms, again);
	/* A zone may lead out of the years that have four digits. */
	if (bb_when_read(str_c(again), &same) == 0 && ms >= 0)
		assert(same == ms || again[0] == '9');
}

static void
uuid(struct arena *a, struct str text)
{
	char id[GITREPO_ID_LEN + 1], again[BB_UUID_LEN + 1];
	struct str iam = bb_uuid_or_identity(a, text);

	assert(iam.p != NULL || text.p == NULL);
	if (bb_uuid_read(text, id) != 0)
		return;
	bb_uuid(str_c(id), again);
	assert(str_eq_nocase(str_c(again), text));
	assert(str_eq(bb_uuid_or_slug(a, text), str_c(id)));
	/* It stands for somebody, whose uuid it is. */
	bb_uuid_of_identity(iam, again);
	assert(str_eq_nocase(str_c(again), text));
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	CLEAN(arena_clear) struct arena a;
	struct str text = {(const char *)p, n};

	arena_init(&a, MIB);
	if (n > 4 * KIB)
		return 0;
	moment(text);
	uuid(&a, text);
	return 0;
}
