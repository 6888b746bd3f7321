#include "wire/ociref.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct str s = {(const char *)p, n};
	enum digest_kind kind;
	struct ociref ref;

	/* What may become part of a path or a header is harmless there. */
	if (ociref_is_name(s) || ociref_is_tag(s) ||
	    ociref_digest(s, &kind) == 0)
		assert(str_printable(s) && n <= OCI_NAME_MAX);
	if (ociref_is_namespace(s))
		assert(ociref_is_component(s));
	if (ociref_parse(s, &ref) != 0)
		return 0;
	assert(ociref_is_name(ref.name) && (ref.tag.n > 0 || ref.digest.n > 0));
	assert(ref.tag.n == 0 || ociref_is_tag(ref.tag));
	assert(ref.digest.n == 0 || ociref_digest(ref.digest, &kind) == 0);
	assert(ociref_is_component(ociref_namespace(ref.name)));
	return 0;
}
