#include "door/cr/inner.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static struct core core = {
    .n_regions = 2,
    .regions = {{.name = "here", .n_host = 1, .host = {"here.example:5000"}},
		{.name = "there", .n_host = 1, .host = {"there.example"}}},
};

/* Written again, with the host in front, it names the same. */
int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	CLEAN(buf_clear) struct buf text = BUF_INIT;
	struct call call = {.core = &core,
			    .region = &core.regions[0],
			    .base = STR("https://here.example:5000")};
	struct image_ref ref, again;
	int r = ref_read(&call, (struct str){(const char *)p, n}, &ref);

	assert(r == 0 || (r == OUT_MALFORMED && call.note.text[0] != '\0'));
	if (r != 0)
		return 0;
	assert(str_eq(ref.at.region, STR("here")) && ref.ref.n > 0);
	assert((ref.tag.n > 0) != (ref.digest.n > 0));
	assert(ociref_is_name(ref.at.name));
	assert(ref_write(&text, &call, ref.at.name, ref.tag, ref.digest) == 0);
	assert(ref_read(&call, buf_str(&text), &again) == 0);
	assert(str_eq(again.at.name, ref.at.name) &&
	       str_eq(again.ref, ref.ref) && str_eq(again.tag, ref.tag));
	return 0;
}
