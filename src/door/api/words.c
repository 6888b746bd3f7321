#include "door/api/inner.h"

/* The sentence for people: the reason if there is one, and who wanted what
 * when it is about permission. */
static void
message(struct call *call, int outcome, char *ret, size_t n)
{
	const struct visit *v = &call->visit;
	const struct verb_row *row = verb_row(v->verb);

	if (call->note.text[0] != '\0')
		(void)snprintf(ret, n, "%s", call->note.text);
	else if (outcome == OUT_DENIED && v->who.identity[0] != '\0')
		(void)snprintf(ret, n, "%s may not do %.*s.%.*s here",
			       v->who.identity, STR_ARG(row->service),
			       STR_ARG(row->action));
	else
		(void)snprintf(ret, n, "%s", out_text(outcome));
}

/* Whether an identity of another account exists is none of the caller's
 * business. */
static bool
is_strangers(const struct call *call)
{
	return call->thing.kind == THING_IDENTITY &&
	       call->visit.who.account[0] != '\0' &&
	       !str_eq(call->thing.account, str_c(call->visit.who.account));
}

/* What is in a project is there for whoever may list it, and for nobody else. A
 * list of what is not there is nobody's. */
static bool
is_hidden(const struct call *call)
{
	enum thing_kind kind = call->thing.kind;
	const struct subject *who = &call->visit.who;
	bool project = kind == THING_PROJECT;

	if (!project && kind != THING_KEYPAIR && kind != THING_SERVER)
		return false;
	if ((project || kind == THING_KEYPAIR) &&
	    gate_may(call->core, who, VERB_KEYPAIR_LIST, &call->thing))
		return false;
	return kind == THING_KEYPAIR ||
	       !gate_may(call->core, who, VERB_SERVER_LIST, &call->thing);
}

int
api_blame(struct call *call, int r, const char *code)
{
	call->own = (void *)(uintptr_t)code;
	return r;
}

void
api_say(struct call *call, int outcome, struct http_reply *reply)
{
	const char *code = call->own;
	char text[512];

	if (outcome == OUT_DENIED && (is_strangers(call) || is_hidden(call)))
		outcome = OUT_ABSENT;
	if (outcome < 0 || outcome >= OUT_MAX) {
		reply_error(call, 500, "internal", "the server failed", reply);
		return;
	}
	message(call, outcome, text, sizeof(text));
	if (outcome == OUT_TOO_MANY && call->wait_s > 0) {
		reply_error(call, 429, "too_many_requests", text, reply);
		return;
	}
	reply_error(call, own_words[outcome].status,
		    code != NULL ? code : own_words[outcome].code, text, reply);
}

void
api_say_status(struct call *call, int status, const char *why,
	       struct http_reply *reply)
{
	reply_error(call, status, own_status(status), why, reply);
}
