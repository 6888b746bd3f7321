#include "core/gate_inner.h"
#include "core/gitrepo.h"

#include <assert.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

/* The same as policy.h says of it, without a thought for time. */
static bool
matches(const char *p, size_t pn, const char *v, size_t vn, unsigned *left)
{
	if (*left == 0)
		return false;
	--*left;
	if (pn == 0)
		return vn == 0;
	if (*p == '*')
		return matches(p + 1, pn - 1, v, vn, left) ||
		       (vn > 0 && matches(p, pn, v + 1, vn - 1, left));
	return vn > 0 && (*p == '?' || *p == *v) &&
	       matches(p + 1, pn - 1, v + 1, vn - 1, left);
}

static void
patterns(struct str text)
{
	struct str pattern, value;
	unsigned left = 5000;
	bool want;

	if (!str_cut(text, '\n', &pattern, &value))
		return;
	want = matches(pattern.p, pattern.n, value.p, value.n, &left);
	if (left > 0)
		assert(grants_match(pattern, value) == want);
	else
		(void)grants_match(pattern, value);
}

static void
credentials(struct str text)
{
	char id[CRED_ID_MAX + 1], again[CRED_WORD_MAX];
	enum cred_kind kind = CRED_NONE;

	if (cred_word_parse(text, &kind, id) != 0)
		return;
	assert(kind > CRED_NONE && kind < CRED_KINDS);
	cred_word(kind, id, again);
	assert(memchr(text.p, '\0', text.n) != NULL ||
	       str_eq(str_c(again), text));
}

/* Words that the database keeps: each has one form. */
int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct str text = {(const char *)p, n}, head, last = text;
	enum force_push force;
	enum verb verb;
	unsigned role;

	if (n > 256)
		return 0;
	patterns(text);
	credentials(text);
	role = role_parse(text);
	assert((role & (role - 1)) == 0 && role <= ROLE_ADMINISTRATOR);
	/* The last word of a CRN, whatever stands before it. */
	(void)str_rcut(text, ':', &head, &last);
	assert(role == 0 || str_printable(last));
	if (verb_parse(text, &verb) == 0)
		assert(str_starts(text, verb_row(verb)->service) &&
		       str_ends(text, verb_row(verb)->action));
	assert(force_push_parse(text, &force) != 0 || str_printable(text));
	return 0;
}
