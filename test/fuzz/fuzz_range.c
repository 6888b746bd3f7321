#include "door/oci/inner.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static void
check_range(struct str field, uint64_t size)
{
	uint64_t first = 1, last = 0;

	if (oci_range_parse(field, size, &first, &last) == RANGE_PART)
		assert(first <= last && last < size);
	else
		assert(first == 1 && last == 0);
}

static void
check_content_range(struct str field)
{
	uint64_t first = 1, last = 0;

	if (oci_content_range_parse(field, &first, &last) == 0)
		assert(first <= last && last < UPLOAD_SIZE_MAX);
	else
		assert(first == 1 && last == 0);
}

/* What is strong is listed, and nothing is without standing there. */
static void
check_tags(struct str field)
{
	static const struct str digest = STR_INIT("sha256:0a");

	if (oci_etag_is(field, digest))
		assert(oci_etag_listed(field, digest));
	if (oci_etag_listed(field, digest))
		assert(memchr(field.p, '*', field.n) != NULL ||
		       memmem(field.p, field.n, "\"sha256:0a\"", 11) != NULL);
}

/* The first byte says how large the blob is. */
int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	static const uint64_t sizes[] = {0, 1, 10, UINT64_MAX};
	struct str field;

	if (n == 0)
		return 0;
	field = (struct str){(const char *)p + 1, n - 1};
	check_range(field, sizes[p[0] % nitems(sizes)]);
	check_content_range(field);
	check_tags(field);
	return 0;
}
