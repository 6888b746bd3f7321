#include "door/console/inner.h"

/* The session is an API; what stands at the other addresses is for eyes. */
static bool
is_api(const struct call *call)
{
	return str_eq(call->req->path, STR("/console/session"));
}

static void
speak(struct call *call, int status, const char *code, const char *message,
      struct http_reply *reply)
{
	if (is_api(call)) {
		reply_error(call, status, code, message, reply);
	} else {
		reply->status = status;
		http_head(reply, "Content-Type",
			  STR("text/plain; charset=utf-8"));
		buf_addf(&reply->body, "%d %s\n", status, message);
		reply_advice(call, "Bearer", reply);
	}
	http_head(reply, "Cache-Control", STR("no-store"));
}

/* What there can be too many of here are tries and reports, and what is not
 * supported is a type. */
void
console_say(struct call *call, int outcome, struct http_reply *reply)
{
	const char *note = call->note.text;
	const char *text;

	if (outcome < 0 || outcome >= OUT_MAX) {
		speak(call, 500, "internal", "the server failed", reply);
		return;
	}
	text = note[0] != '\0' ? note : out_text(outcome);
	if (outcome == OUT_TOO_MANY)
		speak(call, 429, "too_many_requests", text, reply);
	else if (outcome == OUT_UNSUPPORTED)
		speak(call, 415, "unsupported", text, reply);
	else
		speak(call, own_words[outcome].status, own_words[outcome].code,
		      text, reply);
}

void
console_say_status(struct call *call, int status, const char *why,
		   struct http_reply *reply)
{
	speak(call, status, own_status(status), why, reply);
}
