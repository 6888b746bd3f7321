#include "door/identity/inner.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static void
flag(struct call *call, const struct json *j)
{
	bool is = false, given = false;
	int r = member_flag(call, j, "support_sessions", &is, &given);

	assert(r == 0 || r == OUT_MALFORMED);
	assert(given || !is);
}

static void
texts(struct call *call, const struct json *j)
{
	struct str name = STR_NONE, end = STR_NONE;
	const struct text_member members[] = {{"name", true, &name},
					      {"expires_at", false, &end}};

	if (member_texts(call, j, members, nitems(members)) == 0)
		assert(name.p != NULL);
	else
		assert(call->note.text[0] != '\0');
}

/* Whatever stands in it is taken as it is, or refused with a word why. */
int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	CLEAN(json_freep) struct json *j = NULL;
	struct api_key_ask ask = {.expires_at = 0};
	struct call call = {.wait_s = 0};
	int r;

	if (json_parse((struct str){(const char *)p, n}, &j, NULL) != 0)
		return 0;
	flag(&call, j);
	texts(&call, j);
	call.note.text[0] = '\0';
	r = key_members_read(&call, j, &ask);
	assert(r == 0 || (r == OUT_MALFORMED && call.note.text[0] != '\0'));
	if (r == 0)
		assert(ask.name.p != NULL &&
		       (ask.until == 0 || ask.replaces.n > 0));
	return 0;
}
