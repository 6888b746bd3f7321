#include "door/policy/inner.h"

#include <assert.h>

const struct policy_word policy_words[] = {
    [OUT_OK] = {200, "ok"},
    [OUT_ABSENT] = {404, "not_found"},
    [OUT_DENIED] = {403, "insufficient_permissions"},
    [OUT_UNPROVEN] = {401, "invalid_token"},
    [OUT_EXPIRED] = {401, "invalid_token"},
    [OUT_MALFORMED] = {400, "invalid_body"},
    [OUT_CONFLICT] = {409, "conflict_error"},
    [OUT_STALE] = {412, "precondition_failed"},
    [OUT_TOO_LARGE] = {413, "too_large"},
    [OUT_TOO_MANY] = {409, "limit_exceeded"},
    [OUT_QUOTA] = {409, "limit_exceeded"},
    [OUT_UNSUPPORTED] = {400, "unsupported"},
    [OUT_RANGE] = {400, "invalid_body"},
    [OUT_MISMATCH] = {409, "conflict_error"},
    [OUT_MISSING_PART] = {409, "conflict_error"},
    [OUT_BUSY] = {503, "service_unavailable"},
};
static_assert(nitems(policy_words) == OUT_MAX, "a word for each outcome");

static const struct policy_word failure = {500, "internal_error"};
static const struct policy_word throttled = {429, "too_many_requests"};
static const struct policy_word same = {409, "policy_conflict_error"};

void
policy_errors(struct jw *w, const struct policy_word *word, const char *message,
	      struct str details)
{
	jw_array(w, "errors");
	jw_object(w, NULL);
	jw_c(w, "code", word->code);
	jw_c(w, "message", message);
	if (details.n > 0)
		jw_raw(w, "details", details);
	jw_end(w);
	jw_end(w);
}

static void
speak(struct call *call, const struct policy_word *word, const char *message,
      struct str details, struct http_reply *reply)
{
	struct jw w = JW(&reply->body);

	jw_object(&w, NULL);
	jw_c(&w, "trace", call->request_id);
	policy_errors(&w, word, message, details);
	jw_int(&w, "status_code", word->status);
	jw_end(&w);
	(void)reply_json(reply, word->status);
	http_head(reply, "Cache-Control", STR("no-store"));
	reply_advice(call, "Bearer", reply);
}

void
policy_say(struct call *call, int outcome, struct http_reply *reply)
{
	const struct policy_details *own = call->own;
	const char *note = call->note.text;

	if (outcome < 0 || outcome >= OUT_MAX)
		speak(call, &failure, "The server failed.", STR_NONE, reply);
	else if (outcome == OUT_TOO_MANY && call->wait_s > 0)
		speak(call, &throttled, "Too many failed attempts.", STR_NONE,
		      reply);
	else
		speak(call,
		      outcome == OUT_CONFLICT && own != NULL
			  ? &same
			  : &policy_words[outcome],
		      note[0] != '\0' ? note : out_text(outcome),
		      outcome == OUT_CONFLICT && own != NULL ? own->json
							     : STR_NONE,
		      reply);
}

void
policy_say_status(struct call *call, int status, const char *why,
		  struct http_reply *reply)
{
	struct policy_word word = {status, "invalid_request"};

	for (size_t i = 1; i < nitems(policy_words); i++)
		if (policy_words[i].status == status) {
			word = policy_words[i];
			break;
		}
	speak(call, &word, why, STR_NONE, reply);
}
