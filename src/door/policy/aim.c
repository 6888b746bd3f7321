#include "base/enc.h"
#include "door/policy/inner.h"

#include <errno.h>

struct str
account_own(const struct call *call)
{
	return str_c(call->visit.who.account);
}

int
account_pass(struct call *call, enum verb verb, struct str account)
{
	struct thing thing = {.kind = THING_ACCOUNT};

	thing.account =
	    arena_str(call->arena, account.n > 0 ? account : account_own(call));
	return thing.account.p == NULL ? FAIL(-ENOMEM)
				       : call_pass(call, verb, &thing);
}

void
moment_write(struct jw *w, const char *name, int64_t ms)
{
	char text[32];

	enc_time_ms(ms, text);
	jw_c(w, name, text);
}

int
body_object(struct call *call)
{
	return json_kind(call->json) == JSON_OBJECT
		   ? 0
		   : note_set(&call->note, OUT_MALFORMED,
			      "the body has to be a JSON object");
}

int
body_text(struct call *call, const struct json *object, const char *name,
	  bool must, struct str *ret)
{
	const struct json *v = json_get(object, name);

	if (v == NULL || json_kind(v) == JSON_NULL)
		return must ? note_set(&call->note, OUT_MALFORMED,
				       "'%s' is missing", name)
			    : 0;
	if (json_str(v, ret))
		return 0;
	return note_set(&call->note, OUT_MALFORMED, "'%s' has to be a text",
			name);
}

int
body_texts(struct call *call, const struct json *object, const char *name,
	   size_t max, const struct str **ret, size_t *n)
{
	const struct json *list = json_get(object, name);
	size_t count = json_size(list);
	struct str *texts;

	if (json_kind(list) != JSON_ARRAY || count == 0 || count > max)
		return note_set(&call->note, OUT_MALFORMED,
				"'%s' has to be a list of 1 to %zu texts", name,
				max);
	texts = arena_get(call->arena, count * sizeof(*texts));
	if (texts == NULL)
		return FAIL(-ENOMEM);
	for (size_t i = 0; i < count; i++)
		if (!json_str(json_at(list, i), &texts[i]))
			return note_set(&call->note, OUT_MALFORMED,
					"'%s' has to be a list of texts", name);
	*ret = texts;
	*n = count;
	return 0;
}
