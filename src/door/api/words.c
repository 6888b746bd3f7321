#include "door/api/inner.h"

#include <assert.h>

const struct api_word api_words[] = {
    [OUT_OK] = {200, "ok"},
    [OUT_ABSENT] = {404, "not_found"},
    [OUT_DENIED] = {403, "forbidden"},
    [OUT_UNPROVEN] = {401, "unauthorized"},
    [OUT_EXPIRED] = {401, "expired"},
    [OUT_MALFORMED] = {400, "invalid_request"},
    [OUT_CONFLICT] = {409, "conflict"},
    [OUT_STALE] = {412, "stale"},
    [OUT_TOO_LARGE] = {413, "too_large"},
    [OUT_TOO_MANY] = {409, "limit_reached"},
    [OUT_QUOTA] = {403, "over_quota"},
    [OUT_UNSUPPORTED] = {400, "unsupported"},
    [OUT_RANGE] = {400, "out_of_range"},
    [OUT_MISMATCH] = {409, "mismatch"},
    [OUT_MISSING_PART] = {409, "missing_part"},
    [OUT_BUSY] = {503, "busy"},
};
static_assert(nitems(api_words) == OUT_MAX, "a word for each outcome");

static const struct api_word statuses[] = {
    {400, "bad_request"},
    {403, "forbidden"},
    {404, "not_found"},
    {405, "method_not_allowed"},
    {408, "timeout"},
    {413, "too_large"},
    {414, "target_too_long"},
    {415, "unsupported_media_type"},
    {417, "expectation_failed"},
    {421, "misdirected"},
    {431, "fields_too_large"},
    {500, "internal"},
    {501, "not_implemented"},
    {503, "busy"},
    {505, "version_not_supported"},
};

static void
envelope(struct call *call, int status, const char *code, const char *message,
	 struct http_reply *reply)
{
	struct jw w = JW(&reply->body);

	jw_object(&w, NULL);
	jw_object(&w, "error");
	jw_c(&w, "code", code);
	jw_c(&w, "message", message);
	jw_c(&w, "request_id", call->request_id);
	jw_end(&w);
	jw_end(&w);
	buf_addc(&reply->body, '\n');
	(void)reply_json(reply, status);
	if (status == 401)
		http_head(reply, "WWW-Authenticate",
			  STR("Bearer realm=\"latchkey\""));
	if (status == 503)
		http_head(reply, "Retry-After", STR("1"));
}

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
		envelope(call, 500, "internal", "the server failed", reply);
		return;
	}
	message(call, outcome, text, sizeof(text));
	if (outcome == OUT_TOO_MANY && call->wait_s > 0) {
		envelope(call, 429, "too_many_requests", text, reply);
		http_headf(reply, "Retry-After", "%lld",
			   (long long)call->wait_s);
		return;
	}
	envelope(call, api_words[outcome].status,
		 code != NULL ? code : api_words[outcome].code, text, reply);
}

void
api_say_status(struct call *call, int status, const char *why,
	       struct http_reply *reply)
{
	const char *code = "error";

	for (size_t i = 0; i < nitems(statuses); i++)
		if (statuses[i].status == status)
			code = statuses[i].code;
	envelope(call, status, code, why, reply);
}
