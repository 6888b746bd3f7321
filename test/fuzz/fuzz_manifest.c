#include "core/image.h"
#include "core/manifest_read.h"
#include "wire/ociref.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static void
check_digest(struct str digest)
{
	enum digest_kind kind;

	assert(ociref_digest(digest, &kind) == 0);
}

/* What is accepted can be stored, and says no more than the limits allow. */
static void
check(const struct manifest_read *m)
{
	int64_t size = 0;

	assert(m->media_type.n > 0 && m->media_type.n <= MEDIA_TYPE_MAX);
	assert(str_printable(m->media_type));
	assert(m->artifact_type.n <= MEDIA_TYPE_MAX);
	assert(m->n_needs <=
	       (m->index ? MANIFEST_CHILDREN_MAX : MANIFEST_LAYERS_MAX + 1));
	assert(m->index == (m->config.n == 0));
	if (m->subject.n > 0)
		check_digest(m->subject);
	for (size_t i = 0; i < m->n_needs; i++) {
		const struct manifest_need *need = &m->needs[i];

		check_digest(need->digest);
		assert(need->size >= 0);
		assert(m->index == (need->kind == NEED_MANIFEST ||
				    need->kind == NEED_EITHER));
		if (!m->index)
			size += need->size;
	}
	assert(size == m->image_size);
}

/* The first line is the Content-Type. */
int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct manifest_read m, again;
	struct manifest_facts facts;
	struct note note = {""};
	struct str type, body;
	int r, s;

	if (!str_cut((struct str){(const char *)p, n}, '\n', &type, &body))
		return 0;
	r = manifest_read(body, type, &m, &note);
	assert(r >= 0 && (r == 0) == (note.text[0] == '\0'));
	if (r == 0) {
		check(&m);
		/* Who asks by the type that was found finds the same. */
		s = manifest_read(body, m.media_type, &again, NULL);
		assert(s == 0 && again.n_needs == m.n_needs);
		manifest_read_clear(&again);
	}
	manifest_read_clear(&m);
	manifest_facts_read(body, &facts);
	assert(memchr(facts.platform, '\0', PLATFORM_MAX) != NULL);
	assert(str_printable(str_c(facts.platform)));
	return 0;
}
