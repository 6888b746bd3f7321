#include "door/identity/inner.h"

#include <assert.h>

const struct identity_word identity_words[] = {
    [OUT_OK] = {200, "ok", ""},
    [OUT_ABSENT] = {404, "not_found", "BXNIM0102E"},
    [OUT_DENIED] = {403, "forbidden", "BXNIM0513E"},
    [OUT_UNPROVEN] = {401, "unauthorized", "BXNIM0110E"},
    [OUT_EXPIRED] = {401, "unauthorized", "BXNIM0110E"},
    [OUT_MALFORMED] = {400, "invalid_request", "BXNIM0106E"},
    [OUT_CONFLICT] = {409, "conflict", "BXNIM0112E"},
    [OUT_STALE] = {409, "conflict", "BXNIM0112E"},
    [OUT_TOO_LARGE] = {413, "too_large", "BXNIM0113E"},
    [OUT_TOO_MANY] = {409, "conflict", "BXNIM0114E"},
    [OUT_QUOTA] = {409, "conflict", "BXNIM0114E"},
    [OUT_UNSUPPORTED] = {400, "invalid_request", "BXNIM0106E"},
    [OUT_RANGE] = {400, "invalid_request", "BXNIM0106E"},
    [OUT_MISMATCH] = {409, "conflict", "BXNIM0112E"},
    [OUT_MISSING_PART] = {409, "conflict", "BXNIM0112E"},
    [OUT_BUSY] = {503, "service_unavailable", "BXNIM0503E"},
};
static_assert(nitems(identity_words) == OUT_MAX, "a word for each outcome");

static const struct identity_word failure = {500, "internal_error",
					     "BXNIM0500E"};
static const struct identity_word throttled = {429, "too_many_requests",
					       "BXNIM0429E"};

static void
envelope(struct call *call, const struct identity_word *word,
	 const char *message, struct http_reply *reply)
{
	struct jw w = JW(&reply->body);
	char status[8];

	(void)snprintf(status, sizeof(status), "%d", word->status);
	jw_object(&w, NULL);
	jw_object(&w, "context");
	jw_c(&w, "transaction_id", call->request_id);
	jw_end(&w);
	jw_c(&w, "status_code", status);
	jw_array(&w, "errors");
	jw_object(&w, NULL);
	jw_c(&w, "code", word->code);
	jw_c(&w, "message_code", word->message_code);
	jw_c(&w, "message", message);
	jw_end(&w);
	jw_end(&w);
	jw_c(&w, "trace", call->request_id);
	jw_end(&w);
}

static void
speak(struct call *call, const struct identity_word *word, const char *message,
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

/* Somebody of an account is there for whoever may list its people, and for
 * nobody else but themselves; who is not of it is there for nobody. A service
 * ID is there for who may look at it: pass_seen(). */
static bool
is_hidden(const struct call *call)
{
	struct str name = call->thing.name;

	return call->thing.kind == THING_IDENTITY &&
	       !str_starts(name, STR(SERVICE_ID_HEAD)) &&
	       !str_eq(name, str_c(call->visit.who.identity)) &&
	       !gate_may(call->core, &call->visit.who, VERB_USER_LIST,
			 &call->thing);
}

void
identity_say(struct call *call, int outcome, struct http_reply *reply)
{
	if (outcome == OUT_DENIED && is_hidden(call))
		outcome = OUT_ABSENT;
	if (outcome < 0 || outcome >= OUT_MAX)
		speak(call, &failure, "The server failed.", reply);
	else if (outcome == OUT_TOO_MANY && call->wait_s > 0)
		speak(call, &throttled, "Too many failed attempts.", reply);
	else
		speak(call, &identity_words[outcome], message(call, outcome),
		      reply);
}

void
identity_say_status(struct call *call, int status, const char *why,
		    struct http_reply *reply)
{
	struct identity_word word = {status, "invalid_request", "BXNIM0106E"};

	for (size_t i = 1; i < nitems(identity_words); i++)
		if (identity_words[i].status == status) {
			word = identity_words[i];
			break;
		}
	speak(call, &word, why, reply);
}
