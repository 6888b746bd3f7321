#include "core/session.h"
#include "door/iam/inner.h"

#include <errno.h>

static struct token_words words_missing = {CODE_MISSING, NULL, NULL};
static struct token_words words_invalid = {CODE_INVALID, NULL, NULL};

int
iam_missing(struct call *call, const char *name)
{
	call->own = &words_missing;
	return note_set(&call->note, OUT_MALFORMED,
			"Missing or unknown parameter '%s'.", name);
}

int
iam_invalid(struct call *call, const char *name)
{
	call->own = &words_invalid;
	return note_set(&call->note, OUT_MALFORMED,
			"Property '%s' has an invalid value.", name);
}

int
iam_unsupported(struct call *call, struct str what)
{
	call->own = &words_missing;
	return note_set(&call->note, OUT_MALFORMED,
			"The grant type '%.*s' is not supported here.",
			STR_ARG(what));
}

bool
iam_client_ok(struct str id)
{
	return id.n > 0 && id.n <= CLIENT_ID_MAX && str_printable(id);
}

/* The names of clients are public, and so are their secrets: the original's
 * command line is "bx" with the secret "bx", in every copy of it. So a name is
 * all that counts: it makes a session, and binds its refresh token. To hold a
 * secret against it would keep out nobody but who mistyped it. */
int
iam_client(struct call *call, struct str *ret)
{
	CLEAN(buf_clear) struct buf decoded = BUF_INIT_MAX(HTTP_HEAD_MAX);
	struct auth auth;

	*ret = STR("");
	if (call_auth(call, &decoded, &auth) != 0)
		return iam_invalid(call, "client_id");
	if (auth.scheme != AUTH_BASIC)
		return 0;
	/* A browser's session is made at another door, and has no tokens. */
	if (!iam_client_ok(auth.user) ||
	    str_eq_nocase(auth.user, STR(CONSOLE_CLIENT)))
		return iam_invalid(call, "client_id");
	*ret = arena_str(call->arena, auth.user);
	return ret->p == NULL ? FAIL(-ENOMEM) : 0;
}

/* One value each where one is meant: two could be read in two ways. */
int
iam_once(struct call *call, const char *const *names, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (form_count(&call->form, names[i]) > 1)
			return iam_invalid(call, names[i]);
	return 0;
}

int
iam_words_take(struct call *call, const struct token_words *words)
{
	struct token_words *own = arena_get(call->arena, sizeof(*own));

	if (own == NULL)
		return FAIL(-ENOMEM);
	*own = *words;
	call->own = own;
	return 0;
}

struct str
iam_agent(const struct call *call)
{
	return http_field_get(call->req, "user-agent", NULL);
}
