#include "door/iam/inner.h"

#include <assert.h>

const struct iam_word iam_words[] = {
    [OUT_OK] = {200, "ok", ""},
    [OUT_ABSENT] = {404, "not_found", "BXNIM0102E"},
    [OUT_DENIED] = {403, "forbidden", "BXNIM0513E"},
    [OUT_UNPROVEN] = {401, "unauthorized", "BXNIM0110E"},
    [OUT_EXPIRED] = {401, "unauthorized", "BXNIM0110E"},
    [OUT_MALFORMED] = {400, "invalid_request", CODE_INVALID},
    [OUT_CONFLICT] = {409, "conflict", "BXNIM0112E"},
    [OUT_STALE] = {409, "conflict", "BXNIM0112E"},
    [OUT_TOO_LARGE] = {413, "too_large", "BXNIM0113E"},
    [OUT_TOO_MANY] = {409, "conflict", "BXNIM0114E"},
    [OUT_QUOTA] = {409, "conflict", "BXNIM0114E"},
    [OUT_UNSUPPORTED] = {400, "invalid_request", CODE_INVALID},
    [OUT_RANGE] = {400, "invalid_request", CODE_INVALID},
    [OUT_MISMATCH] = {409, "conflict", "BXNIM0112E"},
    [OUT_MISSING_PART] = {409, "conflict", "BXNIM0112E"},
    [OUT_BUSY] = {503, "service_unavailable", "BXNIM0503E"},
};
static_assert(nitems(iam_words) == OUT_MAX, "a word for each outcome");

static const struct iam_word failure = {500, "internal_error", "BXNIM0500E"};
static const struct iam_word throttled = {429, "too_many_requests",
					  "BXNIM0429E"};

/* {"errorCode":...}; never "iam" in context.url: clients take that for their
 * own mistake, so it is left out. */
static void
envelope(struct call *call, const struct iam_word *word, const char *message,
	 struct http_reply *reply)
{
	struct jw w = JW(&reply->body);

	jw_object(&w, NULL);
	jw_c(&w, "errorCode", word->message_code);
	jw_c(&w, "errorMessage", message);
	jw_object(&w, "context");
	jw_c(&w, "requestId", call->request_id);
	jw_c(&w, "requestType", "incoming.Identity_Token");
	jw_end(&w);
	jw_end(&w);
}

static void
speak(struct call *call, const struct iam_word *word, const char *message,
      struct http_reply *reply)
{
	envelope(call, word, message, reply);
	(void)reply_json(reply, word->status);
	http_head(reply, "Cache-Control", STR("no-store"));
	reply_advice(call, "Bearer", reply);
}

static const char *
message(const struct call *call, int outcome)
{
	return call->note.text[0] != '\0' ? call->note.text : out_text(outcome);
}

/* A grant that was refused is the request's fault: 400, as OAuth has it. */
static bool
grant_say(struct call *call, int outcome, struct http_reply *reply)
{
	const struct token_words *own = call->own;
	struct iam_word word = {400, "", CODE_INVALID};
	const char *text = message(call, outcome);

	if (own == NULL)
		return false;
	if (outcome == OUT_MALFORMED && own->invalid != NULL) {
		word.message_code = own->invalid;
	} else if (outcome == OUT_UNPROVEN && own->unproven != NULL) {
		word.message_code = own->unproven;
		text = own->message;
	} else if (outcome == OUT_EXPIRED && own->unproven != NULL) {
		word.message_code = CODE_REFRESH_END;
		text = "The refresh token has expired. Log in again.";
	} else if (outcome == OUT_DENIED) {
		word = iam_words[outcome];
		text = "This identity does not belong to the account.";
	} else {
		return false;
	}
	speak(call, &word, text, reply);
	return true;
}

void
iam_say(struct call *call, int outcome, struct http_reply *reply)
{
	if (outcome < 0 || outcome >= OUT_MAX)
		speak(call, &failure, "The server failed.", reply);
	else if (outcome == OUT_TOO_MANY && call->wait_s > 0)
		speak(call, &throttled, "Too many failed attempts.", reply);
	else if (!grant_say(call, outcome, reply))
		speak(call, &iam_words[outcome], message(call, outcome), reply);
}

void
iam_say_status(struct call *call, int status, const char *why,
	       struct http_reply *reply)
{
	struct iam_word word = {status, "invalid_request", CODE_INVALID};

	for (size_t i = 1; i < nitems(iam_words); i++)
		if (iam_words[i].status == status) {
			word = iam_words[i];
			break;
		}
	speak(call, &word, why, reply);
}
